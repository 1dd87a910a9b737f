//! `cargo xtask reel`: draws the demo town's film anew into crates/ministore/demo. It is checked in, so this is only
//! for whoever changes it in xtask/art/reel.

use crate::command::{self, Failure, Outcome};
use crate::needs::{self, Need};
use crate::workspace;
use std::fs;
use std::process::Command;

/// The film travels inside the binary, which has a limit of its own.
const FILM_BYTES: u64 = 2_500_000;

pub fn run(words: &[String]) -> Outcome {
    needs::meet(&[Need::Chromium, Need::Node, Need::Npm, Need::Ffmpeg])?;
    workspace::install_packages("xtask/art")?;
    let demo = workspace::root().join("crates/ministore/demo");
    let mut node = Command::new("node");
    node.current_dir(workspace::root().join("xtask/art")).arg("reel/render.mjs");
    match words {
        [] => node.arg("film").arg(&demo),
        [verb, rest @ ..] if verb == "stills" && rest.len() > 1 => node.arg("stills").args(rest),
        _ => return Err(Failure::new("say nothing, or \"stills FOLDER SECOND…\"")),
    };
    if let Some(chromium) = needs::chromium() {
        node.env("MINISTORE_CHROMIUM", chromium);
    }
    command::succeed(&mut node)?;
    let bytes = fs::metadata(demo.join("reel.flv"))?.len();
    if bytes > FILM_BYTES {
        return Err(Failure::new(format!("the film weighs {bytes} bytes, over {FILM_BYTES}")));
    }
    eprintln!("The film weighs {bytes} of {FILM_BYTES} bytes.");
    Ok(())
}

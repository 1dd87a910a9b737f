//! `cargo xtask art`: renders the pictures of the demo town's goods into crates/ministore/demo. They are
//! checked in, so this is only for whoever changes a scene in xtask/art.

use crate::command::{self, Failure, Outcome};
use crate::needs::{self, Need};
use crate::workspace;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The pictures travel inside the binary, which has a limit of its own.
const ALL_PICTURES_BYTES: u64 = 2_000_000;

pub fn run(words: &[String]) -> Outcome {
    needs::meet(&[Need::Chromium, Need::Node, Need::Npm])?;
    workspace::install_packages("xtask/art")?;
    let demo = workspace::root().join("crates/ministore/demo");
    let mut node = Command::new("node");
    node.current_dir(workspace::root().join("xtask/art")).arg("render.mjs").arg(&demo).args(words);
    if let Some(chromium) = needs::chromium() {
        node.env("MINISTORE_CHROMIUM", chromium);
    }
    command::succeed(&mut node)?;
    let bytes = folder_bytes(&demo.join("goods"))?;
    if bytes > ALL_PICTURES_BYTES {
        return Err(Failure::new(format!(
            "the goods pictures weigh {bytes} bytes, over {ALL_PICTURES_BYTES}"
        )));
    }
    eprintln!("The goods pictures weigh {bytes} of {ALL_PICTURES_BYTES} bytes.");
    Ok(())
}

fn folder_bytes(folder: &Path) -> Outcome<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes)
}

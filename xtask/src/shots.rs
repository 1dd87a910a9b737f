//! `cargo xtask shots`: photographs every page on phone and desktop, in light and dark, in each language,
//! so that a person can look at them all, and fails on what can be seen without looking.

use crate::command::{self, Outcome};
use crate::needs;
use crate::workspace::{self, Profile};
use std::process::Command;

pub fn run(arguments: &[String]) -> Outcome {
    needs::meet(&needs::OF_JOURNEYS)?;
    let ministore = workspace::build_ministore(Profile::Dev)?;
    workspace::install_journeys()?;
    let mut node = Command::new("node");
    node.current_dir(workspace::root().join("e2e")).arg("shots.mjs").args(arguments);
    node.env("MINISTORE_BIN", ministore);
    if let Some(chromium) = needs::chromium() {
        node.env("MINISTORE_CHROMIUM", chromium);
    }
    command::succeed(&mut node)
}

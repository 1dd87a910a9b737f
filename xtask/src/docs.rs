//! `cargo xtask docs`: writes docs/openapi.json, the contract for programs, from the code.

use crate::command::{self, Failure, Outcome};
use crate::workspace;

pub fn run(arguments: &[String]) -> Outcome {
    if !arguments.is_empty() {
        return Err(Failure::new("usage: cargo xtask docs"));
    }
    let mut openapi = command::cargo();
    openapi.current_dir(workspace::root()).args([
        "run",
        "--quiet",
        "--package",
        "ministore",
        "--",
        "openapi",
    ]);
    let document = command::read(&mut openapi)?;
    if !document.trim_start().starts_with('{') {
        return Err(Failure::new("`ministore openapi` did not print a JSON document"));
    }
    let path = workspace::root().join("docs/openapi.json");
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    if before == document {
        println!("docs/openapi.json is up to date");
        return Ok(());
    }
    std::fs::write(&path, document)?;
    println!("docs/openapi.json is written; look at the difference before you commit it");
    Ok(())
}

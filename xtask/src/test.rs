//! `cargo xtask test`: every check and every test, and one closing line.

use crate::command::{self, Failure, Outcome};
use crate::needs::{self, Need};
use crate::postgres::{ADDRESS_VARIABLE, Postgres};
use crate::tally::{self, Tally};
use crate::workspace::{self, Profile};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Which part of the whole is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Part {
    All,
    /// Formatting and Rust tests: what one runs between two thoughts.
    Fast,
    Rust,
    Journeys,
}

impl Part {
    fn from_arguments(arguments: &[String]) -> Outcome<Self> {
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        match words.as_slice() {
            [] => Ok(Self::All),
            ["--fast"] => Ok(Self::Fast),
            ["--only", "rust"] => Ok(Self::Rust),
            ["--only", "e2e"] => Ok(Self::Journeys),
            _ => Err(Failure::new("usage: cargo xtask test [--fast | --only rust | --only e2e]")),
        }
    }

    fn has_rust(self) -> bool {
        self != Self::Journeys
    }

    fn has_clippy(self) -> bool {
        matches!(self, Self::All | Self::Rust)
    }

    fn has_journeys(self) -> bool {
        matches!(self, Self::All | Self::Journeys)
    }
}

pub fn run(arguments: &[String]) -> Outcome {
    let part = Part::from_arguments(arguments)?;
    let started = Instant::now();
    needs::meet(&needs_of(part))?;
    let mut total = Tally::default();
    let mut summaries = Vec::new();
    if part.has_rust() {
        total += check("fmt", &["--all", "--check"]);
        if part.has_clippy() {
            total += check("clippy", &["--workspace", "--all-targets", "--", "-D", "warnings"]);
        }
        total += rust_tests(&mut summaries)?;
    }
    if part.has_journeys() {
        total += journeys(&mut summaries)?;
    }
    println!("\nAll in {} s:", started.elapsed().as_secs());
    // The Rust tests, most of all, have the last word.
    for summary in summaries.iter().rev() {
        println!("{summary}");
    }
    if total.failed > 0 {
        return Err(Failure::new("something failed; it is named above"));
    }
    Ok(())
}

fn needs_of(part: Part) -> Vec<Need> {
    let mut needs = Vec::new();
    if part.has_rust() {
        needs.push(Need::Nats);
        if std::env::var_os(ADDRESS_VARIABLE).is_none() {
            needs.push(Need::Postgres);
        }
    }
    if part.has_rust() {
        needs.push(Need::Ffmpeg);
    }
    if part.has_journeys() {
        needs.extend(needs::OF_JOURNEYS);
    }
    needs
}

/// A check that passes counts as nothing; one that fails counts as a failure and does not hide the tests.
fn check(tool: &str, arguments: &[&str]) -> Tally {
    if !command::answers(command::cargo().args([tool, "--version"])) {
        eprintln!("\ncargo {tool} is not installed here: rustup component add rustfmt clippy");
        return Tally { passed: 0, failed: 1 };
    }
    match command::succeed(cargo_in_root().arg(tool).args(arguments)) {
        Ok(()) => Tally::default(),
        Err(failure) => {
            eprintln!("{failure}");
            Tally { passed: 0, failed: 1 }
        }
    }
}

fn cargo_in_root() -> Command {
    let mut cargo = command::cargo();
    cargo.current_dir(workspace::root());
    cargo
}

/// Runs the Rust tests and adds what their runner said at its end.
fn rust_tests(summaries: &mut Vec<String>) -> Outcome<Tally> {
    let own = match std::env::var_os(ADDRESS_VARIABLE) {
        Some(_) => None,
        None => Some(Postgres::start()?),
    };
    let mut tests = cargo_in_root();
    if let Some(postgres) = &own {
        tests.env(ADDRESS_VARIABLE, &postgres.address);
    }
    let with_nextest = command::answers(command::cargo().args(["nextest", "--version"]));
    if with_nextest {
        tests.args(["nextest", "run", "--workspace", "--no-fail-fast"]);
    } else {
        tests.args(["test", "--workspace", "--no-fail-fast"]);
    }
    let shown = command::show_and_keep(&mut tests)?;
    let said = if with_nextest { &shown.err } else { &shown.out };
    let counted = if with_nextest { tally::of_nextest(said) } else { tally::of_cargo_test(said) };
    summaries.push(tally::summary_lines(said));
    Ok(Tally::of_run(counted, shown.succeeded))
}

/// Runs the journeys in a browser and adds what their runner said at its end.
fn journeys(summaries: &mut Vec<String>) -> Outcome<Tally> {
    let prepared = workspace::build_ministore(Profile::Dev)
        .and_then(|ministore| workspace::install_journeys().map(|()| ministore));
    let ministore = match prepared {
        Ok(ministore) => ministore,
        Err(failure) => {
            eprintln!("{failure}");
            summaries.push(failure.to_string());
            return Ok(Tally { passed: 0, failed: 1 });
        }
    };
    let files = journey_files(&workspace::root().join("e2e"))?;
    let mut node = Command::new("node");
    node.current_dir(workspace::root().join("e2e")).env("MINISTORE_BIN", ministore);
    if let Some(chromium) = needs::chromium() {
        node.env("MINISTORE_CHROMIUM", chromium);
    }
    let shown = command::show_and_keep(node.args(["--test", "--test-reporter=spec"]).args(files))?;
    summaries.push(tally::summary_lines(&shown.out));
    Ok(Tally::of_run(tally::of_node(&shown.out), shown.succeeded))
}

/// Named one by one, since Node's versions disagree on what a folder after `--test` means.
fn journey_files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder.join("journeys"))? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".test.mjs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(words: &[&str]) -> Outcome<Part> {
        Part::from_arguments(&words.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn a_misspelt_flag_is_refused_and_not_taken_for_the_whole() {
        assert_eq!(part(&[]).unwrap(), Part::All);
        assert_eq!(part(&["--only", "e2e"]).unwrap(), Part::Journeys);
        assert!(part(&["--ony", "e2e"]).is_err());
        assert!(part(&["--only"]).is_err());
        assert!(part(&["--fast", "--only", "rust"]).is_err());
    }

    #[test]
    fn journeys_alone_ask_for_no_database_server() {
        assert!(!needs_of(Part::Journeys).contains(&Need::Postgres));
        assert!(!needs_of(Part::Fast).contains(&Need::Chromium));
    }
}

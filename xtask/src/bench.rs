//! `cargo xtask bench NAME`: measures the release build, and keeps what it printed in bench/results.

use crate::command::{self, Failure, Outcome};
use crate::needs;
use crate::workspace::{self, Profile};
use std::process::Command;

pub fn run(arguments: &[String]) -> Outcome {
    let Some((name, rest)) = arguments.split_first() else {
        return Err(Failure::new("usage: cargo xtask bench orders|pages|checkout|room|live [ARGUMENTS…]"));
    };
    if !name.chars().all(|letter| letter.is_ascii_lowercase()) {
        return Err(Failure::new(format!("\"{name}\" is no name of a bench")));
    }
    match name.as_str() {
        "room" => needs::meet(&needs::OF_ROOM_BENCH)?,
        // Live video is sent and watched by the journeys' browser.
        "live" => {
            needs::meet(&needs::OF_LIVE_BENCH)?;
            workspace::install_journeys()?;
        }
        _ => {}
    }
    let mut runner = runner()?;
    runner.current_dir(workspace::root()).arg(name).args(rest);
    let shown = command::show_and_keep(&mut runner)?;
    if !shown.succeeded {
        return Err(Failure::new(format!("the bench \"{name}\" failed; bench/results is unchanged")));
    }
    let folder = workspace::root().join("bench/results");
    std::fs::create_dir_all(&folder)?;
    let page = page(name, &arguments.join(" "), &commit(), &shown.out);
    std::fs::write(folder.join(format!("{name}.md")), page)?;
    println!("\nwritten to bench/results/{name}.md");
    Ok(())
}

/// The runner starts the program itself, so both are built before anything is measured.
fn runner() -> Outcome<Command> {
    let programs = workspace::build(&["ministore", "bench"], Profile::Release)?;
    let mut runner = Command::new(programs.join("bench"));
    runner.env("MINISTORE_BIN", programs.join("ministore"));
    if let Some(chromium) = needs::chromium() {
        runner.env("MINISTORE_CHROMIUM", chromium);
    }
    Ok(runner)
}

/// The page that is committed: what was typed, on which code, and what the runner printed.
fn page(name: &str, typed: &str, commit: &str, printed: &str) -> String {
    format!("# Bench: {name}\n\n`cargo xtask bench {typed}` at {commit}\n\n{}\n", printed.trim())
}

fn commit() -> String {
    let git = |arguments: &[&str]| {
        command::read(Command::new("git").current_dir(workspace::root()).args(arguments))
            .map(|answer| answer.trim().to_string())
    };
    let Ok(head) = git(&["rev-parse", "--short", "HEAD"]) else { return "an unknown commit".to_string() };
    match git(&["status", "--porcelain", "--untracked-files=no"]) {
        Ok(changes) if changes.is_empty() => format!("commit {head}"),
        _ => format!("commit {head} with changes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_what_was_typed_on_which_code() {
        let page = page("orders", "orders --quick", "commit abc", "\n| at once | orders/s |\n\n");
        assert_eq!(
            page,
            "# Bench: orders\n\n`cargo xtask bench orders --quick` at commit abc\n\n| at once | orders/s |\n"
        );
    }
}

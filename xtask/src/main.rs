//! The one door for every chore: `cargo xtask VERB`. One file per verb, the standard library only,
//! because this is compiled before anything else on every machine.

mod art;
mod bench;
mod command;
mod docs;
mod needs;
mod postgres;
mod reel;
mod shots;
mod tally;
mod test;
mod vendor;
mod workspace;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask VERB

  test [--fast | --only rust | --only e2e]   every check and test; installs what they need as root on Debian
  postgres COMMAND…        runs a command with a throw-away PostgreSQL in MINISTORE_TEST_POSTGRES
  bench orders|pages|checkout|room|live [ARGUMENTS…]   measures, and writes bench/results/NAME.md
  docs                     writes docs/openapi.json from the code
  shots [--full] [WORD…]   photographs every page into e2e/shots, and fails on what a person would notice
  vendor [--update NAME…]  compares the icons with the package they are from, or draws them anew and more
  art [WORD…]              renders the demo town's pictures again, or those whose name has one of the words
  reel [stills FOLDER SECOND…]   draws the demo town's film again, or single pictures of it to look at
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((verb, rest)) = arguments.split_first() else {
        eprint!("{USAGE}");
        return ExitCode::from(2);
    };
    let outcome = match verb.as_str() {
        "test" => test::run(rest),
        "postgres" => postgres::run(rest),
        "bench" => bench::run(rest),
        "docs" => docs::run(rest),
        "shots" => shots::run(rest),
        "vendor" => vendor::run(rest),
        "art" => art::run(rest),
        "reel" => reel::run(rest),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(())
        }
        other => Err(command::Failure::new(format!("there is no verb \"{other}\"\n\n{USAGE}"))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask {verb}: {failure}");
            ExitCode::FAILURE
        }
    }
}

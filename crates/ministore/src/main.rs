//! The command `ministore`.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    ministore::cli::run(ministore::cli::Cli::parse())
}

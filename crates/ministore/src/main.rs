//! The command `ministore`.

use std::process::ExitCode;

use clap::Parser;

/// Pages and orders are many small allocations; this serves them faster than the C library does.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ministore::cli::run(ministore::cli::Cli::parse())
}

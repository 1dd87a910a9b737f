//! The command `ministore`.

use std::process::ExitCode;

use clap::Parser;

/// Pages and orders are many small allocations; this serves them faster than the C library does.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    small_pages();
    ministore::cli::run(ministore::cli::Cli::parse())
}

/// Memory comes from the system in pages of 4 KiB. Linux likes to give programs that allocate as this one does pages of
/// 2 MiB, of which most would stay empty: 25 MiB at rest, and nothing that can be measured for them.
fn small_pages() {
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

//! Measures Ministore against stated limits and peers: `cargo xtask bench NAME`, which builds the release
//! program first and keeps what is printed here in bench/results. One file per bench.

mod checkout;
mod live;
mod load;
mod machine;
mod orders;
mod pages;
mod raw;
mod room;
mod server;
mod shop;

use std::process::ExitCode;

/// Why a bench stopped, in words.
pub type Failure = Box<dyn std::error::Error>;
pub type Outcome<T = ()> = Result<T, Failure>;

/// The server's own, since `orders` measures in this process.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // As the server does; see crates/ministore/src/main.rs.
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (name, rest) = arguments.split_first().map_or(("", &[][..]), |(name, rest)| (name.as_str(), rest));
    let bench = match name {
        "orders" => orders::run,
        "pages" => pages::run,
        "checkout" => checkout::run,
        "room" => room::run,
        "live" => live::run,
        // The process that `room` measures from outside.
        room::SERVER => return exit(name, room::serve()),
        _ => {
            eprintln!("usage: cargo xtask bench orders|pages|checkout|room|live [ARGUMENTS…]");
            return ExitCode::from(2);
        }
    };
    println!("{}\n", machine::describe(&std::env::temp_dir()));
    exit(name, bench(rest))
}

fn exit(name: &str, outcome: Outcome) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("bench {name}: {failure}");
            ExitCode::FAILURE
        }
    }
}

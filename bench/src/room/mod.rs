//! A live room full of viewers. How many messages reach how many sockets, how late, for how much of a core and of memory,
//! beside nginx with nchan; and what happens when 2,000 of 5,000 viewers want the 200 pieces of a flash sale.

mod crowd;
mod hub;
mod posts;
mod process;
mod sale;
mod telling;

pub use hub::serve;

/// What this program is started with to be the server that is measured.
pub const SERVER: &str = "room-hub";

use crate::Outcome;

/// Both; with `sale` only that, with a number only messages to so many viewers.
pub fn run(arguments: &[String]) -> Outcome {
    match arguments.first().map(String::as_str) {
        Some("sale") => sale::run(),
        Some(viewers) => telling::run(Some(viewers.parse()?)),
        None => {
            telling::run(None)?;
            println!();
            sale::run()
        }
    }
}

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "missed" }
}

//! A live room full of viewers: how many messages reach how many sockets, how late, for how much of a core and of
//! memory, beside nginx with nchan.
//!
//! The other half of a room, a flash sale that 2,000 of 5,000 viewers want at once, belongs here as `sale.rs` and
//! into [`run`], as soon as orders can be placed from a room.

mod crowd;
mod hub;
mod process;
mod telling;

pub use hub::serve;

/// What this program is started with to be the server that is measured.
pub const SERVER: &str = "room-hub";

use crate::Outcome;

pub fn run(arguments: &[String]) -> Outcome {
    telling::run(arguments)
}

//! Live rooms: a host shows goods, buyers watch, talk and buy.

// Its face; what is behind it comes with the rooms.
#[allow(dead_code)]
pub mod hub;

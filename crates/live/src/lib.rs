//! Live rooms: a host shows goods, buyers watch, talk and buy.

pub mod hub;

//! The outside world behind contracts: files, messages to people, payments, and the bus between parts of the
//! server. A real provider and the one for trying things out stand behind the same words.

pub mod bus;
pub mod files;
pub mod messages;
pub mod payments;

//! The binary's parts: settings, command line, wiring, jobs. What shops do is in the crates below.

pub mod backup;
pub mod cli;
mod connections;
pub mod demo;
mod docs;
mod doctor;
mod jobs;
mod live_rooms;
mod serve;
pub mod settings;
mod tls;
pub mod wiring;

pub use serve::{Running, start};

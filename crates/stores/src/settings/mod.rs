//! What a store is as its merchant sees it, and the switch between open and paused.

mod api;
mod pages;
mod pause;
#[cfg(test)]
mod tests;

pub(crate) use api::api;
pub(crate) use pages::routes;
pub use pause::{PauseError, pause, reopen};

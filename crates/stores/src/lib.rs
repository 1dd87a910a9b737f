//! Stores: what they are, what they show, what they sell and how much of it is there. Nothing here knows of
//! orders beyond their id; `trade` stands on this crate.

pub mod branches;
pub mod catalog;
pub mod hours;
pub mod page;
pub mod shelves;
pub mod stock;
pub mod store;

pub use store::{NewStore, OpenError, State, Store, by_handle, by_id, open};

//! Who someone is, how they prove it, what they may do, and what they did. Knows nothing of goods or orders.

pub mod accounts;
pub mod audit;
mod contact;
pub mod roles;

pub use contact::{Channel, Contact};

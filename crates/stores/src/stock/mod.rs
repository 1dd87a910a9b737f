//! How much is there. One ledger for every channel: a change of stock is a guarded update and a row, together.

mod adjust;
mod give_back;
mod hold;
mod reserve;
mod rows;
mod sold;
#[cfg(test)]
mod tests;

use db::text_enum;
use kernel::Id;

pub(crate) use adjust::change;
pub use adjust::{AdjustError, adjust};
pub use give_back::give_back;
pub use hold::{Hold, HoldError, HoldId, HoldState, get_hold, give_up, hand_over, hold};
pub use reserve::{ReserveError, reserve};
pub use rows::{Entry, ledger, ledger_of};
pub use sold::count_sale;

/// One row of the ledger.
pub struct StockChange;
impl kernel::Kind for StockChange {
    const PREFIX: &'static str = "stk";
}
pub type StockChangeId = Id<StockChange>;

text_enum! {
    /// Why stock changed.
    pub enum Reason {
        /// The first stock of a new SKU.
        Opening = "opening",
        /// Goods came in or went out by the merchant's word.
        Correction = "correction",
        /// An order holds it.
        Reserved = "reserved",
        /// The order was not paid in time.
        Timeout = "timeout",
        /// The order was cancelled.
        Cancelled = "cancelled",
        /// The money went back before the goods left.
        Refunded = "refunded",
        /// The goods came back.
        Returned = "returned",
        /// The order is a sale; what is available does not change.
        Sold = "sold",
        /// Put aside before there is an order for it.
        Held = "held",
        /// No longer put aside: back on the shelf, or reserved by its order in the same moment.
        Unheld = "unheld",
    }
}

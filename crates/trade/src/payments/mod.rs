//! Paying online. Each attempt is recorded before the provider is asked, the provider is never asked inside a
//! transaction, and whatever it answers, by whichever way, ends in the one [`settle`].

mod hear;
mod pages;
mod refund;
mod rows;
mod seek;
mod settle;
mod start;
#[cfg(test)]
mod tests;

use db::{Error, Read, text_enum};
use gateways::payments::{PaymentProvider, Sandbox};
use kernel::{OrderId, StoreId};
use web::App;

pub use hear::{HearError, hear};
pub use pages::routes;
pub(crate) use refund::send_again;
pub use refund::{give_back, owe_refund};
pub use rows::{Payment, Refund};
pub use seek::{after_cancel, seek, seek_order};
pub use settle::{SettleError, Settled, settle};
pub use start::{StartError, start};

/// The deadline after which a silent payment is asked about.
pub const QUERY_DEADLINE: &str = "payment.query";
/// The deadline after which a refund that the provider has not taken is tried again.
pub const REFUND_DEADLINE: &str = "payment.refund";

text_enum! {
    /// How far an attempt to pay is.
    pub enum PaymentState {
        /// Written down; the provider has not answered yet.
        Created = "created",
        /// The buyer may pay.
        Pending = "pending",
        Succeeded = "succeeded",
        Failed = "failed",
        /// Can no longer be paid.
        Closed = "closed",
        Refunded = "refunded",
    }
}

text_enum! {
    /// Why money goes back.
    pub enum RefundReason {
        /// The order it paid was cancelled.
        Cancelled = "cancelled",
        /// It came when the order was cancelled already.
        Late = "late",
        /// The order was paid before.
        Surplus = "surplus",
    }
}

text_enum! {
    /// How far a refund is.
    pub enum RefundState { Owed = "owed", Done = "done" }
}

/// The provider of this name.
pub(crate) fn provider(app: &App, name: &str) -> Option<Box<dyn PaymentProvider>> {
    match name {
        Sandbox::NAME => Some(Box::new(Sandbox::new(app.db.clone()))),
        _ => None,
    }
}

/// The attempts to pay an order, the newest last.
pub async fn of_order(read: &mut Read, store: StoreId, order: OrderId) -> Result<Vec<Payment>, Error> {
    rows::of_order(read, store, order).await
}

/// The money that came for an order when it wanted none any more, and that goes back by itself. The newest last.
pub async fn unwanted(read: &mut Read, store: StoreId, order: OrderId) -> Result<Vec<Refund>, Error> {
    rows::unwanted(read, store, order).await
}

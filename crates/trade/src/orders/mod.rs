//! Orders: from placing to handing over. Every move is checked by `order.rs`, guarded by the row's state, written down
//! with who and why, and told through the outbox.

mod accept;
mod api;
mod buyer_pages;
mod cancel;
mod confirm;
mod console_pages;
mod events;
mod fulfilment;
mod lapse;
mod moves;
mod order;
mod place;
mod ready;
mod redeem;
mod refunded;
mod room;
mod rows;
mod ship;
#[cfg(test)]
mod special_tests;
#[cfg(test)]
mod tests;
mod view;

use db::{Error, Read, text_enum};
use kernel::{AccountId, CheckoutId, OrderId, StoreId, Timestamp};

pub use accept::accept;
pub(crate) use api::api;
pub use buyer_pages::{BuyerOrder, of_buyer};
pub use cancel::cancel;
pub use confirm::confirm;
pub use events::{OrderMoved, OrderPlaced, on_event};
pub use fulfilment::Fulfilment;
pub use lapse::lapse;
pub use moves::{Actor, MoveError};
pub use order::{
    ACCEPT_WITHIN, CONFIRM_WITHIN, CancelReason, Canceller, KEEP_READY, Method, NotAllowed, PAY_WITHIN,
    State, Step, Way,
};
pub use place::{Choice, Place, PlaceError, place};
pub use ready::ready;
pub use redeem::{RedeemError, find_by_code, has_counters, redeem};
pub(crate) use refunded::{note_late_payment, note_refunded, note_surplus_returned, take_payment};
pub use room::{MinuteSales, ProductSales, RoomSales, sales_by_minute, sales_by_product, sales_of_room};
pub use rows::{Move, Order, OrderLine, Packed, Parcel};
pub use ship::{Ship, ShipError, ship};

/// The deadline of an order's present state; what happens then is the state's own affair.
pub const DEADLINE: &str = "order";

text_enum! {
    /// What kind of someone moved an order.
    pub enum ActorKind {
        Buyer = "buyer",
        Staff = "staff",
        /// Its deadline came.
        Clock = "clock",
        /// The payment provider.
        Provider = "provider",
    }
}

/// One row of an order's history.
pub struct MoveKind;
impl kernel::Kind for MoveKind {
    const PREFIX: &'static str = "mov";
}
pub type MoveId = kernel::Id<MoveKind>;

/// The order, if this store has it.
pub async fn get(read: &mut Read, store: StoreId, id: OrderId) -> Result<Option<Order>, Error> {
    rows::get(read, store, id).await
}

/// The order that this buyer has in this store.
pub async fn get_of_buyer(
    read: &mut Read,
    store: StoreId,
    buyer: AccountId,
    id: OrderId,
) -> Result<Option<Order>, Error> {
    Ok(rows::get(read, store, id).await?.filter(|order| order.buyer_id == buyer))
}

/// What became of a checkout.
pub async fn of_checkout(
    read: &mut Read,
    store: StoreId,
    checkout: CheckoutId,
) -> Result<Option<Order>, Error> {
    rows::by_checkout(read, store, checkout).await
}

pub async fn lines(read: &mut Read, store: StoreId, order: OrderId) -> Result<Vec<OrderLine>, Error> {
    rows::lines(read, store, order).await
}

pub async fn moves(read: &mut Read, store: StoreId, order: OrderId) -> Result<Vec<Move>, Error> {
    rows::moves(read, store, order).await
}

pub async fn parcels(read: &mut Read, store: StoreId, order: OrderId) -> Result<Vec<Parcel>, Error> {
    rows::parcels(read, store, order).await
}

/// A store's orders, newest first, those placed before `before`; of one state if `step` is given.
pub async fn of_store(
    read: &mut Read,
    store: StoreId,
    step: Option<Step>,
    before: Timestamp,
    most: i64,
) -> Result<Vec<Order>, Error> {
    rows::of_store(read, store, step, before, most).await
}

/// Pages of orders.
pub fn routes() -> axum::Router<web::App> {
    buyer_pages::routes().merge(console_pages::routes())
}

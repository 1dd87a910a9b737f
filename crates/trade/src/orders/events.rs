//! What others hear of orders, and the news that open pages get.

use db::outbox::{Event, Pending};
use gateways::bus::Topic;
use kernel::{AccountId, OrderId};
use serde::{Deserialize, Serialize};
use web::App;

use super::Step;
use crate::checkout::Source;

/// A buyer placed an order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OrderPlaced {
    pub order: OrderId,
    pub buyer: AccountId,
    pub number: String,
    /// Where the buyer came from; events from before it was told say the store.
    #[serde(default)]
    pub source: Source,
}
impl Event for OrderPlaced {
    const KIND: &'static str = "order.placed";
}

/// An order is somewhere else now.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OrderMoved {
    pub order: OrderId,
    pub buyer: AccountId,
    pub from: Step,
    pub to: Step,
    #[serde(default)]
    pub source: Source,
}
impl Event for OrderMoved {
    const KIND: &'static str = "order.moved";
}

/// Tells the open pages of the store, the order and the buyer. Hearing it twice costs a second look.
pub async fn on_event(app: &App, event: &Pending) -> Result<(), web::Error> {
    let about = if let Some(placed) = event.read::<OrderPlaced>() {
        let placed = placed.map_err(web::Error::internal)?;
        (placed.order, placed.buyer)
    } else if let Some(moved) = event.read::<OrderMoved>() {
        let moved = moved.map_err(web::Error::internal)?;
        (moved.order, moved.buyer)
    } else {
        return Ok(());
    };
    if let Some(store) = event.store_id {
        app.bus.tell(Topic::Store(store), &event.kind);
    }
    app.bus.tell(Topic::Order(about.0), &event.kind);
    app.bus.tell(Topic::Account(about.1), &event.kind);
    Ok(())
}

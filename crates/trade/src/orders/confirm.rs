//! The buyer has the parcel; the store's money becomes available.

use kernel::{AccountId, OrderId};
use stores::Store;
use web::App;

use super::{Actor, MoveError, Order, moves, rows};
use crate::ledger;

pub async fn confirm(app: &App, store: &Store, buyer: AccountId, id: OrderId) -> Result<Order, MoveError> {
    let now = app.clock.now();
    app.db
        .write(store.id, async |tx| {
            let order = rows::get(tx, store.id, id).await?;
            let order = order.filter(|order| order.buyer_id == buyer).ok_or(MoveError::NotFound)?;
            let done = moves::make(tx, &order, order.state.confirm()?, Actor::Buyer(buyer), "", now).await?;
            ledger::complete(tx, &done, now).await?;
            Ok(done)
        })
        .await
}

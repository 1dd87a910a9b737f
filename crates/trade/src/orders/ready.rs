//! The goods lie at the counter, and the buyer may come with the code.

use kernel::{AccountId, OrderId};
use stores::Store;
use web::App;

use super::{Actor, MoveError, Order, moves, rows};

pub async fn ready(app: &App, store: &Store, staff: AccountId, id: OrderId) -> Result<Order, MoveError> {
    let now = app.clock.now();
    app.db
        .write(store.id, async |tx| {
            let order = rows::get(tx, store.id, id).await?.ok_or(MoveError::NotFound)?;
            moves::make(tx, &order, order.state.ready(order.way(), now)?, Actor::Staff(staff), "", now).await
        })
        .await
}

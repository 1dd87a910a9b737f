//! The merchant says yes to a pick-up order. Saying no is [`super::cancel`].

use kernel::{AccountId, OrderId};
use stores::Store;
use web::App;

use super::{Actor, MoveError, Order, moves, rows};

pub async fn accept(app: &App, store: &Store, staff: AccountId, id: OrderId) -> Result<Order, MoveError> {
    let now = app.clock.now();
    app.db
        .write(store.id, async |tx| {
            let order = rows::get(tx, store.id, id).await?.ok_or(MoveError::NotFound)?;
            moves::make(tx, &order, order.state.accept()?, Actor::Staff(staff), "", now).await
        })
        .await
}

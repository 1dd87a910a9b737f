//! Calls an order off: stock and slot are given back in the same transaction, and money that was paid goes back.

use db::Tx;
use kernel::{OrderId, Timestamp};
use stores::{Store, special_prices, stock};
use web::App;

use super::{Actor, Canceller, MoveError, Order, State, Step, moves, rows};
use crate::{checkout, payments};

/// Cancels for the buyer or the merchant. The provider is asked to close and to refund after the order is cancelled
/// for certain; if it cannot be reached the deadlines of the payment and the refund go on asking.
pub async fn cancel(
    app: &App,
    store: &Store,
    id: OrderId,
    actor: Actor,
    by: Canceller,
    why: &str,
) -> Result<Order, MoveError> {
    let now = app.clock.now();
    let order = app
        .db
        .write(store.id, async |tx| {
            let order = rows::get(tx, store.id, id).await?.ok_or(MoveError::NotFound)?;
            let own = match actor {
                Actor::Buyer(buyer) => order.buyer_id == buyer,
                _ => true,
            };
            if !own {
                return Err(MoveError::NotFound);
            }
            let next = order.state.cancel(by)?;
            call_off(tx, &order, next, actor, why, now).await
        })
        .await?;
    payments::after_cancel(app, &order).await;
    Ok(rows::get(&mut app.db.read().await?, store.id, id).await?.unwrap_or(order))
}

/// What belongs to every cancelling, also that by the clock.
pub(super) async fn call_off(
    tx: &mut Tx,
    order: &Order,
    next: State,
    actor: Actor,
    why: &str,
    now: Timestamp,
) -> Result<Order, MoveError> {
    let cancelled = moves::make(tx, order, next, actor, why, now).await?;
    let reason = match (order.state.step(), order.paid) {
        (Step::Unpaid, _) if actor == Actor::Clock => stock::Reason::Timeout,
        (_, 1..) => stock::Reason::Refunded,
        _ => stock::Reason::Cancelled,
    };
    stock::give_back(tx, order.store_id, order.id, reason, now).await?;
    if order.source.room().is_some() {
        special_prices::give_back(tx, order.store_id, order.id, now).await?;
    }
    if let Some((branch, starts_at)) = order.fulfilment.slot() {
        checkout::release(tx, order.store_id, branch, starts_at).await?;
    }
    if order.paid > order.refunded {
        payments::owe_refund(tx, order, now).await?;
    }
    Ok(cancelled)
}

//! What money coming and going makes of an order. Called by `payments`, in its transactions.

use db::Tx;
use kernel::Timestamp;
use stores::stock;

use super::{Actor, MoveError, Order, moves, rows};

/// The money for an unpaid order is here.
pub(crate) async fn take_payment(tx: &mut Tx, order: &Order, now: Timestamp) -> Result<Order, MoveError> {
    let next = order.state.pay(order.way(), now)?;
    rows::add_paid(tx, order.store_id, order.id, order.total).await?;
    let mut order = moves::make(tx, order, next, Actor::Provider, "", now).await?;
    order.paid = order.total;
    stock::count_sale(tx, order.store_id, order.id, now).await?;
    Ok(order)
}

/// Money came for an order that no longer wants it; the history says so to both sides.
pub(crate) async fn note_late_payment(tx: &mut Tx, order: &Order, now: Timestamp) -> Result<(), MoveError> {
    Ok(moves::note(tx, order, Actor::Provider, "late-payment", now).await?)
}

/// What was paid for a cancelled order went back to the buyer.
pub(crate) async fn note_refunded(
    tx: &mut Tx,
    order: &Order,
    amount: i64,
    now: Timestamp,
) -> Result<(), MoveError> {
    // Money that came too late was never counted as paid.
    if order.paid > 0 {
        rows::add_refunded(tx, order.store_id, order.id, amount).await?;
    }
    moves::make(tx, order, order.state.refund()?, Actor::Provider, "", now).await?;
    Ok(())
}

/// A second payment of an order went back; the order goes on as it is.
pub(crate) async fn note_surplus_returned(
    tx: &mut Tx,
    order: &Order,
    now: Timestamp,
) -> Result<(), MoveError> {
    Ok(moves::note(tx, order, Actor::Provider, "surplus-returned", now).await?)
}

//! The deadline of an order's state has come, be it late. What happens is the state's own rule; it happens once,
//! because the move sets or clears the deadline in the same transaction.

use db::deadlines;
use kernel::{OrderId, StoreId};
use web::App;

use super::{Actor, DEADLINE, MoveError, State, Step, cancel, moves, rows};
use crate::{ledger, payments};

pub async fn lapse(app: &App, store: StoreId, id: OrderId) -> Result<(), MoveError> {
    let now = app.clock.now();
    let seen = rows::get(&mut app.db.read().await?, store, id).await?;
    if seen.is_some_and(|order| order.state.step() == Step::Unpaid) {
        // The buyer may have paid and the notification been lost: ask before calling the order off.
        payments::seek_order(app, store, id).await;
    }
    let cancelled = app
        .db
        .write(store, async |tx| {
            let Some(order) = rows::get(tx, store, id).await? else {
                deadlines::clear(tx, store, DEADLINE, id).await?;
                return Ok(None);
            };
            let next = order.state.lapse(now);
            if next == order.state {
                // Not yet: the state has moved on since this deadline was read.
                match order.state.due_at() {
                    Some(due_at) => deadlines::set(tx, store, DEADLINE, id, due_at).await?,
                    None => deadlines::clear(tx, store, DEADLINE, id).await?,
                }
                return Ok(None);
            }
            match next {
                State::Cancelled(_) => {
                    let order = cancel::call_off(tx, &order, next, Actor::Clock, "", now).await?;
                    Ok::<_, MoveError>(Some(order))
                }
                _ => {
                    let order = moves::make(tx, &order, next, Actor::Clock, "", now).await?;
                    if next == State::Completed {
                        ledger::complete(tx, &order, now).await?;
                    }
                    Ok(None)
                }
            }
        })
        .await?;
    if let Some(order) = cancelled {
        payments::after_cancel(app, &order).await;
    }
    Ok(())
}

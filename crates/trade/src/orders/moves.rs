//! The one way in which an order's state changes: checked, guarded, written down, told.

use db::{Error, Tx, deadlines, outbox};
use kernel::{AccountId, Timestamp};

use super::{ActorKind, DEADLINE, NotAllowed, Order, State, events::OrderMoved, rows};

/// Who moves an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    Buyer(AccountId),
    Staff(AccountId),
    Clock,
    Provider,
}

impl Actor {
    pub(super) fn parts(self) -> (ActorKind, Option<AccountId>) {
        match self {
            Actor::Buyer(account) => (ActorKind::Buyer, Some(account)),
            Actor::Staff(account) => (ActorKind::Staff, Some(account)),
            Actor::Clock => (ActorKind::Clock, None),
            Actor::Provider => (ActorKind::Provider, None),
        }
    }
}

/// Why an order was not moved.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    #[error("there is no such order")]
    NotFound,
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<MoveError> for web::Error {
    fn from(error: MoveError) -> Self {
        match error {
            MoveError::NotFound => web::Error::NotFound,
            MoveError::NotAllowed(_) => web::Error::Conflict("orders-not-allowed"),
            MoveError::Db(error) => error.into(),
        }
    }
}

/// Moves the order to `next`; answers with the order as it then is.
pub(super) async fn make(
    tx: &mut Tx,
    order: &Order,
    next: State,
    actor: Actor,
    why: &str,
    now: Timestamp,
) -> Result<Order, MoveError> {
    if !rows::set_state(tx, order, next, now).await? {
        // Another process was faster; what it made of the order is for the caller to look at again.
        return Err(NotAllowed(order.state.step()).into());
    }
    let (from, to) = (order.state.step(), next.step());
    rows::insert_move(tx, order, actor.parts(), Some(from), to, why, now).await?;
    match next.due_at() {
        Some(due_at) => deadlines::set(tx, order.store_id, DEADLINE, order.id, due_at).await?,
        None => deadlines::clear(tx, order.store_id, DEADLINE, order.id).await?,
    }
    let event = OrderMoved { order: order.id, buyer: order.buyer_id, from, to, source: order.source };
    outbox::add(tx, Some(order.store_id), &event, now).await?;
    Ok(Order { state: next, moved_at: now, ..order.clone() })
}

/// Writes something down in the history that does not move the order, and tells of it.
pub(super) async fn note(
    tx: &mut Tx,
    order: &Order,
    actor: Actor,
    why: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let step = order.state.step();
    rows::insert_move(tx, order, actor.parts(), Some(step), step, why, now).await?;
    let (buyer, source) = (order.buyer_id, order.source);
    let event = OrderMoved { order: order.id, buyer, from: step, to: step, source };
    outbox::add(tx, Some(order.store_id), &event, now).await
}

//! Taking a product off the shelf and putting it back; its live copy stays as it was.

use db::{Db, Error};
use kernel::{AccountId, Invalid, ProductId, Timestamp};
use people::audit;

use super::{State, rows, save::refresh};
use crate::store::Store;

/// Columns of the operator's reason.
pub const REASON_MIN: i64 = 4;
pub const REASON_MAX: i64 = 200;

/// Why a product stayed where it is.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    #[error("no such product")]
    NotFound,
    #[error("a product that is {} cannot go there", .0.as_str())]
    NotAllowed(State),
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<MoveError> for web::Error {
    fn from(error: MoveError) -> Self {
        match error {
            MoveError::NotFound => web::Error::NotFound,
            MoveError::NotAllowed(State::Removed) => web::Error::Conflict("catalog-is-removed"),
            MoveError::NotAllowed(_) => web::Error::Conflict("catalog-not-now"),
            MoveError::Invalid(invalid) => invalid.into(),
            MoveError::Db(error) => error.into(),
        }
    }
}

impl State {
    /// Where a product may go from here, by hand.
    const fn may_become(self, next: State) -> bool {
        matches!(
            (self, next),
            (State::OnShelf, State::OffShelf | State::Removed)
                | (State::OffShelf, State::OnShelf | State::Removed)
                | (State::Removed, State::OffShelf)
        )
    }
}

/// Buyers can no longer buy it; who has its address sees that it is gone.
pub async fn take_off(
    db: &Db,
    now: Timestamp,
    actor: AccountId,
    store: &Store,
    id: ProductId,
) -> Result<(), MoveError> {
    go(db, now, actor, store, id, (State::OnShelf, State::OffShelf), None, "product.taken_off").await
}

/// Back on the shelf with the live copy it had.
pub async fn put_back(
    db: &Db,
    now: Timestamp,
    actor: AccountId,
    store: &Store,
    id: ProductId,
) -> Result<(), MoveError> {
    go(db, now, actor, store, id, (State::OffShelf, State::OnShelf), None, "product.put_back").await
}

/// The operator takes a product off, with a reason that its merchant reads.
pub async fn remove(
    db: &Db,
    now: Timestamp,
    operator: AccountId,
    store: &Store,
    id: ProductId,
    reason: &str,
) -> Result<(), MoveError> {
    let reason = kernel::paragraph(reason, REASON_MIN, REASON_MAX);
    let reason = reason.map_err(|problem| Invalid::field("reason", problem))?;
    let from = (State::OnShelf, State::Removed);
    go(db, now, operator, store, id, from, Some(&reason), "product.removed").await
}

/// The operator lets a product go: its merchant may put it back on the shelf.
pub async fn restore(
    db: &Db,
    now: Timestamp,
    operator: AccountId,
    store: &Store,
    id: ProductId,
) -> Result<(), MoveError> {
    go(db, now, operator, store, id, (State::Removed, State::OffShelf), None, "product.restored").await
}

#[allow(clippy::too_many_arguments, reason = "one move with its whole record, called from four verbs here")]
async fn go(
    db: &Db,
    now: Timestamp,
    actor: AccountId,
    store: &Store,
    id: ProductId,
    (from, to): (State, State),
    reason: Option<&str>,
    action: &'static str,
) -> Result<(), MoveError> {
    db.write(store.id, async |tx| {
        let product = rows::product(tx, store.id, id).await?.ok_or(MoveError::NotFound)?;
        if product.state == to {
            return Ok(());
        }
        let by_operator = to == State::Removed;
        if !product.state.may_become(to) || (!by_operator && product.state != from) {
            return Err(MoveError::NotAllowed(product.state));
        }
        rows::set_state(tx, store.id, id, to, reason).await?;
        refresh(tx, store, id).await?;
        audit::record(tx, actor, store.id, action, id, reason.unwrap_or_default(), now).await?;
        Ok(())
    })
    .await
}

/// Throws a draft away that was never published.
pub async fn discard(
    db: &Db,
    now: Timestamp,
    actor: AccountId,
    store: &Store,
    id: ProductId,
) -> Result<(), MoveError> {
    db.write(store.id, async |tx| {
        let product = rows::product(tx, store.id, id).await?.ok_or(MoveError::NotFound)?;
        if product.state != State::Draft {
            return Err(MoveError::NotAllowed(product.state));
        }
        rows::delete(tx, store.id, id).await?;
        audit::record(tx, actor, store.id, "product.discarded", id, &product.draft.title, now).await?;
        Ok(())
    })
    .await
}

//! An operator pauses a store, with a reason, or lets it open again.

use ::stores::State;
use db::Error;
use kernel::{AccountId, Invalid, StoreId};
use people::{accounts, audit};
use web::App;

use super::rows;

/// Columns of the reason.
const REASON_MAX: i64 = 300;

/// Why a store was not paused or reopened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PauseError {
    #[error("only an operator may")]
    NotOperator,
    #[error("no such store")]
    NotFound,
    #[error("the store is in another state")]
    NotAllowed,
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] Error),
}

/// Stops new orders; what buyers have ordered goes on. The reason is kept in the audit log.
pub(crate) async fn pause(
    app: &App,
    operator: AccountId,
    store: StoreId,
    reason: &str,
) -> Result<(), PauseError> {
    let reason =
        kernel::paragraph(reason, 1, REASON_MAX).map_err(|problem| Invalid::field("reason", problem))?;
    set(app, operator, store, (State::Open, State::Paused), ("store.paused", &reason)).await
}

/// Lets a paused store take orders again.
pub(crate) async fn reopen(app: &App, operator: AccountId, store: StoreId) -> Result<(), PauseError> {
    set(app, operator, store, (State::Paused, State::Open), ("store.reopened", "")).await
}

async fn set(
    app: &App,
    operator: AccountId,
    store: StoreId,
    (from, to): (State, State),
    (action, detail): (&'static str, &str),
) -> Result<(), PauseError> {
    let now = app.clock.now();
    app.db
        .write(store, async |tx| {
            if !accounts::is_operator(tx, operator).await? {
                return Err(PauseError::NotOperator);
            }
            let found = ::stores::by_id(tx, store).await?.ok_or(PauseError::NotFound)?;
            // Twice is the same as once.
            if found.state == to {
                return Ok(());
            }
            if !rows::set_state(tx, store, from, to).await? {
                return Err(PauseError::NotAllowed);
            }
            audit::record(tx, operator, store, action, store, detail, now).await?;
            Ok(())
        })
        .await
}

impl From<PauseError> for web::Error {
    fn from(error: PauseError) -> Self {
        match error {
            PauseError::NotOperator | PauseError::NotFound => web::Error::NotFound,
            PauseError::NotAllowed => web::Error::Conflict("operator-store-state"),
            PauseError::Invalid(invalid) => invalid.into(),
            PauseError::Db(error) => error.into(),
        }
    }
}

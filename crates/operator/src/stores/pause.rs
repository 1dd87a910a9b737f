//! An operator stops a store, with a reason, or lets it go on. Its merchant cannot undo either.

use ::stores::{State, StoreSuspended};
use db::{Error, outbox};
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

/// Stops new orders and takes the store off the air; what buyers have ordered goes on. The reason is kept in the audit log.
pub(crate) async fn pause(
    app: &App,
    operator: AccountId,
    store: StoreId,
    reason: &str,
) -> Result<(), PauseError> {
    let reason =
        kernel::paragraph(reason, 1, REASON_MAX).map_err(|problem| Invalid::field("reason", problem))?;
    set(app, operator, store, true, ("store.suspended", &reason)).await
}

/// Lets a stopped store go on; one whose merchant has paused it stays so.
pub(crate) async fn reopen(app: &App, operator: AccountId, store: StoreId) -> Result<(), PauseError> {
    set(app, operator, store, false, ("store.released", "")).await
}

async fn set(
    app: &App,
    operator: AccountId,
    store: StoreId,
    suspended: bool,
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
            match (found.state, suspended) {
                (State::Suspended, true) | (State::Open | State::Paused, false) => return Ok(()),
                (State::Closing | State::Closed, _) => return Err(PauseError::NotAllowed),
                (State::Suspended, false) | (State::Open | State::Paused, true) => {}
            }
            rows::suspend(tx, store, suspended).await?;
            audit::record(tx, operator, store, action, store, detail, now).await?;
            if suspended {
                outbox::add(tx, Some(store), &StoreSuspended {}, now).await?;
            }
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

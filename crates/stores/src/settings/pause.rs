//! The merchant pauses the store or lets it open again. What an operator stopped is not theirs to open.

use db::{Db, Error};
use kernel::{AccountId, StoreId, Timestamp};
use people::{
    audit,
    roles::{self, Permission},
};

use crate::store::{self, State};

/// Why a store was not paused or reopened; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum PauseError {
    #[error("this person's role does not allow it")]
    NotAllowed,
    #[error("an operator has stopped the store")]
    Suspended,
    #[error("the store is closing or closed")]
    Closing,
    #[error(transparent)]
    Db(#[from] Error),
}

/// No new orders until it is reopened; those that are there go on.
pub async fn pause(db: &Db, now: Timestamp, actor: AccountId, store: StoreId) -> Result<(), PauseError> {
    set(db, now, actor, store, State::Paused, "store.paused").await
}

/// Takes orders again.
pub async fn reopen(db: &Db, now: Timestamp, actor: AccountId, store: StoreId) -> Result<(), PauseError> {
    set(db, now, actor, store, State::Open, "store.reopened").await
}

async fn set(
    db: &Db,
    now: Timestamp,
    actor: AccountId,
    store: StoreId,
    to: State,
    action: &'static str,
) -> Result<(), PauseError> {
    db.write(store, async |tx| {
        // Asked again here: the role may have been taken away since the page was opened.
        let role = roles::role_of(tx, store, actor).await?;
        if !role.is_some_and(|role| role.may(Permission::EditSettings)) {
            return Err(PauseError::NotAllowed);
        }
        let found = store::by_id(tx, store).await?.ok_or(Error::Missing)?;
        let from = match found.state {
            // Twice is the same as once.
            state if state == to => return Ok(()),
            State::Suspended => return Err(PauseError::Suspended),
            State::Closing | State::Closed => return Err(PauseError::Closing),
            state @ (State::Open | State::Paused) => state,
        };
        store::set_state(tx, store, from, to).await?;
        audit::record(tx, actor, store, action, store, "", now).await?;
        Ok(())
    })
    .await
}

impl From<PauseError> for web::Error {
    fn from(error: PauseError) -> Self {
        match error {
            PauseError::NotAllowed => web::Error::Forbidden,
            PauseError::Suspended => web::Error::Conflict("settings-suspended"),
            PauseError::Closing => web::Error::Conflict("settings-closing"),
            PauseError::Db(error) => error.into(),
        }
    }
}

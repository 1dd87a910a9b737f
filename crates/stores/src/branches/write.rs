//! Opening, changing and closing a branch.

use db::{Db, Error};
use kernel::{AccountId, BranchId, Invalid, Problem, StoreId, Timestamp};
use people::audit;

use super::{
    branch::{BRANCHES_MAX, Place},
    rows,
};

/// Why a branch was not written; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("no such branch")]
    NotFound,
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<WriteError> for web::Error {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::NotFound => web::Error::NotFound,
            WriteError::Invalid(invalid) => invalid.into(),
            WriteError::Db(error) => error.into(),
        }
    }
}

/// A new branch, after those that are there.
pub async fn create(
    db: &Db,
    now: Timestamp,
    actor: AccountId,
    store: StoreId,
    place: Place,
) -> Result<BranchId, WriteError> {
    let place = place.checked()?;
    let id = BranchId::new();
    db.write(store, async |tx| {
        let there = rows::list(tx, store).await?;
        if there.len() as i64 >= BRANCHES_MAX {
            return Err(Invalid::field("name", Problem::TooMany(BRANCHES_MAX)).into());
        }
        let position = there.last().map_or(0, |last| last.position + 1);
        let branch = place.at(id, position);
        rows::insert(tx, store, &branch).await?;
        audit::record(tx, actor, store, "branch.opened", id, &branch.name, now).await?;
        Ok(id)
    })
    .await
}

/// Changes a branch that is open. Orders that chose a slot keep it.
pub async fn update(
    db: &Db,
    now: Timestamp,
    actor: AccountId,
    store: StoreId,
    id: BranchId,
    place: Place,
) -> Result<(), WriteError> {
    let branch = place.checked()?.at(id, 0);
    db.write(store, async |tx| {
        if rows::update(tx, store, &branch).await? == 0 {
            return Err(WriteError::NotFound);
        }
        audit::record(tx, actor, store, "branch.changed", id, &branch.name, now).await?;
        Ok(())
    })
    .await
}

/// Closes a branch for good: it takes no new orders; those it has are still picked up there.
pub async fn close(
    db: &Db,
    now: Timestamp,
    actor: AccountId,
    store: StoreId,
    id: BranchId,
) -> Result<(), WriteError> {
    db.write(store, async |tx| {
        if rows::close(tx, store, id, now).await? == 0 {
            return Err(WriteError::NotFound);
        }
        audit::record(tx, actor, store, "branch.closed", id, "", now).await?;
        Ok(())
    })
    .await
}

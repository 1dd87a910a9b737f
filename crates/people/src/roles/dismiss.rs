//! Takes a person's role in a store away. Anyone may leave; the last owner stays.

use db::{Db, Error};
use kernel::{AccountId, StoreId, Timestamp};

use super::{Role, rows};
use crate::audit;

/// Why someone was not dismissed.
#[derive(Debug, thiserror::Error)]
pub enum DismissError {
    #[error("only someone above that role may take it away")]
    NotAllowed,
    #[error("the person does not work in this store")]
    NotFound,
    #[error("the store would have no owner")]
    LastOwner,
    #[error(transparent)]
    Db(#[from] Error),
}

/// `actor` takes `account`'s role in the store away, or leaves.
pub async fn dismiss(
    db: &Db,
    now: Timestamp,
    actor: AccountId,
    store: StoreId,
    account: AccountId,
) -> Result<(), DismissError> {
    db.write(store, async |tx| {
        let mine = rows::role_of(tx, store, actor).await?.ok_or(DismissError::NotAllowed)?;
        let theirs = rows::role_of(tx, store, account).await?.ok_or(DismissError::NotFound)?;
        if actor != account && !mine.may_appoint(theirs) {
            return Err(DismissError::NotAllowed);
        }
        if theirs == Role::Owner && rows::owners(tx, store).await? < 2 {
            return Err(DismissError::LastOwner);
        }
        rows::delete(tx, store, account).await?;
        audit::record(tx, actor, store, "staff.dismissed", account, theirs.as_str(), now).await?;
        Ok(())
    })
    .await
}

impl From<DismissError> for web::Error {
    fn from(error: DismissError) -> Self {
        match error {
            DismissError::NotAllowed => web::Error::Forbidden,
            DismissError::NotFound => web::Error::NotFound,
            DismissError::LastOwner => web::Error::Conflict("staff-last-owner"),
            DismissError::Db(error) => error.into(),
        }
    }
}

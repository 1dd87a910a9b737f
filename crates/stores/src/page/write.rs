//! Writing the page: saving its draft, and publishing what is saved.

use db::{Db, Error, Json};
use kernel::{AccountId, Invalid, StoreId, Timestamp};
use people::audit;

use super::{StorePage, rows};
use crate::images;

/// Why the page was not saved; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<WriteError> for web::Error {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Invalid(invalid) => invalid.into(),
            WriteError::Db(error) => error.into(),
        }
    }
}

/// Saves the draft. Buyers see nothing of it yet.
pub async fn save(db: &Db, now: Timestamp, store: StoreId, page: StorePage) -> Result<(), WriteError> {
    let page = page.checked()?;
    db.write(store, async |tx| {
        let mut invalid = Invalid::new();
        images::check_own(tx, store, "cover", page.cover.as_slice(), &mut invalid).await?;
        images::check_own(tx, store, "gallery", &page.gallery, &mut invalid).await?;
        invalid.done()?;
        rows::save_draft(tx, store, &Json(page.clone()), now).await?;
        Ok(())
    })
    .await
}

/// Buyers see the saved draft from now on.
pub async fn publish(db: &Db, now: Timestamp, actor: AccountId, store: StoreId) -> Result<(), WriteError> {
    db.write(store, async |tx| {
        rows::publish(tx, store, now).await?;
        audit::record(tx, actor, store, "page.published", store, "", now).await?;
        Ok(())
    })
    .await
}

//! Publishing: buyers see the draft from now on.

use db::{Db, Error};
use kernel::{AccountId, Invalid, Problem, ProductId, Timestamp};
use people::audit;

use super::{State, rows, save::refresh};
use crate::store::Store;

/// Why nothing was published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    #[error("no such product")]
    NotFound,
    /// The operator took it off; only the operator puts it back.
    #[error("removed by the operator")]
    Removed,
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<PublishError> for web::Error {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::NotFound => web::Error::NotFound,
            PublishError::Removed => web::Error::Conflict("catalog-is-removed"),
            PublishError::Invalid(invalid) => invalid.into(),
            PublishError::Db(error) => error.into(),
        }
    }
}

/// Makes the draft the live copy and puts the product on the shelf.
pub async fn publish(
    db: &Db,
    now: Timestamp,
    actor: AccountId,
    store: &Store,
    id: ProductId,
) -> Result<(), PublishError> {
    db.write(store.id, async |tx| {
        let product = rows::product(tx, store.id, id).await?.ok_or(PublishError::NotFound)?;
        if product.state == State::Removed {
            return Err(PublishError::Removed);
        }
        product.draft.ready()?;
        let skus = rows::skus(tx, store.id, id).await?;
        let priced = |variant| skus.iter().any(|sku| sku.choice == variant);
        if let Some(place) = product.draft.variants().into_iter().position(|variant| !priced(variant)) {
            return Err(Invalid::field(format!("skus.{place}.price"), Problem::Required).into());
        }
        rows::publish(tx, store.id, id, now).await?;
        refresh(tx, store, id).await?;
        audit::record(tx, actor, store.id, "product.published", id, &product.draft.title, now).await?;
        Ok(())
    })
    .await
}

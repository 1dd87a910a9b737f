//! Changing a SKU's price, list price, code, weight or picture, at once.

use db::{Db, Error};
use kernel::{AccountId, Invalid, SkuId, Timestamp};
use people::audit;

use super::{
    Terms, rows,
    save::{refresh, with_terms},
};
use crate::{images, store::Store};

/// Why the terms stayed as they were.
#[derive(Debug, thiserror::Error)]
pub enum TermsError {
    #[error("no such SKU")]
    NotFound,
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<TermsError> for web::Error {
    fn from(error: TermsError) -> Self {
        match error {
            TermsError::NotFound => web::Error::NotFound,
            TermsError::Invalid(invalid) => invalid.into(),
            TermsError::Db(error) => error.into(),
        }
    }
}

/// What holds for the SKU from now on. Orders that were placed keep their price.
pub async fn change_terms(
    db: &Db,
    now: Timestamp,
    actor: AccountId,
    store: &Store,
    sku: SkuId,
    terms: Terms,
) -> Result<(), TermsError> {
    let mut invalid = Invalid::new();
    let terms = terms.checked(store.currency, "", &mut invalid);
    invalid.done()?;
    db.write(store.id, async |tx| {
        let product = rows::product_of(tx, store.id, sku).await?.ok_or(TermsError::NotFound)?;
        let mut invalid = Invalid::new();
        images::check_own(tx, store.id, "image", terms.image.as_slice(), &mut invalid).await?;
        invalid.done()?;
        rows::set_terms(tx, store.id, &with_terms(sku, Vec::new(), &terms), None).await?;
        refresh(tx, store, product).await?;
        audit::record(tx, actor, store.id, "sku.terms", sku, terms.price, now).await?;
        Ok(())
    })
    .await
}

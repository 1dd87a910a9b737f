//! Changes how many pieces of something are in the basket, or takes it out.

use db::Error;
use kernel::{Invalid, Problem, SkuId};
use stores::{Store, catalog};
use uuid::Uuid;
use web::App;

use super::{Wanted, add::check_pieces, rows};

/// Why the basket stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum SetError {
    #[error("it is not in the basket")]
    NotFound,
    /// So many are left, fewer than wanted.
    #[error("only {0} are left")]
    SoldOut(i64),
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<SetError> for web::Error {
    fn from(error: SetError) -> Self {
        match error {
            SetError::NotFound => web::Error::NotFound,
            SetError::SoldOut(0) => web::Error::Conflict("basket-sold-out"),
            SetError::SoldOut(left) => Invalid::field("quantity", Problem::TooLarge(left)).into(),
            SetError::Invalid(invalid) => invalid.into(),
            SetError::Db(error) => error.into(),
        }
    }
}

/// Sets the pieces of the SKU; none takes it out.
pub async fn set(app: &App, store: &Store, owner: Uuid, sku: SkuId, quantity: i64) -> Result<(), SetError> {
    if quantity == 0 {
        let gone = app.db.write(store.id, async |tx| rows::delete(tx, store.id, owner, sku).await).await?;
        return if gone == 0 { Err(SetError::NotFound) } else { Ok(()) };
    }
    check_pieces(quantity)?;
    let now = app.clock.now();
    let sellable = catalog::sellable(&mut app.db.read().await?, store.id, &[sku]).await?.pop();
    let available = sellable.map_or(0, |sellable| if sellable.on_shelf { sellable.available } else { 0 });
    if quantity > available {
        return Err(SetError::SoldOut(available));
    }
    app.db
        .write(store.id, async |tx| {
            match rows::set(tx, store.id, owner, Wanted { sku, quantity }, now).await? {
                0 => Err(SetError::NotFound),
                _ => Ok(()),
            }
        })
        .await
}

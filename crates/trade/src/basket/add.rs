//! Puts something into the basket.

use db::Error;
use kernel::{Invalid, Problem, SkuId};
use stores::{Store, catalog};
use uuid::Uuid;
use web::App;

use super::{LINES_MAX, PIECES_MAX, Wanted, rows};

/// Why nothing was put in.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// The store does not sell it, or not now.
    #[error("it is not on the shelf")]
    NotSold,
    /// So many are left, fewer than the basket would hold.
    #[error("only {0} are left")]
    SoldOut(i64),
    #[error("a basket holds at most {LINES_MAX} different things")]
    Full,
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<AddError> for web::Error {
    fn from(error: AddError) -> Self {
        match error {
            AddError::NotSold => Invalid::field("sku", Problem::NotFound).into(),
            AddError::SoldOut(0) => web::Error::Conflict("basket-sold-out"),
            AddError::SoldOut(left) => Invalid::field("quantity", Problem::TooLarge(left)).into(),
            AddError::Full => web::Error::Conflict("basket-full"),
            AddError::Invalid(invalid) => invalid.into(),
            AddError::Db(error) => error.into(),
        }
    }
}

/// Adds `quantity` pieces to what the basket has of the SKU; answers with how many it has then.
pub async fn add(app: &App, store: &Store, owner: Uuid, sku: SkuId, quantity: i64) -> Result<i64, AddError> {
    check_pieces(quantity)?;
    let now = app.clock.now();
    let sellable = catalog::sellable(&mut app.db.read().await?, store.id, &[sku]).await?.pop();
    let sellable = sellable.filter(|sellable| sellable.on_shelf).ok_or(AddError::NotSold)?;
    app.db
        .write(store.id, async |tx| {
            let pieces = rows::add(tx, store.id, owner, Wanted { sku, quantity }, now).await?;
            if pieces > sellable.available {
                return Err(AddError::SoldOut(sellable.available));
            }
            check_pieces(pieces)?;
            if pieces == quantity && rows::count(tx, store.id, owner).await? > LINES_MAX {
                return Err(AddError::Full);
            }
            Ok(pieces)
        })
        .await
}

pub(super) fn check_pieces(quantity: i64) -> Result<(), Invalid> {
    match quantity {
        ..1 => Err(Invalid::field("quantity", Problem::TooSmall(1))),
        1..=PIECES_MAX => Ok(()),
        _ => Err(Invalid::field("quantity", Problem::TooLarge(PIECES_MAX))),
    }
}

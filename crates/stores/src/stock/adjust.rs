//! Counting stock in and out by hand.

use db::{Db, Error, Tx};
use kernel::{AccountId, Invalid, Problem, SkuId, StoreId, Timestamp};

use super::{
    Reason,
    rows::{self, Change},
};
use crate::catalog::STOCK_MAX;

/// Why the stock stayed as it was.
#[derive(Debug, thiserror::Error)]
pub enum AdjustError {
    #[error("no such SKU")]
    NotFound,
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<AdjustError> for web::Error {
    fn from(error: AdjustError) -> Self {
        match error {
            AdjustError::NotFound => web::Error::NotFound,
            AdjustError::Invalid(invalid) => invalid.into(),
            AdjustError::Db(error) => error.into(),
        }
    }
}

/// Adds `change` pieces, or takes them away if it is negative; answers with what is there then. It is a difference and
/// not a new total, so that it cannot undo a sale that happened meanwhile.
pub async fn adjust(
    db: &Db,
    now: Timestamp,
    actor: AccountId,
    store: StoreId,
    sku: SkuId,
    change: i64,
) -> Result<i64, AdjustError> {
    db.write(store, async |tx| {
        rows::available(tx, store, sku).await?.ok_or(AdjustError::NotFound)?;
        self::change(tx, now, actor, store, sku, change, Reason::Correction)
            .await?
            .map_err(|problem| Invalid::field("change", problem).into())
    })
    .await
}

/// The same inside a transaction, for a SKU that is there; the inner error says which limit the number breaks.
pub(crate) async fn change(
    tx: &mut Tx,
    now: Timestamp,
    actor: AccountId,
    store: StoreId,
    sku: SkuId,
    change: i64,
    reason: Reason,
) -> Result<Result<i64, Problem>, Error> {
    let there = rows::available(tx, store, sku).await?.ok_or(Error::Missing)?;
    if change == 0 {
        return Ok(Ok(there));
    }
    if !(-STOCK_MAX..=STOCK_MAX).contains(&change) {
        return Ok(Err(Problem::TooLarge(STOCK_MAX)));
    }
    let Some(after) = rows::correct(tx, store, sku, change, STOCK_MAX).await? else {
        return Ok(Err(if change < 0 {
            Problem::TooSmall(-there)
        } else {
            Problem::TooLarge(STOCK_MAX - there)
        }));
    };
    let row = Change { sku, change, available_after: after, reason, order: None, actor: Some(actor) };
    rows::insert(tx, store, &row, now).await?;
    Ok(Ok(after))
}

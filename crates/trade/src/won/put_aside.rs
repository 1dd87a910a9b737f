//! Puts pieces aside for whoever will win them.

use db::Tx;
use kernel::{AccountId, Invalid, Problem, SkuId, Timestamp};
use stores::{
    Store,
    stock::{self, HoldError, HoldId},
};

/// Why nothing was put aside.
#[derive(Debug, thiserror::Error)]
pub enum PutAsideError {
    /// So many are wanted that fewer are there.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<PutAsideError> for web::Error {
    fn from(error: PutAsideError) -> Self {
        match error {
            PutAsideError::Invalid(invalid) => invalid.into(),
            PutAsideError::Db(error) => error.into(),
        }
    }
}

/// Takes the pieces off the shelf, in the transaction that opens the bidding.
pub async fn put_aside(
    tx: &mut Tx,
    store: &Store,
    sku: SkuId,
    pieces: i64,
    actor: Option<AccountId>,
    now: Timestamp,
) -> Result<HoldId, PutAsideError> {
    stock::hold(tx, store.id, sku, pieces, actor, now).await.map_err(|error| match error {
        HoldError::SoldOut { available: 0 } => {
            Invalid::field("sku", Problem::Rule("checkout-sold-out")).into()
        }
        HoldError::SoldOut { available } => Invalid::field("pieces", Problem::TooLarge(available)).into(),
        HoldError::Db(error) => error.into(),
    })
}

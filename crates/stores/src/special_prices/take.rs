//! Takes pieces at a special price for an order, in the order's own transaction.

use db::{Error, Tx};
use kernel::{AccountId, OrderId, StoreId, Timestamp};

use super::{SpecialId, rows};

/// Why the pieces are not to be had at this price; the transaction must be given up.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    /// It was closed, its time is over, or too few pieces are left.
    #[error("the special price is over")]
    Over,
    /// This buyer would have more than one buyer may.
    #[error("one buyer may have no more at this price")]
    TooMany,
    #[error(transparent)]
    Db(#[from] Error),
}

/// Takes the pieces, or fails. The count and its guard are one statement; it also locks the row, so that whoever counts a
/// buyer's pieces after it sees all that were taken before.
pub async fn take(
    tx: &mut Tx,
    store: StoreId,
    special: SpecialId,
    order: OrderId,
    buyer: AccountId,
    pieces: i64,
    now: Timestamp,
) -> Result<(), TakeError> {
    if pieces < 1 {
        return Err(Error::Other(format!("{pieces} pieces of {special} cannot be taken")).into());
    }
    if !rows::count(tx, store, special, buyer, pieces, now).await? {
        return Err(TakeError::Over);
    }
    if !rows::insert_take(tx, store, special, order, buyer, pieces, now).await? {
        return Err(TakeError::TooMany);
    }
    Ok(())
}

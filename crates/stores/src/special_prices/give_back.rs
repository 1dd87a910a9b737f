//! Gives back what an order took at special prices, when the order comes to nothing.

use db::{Error, Tx};
use kernel::{OrderId, StoreId, Timestamp};

use super::rows;

/// Gives it back, once: the order's rows say what was taken and not given back. Whoever lets go of what they won has let
/// go for good, so that its piece can be sold to others.
pub async fn give_back(tx: &mut Tx, store: StoreId, order: OrderId, now: Timestamp) -> Result<(), Error> {
    for taken in rows::give_back(tx, store, order, now).await? {
        rows::uncount(tx, store, taken.special_id, taken.pieces, now).await?;
    }
    Ok(())
}

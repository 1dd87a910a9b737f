//! Giving back what an order holds; what was counted as sold is so no longer.

use db::{Error, Tx};
use kernel::{OrderId, StoreId, Timestamp};

use super::{
    Reason,
    rows::{self, Change},
};

/// Puts back exactly what the order took and has not given back. The ledger's rows say how much that is, so doing it
/// again changes nothing.
pub async fn give_back(
    tx: &mut Tx,
    store: StoreId,
    order: OrderId,
    reason: Reason,
    now: Timestamp,
) -> Result<(), Error> {
    let was_sold = rows::is_counted(tx, store, order).await?;
    for held in rows::held(tx, store, order).await? {
        if was_sold {
            rows::add_sold(tx, store, held.sku_id, -held.pieces).await?;
        }
        let after = rows::put(tx, store, held.sku_id, held.pieces).await?.ok_or(Error::Missing)?;
        let change = Change {
            sku: held.sku_id,
            change: held.pieces,
            available_after: after,
            reason,
            order: Some(order),
            actor: None,
        };
        rows::insert(tx, store, &change, now).await?;
    }
    Ok(())
}

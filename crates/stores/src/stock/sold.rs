//! Counting what was sold, for "sold 312" and the order of lists.

use db::{Error, Tx};
use kernel::{OrderId, StoreId, Timestamp};

use super::{
    Reason,
    rows::{self, Change},
};

/// Counts what the order holds as sold, once: the ledger has a row of no change for it.
pub async fn count_sale(tx: &mut Tx, store: StoreId, order: OrderId, now: Timestamp) -> Result<(), Error> {
    if rows::is_counted(tx, store, order).await? {
        return Ok(());
    }
    for held in rows::held(tx, store, order).await? {
        let available = rows::add_sold(tx, store, held.sku_id, held.pieces).await?.ok_or(Error::Missing)?;
        let change = Change {
            sku: held.sku_id,
            change: 0,
            available_after: available,
            reason: Reason::Sold,
            order: Some(order),
            actor: None,
        };
        rows::insert(tx, store, &change, now).await?;
    }
    Ok(())
}

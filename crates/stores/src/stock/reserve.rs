//! Holding stock for an order, in the order's own transaction.

use std::collections::BTreeMap;

use db::{Error, Tx};
use kernel::{OrderId, SkuId, StoreId, Timestamp};

use super::{
    Reason,
    rows::{self, Change},
};

/// Why nothing was held.
#[derive(Debug, thiserror::Error)]
pub enum ReserveError {
    /// Fewer are left than the order wants, all its lines of this SKU together; zero also when it is not on sale.
    #[error("only {available} are left of {sku}")]
    SoldOut { sku: SkuId, available: i64 },
    #[error(transparent)]
    Db(#[from] Error),
}

/// Takes every line's pieces for the order, or fails: then the transaction must be given up, as some may be taken.
/// An order reserves once; a second time is refused by the ledger's unique index.
pub async fn reserve(
    tx: &mut Tx,
    store: StoreId,
    order: OrderId,
    lines: &[(SkuId, i64)],
    now: Timestamp,
) -> Result<(), ReserveError> {
    // One basket may name a SKU twice: the guard must see the sum. In the order of ids, so that two
    // transactions never wait for each other.
    let mut wanted: BTreeMap<SkuId, i64> = BTreeMap::new();
    for (sku, pieces) in lines {
        let sum = wanted.entry(*sku).or_default();
        *sum = match sum.checked_add(*pieces) {
            Some(more) if *pieces > 0 => more,
            _ => return Err(Error::Other(format!("{pieces} pieces of {sku} cannot be reserved")).into()),
        };
    }
    for (sku, pieces) in wanted {
        let Some(left) = rows::take(tx, store, sku, pieces).await? else {
            let available = rows::takeable(tx, store, sku).await?;
            return Err(ReserveError::SoldOut { sku, available });
        };
        let change = Change {
            sku,
            change: -pieces,
            available_after: left,
            reason: Reason::Reserved,
            order: Some(order),
            actor: None,
        };
        rows::insert(tx, store, &change, now).await?;
    }
    Ok(())
}

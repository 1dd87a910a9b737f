//! SQL of `shelves` and `shelf_products`.

use db::{Error, Tx};
use kernel::{StoreId, Timestamp};

use super::Shelf;

pub(super) async fn insert(tx: &mut Tx, store: StoreId, shelf: &Shelf, now: Timestamp) -> Result<(), Error> {
    tx.execute(
        "insert into shelves (store_id, id, name, position, created_at) values ($1, $2, $3, $4, $5)",
        &[&store, &shelf.id, &shelf.name, &shelf.position, &now],
    )
    .await?;
    Ok(())
}

//! SQL of `store_pages`.

use db::{Error, Json, Read, Tx};
use kernel::{StoreId, Timestamp};

use super::StorePage;

pub(super) async fn live(read: &mut Read, store: StoreId) -> Result<StorePage, Error> {
    let page: Json<StorePage> =
        read.one("select live from store_pages where store_id = $1", &[&store]).await?;
    Ok(page.0)
}

pub(super) async fn draft(read: &mut Read, store: StoreId) -> Result<StorePage, Error> {
    let page: Json<StorePage> =
        read.one("select draft from store_pages where store_id = $1", &[&store]).await?;
    Ok(page.0)
}

pub(super) async fn insert(
    tx: &mut Tx,
    store: StoreId,
    page: &Json<StorePage>,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "insert into store_pages (store_id, draft, live, draft_at, published_at) values ($1, $2, $2, $3, $3)",
        &[&store, page, &now],
    )
    .await?;
    Ok(())
}

pub(super) async fn save_draft(
    tx: &mut Tx,
    store: StoreId,
    page: &Json<StorePage>,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute("update store_pages set draft = $2, draft_at = $3 where store_id = $1", &[&store, page, &now])
        .await?;
    Ok(())
}

pub(super) async fn publish(tx: &mut Tx, store: StoreId, now: Timestamp) -> Result<(), Error> {
    tx.execute("update store_pages set live = draft, published_at = $2 where store_id = $1", &[&store, &now])
        .await?;
    Ok(())
}

/// Whether the draft says something that the live copy does not.
pub(super) async fn has_changes(read: &mut Read, store: StoreId) -> Result<bool, Error> {
    read.one("select draft <> live from store_pages where store_id = $1", &[&store]).await
}

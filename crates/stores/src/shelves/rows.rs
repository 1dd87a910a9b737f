//! SQL of `shelves` and `shelf_products`.

use db::{Error, Read, Tx};
use kernel::{ProductId, ShelfId, StoreId, Timestamp};

use super::{Shelf, Standing};

pub(super) async fn list(read: &mut Read, store: StoreId) -> Result<Vec<Shelf>, Error> {
    read.query("select id, name, position from shelves where store_id = $1 order by position, id", &[&store])
        .await
}

pub(super) async fn get(read: &mut Read, store: StoreId, shelf: ShelfId) -> Result<Option<Shelf>, Error> {
    read.query_opt(
        "select id, name, position from shelves where store_id = $1 and id = $2",
        &[&store, &shelf],
    )
    .await
}

pub(super) async fn standing(
    read: &mut Read,
    store: StoreId,
    shelf: ShelfId,
) -> Result<Vec<Standing>, Error> {
    read.query(
        "select p.id, p.title, p.image_id, p.state from shelf_products sp
         join products p on p.store_id = sp.store_id and p.id = sp.product_id
         where sp.store_id = $1 and sp.shelf_id = $2 order by sp.position, sp.product_id",
        &[&store, &shelf],
    )
    .await
}

pub(super) async fn of_product(
    read: &mut Read,
    store: StoreId,
    product: ProductId,
) -> Result<Vec<ShelfId>, Error> {
    read.column(
        "select shelf_id from shelf_products where store_id = $1 and product_id = $2",
        &[&store, &product],
    )
    .await
}

pub(super) async fn has_product(read: &mut Read, store: StoreId, product: ProductId) -> Result<bool, Error> {
    let found: Option<i64> =
        read.opt("select 1 from products where store_id = $1 and id = $2", &[&store, &product]).await?;
    Ok(found.is_some())
}

pub(super) async fn insert(tx: &mut Tx, store: StoreId, shelf: &Shelf, now: Timestamp) -> Result<(), Error> {
    tx.execute(
        "insert into shelves (store_id, id, name, position, created_at) values ($1, $2, $3, $4, $5)",
        &[&store, &shelf.id, &shelf.name, &shelf.position, &now],
    )
    .await?;
    Ok(())
}

pub(super) async fn rename(tx: &mut Tx, store: StoreId, shelf: ShelfId, name: &str) -> Result<u64, Error> {
    tx.execute("update shelves set name = $3 where store_id = $1 and id = $2", &[&store, &shelf, &name]).await
}

pub(super) async fn set_position(
    tx: &mut Tx,
    store: StoreId,
    shelf: ShelfId,
    position: i64,
) -> Result<(), Error> {
    tx.execute(
        "update shelves set position = $3 where store_id = $1 and id = $2",
        &[&store, &shelf, &position],
    )
    .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx, store: StoreId, shelf: ShelfId) -> Result<u64, Error> {
    clear(tx, store, shelf).await?;
    tx.execute("delete from shelves where store_id = $1 and id = $2", &[&store, &shelf]).await
}

pub(super) async fn clear(tx: &mut Tx, store: StoreId, shelf: ShelfId) -> Result<(), Error> {
    tx.execute("delete from shelf_products where store_id = $1 and shelf_id = $2", &[&store, &shelf]).await?;
    Ok(())
}

pub(super) async fn put(
    tx: &mut Tx,
    store: StoreId,
    shelf: ShelfId,
    product: ProductId,
    position: i64,
) -> Result<(), Error> {
    tx.execute(
        "insert into shelf_products (store_id, shelf_id, product_id, position) values ($1, $2, $3, $4)
         on conflict (store_id, shelf_id, product_id) do nothing",
        &[&store, &shelf, &product, &position],
    )
    .await?;
    Ok(())
}

pub(super) async fn take_away(
    tx: &mut Tx,
    store: StoreId,
    shelf: ShelfId,
    product: ProductId,
) -> Result<(), Error> {
    tx.execute(
        "delete from shelf_products where store_id = $1 and shelf_id = $2 and product_id = $3",
        &[&store, &shelf, &product],
    )
    .await?;
    Ok(())
}

/// How many products a shelf has, and the position after the last.
pub(super) async fn end(read: &mut Read, store: StoreId, shelf: ShelfId) -> Result<(i64, i64), Error> {
    let end: End = read
        .query_one(
            "select count(*) as count, coalesce(max(position), -1) + 1 as next from shelf_products
             where store_id = $1 and shelf_id = $2",
            &[&store, &shelf],
        )
        .await?;
    Ok((end.count, end.next))
}

db::row! {
    struct End {
        count: i64,
        next: i64,
    }
}

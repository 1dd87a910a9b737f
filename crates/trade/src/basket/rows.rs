//! SQL of `basket_lines`.

use db::{Error, Read, Tx, row};
use kernel::{SkuId, StoreId, Timestamp};
use uuid::Uuid;

use super::{PIECES_MAX, Wanted};

row! {
    struct Line {
        sku_id: SkuId,
        quantity: i64,
    }
}

pub(super) async fn lines(read: &mut Read, store: StoreId, owner: Uuid) -> Result<Vec<Wanted>, Error> {
    let lines: Vec<Line> = read
        .query(
            "select sku_id, quantity from basket_lines where store_id = $1 and owner_id = $2 order by added_at, sku_id",
            &[&store, &owner],
        )
        .await?;
    Ok(lines.into_iter().map(|line| Wanted { sku: line.sku_id, quantity: line.quantity }).collect())
}

pub(super) async fn pieces(read: &mut Read, store: StoreId, owner: Uuid) -> Result<i64, Error> {
    read.one(
        "select cast(coalesce(sum(quantity), 0) as bigint) from basket_lines where store_id = $1 and owner_id = $2",
        &[&store, &owner],
    )
    .await
}

pub(super) async fn count(read: &mut Read, store: StoreId, owner: Uuid) -> Result<i64, Error> {
    read.one("select count(*) from basket_lines where store_id = $1 and owner_id = $2", &[&store, &owner])
        .await
}

/// Adds pieces; answers with how many are in the basket then.
pub(super) async fn add(
    tx: &mut Tx,
    store: StoreId,
    owner: Uuid,
    line: Wanted,
    now: Timestamp,
) -> Result<i64, Error> {
    tx.one(
        "insert into basket_lines (store_id, owner_id, sku_id, quantity, added_at) values ($1, $2, $3, $4, $5)
         on conflict (store_id, owner_id, sku_id) do update set quantity = basket_lines.quantity + $4, added_at = $5
         returning quantity",
        &[&store, &owner, &line.sku, &line.quantity, &now],
    )
    .await
}

pub(super) async fn set(
    tx: &mut Tx,
    store: StoreId,
    owner: Uuid,
    line: Wanted,
    now: Timestamp,
) -> Result<u64, Error> {
    tx.execute(
        "update basket_lines set quantity = $4, added_at = $5 where store_id = $1 and owner_id = $2 and sku_id = $3",
        &[&store, &owner, &line.sku, &line.quantity, &now],
    )
    .await
}

pub(super) async fn delete(tx: &mut Tx, store: StoreId, owner: Uuid, sku: SkuId) -> Result<u64, Error> {
    tx.execute(
        "delete from basket_lines where store_id = $1 and owner_id = $2 and sku_id = $3",
        &[&store, &owner, &sku],
    )
    .await
}

pub(super) async fn delete_before(
    tx: &mut Tx,
    store: StoreId,
    owner: Uuid,
    before: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "delete from basket_lines where store_id = $1 and owner_id = $2 and added_at <= $3",
        &[&store, &owner, &before],
    )
    .await?;
    Ok(())
}

/// Everything of one owner becomes another's; pieces of the same SKU are added up, to the most a line may have.
pub(super) async fn give(tx: &mut Tx, from: Uuid, to: Uuid) -> Result<(), Error> {
    tx.execute(
        "insert into basket_lines (store_id, owner_id, sku_id, quantity, added_at)
         select store_id, $2, sku_id, quantity, added_at from basket_lines where owner_id = $1
         on conflict (store_id, owner_id, sku_id) do update set quantity =
            case when basket_lines.quantity + excluded.quantity > $3 then $3 else basket_lines.quantity + excluded.quantity end",
        &[&from, &to, &PIECES_MAX],
    )
    .await?;
    tx.execute("delete from basket_lines where owner_id = $1", &[&from]).await?;
    Ok(())
}

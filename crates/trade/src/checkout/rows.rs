//! SQL of `checkouts` and `slot_bookings`.

use db::{Error, FromRow, Json, Read, Row, Tx};
use kernel::{BranchId, CheckoutId, StoreId, Timestamp};
use uuid::Uuid;

use super::Source;
use crate::basket::Wanted;

/// What someone set out to order.
#[derive(Clone, Debug)]
pub struct Checkout {
    pub id: CheckoutId,
    pub owner_id: Uuid,
    pub lines: Json<Vec<Wanted>>,
    pub from_basket: bool,
    pub source: Source,
    /// What its buyer saw that a piece costs in a live room. Nobody is charged more without being asked.
    pub seen_price: Option<i64>,
    pub created_at: Timestamp,
}

impl FromRow for Checkout {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Checkout {
            id: row.get("id")?,
            owner_id: row.get("owner_id")?,
            lines: row.get("lines")?,
            from_basket: row.get("from_basket")?,
            source: Source::from_row(row)?,
            seen_price: row.get("seen_price")?,
            created_at: row.get("created_at")?,
        })
    }
}

pub(super) async fn insert(tx: &mut Tx, store: StoreId, checkout: &Checkout) -> Result<(), Error> {
    tx.execute(
        "insert into checkouts (store_id, id, owner_id, lines, from_basket, source, source_room, source_product, seen_price, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            &store,
            &checkout.id,
            &checkout.owner_id,
            &checkout.lines,
            &checkout.from_basket,
            &checkout.source.kind(),
            &checkout.source.room(),
            &checkout.source.product(),
            &checkout.seen_price,
            &checkout.created_at,
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn get(read: &mut Read, store: StoreId, id: CheckoutId) -> Result<Option<Checkout>, Error> {
    read.query_opt(
        "select id, owner_id, lines, from_basket, source, source_room, source_product, seen_price, created_at
         from checkouts where store_id = $1 and id = $2",
        &[&store, &id],
    )
    .await
}

pub(super) async fn give(tx: &mut Tx, from: Uuid, to: Uuid) -> Result<(), Error> {
    tx.execute("update checkouts set owner_id = $2 where owner_id = $1", &[&from, &to]).await?;
    Ok(())
}

/// The guard and the count are one statement, so that no race can overfill a slot.
pub(super) async fn book(
    tx: &mut Tx,
    store: StoreId,
    branch: BranchId,
    starts_at: Timestamp,
    capacity: i64,
) -> Result<bool, Error> {
    let rows = tx
        .execute(
            "insert into slot_bookings (store_id, branch_id, starts_at, taken) values ($1, $2, $3, 1)
             on conflict (store_id, branch_id, starts_at) do update set taken = slot_bookings.taken + 1
                where slot_bookings.taken < $4",
            &[&store, &branch, &starts_at, &capacity],
        )
        .await?;
    Ok(rows == 1)
}

pub(super) async fn release(
    tx: &mut Tx,
    store: StoreId,
    branch: BranchId,
    starts_at: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "update slot_bookings set taken = taken - 1 where store_id = $1 and branch_id = $2 and starts_at = $3 and taken > 0",
        &[&store, &branch, &starts_at],
    )
    .await?;
    Ok(())
}

pub(super) async fn full_slots(
    read: &mut Read,
    store: StoreId,
    branch: BranchId,
    capacity: i64,
    from: Timestamp,
) -> Result<Vec<Timestamp>, Error> {
    read.column(
        "select starts_at from slot_bookings where store_id = $1 and branch_id = $2 and starts_at >= $3 and taken >= $4",
        &[&store, &branch, &from, &capacity],
    )
    .await
}

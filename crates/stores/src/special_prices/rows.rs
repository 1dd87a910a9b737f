//! SQL of `special_prices` and `special_takes`.

use db::{Error, FromRow, Read, Row, Tx, row};
use kernel::{AccountId, OrderId, RoomId, SkuId, StoreId, Timestamp};
use uuid::Uuid;

use super::{Kind, Special, SpecialId, State};
use crate::stock::HoldId;

macro_rules! select {
    ($more:literal, $rest:literal) => {
        concat!(
            "select s.id, s.sku_id, s.kind, s.price, s.room_id, s.buyer_id, s.hold_id, s.starts_at, s.ends_at, s.quota, \
             s.taken, s.per_buyer, s.state",
            $more,
            " from special_prices s ",
            $rest
        )
    };
}

/// A special price that someone might have, and how many pieces they took of it.
pub(super) struct Candidate {
    pub special: Special,
    pub mine: i64,
}

impl FromRow for Candidate {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Candidate { special: Special::from_row(row)?, mine: row.get("mine")? })
    }
}

pub(super) async fn get(read: &mut Read, store: StoreId, id: SpecialId) -> Result<Option<Special>, Error> {
    read.query_opt(select!("", "where s.store_id = $1 and s.id = $2"), &[&store, &id]).await
}

pub(super) async fn candidates(
    read: &mut Read,
    store: StoreId,
    sku: SkuId,
    room: Option<RoomId>,
    buyer: Uuid,
) -> Result<Vec<Candidate>, Error> {
    read.query(
        select!(
            ", (select cast(coalesce(sum(t.pieces), 0) as bigint) from special_takes t where t.store_id = s.store_id
                and t.special_id = s.id and t.buyer_id = $4 and t.given_back_at is null) as mine",
            "where s.store_id = $1 and s.sku_id = $2 and s.state = 'open'
                and (s.room_id is null or s.room_id = $3) and (s.buyer_id is null or s.buyer_id = $4)"
        ),
        &[&store, &sku, &room, &buyer],
    )
    .await
}

pub(super) async fn of_room(read: &mut Read, store: StoreId, room: RoomId) -> Result<Vec<Special>, Error> {
    read.query(
        select!(
            "",
            "where s.store_id = $1 and s.room_id = $2 and s.state = 'open' and s.buyer_id is null order by s.id"
        ),
        &[&store, &room],
    )
    .await
}

pub(super) async fn usual_price(read: &mut Read, store: StoreId, sku: SkuId) -> Result<Option<i64>, Error> {
    read.opt("select price from skus where store_id = $1 and id = $2", &[&store, &sku]).await
}

pub(super) async fn insert(
    tx: &mut Tx,
    store: StoreId,
    special: &Special,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "insert into special_prices (store_id, id, sku_id, kind, price, room_id, buyer_id, hold_id, starts_at, ends_at, quota,
            per_buyer, state, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        &[
            &store,
            &special.id,
            &special.sku_id,
            &special.kind,
            &special.price,
            &special.room_id,
            &special.buyer_id,
            &special.hold_id,
            &special.starts_at,
            &special.ends_at,
            &special.quota,
            &special.per_buyer,
            &special.state,
            &now,
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn close(tx: &mut Tx, store: StoreId, id: SpecialId, now: Timestamp) -> Result<bool, Error> {
    let rows = tx
        .execute(
            "update special_prices set state = $3, closed_at = $4 where store_id = $1 and id = $2 and state = 'open'",
            &[&store, &id, &State::Closed, &now],
        )
        .await?;
    Ok(rows == 1)
}

/// Closes the live price that the SKU has in this room.
pub(super) async fn close_live(
    tx: &mut Tx,
    store: StoreId,
    sku: SkuId,
    room: RoomId,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "update special_prices set state = $4, closed_at = $5
         where store_id = $1 and sku_id = $2 and room_id = $3 and kind = $6 and state = 'open'",
        &[&store, &sku, &room, &State::Closed, &now, &Kind::Live],
    )
    .await?;
    Ok(())
}

pub(super) async fn begin_room(
    tx: &mut Tx,
    store: StoreId,
    room: RoomId,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "update special_prices set starts_at = $3
         where store_id = $1 and room_id = $2 and kind = $4 and state = 'open' and starts_at > $3",
        &[&store, &room, &now, &Kind::Live],
    )
    .await?;
    Ok(())
}

pub(super) async fn close_room(
    tx: &mut Tx,
    store: StoreId,
    room: RoomId,
    now: Timestamp,
) -> Result<u64, Error> {
    tx.execute(
        "update special_prices set state = $3, closed_at = $4
         where store_id = $1 and room_id = $2 and state = 'open' and buyer_id is null",
        &[&store, &room, &State::Closed, &now],
    )
    .await
}

pub(super) async fn close_hold(
    tx: &mut Tx,
    store: StoreId,
    hold: HoldId,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "update special_prices set state = $3, closed_at = $4 where store_id = $1 and hold_id = $2 and state = 'open'",
        &[&store, &hold, &State::Closed, &now],
    )
    .await?;
    Ok(())
}

/// Counts pieces as taken if the price holds for this buyer and so many are left of it; answers whether it did.
pub(super) async fn count(
    tx: &mut Tx,
    store: StoreId,
    id: SpecialId,
    buyer: AccountId,
    pieces: i64,
    now: Timestamp,
) -> Result<bool, Error> {
    let rows = tx
        .execute(
            "update special_prices set taken = taken + $3
             where store_id = $1 and id = $2 and state = 'open' and starts_at <= $4 and (ends_at is null or ends_at > $4)
                and (buyer_id is null or buyer_id = $5) and (quota is null or taken + $3 <= quota)",
            &[&store, &id, &pieces, &now, &buyer],
        )
        .await?;
    Ok(rows == 1)
}

/// Notes what the order took, if that leaves the buyer within what one buyer may have; answers whether it did.
pub(super) async fn insert_take(
    tx: &mut Tx,
    store: StoreId,
    id: SpecialId,
    order: OrderId,
    buyer: AccountId,
    pieces: i64,
    now: Timestamp,
) -> Result<bool, Error> {
    let rows = tx
        .execute(
            "insert into special_takes (store_id, order_id, special_id, buyer_id, pieces, at)
             select s.store_id, $3, s.id, $4, $5, $6 from special_prices s
             where s.store_id = $1 and s.id = $2 and (s.per_buyer is null or s.per_buyer >= $5 + (
                select cast(coalesce(sum(t.pieces), 0) as bigint) from special_takes t where t.store_id = $1
                and t.special_id = $2 and t.buyer_id = $4 and t.given_back_at is null))",
            &[&store, &id, &order, &buyer, &pieces, &now],
        )
        .await?;
    Ok(rows == 1)
}

row! {
    /// What an order took.
    pub(super) struct Taken {
        pub special_id: SpecialId,
        pub pieces: i64,
    }
}

pub(super) async fn give_back(
    tx: &mut Tx,
    store: StoreId,
    order: OrderId,
    now: Timestamp,
) -> Result<Vec<Taken>, Error> {
    tx.query(
        "update special_takes set given_back_at = $3 where store_id = $1 and order_id = $2 and given_back_at is null
         returning special_id, pieces",
        &[&store, &order, &now],
    )
    .await
}

pub(super) async fn uncount(
    tx: &mut Tx,
    store: StoreId,
    id: SpecialId,
    pieces: i64,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "update special_prices set taken = taken - $3,
            closed_at = case when kind = $5 and state = 'open' then $4 else closed_at end,
            state = case when kind = $5 then $6 else state end
         where store_id = $1 and id = $2",
        &[&store, &id, &pieces, &now, &Kind::Won, &State::Closed],
    )
    .await?;
    Ok(())
}

//! SQL of `live_drops` and `live_drop_claims`.

use db::{Error, Read, Tx, row};
use kernel::{AccountId, RoomId, StoreId, Timestamp};

use super::{CouponId, Drop, DropId};

macro_rules! select {
    ($rest:literal) => {
        concat!("select id, coupon_id, title, pieces, taken, opened_at, ends_at from live_drops ", $rest)
    };
}

pub(super) async fn of_room(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
    now: Timestamp,
) -> Result<Vec<Drop>, Error> {
    read.query(
        select!("where store_id = $1 and room_id = $2 and ends_at > $3 order by id"),
        &[&store, &room, &now],
    )
    .await
}

pub(super) async fn get(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
    id: DropId,
) -> Result<Option<Drop>, Error> {
    read.query_opt(select!("where store_id = $1 and room_id = $2 and id = $3"), &[&store, &room, &id]).await
}

pub(super) async fn insert(tx: &mut Tx, store: StoreId, room: RoomId, drop: &Drop) -> Result<(), Error> {
    tx.execute(
        "insert into live_drops (store_id, room_id, id, coupon_id, title, pieces, taken, opened_at, ends_at)
         values ($1, $2, $3, $4, $5, $6, 0, $7, $8)",
        &[
            &store,
            &room,
            &drop.id,
            &drop.coupon_id,
            &drop.title,
            &drop.pieces,
            &drop.opened_at,
            &drop.ends_at,
        ],
    )
    .await?;
    Ok(())
}

/// Ends it now, if its time is not up; answers whether it was not.
pub(super) async fn end(tx: &mut Tx, store: StoreId, id: DropId, now: Timestamp) -> Result<bool, Error> {
    let rows = tx
        .execute(
            "update live_drops set ends_at = $3 where store_id = $1 and id = $2 and ends_at > $3",
            &[&store, &id, &now],
        )
        .await?;
    Ok(rows == 1)
}

row! {
    pub(super) struct Taken {
        pub coupon_id: CouponId,
        pub left: i64,
    }
}

/// Counts a piece as taken if one is left and its time is not up.
pub(super) async fn take(
    tx: &mut Tx,
    store: StoreId,
    id: DropId,
    now: Timestamp,
) -> Result<Option<Taken>, Error> {
    tx.query_opt(
        "update live_drops set taken = taken + 1 where store_id = $1 and id = $2 and ends_at > $3 and taken < pieces
         returning coupon_id, pieces - taken as left",
        &[&store, &id, &now],
    )
    .await
}

pub(super) async fn has_claimed(
    read: &mut Read,
    store: StoreId,
    id: DropId,
    account: AccountId,
) -> Result<bool, Error> {
    let found: Option<i64> = read
        .opt(
            "select at from live_drop_claims where store_id = $1 and drop_id = $2 and account_id = $3",
            &[&store, &id, &account],
        )
        .await?;
    Ok(found.is_some())
}

pub(super) async fn insert_claim(
    tx: &mut Tx,
    store: StoreId,
    id: DropId,
    account: AccountId,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "insert into live_drop_claims (store_id, drop_id, account_id, at) values ($1, $2, $3, $4)",
        &[&store, &id, &account, &now],
    )
    .await?;
    Ok(())
}

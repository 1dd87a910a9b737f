//! SQL of `live_minutes` and `live_viewers`, and of everything a report shows.

use db::{Error, Tx};
use kernel::{RoomId, StoreId, Timestamp};
use uuid::Uuid;

use crate::meters::Meter;

/// Notes that someone was there; answers with 1 the first time.
pub(super) async fn add_viewer(
    tx: &mut Tx,
    store: StoreId,
    room: RoomId,
    person: Uuid,
    now: Timestamp,
) -> Result<u64, Error> {
    tx.execute(
        "insert into live_viewers (store_id, room_id, person_id, first_at) values ($1, $2, $3, $4)
         on conflict (store_id, room_id, person_id) do nothing",
        &[&store, &room, &person, &now],
    )
    .await
}

pub(super) async fn add_minute(
    tx: &mut Tx,
    store: StoreId,
    room: RoomId,
    minute: i64,
    node: Uuid,
    meter: &Meter,
    joins: i64,
) -> Result<(), Error> {
    let sum = |counts: &std::collections::HashMap<i64, u64>| counts.values().sum::<u64>() as i64;
    tx.execute(
        "insert into live_minutes (store_id, room_id, minute, node_id, viewers, watched_seconds, joins, likes, chats, shares, impressions, clicks)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         on conflict (store_id, room_id, minute, node_id) do update set
            viewers = case when live_minutes.viewers < $5 then $5 else live_minutes.viewers end,
            watched_seconds = live_minutes.watched_seconds + $6, joins = live_minutes.joins + $7,
            likes = live_minutes.likes + $8, chats = live_minutes.chats + $9, shares = live_minutes.shares + $10,
            impressions = live_minutes.impressions + $11, clicks = live_minutes.clicks + $12",
        &[
            &store,
            &room,
            &minute,
            &node,
            &(meter.viewers as i64),
            &(meter.watched_seconds as i64),
            &joins,
            &(meter.likes as i64),
            &(meter.chats as i64),
            &(meter.shares as i64),
            &sum(&meter.impressions),
            &sum(&meter.clicks),
        ],
    )
    .await?;
    Ok(())
}

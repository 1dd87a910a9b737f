//! SQL of `live_rooms` and `live_reminders`.

use db::{Error, FromRow, Read, Row, Tx, row};
use kernel::{AccountId, ProductId, RoomId, StoreId, Timestamp};

use super::{Ending, Pinned, Room, State, Step};

impl FromRow for Room {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let step: Step = row.get("state")?;
        let (ended_at, ending) =
            (row.get::<Option<Timestamp>>("ended_at")?, row.get::<Option<Ending>>("ending")?);
        let state = State::from_parts(
            step,
            row.get("show_id")?,
            row.get("started_at")?,
            row.get("lost_at")?,
            ended_at.zip(ending),
        );
        let pinned = row.get::<Option<ProductId>>("pinned_product")?.zip(row.get("pinned_at")?);
        Ok(Room {
            store_id: row.get("store_id")?,
            id: row.get("id")?,
            title: row.get("title")?,
            cover: row.get("cover")?,
            host_id: row.get("host_id")?,
            host_name: row.get("host_name")?,
            state: state.ok_or_else(|| Error::Column {
                column: "state".into(),
                reason: format!("{} without what belongs to it", step.as_str()),
            })?,
            starts_at: row.get("starts_at")?,
            planned_minutes: row.get("planned_minutes")?,
            portrait: row.get("portrait")?,
            replay: row.get("replay")?,
            epoch: row.get("epoch")?,
            seq: row.get("seq")?,
            pinned: pinned.map(|(product, at)| Pinned { product, at }),
            announcement: row.get("announcement")?,
            pinned_comment: row.get("pinned_comment")?,
            slow_seconds: row.get("slow_seconds")?,
            comment_orders: row.get("comment_orders")?,
            has_key: row.get("has_key")?,
            peak: row.get("peak")?,
            likes: row.get("likes")?,
            shares: row.get("shares")?,
            created_at: row.get("created_at")?,
        })
    }
}

macro_rules! select {
    ($rest:expr) => {
        concat!(
            "select r.store_id, r.id, r.title, r.cover, r.host_id, a.name as host_name, r.state, r.show_id, r.started_at, \
             r.lost_at, r.ended_at, r.ending, r.starts_at, r.planned_minutes, r.portrait, r.replay, r.epoch, r.seq, \
             r.pinned_product, r.pinned_at, r.announcement, r.pinned_comment, r.slow_seconds, r.comment_orders, \
             r.key_hash is not null as has_key, r.peak, r.likes, r.shares, r.created_at \
             from live_rooms r join accounts a on a.id = r.host_id ",
            $rest
        )
    };
}

pub(super) async fn get(read: &mut Read, store: StoreId, room: RoomId) -> Result<Option<Room>, Error> {
    read.query_opt(select!("where r.store_id = $1 and r.id = $2"), &[&store, &room]).await
}

/// Media addresses name the room alone.
pub(super) async fn by_id(read: &mut Read, room: RoomId) -> Result<Option<Room>, Error> {
    read.query_opt(select!("where r.id = $1"), &[&room]).await
}

/// A stream key names nothing but itself.
pub(super) async fn by_key(read: &mut Read, key_hash: &str) -> Result<Option<Room>, Error> {
    read.query_opt(select!("where r.key_hash = $1"), &[&key_hash]).await
}

/// Rooms that are live, of all stores: for whoever looks after them.
pub(super) async fn all_live(read: &mut Read) -> Result<Vec<Room>, Error> {
    read.query(select!("where r.state = 'live' order by r.id"), &[]).await
}

/// Rooms of the store into which pictures may go now.
pub(super) async fn on_air(read: &mut Read, store: StoreId) -> Result<Vec<Room>, Error> {
    read.query(select!("where r.store_id = $1 and r.state in ('live', 'rehearsal') order by r.id"), &[&store])
        .await
}

pub(super) async fn live(read: &mut Read, store: StoreId) -> Result<Vec<Room>, Error> {
    read.query(
        select!("where r.store_id = $1 and r.state = 'live' order by r.started_at desc, r.id desc"),
        &[&store],
    )
    .await
}

pub(super) async fn any_live(read: &mut Read, store: StoreId) -> Result<bool, Error> {
    let found: Option<i64> = read
        .opt("select 1 from live_rooms where store_id = $1 and state = 'live' limit 1", &[&store])
        .await?;
    Ok(found.is_some())
}

/// Rooms that are still to come, the next first.
pub(super) async fn coming(read: &mut Read, store: StoreId, most: i64) -> Result<Vec<Room>, Error> {
    read.query(
        select!(
            "where r.store_id = $1 and r.state in ('scheduled', 'rehearsal') order by r.starts_at, r.id limit $2"
        ),
        &[&store, &most],
    )
    .await
}

/// Rooms that are over, the latest first, those that ended before `before`; `replays`: only what can be watched again.
pub(super) async fn over(
    read: &mut Read,
    store: StoreId,
    replays: bool,
    before: Timestamp,
    most: i64,
) -> Result<Vec<Room>, Error> {
    read.query(
        select!(
            "where r.store_id = $1 and (r.state = 'ended' or (r.state = 'cancelled' and not $2)) and (r.replay or not $2)
             and r.ended_at < $3 order by r.ended_at desc, r.id desc limit $4"
        ),
        &[&store, &replays, &before, &most],
    )
    .await
}

row! {
    pub(super) struct Counts {
        pub live: i64,
        pub coming: i64,
    }
}

pub(super) async fn counts(read: &mut Read, store: StoreId) -> Result<Counts, Error> {
    read.query_one(
        "select count(case when state = 'live' then 1 end) as live,
            count(case when state in ('scheduled', 'rehearsal') then 1 end) as coming
         from live_rooms where store_id = $1 and state in ('live', 'scheduled', 'rehearsal')",
        &[&store],
    )
    .await
}

pub(super) async fn insert(tx: &mut Tx, room: &Room, by: AccountId) -> Result<(), Error> {
    tx.execute(
        "insert into live_rooms (store_id, id, title, cover, host_id, state, starts_at, planned_minutes, portrait, replay,
            epoch, seq, announcement, slow_seconds, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        &[
            &room.store_id,
            &room.id,
            &room.title,
            &room.cover,
            &room.host_id,
            &room.state.step(),
            &room.starts_at,
            &room.planned_minutes,
            &room.portrait,
            &room.replay,
            &room.epoch,
            &room.seq,
            &room.announcement,
            &room.slow_seconds,
            &by,
            &room.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// What a host may change as long as the room is to come.
pub(super) async fn set_plan(tx: &mut Tx, room: &Room) -> Result<(), Error> {
    tx.execute(
        "update live_rooms set title = $3, cover = $4, host_id = $5, starts_at = $6, planned_minutes = $7, portrait = $8, replay = $9
         where store_id = $1 and id = $2",
        &[
            &room.store_id,
            &room.id,
            &room.title,
            &room.cover,
            &room.host_id,
            &room.starts_at,
            &room.planned_minutes,
            &room.portrait,
            &room.replay,
        ],
    )
    .await?;
    Ok(())
}

/// Writes where the room is now. The lane holds one writer of a store at a time, and the guard those of other lanes.
pub(super) async fn set_state(
    tx: &mut Tx,
    store: StoreId,
    room: RoomId,
    from: Step,
    to: State,
) -> Result<(), Error> {
    let (since, lost, over) = match to {
        State::Live { since, lost, .. } => (Some(since), lost, None),
        State::Ended { since, at, why, .. } => (Some(since), None, Some((at, why))),
        State::Cancelled { at, why } => (None, None, Some((at, why))),
        State::Scheduled | State::Rehearsal { .. } => (None, None, None),
    };
    let rows = tx
        .execute(
            "update live_rooms set state = $4, show_id = $5, started_at = $6, lost_at = $7, ended_at = $8, ending = $9
             where store_id = $1 and id = $2 and state = $3",
            &[
                &store,
                &room,
                &from,
                &to.step(),
                &to.show(),
                &since,
                &lost,
                &over.map(|(at, _)| at),
                &over.map(|(_, why)| why),
            ],
        )
        .await?;
    if rows == 1 { Ok(()) } else { Err(Error::Busy) }
}

/// The story starts over, with nothing in it.
pub(super) async fn begin_story(tx: &mut Tx, store: StoreId, room: RoomId) -> Result<(), Error> {
    tx.execute(
        "update live_rooms set epoch = epoch + 1, seq = 0, pinned_product = null, pinned_at = null, announcement = '', pinned_comment = null
         where store_id = $1 and id = $2",
        &[&store, &room],
    )
    .await?;
    Ok(())
}

pub(super) async fn set_key(tx: &mut Tx, store: StoreId, room: RoomId, hash: &str) -> Result<(), Error> {
    tx.execute(
        "update live_rooms set key_hash = $3 where store_id = $1 and id = $2",
        &[&store, &room, &hash],
    )
    .await?;
    Ok(())
}

pub(super) async fn set_announcement(
    tx: &mut Tx,
    store: StoreId,
    room: RoomId,
    text: &str,
) -> Result<(), Error> {
    tx.execute(
        "update live_rooms set announcement = $3 where store_id = $1 and id = $2",
        &[&store, &room, &text],
    )
    .await?;
    Ok(())
}

pub(super) async fn set_slow(tx: &mut Tx, store: StoreId, room: RoomId, seconds: i64) -> Result<(), Error> {
    tx.execute(
        "update live_rooms set slow_seconds = $3 where store_id = $1 and id = $2",
        &[&store, &room, &seconds],
    )
    .await?;
    Ok(())
}

pub(super) async fn set_comment_orders(
    tx: &mut Tx,
    store: StoreId,
    room: RoomId,
    on: bool,
) -> Result<(), Error> {
    tx.execute(
        "update live_rooms set comment_orders = $3 where store_id = $1 and id = $2",
        &[&store, &room, &on],
    )
    .await?;
    Ok(())
}

/// Whether the recording may be watched.
pub(super) async fn set_replay(tx: &mut Tx, store: StoreId, room: RoomId, on: bool) -> Result<(), Error> {
    tx.execute("update live_rooms set replay = $3 where store_id = $1 and id = $2", &[&store, &room, &on])
        .await?;
    Ok(())
}

pub(super) async fn has_reminder(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
    account: AccountId,
) -> Result<bool, Error> {
    let found: Option<i64> = read
        .opt(
            "select 1 from live_reminders where store_id = $1 and room_id = $2 and account_id = $3",
            &[&store, &room, &account],
        )
        .await?;
    Ok(found.is_some())
}

pub(super) async fn add_reminder(
    tx: &mut Tx,
    store: StoreId,
    room: RoomId,
    account: AccountId,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "insert into live_reminders (store_id, room_id, account_id, at, told) values ($1, $2, $3, $4, $5)
         on conflict (store_id, room_id, account_id) do nothing",
        &[&store, &room, &account, &now, &false],
    )
    .await?;
    Ok(())
}

pub(super) async fn drop_reminder(
    tx: &mut Tx,
    store: StoreId,
    room: RoomId,
    account: AccountId,
) -> Result<u64, Error> {
    tx.execute(
        "delete from live_reminders where store_id = $1 and room_id = $2 and account_id = $3",
        &[&store, &room, &account],
    )
    .await
}

/// Who waits to be told.
pub(super) async fn untold(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
    most: i64,
) -> Result<Vec<AccountId>, Error> {
    read.column(
        "select account_id from live_reminders where store_id = $1 and room_id = $2 and not told order by account_id limit $3",
        &[&store, &room, &most],
    )
    .await
}

pub(super) async fn told(
    tx: &mut Tx,
    store: StoreId,
    room: RoomId,
    accounts: &[AccountId],
) -> Result<(), Error> {
    for account in accounts {
        tx.execute(
            "update live_reminders set told = $4 where store_id = $1 and room_id = $2 and account_id = $3",
            &[&store, &room, account, &true],
        )
        .await?;
    }
    Ok(())
}

/// The room has another time: everyone wants to hear of it again.
pub(super) async fn tell_again(tx: &mut Tx, store: StoreId, room: RoomId) -> Result<(), Error> {
    tx.execute(
        "update live_reminders set told = $3 where store_id = $1 and room_id = $2 and told",
        &[&store, &room, &false],
    )
    .await?;
    Ok(())
}

/// How many want to be told.
pub(super) async fn reminders(read: &mut Read, store: StoreId, room: RoomId) -> Result<i64, Error> {
    read.one("select count(*) from live_reminders where store_id = $1 and room_id = $2", &[&store, &room])
        .await
}

/// The process at `node` has the room's pictures, until `until` if it says nothing more.
pub(super) async fn hold(
    tx: &mut Tx,
    store: StoreId,
    room: RoomId,
    node: &str,
    until: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "update live_rooms set media_node = $3, media_until = $4 where store_id = $1 and id = $2",
        &[&store, &room, &node, &until],
    )
    .await?;
    Ok(())
}

/// Adds to what all did, and to the most who watched at once.
pub(super) async fn count(
    tx: &mut Tx,
    store: StoreId,
    room: RoomId,
    viewers: i64,
    likes: i64,
    shares: i64,
) -> Result<(), Error> {
    tx.execute(
        "update live_rooms set peak = case when peak < $3 then $3 else peak end, likes = likes + $4, shares = shares + $5
         where store_id = $1 and id = $2",
        &[&store, &room, &viewers, &likes, &shares],
    )
    .await?;
    Ok(())
}

row! {
    pub(super) struct Holder {
        pub media_node: Option<String>,
        pub media_until: Option<Timestamp>,
    }
}

/// Which process has the room's pictures, and until when that holds; `None` if nobody ever published.
pub(super) async fn holder(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
) -> Result<Option<(String, Timestamp)>, Error> {
    let holder: Option<Holder> = read
        .query_opt(
            "select media_node, media_until from live_rooms where store_id = $1 and id = $2",
            &[&store, &room],
        )
        .await?;
    Ok(holder.and_then(|holder| holder.media_node.zip(holder.media_until)))
}

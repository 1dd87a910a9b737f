//! SQL of `live_giveaways` and `live_entries`.

use db::{Error, FromRow, Read, Row, Tx, row};
use kernel::{AccountId, RoomId, StoreId, Timestamp};

use super::{EntryId, Giveaway, GiveawayId};

impl FromRow for Giveaway {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Giveaway {
            store_id: row.get("store_id")?,
            room_id: row.get("room_id")?,
            id: row.get("id")?,
            prize: row.get("prize")?,
            winners: row.get("winners")?,
            task: row.get("task")?,
            keyword: row.get("keyword")?,
            state: row.get("state")?,
            ends_at: row.get("ends_at")?,
            seed: row.get("seed")?,
            commitment: row.get("commitment")?,
            entries: row.get("entries")?,
            list_hash: row.get("list_hash")?,
            drawn_at: row.get("drawn_at")?,
        })
    }
}

macro_rules! columns {
    ($before:expr, $after:expr) => {
        concat!(
            $before,
            " store_id, room_id, id, prize, winners, task, keyword, state, ends_at, seed, commitment, entries, list_hash, drawn_at ",
            $after
        )
    };
}

pub(super) async fn get(read: &mut Read, store: StoreId, id: GiveawayId) -> Result<Option<Giveaway>, Error> {
    read.query_opt(columns!("select", "from live_giveaways where store_id = $1 and id = $2"), &[&store, &id])
        .await
}

pub(super) async fn of_room(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
    most: i64,
) -> Result<Vec<Giveaway>, Error> {
    read.query(
        columns!(
            "select",
            "from live_giveaways where store_id = $1 and room_id = $2 order by id desc limit $3"
        ),
        &[&store, &room, &most],
    )
    .await
}

/// Those that are open, and those drawn since `since`, the first opened first.
pub(super) async fn shown(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
    since: Timestamp,
) -> Result<Vec<Giveaway>, Error> {
    read.query(
        columns!(
            "select",
            "from live_giveaways where store_id = $1 and room_id = $2 and (state = 'open' or drawn_at > $3) order by id"
        ),
        &[&store, &room, &since],
    )
    .await
}

pub(super) async fn open_in(read: &mut Read, store: StoreId, room: RoomId) -> Result<Vec<Giveaway>, Error> {
    read.query(
        columns!(
            "select",
            "from live_giveaways where store_id = $1 and room_id = $2 and state = 'open' order by id"
        ),
        &[&store, &room],
    )
    .await
}

pub(super) async fn insert(
    tx: &mut Tx,
    giveaway: &Giveaway,
    by: AccountId,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "insert into live_giveaways (store_id, room_id, id, prize, winners, task, keyword, state, ends_at, seed, commitment, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        &[
            &giveaway.store_id,
            &giveaway.room_id,
            &giveaway.id,
            &giveaway.prize,
            &giveaway.winners,
            &giveaway.task,
            &giveaway.keyword,
            &giveaway.state,
            &giveaway.ends_at,
            &giveaway.seed,
            &giveaway.commitment,
            &by,
            &now,
        ],
    )
    .await?;
    Ok(())
}

/// Takes the next number of a giveaway that is open, and its row: the draw waits until this transaction is done.
pub(super) async fn take_number(
    tx: &mut Tx,
    store: StoreId,
    id: GiveawayId,
    now: Timestamp,
) -> Result<Option<i64>, Error> {
    tx.opt(
        "update live_giveaways set entries = entries + 1 where store_id = $1 and id = $2 and state = 'open' and ends_at > $3
         returning entries",
        &[&store, &id, &now],
    )
    .await
}

/// Takes back a number that nobody got: this transaction still has the row.
pub(super) async fn give_number_back(tx: &mut Tx, store: StoreId, id: GiveawayId) -> Result<(), Error> {
    tx.execute(
        "update live_giveaways set entries = entries - 1 where store_id = $1 and id = $2",
        &[&store, &id],
    )
    .await?;
    Ok(())
}

/// Closes it, once: from now on nobody enters. Nothing when it is closed already.
pub(super) async fn close(
    tx: &mut Tx,
    store: StoreId,
    id: GiveawayId,
    now: Timestamp,
) -> Result<Option<Giveaway>, Error> {
    tx.query_opt(
        columns!(
            "update live_giveaways set state = 'drawn', drawn_at = $3 where store_id = $1 and id = $2 and state = 'open' returning",
            ""
        ),
        &[&store, &id, &now],
    )
    .await
}

pub(super) async fn set_list_hash(tx: &mut Tx, giveaway: &Giveaway) -> Result<(), Error> {
    tx.execute(
        "update live_giveaways set list_hash = $3 where store_id = $1 and id = $2",
        &[&giveaway.store_id, &giveaway.id, &giveaway.list_hash],
    )
    .await?;
    Ok(())
}

row! {
    /// An entry.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Entry {
        pub id: EntryId,
        pub number: i64,
        /// Masked.
        pub name: String,
        /// The place in which it was drawn, from 1.
        pub won: Option<i64>,
    }
}

pub(super) async fn entry_of(
    read: &mut Read,
    store: StoreId,
    giveaway: GiveawayId,
    account: AccountId,
) -> Result<Option<Entry>, Error> {
    read.query_opt(
        "select id, number, name, won from live_entries where store_id = $1 and giveaway_id = $2 and account_id = $3",
        &[&store, &giveaway, &account],
    )
    .await
}

/// The first of them, in the order in which they came.
pub(super) async fn entries(read: &mut Read, giveaway: &Giveaway, most: i64) -> Result<Vec<Entry>, Error> {
    read.query(
        "select id, number, name, won from live_entries where store_id = $1 and giveaway_id = $2 order by number limit $3",
        &[&giveaway.store_id, &giveaway.id, &most],
    )
    .await
}

pub(super) async fn insert_entry(
    tx: &mut Tx,
    store: StoreId,
    giveaway: GiveawayId,
    account: AccountId,
    entry: &Entry,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "insert into live_entries (store_id, giveaway_id, account_id, id, number, name, at) values ($1, $2, $3, $4, $5, $6, $7)",
        &[&store, &giveaway, &account, &entry.id, &entry.number, &entry.name, &now],
    )
    .await?;
    Ok(())
}

pub(super) async fn set_won(tx: &mut Tx, giveaway: &Giveaway, number: i64, place: i64) -> Result<(), Error> {
    tx.execute(
        "update live_entries set won = $4 where store_id = $1 and giveaway_id = $2 and number = $3",
        &[&giveaway.store_id, &giveaway.id, &number, &place],
    )
    .await?;
    Ok(())
}

row! {
    /// An entry that won, and for the host whose it is.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Winning {
        pub id: EntryId,
        pub number: i64,
        pub name: String,
        pub account_id: AccountId,
    }
}

pub(super) async fn winners(read: &mut Read, giveaway: &Giveaway) -> Result<Vec<Winning>, Error> {
    read.query(
        "select id, number, name, account_id from live_entries where store_id = $1 and giveaway_id = $2 and won is not null order by won",
        &[&giveaway.store_id, &giveaway.id],
    )
    .await
}

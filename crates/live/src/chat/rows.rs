//! SQL of `live_chat`, `live_people` and `live_words`.

use db::{Error, FromRow, Read, Row, Tx, row};
use kernel::{AccountId, RoomId, StoreId, Timestamp};

use super::{ChatId, Part, Seen};
use crate::{rooms::Room, story::payload::Chat};

row! {
    /// A comment as it is kept.
    #[derive(Clone, Debug)]
    pub struct Said {
        pub id: ChatId,
        pub account_id: AccountId,
        pub name: String,
        pub text: String,
        pub staff: bool,
        pub state: Seen,
        pub at: Timestamp,
    }
}

impl FromRow for Chat {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Chat {
            id: row.get("id")?,
            name: row.get("name")?,
            text: row.get("text")?,
            at: row.get("at")?,
            staff: row.get("staff")?,
        })
    }
}

pub(super) async fn recent(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
    epoch: i64,
    most: i64,
) -> Result<Vec<Chat>, Error> {
    let mut chat: Vec<Chat> = read
        .query(
            "select id, name, text, at, staff from live_chat
             where store_id = $1 and room_id = $2 and epoch = $3 and state = 'shown' order by id desc limit $4",
            &[&store, &room, &epoch, &most],
        )
        .await?;
    chat.reverse();
    Ok(chat)
}

pub(super) async fn get(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
    id: ChatId,
) -> Result<Option<Said>, Error> {
    read.query_opt(
        "select id, account_id, name, text, staff, state, at from live_chat where store_id = $1 and room_id = $2 and id = $3",
        &[&store, &room, &id],
    )
    .await
}

pub(super) async fn insert(tx: &mut Tx, room: &Room, said: &Said) -> Result<(), Error> {
    tx.execute(
        "insert into live_chat (store_id, room_id, id, epoch, account_id, name, text, staff, state, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            &room.store_id,
            &room.id,
            &said.id,
            &room.epoch,
            &said.account_id,
            &said.name,
            &said.text,
            &said.staff,
            &said.state,
            &said.at,
        ],
    )
    .await?;
    Ok(())
}

row! {
    /// What is known of a person in a room.
    #[derive(Clone, Debug, Default)]
    pub(super) struct Person {
        pub role: Option<Part>,
        pub muted_until: Option<Timestamp>,
        pub shadowed: bool,
        pub said_at: Option<Timestamp>,
        pub said: String,
    }
}

pub(super) async fn person(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
    account: AccountId,
) -> Result<Option<Person>, Error> {
    read.query_opt(
        "select role, muted_until, shadowed, said_at, said from live_people where store_id = $1 and account_id = $2 and room_id = $3",
        &[&store, &account, &room],
    )
    .await
}

/// Whether this person may not come into the store's rooms; a ban in one holds in all.
pub(super) async fn is_banned(read: &mut Read, store: StoreId, account: AccountId) -> Result<bool, Error> {
    let found: Option<i64> = read
        .opt(
            "select 1 from live_people where store_id = $1 and account_id = $2 and banned_at is not null limit 1",
            &[&store, &account],
        )
        .await?;
    Ok(found.is_some())
}

/// Notes what was said last, and when.
pub(super) async fn note_said(
    tx: &mut Tx,
    room: &Room,
    account: AccountId,
    now: Timestamp,
    folded: &str,
) -> Result<(), Error> {
    tx.execute(
        "insert into live_people (store_id, account_id, room_id, said_at, said) values ($1, $2, $3, $4, $5)
         on conflict (store_id, account_id, room_id) do update set said_at = $4, said = $5",
        &[&room.store_id, &account, &room.id, &now, &folded],
    )
    .await?;
    Ok(())
}

/// What nobody may say in the store's rooms, folded.
pub(super) async fn words(read: &mut Read, store: StoreId) -> Result<Vec<String>, Error> {
    read.column("select word from live_words where store_id = $1 order by word", &[&store]).await
}

pub(super) async fn set_seen(
    tx: &mut Tx,
    store: StoreId,
    room: RoomId,
    id: ChatId,
    state: Seen,
    by: AccountId,
) -> Result<(), Error> {
    tx.execute(
        "update live_chat set state = $4, decided_by = $5 where store_id = $1 and room_id = $2 and id = $3",
        &[&store, &room, &id, &state, &by],
    )
    .await?;
    Ok(())
}

pub(super) async fn set_pinned(
    tx: &mut Tx,
    store: StoreId,
    room: RoomId,
    id: Option<ChatId>,
) -> Result<(), Error> {
    tx.execute(
        "update live_rooms set pinned_comment = $3 where store_id = $1 and id = $2",
        &[&store, &room, &id],
    )
    .await?;
    Ok(())
}

/// Comments of a room in one state, the latest first, those before `before`.
pub(super) async fn in_state(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
    state: Seen,
    before: ChatId,
    most: i64,
) -> Result<Vec<Said>, Error> {
    read.query(
        "select id, account_id, name, text, staff, state, at from live_chat
         where store_id = $1 and room_id = $2 and state = $3 and id < $4 order by id desc limit $5",
        &[&store, &room, &state, &before, &most],
    )
    .await
}

pub(super) async fn ensure_person(
    tx: &mut Tx,
    store: StoreId,
    room: RoomId,
    account: AccountId,
) -> Result<(), Error> {
    tx.execute(
        "insert into live_people (store_id, account_id, room_id) values ($1, $2, $3)
         on conflict (store_id, account_id, room_id) do nothing",
        &[&store, &account, &room],
    )
    .await?;
    Ok(())
}

pub(super) async fn set_muted(
    tx: &mut Tx,
    store: StoreId,
    room: RoomId,
    account: AccountId,
    until: Option<Timestamp>,
) -> Result<(), Error> {
    tx.execute(
        "update live_people set muted_until = $4 where store_id = $1 and account_id = $2 and room_id = $3",
        &[&store, &account, &room, &until],
    )
    .await?;
    Ok(())
}

pub(super) async fn set_shadowed(
    tx: &mut Tx,
    store: StoreId,
    room: RoomId,
    account: AccountId,
    shadowed: bool,
) -> Result<(), Error> {
    tx.execute(
        "update live_people set shadowed = $4 where store_id = $1 and account_id = $2 and room_id = $3",
        &[&store, &account, &room, &shadowed],
    )
    .await?;
    Ok(())
}

pub(super) async fn ban(
    tx: &mut Tx,
    store: StoreId,
    room: RoomId,
    account: AccountId,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "update live_people set banned_at = $4, role = null where store_id = $1 and account_id = $2 and room_id = $3",
        &[&store, &account, &room, &now],
    )
    .await?;
    Ok(())
}

/// A ban holds in all rooms, and so does its end.
pub(super) async fn unban(tx: &mut Tx, store: StoreId, account: AccountId) -> Result<(), Error> {
    tx.execute(
        "update live_people set banned_at = null where store_id = $1 and account_id = $2",
        &[&store, &account],
    )
    .await?;
    Ok(())
}

pub(super) async fn set_part(
    tx: &mut Tx,
    store: StoreId,
    room: RoomId,
    account: AccountId,
    part: Option<Part>,
) -> Result<(), Error> {
    tx.execute(
        "update live_people set role = $4 where store_id = $1 and account_id = $2 and room_id = $3",
        &[&store, &account, &room, &part],
    )
    .await?;
    Ok(())
}

row! {
    /// Someone who is not of the staff and has a part in a room.
    #[derive(Clone, Debug)]
    pub struct Partner {
        pub account_id: AccountId,
        pub name: String,
        pub role: Part,
    }
}

pub(super) async fn parts(read: &mut Read, store: StoreId, room: RoomId) -> Result<Vec<Partner>, Error> {
    read.query(
        "select p.account_id, a.name, p.role from live_people p join accounts a on a.id = p.account_id
         where p.store_id = $1 and p.room_id = $2 and p.role is not null order by a.name, p.account_id",
        &[&store, &room],
    )
    .await
}

row! {
    /// Someone who was silenced.
    #[derive(Clone, Debug)]
    pub struct Silenced {
        pub account_id: AccountId,
        pub name: String,
        pub muted_until: Option<Timestamp>,
        pub shadowed: bool,
        pub banned_at: Option<Timestamp>,
    }
}

/// Who is muted or shadowed in the room, or banned in it.
pub(super) async fn silenced(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
    now: Timestamp,
) -> Result<Vec<Silenced>, Error> {
    read.query(
        "select p.account_id, a.name, p.muted_until, p.shadowed, p.banned_at from live_people p join accounts a on a.id = p.account_id
         where p.store_id = $1 and p.room_id = $2 and (p.muted_until > $3 or p.shadowed or p.banned_at is not null)
         order by a.name, p.account_id",
        &[&store, &room, &now],
    )
    .await
}

pub(super) async fn clear_words(tx: &mut Tx, store: StoreId) -> Result<(), Error> {
    tx.execute("delete from live_words where store_id = $1", &[&store]).await?;
    Ok(())
}

pub(super) async fn insert_word(tx: &mut Tx, store: StoreId, word: &str) -> Result<(), Error> {
    tx.execute("insert into live_words (store_id, word) values ($1, $2)", &[&store, &word]).await?;
    Ok(())
}

//! SQL of `followers`.

use db::{Error, FromRow, Read, Row, Tx};
use kernel::{AccountId, RoomId, StoreId, Timestamp};

use crate::{store::select, storefront::Storefront};

pub(super) async fn is_following(read: &mut Read, store: StoreId, account: AccountId) -> Result<bool, Error> {
    let found: Option<i64> = read
        .opt("select 1 from followers where store_id = $1 and account_id = $2", &[&store, &account])
        .await?;
    Ok(found.is_some())
}

pub(super) async fn count(read: &mut Read, store: StoreId) -> Result<i64, Error> {
    read.one("select count(*) from followers where store_id = $1", &[&store]).await
}

pub(super) async fn won_by(read: &mut Read, store: StoreId, room: RoomId) -> Result<i64, Error> {
    read.one("select count(*) from followers where store_id = $1 and room_id = $2", &[&store, &room]).await
}

/// A store that someone follows.
#[derive(Clone, Debug)]
pub struct Followed {
    pub front: Storefront,
    pub since: Timestamp,
}

impl FromRow for Followed {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Followed { front: Storefront::from_row(row)?, since: row.get("since")? })
    }
}

pub(super) async fn of_account(
    read: &mut Read,
    account: AccountId,
    before: Timestamp,
    most: i64,
) -> Result<Vec<Followed>, Error> {
    read.query(
        select!(
            ", p.live, f.since from followers f join stores s on s.id = f.store_id join store_pages p on p.store_id = s.id
             where f.account_id = $1 and f.since < $2 order by f.since desc, s.id limit $3"
        ),
        &[&account, &before, &most],
    )
    .await
}

pub(super) async fn insert(
    tx: &mut Tx,
    store: StoreId,
    account: AccountId,
    room: Option<RoomId>,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "insert into followers (store_id, account_id, room_id, since) values ($1, $2, $3, $4)
         on conflict (store_id, account_id) do nothing",
        &[&store, &account, &room, &now],
    )
    .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx, store: StoreId, account: AccountId) -> Result<(), Error> {
    tx.execute("delete from followers where store_id = $1 and account_id = $2", &[&store, &account]).await?;
    Ok(())
}

pub(super) async fn untold(
    read: &mut Read,
    store: StoreId,
    since: Timestamp,
    most: i64,
) -> Result<Vec<AccountId>, Error> {
    read.column(
        "select account_id from followers where store_id = $1 and (told_at is null or told_at < $2) order by account_id limit $3",
        &[&store, &since, &most],
    )
    .await
}

pub(super) async fn told(
    tx: &mut Tx,
    store: StoreId,
    account: AccountId,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "update followers set told_at = $3 where store_id = $1 and account_id = $2",
        &[&store, &account, &now],
    )
    .await?;
    Ok(())
}

//! The SQL of staff. A store always has an owner; the statements that could take the last one see to it.

use db::{Error, Read, Tx, row};
use kernel::{AccountId, StoreId, Timestamp};

use super::Role;
use crate::Contact;

row! {
    /// One person who works in a store.
    #[derive(Clone, Debug)]
    pub struct Member {
        pub account_id: AccountId,
        pub name: String,
        /// The first contact of the account, whole: mask it for whoever may not see it.
        pub contact: Option<Contact>,
        /// When a contact of theirs was proved; `None`: nobody has come for the role yet.
        pub verified_at: Option<Timestamp>,
        pub role: Role,
        pub created_at: Timestamp,
    }
}

row! {
    /// One store that a person works in.
    #[derive(Clone, Debug)]
    pub struct Place {
        pub store_id: StoreId,
        pub role: Role,
    }
}

pub(super) async fn role_of(
    read: &mut Read,
    store: StoreId,
    account: AccountId,
) -> Result<Option<Role>, Error> {
    read.opt("select role from staff where store_id = $1 and account_id = $2", &[&store, &account]).await
}

pub(super) async fn members(read: &mut Read, store: StoreId) -> Result<Vec<Member>, Error> {
    read.query(
        "select s.account_id, a.name, s.role, s.created_at,
            (select c.contact from contacts c where c.account_id = a.id order by c.created_at, c.contact limit 1) as contact,
            (select max(c.verified_at) from contacts c where c.account_id = a.id) as verified_at
         from staff s join accounts a on a.id = s.account_id
         where s.store_id = $1 order by s.created_at, s.account_id",
        &[&store],
    )
    .await
}

pub(super) async fn places(read: &mut Read, account: AccountId) -> Result<Vec<Place>, Error> {
    read.query("select store_id, role from staff where account_id = $1 order by created_at", &[&account])
        .await
}

pub(super) async fn count(read: &mut Read, store: StoreId) -> Result<i64, Error> {
    read.one("select count(*) from staff where store_id = $1", &[&store]).await
}

pub(super) async fn owners(read: &mut Read, store: StoreId) -> Result<i64, Error> {
    read.one("select count(*) from staff where store_id = $1 and role = $2", &[&store, &Role::Owner]).await
}

pub(super) async fn put(
    tx: &mut Tx,
    store: StoreId,
    account: AccountId,
    role: Role,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "insert into staff (store_id, account_id, role, created_at) values ($1, $2, $3, $4)
         on conflict (store_id, account_id) do update set role = $3",
        &[&store, &account, &role, &now],
    )
    .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx, store: StoreId, account: AccountId) -> Result<bool, Error> {
    let rows =
        tx.execute("delete from staff where store_id = $1 and account_id = $2", &[&store, &account]).await?;
    Ok(rows == 1)
}

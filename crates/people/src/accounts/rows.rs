//! The SQL of accounts and contacts.

use db::{Error, Read, Tx, row};
use kernel::{AccountId, Timestamp};

use crate::Contact;

row! {
    /// A person.
    #[derive(Clone, Debug)]
    pub struct Account {
        pub id: AccountId,
        pub name: String,
        pub operator: bool,
        pub created_at: Timestamp,
    }
}

row! {
    /// A contact of an account; until it is verified nobody has signed in with it.
    #[derive(Clone, Debug)]
    pub struct ContactRow {
        pub contact: Contact,
        pub verified_at: Option<Timestamp>,
    }
}

pub(super) async fn insert(tx: &mut Tx, account: AccountId, name: &str, now: Timestamp) -> Result<(), Error> {
    tx.execute("insert into accounts (id, name, created_at) values ($1, $2, $3)", &[&account, &name, &now])
        .await?;
    Ok(())
}

/// Whether the contact was free.
pub(super) async fn insert_contact(
    tx: &mut Tx,
    account: AccountId,
    contact: &Contact,
    now: Timestamp,
) -> Result<bool, Error> {
    let rows = tx
        .execute(
            "insert into contacts (account_id, contact, created_at) values ($1, $2, $3) on conflict (contact) do nothing",
            &[&account, contact, &now],
        )
        .await?;
    Ok(rows == 1)
}

/// Only for an account that this transaction has made: nothing can point to it yet.
pub(super) async fn delete_new(tx: &mut Tx, account: AccountId) -> Result<(), Error> {
    tx.execute("delete from accounts where id = $1", &[&account]).await?;
    Ok(())
}

pub(super) async fn of_contact(read: &mut Read, contact: &Contact) -> Result<Option<AccountId>, Error> {
    read.opt("select account_id from contacts where contact = $1", &[contact]).await
}

pub(super) async fn by_id(read: &mut Read, account: AccountId) -> Result<Option<Account>, Error> {
    read.query_opt("select id, name, operator, created_at from accounts where id = $1", &[&account]).await
}

pub(super) async fn contacts(read: &mut Read, account: AccountId) -> Result<Vec<ContactRow>, Error> {
    read.query(
        "select contact, verified_at from contacts where account_id = $1 order by created_at, contact",
        &[&account],
    )
    .await
}

pub(super) async fn verified(tx: &mut Tx, contact: &Contact, now: Timestamp) -> Result<(), Error> {
    tx.execute(
        "update contacts set verified_at = $2 where contact = $1 and verified_at is null",
        &[contact, &now],
    )
    .await?;
    Ok(())
}

pub(super) async fn rename(tx: &mut Tx, account: AccountId, name: &str) -> Result<(), Error> {
    tx.execute("update accounts set name = $2 where id = $1", &[&account, &name]).await?;
    Ok(())
}

pub(super) async fn make_operator(tx: &mut Tx, account: AccountId) -> Result<(), Error> {
    tx.execute("update accounts set operator = $2 where id = $1", &[&account, &true]).await?;
    Ok(())
}

pub(super) async fn has_operator(read: &mut Read) -> Result<bool, Error> {
    let operators: i64 = read.one("select count(*) from accounts where operator", &[]).await?;
    Ok(operators > 0)
}

pub(super) async fn is_operator(read: &mut Read, account: AccountId) -> Result<bool, Error> {
    Ok(read.opt("select operator from accounts where id = $1", &[&account]).await?.unwrap_or(false))
}

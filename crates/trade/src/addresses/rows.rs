//! SQL of `addresses`.

use db::{Error, Read, Tx, row};
use kernel::{AccountId, AddressId, Timestamp};

use super::Details;

row! {
    /// An entry of an address book.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Address {
        pub id: AddressId,
        pub name: String,
        pub phone: String,
        pub region: String,
        pub lines: String,
        pub postcode: String,
        pub used_at: Timestamp,
    }
}

impl Address {
    pub fn details(&self) -> Details {
        Details {
            name: self.name.clone(),
            phone: self.phone.clone(),
            region: self.region.clone(),
            lines: self.lines.clone(),
            postcode: self.postcode.clone(),
        }
    }
}

pub(super) async fn list(read: &mut Read, account: AccountId) -> Result<Vec<Address>, Error> {
    read.query(
        "select id, name, phone, region, lines, postcode, used_at from addresses where account_id = $1
         order by used_at desc, id desc",
        &[&account],
    )
    .await
}

pub(super) async fn get(
    read: &mut Read,
    account: AccountId,
    id: AddressId,
) -> Result<Option<Address>, Error> {
    read.query_opt(
        "select id, name, phone, region, lines, postcode, used_at from addresses where account_id = $1 and id = $2",
        &[&account, &id],
    )
    .await
}

pub(super) async fn count(read: &mut Read, account: AccountId) -> Result<i64, Error> {
    read.one("select count(*) from addresses where account_id = $1", &[&account]).await
}

pub(super) async fn insert(
    tx: &mut Tx,
    account: AccountId,
    id: AddressId,
    details: &Details,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "insert into addresses (account_id, id, name, phone, region, lines, postcode, used_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            &account,
            &id,
            &details.name,
            &details.phone,
            &details.region,
            &details.lines,
            &details.postcode,
            &now,
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn update(
    tx: &mut Tx,
    account: AccountId,
    id: AddressId,
    details: &Details,
) -> Result<u64, Error> {
    tx.execute(
        "update addresses set name = $3, phone = $4, region = $5, lines = $6, postcode = $7
         where account_id = $1 and id = $2",
        &[&account, &id, &details.name, &details.phone, &details.region, &details.lines, &details.postcode],
    )
    .await
}

pub(super) async fn touch(
    tx: &mut Tx,
    account: AccountId,
    id: AddressId,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute("update addresses set used_at = $3 where account_id = $1 and id = $2", &[&account, &id, &now])
        .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx, account: AccountId, id: AddressId) -> Result<u64, Error> {
    tx.execute("delete from addresses where account_id = $1 and id = $2", &[&account, &id]).await
}

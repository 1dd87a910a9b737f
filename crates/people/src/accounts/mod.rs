//! Accounts and the contacts that prove them. Buyer, merchant, clerk and operator are what an account may do.

mod rows;
#[cfg(test)]
mod tests;

use db::{Error, Read, Tx};
use kernel::{AccountId, Timestamp};

use crate::Contact;

pub use rows::{Account, ContactRow};

/// Columns of a person's name.
pub const NAME_MAX: i64 = 60;

/// The account of this contact, or a new one for it. Whoever proves the contact signs in as this account, so a
/// merchant can appoint staff, and an operator invite, before that person's first visit.
pub async fn of_contact_or_new(tx: &mut Tx, contact: &Contact, now: Timestamp) -> Result<AccountId, Error> {
    if let Some(account) = rows::of_contact(tx, contact).await? {
        return Ok(account);
    }
    let account = AccountId::new();
    rows::insert(tx, account, &contact.first_name(), now).await?;
    if rows::insert_contact(tx, account, contact, now).await? {
        return Ok(account);
    }
    // Another lane was first. Their account is the one; ours goes again.
    rows::delete_new(tx, account).await?;
    rows::of_contact(tx, contact).await?.ok_or(Error::Busy)
}

/// The account of this contact, if there is one.
pub async fn of_contact(read: &mut Read, contact: &Contact) -> Result<Option<AccountId>, Error> {
    rows::of_contact(read, contact).await
}

/// The account, if it is there.
pub async fn by_id(read: &mut Read, account: AccountId) -> Result<Option<Account>, Error> {
    rows::by_id(read, account).await
}

/// How to reach the account, oldest contact first.
pub async fn contacts(read: &mut Read, account: AccountId) -> Result<Vec<ContactRow>, Error> {
    rows::contacts(read, account).await
}

/// Notes that the account's owner has proved this contact.
pub async fn verified(tx: &mut Tx, contact: &Contact, now: Timestamp) -> Result<(), Error> {
    rows::verified(tx, contact, now).await
}

/// Gives the account another name; it was checked at the door.
pub async fn rename(tx: &mut Tx, account: AccountId, name: &str) -> Result<(), Error> {
    rows::rename(tx, account, name).await
}

/// Makes the account an operator of the platform.
pub async fn make_operator(tx: &mut Tx, account: AccountId) -> Result<(), Error> {
    rows::make_operator(tx, account).await
}

/// Whether this account runs the platform, now.
pub async fn is_operator(read: &mut Read, account: AccountId) -> Result<bool, Error> {
    rows::is_operator(read, account).await
}

/// Whether anyone at all can run the platform yet.
pub async fn has_operator(read: &mut Read) -> Result<bool, Error> {
    rows::has_operator(read).await
}

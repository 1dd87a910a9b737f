//! A buyer's address book, for all stores.

mod api;
mod details;
mod forget;
mod pages;
mod rows;
mod save;

use db::{Error, Read, Tx};
use kernel::{AccountId, AddressId, Timestamp};

pub(crate) use api::api;
pub use details::{Details, Recipient};
pub use forget::{ForgetError, forget};
pub use pages::routes;
pub use rows::Address;
pub use save::{SaveError, save};

/// The most addresses one person keeps.
pub const ADDRESSES_MAX: i64 = 20;

/// The person's addresses, the one used last first.
pub async fn list(read: &mut Read, account: AccountId) -> Result<Vec<Address>, Error> {
    rows::list(read, account).await
}

pub async fn get(read: &mut Read, account: AccountId, id: AddressId) -> Result<Option<Address>, Error> {
    rows::get(read, account, id).await
}

/// Keeps the address an order was sent to, if it is new and there is room: in the order's own transaction.
pub(crate) async fn remember(
    tx: &mut Tx,
    account: AccountId,
    details: &Details,
    now: Timestamp,
) -> Result<(), Error> {
    let known = rows::list(tx, account).await?;
    match known.iter().find(|address| address.details() == *details) {
        Some(same) => rows::touch(tx, account, same.id, now).await,
        None if known.len() as i64 >= ADDRESSES_MAX => Ok(()),
        None => rows::insert(tx, account, AddressId::new(), details, now).await,
    }
}

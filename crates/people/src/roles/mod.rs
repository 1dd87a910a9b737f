//! Who works in a store and what they may do there.
//!
//! Everything of one store goes through one write lane, so that a verb here reads the staff and changes it with
//! nobody in between: give `db.write` the store.

mod appoint;
mod change;
mod dismiss;
mod role;
mod rows;
#[cfg(test)]
mod tests;

use db::{Error, Read, Tx};
use kernel::{AccountId, StoreId, Timestamp};

pub use appoint::{AppointError, appoint};
pub use change::change;
pub use dismiss::{DismissError, dismiss};
pub use role::{Permission, Role};
pub use rows::{Member, Place};

/// The most people who can work in one store.
pub const STAFF_MAX: i64 = 100;

/// What this account is in this store; `None` is a stranger.
pub async fn role_of(read: &mut Read, store: StoreId, account: AccountId) -> Result<Option<Role>, Error> {
    rows::role_of(read, store, account).await
}

/// Everyone who works in the store, longest first.
pub async fn members(read: &mut Read, store: StoreId) -> Result<Vec<Member>, Error> {
    rows::members(read, store).await
}

/// The stores that this account works in, with its role there.
pub async fn places(read: &mut Read, account: AccountId) -> Result<Vec<Place>, Error> {
    rows::places(read, account).await
}

/// Makes the account the owner of a store that is being opened. Inside the opening's transaction.
pub async fn first_owner(
    tx: &mut Tx,
    store: StoreId,
    account: AccountId,
    now: Timestamp,
) -> Result<(), Error> {
    rows::put(tx, store, account, Role::Owner, now).await
}

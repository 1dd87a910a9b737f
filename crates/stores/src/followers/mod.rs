//! Followers: people who want to hear of a store again. It stands among their own, and they are told when it goes live.

mod api;
mod follow;
mod pages;
mod rows;
#[cfg(test)]
mod tests;

use db::{Error, Read, Tx};
use kernel::{AccountId, RoomId, StoreId, Timestamp};

pub(crate) use api::api;
pub use follow::{begin, follow, unfollow};
pub(crate) use pages::routes;
pub use rows::Followed;

/// Whether this person follows the store.
pub async fn is_following(read: &mut Read, store: StoreId, account: AccountId) -> Result<bool, Error> {
    rows::is_following(read, store, account).await
}

/// How many follow the store.
pub async fn count(read: &mut Read, store: StoreId) -> Result<i64, Error> {
    rows::count(read, store).await
}

/// How many began to in this live room, and still do.
pub async fn won_by(read: &mut Read, store: StoreId, room: RoomId) -> Result<i64, Error> {
    rows::won_by(read, store, room).await
}

/// The stores that this person followed before a time, the latest first.
pub async fn of_account(
    read: &mut Read,
    account: AccountId,
    before: Timestamp,
    most: i64,
) -> Result<Vec<Followed>, Error> {
    rows::of_account(read, account, before, most).await
}

/// Some of those who were told nothing since `since`.
pub async fn untold(
    read: &mut Read,
    store: StoreId,
    since: Timestamp,
    most: i64,
) -> Result<Vec<AccountId>, Error> {
    rows::untold(read, store, since, most).await
}

/// Notes that these were told.
pub async fn told(tx: &mut Tx, store: StoreId, accounts: &[AccountId], now: Timestamp) -> Result<(), Error> {
    for account in accounts {
        rows::told(tx, store, *account, now).await?;
    }
    Ok(())
}

//! Someone follows a store, or no longer.

use db::{Error, Tx};
use kernel::{AccountId, RoomId, StoreId, Timestamp};
use web::App;

use super::rows;

/// Follows the store, from a live room or from its pages. Who does already stays as they began.
pub async fn follow(
    app: &App,
    store: StoreId,
    account: AccountId,
    room: Option<RoomId>,
) -> Result<(), Error> {
    let now = app.clock.now();
    app.db.write(store, async |tx| begin(tx, store, account, room, now).await).await
}

/// The same within what else is written.
pub async fn begin(
    tx: &mut Tx,
    store: StoreId,
    account: AccountId,
    room: Option<RoomId>,
    now: Timestamp,
) -> Result<(), Error> {
    rows::insert(tx, store, account, room, now).await
}

/// Follows it no longer.
pub async fn unfollow(app: &App, store: StoreId, account: AccountId) -> Result<(), Error> {
    app.db.write(store, async |tx| rows::delete(tx, store, account).await).await
}

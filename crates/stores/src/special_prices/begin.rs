//! Begins the prices that were set for a room before it was live.

use db::{Error, Tx};
use kernel::{RoomId, StoreId, Timestamp};

use super::rows;

/// From now on they hold.
pub async fn begin_room(tx: &mut Tx, store: StoreId, room: RoomId, now: Timestamp) -> Result<(), Error> {
    rows::begin_room(tx, store, room, now).await
}

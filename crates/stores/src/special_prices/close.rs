//! Ends special prices before their time. Orders that were placed keep theirs.

use db::{Error, Tx};
use kernel::{AccountId, RoomId, StoreId, Timestamp};
use people::audit;

use super::{SpecialId, rows};
use crate::stock::HoldId;

/// Closes one; answers whether it was open. `actor` is noted in the audit log; none is the platform itself.
pub async fn close(
    tx: &mut Tx,
    store: StoreId,
    actor: Option<AccountId>,
    id: SpecialId,
    now: Timestamp,
) -> Result<bool, Error> {
    let closed = rows::close(tx, store, id, now).await?;
    if let (true, Some(actor)) = (closed, actor) {
        audit::record(tx, actor, store, "special.closed", id, "", now).await?;
    }
    Ok(closed)
}

/// Closes all that hold for everyone in a room that has ended. What was won stays until its own end.
pub async fn close_room(tx: &mut Tx, store: StoreId, room: RoomId, now: Timestamp) -> Result<u64, Error> {
    rows::close_room(tx, store, room, now).await
}

/// Closes the price at which what was put aside is somebody's.
pub async fn close_hold(tx: &mut Tx, store: StoreId, hold: HoldId, now: Timestamp) -> Result<(), Error> {
    rows::close_hold(tx, store, hold, now).await
}

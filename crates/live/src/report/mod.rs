//! What came of a room, minute by minute and product by product.

mod rows;

use db::{Error, Tx};
use kernel::{RoomId, StoreId, Timestamp};
use uuid::Uuid;

use crate::meters::Meter;

/// Adds what was counted to the present minute.
pub(crate) async fn count(
    tx: &mut Tx,
    store: StoreId,
    room: RoomId,
    node: Uuid,
    meter: &Meter,
    now: Timestamp,
) -> Result<(), Error> {
    let mut joins = 0;
    for person in &meter.persons {
        joins += rows::add_viewer(tx, store, room, *person, now).await?;
    }
    rows::add_minute(tx, store, room, now.as_second() / 60, node, meter, joins as i64).await
}

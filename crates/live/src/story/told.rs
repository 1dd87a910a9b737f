//! The outbox's second telling of what was added to a story.

use db::outbox;
use kernel::{RoomId, StoreId};
use serde::{Deserialize, Serialize};
use web::{App, Error};

use super::{Told, rows};
use crate::{Live, hub::Position};

/// Events were added to a room's story: those from `first` to `last`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RoomTold {
    pub room: RoomId,
    pub epoch: i64,
    pub first: i64,
    pub last: i64,
    /// Everyone hears of it, and not the staff alone.
    pub in_front: bool,
}

impl outbox::Event for RoomTold {
    const KIND: &'static str = "live.told";
}

/// Tells the hub what it may have missed, because the process that wrote it died before it could tell. It drops what
/// it knows.
pub(crate) async fn tell_again(app: &App, store: StoreId, told: &RoomTold) -> Result<(), Error> {
    let Ok(live) = Live::of(app) else { return Ok(()) };
    let after = Position::new(told.epoch, told.first - 1);
    let mut read = app.db.read().await?;
    let events = rows::after(&mut read, store, told.room, after, told.last - told.first + 1).await?;
    drop(read);
    Told { events, in_front: told.in_front }.tell(&live, told.room);
    Ok(())
}

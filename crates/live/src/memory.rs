//! What this process remembers of rooms, so that the video's ten questions a second and viewer cost no database.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
    time::Duration,
};

use kernel::{RoomId, StoreId, Timestamp};

use crate::rooms::State;

/// Another process may have changed the room; it is read again after so long.
const GOOD_FOR: Duration = Duration::from_secs(2);
/// Rooms that are remembered; beyond it everything is forgotten and read again.
const ROOMS_MAX: usize = 10_000;

/// What is remembered of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub store: StoreId,
    pub state: State,
    /// Whether what was recorded may be watched.
    pub replay: bool,
    /// Whether the store's pages are there for anyone.
    pub shown: bool,
    /// Which process has its pictures, as the others reach it, and until when that holds.
    pub holder: Option<(String, Timestamp)>,
}

#[derive(Debug, Default)]
pub(crate) struct Memory(RwLock<HashMap<RoomId, (Timestamp, Option<Known>)>>);

impl Memory {
    /// What is remembered, also that there is no such room; `None` when it has to be looked up.
    pub(crate) fn get(&self, room: RoomId, now: Timestamp) -> Option<Option<Known>> {
        let rooms = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let (at, known) = rooms.get(&room)?;
        (now.duration_since(*at).unsigned_abs() < GOOD_FOR).then(|| known.clone())
    }

    pub(crate) fn put(&self, room: RoomId, known: Option<Known>, now: Timestamp) {
        let mut rooms = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if rooms.len() >= ROOMS_MAX {
            rooms.clear();
        }
        rooms.insert(room, (now, known));
    }

    /// The room has changed here.
    pub(crate) fn forget(&self, room: RoomId) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(&room);
    }
}

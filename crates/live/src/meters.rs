//! What is counted and may be lost: viewers, likes, impressions. It is gathered in memory and written every ten seconds,
//! so that a crowd costs the database no more than a few people do.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use kernel::RoomId;
use uuid::Uuid;

/// Persons that are remembered between two writings; more are not counted, for memory has an end.
const PERSONS_MAX: usize = 200_000;

/// Gathers for each room.
#[derive(Debug, Default)]
pub struct Meters(Mutex<HashMap<RoomId, Meter>>);

/// What was gathered of a room since the last writing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Meter {
    /// The most at once, and their seconds.
    pub viewers: u64,
    pub watched_seconds: u64,
    pub likes: u64,
    pub shares: u64,
    pub chats: u64,
    /// Who came in.
    pub persons: HashSet<Uuid>,
    /// By the item's number.
    pub impressions: HashMap<i64, u64>,
    pub clicks: HashMap<i64, u64>,
}

/// The hub tells every ten seconds.
const HUB_SECONDS: u64 = 10;

impl Meters {
    fn with(&self, room: RoomId, change: impl FnOnce(&mut Meter)) {
        change(self.lock().entry(room).or_default());
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RoomId, Meter>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The hub's own numbers of the last ten seconds.
    pub fn counted(&self, room: RoomId, viewers: u64, likes: u64) {
        self.with(room, |meter| {
            meter.viewers = meter.viewers.max(viewers);
            meter.watched_seconds += viewers * HUB_SECONDS;
            meter.likes += likes;
        });
    }

    /// Someone came in.
    pub fn joined(&self, room: RoomId, person: Uuid) {
        self.with(room, |meter| {
            if meter.persons.len() < PERSONS_MAX {
                meter.persons.insert(person);
            }
        });
    }

    pub fn said(&self, room: RoomId) {
        self.with(room, |meter| meter.chats += 1);
    }

    /// What a page saw of the shelf, and how often it was shared.
    pub fn seen(&self, room: RoomId, impressions: &[(i64, u64)], clicks: &[(i64, u64)], shares: u64) {
        self.with(room, |meter| {
            meter.shares += shares;
            for (number, times) in impressions {
                *meter.impressions.entry(*number).or_default() += times;
            }
            for (number, times) in clicks {
                *meter.clicks.entry(*number).or_default() += times;
            }
        });
    }

    /// Everything gathered, to be written.
    pub(crate) fn take(&self) -> HashMap<RoomId, Meter> {
        std::mem::take(&mut *self.lock())
    }
}

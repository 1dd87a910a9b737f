//! What happens in a room, written down in order. An event is a row with the next number of its room, written in the
//! transaction that makes it true; telling it at once is for speed, and the outbox tells it again for certainty.

pub mod payload;
mod rows;
mod snapshot;
mod source;
mod told;

use db::{Error, Read, Tx, outbox};
use kernel::{AccountId, RoomId, StoreId, Timestamp};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::{
    Live,
    hub::{Event, EventKind, Position},
    rooms::{self, Step},
};

pub use snapshot::{snapshot, snapshot_for_buyers, words};
pub(crate) use source::Keeper;
pub(crate) use told::{RoomTold, tell_again};

/// Events of one change, in their order. They get their numbers when the change is done, so that a change takes the
/// room's row once.
#[derive(Debug, Default)]
pub struct Story {
    added: Vec<Draft>,
}

#[derive(Debug)]
struct Draft {
    kind: EventKind,
    by: Option<AccountId>,
    d: Box<RawValue>,
}

impl Story {
    /// Adds an event; `by` is who caused it, and sees it however fast the room talks.
    pub fn add(&mut self, kind: EventKind, by: Option<AccountId>, d: &impl Serialize) -> Result<(), Error> {
        let d = serde_json::value::to_raw_value(d).map_err(|error| Error::Other(error.to_string()))?;
        self.added.push(Draft { kind, by, d });
        Ok(())
    }

    /// Gives the events their numbers and writes them; answers with what is to be told.
    pub(crate) async fn write(
        self,
        tx: &mut Tx,
        store: StoreId,
        room: RoomId,
        now: Timestamp,
    ) -> Result<Told, Error> {
        if self.added.is_empty() {
            return Ok(Told::default());
        }
        let (last, step) = rows::take_numbers(tx, store, room, self.added.len() as i64).await?;
        let first = last.seq - self.added.len() as i64 + 1;
        let mut events = Vec::with_capacity(self.added.len());
        for (seq, Draft { kind, by, d }) in (first..).zip(self.added) {
            let at = Position::new(last.epoch, seq);
            let event = Event { at, kind, by: by.map(AccountId::uuid), d };
            rows::insert(tx, store, room, &event, now).await?;
            events.push(event);
        }
        // Before the start those in front wait, and what the staff try is not for them.
        let in_front = !matches!(step, Step::Scheduled | Step::Rehearsal);
        let told = RoomTold { room, epoch: last.epoch, first, last: last.seq, in_front };
        outbox::add(tx, Some(store), &told, now).await?;
        Ok(Told { events, in_front })
    }
}

/// Events that are on disk, and who hears of them.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub events: Vec<Event>,
    /// Everyone, and not the staff alone.
    pub in_front: bool,
}

impl Told {
    pub(crate) fn tell(self, live: &Live, room: RoomId) {
        let backstage = rooms::backstage(room);
        for event in self.events {
            live.hub().tell(backstage, event.clone());
            if self.in_front {
                live.hub().tell(room, event);
            }
        }
    }
}

/// Where the room's story stands.
pub async fn position(read: &mut Read, store: StoreId, room: RoomId) -> Result<Option<Position>, Error> {
    rows::position(read, store, room).await
}

/// Events after a position in its epoch, the next one first.
pub async fn events_after(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
    after: Position,
    most: i64,
) -> Result<Vec<Event>, Error> {
    rows::after(read, store, room, after, most).await
}

/// Forgets events of before `before`: who was away so long gets the room as it is.
pub(crate) async fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64, Error> {
    rows::delete_before(tx, before).await
}

#[cfg(test)]
mod tests;

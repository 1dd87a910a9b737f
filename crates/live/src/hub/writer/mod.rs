//! A writer loop: it owns a share of the sockets and sweeps them. What is told while it sweeps goes out together in the
//! next sweep, with one write for each socket: the busier, the fewer writes a message costs.

mod batch;
mod place;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use kernel::RoomId;
use tokio::{sync::Notify, task::AbortHandle};
use uuid::Uuid;

use self::{
    batch::Batch,
    place::{After, Place},
};
use super::{
    Limits, close, frames, lock,
    socket::Link,
    time::{Moment, millis},
};

/// Sockets that are written before others of the process get their turn: some tenths of a millisecond.
const SWEPT_AT_ONCE: usize = 64;
/// How soon those who could not take everything are tried again.
const BEHIND_AGAIN: Duration = Duration::from_millis(10);
/// Silence is looked for so often.
const LOOK_EVERY: Moment = 1_000;

/// What a loop is told to do. The order of two is the order in which their frames arrive.
pub enum Order {
    /// A socket is there; it belongs to its room, and gets nothing until it is attached.
    Open {
        link: Arc<Link>,
        room: RoomId,
        person: Uuid,
        reader: AbortHandle,
    },
    /// It has joined: it gets these frames and then everything.
    Attach {
        link: Arc<Link>,
        frames: Vec<Bytes>,
    },
    Tell {
        room: RoomId,
        frame: Bytes,
        in_passing: bool,
    },
    TellPerson {
        room: RoomId,
        person: Uuid,
        frame: Bytes,
    },
    TellOne {
        link: Arc<Link>,
        frame: Bytes,
    },
    Close {
        link: Arc<Link>,
        code: u16,
    },
    ClosePerson {
        room: RoomId,
        person: Uuid,
        code: u16,
    },
    CloseRoom {
        room: RoomId,
        code: u16,
    },
    CloseEverything {
        code: u16,
    },
    /// Its reader has ended.
    Gone {
        link: Arc<Link>,
    },
    Tick {
        now: Moment,
    },
    /// Nobody is left who could say more.
    End,
}

/// The way to a loop. What waits in it is bounded by what rooms may tell and sockets may send while one sweep lasts.
#[derive(Default)]
pub struct Orders {
    waiting: Mutex<Vec<Order>>,
    news: Notify,
}

impl Orders {
    pub fn give(&self, order: Order) {
        lock(&self.waiting).push(order);
        self.news.notify_one();
    }

    fn take(&self, into: &mut Vec<Order>) {
        std::mem::swap(&mut *lock(&self.waiting), into);
    }
}

/// Works until it is told to end.
pub async fn run(orders: Arc<Orders>, limits: Arc<Limits>) {
    let mut writer = Writer { limits, ..Writer::default() };
    let mut taken = Vec::new();
    while !writer.ended {
        tokio::select! {
            () = orders.news.notified() => {}
            () = tokio::time::sleep(BEHIND_AGAIN), if !writer.behind.is_empty() => {}
        }
        orders.take(&mut taken);
        let mut work = Work::default();
        for order in taken.drain(..) {
            writer.take(order, &mut work);
        }
        writer.sweep(&work).await;
        writer.finish(work);
        writer.push_those_behind();
    }
}

#[derive(Default)]
struct Writer {
    limits: Arc<Limits>,
    places: Vec<Option<Place>>,
    free: Vec<usize>,
    /// The places of each room.
    rooms: HashMap<RoomId, Vec<usize>>,
    /// Places for which something waits.
    behind: Vec<usize>,
    now: Moment,
    looked: Moment,
    ended: bool,
}

/// What one sweep has to do.
#[derive(Default)]
struct Work {
    batches: HashMap<RoomId, Batch>,
    /// To be closed after what was told before.
    closing: Vec<(usize, u16)>,
    gone: Vec<usize>,
}

impl Writer {
    fn take(&mut self, order: Order, work: &mut Work) {
        match order {
            Order::Open { link, room, person, reader } => self.open(link, room, person, reader),
            Order::Attach { link, frames } => {
                if let Some((at, place)) = self.place_of(&link) {
                    place.joined = true;
                    work.batches.entry(place.room).or_default().attach(at, frames);
                }
            }
            Order::Tell { room, frame, in_passing } => {
                work.batches.entry(room).or_default().tell(frame, in_passing);
            }
            Order::TellPerson { room, person, frame } => {
                work.batches.entry(room).or_default().tell_person(person, frame);
            }
            Order::TellOne { link, frame } => {
                if let Some((at, place)) = self.place_of(&link) {
                    work.batches.entry(place.room).or_default().tell_one(at, frame);
                }
            }
            Order::Close { link, code } => {
                work.closing.extend(self.place_of(&link).map(|(at, _)| (at, code)));
            }
            Order::ClosePerson { room, person, code } => {
                let places = self.rooms.get(&room).into_iter().flatten().copied();
                let of_person = places.filter(|at| self.is_of(*at, person));
                work.closing.extend(of_person.map(|at| (at, code)));
            }
            Order::CloseRoom { room, code } => {
                let places = self.rooms.get(&room).into_iter().flatten();
                work.closing.extend(places.map(|at| (*at, code)));
            }
            Order::CloseEverything { code } => {
                work.closing.extend(self.rooms.values().flatten().map(|at| (*at, code)));
            }
            Order::Gone { link } => work.gone.extend(self.place_of(&link).map(|(at, _)| at)),
            Order::Tick { now } => self.tick(now, work),
            Order::End => self.ended = true,
        }
    }

    fn open(&mut self, link: Arc<Link>, room: RoomId, person: Uuid, reader: AbortHandle) {
        let at = self.free.pop().unwrap_or_else(|| {
            self.places.push(None);
            self.places.len() - 1
        });
        link.set_place(at);
        let members = self.rooms.entry(room).or_default();
        let place = Place::new(link, room, person, reader, self.now, members.len());
        members.push(at);
        self.places[at] = Some(place);
    }

    fn place_of(&mut self, link: &Arc<Link>) -> Option<(usize, &mut Place)> {
        let at = link.place();
        let place = self.places.get_mut(at)?.as_mut()?;
        Arc::ptr_eq(&place.link, link).then_some((at, place))
    }

    fn is_of(&self, at: usize, person: Uuid) -> bool {
        self.places[at].as_ref().is_some_and(|place| place.person == person)
    }

    /// Looks for those who are silent, have not joined, or were to be gone by now.
    fn tick(&mut self, now: Moment, work: &mut Work) {
        self.now = now;
        if now < self.looked + LOOK_EVERY {
            return;
        }
        self.looked = now;
        for (at, place) in self.places.iter_mut().enumerate() {
            let Some(place) = place else { continue };
            match place.silence(now, &self.limits) {
                After::Nothing => {}
                After::Ping => {
                    work.batches.entry(place.room).or_default().tell_one(at, frames::ping());
                }
                After::Close => work.closing.push((at, close::SILENT)),
                After::Cut => place.cut(),
            }
        }
    }

    /// Writes to everyone who is meant.
    async fn sweep(&mut self, work: &Work) {
        let mut written = 0;
        for (room, batch) in &work.batches {
            let named;
            let places: &[usize] = if batch.is_for_everyone() {
                self.rooms.get(room).map_or(&[], Vec::as_slice)
            } else {
                named = batch.named();
                &named
            };
            for at in places {
                let Some(place) = &mut self.places[*at] else { continue };
                match place.write_batch(*at, batch, self.limits.pending_bytes) {
                    Ok(()) => {}
                    Err(place::TooSlow) => place.close(close::TOO_SLOW, self.now),
                }
                if place.falls_behind() {
                    self.behind.push(*at);
                }
                written += 1;
                if written % SWEPT_AT_ONCE == 0 {
                    tokio::task::yield_now().await;
                }
            }
        }
    }

    fn finish(&mut self, work: Work) {
        for (at, code) in work.closing {
            if let Some(place) = &mut self.places[at] {
                place.close(code, self.now);
                if place.falls_behind() {
                    self.behind.push(at);
                }
            }
        }
        for at in work.gone {
            self.remove(at);
        }
    }

    fn push_those_behind(&mut self) {
        let places = &mut self.places;
        self.behind.retain(|at| match &mut places[*at] {
            Some(place) => place.push_on(),
            None => false,
        });
    }

    fn remove(&mut self, at: usize) {
        let Some(gone) = self.places[at].take() else { return };
        self.free.push(at);
        // A place that is taken anew must not be pushed on for another's sake.
        self.behind.retain(|behind| *behind != at);
        if let Some(members) = self.rooms.get_mut(&gone.room) {
            members.swap_remove(gone.member);
            if let Some(moved) = members.get(gone.member)
                && let Some(place) = &mut self.places[*moved]
            {
                place.member = gone.member;
            }
            if members.is_empty() {
                self.rooms.remove(&gone.room);
            }
        }
    }
}

/// How long a socket that is being closed may take to read what it was sent and say goodbye.
fn goodbye_by(now: Moment) -> Moment {
    now + millis(Duration::from_secs(5))
}

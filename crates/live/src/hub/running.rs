//! The hub at work: it brings rooms, sockets, the source and the other nodes together. What each of them decides is
//! decided elsewhere.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use hyper::upgrade::Upgraded;
use kernel::{Clock, RoomId};
use tokio::{runtime::Handle, sync::oneshot};
use uuid::Uuid;

use super::{
    Limits, Peers, Position, Source, Viewer, close, lock,
    peers::{Elsewhere, Letter, Word},
    reader::Reader,
    room::{self, Act, Asking, EVENTS_AT_ONCE},
    shares::{Place, Shares},
    socket::{Link, Stream},
    time::{Moment, Time},
    writer::{self, Order, Orders},
};

/// How often rooms and loops are told that time passes: fine enough for likes, and nothing beside the sweeps.
const TICK: Duration = Duration::from_millis(50);
/// Shares that nobody uses are forgotten so often.
const FORGET_EVERY: Moment = 10_000;

/// A socket as rooms know it.
#[derive(Clone)]
pub struct Socket(pub Arc<Link>);

impl PartialEq for Socket {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

type Room = room::Room<Socket>;

pub struct Running {
    source: Arc<dyn Source>,
    peers: Arc<dyn Peers>,
    pub limits: Arc<Limits>,
    pub time: Time,
    pub shares: Arc<Shares>,
    rooms: Mutex<HashMap<RoomId, Arc<Mutex<Room>>>>,
    elsewhere: Mutex<Elsewhere>,
    writers: Vec<Arc<Orders>>,
    next_writer: AtomicUsize,
    stopped: AtomicBool,
    forgot: Mutex<Moment>,
    node: Uuid,
    runtime: Handle,
}

impl Running {
    /// Starts the writer loops; time stands still until someone lets it tick.
    pub fn start(source: Arc<dyn Source>, peers: Arc<dyn Peers>, clock: Clock, limits: Limits) -> Arc<Self> {
        let (limits, runtime) = (Arc::new(limits), Handle::current());
        let writers: Vec<Arc<Orders>> = (0..limits.writers.max(1)).map(|_| Arc::default()).collect();
        for orders in &writers {
            runtime.spawn(writer::run(orders.clone(), limits.clone()));
        }
        Arc::new(Self {
            source,
            peers,
            limits,
            time: Time::new(clock),
            shares: Arc::default(),
            rooms: Mutex::default(),
            elsewhere: Mutex::default(),
            writers,
            next_writer: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
            forgot: Mutex::new(0),
            node: Uuid::now_v7(),
            runtime,
        })
    }

    /// Lets time pass by itself, until nobody holds the hub any more.
    pub fn keep_ticking(self: &Arc<Self>) {
        let hub = Arc::downgrade(self);
        self.runtime.spawn(async move {
            let mut ticks = tokio::time::interval(TICK);
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
            loop {
                ticks.tick().await;
                let Some(hub) = hub.upgrade() else { return };
                hub.tick();
            }
        });
    }

    /// Some time has passed.
    pub fn tick(self: &Arc<Self>) {
        let now = self.time.look();
        lock(&self.elsewhere).forget_silent(now);
        let rooms: Vec<_> = lock(&self.rooms).iter().map(|(id, room)| (*id, room.clone())).collect();
        let mut forgotten = false;
        for (id, room) in rooms {
            let elsewhere = lock(&self.elsewhere).viewers(id);
            forgotten |= self.work(id, &room, |room, now| {
                room.tick(now, elsewhere);
                room.is_forgotten(now)
            });
        }
        if forgotten {
            lock(&self.rooms).retain(|_, room| !lock(room).is_forgotten(now));
        }
        if now >= *lock(&self.forgot) + FORGET_EVERY {
            *lock(&self.forgot) = now;
            self.shares.forget_untouched(now);
        }
        for orders in &self.writers {
            orders.give(Order::Tick { now });
        }
    }

    /// Has a room do something, and does what comes of it before anyone else does something with the room.
    fn work<T>(
        self: &Arc<Self>,
        id: RoomId,
        room: &Mutex<Room>,
        work: impl FnOnce(&mut Room, Moment) -> T,
    ) -> T {
        let mut room = lock(room);
        let done = work(&mut room, self.time.now());
        for act in room.acts() {
            self.act(id, act);
        }
        done
    }

    /// The same, if anyone has watched the room at this node lately.
    pub fn in_room<T>(self: &Arc<Self>, id: RoomId, work: impl FnOnce(&mut Room, Moment) -> T) -> Option<T> {
        let room = lock(&self.rooms).get(&id).cloned()?;
        Some(self.work(id, &room, work))
    }

    pub fn join(self: &Arc<Self>, id: RoomId, asking: Asking<Socket>) {
        let now = self.time.now();
        let mut rooms = lock(&self.rooms);
        let room =
            rooms.entry(id).or_insert_with(|| Arc::new(Mutex::new(Room::new(id, self.limits.clone(), now))));
        // The list stays locked, so that the room is not forgotten in between.
        self.work(id, &room.clone(), |room, now| room.join(now, asking));
    }

    fn act(self: &Arc<Self>, id: RoomId, act: Act<Socket>) {
        match act {
            Act::Tell { frame, in_passing } => {
                self.order_all(|| Order::Tell { room: id, frame: frame.clone(), in_passing });
            }
            Act::TellPerson { person, frame } => {
                self.order_all(|| Order::TellPerson { room: id, person, frame: frame.clone() });
            }
            Act::Attach { socket: Socket(link), frames } => {
                self.writer(&link).give(Order::Attach { link: link.clone(), frames });
            }
            Act::Close { socket: Socket(link), code } => {
                self.writer(&link).give(Order::Close { link: link.clone(), code });
            }
            Act::ClosePerson { person, code } => {
                self.order_all(|| Order::ClosePerson { room: id, person, code });
            }
            Act::CloseAll { code } => self.order_all(|| Order::CloseRoom { room: id, code }),
            Act::FetchSnapshot { errand } => self.fetch_snapshot(id, errand),
            Act::FetchEvents { errand, after } => self.fetch_events(id, errand, after),
            Act::Count { viewers, likes } => {
                let source = self.source.clone();
                self.runtime.spawn(async move { source.counted(id, viewers, likes).await });
            }
            Act::Send(word) => self.send(id, word),
        }
    }

    fn order_all(&self, order: impl Fn() -> Order) {
        self.writers.iter().for_each(|orders| orders.give(order()));
    }

    pub fn writer(&self, link: &Link) -> &Orders {
        &self.writers[link.writer]
    }

    fn fetch_snapshot(self: &Arc<Self>, id: RoomId, errand: u64) {
        let hub = self.clone();
        self.runtime.spawn(async move {
            let answer = hub.source.snapshot(id).await;
            let answer =
                answer.map_err(|error| tracing::warn!(room = %id, %error, "no snapshot; asking again")).ok();
            hub.in_room(id, |room, now| room.snapshot_came(now, errand, answer));
        });
    }

    fn fetch_events(self: &Arc<Self>, id: RoomId, errand: u64, after: Position) {
        let hub = self.clone();
        self.runtime.spawn(async move {
            let answer = hub.source.events_after(id, after, EVENTS_AT_ONCE).await;
            let answer =
                answer.map_err(|error| tracing::warn!(room = %id, %error, "no events; asking again")).ok();
            hub.in_room(id, |room, now| room.events_came(now, errand, answer));
        });
    }

    /// To the other nodes.
    pub fn send(&self, room: RoomId, word: Word) {
        let letter = Letter { node: self.node, room, word };
        match serde_json::to_vec(&letter) {
            Ok(letter) => self.peers.send(letter.into()),
            Err(error) => tracing::error!(%room, %error, "a letter to the other nodes cannot be written"),
        }
    }

    /// From another node.
    pub fn hear(self: &Arc<Self>, letter: &[u8]) {
        let Letter { node, room, word } = match serde_json::from_slice(letter) {
            Ok(letter) => letter,
            // A newer version may say what this one does not know.
            Err(error) => return tracing::debug!(%error, "a letter that is not understood"),
        };
        if node == self.node {
            return;
        }
        if let Word::Here { viewers, .. } = word {
            lock(&self.elsewhere).hear(self.time.now(), room, node, viewers);
        }
        self.in_room(room, |room, now| match word {
            Word::Event(event) => room.tell(now, event),
            Word::Passing(passing) => room.pass(now, passing),
            Word::Person { person, kind, d } => room.tell_person(person, &kind, &d),
            Word::Dismiss { person } => room.dismiss(now, person),
            Word::Likes { times } => room.hear_likes(times),
            Word::Here { at: Some(at), .. } => room.hint(now, at),
            Word::Here { at: None, .. } => {}
            Word::End { at } => {
                at.into_iter().for_each(|at| room.hint(now, at));
                room.end(now);
            }
        });
    }

    pub fn viewers(&self, id: RoomId) -> u64 {
        let room = lock(&self.rooms).get(&id).cloned();
        room.map_or(0, |room| lock(&room).people()) + lock(&self.elsewhere).viewers(id)
    }

    pub fn source(&self) -> &Arc<dyn Source> {
        &self.source
    }

    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Sends everyone away; the other nodes and the source hear the last of them.
    pub fn stop(self: &Arc<Self>) {
        self.stopped.store(true, Ordering::Relaxed);
        self.order_all(|| Order::CloseEverything { code: close::RESTART });
        let rooms: Vec<_> = lock(&self.rooms).iter().map(|(id, room)| (*id, room.clone())).collect();
        for (id, room) in rooms {
            let at = self.work(id, &room, |room, _| {
                room.count();
                room.last()
            });
            self.send(id, Word::Here { viewers: 0, at });
        }
    }

    /// Holds an upgraded connection until it ends.
    pub fn hold(
        self: &Arc<Self>,
        upgraded: Upgraded,
        room: RoomId,
        viewer: Viewer,
        place: Place,
        asked: Moment,
    ) {
        let (stream, first) = Stream::of(upgraded);
        let writer = self.next_writer.fetch_add(1, Ordering::Relaxed) % self.writers.len();
        let link = Arc::new(Link::new(stream, writer, self.time.now()));
        let orders = self.writers[writer].clone();
        let person = viewer.person;
        let reader = Reader::new(self.clone(), Socket(link.clone()), room, viewer, place, asked);
        // The loop must know of the socket before its reader asks for anything.
        let (go, wait) = oneshot::channel::<()>();
        let task = self.runtime.spawn(async move {
            if wait.await.is_ok() {
                reader.run(first).await;
            }
        });
        orders.give(Order::Open { link: link.clone(), room, person, reader: task.abort_handle() });
        if self.is_stopped() {
            orders.give(Order::Close { link, code: close::RESTART });
        }
        let _ = go.send(());
    }

    pub fn tell_one(&self, Socket(link): &Socket, frame: Bytes) {
        self.writer(link).give(Order::TellOne { link: link.clone(), frame });
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.order_all(|| Order::End);
    }
}

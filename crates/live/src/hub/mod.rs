//! The event hub: what happens in a room reaches everyone who watches it, in order and at once.
//!
//! One WebSocket for each viewer; messages are encoded once and shared; one writer loop for each core sweeps its
//! sockets. The hub invents nothing: the database gives every event its [`Position`], and the hub puts them in order,
//! drops what comes twice, fetches what is missing from its [`Source`] and never shows a later event before an
//! earlier one. So a viewer may be late, and is never wrong about price, stock or the pinned product.
//!
//! What does not belong here: rooms' rules, SQL, chat's moderation. The hub knows how to tell, not what.
//!
//! # The wire
//!
//! To the viewer, always text: `{v, room, epoch, seq, type, d}`. A viewer's first message is
//! `{type: "join", d: {since: {epoch, seq}}}`, without `since` when it comes for the first time. It gets either the
//! events after that and then `resumed`, or `snapshot`; both carry the position it now has. Every later message with
//! a `seq` moves it on (numbers may be skipped: chat that was left out in a crowd). Messages without `seq` are in
//! passing: `viewers {count}`, `likes {more}`, `stock`, `orders`, `reply {id, ok | error}` and what
//! [`Hub::tell_person`] says. `{type: "like", d: {times}}` is counted here; everything else goes to the source.
//!
//! A viewer that is closed comes back with its position: at once after [`close::TOO_SLOW`] and [`close::RESTART`]
//! (spread over some seconds), not by itself after [`close::NOT_ALLOWED`] and [`close::OVER`].

mod bus;
mod contracts;
mod event;
mod frames;
mod handshake;
mod limits;
mod message;
mod peers;
mod reader;
mod room;
mod running;
mod shares;
mod socket;
#[cfg(test)]
mod tests;
mod time;
mod writer;

pub use bus::{Hearing, over};
pub use contracts::{Alone, Inbound, Peers, Reply, Snapshot, Source, SourceError, Viewer};
pub use event::{Event, EventKind, Passing, PassingKey, Position, VERSION};
pub use limits::Limits;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    extract::Request,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kernel::{Clock, RoomId};
use serde::Serialize;
use uuid::Uuid;

use self::{peers::Word, running::Running, shares::Full};

/// The codes with which the hub closes a socket (RFC 6455, section 7.4; 4000 and above are ours).
pub mod close {
    /// The server stops or starts anew: come back soon.
    pub const RESTART: u16 = 1012;
    /// Not a WebSocket client as the standard wants it.
    pub const PROTOCOL: u16 = 1002;
    /// Text that is no UTF-8, or no message of ours.
    pub const NOT_UNDERSTOOD: u16 = 1007;
    /// Too many messages.
    pub const FLOOD: u16 = 1008;
    /// A message above the limit.
    pub const TOO_LARGE: u16 = 1009;
    /// There is no room, or it is over.
    pub const OVER: u16 = 4000;
    /// Banned, or signed out.
    pub const NOT_ALLOWED: u16 = 4001;
    /// Too much was waiting to be read.
    pub const TOO_SLOW: u16 = 4002;
    /// Nothing was heard for too long, or no join came.
    pub const SILENT: u16 = 4003;
}

/// The hub of this process; cheap to clone.
#[derive(Clone)]
pub struct Hub {
    running: Arc<Running>,
}

impl Hub {
    /// Starts the writer loops and the ticking, on the current runtime. Where processes are many, see [`Hub::on_bus`].
    pub fn start(source: Arc<dyn Source>, peers: Arc<dyn Peers>, clock: Clock, limits: Limits) -> Self {
        let hub = Self { running: Running::start(source, peers, clock, limits) };
        hub.running.keep_ticking();
        hub
    }

    /// Answers the request for a room's socket. The caller has resolved who asks and that they may watch; the request
    /// must come from `origin` (`https://shop.example`) if it names one, for browsers let any page open a socket and
    /// send the cookie with it.
    pub fn upgrade(&self, mut request: Request, origin: &str, room: RoomId, viewer: Viewer) -> Response {
        let answer = handshake::answer(&request, origin);
        if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
            return answer;
        }
        if self.running.is_stopped() {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        let place = match self.running.shares.place(&viewer, &self.running.limits) {
            Ok(place) => place,
            Err(Full::Server) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
            Err(Full::Person | Full::Address) => return StatusCode::TOO_MANY_REQUESTS.into_response(),
        };
        let (running, asked) = (self.running.clone(), self.running.time.now());
        let upgrade = hyper::upgrade::on(&mut request);
        tokio::spawn(async move {
            // Otherwise who asked has gone away before the answer.
            if let Ok(upgraded) = upgrade.await {
                running.hold(upgraded, room, viewer, place, asked);
            }
        });
        answer
    }

    /// Tells an event that is committed. It may be told again and out of order, here or at another node; telling at
    /// once is for speed, and the outbox's telling for certainty.
    pub fn tell(&self, room: RoomId, event: Event) {
        self.running.send(room, Word::Event(event.clone()));
        self.running.in_room(room, |room, now| room.tell(now, event));
    }

    /// Shows something in passing, here and at the other nodes.
    pub fn pass(&self, room: RoomId, passing: Passing) {
        self.running.send(room, Word::Passing(passing.clone()));
        self.running.in_room(room, |room, now| room.pass(now, passing));
    }

    /// Says something to one person in the room, on all their sockets at this and other nodes: a coupon that was won,
    /// their own chat while nobody else may see it.
    pub fn tell_person(&self, room: RoomId, person: Uuid, kind: &str, d: &impl Serialize) {
        match serde_json::value::to_raw_value(d) {
            Ok(d) => {
                self.running.in_room(room, |room, _| room.tell_person(person, kind, &d));
                self.running.send(room, Word::Person { person, kind: kind.to_owned(), d });
            }
            Err(error) => tracing::error!(%error, kind, "what is for one person cannot be written"),
        }
    }

    /// Closes the person's sockets in the room: banned, or signed out. The source must refuse them from now on.
    pub fn dismiss(&self, room: RoomId, person: Uuid) {
        self.running.send(room, Word::Dismiss { person });
        self.running.in_room(room, |room, now| room.dismiss(now, person));
    }

    /// Closes everyone's sockets: the room is over. Its last event should say so before.
    pub fn end(&self, room: RoomId) {
        let at = self.running.in_room(room, |room, now| {
            room.end(now);
            room.last()
        });
        self.running.send(room, Word::End { at: at.flatten() });
    }

    /// How many people watch, at all nodes.
    pub fn viewers(&self, room: RoomId) -> u64 {
        self.running.viewers(room)
    }

    /// Who watches at this node.
    pub(crate) fn persons(&self, room: RoomId) -> HashSet<Uuid> {
        self.running.in_room(room, |room, _| room.persons()).unwrap_or_default()
    }

    /// Sockets of this process, in all rooms.
    pub fn sockets(&self) -> usize {
        self.running.shares.sockets()
    }

    /// What another node's hub has sent through [`Peers::send`].
    pub fn hear(&self, message: &[u8]) {
        self.running.hear(message);
    }

    /// Closes every socket with [`close::RESTART`]; the server stops.
    pub fn stop(&self) {
        self.running.stop();
    }
}

/// A lock whose holder panicked still guards whole values: each is changed in one go.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

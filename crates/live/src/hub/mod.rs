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

mod contracts;
mod event;
mod limits;

pub use contracts::{Alone, Inbound, Peers, Reply, Snapshot, Source, SourceError, Viewer};
pub use event::{Event, EventKind, Passing, PassingKey, Position, VERSION};
pub use limits::Limits;

use std::sync::Arc;

use axum::{extract::Request, response::Response};
use kernel::{Clock, RoomId};
use serde::Serialize;
use uuid::Uuid;

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
    #[allow(dead_code)]
    shared: Arc<()>,
}

impl Hub {
    /// Starts the writer loops and the ticking, on the current runtime.
    pub fn start(_source: Arc<dyn Source>, _peers: Arc<dyn Peers>, _clock: Clock, _limits: Limits) -> Self {
        Self { shared: Arc::new(()) }
    }

    /// Answers the request for a room's socket. The caller has resolved who asks and that they may watch; the request
    /// must come from `origin` (`https://shop.example`) if it names one, for browsers let any page open a socket and
    /// send the cookie with it.
    pub fn upgrade(&self, _request: Request, _origin: &str, _room: RoomId, _viewer: Viewer) -> Response {
        Response::default()
    }

    /// Tells an event that is committed. It may be told again and out of order, here or at another node; telling at
    /// once is for speed, and the outbox's telling for certainty.
    pub fn tell(&self, _room: RoomId, _event: Event) {}

    /// Shows something in passing, here and at the other nodes.
    pub fn pass(&self, _room: RoomId, _passing: Passing) {}

    /// Says something to one person in the room, on all their sockets at this and other nodes: a coupon that was won,
    /// their own chat while nobody else may see it.
    pub fn tell_person(&self, _room: RoomId, _person: Uuid, _kind: &str, _d: &impl Serialize) {}

    /// Closes the person's sockets in the room: banned, or signed out. The source must refuse them from now on.
    pub fn dismiss(&self, _room: RoomId, _person: Uuid) {}

    /// Closes everyone's sockets: the room is over. Its last event should say so before.
    pub fn end(&self, _room: RoomId) {}

    /// How many people watch, at all nodes.
    pub fn viewers(&self, _room: RoomId) -> u64 {
        0
    }

    /// What another node's hub has sent through [`Peers::send`].
    pub fn hear(&self, _message: &[u8]) {}

    /// Closes every socket with [`close::RESTART`]; the server stops.
    pub fn stop(&self) {}
}

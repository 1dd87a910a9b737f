//! What the hub asks of others: the room's truth, and the way to the other nodes.

use std::net::IpAddr;

use bytes::Bytes;
use kernel::RoomId;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{Event, Position};

/// Who holds a socket, as the upgrade's request said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// The account, or the visitor's session (`Page::owner`); for who has neither, an id of this socket's own.
    pub person: Uuid,
    /// Whether that is an account; visitors watch and like, and it is for the [`Source`] to let them do more.
    pub signed_in: bool,
    pub address: IpAddr,
}

/// Everything a viewer must know who knows nothing yet.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The last event that is already contained, read in the same transaction as the rest.
    pub at: Position,
    /// The message's `d`, as JSON.
    pub d: Box<RawValue>,
}

/// A viewer's message, `{type, id, d}`: counted against the viewer's and the address's share, and nothing else checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Inbound {
    pub kind: String,
    pub d: serde_json::Value,
}

/// What the viewer gets back, as `{type: "reply", d: {id, ok}}` or `{type: "reply", d: {id, error}}`.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    Done(serde_json::Value),
    /// The error's key, such as `slow-mode`, with what the page needs to say it in words.
    Refused {
        error: String,
        with: serde_json::Value,
    },
}

/// Why the source could not answer. The hub asks again; viewers wait, and are told nothing wrong.
pub type SourceError = Box<dyn std::error::Error + Send + Sync>;

/// Where the hub gets what is true. It is asked rarely: a snapshot at most once a second and room, whatever the
/// crowd, and events when some are missing.
#[async_trait::async_trait]
pub trait Source: Send + Sync + 'static {
    /// The room as it is now; `None` when there is none that may be watched.
    async fn snapshot(&self, room: RoomId) -> Result<Option<Snapshot>, SourceError>;

    /// Events after a position in its epoch, the next one first, at most `limit`; empty when it is the last. If the
    /// room is in another epoch by now: `None`.
    async fn events_after(
        &self,
        room: RoomId,
        after: Position,
        limit: usize,
    ) -> Result<Option<Vec<Event>>, SourceError>;

    /// A viewer's message that is not the hub's own business: chat, a bid, an answer. What comes of it goes
    /// through the database and [`Hub::tell`](super::Hub::tell).
    async fn inbound(&self, room: RoomId, viewer: &Viewer, message: Inbound) -> Reply;

    /// Every ten seconds, for what is kept of it: likes given at this node since the last call, and viewers of this
    /// node now.
    async fn counted(&self, _room: RoomId, _viewers: u64, _likes: u64) {}
}

/// The way to the other nodes' hubs. A lost message costs lateness, never a wrong view: each node looks for missing
/// events by itself.
pub trait Peers: Send + Sync + 'static {
    /// Sends to every other node, whose wiring gives it to [`Hub::hear`](super::Hub::hear). Must not wait.
    fn send(&self, message: Bytes);
}

/// For a server that is alone.
pub struct Alone;

impl Peers for Alone {
    fn send(&self, _message: Bytes) {}
}

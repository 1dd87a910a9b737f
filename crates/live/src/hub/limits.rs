//! Limits on everything a stranger can make grow.

use std::time::Duration;

/// Numbers are from shared measurements (docs/decisions) where nothing else is said.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Writer loops; one for each core.
    pub writers: usize,
    /// Sockets of this process.
    pub sockets: usize,
    /// Sockets of one person: some tabs on some devices.
    pub sockets_per_person: usize,
    /// Sockets of one address (IPv6: /64): a market's Wi-Fi or a carrier's gateway has many people behind it.
    pub sockets_per_address: usize,
    /// Bytes that may wait for a viewer before it is closed and comes back to a snapshot.
    pub pending_bytes: usize,
    /// The largest message of a viewer, in fragments or not.
    pub inbound_bytes: usize,
    /// A person may send this many messages at once, and then one every `message_every`.
    pub message_burst: u32,
    pub message_every: Duration,
    /// The same for likes. Taps are summed by the page, which sends them no oftener; one message may bring so many.
    pub like_burst: u32,
    pub like_every: Duration,
    pub likes_at_once: u64,
    /// Frames of any kind that a socket may send at once, and then one every `frame_every`: also an empty one costs.
    pub frame_burst: u32,
    pub frame_every: Duration,
    /// An address may send so many times what a person may.
    pub people_per_address: u32,
    /// Messages that were refused as too many, before the socket is closed.
    pub refused_messages: u32,
    /// Chat that a room shows in a second; the rest is seen by who said it.
    pub chat_per_second: u32,
    /// Events a room keeps for those who come back, and how long.
    pub ring_events: usize,
    pub ring_age: Duration,
    /// A snapshot serves everyone who joins within this time.
    pub snapshot_age: Duration,
    /// A room that has heard nothing for so long asks whether anything happened: a message between nodes may be lost.
    pub look_after: Duration,
    /// A socket must join within this time.
    pub join_within: Duration,
    /// A silent socket is pinged after this time, and given up after twice that.
    pub ping_after: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            writers: std::thread::available_parallelism().map_or(1, usize::from),
            sockets: 50_000,
            sockets_per_person: 10,
            sockets_per_address: 2_000,
            pending_bytes: 32 * 1024,
            inbound_bytes: 4 * 1024,
            message_burst: 3,
            message_every: Duration::from_secs(2),
            like_burst: 6,
            like_every: Duration::from_millis(500),
            likes_at_once: 30,
            frame_burst: 60,
            frame_every: Duration::from_millis(50),
            people_per_address: 20,
            refused_messages: 30,
            chat_per_second: 20,
            ring_events: 500,
            ring_age: Duration::from_secs(5 * 60),
            snapshot_age: Duration::from_secs(1),
            look_after: Duration::from_secs(5),
            join_within: Duration::from_secs(10),
            ping_after: Duration::from_secs(25),
        }
    }
}

//! What a room tells its viewers, and how it stands on the wire.

use bytes::Bytes;
use kernel::{RoomId, SkuId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

/// The protocol's version, `v` of every message.
pub const VERSION: u32 = 1;

/// Where in a room's story something stands. The database gives it: `seq` is a counter on the room's row, taken in
/// the transaction that writes the event's row, so events are as strict as the rows. `epoch` changes when the story
/// starts over, and only ever grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    pub epoch: i64,
    /// 0 stands before the first event.
    pub seq: i64,
}

impl Position {
    pub const fn new(epoch: i64, seq: i64) -> Self {
        Self { epoch, seq }
    }
}

db::text_enum! {
    /// What happened, durably: each has a row and a position.
    pub enum EventKind {
        /// Someone said something. The only kind that may be left out for most viewers when a room talks too fast.
        Chat = "chat",
        ChatDelete = "chat_delete",
        /// A comment that stays on top.
        PinComment = "pin_comment",
        Shelf = "shelf",
        Pin = "pin",
        Unpin = "unpin",
        Price = "price",
        SoldOut = "sold_out",
        Restock = "restock",
        FlashSale = "flash_sale",
        CouponDrop = "coupon_drop",
        CouponGone = "coupon_gone",
        Giveaway = "giveaway",
        Auction = "auction",
        Announce = "announce",
        /// Its `d` is `{person}`, of which the hub closes the sockets at every node. Viewers are not told.
        Ban = "ban",
        LiveState = "live_state",
    }
}

/// An event that is on disk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Event {
    pub at: Position,
    pub kind: EventKind,
    /// Who caused it ([`Viewer::person`](super::Viewer::person)); that person sees it however fast the room talks.
    pub by: Option<Uuid>,
    /// The message's `d`, as JSON.
    pub d: Box<RawValue>,
}

impl Event {
    pub fn new(at: Position, kind: EventKind, d: &impl Serialize) -> Result<Self, serde_json::Error> {
        Ok(Self { at, kind, by: None, d: serde_json::value::to_raw_value(d)? })
    }
    pub fn by(mut self, person: Uuid) -> Self {
        self.by = Some(person);
        self
    }

    /// Whether most viewers may miss it in a crowd: chat, but not the host's. Never what touches price, stock or rights.
    pub(super) fn may_be_sampled(&self) -> bool {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Said {
            staff: bool,
        }
        let of_staff = || serde_json::from_str(self.d.get()).map(|said: Said| said.staff);
        self.kind == EventKind::Chat && !of_staff().unwrap_or_default()
    }

    /// Whom a [`EventKind::Ban`] concerns.
    pub(crate) fn banned(&self) -> Option<Uuid> {
        #[derive(Deserialize)]
        struct Banned {
            person: Uuid,
        }
        if self.kind != EventKind::Ban {
            return None;
        }
        serde_json::from_str(self.d.get()).map(|banned: Banned| banned.person).ok()
    }
}

/// Something that is shown in passing: no row, no position, and of several only the last matters.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Passing {
    pub of: PassingKey,
    /// Which of two is the later: a row's version, or the commit's time. What comes with a smaller one than was
    /// shown already is late and is dropped.
    pub rank: i64,
    /// The message's `d`, as JSON.
    pub d: Box<RawValue>,
}

impl Passing {
    pub fn new(of: PassingKey, rank: i64, d: &impl Serialize) -> Result<Self, serde_json::Error> {
        Ok(Self { of, rank, d: serde_json::value::to_raw_value(d)? })
    }
}

/// Of what the last value counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PassingKey {
    /// How many pieces are left; at most twice a second for a SKU. That it is sold out is an [`Event`].
    Stock(SkuId),
    /// How many pieces a selling tool of this id has left; at most twice a second.
    Left(Uuid),
    /// Someone bought; at most once a second.
    Orders,
}

impl PassingKey {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stock(_) => "stock",
            Self::Left(_) => "left",
            Self::Orders => "orders",
        }
    }
}

/// A message as viewers get it: `{v, room, epoch, seq, type, d}`.
#[derive(Serialize)]
struct Envelope<'a> {
    v: u32,
    room: RoomId,
    #[serde(skip_serializing_if = "Option::is_none")]
    epoch: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<i64>,
    r#type: &'a str,
    d: &'a RawValue,
}

/// A message's text. Only events, snapshots and the end of a replay have a position.
pub(super) fn envelope(room: RoomId, at: Option<Position>, kind: &str, d: &RawValue) -> Bytes {
    let (epoch, seq) = (at.map(|at| at.epoch), at.map(|at| at.seq));
    let message = Envelope { v: VERSION, room, epoch, seq, r#type: kind, d };
    // Strings, numbers and JSON that was checked: nothing in it can fail to be written.
    Bytes::from(serde_json::to_vec(&message).unwrap_or_default())
}

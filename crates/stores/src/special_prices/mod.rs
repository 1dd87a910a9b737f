//! What a SKU costs in some circumstance: while it is shown in a live room, in a flash sale, or to one who won it. A
//! special price never changes, but for its start with the room's: another price is another row. Orders take pieces of it
//! in their own transaction, under a guard, so that no race sells more than its quota.

mod begin;
mod choose;
mod close;
mod give_back;
mod rows;
mod set;
mod take;
#[cfg(test)]
mod tests;

use db::{Error, Read, row, text_enum};
use kernel::{AccountId, Id, RoomId, SkuId, StoreId, Timestamp};
use uuid::Uuid;

pub use begin::begin_room;
pub use choose::{Offer, Wish};
pub use close::{close, close_hold, close_room};
pub use give_back::give_back;
pub use set::{NewSpecial, PER_BUYER_MAX, SetError, WINDOW_MAX, WITH_THE_ROOM, set};
pub use take::{TakeError, take};

use crate::stock::HoldId;

/// A price in some circumstance.
pub struct SpecialPrice;
impl kernel::Kind for SpecialPrice {
    const PREFIX: &'static str = "spp";
}
pub type SpecialId = Id<SpecialPrice>;

text_enum! {
    /// The circumstance.
    pub enum Kind {
        /// For those who buy from a live room.
        Live = "live",
        /// For the quick: some minutes, some pieces.
        Flash = "flash",
        /// For the one who won it.
        Won = "won",
    }
}

text_enum! {
    /// Whether it still holds, apart from its window and quota.
    pub enum State { Open = "open", Closed = "closed" }
}

row! {
    /// One special price. Amounts are minor units of the store's currency.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Special {
        pub id: SpecialId,
        pub sku_id: SkuId,
        pub kind: Kind,
        pub price: i64,
        /// Only for those who come from this room.
        pub room_id: Option<RoomId>,
        /// Only for this account.
        pub buyer_id: Option<AccountId>,
        /// The pieces that were put aside for it.
        pub hold_id: Option<HoldId>,
        pub starts_at: Timestamp,
        /// Without an end it holds until someone closes it.
        pub ends_at: Option<Timestamp>,
        /// How many pieces there are at this price.
        pub quota: Option<i64>,
        pub taken: i64,
        /// How many pieces one buyer may have at this price.
        pub per_buyer: Option<i64>,
        pub state: State,
    }
}

impl Special {
    /// Whether it holds at this moment.
    pub fn is_running(&self, now: Timestamp) -> bool {
        self.state == State::Open && self.starts_at <= now && self.ends_at.is_none_or(|end| now < end)
    }
    /// Pieces left at this price, all buyers together; none if there is no limit.
    pub fn left(&self) -> Option<i64> {
        self.quota.map(|quota| (quota - self.taken).max(0))
    }
}

/// The special price, if this store has it.
pub async fn get(read: &mut Read, store: StoreId, id: SpecialId) -> Result<Option<Special>, Error> {
    rows::get(read, store, id).await
}

/// The best that `buyer` (an account, or a visitor's session, which has won nothing) can have these pieces for, coming
/// from `room`. What was won comes before everything else, since whoever won owes its price; else the lowest price does.
pub async fn best(
    read: &mut Read,
    store: StoreId,
    wish: Wish,
    room: Option<RoomId>,
    buyer: Uuid,
    now: Timestamp,
) -> Result<Offer, Error> {
    let candidates = rows::candidates(read, store, wish.sku, room, buyer).await?;
    Ok(choose::choose(candidates, wish, now))
}

/// The open special prices of a room that are for everyone, also those that have not begun or are used up.
pub async fn of_room(read: &mut Read, store: StoreId, room: RoomId) -> Result<Vec<Special>, Error> {
    rows::of_room(read, store, room).await
}

//! Coupon drops: so many coupons for whoever is first. The coupons themselves are someone else's: what hands them out is
//! among the server's parts as [`Coupons`], and without it there are no drops.

mod api;
mod claim;
mod coupons;
mod open;
mod rows;

use db::{Error, Read, row};
use kernel::Timestamp;

use crate::{rooms::Room, story::payload};

pub(crate) use api::api;
pub use claim::{ClaimError, claim};
pub use coupons::{Coupon, CouponId, Coupons, NotGiven};
pub use open::{NewDrop, close, open};

/// A drop.
pub struct DropKind;
impl kernel::Kind for DropKind {
    const PREFIX: &'static str = "drp";
}
pub type DropId = kernel::Id<DropKind>;

/// Coupons of one drop: as many as a campaign of a small store can want.
pub const PIECES_MAX: i64 = 100_000;
/// Minutes in which they can be taken.
pub const MINUTES_MAX: i64 = 60;
/// Drops of one room at once: each is a card over its video.
pub const AT_ONCE_MAX: usize = 3;

row! {
    /// A coupon drop.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Drop {
        pub id: DropId,
        pub coupon_id: CouponId,
        pub title: String,
        pub pieces: i64,
        pub taken: i64,
        pub opened_at: Timestamp,
        pub ends_at: Timestamp,
    }
}

impl Drop {
    pub(crate) fn payload(&self) -> payload::CouponDrop {
        payload::CouponDrop {
            id: self.id,
            title: self.title.clone(),
            pieces: self.pieces,
            left: self.pieces - self.taken,
            at: self.opened_at.as_millisecond(),
            ends_at: self.ends_at.as_millisecond(),
        }
    }
}

/// The room's drops whose time is not up, the oldest first; also those of which everything was taken.
pub async fn of_room(read: &mut Read, room: &Room, now: Timestamp) -> Result<Vec<Drop>, Error> {
    if !room.state.is_live() {
        return Ok(Vec::new());
    }
    rows::of_room(read, room.store_id, room.id, now).await
}

#[cfg(test)]
mod tests;

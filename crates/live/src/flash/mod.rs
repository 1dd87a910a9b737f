//! Flash sales: after a countdown that everyone sees, a lower price for some minutes and some pieces. The price itself is a
//! special price, and the order that takes a piece of it does so under that one's guard; here is when it begins and ends,
//! and what the room is told of it.

mod api;
mod begin;
mod end;
mod look;
mod rows;

use db::{Error, Read, text_enum};
use kernel::{SkuId, Timestamp};
use stores::special_prices::{self, Special, SpecialId};

use crate::{rooms::Room, story::payload};

pub(crate) use api::api;
pub use begin::{NewSale, begin};
pub use end::end;
pub(crate) use end::{due, end_some};
pub(crate) use look::look;

/// Seconds of the countdown before the price falls, and minutes that it stays low.
pub const COUNTDOWN_MIN: i64 = 10;
pub const COUNTDOWN_MAX: i64 = 300;
pub const MINUTES_MAX: i64 = 20;
/// Flash sales of one room at once: more bands and clocks than that nobody follows.
pub const AT_ONCE_MAX: usize = 5;

/// The deadline at which a flash sale is over.
const OVER: &str = "live.flash";

text_enum! {
    /// Where a flash sale is, apart from its countdown.
    pub enum State {
        /// Announced, or under way.
        Open = "open",
        /// No piece is left; one that an order gives back opens it again.
        SoldOut = "sold_out",
        Over = "over",
    }
}

/// A flash sale. Amounts are minor units of the store's currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sale {
    pub id: SpecialId,
    pub sku: SkuId,
    /// The product's number on the shelf.
    pub number: i64,
    pub price: i64,
    pub quota: i64,
    pub left: i64,
    pub per_buyer: Option<i64>,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub state: State,
}

impl Sale {
    fn of(row: rows::SaleRow, special: Special) -> Self {
        let quota = special.quota.unwrap_or(0);
        Self {
            id: row.id,
            sku: row.sku_id,
            number: row.number,
            price: special.price,
            quota,
            left: special.left().unwrap_or(0),
            per_buyer: special.per_buyer,
            starts_at: special.starts_at,
            ends_at: special.ends_at.unwrap_or(special.starts_at),
            state: row.state,
        }
    }

    pub(crate) fn payload(&self) -> payload::FlashSale {
        payload::FlashSale {
            id: self.id,
            number: self.number,
            sku: self.sku,
            price: self.price,
            quota: self.quota,
            left: self.left,
            per_buyer: self.per_buyer,
            starts_at: self.starts_at.as_millisecond(),
            ends_at: self.ends_at.as_millisecond(),
            state: self.state.as_str(),
        }
    }
}

/// The room's flash sales that are not over, the oldest first.
pub async fn of_room(read: &mut Read, room: &Room) -> Result<Vec<Sale>, Error> {
    let mut sales = Vec::new();
    for row in rows::of_room(read, room.store_id, room.id).await? {
        if let Some(special) = special_prices::get(read, room.store_id, row.id).await? {
            sales.push(Sale::of(row, special));
        }
    }
    Ok(sales)
}

#[cfg(test)]
mod tests;

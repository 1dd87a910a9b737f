//! A store: its name, address and state, and how it comes to be. What it shows is in `page`.

mod handle;
mod open;
mod rows;
#[cfg(test)]
pub(crate) mod tests;

use db::{Error, Read, outbox, text_enum};
use kernel::{AccountId, BasisPoints, Currency, StoreId, Timestamp};

use serde::{Deserialize, Serialize};

use crate::storefront::Storefront;

pub use handle::{ABBREVIATION_MAX, ABBREVIATION_MIN, handle, name, name_key, suggest_handle};
pub use open::{NewAddress, NewStore, OpenError, open};
pub use rows::of_member;
pub(crate) use rows::{select, set_state};

text_enum! {
    /// Where a store is in its life.
    pub enum State {
        /// Buyers may look and buy.
        Open = "open",
        /// Buyers may look; the merchant takes a break.
        Paused = "paused",
        /// As paused, but by an operator of the platform; only they let it go on.
        Suspended = "suspended",
        /// No new orders; open ones and money are being settled.
        Closing = "closing",
        /// Over.
        Closed = "closed",
    }
}

/// An operator of the platform has stopped the store.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoreSuspended {}

impl outbox::Event for StoreSuspended {
    const KIND: &'static str = "store.suspended";
}

impl State {
    /// Whether the store's pages are there for anyone.
    pub const fn is_shown(self) -> bool {
        !matches!(self, State::Closed)
    }
    /// Whether an order may be placed.
    pub const fn takes_orders(self) -> bool {
        matches!(self, State::Open)
    }
}

/// A store as every request about it needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    pub id: StoreId,
    /// Its place in addresses: `/s/{handle}`.
    pub handle: String,
    pub name: String,
    pub abbreviation: String,
    pub state: State,
    /// ISO 3166 country code.
    pub region: String,
    pub currency: Currency,
    /// IANA name; known to be one.
    pub time_zone: String,
    pub owner: AccountId,
    /// What the payment provider takes of each order.
    pub commission: BasisPoints,
    pub created_at: Timestamp,
}

impl Store {
    /// The zone in which its clocks and dates are read.
    pub fn zone(&self) -> jiff::tz::TimeZone {
        // The name was looked up when it was set; a zone that a newer database dropped reads as UTC.
        jiff::tz::TimeZone::get(&self.time_zone).unwrap_or(jiff::tz::TimeZone::UTC)
    }
}

/// The store of this handle, whatever its state.
pub async fn by_handle(read: &mut Read, handle: &str) -> Result<Option<Store>, Error> {
    rows::by_handle(read, handle).await
}

/// The store of this handle with the live copy of its page.
pub(crate) async fn with_page(read: &mut Read, handle: &str) -> Result<Option<Storefront>, Error> {
    rows::with_page(read, handle).await
}

pub async fn by_id(read: &mut Read, id: StoreId) -> Result<Option<Store>, Error> {
    rows::by_id(read, id).await
}

//! What came of a room: its numbers in all, product by product and minute by minute. They are defined here, once.
//!
//! - *Viewers* are persons who came in, each counted once; *peak* is the most at once; the *average watch* is all watched
//!   seconds by all viewers.
//! - *Followers* are those who began to follow the store in the room, and still do.
//! - *Orders* are those placed from the room, *paid* those of them that money came for, *revenue* what came less what
//!   went back. It adds up with the ledger.
//! - An *impression* is an item that someone saw, a *click* one that someone opened.

mod api;
mod chart;
mod pages;
mod rows;

use db::{Error, Read, Tx};
use kernel::{RoomId, StoreId, Timestamp};
use stores::followers;
use uuid::Uuid;

use crate::{meters::Meter, rooms::Room};

pub(crate) use api::api;
pub(crate) use pages::routes;
pub use rows::{Minute, ProductLine};

/// A room's numbers.
#[derive(Clone, Debug)]
pub struct Report {
    pub overview: Overview,
    /// In the order of the shelf, then what is no longer on it and was ordered.
    pub products: Vec<ProductLine>,
    /// Every minute in which something was counted, the first first.
    pub minutes: Vec<Minute>,
}

/// A room's numbers in all. Amounts are minor units of the store's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    pub viewers: i64,
    pub peak: i64,
    pub average_watch_seconds: i64,
    pub likes: i64,
    pub comments: i64,
    pub shares: i64,
    pub followers: i64,
    pub impressions: i64,
    pub clicks: i64,
    pub orders: i64,
    pub paid: i64,
    pub buyers: i64,
    pub revenue: i64,
}

impl Overview {
    /// Revenue for every thousand viewers, rounded down; nothing without viewers.
    pub fn revenue_per_thousand(&self) -> Option<i64> {
        let scaled = i128::from(self.revenue) * 1_000;
        (self.viewers > 0).then(|| i64::try_from(scaled / i128::from(self.viewers)).unwrap_or(i64::MAX))
    }
}

/// The numbers of a room in all, live or over.
pub async fn overview(read: &mut Read, room: &Room) -> Result<Overview, Error> {
    let (store, id) = (room.store_id, room.id);
    let counted = rows::counted(read, store, id).await?;
    let sold = rows::sold(read, store, id).await?;
    let viewers = rows::viewers(read, store, id).await?;
    Ok(Overview {
        viewers,
        peak: room.peak,
        average_watch_seconds: counted.watched_seconds / viewers.max(1),
        likes: room.likes,
        comments: rows::comments(read, store, id).await?,
        shares: room.shares,
        followers: followers::won_by(read, store, id).await?,
        impressions: counted.impressions,
        clicks: counted.clicks,
        orders: sold.orders,
        paid: sold.paid,
        buyers: sold.buyers,
        revenue: sold.revenue,
    })
}

/// The numbers of a room, live or over.
pub async fn of_room(read: &mut Read, room: &Room) -> Result<Report, Error> {
    let (store, id) = (room.store_id, room.id);
    let overview = overview(read, room).await?;
    let products = rows::products(read, store, id).await?;
    let minutes = rows::minutes(read, store, id).await?;
    Ok(Report { overview, products, minutes })
}

/// Adds what was counted to the present minute.
pub(crate) async fn count(
    tx: &mut Tx,
    store: StoreId,
    room: RoomId,
    node: Uuid,
    meter: &Meter,
    now: Timestamp,
) -> Result<(), Error> {
    let mut joins = 0;
    for person in &meter.persons {
        joins += rows::add_viewer(tx, store, room, *person, now).await?;
    }
    rows::add_minute(tx, store, room, now.as_second() / 60, node, meter, joins as i64).await
}

#[cfg(test)]
mod tests;

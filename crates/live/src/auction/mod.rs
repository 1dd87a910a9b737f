//! Auctions: one piece of the shelf, to whoever bids most within the time. The piece is put aside when the bidding opens;
//! its winner has some minutes to order and pay, then the next in line is asked. Every change takes the auction's row
//! first, so that bids, the end and what follows come one after another.

mod api;
mod bid;
mod cancel;
mod close;
mod open;
mod pages;
mod paid;
mod rows;
pub mod rules;
#[cfg(test)]
mod tests;

use std::time::Duration;

use db::{Error, Read, text_enum};
use kernel::{AccountId, OrderId, ProductId, RoomId, SkuId, StoreId, Timestamp};
use stores::stock::HoldId;

use crate::story::payload;
use rules::Terms;

pub(crate) use api::api;
pub use bid::{BidError, Stands, bid, stands};
pub use cancel::{CancelError, cancel};
use close::END;
pub(crate) use close::{due, room_over};
pub use open::{Open, open};
pub(crate) use pages::routes;
pub use paid::AuctionWon;
pub(crate) use paid::{moved, placed, tell_winner};

/// One auction.
pub struct AuctionKind;
impl kernel::Kind for AuctionKind {
    const PREFIX: &'static str = "auc";
}
pub type AuctionId = kernel::Id<AuctionKind>;

/// Seconds that a host may give the bidding.
pub const LASTS_MIN: i64 = 10;
pub const LASTS_MAX: i64 = 60 * 60;
/// So long has a winner to order and to pay.
pub const PAY_WITHIN: Duration = Duration::from_secs(15 * 60);
/// So many are asked, one after another, before the piece is back on the shelf.
pub const OFFERS_MAX: i64 = 3;

text_enum! {
    /// The name of a state, as it is kept and told.
    pub enum Step {
        Open = "open",
        /// It has a winner, who has not paid yet.
        Won = "won",
        Sold = "sold",
        /// Nobody bid enough, or nobody paid.
        Unsold = "unsold",
        Cancelled = "cancelled",
    }
}

/// Where an auction is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Open,
    Won(Win),
    Sold(Win),
    Unsold,
    Cancelled,
}

/// Whose it is, for how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Win {
    pub winner: AccountId,
    pub price: i64,
    pub pay_by: Timestamp,
    pub order: Option<OrderId>,
}

impl State {
    pub const fn step(self) -> Step {
        match self {
            State::Open => Step::Open,
            State::Won(_) => Step::Won,
            State::Sold(_) => Step::Sold,
            State::Unsold => Step::Unsold,
            State::Cancelled => Step::Cancelled,
        }
    }

    /// The key of what is said of it.
    pub const fn key(self) -> &'static str {
        match self {
            State::Open => "auction-is-open",
            State::Won(_) => "auction-is-won",
            State::Sold(_) => "auction-is-sold",
            State::Unsold => "auction-is-unsold",
            State::Cancelled => "auction-is-cancelled",
        }
    }

    pub const fn win(self) -> Option<Win> {
        match self {
            State::Won(win) | State::Sold(win) => Some(win),
            State::Open | State::Unsold | State::Cancelled => None,
        }
    }
}

/// An auction as it stands. Amounts are minor units of the store's currency.
#[derive(Clone, Debug)]
pub struct Auction {
    pub store_id: StoreId,
    pub room_id: RoomId,
    pub id: AuctionId,
    pub product_id: ProductId,
    pub sku_id: SkuId,
    pub number: i64,
    pub title: String,
    pub hold_id: HoldId,
    pub terms: Terms,
    pub state: State,
    pub ends_at: Timestamp,
    /// When it ended, which may be before its time.
    pub ended_at: Option<Timestamp>,
    /// What stands; before the first bid, the starting price.
    pub price: i64,
    pub leader: Option<AccountId>,
    pub bids: i64,
    pub bidders: i64,
    /// How often its row was taken.
    pub turn: i64,
    /// How many it was offered to.
    pub offers: i64,
}

impl Auction {
    /// The least that the next bidder must say.
    pub fn least(&self) -> i64 {
        self.terms.least(self.price, self.leader.is_some())
    }
}

/// The auction, if this room has it.
pub async fn get(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
    id: AuctionId,
) -> Result<Option<Auction>, Error> {
    Ok(rows::get(read, store, id).await?.filter(|auction| auction.room_id == room))
}

/// The room's auctions, the latest first.
pub async fn of_room(read: &mut Read, store: StoreId, room: RoomId) -> Result<Vec<Auction>, Error> {
    rows::of_room(read, store, room, LISTED).await
}

/// Auctions in one list.
const LISTED: i64 = 100;
/// Won auctions that a room goes on to show: a host who sells one every half minute has as many that may yet be paid.
const WAITING_SHOWN: i64 = 30;

/// The auction as a room shows it: the latest.
pub(crate) async fn shown(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
) -> Result<Option<payload::Auction>, Error> {
    let latest = rows::of_room(read, store, room, 1).await?.into_iter().next();
    match latest {
        Some(auction) => Ok(Some(words(read, &auction).await?)),
        None => Ok(None),
    }
}

/// Those of the room that were won and wait to be paid, the latest first: the next auction must not keep their winners
/// from the way to their orders.
pub(crate) async fn waiting(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
) -> Result<Vec<payload::Auction>, Error> {
    let mut waiting = Vec::new();
    for auction in rows::waiting(read, store, room, WAITING_SHOWN).await? {
        waiting.push(words(read, &auction).await?);
    }
    Ok(waiting)
}

/// What everyone is told of an auction. Of people, no more than their number and a letter.
pub(crate) async fn words(read: &mut Read, auction: &Auction) -> Result<payload::Auction, Error> {
    let win = auction.state.win();
    let leader = named(read, auction, auction.leader).await?;
    let winner = named(read, auction, win.map(|win| win.winner)).await?;
    let name = |of: &Option<rows::Named>| of.as_ref().map(|named| named.name.clone());
    Ok(payload::Auction {
        id: auction.id,
        number: auction.number,
        sku: auction.sku_id,
        title: auction.title.clone(),
        state: auction.state.step().as_str(),
        price: win.map_or(auction.price, |win| win.price),
        increment: auction.terms.increment,
        least: auction.least(),
        bids: auction.bids,
        leader: name(&leader),
        leader_number: leader.map(|leader| leader.number),
        reserve_met: auction.terms.reserve.map(|reserve| auction.price >= reserve),
        fixed_end: auction.terms.fixed_end,
        ends_at: auction.ends_at.as_millisecond(),
        winner: name(&winner),
        winner_number: winner.map(|winner| winner.number),
        pay_by: win.map(|win| win.pay_by.as_millisecond()),
    })
}

async fn named(
    read: &mut Read,
    auction: &Auction,
    account: Option<AccountId>,
) -> Result<Option<rows::Named>, Error> {
    match account {
        Some(account) => rows::named(read, auction, account).await,
        None => Ok(None),
    }
}

//! Someone bids.

use db::{Error, Read, deadlines};
use kernel::{AccountId, Invalid, OrderId, Problem, RoomId};
use stores::{Store, catalog::price_max, stock};
use web::App;

use super::{
    Auction, AuctionId, END, State, rows,
    rules::{Bid, Leader, Standing, TooLow, is_too_fast},
    words,
};
use crate::{
    Live,
    hub::EventKind,
    rooms,
    takes_part::{NotForYou, takes_part},
};

/// Why a bid was not taken.
#[derive(Debug, thiserror::Error)]
pub enum BidError {
    #[error("no such auction")]
    NotFound,
    #[error("the bidding is over")]
    Over,
    #[error("the store takes no orders now")]
    Closed,
    #[error(transparent)]
    NotForYou(#[from] NotForYou),
    #[error(transparent)]
    TooLow(#[from] TooLow),
    #[error("faster than anybody bids")]
    TooFast,
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<BidError> for web::Error {
    fn from(error: BidError) -> Self {
        match error {
            BidError::NotFound => web::Error::NotFound,
            BidError::Over => web::Error::Conflict("auction-over"),
            BidError::Closed => web::Error::Conflict("live-store-closed"),
            BidError::NotForYou(not) => not.into(),
            BidError::TooLow(_) => Invalid::field("amount", Problem::Rule("auction-bid-too-low")).into(),
            BidError::TooFast => web::Error::Conflict("auction-bid-too-fast"),
            BidError::Invalid(invalid) => invalid.into(),
            BidError::Db(error) => error.into(),
        }
    }
}

/// How someone stands in an auction.
#[derive(Clone, Debug)]
pub struct Stands {
    pub auction: Auction,
    /// The own number, by which the auction's news call a bidder, and the own maximum. None for who has not bid.
    pub own: Option<(i64, i64)>,
    /// Whether it is theirs as it stands.
    pub leads: bool,
    /// What this person has ordered of what they won.
    pub order: Option<OrderId>,
}

/// How this person stands.
pub async fn stands(read: &mut Read, auction: Auction, account: AccountId) -> Result<Stands, Error> {
    let own = rows::named(read, &auction, account).await?.map(|named| (named.number, named.max));
    let leads = match auction.state.win() {
        Some(win) => win.winner == account,
        None => auction.leader == Some(account),
    };
    let order = if leads { ordered(read, &auction).await? } else { None };
    Ok(Stands { auction, own, leads, order })
}

/// What its winner has ordered of it. The piece that was put aside knows the order before the auction hears of it.
async fn ordered(read: &mut Read, auction: &Auction) -> Result<Option<OrderId>, Error> {
    let Some(win) = auction.state.win() else { return Ok(None) };
    if win.order.is_some() {
        return Ok(win.order);
    }
    let hold = stock::get_hold(read, auction.store_id, auction.hold_id).await?;
    Ok(hold.and_then(|hold| hold.order_id))
}

/// Bids `amount`, and up to `max` if others go on. The same bid again changes nothing.
pub async fn bid(
    app: &App,
    store: &Store,
    room: RoomId,
    id: AuctionId,
    by: AccountId,
    amount: i64,
    max: Option<i64>,
) -> Result<Stands, BidError> {
    let bid = Bid { bidder: by, amount, max: max.unwrap_or(amount) };
    if bid.max < bid.amount {
        return Err(Invalid::field("max", Problem::Rule("auction-max-below")).into());
    }
    if bid.max > price_max(store.currency) {
        let field = if max.is_some() { "max" } else { "amount" };
        return Err(Invalid::field(field, Problem::Rule("auction-too-much")).into());
    }
    let now = app.clock.now();
    Live::change(app, store.id, room, async |tx, story| {
        let auction = rows::take(tx, store.id, id).await?.filter(|auction| auction.room_id == room);
        let auction = auction.ok_or(BidError::NotFound)?;
        let room = rooms::get(tx, store.id, room).await?.ok_or(BidError::NotFound)?;
        if auction.state != State::Open || now >= auction.ends_at {
            return Err(BidError::Over);
        }
        let home = stores::by_id(tx, store.id).await?.ok_or(BidError::NotFound)?;
        if !home.state.takes_orders() {
            return Err(BidError::Closed);
        }
        let name = takes_part(tx, &room, by).await??;
        let leader = match auction.leader {
            Some(bidder) => {
                let max = rows::named(tx, &auction, bidder).await?.ok_or(Error::Missing)?.max;
                Some(Leader { bidder, max })
            }
            None => None,
        };
        let before = Standing { price: auction.price, leader };
        let after = before.take(&auction.terms, bid)?;
        if after == before {
            return Ok(stands(tx, auction, by).await?);
        }
        if rows::last_bid(tx, &auction, by).await?.is_some_and(|at| is_too_fast(at, now)) {
            return Err(BidError::TooFast);
        }
        let led = auction.leader == Some(by);
        let mut next = Auction {
            price: after.price,
            leader: after.leader.map(|leader| leader.bidder),
            ..auction.clone()
        };
        if led {
            rows::raise(tx, &next, bid).await?;
        } else {
            let number = match rows::named(tx, &auction, by).await? {
                Some(named) => named.number,
                None => {
                    next.bidders += 1;
                    next.bidders
                }
            };
            rows::put_bidder(tx, &next, bid, number, &name).await?;
            next.bids += 1;
            next.ends_at = auction.terms.end_after(auction.ends_at, now);
        }
        rows::insert_bid(tx, &next, bid, now).await?;
        rows::set_standing(tx, &next).await?;
        if next.ends_at != auction.ends_at {
            deadlines::set(tx, store.id, END, id, next.ends_at).await?;
        }
        // Who leads raises the own maximum unseen.
        if !led || next.price != auction.price {
            story.add(EventKind::Auction, Some(by), &words(tx, &next).await?)?;
        }
        Ok(stands(tx, next, by).await?)
    })
    .await
}

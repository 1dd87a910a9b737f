//! Ends the bidding, and asks the next in line when a winner lets the time pass. Both are deadlines, so they come after a
//! restart too, and late rather than never.

use db::{Error, Tx, deadlines, deadlines::Due, outbox};
use kernel::{AccountId, Id, StoreId, Timestamp};
use stores::{
    Store, special_prices,
    stock::{self, HoldState},
};
use trade::won::{self, Award, AwardError, PutAsideError};
use web::App;

use super::{Auction, AuctionId, AuctionWon, OFFERS_MAX, PAY_WITHIN, State, Win, rows, rules::owes, words};
use crate::{Live, Story, hub::EventKind, rooms::Room, shelf};

/// The deadline at which the bidding ends.
pub(crate) const END: &str = "live.auction_end";
/// The deadline by which the winner must have paid.
pub(crate) const PAY: &str = "live.auction_pay";

/// Does what a deadline of an auction stands for; answers whether it was one.
pub(crate) async fn due(app: &App, due: &Due) -> Result<bool, Error> {
    let (store, id) = (due.store_id, Id::from_uuid(due.subject));
    match due.kind.as_str() {
        END => end(app, store, id).await?,
        PAY => unpaid(app, store, id).await?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// Ends the bidding, unless a late bid has put the end off.
pub(super) async fn end(app: &App, store: StoreId, id: AuctionId) -> Result<(), Error> {
    let now = app.clock.now();
    changed(app, store, id, async |tx, story, store, auction| {
        if auction.state != State::Open {
            return deadlines::clear(tx, store.id, END, id).await;
        }
        if now < auction.ends_at {
            return deadlines::set(tx, store.id, END, id, auction.ends_at).await;
        }
        settle(tx, story, store, auction, now).await
    })
    .await
}

/// The winner's time is over. One who has ordered is dealt with when the order is called off: it waits no longer for its
/// payment than this.
async fn unpaid(app: &App, store: StoreId, id: AuctionId) -> Result<(), Error> {
    let now = app.clock.now();
    changed(app, store, id, async |tx, story, store, auction| match auction.state {
        State::Won(win) if now < win.pay_by => deadlines::set(tx, store.id, PAY, id, win.pay_by).await,
        State::Won(win) => {
            deadlines::clear(tx, store.id, PAY, id).await?;
            let hold = stock::get_hold(tx, store.id, auction.hold_id).await?;
            if hold.is_some_and(|hold| hold.state == HoldState::Ordered) {
                return Ok(());
            }
            special_prices::close_hold(tx, store.id, auction.hold_id, now).await?;
            next_in_line(tx, story, store, auction, win.winner, now).await
        }
        _ => deadlines::clear(tx, store.id, PAY, id).await,
    })
    .await
}

/// Changes an auction on its turn, and tells the rooms that show its goods.
pub(super) async fn changed(
    app: &App,
    store: StoreId,
    id: AuctionId,
    work: impl AsyncFnOnce(&mut Tx, &mut Story, &Store, Auction) -> Result<(), Error> + Clone,
) -> Result<(), Error> {
    let mut read = app.db.read().await?;
    let found = rows::get(&mut read, store, id).await?;
    let home = stores::by_id(&mut read, store).await?;
    drop(read);
    let (Some(found), Some(home)) = (found, home) else { return Err(Error::Missing) };
    Live::change(app, store, found.room_id, async |tx, story| {
        let auction = rows::take(tx, store, id).await?.ok_or(Error::Missing)?;
        work.clone()(tx, story, &home, auction).await
    })
    .await?;
    shelf::changed(app, store, &[found.product_id]).await
}

/// The room is over: what was bid stands, and what nobody bid for is called off.
pub(crate) async fn room_over(
    tx: &mut Tx,
    story: &mut Story,
    room: &Room,
    now: Timestamp,
) -> Result<(), Error> {
    let Some(id) = rows::open_in(tx, room.store_id, room.id).await? else { return Ok(()) };
    let store = stores::by_id(tx, room.store_id).await?.ok_or(Error::Missing)?;
    let auction = rows::take(tx, store.id, id).await?.ok_or(Error::Missing)?;
    if auction.state != State::Open {
        return Ok(());
    }
    if auction.bids > 0 {
        return settle(tx, story, &store, auction, now).await;
    }
    put_back(tx, story, auction, State::Cancelled, now).await.map(drop)
}

/// Gives it to who leads, if that is enough for it.
async fn settle(
    tx: &mut Tx,
    story: &mut Story,
    store: &Store,
    auction: Auction,
    now: Timestamp,
) -> Result<(), Error> {
    deadlines::clear(tx, store.id, END, auction.id).await?;
    match auction.leader {
        Some(leader) if auction.terms.sells_at(auction.price) => {
            let price = auction.price;
            offer(tx, story, store, auction, leader, price, now).await
        }
        _ => put_back(tx, story, auction, State::Unsold, now).await.map(drop),
    }
}

/// Offers it to the best bidder who has not let it pass. Without one, or after enough have, it is back on the shelf.
pub(super) async fn next_in_line(
    tx: &mut Tx,
    story: &mut Story,
    store: &Store,
    auction: Auction,
    passed: AccountId,
    now: Timestamp,
) -> Result<(), Error> {
    rows::pass(tx, &auction, passed).await?;
    let mut best = rows::best(tx, &auction).await?.into_iter();
    let next = best.next().filter(|_| auction.offers < OFFERS_MAX);
    let second = best.next();
    let owed = next.and_then(|best| Some((best.account, owes(&auction.terms, best, second)?)));
    match owed {
        Some((account, price)) => offer(tx, story, store, auction, account, price, now).await,
        None => put_back(tx, story, auction, State::Unsold, now).await.map(drop),
    }
}

/// It is this person's, until they have to have paid. What was ordered and called off is on the shelf, and is put aside
/// once more.
async fn offer(
    tx: &mut Tx,
    story: &mut Story,
    store: &Store,
    auction: Auction,
    winner: AccountId,
    price: i64,
    now: Timestamp,
) -> Result<(), Error> {
    let mut next = auction.clone();
    let held = stock::get_hold(tx, store.id, auction.hold_id).await?;
    if held.is_none_or(|hold| hold.state != HoldState::Held) {
        match won::put_aside(tx, store, auction.sku_id, 1, None, now).await {
            Ok(hold) => next.hold_id = hold,
            // Others were faster.
            Err(PutAsideError::Invalid(_)) => {
                return put_back(tx, story, auction, State::Unsold, now).await.map(drop);
            }
            Err(PutAsideError::Db(error)) => return Err(error),
        }
    }
    let pay_by = now + PAY_WITHIN;
    let award = Award { hold: next.hold_id, buyer: winner, price, room: auction.room_id, pay_by };
    match won::award(tx, store, award, now).await {
        Ok(_) => {}
        // The product is no longer sold.
        Err(AwardError::Gone | AwardError::Invalid(_)) => {
            return put_back(tx, story, next, State::Unsold, now).await.map(drop);
        }
        Err(AwardError::Db(error)) => return Err(error),
    }
    next.state = State::Won(Win { winner, price, pay_by, order: None });
    next.offers += 1;
    rows::set_state(tx, &next, now).await?;
    deadlines::set(tx, store.id, PAY, next.id, pay_by).await?;
    let event = AuctionWon { auction: next.id, winner };
    outbox::add(tx, Some(store.id), &event, now).await?;
    story.add(EventKind::Auction, None, &words(tx, &next).await?)
}

/// The piece is on the shelf again, and the auction over without a sale.
pub(super) async fn put_back(
    tx: &mut Tx,
    story: &mut Story,
    auction: Auction,
    state: State,
    now: Timestamp,
) -> Result<Auction, Error> {
    let store = auction.store_id;
    won::give_back(tx, store, auction.hold_id, now).await?;
    deadlines::clear(tx, store, END, auction.id).await?;
    deadlines::clear(tx, store, PAY, auction.id).await?;
    let over = Auction { state, ..auction };
    rows::set_state(tx, &over, now).await?;
    story.add(EventKind::Auction, None, &words(tx, &over).await?)?;
    Ok(over)
}

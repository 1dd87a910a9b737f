//! Auctions on both engines, also when everyone bids at once.

use std::{collections::BTreeMap, sync::Arc};

use db::Db;
use kernel::{AccountId, Problem, SkuId};
use stores::stock::{self, HoldState};
use testkit::db_test;
use tokio::task::JoinSet;
use trade::orders;

use super::{rules::owes, *};
use crate::{
    ToolError,
    chat::{self, Measure},
    rooms::{self, Ending, Room},
    shelf,
    testing::{Stage, account, stage},
};

fn terms(sku: SkuId) -> Open {
    Open { sku, start: 1_000, increment: 100, reserve: None, seconds: 60, fixed_end: false }
}

/// A live room with an auction of the only piece of something.
struct Hall {
    stage: Stage,
    room: Room,
    auction: Auction,
}

async fn hall_with(db: Db, change: impl FnOnce(Open) -> Open) -> Hall {
    let stage = stage(db).await;
    let (room, _, sku) = stage.live_with(1).await;
    let auction = open(&stage.app, &stage.store, stage.host, room.id, change(terms(sku))).await.unwrap();
    Hall { stage, room, auction }
}

async fn hall(db: Db) -> Hall {
    hall_with(db, |open| open).await
}

impl Hall {
    async fn bidder(&self, name: &str) -> AccountId {
        let bidder = account(&self.stage.app, &format!("{name}@example.com")).await;
        let lane = db::LaneKey::PLATFORM;
        let renamed = async |tx: &mut db::Tx| people::accounts::rename(tx, bidder, name).await;
        self.stage.app.db.write(lane, renamed).await.unwrap();
        bidder
    }

    async fn bid(&self, by: AccountId, amount: i64, max: Option<i64>) -> Result<Stands, BidError> {
        bid(&self.stage.app, &self.stage.store, self.room.id, self.auction.id, by, amount, max).await
    }

    async fn now(&self) -> Auction {
        let mut read = self.stage.app.db.read().await.unwrap();
        get(&mut read, self.stage.store.id, self.room.id, self.auction.id).await.unwrap().unwrap()
    }

    async fn left(&self) -> i64 {
        let mut read = self.stage.app.db.read().await.unwrap();
        let offers =
            stores::catalog::offers(&mut read, self.stage.store.id, &[self.auction.product_id]).await;
        offers.unwrap()[0].skus[0].available
    }

    /// The time passes, and what is due is done.
    async fn after(&self, seconds: i64) {
        self.stage.advance(seconds);
        self.stage.run_deadlines().await;
        self.stage.tell().await;
    }

    async fn win(&self) -> Win {
        match self.now().await.state {
            State::Won(win) => win,
            other => panic!("{other:?}"),
        }
    }

    async fn order(&self, buyer: AccountId) -> orders::Order {
        let Auction { product_id, sku_id, .. } = self.auction;
        let order = self.stage.order_for(buyer, self.room.id, product_id, sku_id, 1).await;
        self.stage.tell().await;
        order
    }
}

#[db_test]
async fn a_piece_is_put_aside_sold_to_who_bids_most_and_told_to_everyone(db: Db) {
    let hall = hall(db).await;
    assert_eq!(hall.left().await, 0, "nobody else can buy it meanwhile");
    let (mei, tan) = (hall.bidder("Mei").await, hall.bidder("Tan").await);
    hall.bid(mei, 1_000, Some(2_000)).await.unwrap();
    let outbid = hall.bid(tan, 1_500, None).await.unwrap();
    assert_eq!((outbid.leads, outbid.own, outbid.auction.price), (false, Some((2, 1_500)), 1_600));
    let told: serde_json::Value =
        serde_json::from_str(hall.stage.story(hall.room.id).await.last().unwrap().d.get()).unwrap();
    assert_eq!(
        (told["price"].as_i64(), told["leader"].as_str(), told["leader_number"].as_i64()),
        (Some(1_600), Some("M**"), Some(1))
    );
    assert!(!told.to_string().contains("2000"), "nobody is told a maximum: {told}");
    hall.after(60).await;
    let win = hall.win().await;
    assert_eq!((win.winner, win.price), (mei, 1_600));
    let sent = hall.stage.messages();
    assert!(
        sent.iter().any(|message| message.text.contains("/auctions/") && message.text.contains("S$16.00"))
    );
    let order = hall.order(mei).await;
    assert_eq!((order.total, hall.win().await.order), (1_600, Some(order.id)));
    hall.stage.pay(&order).await;
    hall.stage.tell().await;
    assert!(matches!(hall.now().await.state, State::Sold(_)));
    hall.after(3_600).await;
    assert!(matches!(hall.now().await.state, State::Sold(_)), "and stays so");
}

#[db_test]
async fn a_hundred_bid_at_once_and_one_wins_at_the_right_price(db: Db) {
    let hall = Arc::new(hall(db).await);
    let mut bidders = Vec::new();
    for number in 0..100 {
        bidders.push(hall.bidder(&format!("b{number}")).await);
    }
    let mut tasks = JoinSet::new();
    for (number, bidder) in bidders.iter().copied().enumerate() {
        let hall = hall.clone();
        tasks.spawn(async move {
            // Each would pay another maximum, and says ever higher amounts on the way to it.
            let max = 5_000 + 130 * (number as i64 * 37 % 100);
            let mut amount = 1_000;
            loop {
                match hall.bid(bidder, amount, Some(max)).await {
                    Ok(stands) if stands.leads => amount += 500,
                    Ok(_) => break,
                    Err(BidError::TooLow(least)) if least.0 > max => break,
                    Err(BidError::TooLow(least)) => amount = least.0,
                    Err(error) => panic!("{error}"),
                }
                if amount > max {
                    break;
                }
            }
        });
    }
    tasks.join_all().await;
    let auction = hall.now().await;
    let mut read = hall.stage.app.db.read().await.unwrap();
    let bids: Vec<(i64, i64)> = {
        let turns: Vec<i64> = read
            .column("select price_after from live_bids where auction_id = $1 order by turn", &[&auction.id])
            .await
            .unwrap();
        turns.iter().copied().zip(turns.iter().copied().skip(1)).collect()
    };
    assert!(bids.iter().all(|(before, after)| before <= after), "the price never falls: {bids:?}");
    let best = rows::best(&mut read, &auction).await.unwrap();
    drop(read);
    let [first, second] = best[..] else { panic!("two at least have bid") };
    assert_eq!((auction.leader, first.max), (Some(first.account), 17_870), "who would pay most leads");
    assert!(auction.price > 17_740 - 100, "and nobody would go on");
    let owed = owes(&auction.terms, first, Some(second)).unwrap();
    assert_eq!(auction.price, owed, "one increment above the next, or what was said aloud");
    assert!(auction.price <= first.max);
    hall.after(120).await;
    assert_eq!((hall.win().await.winner, hall.win().await.price), (first.account, owed));
    let numbers: i64 = {
        let mut read = hall.stage.app.db.read().await.unwrap();
        read.one("select count(*) from live_bidders where auction_id = $1", &[&auction.id]).await.unwrap()
    };
    assert_eq!(numbers, auction.bidders, "each has a number of their own");
}

#[db_test]
async fn a_bid_at_the_last_moment_counts_or_is_too_late_never_both(db: Db) {
    let stage = stage(db).await;
    let (room, _, sku) = stage.live_with(40).await;
    let mut hall = Hall {
        auction: open(&stage.app, &stage.store, stage.host, room.id, terms(sku)).await.unwrap(),
        stage,
        room,
    };
    let (mei, tan) = (hall.bidder("Mei").await, hall.bidder("Tan").await);
    let (mut counted, mut late) = (0, 0);
    // In ten minutes a room without pictures is over.
    for round in 0..8 {
        hall.bid(mei, 1_000, None).await.unwrap();
        // The last millisecond; whichever is asked first, the clock goes on under the other.
        let (app, ends_at) = (&hall.stage.app, hall.auction.ends_at);
        app.clock.advance(ends_at.duration_since(app.clock.now()) - jiff::SignedDuration::from_millis(1));
        let bid = async || hall.bid(tan, 1_100, None).await;
        let end = async || {
            app.clock.advance(jiff::SignedDuration::from_millis(1));
            super::close::end(app, hall.stage.store.id, hall.auction.id).await
        };
        let (bid, ended) = if round % 2 == 0 {
            tokio::join!(bid(), end())
        } else {
            let (ended, bid) = tokio::join!(end(), bid());
            (bid, ended)
        };
        ended.unwrap();
        match (bid, hall.now().await.state) {
            (Ok(stands), State::Open) => {
                assert!(stands.leads && hall.now().await.ends_at > ends_at, "it goes on");
                counted += 1;
            }
            (Err(BidError::Over), State::Won(win)) => {
                assert_eq!(win.winner, mei);
                late += 1;
            }
            other => panic!("{other:?}"),
        }
        hall.after(11).await;
        assert!(matches!(hall.bid(tan, 5_000, None).await, Err(BidError::Over)), "after the end nobody bids");
        let Hall { stage, room, .. } = &hall;
        hall.auction = open(&stage.app, &stage.store, stage.host, room.id, terms(sku)).await.unwrap();
    }
    assert_eq!(counted + late, 8);
    assert!(counted > 0 && late > 0, "{counted} counted, {late} were late");
}

#[db_test]
async fn a_late_bid_gives_ten_seconds_more_unless_the_end_is_fixed(db: Db) {
    let hall = hall(db).await;
    let (mei, tan) = (hall.bidder("Mei").await, hall.bidder("Tan").await);
    hall.stage.advance(55);
    let stands = hall.bid(mei, 1_000, None).await.unwrap();
    assert_eq!(stands.auction.ends_at, hall.stage.app.clock.now() + rules::RESET);
    hall.after(6).await;
    assert_eq!(hall.now().await.state, State::Open, "its old end has passed");
    hall.bid(tan, 1_100, None).await.unwrap();
    hall.after(9).await;
    assert_eq!(hall.now().await.state, State::Open);
    hall.after(1).await;
    assert_eq!(hall.win().await.winner, tan);
}

#[db_test]
async fn a_fixed_end_stays_where_it_is(db: Db) {
    let hall = hall_with(db, |open| Open { fixed_end: true, ..open }).await;
    let mei = hall.bidder("Mei").await;
    hall.stage.advance(59);
    hall.bid(mei, 1_000, None).await.unwrap();
    hall.after(1).await;
    assert_eq!(hall.win().await.winner, mei);
}

#[db_test]
async fn who_does_not_order_in_time_is_passed_over_for_the_next(db: Db) {
    let hall = hall(db).await;
    let (mei, tan, lim) = (hall.bidder("Mei").await, hall.bidder("Tan").await, hall.bidder("Lim").await);
    hall.bid(lim, 1_000, None).await.unwrap();
    hall.bid(tan, 1_100, Some(3_000)).await.unwrap();
    hall.bid(mei, 1_200, Some(9_000)).await.unwrap();
    hall.after(60).await;
    assert_eq!((hall.win().await.winner, hall.win().await.price), (mei, 3_100));
    hall.after(15 * 60).await;
    let second = hall.win().await;
    assert_eq!((second.winner, second.price), (tan, 1_100), "as if the first had never bid");
    assert_eq!(hall.left().await, 0, "it was not on the shelf in between");
    // The second orders, and does not pay.
    hall.order(tan).await;
    hall.after(15 * 60).await;
    let third = hall.win().await;
    assert_eq!((third.winner, third.price, third.order), (lim, 1_000, None));
    hall.after(15 * 60).await;
    assert_eq!((hall.now().await.state, hall.left().await), (State::Unsold, 1), "three were asked");
}

#[db_test]
async fn what_the_winner_calls_off_goes_to_the_next(db: Db) {
    let hall = hall(db).await;
    let (mei, tan) = (hall.bidder("Mei").await, hall.bidder("Tan").await);
    hall.bid(tan, 1_000, None).await.unwrap();
    hall.bid(mei, 1_100, None).await.unwrap();
    hall.after(60).await;
    let order = hall.order(mei).await;
    let (actor, by) = (orders::Actor::Buyer(mei), orders::Canceller::Buyer);
    orders::cancel(&hall.stage.app, &hall.stage.store, order.id, actor, by, "").await.unwrap();
    hall.stage.tell().await;
    assert_eq!((hall.win().await.winner, hall.left().await), (tan, 0));
    let paid = hall.order(tan).await;
    hall.stage.pay(&paid).await;
    hall.stage.tell().await;
    assert!(matches!(hall.now().await.state, State::Sold(win) if win.winner == tan));
}

#[db_test]
async fn below_the_reserve_nothing_is_sold(db: Db) {
    let hall = hall_with(db, |open| Open { reserve: Some(5_000), ..open }).await;
    let mei = hall.bidder("Mei").await;
    hall.bid(mei, 1_000, Some(4_999)).await.unwrap();
    hall.after(60).await;
    assert_eq!((hall.now().await.state, hall.left().await), (State::Unsold, 1));
}

#[db_test]
async fn nobody_of_the_store_nobody_banned_and_nobody_too_low_can_bid(db: Db) {
    let hall = hall(db).await;
    let stage = &hall.stage;
    let refused = hall.bid(stage.host, 1_000, None).await;
    assert!(matches!(refused, Err(BidError::NotForYou(_))), "{refused:?}");
    assert!(matches!(hall.bid(stage.owner, 1_000, None).await, Err(BidError::NotForYou(_))));
    let banned = hall.bidder("Bad").await;
    chat::treat(&stage.app, stage.store.id, stage.host, hall.room.id, banned, Measure::Ban).await.unwrap();
    assert!(matches!(hall.bid(banned, 1_000, None).await, Err(BidError::NotForYou(_))));
    let mei = hall.bidder("Mei").await;
    assert!(matches!(hall.bid(mei, 999, None).await, Err(BidError::TooLow(_))));
    for (amount, max, field) in
        [(1_000, Some(900), "max"), (i64::MAX, None, "amount"), (1_000, Some(i64::MAX), "max")]
    {
        match hall.bid(mei, amount, max).await {
            Err(BidError::Invalid(invalid)) => assert!(invalid.of(field).is_some(), "{invalid:?}"),
            other => panic!("{other:?}"),
        }
    }
    let (_, other) = stage.stranger().await;
    let elsewhere = bid(&stage.app, &other, hall.room.id, hall.auction.id, mei, 1_000, None).await;
    assert!(matches!(elsewhere, Err(BidError::NotFound)));
    assert_eq!(hall.now().await.bids, 0);
}

#[db_test]
async fn the_same_bid_again_is_one_bid(db: Db) {
    let hall = hall(db).await;
    let mei = hall.bidder("Mei").await;
    for _ in 0..3 {
        assert!(hall.bid(mei, 1_000, Some(2_000)).await.unwrap().leads);
    }
    let auction = hall.now().await;
    assert_eq!((auction.bids, auction.price), (1, 1_000));
    hall.stage.advance(1);
    let raised = hall.bid(mei, 1_100, Some(3_000)).await.unwrap();
    assert_eq!((raised.own, raised.auction.price), (Some((1, 3_000)), 1_000), "raised unseen");
    assert_eq!(hall.stage.kinds(hall.room.id).await.iter().filter(|kind| **kind == "auction").count(), 2);
}

#[db_test]
async fn it_can_be_called_off_until_someone_bids(db: Db) {
    let hall = hall(db).await;
    let (stage, id) = (&hall.stage, hall.auction.id);
    let call_off = async |id| cancel(&stage.app, stage.store.id, stage.host, hall.room.id, id).await;
    let another = open(&stage.app, &stage.store, stage.host, hall.room.id, terms(hall.auction.sku_id)).await;
    assert!(matches!(another, Err(ToolError::Refused("auction-another"))));
    assert_eq!(call_off(id).await.unwrap().state, State::Cancelled);
    assert_eq!(call_off(id).await.unwrap().state, State::Cancelled, "again");
    assert_eq!(hall.left().await, 1);
    let next =
        open(&stage.app, &stage.store, stage.host, hall.room.id, terms(hall.auction.sku_id)).await.unwrap();
    let mei = hall.bidder("Mei").await;
    bid(&stage.app, &stage.store, hall.room.id, next.id, mei, 1_000, None).await.unwrap();
    assert!(matches!(call_off(next.id).await, Err(CancelError::HasBids)));
    assert_eq!(hall.left().await, 0);
}

#[db_test]
async fn the_end_of_the_room_is_the_end_of_its_auction(db: Db) {
    let hall = hall(db).await;
    let mei = hall.bidder("Mei").await;
    hall.bid(mei, 1_000, None).await.unwrap();
    let (app, store) = (&hall.stage.app, hall.stage.store.id);
    rooms::end(app, store, Some(hall.stage.host), hall.room.id, Ending::Host).await.unwrap();
    assert_eq!(hall.win().await.winner, mei, "what was bid stands");
    assert_eq!(hall.order(mei).await.total, 1_000, "and can be ordered after the end");
}

#[db_test]
async fn without_a_bid_it_is_called_off_with_the_room(db: Db) {
    let hall = hall(db).await;
    let (app, store) = (&hall.stage.app, hall.stage.store.id);
    rooms::end(app, store, Some(hall.stage.host), hall.room.id, Ending::Host).await.unwrap();
    assert_eq!((hall.now().await.state, hall.left().await), (State::Cancelled, 1));
    hall.after(3_600).await;
    assert_eq!(hall.now().await.state, State::Cancelled);
}

#[db_test]
async fn what_is_wrong_is_said_on_its_field_and_nothing_put_aside(db: Db) {
    let stage = stage(db).await;
    let (room, _, sku) = stage.live_with(1).await;
    let wrong = Open { start: 0, increment: 0, reserve: Some(0), seconds: 1, ..terms(sku) };
    match open(&stage.app, &stage.store, stage.host, room.id, wrong).await {
        Err(ToolError::Invalid(invalid)) => {
            let wrong: BTreeMap<_, _> =
                invalid.0.iter().map(|error| (error.field.as_ref(), &error.problem)).collect();
            assert_eq!(
                wrong.keys().copied().collect::<Vec<_>>(),
                ["increment", "price", "reserve", "seconds"]
            );
            assert_eq!(wrong["seconds"], &Problem::TooSmall(LASTS_MIN));
        }
        other => panic!("{other:?}"),
    }
    let nothing = open(&stage.app, &stage.store, stage.host, room.id, terms(SkuId::new())).await;
    assert!(matches!(nothing, Err(ToolError::Invalid(invalid)) if invalid.of("sku").is_some()));
    let early = stage.room().await;
    let refused = open(&stage.app, &stage.store, stage.host, early.id, terms(sku)).await;
    assert!(matches!(refused, Err(ToolError::NotAllowed(_))), "not before the start");
    let auction = open(&stage.app, &stage.store, stage.host, room.id, terms(sku)).await.unwrap();
    let mut read = stage.app.db.read().await.unwrap();
    let hold = stock::get_hold(&mut read, stage.store.id, auction.hold_id).await.unwrap().unwrap();
    assert_eq!((hold.state, hold.pieces), (HoldState::Held, 1));
}

#[db_test]
async fn nobody_bids_faster_than_people_do(db: Db) {
    let hall = hall(db).await;
    let (mei, tan) = (hall.bidder("Mei").await, hall.bidder("Tan").await);
    hall.bid(mei, 1_000, None).await.unwrap();
    hall.bid(tan, 1_100, None).await.unwrap();
    assert!(matches!(hall.bid(mei, 1_200, None).await, Err(BidError::TooFast)));
    assert!(
        matches!(hall.bid(tan, 1_200, Some(9_000)).await, Err(BidError::TooFast)),
        "nor raises a maximum"
    );
    assert_eq!(hall.now().await.bids, 2);
    hall.stage.app.clock.advance(jiff::SignedDuration::from_millis(500));
    assert!(hall.bid(mei, 1_200, None).await.unwrap().leads);
}

#[db_test]
async fn who_won_finds_the_way_to_the_order_while_the_next_is_auctioned(db: Db) {
    let stage = stage(db).await;
    let (room, _, sku) = stage.live_with(2).await;
    let auction = open(&stage.app, &stage.store, stage.host, room.id, terms(sku)).await.unwrap();
    let hall = Hall { stage, room, auction };
    let (mei, tan) = (hall.bidder("Mei").await, hall.bidder("Tan").await);
    hall.bid(tan, 1_000, None).await.unwrap();
    hall.bid(mei, 1_100, None).await.unwrap();
    hall.after(60).await;
    let Hall { stage, room, .. } = &hall;
    let next = open(&stage.app, &stage.store, stage.host, room.id, terms(sku)).await.unwrap();
    let shown = async || {
        let (mut read, room) = (stage.app.db.read().await.unwrap(), stage.get(room.id).await);
        let shown = crate::story::snapshot_for_buyers(&stage.app, &mut read, &room, stage.store.currency);
        shown.await.unwrap().tools
    };
    let tools = shown().await;
    assert_eq!(tools.auction.map(|auction| auction.id), Some(next.id));
    let won: Vec<_> = tools.auctions_won.iter().map(|won| (won.id, won.winner_number)).collect();
    assert_eq!(won, [(hall.auction.id, Some(2))]);
    let stands = async |account| {
        stands(&mut stage.app.db.read().await.unwrap(), hall.now().await, account).await.unwrap().order
    };
    assert_eq!(stands(mei).await, None);
    let Auction { product_id, sku_id, .. } = hall.auction;
    let order = stage.order_for(mei, room.id, product_id, sku_id, 1).await;
    assert_eq!(stands(mei).await, Some(order.id), "also before the auction has heard of it");
    assert_eq!(stands(tan).await, None, "it is nobody else's to know");
    stage.tell().await;
    assert_eq!(stands(mei).await, Some(order.id));
    stage.pay(&order).await;
    stage.tell().await;
    assert_eq!(shown().await.auctions_won, [], "it is paid");
}

#[db_test]
async fn a_winner_is_told_until_when_to_pay_and_nothing_when_that_is_past(db: Db) {
    let hall = hall(db).await;
    let mei = hall.bidder("Mei").await;
    hall.bid(mei, 1_000, None).await.unwrap();
    hall.stage.tell().await;
    hall.stage.advance(60);
    hall.stage.run_deadlines().await;
    // Whoever tells it was away for five minutes.
    hall.stage.advance(5 * 60);
    hall.stage.messages();
    hall.stage.tell().await;
    let [sent] = &hall.stage.messages()[..] else { panic!("one message") };
    assert!(sent.text.contains("by 10:16 (Asia/Singapore)"), "{}", sent.text);
    assert!(sent.text.contains("10:16（Asia/Singapore"), "{}", sent.text);
    hall.stage.advance(11 * 60);
    let won = AuctionWon { auction: hall.auction.id, winner: mei };
    tell_winner(&hall.stage.app, hall.stage.store.id, &won).await.unwrap();
    assert!(hall.stage.messages().is_empty());
}

#[db_test]
async fn what_was_won_is_told_ordered_and_paid_where_live_rooms_are_off(db: Db) {
    let hall = hall(db).await;
    let mei = hall.bidder("Mei").await;
    hall.bid(mei, 1_000, None).await.unwrap();
    let (stage, off) = (&hall.stage, hall.stage.without_live());
    stage.advance(60);
    for due in db::deadlines::due(&off.db, off.clock.now(), 100).await.unwrap() {
        crate::due(&off, &due).await.unwrap();
    }
    stage.tell_at(&off).await;
    assert!(stage.messages().iter().any(|message| message.text.contains("/auctions/")));
    let Auction { product_id, sku_id, .. } = hall.auction;
    let order = stage.order_for(mei, hall.room.id, product_id, sku_id, 1).await;
    stage.tell_at(&off).await;
    assert_eq!(hall.win().await.order, Some(order.id));
    stage.pay(&order).await;
    stage.tell_at(&off).await;
    assert!(matches!(hall.now().await.state, State::Sold(_)));
}

#[db_test]
async fn when_it_ended_is_kept(db: Db) {
    let hall = hall(db).await;
    let mei = hall.bidder("Mei").await;
    hall.bid(mei, 1_000, None).await.unwrap();
    assert_eq!(hall.now().await.ended_at, None);
    hall.stage.advance(20);
    let (app, store) = (&hall.stage.app, hall.stage.store.id);
    rooms::end(app, store, Some(hall.stage.host), hall.room.id, Ending::Host).await.unwrap();
    let ended = hall.now().await;
    assert_eq!(ended.ended_at, Some(app.clock.now()));
    assert!(ended.ends_at > app.clock.now(), "which was before its time");
}

/// Whatever writes down that something is sold out, fails.
async fn break_the_shelf(stage: &Stage) {
    let broken = match stage.app.db.engine() {
        "SQLite" => &[
            "create trigger no before update of sold_out on live_shelf begin select raise(abort, 'no'); end",
        ][..],
        _ => &[
            "create function no() returns trigger language plpgsql as 'begin raise exception ''no''; end'",
            "create trigger no before update of sold_out on live_shelf for each row execute function no()",
        ],
    };
    for sql in broken {
        stage.app.db.write(stage.store.id, async |tx| tx.execute(sql, &[]).await).await.unwrap();
    }
}

#[db_test]
async fn what_is_done_is_answered_so_also_when_it_cannot_be_told(db: Db) {
    let stage = stage(db).await;
    let (room, product, sku) = stage.live_with(1).await;
    break_the_shelf(&stage).await;
    let auction = open(&stage.app, &stage.store, stage.host, room.id, terms(sku)).await.unwrap();
    shelf::changed(&stage.app, stage.store.id, &[product]).await.unwrap_err();
    let cancelled = cancel(&stage.app, stage.store.id, stage.host, room.id, auction.id).await.unwrap();
    assert_eq!(cancelled.state, State::Cancelled);
}

/// Bids, stops what the bid is for, and lets the time pass.
async fn stopped(db: Db, sql: &str) -> Hall {
    let hall = hall(db).await;
    let (mei, store, product) = (hall.bidder("Mei").await, hall.stage.store.id, hall.auction.product_id);
    hall.bid(mei, 1_000, None).await.unwrap();
    let stop = async |tx: &mut db::Tx| tx.execute(sql, &[&store, &product]).await;
    hall.stage.app.db.write(store, stop).await.unwrap();
    let again = hall.bid(mei, 2_000, None).await;
    assert_eq!(matches!(again, Err(BidError::Closed)), sql.contains("paused"), "{again:?}");
    hall.after(60).await;
    hall
}

#[db_test]
async fn what_is_no_longer_sold_is_nobodys_to_pay(db: Db) {
    let hall = stopped(db, "update skus set on_sale = false where store_id = $1 and product_id = $2").await;
    assert_eq!(hall.now().await.state, State::Unsold);
    assert!(hall.stage.messages().is_empty(), "nobody is told to pay");
}

#[db_test]
async fn where_nothing_can_be_ordered_nobody_bids_or_wins(db: Db) {
    let hall = stopped(db, "update stores set state = 'paused' where id = $1 and id <> $2").await;
    assert_eq!(hall.now().await.state, State::Unsold);
    assert!(hall.stage.messages().is_empty(), "nobody is told to pay");
}

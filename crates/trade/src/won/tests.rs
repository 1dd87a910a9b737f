//! What is won is ordered by its winner or sold to others, never both, whoever is faster.

use std::{sync::Arc, time::Duration};

use db::Db;
use kernel::{AccountId, CheckoutId, Invalid, RoomId, SkuId, Timestamp};
use stores::{special_prices::Special, stock::HoldId};
use testkit::db_test;
use tokio::task::JoinSet;

use super::*;
use crate::{
    checkout::BeginError,
    orders::{self, Actor, CancelReason, Canceller, Method, PlaceError, State},
    testing::{Shop, shop},
};

impl Shop {
    async fn put_aside(&self, sku: SkuId) -> Result<HoldId, PutAsideError> {
        let (store, owner, now) = (&self.store, Some(self.owner), self.now());
        self.app.db.write(store.id, async |tx| put_aside(tx, store, sku, 1, owner, now).await).await
    }

    async fn award(&self, award: Award) -> Result<Special, AwardError> {
        let (store, now) = (&self.store, self.now());
        self.app.db.write(store.id, async |tx| super::award(tx, store, award, now).await).await
    }

    async fn give_back(&self, hold: HoldId) -> GivenBack {
        let (store, now) = (self.store.id, self.now());
        self.app.db.write(store, async |tx| give_back(tx, store, hold, now).await).await.unwrap()
    }

    /// What was there at first and every row since are what is there now.
    async fn the_ledger_adds_up(&self, sku: SkuId, at_first: i64) {
        let mut read = self.app.db.read().await.unwrap();
        let sql = "select cast(coalesce(sum(change), 0) as bigint) from stock_changes where sku_id = $1";
        let changes: i64 = read.one(sql, &[&sku]).await.unwrap();
        drop(read);
        assert_eq!(self.available(sku).await, at_first + changes);
    }
}

/// A vase, put aside and won by the buyer for 45.00, to be paid within ten minutes.
struct Won {
    sku: SkuId,
    room: RoomId,
    hold: HoldId,
    special: Special,
    pay_by: Timestamp,
}

async fn won(shop: &Shop, available: i64) -> Won {
    let sku = shop.sku("Vase", 3_000, available).await;
    let (room, pay_by) = (RoomId::new(), shop.now() + Duration::from_secs(600));
    let hold = shop.put_aside(sku).await.unwrap();
    let award = Award { hold, buyer: shop.buyer, price: 4_500, room, pay_by };
    let special = shop.award(award).await.unwrap();
    Won { sku, room, hold, special, pay_by }
}

#[db_test]
async fn the_last_piece_goes_to_its_winner_whoever_else_wants_it(db: Db) {
    let shop = Arc::new(shop(db).await);
    let sku = shop.sku("Vase", 3_000, 1).await;
    // They were about to buy it when the bidding opened.
    let mut others = Vec::new();
    for _ in 0..100 {
        others.push(shop.checkout(sku, 1).await);
    }
    let (room, pay_by) = (RoomId::new(), shop.now() + Duration::from_secs(600));
    let hold = shop.put_aside(sku).await.unwrap();
    let award = Award { hold, buyer: shop.buyer, price: 4_500, room, pay_by };
    shop.award(award).await.unwrap();
    let checkout = shop.live_checkout(room, shop.buyer, sku, 1).await.unwrap();
    let mut tasks = JoinSet::new();
    for (place, other) in others.into_iter().enumerate() {
        let shop = shop.clone();
        tasks.spawn(async move {
            if place == 50 {
                let order = shop.place_for(shop.buyer, checkout, Some(5_000)).await.unwrap();
                assert_eq!((order.total, order.state), (5_000, State::Unpaid { pay_by }));
            }
            let refused = shop.place_for(shop.buyer, other, None).await;
            assert!(matches!(refused, Err(PlaceError::SoldOut { available: 0, .. })), "{refused:?}");
        });
    }
    tasks.join_all().await;
    assert_eq!(shop.available(sku).await, 0);
    shop.the_ledger_adds_up(sku, 1).await;
    shop.check().await;
}

#[db_test]
async fn giving_back_and_ordering_at_once_end_in_one_of_the_two(db: Db) {
    let shop = Arc::new(shop(db).await);
    let (mut ordered, mut given_back) = (0, 0);
    for round in 0..40 {
        let won = won(&shop, 1).await;
        let checkout = shop.live_checkout(won.room, shop.buyer, won.sku, 1).await.unwrap();
        let place = async |shop: Arc<Shop>| shop.place_for(shop.buyer, checkout, Some(5_000)).await;
        let back = async |shop: Arc<Shop>| shop.give_back(won.hold).await;
        // Who is asked first changes; who is served first is for the lane to say.
        let (order, back) = if round % 2 == 0 {
            tokio::join!(place(shop.clone()), back(shop.clone()))
        } else {
            let (back, order) = tokio::join!(back(shop.clone()), place(shop.clone()));
            (order, back)
        };
        match (order, back) {
            (Ok(order), GivenBack::Ordered(of)) => {
                assert_eq!((order.id, shop.available(won.sku).await), (of, 0));
                ordered += 1;
            }
            // Without the right to it, the piece that is on the shelf again costs what it costs.
            (Err(PlaceError::PriceChanged(3_500)), GivenBack::Now) => {
                assert_eq!(shop.available(won.sku).await, 1);
                given_back += 1;
            }
            // On PostgreSQL the order may look at the shelf before the piece is back on it, and at the right after.
            (Err(PlaceError::SoldOut { available: 0, .. }), GivenBack::Now) => {
                assert_eq!(shop.available(won.sku).await, 1);
                given_back += 1;
            }
            other => panic!("{other:?}"),
        }
        shop.the_ledger_adds_up(won.sku, 1).await;
    }
    assert_eq!(ordered + given_back, 40);
    shop.check().await;
}

#[db_test]
async fn what_is_not_paid_in_time_is_on_the_shelf_again_and_no_longer_the_winners(db: Db) {
    let shop = shop(db).await;
    let won = won(&shop, 1).await;
    let checkout = shop.live_checkout(won.room, shop.buyer, won.sku, 1).await.unwrap();
    let order = shop.place_for(shop.buyer, checkout, None).await.unwrap();
    assert_eq!(order.state, State::Unpaid { pay_by: won.pay_by });
    assert_eq!(shop.give_back(won.hold).await, GivenBack::Ordered(order.id));
    shop.app.clock.advance(jiff::SignedDuration::from_secs(600));
    shop.run_deadlines().await;
    assert_eq!(shop.order(order.id).await.state, State::Cancelled(CancelReason::Timeout));
    assert_eq!(shop.available(won.sku).await, 1);
    let checkout = shop.live_checkout(won.room, shop.buyer, won.sku, 1).await.unwrap();
    assert_eq!(shop.place_for(shop.buyer, checkout, None).await.unwrap().total, 3_500, "as for anyone");
    shop.the_ledger_adds_up(won.sku, 1).await;
    shop.check().await;
}

#[db_test]
async fn a_winner_who_cancels_has_let_go_of_it(db: Db) {
    let shop = shop(db).await;
    let won = won(&shop, 1).await;
    let checkout = shop.live_checkout(won.room, shop.buyer, won.sku, 1).await.unwrap();
    let order = shop.place_for(shop.buyer, checkout, None).await.unwrap();
    let (actor, by) = (Actor::Buyer(shop.buyer), Canceller::Buyer);
    orders::cancel(&shop.app, &shop.store, order.id, actor, by, "").await.unwrap();
    assert_eq!(shop.available(won.sku).await, 1);
    assert!(!shop.special_now(won.special.id).await.is_running(shop.now()));
    assert_eq!(
        shop.give_back(won.hold).await,
        GivenBack::Ordered(order.id),
        "and it is not given back twice"
    );
    assert_eq!(shop.available(won.sku).await, 1);
    shop.the_ledger_adds_up(won.sku, 1).await;
}

#[db_test]
async fn only_the_winner_can_have_it_and_only_by_paying_online(db: Db) {
    let shop = shop(db).await;
    let won = won(&shop, 1).await;
    let stranger = shop.live_checkout(won.room, AccountId::new(), won.sku, 1).await;
    assert!(matches!(stranger, Err(BeginError::Trouble)), "for others it is sold out");
    let two = shop.live_checkout(won.room, shop.buyer, won.sku, 2).await;
    assert!(matches!(two, Err(BeginError::Trouble | BeginError::Invalid(Invalid(_)))), "one was won");
    let checkout: CheckoutId = shop.live_checkout(won.room, shop.buyer, won.sku, 1).await.unwrap();
    let at_counter = shop.place(checkout, shop.pick_up().await, Method::InStore).await;
    assert!(matches!(at_counter, Err(PlaceError::Invalid(invalid)) if invalid.of("method").is_some()));
    let order = shop.place(checkout, shop.pick_up().await, Method::Online).await.unwrap();
    assert_eq!(order.total, 4_500);
    shop.pay(&order).await;
    shop.check().await;
}

#[db_test]
async fn what_was_given_back_or_has_a_winner_cannot_be_awarded(db: Db) {
    let shop = shop(db).await;
    let won = won(&shop, 1).await;
    let again =
        Award { hold: won.hold, buyer: AccountId::new(), price: 100, room: won.room, pay_by: won.pay_by };
    assert!(matches!(shop.award(again).await, Err(AwardError::Gone)), "it has a winner");
    assert!(matches!(shop.put_aside(won.sku).await, Err(PutAsideError::Invalid(_))), "there is no other");
    assert_eq!(shop.give_back(won.hold).await, GivenBack::Now);
    assert_eq!(shop.give_back(won.hold).await, GivenBack::Before);
    assert_eq!(shop.available(won.sku).await, 1, "once");
    assert!(matches!(shop.award(again).await, Err(AwardError::Gone)), "it is on the shelf");
    // The next in line, after the first let the time pass.
    let hold = shop.put_aside(won.sku).await.unwrap();
    let first = Award { hold, ..again };
    let special = shop.award(first).await.unwrap();
    let (store, now) = (shop.store.id, shop.now());
    shop.app
        .db
        .write(store, async |tx| stores::special_prices::close(tx, store, None, special.id, now).await)
        .await
        .unwrap();
    shop.award(Award { buyer: shop.buyer, ..first }).await.unwrap();
    let checkout = shop.live_checkout(won.room, shop.buyer, won.sku, 1).await.unwrap();
    assert_eq!(shop.place_for(shop.buyer, checkout, None).await.unwrap().total, 600, "1.00 and the freight");
    shop.the_ledger_adds_up(won.sku, 1).await;
}

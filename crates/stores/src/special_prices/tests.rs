//! The rules of special prices as they hold in the database, also when hundreds want the same pieces.

use std::{sync::Arc, time::Duration};

use db::{Db, Target};
use kernel::{OrderId, Problem};
use testkit::db_test;
use tokio::task::JoinSet;

use super::*;
use crate::testing::{Shop, shop};

impl Shop {
    async fn special(&self, new: NewSpecial) -> Result<Special, SetError> {
        let (store, owner, now) = (&self.store, Some(self.owner), self.app.clock.now());
        self.app.db.write(store.id, async |tx| set(tx, store, owner, new, now).await).await
    }

    async fn take(
        &self,
        special: SpecialId,
        order: OrderId,
        buyer: AccountId,
        pieces: i64,
    ) -> Result<(), TakeError> {
        let (store, now) = (self.store.id, self.app.clock.now());
        self.app.db.write(store, async |tx| take(tx, store, special, order, buyer, pieces, now).await).await
    }

    async fn give_back(&self, order: OrderId) {
        let (store, now) = (self.store.id, self.app.clock.now());
        self.app.db.write(store, async |tx| give_back(tx, store, order, now).await).await.unwrap();
    }

    async fn now_of(&self, id: SpecialId) -> Special {
        get(&mut self.app.db.read().await.unwrap(), self.store.id, id).await.unwrap().unwrap()
    }

    async fn offered(&self, sku: SkuId, room: Option<RoomId>, buyer: AccountId, pieces: i64) -> Offer {
        let mut read = self.app.db.read().await.unwrap();
        let wish = Wish { sku, price: 500, pieces };
        best(&mut read, self.store.id, wish, room, buyer.uuid(), self.app.clock.now()).await.unwrap()
    }
}

/// What is counted as taken is what the orders' rows say.
async fn the_counts_add_up(db: &Db) {
    let sql = "select count(*) from special_prices s where s.taken <> (select coalesce(sum(t.pieces), 0) from special_takes t
        where t.store_id = s.store_id and t.special_id = s.id and t.given_back_at is null)";
    assert_eq!(db.read().await.unwrap().one::<i64>(sql, &[]).await.unwrap(), 0);
}

/// A flash price of 3.00 for the small tea of 5.00: twenty pieces, two for each buyer, ten minutes.
async fn flash(shop: &Shop) -> (SkuId, RoomId, Special) {
    let (_, skus) = shop.tea_on_shelf(500).await;
    let (room, now) = (RoomId::new(), shop.app.clock.now());
    let flash = NewSpecial {
        kind: Kind::Flash,
        ends_at: Some(now + Duration::from_secs(600)),
        quota: Some(20),
        per_buyer: Some(2),
        ..NewSpecial::live(skus[0], 300, room, now)
    };
    (skus[0], room, shop.special(flash).await.unwrap())
}

#[db_test]
async fn three_hundred_who_want_twenty_pieces_get_exactly_those(db: Db) {
    let shop = Arc::new(shop(db, "plum").await);
    let (_, _, flash) = flash(&shop).await;
    let mut tasks = JoinSet::new();
    for _ in 0..300 {
        let (shop, id) = (shop.clone(), flash.id);
        tasks.spawn(async move { shop.take(id, OrderId::new(), AccountId::new(), 1).await });
    }
    let results = tasks.join_all().await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 20);
    assert!(results.iter().filter_map(|r| r.as_ref().err()).all(|e| matches!(e, TakeError::Over)));
    assert_eq!(shop.now_of(flash.id).await.left(), Some(0));
    the_counts_add_up(&shop.app.db).await;
}

#[db_test]
async fn one_buyer_in_a_hundred_windows_gets_no_more_than_one_buyer_may(db: Db) {
    let shop = Arc::new(shop(db, "plum").await);
    let (sku, room, flash) = flash(&shop).await;
    let buyer = AccountId::new();
    let mut tasks = JoinSet::new();
    // On PostgreSQL also from two servers, whose writers do not wait in one lane.
    let second = match shop.app.db.target() {
        target @ Target::Postgres(_) => Db::open(&target).await.unwrap(),
        Target::Sqlite(_) => shop.app.db.clone(),
    };
    for turn in 0..100 {
        let db = if turn % 2 == 0 { shop.app.db.clone() } else { second.clone() };
        let (store, id, now) = (shop.store.id, flash.id, shop.app.clock.now());
        tasks.spawn(async move {
            db.write(store, async |tx| take(tx, store, id, OrderId::new(), buyer, 1, now).await).await
        });
    }
    let results = tasks.join_all().await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 2);
    assert!(results.iter().filter_map(|r| r.as_ref().err()).all(|e| matches!(e, TakeError::TooMany)));
    assert_eq!(shop.now_of(flash.id).await.taken, 2, "those who were refused took nothing");
    assert_eq!(shop.offered(sku, Some(room), buyer, 1).await, Offer::Usual);
    assert!(shop.offered(sku, Some(room), AccountId::new(), 1).await.special().is_some());
    the_counts_add_up(&shop.app.db).await;
}

#[db_test]
async fn what_an_order_took_is_given_back_once_however_often_it_is_asked(db: Db) {
    let shop = Arc::new(shop(db, "plum").await);
    let (_, _, flash) = flash(&shop).await;
    let (order, buyer) = (OrderId::new(), AccountId::new());
    shop.take(flash.id, order, buyer, 2).await.unwrap();
    shop.take(flash.id, OrderId::new(), AccountId::new(), 1).await.unwrap();
    let mut tasks = JoinSet::new();
    for _ in 0..50 {
        let shop = shop.clone();
        tasks.spawn(async move { shop.give_back(order).await });
    }
    tasks.join_all().await;
    assert_eq!(shop.now_of(flash.id).await.taken, 1);
    shop.take(flash.id, OrderId::new(), buyer, 2).await.unwrap();
    the_counts_add_up(&shop.app.db).await;
}

#[db_test]
async fn taking_and_giving_back_at_once_never_goes_over_the_quota(db: Db) {
    let shop = Arc::new(shop(db, "plum").await);
    let (_, _, flash) = flash(&shop).await;
    let mut tasks = JoinSet::new();
    for turn in 0..200 {
        let (shop, id) = (shop.clone(), flash.id);
        tasks.spawn(async move {
            let order = OrderId::new();
            let got = shop.take(id, order, AccountId::new(), 1).await.is_ok();
            if got && turn % 2 == 0 {
                shop.give_back(order).await;
            }
        });
    }
    tasks.join_all().await;
    assert!(shop.now_of(flash.id).await.taken <= 20);
    the_counts_add_up(&shop.app.db).await;
}

#[db_test]
async fn nothing_is_taken_outside_of_the_window_or_once_it_is_closed(db: Db) {
    let shop = shop(db, "plum").await;
    let (sku, room, flash) = flash(&shop).await;
    let try_it = async || shop.take(flash.id, OrderId::new(), AccountId::new(), 1).await;
    try_it().await.unwrap();
    shop.app.clock.advance(jiff::SignedDuration::from_secs(600));
    assert!(matches!(try_it().await, Err(TakeError::Over)), "its time is over");
    assert_eq!(shop.offered(sku, Some(room), AccountId::new(), 1).await, Offer::Usual);
    let (store, now) = (shop.store.id, shop.app.clock.now());
    let later =
        NewSpecial { starts_at: now + Duration::from_secs(60), ..NewSpecial::live(sku, 300, room, now) };
    let later = shop.special(later).await.unwrap();
    assert!(matches!(shop.take(later.id, OrderId::new(), AccountId::new(), 1).await, Err(TakeError::Over)));
    shop.app.clock.advance(jiff::SignedDuration::from_secs(60));
    shop.take(later.id, OrderId::new(), AccountId::new(), 1).await.unwrap();
    let end = async || {
        shop.app.db.write(store, async |tx| close(tx, store, Some(shop.owner), later.id, now).await).await
    };
    assert!(end().await.unwrap());
    assert!(!end().await.unwrap(), "closed once");
    assert!(matches!(shop.take(later.id, OrderId::new(), AccountId::new(), 1).await, Err(TakeError::Over)));
}

#[db_test]
async fn it_is_for_those_of_its_room_and_what_was_won_for_its_winner(db: Db) {
    let shop = shop(db, "plum").await;
    let (_, skus) = shop.tea_on_shelf(5).await;
    let (sku, room, now) = (skus[0], RoomId::new(), shop.app.clock.now());
    let (winner, other) = (AccountId::new(), AccountId::new());
    let live = shop.special(NewSpecial::live(sku, 400, room, now)).await.unwrap();
    let won = NewSpecial {
        kind: Kind::Won,
        buyer: Some(winner),
        ends_at: Some(now + Duration::from_secs(600)),
        quota: Some(1),
        ..NewSpecial::live(sku, 900, room, now)
    };
    let won = shop.special(won).await.unwrap();
    assert_eq!(shop.offered(sku, Some(room), other, 1).await, Offer::Special(live.clone()));
    assert_eq!(shop.offered(sku, Some(RoomId::new()), other, 1).await, Offer::Usual, "another room");
    assert_eq!(shop.offered(sku, None, winner, 1).await, Offer::Usual, "no room");
    assert_eq!(shop.offered(sku, Some(room), winner, 1).await, Offer::Special(won.clone()));
    assert!(matches!(shop.take(won.id, OrderId::new(), other, 1).await, Err(TakeError::Over)));
    let order = OrderId::new();
    shop.take(won.id, order, winner, 1).await.unwrap();
    assert_eq!(shop.offered(sku, Some(room), winner, 1).await, Offer::Special(live.clone()), "won once");
    shop.give_back(order).await;
    assert_eq!(shop.now_of(won.id).await.state, State::Closed, "let go for good");
    let mut read = shop.app.db.read().await.unwrap();
    let store = shop.store.id;
    assert_eq!(of_room(&mut read, store, room).await.unwrap(), std::slice::from_ref(&live));
    drop(read);
    shop.app.db.write(store, async |tx| close_room(tx, store, room, now).await).await.unwrap();
    assert_eq!(shop.now_of(live.id).await.state, State::Closed);
}

#[db_test]
async fn a_live_price_takes_the_place_of_the_one_before_it(db: Db) {
    let shop = shop(db, "plum").await;
    let (_, skus) = shop.tea_on_shelf(5).await;
    let (room, now) = (RoomId::new(), shop.app.clock.now());
    let first = shop.special(NewSpecial::live(skus[0], 400, room, now)).await.unwrap();
    let of_other_room = shop.special(NewSpecial::live(skus[0], 350, RoomId::new(), now)).await.unwrap();
    let second = shop.special(NewSpecial::live(skus[0], 450, room, now)).await.unwrap();
    assert_eq!(shop.now_of(first.id).await.state, State::Closed);
    assert_eq!(shop.now_of(of_other_room.id).await.state, State::Open);
    assert_eq!(shop.offered(skus[0], Some(room), shop.owner, 1).await, Offer::Special(second));
    let logged: i64 = shop
        .app
        .db
        .read()
        .await
        .unwrap()
        .one("select count(*) from audit where action = 'special.set'", &[])
        .await
        .unwrap();
    assert_eq!(logged, 3, "each is in the log");
}

#[db_test]
async fn every_limit_is_told_on_its_field(db: Db) {
    let shop = shop(db, "plum").await;
    let (_, skus) = shop.tea_on_shelf(5).await;
    let (room, now) = (RoomId::new(), shop.app.clock.now());
    let good = NewSpecial::live(skus[0], 400, room, now);
    let wrong = |change: fn(&mut NewSpecial), field: &'static str, problem: Problem| {
        let mut new = good.clone();
        change(&mut new);
        (new, field, problem)
    };
    let too_long = now + WINDOW_MAX + Duration::from_secs(1);
    let cases = [
        wrong(|n| n.price = 0, "price", Problem::TooSmall(1)),
        wrong(|n| n.price = 500, "price", Problem::Rule("stores-special-below")),
        wrong(|n| n.room = None, "room", Problem::Required),
        wrong(|n| n.kind = Kind::Flash, "ends_at", Problem::Required),
        wrong(|n| n.kind = Kind::Won, "buyer", Problem::Required),
        wrong(|n| n.ends_at = Some(n.starts_at), "ends_at", Problem::Rule("stores-special-ends")),
        wrong(|n| n.quota = Some(0), "quota", Problem::TooSmall(1)),
        wrong(|n| n.per_buyer = Some(0), "per_buyer", Problem::TooSmall(1)),
        wrong(|n| (n.quota, n.per_buyer) = (Some(3), Some(4)), "per_buyer", Problem::TooLarge(3)),
        (
            NewSpecial { ends_at: Some(too_long), ..good.clone() },
            "ends_at",
            Problem::Rule("stores-special-too-long"),
        ),
    ];
    for (new, field, problem) in cases {
        let refused = shop.special(new.clone()).await;
        let Err(SetError::Invalid(invalid)) = refused else { panic!("{new:?} was taken: {refused:?}") };
        assert_eq!(invalid.of(field), Some(&problem), "{field} of {new:?}");
    }
    let nothing = shop.special(NewSpecial::live(SkuId::new(), 400, room, now)).await;
    assert!(matches!(nothing, Err(SetError::NotFound)));
    let rows: i64 =
        shop.app.db.read().await.unwrap().one("select count(*) from special_prices", &[]).await.unwrap();
    assert_eq!(rows, 0, "nothing was set");
    shop.special(good).await.unwrap();
}

//! Buying at special prices: what is charged, what is left, and what comes back, on both engines and in a crowd.

use std::{sync::Arc, time::Duration};

use db::Db;
use kernel::{AccountId, CheckoutId, Invalid, Problem, RoomId, SkuId};
use stores::special_prices::{Kind, NewSpecial, Special};
use testkit::db_test;
use tokio::task::JoinSet;

use super::*;
use crate::{
    basket,
    checkout::{self, BeginError, Source, What},
    pricing::Reason,
    testing::{Shop, account, shop},
};

/// A teapot of 32.00 that costs 30.00 in a live room.
async fn live_teapot(shop: &Shop) -> (SkuId, RoomId, Special) {
    let sku = shop.sku("Teapot", 3_200, 500).await;
    let room = RoomId::new();
    (sku, room, shop.special(NewSpecial::live(sku, 3_000, room, shop.now())).await)
}

/// A flash sale of it at 20.00: so many pieces, two for each buyer, ten minutes.
async fn flash(shop: &Shop, sku: SkuId, room: RoomId, quota: i64) -> Special {
    let flash = NewSpecial {
        kind: Kind::Flash,
        ends_at: Some(shop.now() + Duration::from_secs(600)),
        quota: Some(quota),
        per_buyer: Some(2.min(quota)),
        ..NewSpecial::live(sku, 2_000, room, shop.now())
    };
    shop.special(flash).await
}

async fn count(shop: &Shop, sql: &str) -> i64 {
    shop.app.db.read().await.unwrap().one(sql, &[]).await.unwrap()
}

#[db_test]
async fn a_live_price_stands_in_the_order_with_its_reason_and_its_share(db: Db) {
    let shop = shop(db).await;
    let (sku, room, special) = live_teapot(&shop).await;
    let checkout = shop.live_checkout(room, shop.buyer, sku, 2).await.unwrap();
    let order = shop.place_for(shop.buyer, checkout, Some(6_000)).await.unwrap();
    let charges: Vec<_> = order.charges.iter().map(|charge| (charge.reason, charge.amount)).collect();
    assert_eq!(charges, [(Reason::Goods, 6_400), (Reason::Live, -400), (Reason::FreightFree, 0)]);
    let mut read = shop.app.db.read().await.unwrap();
    let line = lines(&mut read, shop.store.id, order.id).await.unwrap().remove(0);
    assert_eq!((line.unit_price, line.goods, line.discount, line.freight), (3_200, 6_400, 400, 0));
    let kept = get(&mut read, shop.store.id, order.id).await.unwrap().unwrap();
    let Source::Live { room: from, product } = kept.source else { panic!("{:?}", kept.source) };
    assert_eq!((from, product), (room, line.product_id));
    drop(read);
    shop.pay(&order).await;
    let told = db::outbox::due(&shop.app.db, shop.now(), 100).await.unwrap();
    let placed = told.iter().find_map(|event| event.read::<OrderPlaced>()).unwrap().unwrap();
    let moved = told.iter().find_map(|event| event.read::<OrderMoved>()).unwrap().unwrap();
    assert_eq!(
        (placed.source, moved.source),
        (kept.source, kept.source),
        "whoever hears of it hears from where"
    );
    assert_eq!(shop.special_now(special.id).await.taken, 2);
    shop.check().await;
}

#[db_test]
async fn a_basket_and_a_purchase_in_the_shop_know_nothing_of_a_rooms_prices(db: Db) {
    let shop = shop(db).await;
    let (sku, _, special) = live_teapot(&shop).await;
    let owner = shop.buyer.uuid();
    basket::add(&shop.app, &shop.store, owner, sku, 1).await.unwrap();
    let in_shop = What::BuyNow { sku, quantity: 1, shown: None };
    for what in [What::Basket, in_shop] {
        let begun = checkout::begin(&shop.app, &shop.store, owner, what, Source::Store).await.unwrap();
        let order = shop.place_for(shop.buyer, begun, None).await.unwrap();
        assert_eq!(order.total, 3_700, "32.00 and the freight");
    }
    assert_eq!(shop.special_now(special.id).await.taken, 0);
}

#[db_test]
async fn three_hundred_buyers_of_twenty_flash_pieces_make_twenty_orders_and_nobody_pays_more_unasked(db: Db) {
    let shop = Arc::new(shop(db).await);
    let (sku, room, _) = live_teapot(&shop).await;
    let flash = flash(&shop, sku, room, 20).await;
    let mut waiting = Vec::new();
    for _ in 0..300 {
        let buyer = AccountId::new();
        waiting.push((buyer, shop.live_checkout(room, buyer, sku, 1).await.unwrap()));
    }
    let mut tasks = JoinSet::new();
    for (place, (buyer, checkout)) in waiting.into_iter().enumerate() {
        let shop = shop.clone();
        // Pages say the total that was shown; a program that says none is not charged more either.
        let shown = (place % 2 == 0).then_some(2_500);
        tasks.spawn(async move { shop.place_for(buyer, checkout, shown).await });
    }
    let mut placed = 0;
    for result in tasks.join_all().await {
        match result {
            Ok(order) => {
                assert_eq!(order.total, 2_500);
                placed += 1;
            }
            Err(PlaceError::PriceChanged(total)) => assert_eq!(total, 3_500, "the live price still holds"),
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(placed, 20);
    assert_eq!(shop.special_now(flash.id).await.left(), Some(0));
    assert_eq!(shop.available(sku).await, 480, "those who were refused hold nothing");
    assert_eq!(count(&shop, "select count(*) from orders").await, 20);
    shop.check().await;
}

#[db_test]
async fn one_buyer_with_thirty_windows_gets_two_flash_pieces(db: Db) {
    let shop = Arc::new(shop(db).await);
    let (sku, room, _) = live_teapot(&shop).await;
    let flash = flash(&shop, sku, room, 20).await;
    let mut checkouts = Vec::new();
    for _ in 0..30 {
        checkouts.push(shop.live_checkout(room, shop.buyer, sku, 1).await.unwrap());
    }
    let mut tasks = JoinSet::new();
    for checkout in checkouts {
        let shop = shop.clone();
        tasks.spawn(async move { shop.place_for(shop.buyer, checkout, Some(2_500)).await });
    }
    let results = tasks.join_all().await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 2);
    let others = results.iter().filter_map(|result| result.as_ref().err());
    assert!(others.into_iter().all(|error| matches!(error, PlaceError::PriceChanged(3_500))));
    assert_eq!(shop.special_now(flash.id).await.taken, 2);
    shop.check().await;
}

#[db_test]
async fn one_checkout_placed_fifty_times_takes_its_pieces_once(db: Db) {
    let shop = Arc::new(shop(db).await);
    let (sku, room, _) = live_teapot(&shop).await;
    let flash = flash(&shop, sku, room, 20).await;
    let checkout = shop.live_checkout(room, shop.buyer, sku, 2).await.unwrap();
    let mut tasks = JoinSet::new();
    for _ in 0..50 {
        let shop = shop.clone();
        tasks.spawn(async move { shop.place_for(shop.buyer, checkout, Some(4_500)).await.unwrap().id });
    }
    let ids: std::collections::HashSet<OrderId> = tasks.join_all().await.into_iter().collect();
    assert_eq!((ids.len(), shop.special_now(flash.id).await.taken), (1, 2));
    shop.check().await;
}

#[db_test]
async fn a_price_that_is_over_is_asked_about_and_then_charged(db: Db) {
    let shop = shop(db).await;
    let (sku, room, live) = live_teapot(&shop).await;
    let flash = flash(&shop, sku, room, 20).await;
    let checkout = shop.live_checkout(room, shop.buyer, sku, 1).await.unwrap();
    let place = async |total| shop.place_for(shop.buyer, checkout, total).await;
    shop.app.clock.advance(jiff::SignedDuration::from_secs(600));
    for unasked in [Some(2_500), None] {
        assert!(matches!(place(unasked).await, Err(PlaceError::PriceChanged(3_500))), "{unasked:?}");
    }
    let now = shop.now();
    let close = async |id| {
        let store = shop.store.id;
        shop.app
            .db
            .write(store, async |tx| stores::special_prices::close(tx, store, None, id, now).await)
            .await
    };
    assert!(close(live.id).await.unwrap());
    assert!(matches!(place(Some(3_500)).await, Err(PlaceError::PriceChanged(3_700))));
    assert_eq!((shop.available(sku).await, count(&shop, "select count(*) from orders").await), (500, 0));
    assert_eq!(place(Some(3_700)).await.unwrap().total, 3_700);
    assert_eq!(shop.special_now(flash.id).await.taken, 0);
    shop.check().await;
}

#[db_test]
async fn an_order_that_comes_to_nothing_gives_its_special_pieces_back_once(db: Db) {
    let shop = shop(db).await;
    let (sku, room, _) = live_teapot(&shop).await;
    let flash = flash(&shop, sku, room, 2).await;
    let place = async || -> Result<Order, PlaceError> {
        let checkout = shop.live_checkout(room, shop.buyer, sku, 2).await.unwrap();
        shop.place_for(shop.buyer, checkout, Some(4_500)).await
    };
    let order = place().await.unwrap();
    assert!(matches!(place().await, Err(PlaceError::PriceChanged(_))));
    let (actor, by) = (Actor::Buyer(shop.buyer), Canceller::Buyer);
    cancel(&shop.app, &shop.store, order.id, actor, by, "").await.unwrap();
    assert_eq!(shop.special_now(flash.id).await.taken, 0);
    let again = place().await.unwrap();
    assert!(cancel(&shop.app, &shop.store, order.id, actor, by, "").await.is_err(), "cancelled once");
    assert_eq!(shop.special_now(flash.id).await.taken, 2);
    shop.app.clock.advance(jiff::SignedDuration::try_from(PAY_WITHIN).unwrap());
    for _ in 0..2 {
        lapse(&shop.app, shop.store.id, again.id).await.unwrap();
    }
    assert_eq!(shop.special_now(flash.id).await.taken, 0, "nobody paid in time");
    assert_eq!(shop.available(sku).await, 500);
    shop.check().await;
}

#[db_test]
async fn more_pieces_than_the_price_is_for_are_refused_at_once_with_how_many_it_is_for(db: Db) {
    let shop = shop(db).await;
    let (sku, room, live) = live_teapot(&shop).await;
    flash(&shop, sku, room, 5).await;
    let begin = async |quantity| shop.live_checkout(room, shop.buyer, sku, quantity).await;
    // The live price has no limit, so three are sold at that.
    let order = shop.place_for(shop.buyer, begin(3).await.unwrap(), None).await.unwrap();
    assert_eq!(order.total, 9_000);
    let (store, now) = (shop.store.id, shop.now());
    let close = shop
        .app
        .db
        .write(store, async |tx| stores::special_prices::close(tx, store, None, live.id, now).await);
    assert!(close.await.unwrap());
    let refused = begin(3).await.unwrap_err();
    let BeginError::Invalid(Invalid(problems)) = refused else { panic!("{refused:?}") };
    assert_eq!((problems[0].field.as_ref(), &problems[0].problem), ("quantity", &Problem::TooLarge(2)));
    let other = shop.sku("Cup", 700, 5).await;
    let wrong = Source::Live { room, product: kernel::ProductId::new() };
    let what = What::BuyNow { sku: other, quantity: 1, shown: None };
    let refused = checkout::begin(&shop.app, &shop.store, shop.buyer.uuid(), what, wrong).await;
    assert!(matches!(refused, Err(BeginError::Invalid(invalid)) if invalid.of("sku").is_some()));
}

#[db_test]
async fn whoever_was_shown_a_lower_price_than_there_is_must_say_the_total(db: Db) {
    let shop = shop(db).await;
    let sku = shop.sku("Teapot", 3_200, 5).await;
    let product = {
        let mut read = shop.app.db.read().await.unwrap();
        read.one("select product_id from skus where id = $1", &[&sku]).await.unwrap()
    };
    let what = What::BuyNow { sku, quantity: 1, shown: Some(2_000) };
    let source = Source::Live { room: RoomId::new(), product };
    let begun: CheckoutId =
        checkout::begin(&shop.app, &shop.store, shop.buyer.uuid(), what, source).await.unwrap();
    let refused = shop.place_for(shop.buyer, begun, None).await;
    assert!(matches!(refused, Err(PlaceError::PriceChanged(3_700))), "it ended while they were tapping");
    shop.place_for(shop.buyer, begun, Some(3_700)).await.unwrap();
}

#[db_test]
async fn a_room_knows_what_it_sold_in_all_of_each_product_and_in_each_minute(db: Db) {
    let shop = shop(db).await;
    let (teapot, room, _) = live_teapot(&shop).await;
    let cup = shop.sku("Cup", 700, 50).await;
    let buy = async |room, sku, quantity, pays: bool| {
        let buyer = account(&shop.app, "mei@example.com").await;
        let checkout = shop.live_checkout(room, buyer, sku, quantity).await.unwrap();
        let order = shop.place_for(buyer, checkout, None).await.unwrap();
        if pays {
            shop.pay(&order).await;
        }
        order
    };
    let first = shop.now();
    buy(room, teapot, 2, true).await;
    buy(room, cup, 1, false).await;
    buy(RoomId::new(), teapot, 1, true).await;
    shop.unpaid(cup, 3).await;
    shop.app.clock.advance(jiff::SignedDuration::from_secs(61));
    let back = buy(room, cup, 4, true).await;
    let (actor, by) = (Actor::Buyer(shop.buyer), Canceller::Buyer);
    cancel(&shop.app, &shop.store, back.id, actor, by, "").await.unwrap();
    let (store, mut read) = (shop.store.id, shop.app.db.read().await.unwrap());
    let all = sales_of_room(&mut read, store, room).await.unwrap();
    assert_eq!(all, RoomSales { orders: 3, paid: 2, pieces: 6, revenue: 6_000 }, "the cups' money went back");
    let by_product = sales_by_product(&mut read, store, room).await.unwrap();
    let numbers: Vec<_> = by_product.iter().map(|p| (p.orders, p.paid, p.pieces, p.revenue)).collect();
    assert_eq!(numbers, [(1, 1, 2, 6_000), (2, 1, 4, 0)]);
    let by_minute = sales_by_minute(&mut read, store, room).await.unwrap();
    let numbers: Vec<_> = by_minute.iter().map(|m| (m.orders, m.paid, m.revenue)).collect();
    assert_eq!(numbers, [(2, 1, 6_000), (1, 1, 0)]);
    assert!(by_minute[0].minute <= first && first < by_minute[0].minute + Duration::from_secs(60));
    let nothing = sales_of_room(&mut read, store, RoomId::new()).await.unwrap();
    assert_eq!(nothing, RoomSales::default());
}

//! The rules of orders as they hold in the database, on both engines, also when many ask at once.

use std::time::Duration;

use db::Db;
use kernel::{CheckoutId, OrderId, SkuId};
use testkit::db_test;
use tokio::task::JoinSet;

use super::*;
use crate::{
    basket,
    checkout::{self, Source, What},
    ledger,
    testing::{Shop, account, open_store, shop},
};

async fn count(db: &Db, sql: &str) -> i64 {
    db.read().await.unwrap().one(sql, &[]).await.unwrap()
}

#[db_test]
async fn five_hundred_buyers_of_a_hundred_pieces_make_a_hundred_orders(db: Db) {
    let shop = std::sync::Arc::new(shop(db).await);
    let sku = shop.sku("Mooncake gift box", 4_800, 100).await;
    let mut checkouts = Vec::new();
    for _ in 0..500 {
        checkouts.push(shop.checkout(sku, 1).await);
    }
    let mut tasks = JoinSet::new();
    for checkout in checkouts {
        let shop = shop.clone();
        tasks.spawn(async move { shop.place(checkout, Shop::delivery(), Method::Online).await });
    }
    let mut placed = 0;
    for result in tasks.join_all().await {
        match result {
            Ok(_) => placed += 1,
            Err(PlaceError::SoldOut { available: 0, .. }) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(placed, 100);
    assert_eq!(shop.available(sku).await, 0);
    assert_eq!(count(&shop.app.db, "select count(*) from orders").await, 100);
    assert_eq!(count(&shop.app.db, "select count(*) from order_lines").await, 100);
    shop.check().await;
}

#[db_test]
async fn one_checkout_placed_fifty_times_at_once_is_one_order(db: Db) {
    let shop = std::sync::Arc::new(shop(db).await);
    let sku = shop.sku("Teapot", 3_200, 10).await;
    let checkout = shop.checkout(sku, 2).await;
    let mut tasks = JoinSet::new();
    for _ in 0..50 {
        let shop = shop.clone();
        tasks.spawn(async move { shop.place(checkout, Shop::delivery(), Method::Online).await.unwrap().id });
    }
    let ids: std::collections::HashSet<OrderId> = tasks.join_all().await.into_iter().collect();
    assert_eq!(ids.len(), 1, "everyone is answered with the same order");
    assert_eq!(shop.available(sku).await, 8);
    assert_eq!(count(&shop.app.db, "select count(*) from orders").await, 1);
    let replay = shop.place(checkout, Shop::delivery(), Method::Online).await.unwrap();
    assert!(ids.contains(&replay.id), "also later");
}

#[db_test]
async fn one_code_redeemed_fifty_times_at_once_hands_over_once(db: Db) {
    let shop = std::sync::Arc::new(shop(db).await);
    let sku = shop.sku("Dumplings", 890, 10).await;
    let order = shop.ready(sku, 1).await;
    let code = order.pick_up_code.clone().unwrap();
    let mut tasks = JoinSet::new();
    for _ in 0..50 {
        let (shop, code) = (shop.clone(), code.clone());
        tasks.spawn(async move { redeem(&shop.app, &shop.store, shop.owner, None, &code).await });
    }
    let results = tasks.join_all().await;
    assert_eq!(results.iter().filter(|r| r.is_ok()).count(), 1);
    assert!(results.iter().filter_map(|r| r.as_ref().err()).all(|e| matches!(e, RedeemError::Used)));
    let order = shop.order(order.id).await;
    assert_eq!((order.state, order.paid), (State::Completed, 890), "paid at the counter, once");
    let balance = ledger::balance(&mut shop.app.db.read().await.unwrap(), &shop.store).await.unwrap();
    assert_eq!(
        (balance.till, balance.available, balance.commission),
        (shop.money(890), shop.money(0), shop.money(0))
    );
    shop.check().await;
}

#[db_test]
async fn a_code_is_good_only_in_its_store_at_its_branch_when_it_is_ready(db: Db) {
    let shop = shop(db).await;
    let sku = shop.sku("Dumplings", 890, 10).await;
    let checkout = shop.checkout(sku, 1).await;
    let order = shop.place(checkout, shop.pick_up().await, Method::InStore).await.unwrap();
    let code = order.pick_up_code.clone().unwrap();
    let try_at =
        async |store: &stores::Store, branch| redeem(&shop.app, store, shop.owner, branch, &code).await;
    assert!(matches!(try_at(&shop.store, None).await, Err(RedeemError::NotAllowed(_))), "not accepted yet");
    accept(&shop.app, &shop.store, shop.owner, order.id).await.unwrap();
    ready(&shop.app, &shop.store, shop.owner, order.id).await.unwrap();
    let other = open_store(&shop.app, shop.owner, "other", "Another Kitchen").await;
    assert!(matches!(try_at(&other, None).await, Err(RedeemError::NotFound)), "another store");
    let elsewhere = Some(kernel::BranchId::new());
    assert!(matches!(try_at(&shop.store, elsewhere).await, Err(RedeemError::OtherBranch)));
    let spaced = format!("{} {} {}", &code[..4], &code[4..8], &code[8..]);
    let done = redeem(&shop.app, &shop.store, shop.owner, Some(shop.branch.id), &spaced).await.unwrap();
    assert_eq!(done.state, State::Completed);
}

#[db_test]
async fn where_there_are_several_counters_one_says_which_it_is(db: Db) {
    let shop = shop(db).await;
    let sku = shop.sku("Dumplings", 890, 10).await;
    let order = shop.ready(sku, 1).await;
    let code = order.pick_up_code.clone().unwrap();
    let copy = "insert into branches (store_id, id, position, name, address, phone, hours, pick_up, slot_minutes, slot_capacity)
        select store_id, $2, 1, 'Elsewhere', address, phone, hours, pick_up, slot_minutes, slot_capacity from branches where store_id = $1";
    let (store, other) = (shop.store.id, kernel::BranchId::new());
    shop.app.db.write(store, async |tx| tx.execute(copy, &[&store, &other]).await).await.unwrap();
    let try_at = async |branch| redeem(&shop.app, &shop.store, shop.owner, branch, &code).await;
    assert!(matches!(try_at(None).await, Err(RedeemError::NeedsBranch)));
    assert!(matches!(try_at(Some(other)).await, Err(RedeemError::OtherBranch)));
    try_at(Some(shop.branch.id)).await.unwrap();
}

#[db_test]
async fn what_was_paid_and_called_off_is_no_longer_sold(db: Db) {
    let shop = shop(db).await;
    let sku = shop.sku("Dumplings", 890, 10).await;
    let sold = async || {
        let mut read = shop.app.db.read().await.unwrap();
        let of = "select s.sold + 1000 * p.sold from skus s join products p on p.id = s.product_id where s.id = $1";
        read.one::<i64>(of, &[&sku]).await.unwrap()
    };
    let order = shop.unpaid(sku, 3).await;
    shop.pay(&order).await;
    assert_eq!(sold().await, 3_003);
    let actor = Actor::Buyer(order.buyer_id);
    cancel(&shop.app, &shop.store, order.id, actor, Canceller::Buyer, "").await.unwrap();
    assert_eq!(sold().await, 0);
    shop.check().await;
}

#[db_test]
async fn a_slot_takes_no_more_orders_than_it_holds(db: Db) {
    let shop = std::sync::Arc::new(shop(db).await);
    let sku = shop.sku("Dumplings", 890, 100).await;
    let choice = shop.pick_up().await;
    let capacity = shop.branch.slot_capacity;
    let mut tasks = JoinSet::new();
    for _ in 0..capacity + 15 {
        let checkout = shop.checkout(sku, 1).await;
        let (shop, choice) = (shop.clone(), choice.clone());
        tasks.spawn(async move { shop.place(checkout, choice, Method::InStore).await });
    }
    let results = tasks.join_all().await;
    let placed: Vec<&Order> = results.iter().filter_map(|r| r.as_ref().ok()).collect();
    assert_eq!(placed.len() as i64, capacity);
    assert!(results.iter().filter_map(|r| r.as_ref().err()).all(|e| matches!(e, PlaceError::SlotFull)));
    assert_eq!(shop.available(sku).await, 100 - capacity, "those without a slot hold no stock");
    // A cancelled order makes room for another.
    let buyer = Actor::Buyer(shop.buyer);
    cancel(&shop.app, &shop.store, placed[0].id, buyer, Canceller::Buyer, "").await.unwrap();
    let checkout = shop.checkout(sku, 1).await;
    shop.place(checkout, choice, Method::InStore).await.unwrap();
}

#[db_test]
async fn an_unpaid_order_is_cancelled_by_its_deadline_once_also_when_late(db: Db) {
    let shop = shop(db).await;
    let sku = shop.sku("Teapot", 3_200, 5).await;
    let order = shop.unpaid(sku, 3).await;
    assert_eq!(shop.available(sku).await, 2);
    shop.run_deadlines().await;
    assert_eq!(shop.order(order.id).await.state.step(), Step::Unpaid, "not before its time");
    // The server was down for two days.
    shop.app.clock.advance(jiff::SignedDuration::from_hours(48));
    let late = db::deadlines::due(&shop.app.db, shop.now(), 10).await.unwrap();
    assert_eq!(late.len(), 1);
    for _ in 0..3 {
        for due in &late {
            crate::due(&shop.app, due).await.unwrap();
        }
    }
    let order = shop.order(order.id).await;
    assert_eq!(order.state, State::Cancelled(CancelReason::Timeout));
    assert_eq!(shop.available(sku).await, 5, "everything is back, once");
    assert!(db::deadlines::due(&shop.app.db, shop.now(), 10).await.unwrap().is_empty());
    let mut read = shop.app.db.read().await.unwrap();
    let moves = moves(&mut read, shop.store.id, order.id).await.unwrap();
    assert_eq!(moves.iter().filter(|m| m.to_state == Step::Cancelled).count(), 1);
    assert_eq!(moves.last().map(|m| m.actor), Some(ActorKind::Clock));
}

#[db_test]
async fn a_delivery_is_paid_shipped_in_parts_and_confirmed(db: Db) {
    let shop = shop(db).await;
    let sku = shop.sku("Teapot", 1_000, 5).await;
    let order = shop.unpaid(sku, 3).await;
    assert_eq!(order.total, 3_500, "three of 10.00 and 5.00 freight");
    shop.pay(&order).await;
    assert_eq!(shop.order(order.id).await.state, State::ToShip);
    let parcel = |quantity| Ship {
        carrier: "SingPost".into(),
        tracking: "SP123".into(),
        contents: vec![Packed { line: 1, quantity }],
    };
    let send = async |ship: Ship| super::ship(&shop.app, &shop.store, shop.owner, order.id, ship).await;
    assert!(matches!(send(parcel(4)).await, Err(ShipError::Invalid(_))), "more than was bought");
    assert_eq!(send(parcel(1)).await.unwrap().state, State::PartShipped);
    assert!(matches!(send(parcel(3)).await, Err(ShipError::Invalid(_))), "more than is left");
    let rest = Ship { contents: Vec::new(), ..parcel(1) };
    assert_eq!(send(rest).await.unwrap().state.step(), Step::Shipped);
    let stranger = account(&shop.app, "stranger@example.com").await;
    let refused = confirm(&shop.app, &shop.store, stranger, order.id).await;
    assert!(matches!(refused, Err(MoveError::NotFound)));
    assert_eq!(confirm(&shop.app, &shop.store, shop.buyer, order.id).await.unwrap().state, State::Completed);
    let balance = ledger::balance(&mut shop.app.db.read().await.unwrap(), &shop.store).await.unwrap();
    assert_eq!(
        (balance.pending, balance.available),
        (shop.money(0), shop.money(3_479)),
        "0.6 % of 35.00 is 0.21"
    );
    shop.check().await;
}

#[db_test]
async fn a_shipped_order_completes_by_itself(db: Db) {
    let shop = shop(db).await;
    let sku = shop.sku("Teapot", 1_000, 5).await;
    let order = shop.unpaid(sku, 1).await;
    shop.pay(&order).await;
    let parcel = Ship { carrier: "SingPost".into(), tracking: "SP1".into(), contents: Vec::new() };
    ship(&shop.app, &shop.store, shop.owner, order.id, parcel).await.unwrap();
    shop.app.clock.advance(jiff::SignedDuration::try_from(CONFIRM_WITHIN).unwrap());
    shop.run_deadlines().await;
    assert_eq!(shop.order(order.id).await.state, State::Completed);
    let balance = ledger::balance(&mut shop.app.db.read().await.unwrap(), &shop.store).await.unwrap();
    assert_eq!(balance.pending, shop.money(0));
}

#[db_test]
async fn what_was_paid_goes_back_when_the_merchant_refuses_or_is_silent(db: Db) {
    let shop = shop(db).await;
    let sku = shop.sku("Dumplings", 890, 10).await;
    for silent in [false, true] {
        let checkout = shop.checkout(sku, 1).await;
        let order = shop.place(checkout, shop.pick_up().await, Method::Online).await.unwrap();
        shop.pay(&order).await;
        assert_eq!(shop.order(order.id).await.state.step(), Step::AwaitingAcceptance);
        if silent {
            shop.app.clock.advance(jiff::SignedDuration::from_hours(24));
            shop.run_deadlines().await;
        } else {
            let by = Canceller::Merchant { sold_out: true };
            cancel(&shop.app, &shop.store, order.id, Actor::Staff(shop.owner), by, "no more").await.unwrap();
        }
        let order = shop.order(order.id).await;
        let reason = if silent { CancelReason::NotAccepted } else { CancelReason::SoldOut };
        assert_eq!((order.state, order.refunded), (State::Refunded(reason), 890));
    }
    assert_eq!(shop.available(sku).await, 10);
    let balance = ledger::balance(&mut shop.app.db.read().await.unwrap(), &shop.store).await.unwrap();
    assert_eq!((balance.pending, balance.commission), (shop.money(0), shop.money(0)), "the commission too");
    shop.check().await;
}

#[db_test]
async fn only_the_buyer_finds_a_checkout_or_cancels_an_order(db: Db) {
    let shop = shop(db).await;
    let sku = shop.sku("Teapot", 3_200, 5).await;
    let stranger = account(&shop.app, "stranger@example.com").await;
    let place = |checkout| Place {
        checkout,
        choice: Shop::delivery(),
        method: Method::Online,
        note: String::new(),
        expected_total: None,
    };
    let theirs = shop.checkout(sku, 1).await;
    for checkout in [theirs, CheckoutId::new()] {
        let refused = super::place(&shop.app, &shop.store, stranger, place(checkout)).await;
        assert!(matches!(refused, Err(PlaceError::NotFound)));
    }
    let order = shop.unpaid(sku, 1).await;
    let by_stranger = Actor::Buyer(stranger);
    let refused = cancel(&shop.app, &shop.store, order.id, by_stranger, Canceller::Buyer, "").await;
    assert!(matches!(refused, Err(MoveError::NotFound)));
}

#[db_test]
async fn nothing_is_placed_at_another_price_or_slot_or_for_a_wrong_address(db: Db) {
    let shop = shop(db).await;
    let sku = shop.sku("Teapot", 3_200, 5).await;
    let checkout = shop.checkout(sku, 1).await;
    let try_with = async |choice: Choice, method, expected_total| {
        let place = Place { checkout, choice, method, note: String::new(), expected_total };
        super::place(&shop.app, &shop.store, shop.buyer, place).await
    };
    let price = try_with(Shop::delivery(), Method::Online, Some(3_200)).await;
    assert!(matches!(price, Err(PlaceError::PriceChanged(3_700))), "freight was not shown");
    let at_door = try_with(Shop::delivery(), Method::InStore, None).await;
    assert!(matches!(at_door, Err(PlaceError::Invalid(_))));
    let Choice::PickUp { recipient, branch, starts_at } = shop.pick_up().await else { unreachable!() };
    let moved = Choice::PickUp { recipient, branch, starts_at: starts_at + Duration::from_secs(60) };
    assert!(matches!(try_with(moved, Method::Online, None).await, Err(PlaceError::Invalid(_))));
    let nobody = Choice::DeliveryTo(kernel::AddressId::new());
    assert!(matches!(try_with(nobody, Method::Online, None).await, Err(PlaceError::Invalid(_))));
    assert_eq!(shop.available(sku).await, 5);
    assert_eq!(count(&shop.app.db, "select count(*) from orders").await, 0);
    try_with(Shop::delivery(), Method::Online, Some(3_700)).await.unwrap();
}

#[db_test]
async fn an_order_takes_its_lines_out_of_the_basket_and_remembers_the_address(db: Db) {
    let shop = shop(db).await;
    let owner = shop.buyer.uuid();
    let (tea, cup): (SkuId, SkuId) = (shop.sku("Tea", 500, 50).await, shop.sku("Cup", 700, 50).await);
    basket::add(&shop.app, &shop.store, owner, tea, 2).await.unwrap();
    let begun = checkout::begin(&shop.app, &shop.store, owner, What::Basket, Source::Store).await.unwrap();
    shop.app.clock.advance(jiff::SignedDuration::from_secs(1));
    basket::add(&shop.app, &shop.store, owner, cup, 1).await.unwrap();
    shop.place(begun, Shop::delivery(), Method::Online).await.unwrap();
    let mut read = shop.app.db.read().await.unwrap();
    let left = basket::look(&mut read, &shop.store, owner).await.unwrap();
    assert_eq!(
        left.lines.iter().map(|l| l.sellable.sku_id).collect::<Vec<_>>(),
        [cup],
        "what came later stays"
    );
    drop(read);
    shop.unpaid(tea, 1).await;
    let mut read = shop.app.db.read().await.unwrap();
    let book = crate::addresses::list(&mut read, shop.buyer).await.unwrap();
    assert_eq!(book.len(), 1, "the same address is kept once");
}

#[db_test]
async fn every_move_is_told_in_order(db: Db) {
    let shop = shop(db).await;
    let sku = shop.sku("Dumplings", 890, 10).await;
    let order = shop.ready(sku, 1).await;
    let told = db::outbox::due(&shop.app.db, shop.now(), 100).await.unwrap();
    let kinds: Vec<&str> = told.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["order.placed", "order.moved", "order.moved"]);
    let mut news = shop.app.bus.listen();
    on_event(&shop.app, &told[0]).await.unwrap();
    let heard = news.recv().await.unwrap();
    assert_eq!(
        (heard.topic, heard.kind.as_str()),
        (gateways::bus::Topic::Store(shop.store.id), "order.placed")
    );
    assert_eq!(news.recv().await.unwrap().topic, gateways::bus::Topic::Order(order.id));
}

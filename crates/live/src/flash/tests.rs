use std::sync::Arc;

use db::Db;
use kernel::{AccountId, Invalid, Problem, ProductId, RoomId};
use serde_json::Value;
use testkit::db_test;
use tokio::task::JoinSet;
use trade::{
    checkout::{BeginError, What},
    orders::{Order, PlaceError},
};

use super::*;
use crate::{
    ToolError,
    rooms::{self, Ending, NotAllowed, Step},
    shelf,
    testing::{Stage, account, stage},
};

/// The usual price of what is sold here is 5.00, the flash price 3.00.
fn sale_of(sku: SkuId, quota: i64) -> NewSale {
    NewSale { sku, price: 300, quota, per_buyer: None, countdown_seconds: 10, minutes: 3 }
}

/// A live room, its product, and a flash sale of it that has begun.
async fn running(stage: &Stage, stock: i64, quota: i64) -> (Room, ProductId, Sale) {
    let (room, product, sku) = stage.live_with(stock).await;
    let sale = begin(&stage.app, &stage.store, stage.host, room.id, sale_of(sku, quota)).await.unwrap();
    stage.advance(10);
    (room, product, sale)
}

async fn now(stage: &Stage, room: &Room) -> Vec<(i64, State)> {
    let sales = of_room(&mut stage.app.db.read().await.unwrap(), room).await.unwrap();
    sales.iter().map(|sale| (sale.left, sale.state)).collect()
}

/// What the room was told of flash sales, in order.
async fn told(stage: &Stage, room: RoomId) -> Vec<String> {
    let story = stage.story(room).await;
    let sales = story.iter().filter(|event| event.kind.as_str() == "flash_sale");
    let state = |d: &str| serde_json::from_str::<Value>(d).unwrap()["state"].as_str().unwrap().to_owned();
    sales.map(|event| state(event.d.get())).collect()
}

/// What the goods of an order cost.
fn goods(order: &Order) -> i64 {
    order.total
        - order
            .charges
            .iter()
            .filter(|charge| charge.reason.as_str().contains("freight"))
            .map(|c| c.amount)
            .sum::<i64>()
}

#[db_test]
async fn the_price_falls_after_the_countdown_and_rises_when_the_time_is_up(db: Db) {
    let stage = stage(db).await;
    let (room, product, sku) = stage.live_with(9).await;
    let sale = begin(&stage.app, &stage.store, stage.host, room.id, sale_of(sku, 5)).await.unwrap();
    assert_eq!(goods(&stage.order(room.id, product, sku, 1).await), 500, "it is announced");
    stage.advance(10);
    assert_eq!(goods(&stage.order(room.id, product, sku, 1).await), 300);
    stage.tell().await;
    assert_eq!(now(&stage, &room).await, [(4, State::Open)]);
    stage.advance(180);
    assert_eq!(goods(&stage.order(room.id, product, sku, 1).await), 500, "also before anyone has ended it");
    stage.run_deadlines().await;
    assert_eq!(now(&stage, &room).await, []);
    assert_eq!(told(&stage, room.id).await, ["open", "over"]);
    end(&stage.app, stage.store.id, stage.host, room.id, sale.id).await.unwrap();
    assert_eq!(told(&stage, room.id).await, ["open", "over"], "what is over is over");
    let again = begin(&stage.app, &stage.store, stage.host, room.id, sale_of(sku, 5)).await;
    assert!(again.is_ok(), "and there may be another: {again:?}");
}

#[db_test]
async fn who_comes_in_sees_it(db: Db) {
    let stage = stage(db).await;
    let (room, _, sale) = running(&stage, 9, 5).await;
    let mut read = stage.app.db.read().await.unwrap();
    let shown = crate::story::snapshot_for_buyers(&stage.app, &mut read, &room, stage.store.currency);
    let d = serde_json::to_value(shown.await.unwrap()).unwrap();
    let flash = &d["flash"][0];
    assert_eq!(flash["id"].as_str(), Some(sale.id.to_string().as_str()));
    assert_eq!((flash["number"].as_i64(), flash["price"].as_i64()), (Some(1), Some(300)));
    assert_eq!((flash["quota"].as_i64(), flash["left"].as_i64()), (Some(5), Some(5)));
    assert_eq!(flash["state"], "open");
    assert_eq!(flash["ends_at"].as_i64().unwrap() - flash["starts_at"].as_i64().unwrap(), 180_000);
}

/// Someone who saw the flash price. Of those who are too late, some agree to the usual one.
async fn buy(stage: &Stage, room: RoomId, product: ProductId, sku: SkuId, insists: bool) -> Option<i64> {
    let buyer = AccountId::new();
    let what = What::BuyNow { sku, quantity: 1, shown: Some(300) };
    let checkout = stage.checkout(buyer, room, product, what).await.unwrap();
    match stage.place(buyer, checkout, None).await {
        Ok(order) => Some(goods(&order)),
        Err(PlaceError::PriceChanged(total)) if insists => {
            Some(goods(&stage.place(buyer, checkout, Some(total)).await.unwrap()))
        }
        Err(PlaceError::PriceChanged(_)) => None,
        Err(other) => panic!("{other:?}"),
    }
}

#[db_test]
async fn of_two_thousand_buyers_two_hundred_get_the_flash_price_and_nobody_pays_more_unasked(db: Db) {
    let stage = Arc::new(stage(db).await);
    let (room, product, sale) = running(&stage, 1_000, 200).await;
    let mut tasks = JoinSet::new();
    for place in 0..2_000 {
        let stage = stage.clone();
        tasks.spawn(async move { buy(&stage, room.id, product, sale.sku, place % 4 == 0).await });
    }
    let paid = tasks.join_all().await;
    let of = |price: Option<i64>| paid.iter().filter(|paid| **paid == price).count();
    assert_eq!(of(Some(300)), 200);
    assert_eq!(of(Some(300)) + of(Some(500)) + of(None), 2_000, "the others were refused, or agreed to 5.00");
    stage.tell().await;
    assert_eq!(now(&stage, &room).await, [(0, State::SoldOut)]);
    assert_eq!(told(&stage, room.id).await, ["open", "sold_out"], "once");
}

#[db_test]
async fn a_piece_that_comes_back_is_told_and_sold_again(db: Db) {
    let stage = stage(db).await;
    let (room, product, sale) = running(&stage, 9, 2).await;
    let order = stage.order(room.id, product, sale.sku, 2).await;
    stage.tell().await;
    assert_eq!(now(&stage, &room).await, [(0, State::SoldOut)]);
    stage.cancel_order(order.id).await;
    stage.tell().await;
    look(&stage.app, stage.store.id, room.id).await.unwrap();
    assert_eq!(now(&stage, &room).await, [(2, State::Open)]);
    assert_eq!(told(&stage, room.id).await, ["open", "sold_out", "open"]);
    assert_eq!(goods(&stage.order(room.id, product, sale.sku, 1).await), 300);
}

#[db_test]
async fn twenty_looks_at_once_tell_that_it_is_sold_out_once(db: Db) {
    let stage = stage(db).await;
    let (room, product, sale) = running(&stage, 9, 1).await;
    stage.order(room.id, product, sale.sku, 1).await;
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let (app, store) = (stage.app.clone(), stage.store.id);
        tasks.spawn(async move { look(&app, store, room.id).await.unwrap() });
    }
    tasks.join_all().await;
    assert_eq!(told(&stage, room.id).await, ["open", "sold_out"]);
}

#[db_test]
async fn one_buyer_gets_no_more_than_one_buyer_may(db: Db) {
    let stage = stage(db).await;
    let (room, product, sku) = stage.live_with(9).await;
    let new = NewSale { per_buyer: Some(2), ..sale_of(sku, 5) };
    begin(&stage.app, &stage.store, stage.host, room.id, new).await.unwrap();
    stage.advance(10);
    let what = What::BuyNow { sku, quantity: 3, shown: Some(300) };
    let three = stage.checkout(stage.buyer, room.id, product, what).await;
    let Err(BeginError::Invalid(invalid)) = three else { panic!("{three:?}") };
    assert_eq!(invalid.of("quantity"), Some(&Problem::TooLarge(2)));
    stage.order(room.id, product, sku, 2).await;
    assert_eq!(goods(&stage.order(room.id, product, sku, 1).await), 500);
    let other = account(&stage.app, "kit@example.com").await;
    let what = What::BuyNow { sku, quantity: 1, shown: Some(300) };
    let checkout = stage.checkout(other, room.id, product, what).await.unwrap();
    assert_eq!(goods(&stage.place(other, checkout, None).await.unwrap()), 300);
}

#[db_test]
async fn it_ends_with_what_it_belongs_to(db: Db) {
    let stage = stage(db).await;
    let (store, host) = (stage.store.id, stage.host);
    let (room, product, sale) = running(&stage, 9, 5).await;
    end(&stage.app, store, host, room.id, sale.id).await.unwrap();
    assert_eq!(told(&stage, room.id).await, ["open", "over"], "the host ended it");
    assert_eq!(goods(&stage.order(room.id, product, sale.sku, 1).await), 500);
    begin(&stage.app, &stage.store, host, room.id, sale_of(sale.sku, 5)).await.unwrap();
    shelf::remove(&stage.app, store, host, room.id, product).await.unwrap();
    assert_eq!(told(&stage, room.id).await, ["open", "over", "open", "over"], "its product is gone");
    shelf::add(&stage.app, store, host, room.id, &[product]).await.unwrap();
    begin(&stage.app, &stage.store, host, room.id, sale_of(sale.sku, 5)).await.unwrap();
    rooms::end(&stage.app, store, Some(host), room.id, Ending::Host).await.unwrap();
    assert_eq!(told(&stage, room.id).await[4..], ["open", "over"], "the room is over");
    stage.advance(600);
    stage.run_deadlines().await;
    assert_eq!(told(&stage, room.id).await.len(), 6);
    let open = special_prices::of_room(&mut stage.app.db.read().await.unwrap(), store, room.id).await;
    assert_eq!(open.unwrap(), []);
}

#[db_test]
async fn of_twenty_that_begin_at_once_on_one_thing_one_does(db: Db) {
    let stage = Arc::new(stage(db).await);
    let (room, _, sku) = stage.live_with(9).await;
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let stage = stage.clone();
        tasks.spawn(
            async move { begin(&stage.app, &stage.store, stage.host, room.id, sale_of(sku, 5)).await },
        );
    }
    let begun = tasks.join_all().await;
    assert_eq!(begun.iter().filter(|begun| begun.is_ok()).count(), 1);
    for refused in begun.into_iter().filter_map(Result::err) {
        let ToolError::Invalid(Invalid(errors)) = refused else { panic!("{refused:?}") };
        assert_eq!((&*errors[0].field, &errors[0].problem), ("sku", &Problem::Rule("live-flash-twice")));
    }
    assert_eq!(told(&stage, room.id).await, ["open"]);
}

#[db_test]
async fn where_there_can_be_none_nothing_is_changed(db: Db) {
    let stage = stage(db).await;
    let coming = stage.room().await;
    let (product, skus) = stage.product("Plum tea", 500, &[5; 6]).await;
    shelf::add(&stage.app, stage.store.id, stage.host, coming.id, &[product]).await.unwrap();
    let try_it = async |sku| begin(&stage.app, &stage.store, stage.host, coming.id, sale_of(sku, 5)).await;
    let early = try_it(skus[0]).await;
    assert!(matches!(early, Err(ToolError::NotAllowed(NotAllowed(Step::Scheduled)))), "{early:?}");
    let room = rooms::start(&stage.app, &stage.store, stage.host, coming.id).await.unwrap();
    let (_, elsewhere) = stage.product("Not on the shelf", 500, &[5]).await;
    let unknown = try_it(elsewhere[0]).await;
    assert!(matches!(unknown, Err(ToolError::Invalid(_))), "{unknown:?}");
    assert_eq!(now(&stage, &room).await, []);
    for sku in &skus[..AT_ONCE_MAX] {
        try_it(*sku).await.unwrap();
    }
    assert!(matches!(try_it(skus[AT_ONCE_MAX]).await, Err(ToolError::Refused("live-flash-too-many"))));
    let (stranger, other) = stage.stranger().await;
    let not_theirs = begin(&stage.app, &other, stranger, room.id, sale_of(skus[5], 5)).await;
    assert!(matches!(not_theirs, Err(ToolError::NotFound)));
    let sale = of_room(&mut stage.app.db.read().await.unwrap(), &room).await.unwrap().remove(0);
    let not_theirs = end(&stage.app, other.id, stranger, room.id, sale.id).await;
    assert!(matches!(not_theirs, Err(ToolError::NotFound)));
    let other_room = stage.room().await;
    let elsewhere = end(&stage.app, stage.store.id, stage.host, other_room.id, sale.id).await;
    assert!(matches!(elsewhere, Err(ToolError::NotFound)));
    assert_eq!(now(&stage, &room).await.len(), AT_ONCE_MAX);
}

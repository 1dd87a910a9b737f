use db::Db;
use kernel::{Invalid, Problem};
use stores::special_prices;
use testkit::db_test;
use tokio::task::JoinSet;

use super::*;
use crate::{
    rooms::{self, Ending},
    story,
    testing::stage,
};

#[db_test]
async fn goods_get_the_lowest_free_number_and_keep_it(db: Db) {
    let stage = stage(db).await;
    let room = stage.live_room().await;
    let mut products = Vec::new();
    for title in ["Tea", "Cake", "Cup"] {
        products.push(stage.product(title, 500, &[3]).await.0);
    }
    let (store, host) = (stage.store.id, stage.host);
    add(&stage.app, store, host, room.id, &products).await.unwrap();
    add(&stage.app, store, host, room.id, &products).await.unwrap();
    remove(&stage.app, store, host, room.id, products[1]).await.unwrap();
    arrange(&stage.app, store, host, room.id, &[products[2]]).await.unwrap();
    let shown = async || {
        let items = items(&mut stage.app.db.read().await.unwrap(), &stage.get(room.id).await).await.unwrap();
        items.iter().map(|item| (item.number, item.title.clone())).collect::<Vec<_>>()
    };
    assert_eq!(shown().await, [(3, "Cup".into()), (1, "Tea".into())]);
    let (late, _) = stage.product("Late", 500, &[3]).await;
    add(&stage.app, store, host, room.id, &[late]).await.unwrap();
    assert_eq!(shown().await.last(), Some(&(2, "Late".into())));
    let gone = remove(&stage.app, store, host, room.id, products[1]).await;
    assert!(matches!(gone, Err(ShelfError::NotFound)));
}

#[db_test]
async fn another_stores_goods_and_more_than_a_hundred_are_refused(db: Db) {
    let stage = stage(db).await;
    let room = stage.live_room().await;
    let mut products = Vec::new();
    for number in 0..101 {
        products.push(stage.product(&format!("Tea {number}"), 500, &[3]).await.0);
    }
    let (store, host) = (stage.store.id, stage.host);
    let full = add(&stage.app, store, host, room.id, &products).await;
    let Err(ShelfError::Invalid(Invalid(errors))) = full else { panic!("{full:?}") };
    assert_eq!((&*errors[0].field, &errors[0].problem), ("products.100", &Problem::TooMany(100)));
    assert!(
        standing(&mut stage.app.db.read().await.unwrap(), &room).await.unwrap().is_empty(),
        "nothing was changed"
    );
    add(&stage.app, store, host, room.id, &products[..100]).await.unwrap();
    let unknown = add(&stage.app, store, host, room.id, &[ProductId::new()]).await;
    assert!(matches!(unknown, Err(ShelfError::Invalid(_))));
    let (stranger, other) = stage.stranger().await;
    let not_theirs = add(&stage.app, other.id, stranger, room.id, &products[..1]).await;
    assert!(matches!(not_theirs, Err(ShelfError::NotFound)));
}

#[db_test]
async fn of_many_pins_at_once_the_last_told_is_the_one_that_stays(db: Db) {
    let stage = stage(db).await;
    let room = stage.live_room().await;
    let mut products = Vec::new();
    for number in 0..10 {
        products.push(stage.product(&format!("Tea {number}"), 500, &[3]).await.0);
    }
    add(&stage.app, stage.store.id, stage.host, room.id, &products).await.unwrap();
    let mut tasks = JoinSet::new();
    for number in 1..=10 {
        let (app, store, host) = (stage.app.clone(), stage.store.id, stage.host);
        tasks.spawn(async move { pin(&app, store, host, room.id, number).await.unwrap() });
    }
    tasks.join_all().await;
    let last = stage.story(room.id).await.pop().unwrap();
    let told: serde_json::Value = serde_json::from_str(last.d.get()).unwrap();
    let pinned = stage.get(room.id).await.pinned.unwrap();
    let standing = standing(&mut stage.app.db.read().await.unwrap(), &room).await.unwrap();
    let number = standing.iter().find(|there| there.product_id == pinned.product).unwrap().number;
    assert_eq!(told["number"], number);
    let chapters =
        chapters(&mut stage.app.db.read().await.unwrap(), &stage.get(room.id).await).await.unwrap();
    assert_eq!(chapters.len(), 10);
    assert_eq!(chapters.iter().filter(|chapter| chapter.until.is_none()).count(), 1, "one is open");
}

#[db_test]
async fn what_is_pinned_makes_chapters_that_end_with_the_room(db: Db) {
    let stage = stage(db).await;
    let (room, product, _) = stage.live_with(3).await;
    let (store, host) = (stage.store.id, stage.host);
    pin(&stage.app, store, host, room.id, 1).await.unwrap();
    let unknown = pin(&stage.app, store, host, room.id, 7).await;
    assert!(matches!(unknown, Err(ShelfError::Invalid(_))));
    stage.advance(60);
    unpin(&stage.app, store, host, room.id).await.unwrap();
    unpin(&stage.app, store, host, room.id).await.unwrap();
    pin(&stage.app, store, host, room.id, 1).await.unwrap();
    stage.advance(30);
    rooms::end(&stage.app, store, Some(host), room.id, Ending::Host).await.unwrap();
    let over = stage.get(room.id).await;
    let chapters = chapters(&mut stage.app.db.read().await.unwrap(), &over).await.unwrap();
    let lasting: Vec<i64> =
        chapters.iter().map(|chapter| chapter.until.unwrap().duration_since(chapter.at).as_secs()).collect();
    assert_eq!((chapters[0].product_id, lasting), (product, vec![60, 30]));
    let kinds = stage.kinds(room.id).await;
    assert_eq!(kinds, ["live_state", "shelf", "pin", "unpin", "pin", "live_state"]);
    assert!(matches!(pin(&stage.app, store, host, room.id, 1).await, Err(ShelfError::NotAllowed(_))));
}

#[db_test]
async fn what_is_taken_off_is_no_longer_explained(db: Db) {
    let stage = stage(db).await;
    let (room, product, sku) = stage.live_with(3).await;
    let (store, host) = (stage.store.id, stage.host);
    pin(&stage.app, store, host, room.id, 1).await.unwrap();
    set_live_price(&stage.app, &stage.store, host, room.id, sku, Some(400)).await.unwrap();
    remove(&stage.app, store, host, room.id, product).await.unwrap();
    assert_eq!(stage.get(room.id).await.pinned, None);
    assert_eq!(stage.kinds(room.id).await, ["live_state", "shelf", "pin", "price", "unpin", "shelf"]);
    let open =
        special_prices::of_room(&mut stage.app.db.read().await.unwrap(), store, room.id).await.unwrap();
    assert!(open.is_empty(), "nor has it a price of this room");
}

#[db_test]
async fn a_live_price_is_below_the_usual_one_and_ends_with_the_room(db: Db) {
    let stage = stage(db).await;
    let (room, _, sku) = stage.live_with(3).await;
    let host = stage.host;
    let item = async || {
        let items = items(&mut stage.app.db.read().await.unwrap(), &stage.get(room.id).await).await.unwrap();
        (items[0].price, items[0].live_price)
    };
    let dear = set_live_price(&stage.app, &stage.store, host, room.id, sku, Some(500)).await;
    assert!(matches!(dear, Err(PriceError::Set(special_prices::SetError::Invalid(_)))), "{dear:?}");
    set_live_price(&stage.app, &stage.store, host, room.id, sku, Some(450)).await.unwrap();
    set_live_price(&stage.app, &stage.store, host, room.id, sku, Some(400)).await.unwrap();
    assert_eq!(item().await, (500, Some(400)));
    set_live_price(&stage.app, &stage.store, host, room.id, sku, None).await.unwrap();
    assert_eq!(item().await, (500, None));
    set_live_price(&stage.app, &stage.store, host, room.id, sku, Some(400)).await.unwrap();
    let unknown = set_live_price(&stage.app, &stage.store, host, room.id, SkuId::new(), Some(1)).await;
    assert!(matches!(unknown, Err(PriceError::Shelf(ShelfError::Invalid(_)))));
    rooms::end(&stage.app, stage.store.id, Some(host), room.id, Ending::Host).await.unwrap();
    let mut read = stage.app.db.read().await.unwrap();
    assert!(special_prices::of_room(&mut read, stage.store.id, room.id).await.unwrap().is_empty());
}

#[db_test]
async fn prices_of_several_variants_are_set_together_or_not_at_all(db: Db) {
    let stage = stage(db).await;
    let room = stage.live_room().await;
    let (product, skus) = stage.product("Plum tea", 500, &[3, 3, 3]).await;
    add(&stage.app, stage.store.id, stage.host, room.id, &[product]).await.unwrap();
    let set = async |prices: [Option<i64>; 3]| {
        let wanted: Vec<_> = skus.iter().copied().zip(prices).collect();
        set_live_prices(&stage.app, &stage.store, stage.host, room.id, &wanted).await
    };
    let shown = async || {
        let items = items(&mut stage.app.db.read().await.unwrap(), &stage.get(room.id).await).await.unwrap();
        items[0].skus.iter().map(|sku| sku.live_price).collect::<Vec<_>>()
    };
    let wrong = set([Some(400), Some(500), Some(0)]).await;
    let Err(PriceError::Shelf(ShelfError::Invalid(invalid))) = wrong else { panic!("{wrong:?}") };
    assert_eq!(invalid.of("price.0"), None);
    assert_eq!(invalid.of("price.1"), Some(&Problem::Rule("stores-special-below")));
    assert_eq!(invalid.of("price.2"), Some(&Problem::TooSmall(1)));
    assert_eq!(shown().await, [None, None, None], "nothing was changed");
    set([Some(400), None, Some(450)]).await.unwrap();
    assert_eq!(shown().await, [Some(400), None, Some(450)]);
    set([Some(400), None, Some(450)]).await.unwrap();
    set([None, None, Some(450)]).await.unwrap();
    assert_eq!(shown().await, [None, None, Some(450)]);
    assert_eq!(stage.kinds(room.id).await, ["live_state", "shelf", "price", "price"], "each change once");
}

#[db_test]
async fn the_last_piece_and_its_return_are_told_once(db: Db) {
    let stage = stage(db).await;
    let (room, product, sku) = stage.live_with(3).await;
    stage.tell().await;
    let first = stage.order(room.id, product, sku, 2).await;
    stage.tell().await;
    assert_eq!(stage.kinds(room.id).await, ["live_state", "shelf"], "some are left");
    stage.order(room.id, product, sku, 1).await;
    stage.tell().await;
    changed(&stage.app, stage.store.id, &[product]).await.unwrap();
    let gone = ["live_state", "shelf", "sold_out", "sold_out"];
    assert_eq!(stage.kinds(room.id).await, gone, "the SKU, and with it the item");
    stage.cancel_order(first.id).await;
    stage.tell().await;
    changed(&stage.app, stage.store.id, &[product]).await.unwrap();
    assert_eq!(stage.kinds(room.id).await, [&gone[..], &["restock"]].concat());
}

#[db_test]
async fn twenty_looks_at_once_tell_that_it_is_sold_out_once(db: Db) {
    let stage = stage(db).await;
    let (room, product, sku) = stage.live_with(1).await;
    stage.order(room.id, product, sku, 1).await;
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let (app, store) = (stage.app.clone(), stage.store.id);
        tasks.spawn(async move { changed(&app, store, &[product]).await.unwrap() });
    }
    tasks.join_all().await;
    assert_eq!(stage.kinds(room.id).await, ["live_state", "shelf", "sold_out", "sold_out"]);
}

#[db_test]
async fn what_pages_saw_is_counted_by_number(db: Db) {
    let stage = stage(db).await;
    let (room, _, _) = stage.live_with(3).await;
    let live = crate::Live::of(&stage.app).unwrap();
    live.meters().seen(room.id, &[(1, 5), (9, 4)], &[(1, 2)], 3);
    live.meters().seen(room.id, &[(1, 1)], &[], 0);
    live.meters().counted(room.id, 12, 40);
    crate::keep::write_counts(&stage.app, &live).await;
    live.meters().counted(room.id, 7, 2);
    crate::keep::write_counts(&stage.app, &live).await;
    let standing = standing(&mut stage.app.db.read().await.unwrap(), &room).await.unwrap();
    assert_eq!((standing[0].impressions, standing[0].clicks), (6, 2));
    let room = stage.get(room.id).await;
    assert_eq!((room.peak, room.likes, room.shares), (12, 42, 3));
}

#[db_test]
async fn what_the_merchant_changes_meanwhile_is_told_at_the_next_look(db: Db) {
    let stage = stage(db).await;
    let (room, _, sku) = stage.live_with(3).await;
    let (last, store) = (LastLook::default(), stage.store.id);
    let look = async || look_again(&stage.app, &last, store, room.id).await.unwrap();
    look().await;
    look().await;
    let begun = ["live_state", "shelf"];
    assert_eq!(stage.kinds(room.id).await, begun, "nothing is different");
    set_live_price(&stage.app, &stage.store, stage.host, room.id, sku, Some(400)).await.unwrap();
    look().await;
    assert_eq!(stage.kinds(room.id).await, [&begun[..], &["price"]].concat(), "it was told when it was set");
    let sql = async |text: &str| {
        stage.app.db.write(store, async |tx| tx.execute(text, &[&sku]).await).await.unwrap();
    };
    sql("update skus set price = 450 where id = $1").await;
    look().await;
    assert_eq!(stage.kinds(room.id).await, [&begun[..], &["price", "shelf"]].concat());
    sql("update skus set available = 0 where id = $1").await;
    look().await;
    let gone = [&begun[..], &["price", "shelf", "sold_out", "sold_out"]].concat();
    assert_eq!(stage.kinds(room.id).await, gone);
    sql("update skus set available = 5 where id = $1").await;
    look().await;
    look().await;
    assert_eq!(stage.kinds(room.id).await, [&gone[..], &["restock"]].concat());
}

#[db_test]
async fn what_could_not_be_told_is_told_at_the_look_after(db: Db) {
    let stage = stage(db).await;
    let (room, _, sku) = stage.live_with(3).await;
    let (last, store) = (LastLook::default(), stage.store.id);
    let sql = async |text: &str, with: &[&dyn db::ToCell]| {
        stage.app.db.write(store, async |tx| tx.execute(text, with).await).await.unwrap();
    };
    look_again(&stage.app, &last, store, room.id).await.unwrap();
    sql("update skus set price = 450 where id = $1", &[&sku]).await;
    sql("alter table live_events rename to lost_events", &[]).await;
    look_again(&stage.app, &last, store, room.id).await.unwrap_err();
    sql("alter table lost_events rename to live_events", &[]).await;
    look_again(&stage.app, &last, store, room.id).await.unwrap();
    assert_eq!(stage.kinds(room.id).await, ["live_state", "shelf", "shelf"]);
}

#[db_test]
async fn a_rooms_own_price_holds_from_its_beginning(db: Db) {
    let stage = stage(db).await;
    let (app, host) = (&stage.app, stage.host);
    let room = stage.room().await;
    let (product, skus) = stage.product("Plum tea", 500, &[3]).await;
    add(app, stage.store.id, host, room.id, &[product]).await.unwrap();
    set_live_price(app, &stage.store, host, room.id, skus[0], Some(400)).await.unwrap();
    let shown = async || {
        let room = stage.get(room.id).await;
        let mut read = app.db.read().await.unwrap();
        let staff = items(&mut read, &room).await.unwrap().remove(0);
        let front = story::snapshot_for_buyers(app, &mut read, &room, stage.store.currency).await.unwrap();
        (staff.live_price, front.shelf[0].live_price, front.shelf[0].skus[0].live_price)
    };
    assert_eq!(shown().await, (Some(400), None, None), "the staff see what it will be");
    let early = stage.order(room.id, product, skus[0], 1).await;
    assert_eq!(early.total, 500, "nor does it hold for who comes by the address");
    rooms::start(app, &stage.store, host, room.id).await.unwrap();
    assert_eq!(shown().await, (Some(400), Some(400), Some(400)));
    assert_eq!(stage.order(room.id, product, skus[0], 1).await.total, 400);
}

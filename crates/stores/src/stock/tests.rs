use db::Db;
use kernel::OrderId;
use testkit::db_test;

use super::*;
use crate::{
    catalog,
    testing::{Shop, shop},
};

async fn available(shop: &Shop, sku: kernel::SkuId) -> i64 {
    rows::available(&mut shop.app.db.read().await.unwrap(), shop.store.id, sku).await.unwrap().unwrap()
}

/// The ledger's sum is the stock, for every SKU.
async fn the_ledger_adds_up(db: &Db) {
    let sql = "select count(*) from skus k where k.available <>
        (select coalesce(sum(c.change), 0) from stock_changes c where c.store_id = k.store_id and c.sku_id = k.id)";
    assert_eq!(db.read().await.unwrap().one::<i64>(sql, &[]).await.unwrap(), 0);
}

#[db_test]
async fn five_hundred_who_want_a_hundred_pieces_get_exactly_those(db: Db) {
    let shop = shop(db, "plum").await;
    let (_, skus) = shop.tea_on_shelf(100).await;
    let (store, sku, now) = (shop.store.id, skus[0], shop.app.clock.now());
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..500 {
        let db = shop.app.db.clone();
        tasks.spawn(async move {
            db.write(store, async |tx| reserve(tx, store, OrderId::new(), &[(sku, 1)], now).await).await
        });
    }
    let results = tasks.join_all().await;
    let got = results.iter().filter(|result| result.is_ok()).count();
    let sold_out =
        results.iter().filter(|r| matches!(r, Err(ReserveError::SoldOut { available: 0, .. }))).count();
    assert_eq!((got, sold_out), (100, 400));
    assert_eq!(available(&shop, sku).await, 0);
    the_ledger_adds_up(&shop.app.db).await;
}

#[db_test]
async fn lines_of_one_sku_are_summed_and_a_refusal_takes_nothing(db: Db) {
    let shop = shop(db, "plum").await;
    let (_, skus) = shop.tea_on_shelf(5).await;
    let (store, now, db) = (shop.store.id, shop.app.clock.now(), &shop.app.db);
    let order = OrderId::new();
    let lines = [(skus[0], 3), (skus[1], 1), (skus[0], 3)];
    let refused = db.write(store, async |tx| reserve(tx, store, order, &lines, now).await).await;
    assert!(matches!(refused, Err(ReserveError::SoldOut { available: 5, sku }) if sku == skus[0]));
    assert_eq!((available(&shop, skus[0]).await, available(&shop, skus[1]).await), (5, 5));
    for wrong in [0, -1] {
        let refused =
            db.write(store, async |tx| reserve(tx, store, order, &[(skus[0], wrong)], now).await).await;
        assert!(matches!(refused, Err(ReserveError::Db(_))), "{wrong}");
    }
    db.write(store, async |tx| reserve(tx, store, order, &[(skus[0], 2), (skus[0], 3)], now).await)
        .await
        .unwrap();
    let twice = db.write(store, async |tx| reserve(tx, store, order, &[(skus[0], 1)], now).await).await;
    assert!(twice.is_err(), "nothing is left, and an order reserves once");
    the_ledger_adds_up(db).await;
}

#[db_test]
async fn what_an_order_holds_goes_back_once_and_is_counted_once(db: Db) {
    let shop = shop(db, "plum").await;
    let (product, skus) = shop.tea_on_shelf(10).await;
    let (store, now, db) = (shop.store.id, shop.app.clock.now(), &shop.app.db);
    let (kept, given) = (OrderId::new(), OrderId::new());
    for order in [kept, given] {
        db.write(store, async |tx| reserve(tx, store, order, &[(skus[0], 2), (skus[1], 1)], now).await)
            .await
            .unwrap();
    }
    for reason in [Reason::Timeout, Reason::Timeout, Reason::Cancelled] {
        db.write(store, async |tx| give_back(tx, store, given, reason, now).await).await.unwrap();
    }
    assert_eq!((available(&shop, skus[0]).await, available(&shop, skus[1]).await), (8, 9));
    for _ in 0..2 {
        db.write(store, async |tx| count_sale(tx, store, kept, now).await).await.unwrap();
        db.write(store, async |tx| count_sale(tx, store, given, now).await).await.unwrap();
    }
    let shown = catalog::show(&mut db.read().await.unwrap(), store, product).await.unwrap().unwrap();
    assert_eq!((shown.sold, shown.skus[0].sold, shown.skus[1].sold), (3, 2, 1));
    the_ledger_adds_up(db).await;
}

#[db_test]
async fn stock_is_counted_in_and_out_within_limits_and_only_by_its_own_store(db: Db) {
    let plum = shop(db.clone(), "plum").await;
    let pear = shop(db, "pear").await;
    let (_, skus) = plum.tea_on_shelf(5).await;
    let (db, now) = (&plum.app.db, plum.app.clock.now());
    assert_eq!(adjust(db, now, plum.owner, plum.store.id, skus[0], -5).await.unwrap(), 0);
    for wrong in [-1, i64::MIN, i64::MAX, 10_000_001] {
        let refused = adjust(db, now, plum.owner, plum.store.id, skus[0], wrong).await;
        assert!(matches!(refused, Err(AdjustError::Invalid(_))), "{wrong}");
    }
    assert_eq!(adjust(db, now, plum.owner, plum.store.id, skus[0], 7).await.unwrap(), 7);
    let stranger = adjust(db, now, pear.owner, pear.store.id, skus[0], 1).await;
    assert!(matches!(stranger, Err(AdjustError::NotFound)));
    let store = pear.store.id;
    let taken =
        db.write(store, async |tx| reserve(tx, store, OrderId::new(), &[(skus[0], 1)], now).await).await;
    assert!(matches!(taken, Err(ReserveError::SoldOut { available: 0, .. })));
    let entries = ledger(&mut db.read().await.unwrap(), plum.store.id, skus[0], 10).await.unwrap();
    let rows: Vec<_> = entries.iter().map(|e| (e.change, e.available_after, e.reason)).collect();
    assert_eq!(rows, [(7, 7, Reason::Correction), (-5, 0, Reason::Correction), (5, 5, Reason::Opening)]);
    the_ledger_adds_up(db).await;
}

#[db_test]
async fn what_is_off_the_shelf_cannot_be_reserved(db: Db) {
    let shop = shop(db, "plum").await;
    let (product, skus) = shop.tea_on_shelf(5).await;
    let (store, now, db) = (shop.store.id, shop.app.clock.now(), &shop.app.db);
    catalog::take_off(db, now, shop.owner, &shop.store, product).await.unwrap();
    let taken: Result<(), ReserveError> =
        db.write(store, async |tx| reserve(tx, store, OrderId::new(), &[(skus[0], 1)], now).await).await;
    assert!(matches!(taken, Err(ReserveError::SoldOut { available: 0, .. })));
}

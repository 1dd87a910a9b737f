use db::Db;
use kernel::Problem;
use testkit::db_test;

use super::*;
use crate::testing::{Shop, shop};

async fn names(shop: &Shop) -> Vec<String> {
    let shelves = list(&mut shop.app.db.read().await.unwrap(), shop.store.id).await.unwrap();
    shelves.into_iter().map(|shelf| shelf.name).collect()
}

#[db_test]
async fn shelves_are_made_ordered_renamed_and_taken_away(db: Db) {
    let shop = shop(db, "plum").await;
    let (db, now, store) = (&shop.app.db, shop.app.clock.now(), shop.store.id);
    let tea = create(db, now, store, " Tea ").await.unwrap();
    let cups = create(db, now, store, "Cups").await.unwrap();
    assert_eq!(names(&shop).await, ["All goods", "Tea", "Cups"]);
    order(db, store, &[cups, tea]).await.unwrap();
    assert_eq!(names(&shop).await, ["Cups", "Tea", "All goods"]);
    for taken in [create(db, now, store, "Tea").await.map(drop), rename(db, store, cups, "Tea").await] {
        assert!(matches!(taken, Err(WriteError::Invalid(e)) if e.of("name") == Some(&Problem::Taken)));
    }
    rename(db, store, cups, "Mugs").await.unwrap();
    delete(db, store, tea).await.unwrap();
    assert_eq!(names(&shop).await, ["Mugs", "All goods"]);
    assert!(matches!(delete(db, store, tea).await, Err(WriteError::NotFound)));
}

#[db_test]
async fn a_product_stands_where_it_is_put_and_nowhere_in_another_store(db: Db) {
    let plum = shop(db.clone(), "plum").await;
    let pear = shop(db, "pear").await;
    let (db, now, store) = (&plum.app.db, plum.app.clock.now(), plum.store.id);
    let (first, _) = plum.tea_on_shelf(1).await;
    let (second, _) = plum.tea_on_shelf(1).await;
    let shelf = create(db, now, store, "Tea").await.unwrap();
    for product in [first, second, first] {
        place(db, store, product, &[shelf]).await.unwrap();
    }
    let there = async || -> Vec<_> {
        let standing = standing(&mut db.read().await.unwrap(), store, shelf).await.unwrap();
        standing.into_iter().map(|standing| standing.id).collect()
    };
    assert_eq!(there().await, [first, second]);
    arrange(db, store, shelf, &[second, first]).await.unwrap();
    assert_eq!(there().await, [second, first]);
    let (foreign, _) = pear.tea_on_shelf(1).await;
    let refused = arrange(db, store, shelf, &[second, foreign]).await;
    assert!(matches!(refused, Err(WriteError::Invalid(e)) if e.of("products.1") == Some(&Problem::NotFound)));
    assert!(matches!(place(db, pear.store.id, first, &[shelf]).await, Err(WriteError::NotFound)));
    assert!(matches!(arrange(db, pear.store.id, shelf, &[]).await, Err(WriteError::NotFound)));
    assert_eq!(there().await, [second, first], "a refusal changes nothing");
    place(db, store, second, &[]).await.unwrap();
    assert_eq!(there().await, [first]);
}

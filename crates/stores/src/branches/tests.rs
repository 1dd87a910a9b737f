use axum::http::StatusCode;
use db::Db;
use testkit::db_test;

use super::*;
use crate::testing::shop;

#[db_test]
async fn a_branch_is_opened_changed_and_closed_by_its_own_store(db: Db) {
    let plum = shop(db.clone(), "plum").await;
    let pear = shop(db, "pear").await;
    let (db, now, store, owner) = (&plum.app.db, plum.app.clock.now(), plum.store.id, plum.owner);
    let place = Place { name: "Orchard".into(), address: "2 Orchard Road".into(), ..Default::default() };
    let id = create(db, now, owner, store, place.clone()).await.unwrap();
    let moved = Place { latitude: Some(1_304_000), longitude: Some(103_831_000), pick_up: false, ..place };
    update(db, now, owner, store, id, moved.clone()).await.unwrap();
    let stranger = update(db, now, pear.owner, pear.store.id, id, moved.clone()).await;
    assert!(matches!(stranger, Err(WriteError::NotFound)));
    assert!(matches!(close(db, now, pear.owner, pear.store.id, id).await, Err(WriteError::NotFound)));
    let branch = get(&mut db.read().await.unwrap(), store, id).await.unwrap().unwrap();
    assert_eq!(Place::from(branch.clone()), moved);
    assert!(branch.map_address().ends_with("query=1.304000,103.831000"));
    close(db, now, owner, store, id).await.unwrap();
    let mut read = db.read().await.unwrap();
    assert_eq!(list(&mut read, store).await.unwrap().len(), 1);
    assert!(get(&mut read, store, id).await.unwrap().is_some(), "old orders still name it");
    drop(read);
    assert!(matches!(update(db, now, owner, store, id, moved).await, Err(WriteError::NotFound)));
}

#[db_test]
async fn the_form_of_a_branch_names_what_is_wrong_and_keeps_what_was_typed(db: Db) {
    let shop = shop(db, "plum").await;
    let token = shop.token(shop.owner).await;
    let path = "/console/plum/branches/new";
    let kind = "application/x-www-form-urlencoded";
    let wrong = "name=East&address=3+East&latitude=1,3&longitude=103.8&slot_minutes=60&slot_capacity=5&own_hours=yes&day=late&pick_up=yes";
    let (status, _, page) = shop.send("POST", path, &token, kind, wrong).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("value=\"1,3\"") && page.contains("value=\"late\""), "{page}");
    let right = wrong.replace("1,3", "1.3").replace("late", "9:00-18:00");
    assert_eq!(shop.send("POST", path, &token, kind, right).await.0, StatusCode::SEE_OTHER);
    let branches = list(&mut shop.app.db.read().await.unwrap(), shop.store.id).await.unwrap();
    let hours = branches[1].hours.as_ref().map(|hours| hours.day_text(0));
    assert_eq!((branches[1].latitude, hours.as_deref()), (Some(1_300_000), Some("09:00-18:00")));
}

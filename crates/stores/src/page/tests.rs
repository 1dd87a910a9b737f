use axum::http::StatusCode;
use db::Db;
use kernel::{ImageId, Problem};
use testkit::db_test;

use super::*;
use crate::testing::{multipart, shop};

#[db_test]
async fn buyers_see_the_page_when_it_is_published(db: Db) {
    let shop = shop(db, "plum").await;
    let (db, now, store) = (&shop.app.db, shop.app.clock.now(), shop.store.id);
    let mut page = live(&mut db.read().await.unwrap(), store).await.unwrap();
    page.announcement = "New tea".into();
    page.cover = Some(shop.picture().await);
    save(db, now, store, page.clone()).await.unwrap();
    let mut read = db.read().await.unwrap();
    assert_eq!(live(&mut read, store).await.unwrap().announcement, "");
    assert_eq!(draft(&mut read, store).await.unwrap(), (page.clone(), true));
    drop(read);
    publish(db, now, shop.owner, store).await.unwrap();
    let mut read = db.read().await.unwrap();
    assert_eq!(live(&mut read, store).await.unwrap(), page);
    assert!(!draft(&mut read, store).await.unwrap().1);
}

#[db_test]
async fn a_page_shows_only_pictures_of_its_own_store(db: Db) {
    let plum = shop(db.clone(), "plum").await;
    let pear = shop(db, "pear").await;
    let (db, now) = (&plum.app.db, plum.app.clock.now());
    let page = StorePage {
        cover: Some(pear.picture().await),
        gallery: vec![plum.picture().await, ImageId::new()],
        ..Default::default()
    };
    match save(db, now, plum.store.id, page).await {
        Err(WriteError::Invalid(invalid)) => {
            assert_eq!(invalid.of("cover.0"), Some(&Problem::NotFound));
            assert_eq!(invalid.of("gallery.1"), Some(&Problem::NotFound));
            assert_eq!(invalid.0.len(), 2);
        }
        other => panic!("{other:?}"),
    }
}

#[db_test]
async fn the_page_is_written_in_the_console_without_script(db: Db) {
    let shop = shop(db, "plum").await;
    let token = shop.token(shop.owner).await;
    let path = "/console/plum/page";
    let mut fields = vec![
        ("intro", "Tea"),
        ("accent", "#0f766e"),
        ("fee", "3.00"),
        ("free_above", "cheap"),
        ("do", "publish"),
    ];
    fields.extend(["9:00-18:00", "", "", "", "", "", "late"].map(|day| ("day", day)));
    let (kind, body) = multipart(&fields, &[("cover", &crate::testing::png(8, 8))]);
    let (status, _, page) = shop.send("POST", path, &token, &kind, body).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("value=\"late\"") && page.contains("value=\"cheap\""), "what was typed stays");
    assert!(page.contains("name=\"cover_kept\""), "and so does the picture");
    let right: Vec<_> = fields
        .iter()
        .map(|(name, text)| {
            (
                *name,
                match *text {
                    "cheap" => "30",
                    "late" => "18:00-02:00",
                    other => other,
                },
            )
        })
        .collect();
    let (kind, body) = multipart(&right, &[]);
    let (status, ..) = shop.send("POST", path, &token, &kind, body).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let live = live(&mut shop.app.db.read().await.unwrap(), shop.store.id).await.unwrap();
    assert_eq!(
        (live.freight.fee, live.freight.free_above, live.accent.as_str()),
        (300, Some(3_000), "#0f766e")
    );
    assert_eq!(
        (live.hours.day_text(0).as_str(), live.hours.day_text(6).as_str()),
        ("09:00-18:00", "18:00-02:00")
    );
    // Tuesday, ten in the morning: closed until Sunday evening.
    let (_, home) = shop.get("/s/plum", None).await;
    assert!(home.contains("opens Sunday 18:00"), "{home}");
}

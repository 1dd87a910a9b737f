use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use db::Db;
use testkit::db_test;

use crate::{
    store::tests::account,
    testing::{Shop, cookie, shop},
};

const FORM: &str = "application/x-www-form-urlencoded";

/// The token of someone who is no merchant.
async fn someone(shop: &Shop, contact: &str) -> String {
    let account = account(&shop.app.db, contact).await;
    shop.token(account).await
}

/// The cookie of such a one.
async fn visiting(shop: &Shop, contact: &str) -> String {
    let account = account(&shop.app.db, contact).await;
    cookie(&shop.app, account).await
}

async fn see(shop: &Shop, path: &str, cookie: &str) -> String {
    let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap();
    let (status, _, body) = shop.ask(request).await;
    assert_eq!(status, StatusCode::OK, "{path}");
    String::from_utf8_lossy(&body).into_owned()
}

/// Sends a form; answers with where it leads.
async fn press(shop: &Shop, path: &str, cookie: &str, form: &'static str) -> String {
    let request = Request::post(path)
        .header(header::COOKIE, cookie)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, FORM);
    let (status, headers, _) = shop.ask(request.body(Body::from(form)).unwrap()).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{path}");
    headers[header::LOCATION].to_str().unwrap().to_owned()
}

async fn followers(shop: &Shop) -> i64 {
    super::count(&mut shop.app.db.read().await.unwrap(), shop.store.id).await.unwrap()
}

#[db_test]
async fn a_buyer_follows_finds_the_store_again_and_thinks_better_of_it(db: Db) {
    let shop = shop(db, "plum").await;
    let (own, button, name) = ("/me/following", "/s/plum/follow", shop.store.name.clone());
    let mei = visiting(&shop, "mei@example.com").await;
    assert!(see(&shop, own, &mei).await.contains("You follow no store yet"));
    for _ in 0..2 {
        assert_eq!(press(&shop, button, &mei, "follow=true").await, "/s/plum?done=followed");
    }
    assert_eq!(followers(&shop).await, 1, "twice is once");
    let home = see(&shop, "/s/plum?done=followed", &mei).await;
    assert!(home.contains(r#"value="false" aria-pressed="true""#) && home.contains("data-flash"), "{home}");
    let list = see(&shop, own, &mei).await;
    assert!(list.contains(&name) && list.contains(r#"href="/s/plum""#), "{list}");
    let tan = visiting(&shop, "tan@example.com").await;
    assert!(!see(&shop, own, &tan).await.contains(&name));
    let stop = format!("{own}/{}/stop", shop.store.id);
    press(&shop, &stop, &tan, "").await;
    assert_eq!(followers(&shop).await, 1, "it is not theirs to stop");
    assert_eq!(press(&shop, &stop, &mei, "").await, own);
    assert_eq!(followers(&shop).await, 0);
    press(&shop, button, &mei, "follow=true").await;
    assert_eq!(press(&shop, button, &mei, "follow=false").await, "/s/plum");
    assert_eq!(followers(&shop).await, 0);
}

#[db_test]
async fn programs_follow_too(db: Db) {
    let shop = shop(db, "plum").await;
    let token = someone(&shop, "mei@example.com").await;
    let at = "/api/v1/stores/plum/follow";
    for _ in 0..2 {
        assert_eq!(shop.send("PUT", at, &token, FORM, "").await.0, StatusCode::NO_CONTENT);
    }
    let (_, body) = shop.get("/api/v1/me/following", Some(&token)).await;
    let list: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!((list[0]["handle"].as_str(), list[0]["state"].as_str()), (Some("plum"), Some("open")));
    let since = list[0]["since"].as_str().unwrap();
    let before = format!("/api/v1/me/following?before={since}");
    assert_eq!(shop.get(&before, Some(&token)).await.1, "[]");
    assert_eq!(shop.send("DELETE", at, &token, FORM, "").await.0, StatusCode::NO_CONTENT);
    assert_eq!(shop.get("/api/v1/me/following", Some(&token)).await.1, "[]");
    assert_eq!(shop.get("/api/v1/me/following", None).await.0, StatusCode::UNAUTHORIZED);
}

#[db_test]
async fn who_must_sign_in_first_comes_back_to_the_page_of_the_button(db: Db) {
    let shop = shop(db, "plum").await;
    let press = |from: &'static str| {
        let request = Request::post("/s/plum/follow")
            .header(header::HOST, "shop.example")
            .header(header::ORIGIN, "https://shop.example")
            .header(header::REFERER, from)
            .header(header::CONTENT_TYPE, FORM);
        shop.ask(request.body(Body::from("follow=true")).unwrap())
    };
    for (from, next) in [
        ("https://shop.example/s/plum", "/s/plum"),
        ("https://shop.example/s/plum/p/1?x=2", "/s/plum/p/1%3Fx%3D2"),
        ("https://evil.example/", "/s/plum/follow"),
    ] {
        let (status, headers, _) = press(from).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert_eq!(headers[header::LOCATION], format!("/sign-in?next={next}"));
    }
    assert_eq!(followers(&shop).await, 0);
}

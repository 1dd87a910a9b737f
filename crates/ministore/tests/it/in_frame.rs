//! Buying in a frame over a live room's video: the same pages without bars, which tell the page around them what happened.

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use kernel::{AccountId, Currency, Money, ProductId, RoomId, SkuId};
use serde_json::{Value, json};
use stores::special_prices::{self, NewSpecial};
use trade::checkout::{self, Source, What};

use crate::{
    site::{Answer, Site},
    walk::FORM,
};

/// Asks as a browser does for what is in a frame.
async fn framed(site: &Site, method: Method, path: &str, who: &str, language: &str, body: &str) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("sec-fetch-dest", "iframe")
        .header(header::ACCEPT_LANGUAGE, language)
        .header(header::CONTENT_TYPE, FORM)
        .body(Body::from(body.to_owned()))
        .unwrap();
    site.send(request, who).await.0
}

async fn see(site: &Site, path: &str, who: &str) -> String {
    let answer = framed(site, Method::GET, path, who, "en", "").await;
    assert_eq!(answer.status, 200, "{path}");
    answer.text()
}

/// Something of `lantern` that costs 2.00 less in a room, and a checkout of it by the town's buyer.
async fn begun(site: &Site) -> (String, i64) {
    let mut read = site.app.db.read().await.unwrap();
    let store = stores::by_handle(&mut read, "lantern").await.unwrap().unwrap();
    let buyer = "select account_id from contacts where contact = 'buyer@demo.example'";
    let buyer: AccountId = read.one(buyer, &[]).await.unwrap();
    let sku = "select id from skus where store_id = $1 and available > 5 and on_sale and price > 300 order by id limit 1";
    let sku: SkuId = read.one(sku, &[&store.id]).await.unwrap();
    let product: ProductId = read.one("select product_id from skus where id = $1", &[&sku]).await.unwrap();
    let price: i64 = read.one("select price from skus where id = $1", &[&sku]).await.unwrap();
    drop(read);
    let (room, now) = (RoomId::new(), site.app.clock.now());
    let special = NewSpecial::live(sku, price - 200, room, now);
    let set = async |tx: &mut db::Tx| special_prices::set(tx, &store, None, special, now).await;
    site.app.db.write(store.id, set).await.unwrap();
    let what = What::BuyNow { sku, quantity: 1, shown: None };
    let source = Source::Live { room, product };
    let begun = checkout::begin(&site.app, &store, buyer.uuid(), what, source).await.unwrap();
    (format!("/s/lantern/checkout/{begun}"), price)
}

fn sgd(minor: i64) -> String {
    Money::new(minor, Currency::SGD).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_from_the_checkout_to_the_paid_order_stays_in_its_frame() {
    let site = Site::new().await;
    let (checkout, price) = begun(&site).await;
    let bars = ["class=\"top-bar\"", "class=\"tab-bar\"", "class=\"foot\"", "class=\"back\"", "href=\"/me"];
    let is_bare = |page: &str| {
        assert!(page.contains("in-frame.js") && page.contains("data-framed"), "{page}");
        for bar in bars {
            assert!(!page.contains(bar), "{bar} in {page}");
        }
    };
    let shown = site.get(&checkout, "buyer", "en").await.text();
    assert!(
        shown.contains(bars[0]) && !shown.contains("in-frame.js"),
        "outside of a frame all bars are there"
    );

    let shown = see(&site, &checkout, "buyer").await;
    is_bare(&shown);
    for words in ["Live price", &sgd(-200), &sgd(price), "class=\"off\""] {
        assert!(shown.contains(words), "{words} is not in {shown}");
    }
    let total =
        shown.split("name=\"total\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let form = format!(
        "way=delivery&address=new&name=Lin+Mei&phone=%2B65+8123+4567&lines=1+Bugis+Street&region=Singapore&postcode=188867&method=online&total={total}"
    );
    let placed = framed(&site, Method::POST, &format!("{checkout}/place"), "buyer", "en", &form).await;
    assert_eq!(placed.status, 303);
    assert!(placed.location.starts_with("/pay/sandbox/"), "{}", placed.location);

    let pay = see(&site, &placed.location, "buyer").await;
    is_bare(&pay);
    assert!(pay.contains("data-tells=\"order-placed\" data-order=\"ord_"), "{pay}");
    let alone = site.get(&placed.location, "buyer", "en").await.text();
    assert!(!alone.contains("data-tells"), "a provider's page alone knows nothing of the store");

    let paid = framed(&site, Method::POST, &placed.location, "buyer", "en", "outcome=succeed").await;
    let back = framed(&site, Method::GET, &paid.location, "buyer", "en", "").await;
    let order = see(&site, &back.location, "buyer").await;
    is_bare(&order);
    for words in ["data-tells=\"order-paid\"", "Back to the live", "data-leaves-frame"] {
        assert!(order.contains(words), "{words} is not in {order}");
    }
    let desk = site.get(&back.location.replace("/s/", "/console/"), "merchant", "zh-CN").await.text();
    assert!(desk.contains("直播间") && desk.contains("直播价"), "{desk}");
    let api = format!("/api/v1{}", back.location.replace("/s/", "/stores/"));
    let read = told_to_a_program(&site, &api).await;
    assert_eq!(read["source"]["kind"], "live");
    assert!(read["source"]["room"].as_str().unwrap().starts_with("liv_"), "{read}");
    assert!(
        read["charges"].as_array().unwrap().contains(&json!({"reason": "live", "amount": -200})),
        "{read}"
    );
    assert_eq!(read["lines"][0]["discount"], 200);
}

/// What the buyer's program reads there.
async fn told_to_a_program(site: &Site, path: &str) -> Value {
    let buyer = "select account_id from contacts where contact = 'buyer@demo.example'";
    let buyer: AccountId = site.app.db.read().await.unwrap().one(buyer, &[]).await.unwrap();
    let token = people::tokens::create(&site.app, buyer, "test", 1).await.unwrap().token;
    let request = Request::get(path).header("authorization", format!("Bearer {token}"));
    site.send(request.body(Body::empty()).unwrap(), "visitor").await.0.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_our_own_pages_may_frame_a_page() {
    let site = Site::new().await;
    for path in ["/s/lantern", "/sign-in", "/console"] {
        let answer = site.get(path, "merchant", "en").await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("frame-ancestors 'self';"), "{path}: {policy}");
        assert_eq!(answer.headers["x-frame-options"], "SAMEORIGIN");
        let varies = answer.headers.get_all("vary").iter().any(|vary| vary == "sec-fetch-dest");
        assert!(varies || answer.status != 200, "{path} is kept apart from what stands in a frame");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_signed_in_signs_in_within_the_frame_and_comes_back() {
    let site = Site::new().await;
    let (checkout, _) = begun(&site).await;
    let led = framed(&site, Method::GET, &checkout, "visitor", "en", "").await;
    assert_eq!(led.location, format!("/sign-in?next={checkout}"));
    let page = see(&site, &led.location, "visitor").await;
    assert!(!page.contains("top-bar") && page.contains("in-frame.js"), "{page}");
    let carried = format!("name=\"next\" value=\"{checkout}\" form=\"demo-people\"");
    assert!(page.contains(&carried), "also for those who sign in with one click: {page}");
    let one_click = format!("who=buyer&next={checkout}");
    let signed_in = framed(&site, Method::POST, "/demo/sign-in", "visitor", "en", &one_click).await;
    assert_eq!(signed_in.location, checkout);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sold_out_or_no_longer_special_is_said_in_the_frame() {
    let site = Site::new().await;
    let (checkout, _) = begun(&site).await;
    let change = async |sql: &'static str| {
        site.app.db.write(db::LaneKey::PLATFORM, async |tx| tx.execute(sql, &[]).await).await.unwrap();
    };
    change("update special_prices set state = 'closed'").await;
    for (language, words) in [("en", "The special price is over"), ("zh-CN", "特价已经结束")] {
        let shown = framed(&site, Method::GET, &checkout, "buyer", language, "").await;
        assert_eq!(shown.status, 200);
        assert!(shown.text().contains(words), "{words} is not in {}", shown.text());
    }
    let form = "way=delivery&address=new&name=Lin+Mei&phone=%2B65+8123+4567&lines=1+Bugis+Street&region=Singapore&postcode=188867&method=online&total=1";
    let refused = framed(&site, Method::POST, &format!("{checkout}/place"), "buyer", "en", form).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("The special price is over"), "{}", refused.text());
    change("update skus set available = 0").await;
    let gone = framed(&site, Method::GET, &checkout, "buyer", "en", "").await;
    assert_eq!(gone.status, 409);
    let (page, home) = (gone.text(), "href=\"/s/lantern\"");
    assert!(
        page.contains("sold out") && page.contains("data-leaves-frame") && !page.contains(home),
        "{page}"
    );
    let alone = site.get(&checkout, "buyer", "en").await;
    assert!(
        alone.location.contains("?said=gone"),
        "outside of a frame it leads to the product: {}",
        alone.location
    );
}

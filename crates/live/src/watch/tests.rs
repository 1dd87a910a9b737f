use axum::{
    body::{Body, to_bytes},
    http::{Method, Request, StatusCode, header},
};
use db::Db;
use kernel::RoomId;
use stores::Storefront;
use testkit::db_test;
use tower::ServiceExt;
use web::{App, Page};

use super::*;
use crate::{
    rooms::{Ending, Plan},
    shelf,
    testing::{Stage, signed_in, stage},
};

/// What a browser gets.
struct Answer {
    status: StatusCode,
    location: String,
    cookie: String,
    text: String,
}

impl Answer {
    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
    /// What the page tells its script.
    fn told(&self) -> serde_json::Value {
        let (_, after) = self.text.split_once(r#"id="room-state">"#).expect("the page has the room's state");
        serde_json::from_str(after.split("</script>").next().unwrap()).unwrap()
    }
    #[track_caller]
    fn says(&self, words: &str) -> &Self {
        assert!(self.text.contains(words), "{words} is not in {}", self.text);
        self
    }
    #[track_caller]
    fn says_nothing_of(&self, words: &str) -> &Self {
        assert!(!self.text.contains(words), "{words} is in {}", self.text);
        self
    }
}

async fn ask(app: &App, request: Request<Body>) -> Answer {
    let answer = web::finish(routes(), app.clone()).oneshot(request).await.unwrap();
    let of = |name: header::HeaderName| {
        answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    let (status, location, cookie) = (answer.status(), of(header::LOCATION), of(header::SET_COOKIE));
    let bytes = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    Answer { status, location, cookie, text: String::from_utf8(bytes.into()).unwrap() }
}

async fn see(app: &App, path: &str, cookie: &str) -> Answer {
    let request = Request::get(path).header("cookie", cookie).header("accept-language", "en");
    ask(app, request.body(Body::empty()).unwrap()).await
}

async fn send(app: &App, path: &str, cookie: &str, accept: &str, kind: &str, body: String) -> Answer {
    let request = Request::builder().method(Method::POST).uri(path).header("cookie", cookie);
    let request = request.header("sec-fetch-site", "same-origin").header("accept", accept);
    ask(app, request.header("content-type", kind).body(Body::from(body)).unwrap()).await
}

const FORM: &str = "application/x-www-form-urlencoded";

fn at(room: RoomId) -> String {
    path("rose", room)
}

#[db_test]
async fn one_address_shows_a_room_through_its_life(db: Db) {
    let stage = stage(db).await;
    let (app, store, host) = (&stage.app, stage.store.id, stage.host);
    let room = stage.room().await;
    let (tea, _) = stage.product("Plum tea", 500, &[3]).await;
    shelf::add(app, store, host, room.id, &[tea]).await.unwrap();
    let waiting = see(app, &at(room.id), "").await;
    waiting.says("count-down").says("Remind me").says("Plum tea").says(&format!("/s/rose/p/{tea}"));
    assert_eq!(waiting.told()["d"]["state"], "scheduled");

    rooms::rehearse(app, store, host, room.id).await.unwrap();
    assert_eq!(
        see(app, &at(room.id), "").await.told()["d"]["state"],
        "scheduled",
        "a rehearsal is the staff's"
    );

    rooms::start(app, &stage.store, host, room.id).await.unwrap();
    shelf::pin(app, store, host, room.id, 1).await.unwrap();
    let live = see(app, &at(room.id), "").await;
    live.says(&format!("{}/index.m3u8", room.id))
        .says("Sign in to say something")
        .says_nothing_of("count-down");
    let told = live.told();
    assert_eq!((&told["d"]["state"], &told["d"]["pinned"]["number"]), (&"live".into(), &1.into()));
    let asked = see(app, &format!("{}/state.json", at(room.id)), "").await.json();
    assert_eq!((&asked["epoch"], &asked["seq"]), (&told["epoch"], &told["seq"]));
    assert_eq!(asked["d"]["shelf"], told["d"]["shelf"]);

    stage.advance(60);
    let over = rooms::end(app, store, Some(host), room.id, Ending::Host).await.unwrap();
    let replay = see(app, &at(room.id), "").await;
    let show = over.state.show().unwrap();
    replay.says(&format!("{show}/replay.m3u8")).says("room-chapters").says("Plum tea").says("data-replay");
    assert_eq!(replay.told()["d"]["state"], "ended");
}

#[db_test]
async fn a_room_that_was_called_off_says_so_and_leads_on(db: Db) {
    let stage = stage(db).await;
    let room = stage.room().await;
    rooms::cancel(&stage.app, stage.store.id, Some(stage.host), room.id, Ending::Host).await.unwrap();
    let page = see(&stage.app, &at(room.id), "").await;
    page.says("This live was called off").says(r#"href="/s/rose/live""#).says_nothing_of(".m3u8");
}

#[db_test]
async fn buying_begins_a_checkout_that_knows_the_room(db: Db) {
    let stage = stage(db).await;
    let (app, (room, product, sku)) = (&stage.app, stage.live_with(3).await);
    let buy = format!("{}/buy", at(room.id));
    let wanted = format!("sku={sku}&quantity=2&shown=500");
    let begun = send(app, &buy, "", "application/json", FORM, wanted.clone()).await;
    let next = begun.json()["next"].as_str().unwrap().to_owned();
    assert!(next.starts_with("/s/rose/checkout/chk_"), "{next}");
    assert!(begun.cookie.contains("ministore_session="), "a visitor's checkout is kept for them");
    let source = "select source_room, source_product from checkouts where store_id = $1";
    let kept: (RoomId, kernel::ProductId) = {
        let mut read = app.db.read().await.unwrap();
        let kept: Kept = read.query_one(source, &[&stage.store.id]).await.unwrap();
        (kept.source_room, kept.source_product)
    };
    assert_eq!(kept, (room.id, product));

    let form = send(app, &buy, "", "text/html", FORM, wanted).await;
    assert_eq!(form.status, StatusCode::SEE_OTHER);
    assert!(form.location.starts_with("/s/rose/checkout/"), "{}", form.location);

    let too_many = send(app, &buy, "", "application/json", FORM, format!("sku={sku}&quantity=4")).await;
    assert_eq!(too_many.status, StatusCode::CONFLICT);
    assert_eq!(too_many.json()["type"], "live-buy-gone", "it is said in the room, where there is no basket");
    let unknown = format!("sku={}&quantity=1", kernel::SkuId::new());
    assert_eq!(send(app, &buy, "", "application/json", FORM, unknown).await.status, StatusCode::NOT_FOUND);
}

db::row! {
    struct Kept {
        source_room: RoomId,
        source_product: kernel::ProductId,
    }
}

#[db_test]
async fn who_is_signed_in_is_reminded_and_can_think_better_of_it(db: Db) {
    let stage = stage(db).await;
    let app = &stage.app;
    let room = stage.room().await;
    let remind = format!("{}/remind", at(room.id));
    let led = send(app, &remind, "", "text/html", FORM, String::new()).await;
    assert!(led.location.starts_with("/sign-in"), "{}", led.location);
    let cookie = signed_in(app, stage.buyer).await;
    for reminded in [true, false] {
        let back = send(app, &remind, &cookie, "text/html", FORM, String::new()).await;
        assert_eq!((back.status, &*back.location), (StatusCode::SEE_OTHER, &*at(room.id)));
        let page = see(app, &at(room.id), &cookie).await;
        page.says(if reminded { "Reminder set" } else { "Remind me" });
        page.says(&format!(r#"aria-pressed="{reminded}""#));
    }
}

#[db_test]
async fn the_button_in_the_room_follows_the_store_and_is_gone(db: Db) {
    let stage = stage(db).await;
    let app = &stage.app;
    let room = stage.live_room().await;
    let follow = format!("{}/follow", at(room.id));
    let led = send(app, &follow, "", "text/html", FORM, String::new()).await;
    assert!(led.location.starts_with("/sign-in"), "{}", led.location);
    let cookie = signed_in(app, stage.buyer).await;
    see(app, &at(room.id), &cookie).await.says(r#"data-swap="follow" ><button"#);
    let back = send(app, &follow, &cookie, "text/html", FORM, String::new()).await;
    assert_eq!(
        (back.status, back.location),
        (StatusCode::SEE_OTHER, format!("{}?done=followed", at(room.id)))
    );
    let page = see(app, &format!("{}?done=followed", at(room.id)), &cookie).await;
    page.says(r#"data-swap="follow" hidden><button"#);
    page.says("You follow this store");
    let won = stores::followers::won_by(&mut app.db.read().await.unwrap(), stage.store.id, room.id).await;
    assert_eq!(won.unwrap(), 1);
}

#[db_test]
async fn what_a_page_has_seen_is_counted(db: Db) {
    let stage = stage(db).await;
    let app = &stage.app;
    let (room, product, _) = stage.live_with(3).await;
    let seen = format!("{}/seen", at(room.id));
    let body = r#"{"impressions":{"1":3,"9999":5},"clicks":{"1":1}}"#.to_owned();
    let answer = send(app, &seen, "", "*/*", "application/json", body).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    crate::keep::write_counts(app, &crate::Live::of(app).unwrap()).await;
    let standing =
        shelf::standing(&mut app.db.read().await.unwrap(), &stage.get(room.id).await).await.unwrap();
    assert_eq!(standing[0].product_id, product);
    assert_eq!((standing[0].impressions, standing[0].clicks), (3, 1));
}

#[db_test]
async fn another_stores_room_is_not_found_at_any_address(db: Db) {
    let stage = stage(db).await;
    let (_, other) = stage.stranger().await;
    let room = stage.live_room().await;
    let theirs = path(&other.handle, room.id);
    for path in ["", "/state.json", "/qr.svg", "/qr.png", "/ws"] {
        assert_eq!(
            see(&stage.app, &format!("{theirs}{path}"), "").await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    for path in ["remind", "follow", "buy"] {
        let cookie = signed_in(&stage.app, stage.buyer).await;
        let body = format!("sku={}&quantity=1", kernel::SkuId::new());
        let answer = send(&stage.app, &format!("{theirs}/{path}"), &cookie, "text/html", FORM, body).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[db_test]
async fn no_text_of_a_host_ends_the_script_that_holds_it(db: Db) {
    let stage = stage(db).await;
    let plan = Plan::now("</script><b>Tea");
    let room = rooms::schedule(&stage.app, &stage.store, stage.host, plan).await.unwrap();
    let page = see(&stage.app, &at(room.id), "").await;
    page.says_nothing_of("</script><b>");
    assert_eq!(page.told()["d"]["title"], "</script><b>Tea");
}

#[db_test]
async fn a_stores_pages_say_what_is_on_or_comes_next(db: Db) {
    let stage = stage(db).await;
    let (app, store, host) = (&stage.app, stage.store.id, stage.host);
    let said = async || {
        let front = front(&stage).await;
        door(app.clone(), front, Page::sample(kernel::Locale::English, None)).await.unwrap()
    };
    assert!(said().await.is_none(), "a store without rooms has no tab");
    stage.room().await;
    assert!(said().await.is_none(), "what is to go live at once is not announced");
    let in_an_hour = app.clock.now() + jiff::SignedDuration::from_hours(1);
    let plan = Plan { starts_at: Some(in_an_hour), ..Plan::now("Supper") };
    let room = rooms::schedule(app, &stage.store, host, plan).await.unwrap();
    let next = said().await.unwrap();
    assert!(!next.on_air);
    assert_eq!(next.card.unwrap().href, at(room.id));
    rooms::start(app, &stage.store, host, room.id).await.unwrap();
    let plan = Plan { starts_at: Some(in_an_hour), ..Plan::now("Breakfast") };
    rooms::schedule(app, &stage.store, host, plan).await.unwrap();
    let now = said().await.unwrap();
    assert!(now.on_air);
    assert_eq!(now.card.unwrap().href, at(room.id), "what is on goes before what comes");
    let listed = see(app, "/s/rose/live", "").await;
    listed.says("Coming up").says(&at(room.id)).says_nothing_of("Watch again");
    rooms::end(app, store, Some(host), room.id, Ending::Host).await.unwrap();
    stage.advance(1);
    see(app, "/s/rose/live", "").await.says("Watch again");
}

async fn front(stage: &Stage) -> Storefront {
    let live = stores::page::live(&mut stage.app.db.read().await.unwrap(), stage.store.id).await.unwrap();
    Storefront { store: stage.store.clone(), live }
}

use std::time::Duration;

use broadcast::News;
use db::Db;
use jiff::SignedDuration;
use kernel::{Clock, Timestamp};
use testkit::db_test;
use trade::orders::Step;
use web::App;

use super::{SHOPS, Town, is_empty, seed};

struct Place {
    app: App,
    town: Town,
    _folder: tempfile::TempDir,
}

async fn town(db: Db, now: &str) -> Place {
    let folder = tempfile::tempdir().unwrap();
    let app = App::for_tests(db, Clock::set_to(now.parse().unwrap()), folder.path().to_owned());
    assert!(is_empty(&app).await.unwrap());
    let town = seed(&app).await.unwrap();
    assert!(!is_empty(&app).await.unwrap(), "the next start leaves the town as it is");
    Place { app, town, _folder: folder }
}

impl Place {
    async fn count(&self, sql: &str) -> i64 {
        self.app.db.read().await.unwrap().one(sql, &[]).await.unwrap()
    }

    async fn names(&self, sql: &str) -> Vec<String> {
        self.app.db.read().await.unwrap().column(sql, &[]).await.unwrap()
    }
}

#[db_test]
async fn the_town_is_lively_and_its_books_are_right(db: Db) {
    let place = town(db, testkit::MORNING).await;
    assert_eq!(place.town.stores.len(), SHOPS.len());
    assert_eq!(place.count("select count(*) from stores where state = 'open'").await, 4);
    assert_eq!(place.count("select count(*) from products where state = 'on_shelf'").await, 48);
    assert_eq!(
        place.count("select count(*) from skus where on_sale and available = 0").await,
        6,
        "some are sold out"
    );
    assert!(place.count("select count(*) from skus where on_sale and available between 1 and 3").await > 5);
    every_state_is_there(&place).await;
    the_books_are_right(&place).await;
    papers_wait_for_the_operator(&place).await;
    days_can_be_compared(&place).await;
}

async fn every_state_is_there(place: &Place) {
    let mut all: Vec<&str> = Step::ALL.iter().map(|step| step.as_str()).collect();
    all.sort_unstable();
    assert_eq!(place.names("select distinct state from orders order by state").await, all);
    let buyer = place.town.buyer;
    let mut read = place.app.db.read().await.unwrap();
    let hers: Vec<String> = read
        .column("select distinct state from orders where buyer_id = $1 order by state", &[&buyer])
        .await
        .unwrap();
    assert_eq!(hers, all, "the buyer to sign in as has them all");
    let reasons: Vec<String> = read
        .column("select distinct reason from orders where reason is not null order by reason", &[])
        .await
        .unwrap();
    assert_eq!(reasons, ["buyer", "merchant", "no_show", "not_accepted", "sold_out", "timeout"]);
}

/// The invariants of the house, over every row.
async fn the_books_are_right(place: &Place) {
    assert_eq!(place.count("select cast(coalesce(sum(amount), 0) as bigint) from ledger_entries").await, 0);
    assert!(place.count("select count(*) from ledger_entries").await > 100);
    let unbalanced = trade::ledger::unbalanced(&mut place.app.db.read().await.unwrap()).await.unwrap();
    assert!(unbalanced.is_empty());
    let unexplained =
        "select count(*) from skus k where available <> coalesce((select sum(change) from stock_changes c
        where c.store_id = k.store_id and c.sku_id = k.id), 0)";
    assert_eq!(place.count(unexplained).await, 0, "stock is the sum of its changes");
    let unwritten =
        "select count(*) from orders o where state <> coalesce((select to_state from order_moves m
        where m.store_id = o.store_id and m.order_id = o.id order by id desc limit 1), '')";
    assert_eq!(place.count(unwritten).await, 0, "an order is where its last move took it");
    assert_eq!(place.count("select count(*) from refunds where state <> 'done'").await, 0);
}

async fn papers_wait_for_the_operator(place: &Place) {
    let states = place.names("select distinct status from applications order by status").await;
    assert_eq!(states, ["approved", "draft", "refused", "submitted"]);
    assert_eq!(place.count("select count(*) from waiting_list").await, 3);
    assert_eq!(place.count("select count(*) from invitations").await, 8);
    assert!(place.count("select count(*) from audit").await > 60);
}

/// Nothing lies ahead of now, and yesterday and the last hours have orders in every store.
async fn days_can_be_compared(place: &Place) {
    let now = place.app.clock.now();
    let mut read = place.app.db.read().await.unwrap();
    for (table, column) in
        [("orders", "placed_at"), ("order_moves", "at"), ("audit", "at"), ("stock_changes", "at")]
    {
        let latest: Timestamp = read.one(&format!("select max({column}) from {table}"), &[]).await.unwrap();
        assert!(latest <= now, "{table}");
    }
    for store in &place.town.stores {
        let placed: Vec<Timestamp> =
            read.column("select placed_at from orders where store_id = $1", &[&store.id]).await.unwrap();
        let ago = |hours: i64| now - SignedDuration::from_hours(hours);
        assert!(placed.iter().any(|at| *at > ago(6)), "{}", store.handle);
        assert!(placed.iter().any(|at| *at > ago(48) && *at < ago(24)), "{}", store.handle);
        assert!(placed.iter().any(|at| *at < ago(24 * 10)), "{}", store.handle);
        // By the same time, as the console compares.
        let count =
            |from: i64, to: i64| placed.iter().filter(|at| **at > ago(from) && **at <= ago(to)).count();
        let (today, yesterday) = (count(7, 0), count(31, 24));
        assert!(yesterday * 3 >= today && yesterday <= today * 3, "{}: {today}, {yesterday}", store.handle);
    }
}

/// Whoever starts the demo does so at any hour; at night shops are closed and slots far.
#[test]
fn the_town_can_be_made_at_any_hour() {
    for hour in ["00", "03", "09", "15", "17", "21"] {
        testkit::on_sqlite(|db| async move {
            let place = town(db, &format!("2026-11-21T{hour}:07:09Z")).await;
            every_state_is_there(&place).await;
            the_books_are_right(&place).await;
            some_store_is_open(&place).await;
        });
    }
}

async fn some_store_is_open(place: &Place) {
    let now = place.app.clock.now();
    let mut read = place.app.db.read().await.unwrap();
    let mut open = false;
    for store in &place.town.stores {
        let page = stores::page::live(&mut read, store.id).await.unwrap();
        open |= matches!(page.hours.at(now, &store.zone()), stores::hours::Now::Open { .. });
    }
    assert!(open, "at {now}");
}

/// Two towns made at the same moment tell the same story, so that tests and pictures can rely on it.
#[test]
fn the_same_town_is_made_twice() {
    let story = || {
        let (sender, receiver) = std::sync::mpsc::channel();
        testkit::on_sqlite(|db| async move {
            let place = town(db, testkit::MORNING).await;
            let sql =
                "select s.handle || ' ' || o.state || ' ' || o.total || ' ' || o.placed_at from orders o
                join stores s on s.id = o.store_id order by s.handle, o.placed_at, o.total";
            sender.send(place.names(sql).await).unwrap();
        });
        receiver.recv().unwrap()
    };
    assert_eq!(story(), story());
}

#[db_test]
async fn a_store_can_be_filled_for_benches(db: Db) {
    let place = town(db, testkit::MORNING).await;
    super::many_products(&place.app, 60).await.unwrap();
    assert_eq!(place.count("select count(*) from products where state = 'on_shelf'").await, 108);
    the_books_are_right(&place).await;
}

#[test]
fn the_film_shows_goods_that_the_shop_has_from_key_frames_on() {
    let reel = super::reel::Reel::load().unwrap();
    let goods = super::goods::all().unwrap();
    let shop = goods.iter().find(|goods| goods.key == reel.schedule.shop).unwrap();
    assert!(reel.film.duration().abs_diff(Duration::from_millis(reel.schedule.duration_ms)).as_millis() < 2);
    for scene in &reel.schedule.scenes {
        assert!(shop.products.iter().any(|product| product.slug == scene.product), "{}", scene.product);
        let gone = shop_of(&reel.schedule.shop).scarce.contains(&(scene.product.as_str(), "", 0));
        assert!(!gone, "{} is sold out", scene.product);
    }
    let at = |ms| reel.schedule.at(Duration::from_millis(ms));
    let round = reel.schedule.duration_ms;
    assert_eq!(at(0), (0, Duration::from_millis(reel.schedule.scenes[1].from_ms)));
    assert_eq!(at(round - 1), (reel.schedule.scenes.len() - 1, Duration::from_millis(round)));
    assert_eq!(at(2 * round).0, 0, "it begins anew");
}

fn shop_of(key: &str) -> &'static super::shops::Shop {
    SHOPS.iter().find(|shop| shop.key == key).unwrap()
}

/// What can be watched again stands beside what comes, and each product is a chapter.
#[db_test]
async fn the_town_was_live_last_night_and_will_be_tomorrow(db: Db) {
    let place = town(db, testkit::MORNING).await;
    let (store, now) = (&place.town.stores[0], place.app.clock.now());
    let mut read = place.app.db.read().await.unwrap();
    let rooms = live::rooms::of_store(&mut read, store.id, now).await.unwrap();
    assert_eq!((rooms.live.len(), rooms.coming.len(), rooms.replays.len()), (0, 1, 1));
    assert!(rooms.coming[0].starts_at > now);
    let reel = super::reel::Reel::load().unwrap();
    let over = &rooms.replays[0];
    let chapters = live::shelf::chapters(&mut read, over).await.unwrap();
    assert_eq!(chapters.len(), reel.schedule.scenes.len());
    let show = broadcast::Name::new(&over.state.show().unwrap().to_string()).unwrap();
    let recordings = broadcast::Recordings::new(place.app.files.clone());
    let entries = recordings.entries(&show).await.unwrap();
    let ms: u64 = entries.iter().map(|entry| entry.ticks / 90).sum();
    assert_eq!(ms, reel.schedule.duration_ms);
    drop(read);
    assert!(place.count("select count(*) from live_chat").await >= 15);
    assert_eq!(place.count("select count(*) from orders where source = 'live'").await, 4);
    the_books_are_right(&place).await;
}

/// The film comes into a room of its own, with what is shown pinned, and the room is the same after a restart.
#[test]
fn one_store_is_always_live() {
    testkit::on_sqlite(|db| async move {
        let place = town(db, testkit::MORNING).await;
        let app = live::Live::start(place.app.clone(), live::Settings::default()).await.unwrap();
        let mut reports = live::Live::of(&app).unwrap().broadcast().reports();
        let mut shown = Vec::new();
        for start in ["the first", "a second"] {
            let on_air = super::go_on_air(&app);
            let report = reports.recv().await.unwrap();
            assert!(matches!(report.news, News::Started | News::Resumed), "{start}: {report:?}");
            drop(on_air);
            assert_eq!(reports.recv().await.unwrap().news, News::Lost);
            shown.push(report.room);
        }
        assert_eq!(shown[0], shown[1]);
        let store = &place.town.stores[0];
        let mut read = app.db.read().await.unwrap();
        let rooms = live::rooms::of_store(&mut read, store.id, app.clock.now()).await.unwrap();
        assert_eq!(rooms.live.len(), 1);
        let shelf = live::shelf::standing(&mut read, &rooms.live[0]).await.unwrap();
        assert_eq!(rooms.live[0].pinned.map(|pinned| pinned.product), Some(shelf[0].product_id));
    });
}

/// However much visitors buy, the shelf is filled again, and the books stay right.
#[db_test]
async fn visitors_never_buy_the_live_store_empty(db: Db) {
    let place = town(db, testkit::MORNING).await;
    let before = place.count("select count(*) from orders where source = 'live'").await;
    super::on_air::buy_for_tests(&place.app, 30).await.unwrap();
    assert_eq!(place.count("select count(*) from orders where source = 'live'").await, before + 30);
    the_books_are_right(&place).await;
}

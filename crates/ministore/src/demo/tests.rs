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

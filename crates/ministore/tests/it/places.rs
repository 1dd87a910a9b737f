//! Real things of the demo town to put into the addresses of routes.

use std::collections::BTreeMap;

use axum::http::Method;
use kernel::{AccountId, ProductId};
use live::{auction, chat, flash, giveaway, rooms, rooms::Plan, shelf};
use uuid::Uuid;

use crate::site::Site;

/// For each name between braces, the text of something of the store `lantern`.
pub struct Places(BTreeMap<&'static str, String>);

/// For each name between braces: its prefix outside, and how to find one.
const FOUND: &[(&str, &str, &str)] = &[
    ("product", "prd", "select id from products where store_id = $1 and state = 'on_shelf' order by id limit 1"),
    ("sku", "sku", "select id from skus where store_id = $1 and available > 5 order by id limit 1"),
    ("shelf", "shf", "select id from shelves where store_id = $1 order by id limit 1"),
    ("branch", "bra", "select id from branches where store_id = $1 order by id limit 1"),
    ("image", "img", "select id from images where store_id = $1 and kind = 'picture' order by id limit 1"),
    (
        "order",
        "ord",
        "select o.id from orders o join contacts c on c.account_id = o.buyer_id
         where o.store_id = $1 and c.contact = 'buyer@demo.example' and o.state = 'ready_for_pick_up' order by o.id limit 1",
    ),
    ("followed", "sto", "select id from stores where id = $1"),
    ("charge", "chg", "select id from sandbox_charges where $1 = $1 order by id desc limit 1"),
    (
        "address",
        "adr",
        "select a.id from addresses a join contacts c on c.account_id = a.account_id
         where $1 = $1 and c.contact = 'buyer@demo.example' order by a.id limit 1",
    ),
    ("account", "acc", "select account_id from staff where store_id = $1 and role = 'manager' limit 1"),
    (
        "application",
        "app",
        "select a.id from applications a join contacts c on c.account_id = a.account_id
         where $1 = $1 and c.contact = 'newcomer@demo.example' order by a.id limit 1",
    ),
    ("submitted", "app", "select id from applications where $1 = $1 and status = 'submitted' order by id limit 1"),
];

impl Places {
    pub async fn of(site: &Site) -> Places {
        let mut read = site.app.db.read().await.unwrap();
        let lantern = stores::by_handle(&mut read, "lantern").await.unwrap().expect("the town has lantern");
        let mut found = BTreeMap::from([("handle", "lantern".to_owned()), ("store", "lantern".to_owned())]);
        for (name, prefix, sql) in FOUND {
            let id: Option<Uuid> = read.opt(sql, &[&lantern.id]).await.unwrap();
            let id = id.unwrap_or_else(|| panic!("the town has no {name}"));
            found.insert(name, typed(prefix, id));
        }
        drop(read);
        found.insert("file", "320.webp".into());
        let [room, comment, sale] = live_room(site, &found["product"]).await;
        let (auction, giveaway) = selling(site, &room, &found["product"]).await;
        found.insert("room", room);
        found.insert("comment", comment);
        found.insert("sale", sale);
        found.insert("auction", auction);
        found.insert("giveaway", giveaway);
        found.insert("checkout", checkout(site, &found["sku"]).await);
        Places(found)
    }

    /// The route's address with something real in it, and who may use it.
    pub fn fill(&self, route: &str) -> (String, &'static str) {
        // The operator decides about what was submitted; the others work on their own.
        let submitted = if route.contains("/operator") { "{submitted}" } else { "{application}" };
        let mut path = route.replace("{application}", submitted);
        for (name, value) in &self.0 {
            path = path.replace(&format!("{{{name}}}"), value);
        }
        let who = match route {
            _ if route.contains("/operator") => "operator",
            _ if route.contains("/applications") => "newcomer",
            _ if route.contains("/basket") || route.contains("/checkout") || route.contains("/addresses") => {
                "buyer"
            }
            _ => "merchant",
        };
        (fill_all(&path, "x"), who)
    }
}

/// A checkout that the buyer has just begun.
async fn checkout(site: &Site, sku: &str) -> String {
    let form = format!("sku={sku}&quantity=1").into_bytes();
    let begun = site.raw(&Method::POST, "/s/lantern/buy-now", "buyer", crate::walk::FORM, form).await;
    let path = begun.location.split(['?', '#']).next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default().to_owned()
}

/// A live room of the merchant's, with a product, something that the buyer said and a flash sale.
async fn live_room(site: &Site, product: &str) -> [String; 3] {
    let app = &site.app;
    let mut read = app.db.read().await.unwrap();
    let lantern = stores::by_handle(&mut read, "lantern").await.unwrap().expect("the town has lantern");
    let sql = "select account_id from contacts where contact = $1";
    let host: AccountId = read.one(sql, &[&"merchant@demo.example"]).await.unwrap();
    let buyer: AccountId = read.one(sql, &[&"buyer@demo.example"]).await.unwrap();
    drop(read);
    let room = rooms::schedule(app, &lantern, host, Plan::now("Tea time")).await.unwrap();
    shelf::add(app, lantern.id, host, room.id, &[product.parse().unwrap()]).await.unwrap();
    let room = rooms::start(app, &lantern, host, room.id).await.unwrap();
    let said = chat::say(app, &room, buyer, "How big is it?").await.unwrap();
    let items = shelf::items(&mut app.db.read().await.unwrap(), &room).await.unwrap();
    let sku = items[0].skus.iter().find(|sku| sku.left > 0).unwrap();
    let new = flash::NewSale {
        sku: sku.sku,
        price: sku.price - 1,
        quota: 1,
        per_buyer: None,
        countdown_seconds: flash::COUNTDOWN_MAX,
        minutes: 1,
    };
    let sale = flash::begin(app, &lantern, host, room.id, new).await.unwrap();
    [room.id.to_string(), said.id.to_string(), sale.id.to_string()]
}

/// An auction and a giveaway that are open in a live room.
async fn selling(site: &Site, room: &str, product: &str) -> (String, String) {
    let app = &site.app;
    let mut read = app.db.read().await.unwrap();
    let lantern = stores::by_handle(&mut read, "lantern").await.unwrap().expect("the town has lantern");
    let sql = "select account_id from contacts where contact = $1";
    let host: AccountId = read.one(sql, &[&"merchant@demo.example"]).await.unwrap();
    let product: ProductId = product.parse().unwrap();
    let offers = stores::catalog::offers(&mut read, lantern.id, &[product]).await.unwrap();
    drop(read);
    let sku = offers[0].skus.iter().find(|sku| sku.available > 0).expect("it can be bought").id;
    let wanted =
        auction::Open { sku, start: 1_000, increment: 100, reserve: None, seconds: 600, fixed_end: false };
    let room = room.parse().unwrap();
    let auction = auction::open(app, &lantern, host, room, wanted).await.unwrap();
    let wanted = giveaway::Open {
        prize: "A teapot".into(),
        winners: 1,
        task: giveaway::Task::Watch,
        keyword: String::new(),
        seconds: 600,
    };
    let giveaway = giveaway::open(app, lantern.id, host, room, wanted).await.unwrap();
    (auction.id.to_string(), giveaway.id.to_string())
}

/// An id in its outside form.
fn typed(prefix: &str, id: Uuid) -> String {
    let text = kernel::OrderId::from_uuid(id).to_string();
    text.replacen("ord", prefix, 1)
}

/// Every name between braces replaced by the same text.
pub fn fill_all(route: &str, with: &str) -> String {
    let mut path = String::new();
    let mut rest = route;
    while let Some((before, after)) = rest.split_once('{') {
        path.push_str(before);
        path.push_str(with);
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    path + rest
}

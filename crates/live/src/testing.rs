//! What this crate's own tests begin with: a shop with goods, a host and buyers, and its live rooms.

use axum::{http::header, response::IntoResponse};
use db::{Db, Json};
use kernel::{AccountId, BasisPoints, CheckoutId, Currency, OrderId, ProductId, RoomId, SkuId};
use people::{
    Contact, accounts,
    roles::{self, Role},
};
use stores::{NewStore, Store, page::StorePage, store::NewAddress};
use trade::{
    addresses::Details,
    checkout::{self, BeginError, Source, What},
    orders::{self, Choice, Method, Order, Place, PlaceError},
    payments,
};
use web::App;

use crate::{
    Live, Settings,
    hub::{Event, Position},
    rooms::{self, Plan, Room},
    shelf, story,
};

pub(crate) struct Stage {
    pub app: App,
    pub store: Store,
    pub owner: AccountId,
    pub host: AccountId,
    pub buyer: AccountId,
    _folder: tempfile::TempDir,
}

pub(crate) async fn account(app: &App, contact: &str) -> AccountId {
    let (contact, now) = (Contact::parse(contact).unwrap(), app.clock.now());
    let lane = db::LaneKey::PLATFORM;
    app.db.write(lane, async |tx| accounts::of_contact_or_new(tx, &contact, now).await).await.unwrap()
}

/// The cookie of someone who is signed in.
pub(crate) async fn signed_in(app: &App, account: AccountId) -> String {
    let begun = web::session::begin(app, Some(account)).await.unwrap();
    let response = (begun, ()).into_response();
    let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

async fn open_store(app: &App, owner: AccountId, handle: &str, name: &str) -> Store {
    let new = NewStore {
        handle: handle.into(),
        name: name.into(),
        abbreviation: "Rose".into(),
        intro: "Home cooking".into(),
        region: "SG".into(),
        currency: Currency::SGD,
        time_zone: "Asia/Singapore".into(),
        owner,
        commission: BasisPoints(60),
        phone: "+65 6123 4567".into(),
        email: "rose@example.com".into(),
        address: Some(NewAddress { text: "231 Bain Street".into(), coordinates: None }),
    };
    let now = app.clock.now();
    let store = app.db.write(owner, async |tx| stores::open(tx, new, now).await).await.unwrap();
    let page = Json(StorePage::default());
    app.db
        .write(store.id, async |tx| {
            tx.execute("update store_pages set live = $2 where store_id = $1", &[&store.id, &page]).await
        })
        .await
        .unwrap();
    store
}

/// A shop, its owner, a host, and a buyer who has been here for long.
pub(crate) async fn stage(db: Db) -> Stage {
    stage_with(db, Settings::default()).await
}

pub(crate) async fn stage_with(db: Db, settings: Settings) -> Stage {
    let folder = tempfile::tempdir().unwrap();
    let app = App::for_tests(db, testkit::morning_clock(), folder.path().to_owned());
    let app = Live::start(app, settings).await.unwrap();
    let owner = account(&app, "rose@example.com").await;
    let buyer = account(&app, "mei@example.com").await;
    let store = open_store(&app, owner, "rose", "Auntie Rose Kitchen").await;
    let now = app.clock.now();
    let host = roles::appoint(&app.db, now, owner, store.id, "host@example.com", Role::Host).await.unwrap();
    app.clock.advance(jiff::SignedDuration::from_hours(48));
    Stage { app, store, owner, host, buyer, _folder: folder }
}

impl Stage {
    pub(crate) fn advance(&self, seconds: i64) {
        self.app.clock.advance(jiff::SignedDuration::from_secs(seconds));
    }

    /// Another store's owner, and the store.
    pub(crate) async fn stranger(&self) -> (AccountId, Store) {
        let owner = account(&self.app, "other@example.com").await;
        (owner, open_store(&self.app, owner, "other", "The other shop").await)
    }

    /// A thing on the shelf of the store, with one SKU for each stock.
    pub(crate) async fn product(&self, title: &str, price: i64, stocks: &[i64]) -> (ProductId, Vec<SkuId>) {
        let (store, product, now) = (self.store.id, ProductId::new(), self.app.clock.now());
        let skus: Vec<SkuId> = stocks.iter().map(|_| SkuId::new()).collect();
        let made = self.app.db.write(store, async |tx| {
            tx.execute(
                "insert into products (store_id, id, state, draft, draft_at, title, subtitle, search, price_from, price_to, published_at, created_at)
                 values ($1, $2, 'on_shelf', '{}', $4, $3, '', '', $5, $5, $4, $4)",
                &[&store, &product, &title, &now, &price],
            )
            .await?;
            for (place, (sku, stock)) in (0i64..).zip(skus.iter().zip(stocks)) {
                tx.execute(
                    "insert into skus (store_id, id, product_id, position, choice, options, code, price, weight_grams, available, on_sale)
                     values ($1, $2, $3, $4, $5, $6, '', $7, 100, $8, $9)",
                    &[&store, sku, &product, &place, &format!("[\"{place}\"]"), &format!("{place}"), &price, stock, &true],
                )
                .await?;
            }
            Ok::<_, db::Error>(())
        });
        made.await.unwrap();
        (product, skus)
    }

    pub(crate) async fn room(&self) -> Room {
        rooms::schedule(&self.app, &self.store, self.host, Plan::now("Tea time")).await.unwrap()
    }

    pub(crate) async fn live_room(&self) -> Room {
        let room = self.room().await;
        rooms::start(&self.app, &self.store, self.host, room.id).await.unwrap()
    }

    /// A live room with one product of so many pieces.
    pub(crate) async fn live_with(&self, pieces: i64) -> (Room, ProductId, SkuId) {
        let room = self.live_room().await;
        let (product, skus) = self.product("Plum tea", 500, &[pieces]).await;
        shelf::add(&self.app, self.store.id, self.host, room.id, &[product]).await.unwrap();
        (room, product, skus[0])
    }

    pub(crate) async fn get(&self, room: RoomId) -> Room {
        rooms::get(&mut self.app.db.read().await.unwrap(), self.store.id, room).await.unwrap().unwrap()
    }

    /// The room's whole present story.
    pub(crate) async fn story(&self, room: RoomId) -> Vec<Event> {
        let mut read = self.app.db.read().await.unwrap();
        let at = story::position(&mut read, self.store.id, room).await.unwrap().unwrap();
        let start = Position::new(at.epoch, 0);
        story::events_after(&mut read, self.store.id, room, start, 10_000).await.unwrap()
    }

    /// The kinds of its events, in order.
    pub(crate) async fn kinds(&self, room: RoomId) -> Vec<&'static str> {
        self.story(room).await.iter().map(|event| event.kind.as_str()).collect()
    }

    /// An order from the room, as a buyer of it places one.
    pub(crate) async fn order(&self, room: RoomId, product: ProductId, sku: SkuId, pieces: i64) -> Order {
        self.order_for(self.buyer, room, product, sku, pieces).await
    }

    /// The same for someone else.
    pub(crate) async fn order_for(
        &self,
        buyer: AccountId,
        room: RoomId,
        product: ProductId,
        sku: SkuId,
        pieces: i64,
    ) -> Order {
        let what = What::BuyNow { sku, quantity: pieces, shown: None };
        let checkout = self.checkout(buyer, room, product, what).await.unwrap();
        self.place(buyer, checkout, None).await.unwrap()
    }

    /// A checkout that begins in the room.
    pub(crate) async fn checkout(
        &self,
        buyer: AccountId,
        room: RoomId,
        product: ProductId,
        what: What,
    ) -> Result<CheckoutId, BeginError> {
        let source = Source::Live { room, product };
        checkout::begin(&self.app, &self.store, buyer.uuid(), what, source).await
    }

    /// Places it; `shown` is the total that the buyer agreed to, if they were asked.
    pub(crate) async fn place(
        &self,
        buyer: AccountId,
        checkout: CheckoutId,
        shown: Option<i64>,
    ) -> Result<Order, PlaceError> {
        let choice = Choice::DeliveryNew(Details {
            name: "Lin Mei".into(),
            phone: "+65 8123 4567".into(),
            region: "Singapore".into(),
            lines: "1 Bugis Street #02-03".into(),
            postcode: "188867".into(),
        });
        let place =
            Place { checkout, choice, method: Method::Online, note: String::new(), expected_total: shown };
        orders::place(&self.app, &self.store, buyer, place).await
    }

    /// The buyer's money comes.
    pub(crate) async fn pay(&self, order: &Order) {
        let started = payments::start(&self.app, &self.store, order.buyer_id, order.id).await.unwrap();
        let charge = started.reference.unwrap().parse().unwrap();
        let sandbox = gateways::payments::Sandbox::new(self.app.db.clone());
        let behaviour = gateways::payments::Behaviour::Succeed;
        let message = sandbox.choose(charge, behaviour, self.app.clock.now()).await.unwrap().unwrap();
        payments::hear(&self.app, "sandbox", &message).await.unwrap();
    }

    pub(crate) async fn cancel_order(&self, order: OrderId) {
        let (actor, by) = (orders::Actor::Buyer(self.buyer), orders::Canceller::Buyer);
        orders::cancel(&self.app, &self.store, order, actor, by, "").await.unwrap();
    }

    /// The same server, on which live rooms were switched off.
    pub(crate) fn without_live(&self) -> App {
        let mut app = self.app.clone();
        app.parts = Default::default();
        app
    }

    /// Tells all that waits in the outbox, as the server's worker does.
    pub(crate) async fn tell(&self) {
        self.tell_at(&self.app).await;
    }

    /// The same by another process.
    pub(crate) async fn tell_at(&self, app: &App) {
        loop {
            let events = db::outbox::due(&self.app.db, self.app.clock.now(), 1_000).await.unwrap();
            if events.is_empty() {
                return;
            }
            for event in &events {
                crate::on_event(app, event).await.unwrap();
            }
            let told: Vec<_> = events.iter().map(|event| event.id).collect();
            db::outbox::done(&self.app.db, &told).await.unwrap();
        }
    }

    /// Does all that is due, as the server's worker does.
    pub(crate) async fn run_deadlines(&self) {
        for due in db::deadlines::due(&self.app.db, self.app.clock.now(), 1_000).await.unwrap() {
            let known =
                crate::due(&self.app, &due).await.unwrap() || trade::due(&self.app, &due).await.unwrap();
            assert!(known, "no verb for {}", due.kind);
        }
    }

    /// What was sent to people since the last time.
    pub(crate) fn messages(&self) -> Vec<gateways::messages::Message> {
        let gateways::messages::Messages::Kept(kept) = &self.app.messages else {
            panic!("tests keep messages")
        };
        std::mem::take(&mut *kept.lock().unwrap())
    }
}

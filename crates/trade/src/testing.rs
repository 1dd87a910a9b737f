//! What this crate's own tests begin with: a shop with an open door, goods on its shelf and people around it.

use db::{Db, Json};
use kernel::{
    AccountId, BasisPoints, CheckoutId, Currency, Money, OrderId, ProductId, RoomId, SkuId, Timestamp,
};
use people::{Contact, accounts};
use stores::{
    NewStore, Store,
    branches::{self, Branch},
    hours::{Hours, Span},
    page::{Freight, StorePage},
    special_prices::{self, NewSpecial, Special, SpecialId},
    store::NewAddress,
};
use web::App;

use crate::{
    addresses::{Details, Recipient},
    checkout::{self, BeginError, Source, What},
    orders::{self, Choice, Method, Order, Place, PlaceError},
    payments,
};

pub(crate) struct Shop {
    pub app: App,
    pub store: Store,
    pub owner: AccountId,
    pub buyer: AccountId,
    pub branch: Branch,
}

pub(crate) async fn account(app: &App, contact: &str) -> AccountId {
    let (contact, now) = (Contact::parse(contact).unwrap(), app.clock.now());
    let lane = db::LaneKey::PLATFORM;
    app.db.write(lane, async |tx| accounts::of_contact_or_new(tx, &contact, now).await).await.unwrap()
}

/// A shop that is open every day from 9 to 21, sends for 5.00 and from 50.00 on for nothing.
pub(crate) async fn shop(db: Db) -> Shop {
    let app = App::for_tests(db, testkit::morning_clock(), std::env::temp_dir());
    let owner = account(&app, "rose@example.com").await;
    let buyer = account(&app, "mei@example.com").await;
    let store = open_store(&app, owner, "rose", "Auntie Rose Kitchen").await;
    let branch = branches::list(&mut app.db.read().await.unwrap(), store.id).await.unwrap().remove(0);
    Shop { app, store, owner, buyer, branch }
}

pub(crate) async fn open_store(app: &App, owner: AccountId, handle: &str, name: &str) -> Store {
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
    let hours = Hours {
        week: std::array::from_fn(|_| vec![Span { opens: 9 * 60, closes: 21 * 60 }]),
        ..Hours::default()
    };
    let page =
        StorePage { hours, freight: Freight { fee: 500, free_above: Some(5_000) }, ..StorePage::default() };
    app.db
        .write(store.id, async |tx| {
            tx.execute("update store_pages set live = $2 where store_id = $1", &[&store.id, &Json(page)])
                .await
        })
        .await
        .unwrap();
    store
}

impl Shop {
    pub(crate) fn now(&self) -> Timestamp {
        self.app.clock.now()
    }

    /// A thing on the shelf.
    pub(crate) async fn sku(&self, title: &str, price: i64, available: i64) -> SkuId {
        let (store, product, sku) = (self.store.id, ProductId::new(), SkuId::new());
        let now = self.now();
        let result = self.app.db.write(store, async |tx| {
            tx.execute(
                "insert into products (store_id, id, state, draft, draft_at, title, subtitle, search, price_from, price_to, published_at, created_at)
                 values ($1, $2, 'on_shelf', '{}', $4, $3, '', '', $5, $5, $4, $4)",
                &[&store, &product, &title, &now, &price],
            )
            .await?;
            tx.execute(
                "insert into skus (store_id, id, product_id, position, choice, options, code, price, weight_grams, available, on_sale)
                 values ($1, $2, $3, 0, '[]', '', '', $4, 100, $5, $6)",
                &[&store, &sku, &product, &price, &available, &true],
            )
            .await
        });
        result.await.unwrap();
        sku
    }

    pub(crate) async fn available(&self, sku: SkuId) -> i64 {
        let mut read = self.app.db.read().await.unwrap();
        read.one("select available from skus where id = $1", &[&sku]).await.unwrap()
    }

    /// A checkout of the buyer for one thing.
    pub(crate) async fn checkout(&self, sku: SkuId, quantity: i64) -> CheckoutId {
        let what = What::BuyNow { sku, quantity, shown: None };
        checkout::begin(&self.app, &self.store, self.buyer.uuid(), what, Source::Store).await.unwrap()
    }

    /// A checkout of somebody who buys this in a live room, and was shown what it costs there.
    pub(crate) async fn live_checkout(
        &self,
        room: RoomId,
        buyer: AccountId,
        sku: SkuId,
        quantity: i64,
    ) -> Result<CheckoutId, BeginError> {
        let product: ProductId = {
            let mut read = self.app.db.read().await.unwrap();
            read.one("select product_id from skus where id = $1", &[&sku]).await.unwrap()
        };
        let what = What::BuyNow { sku, quantity, shown: None };
        checkout::begin(&self.app, &self.store, buyer.uuid(), what, Source::Live { room, product }).await
    }

    /// Sets a special price, as a host does.
    pub(crate) async fn special(&self, new: NewSpecial) -> Special {
        let (store, owner, now) = (&self.store, Some(self.owner), self.now());
        let set =
            self.app.db.write(store.id, async |tx| special_prices::set(tx, store, owner, new, now).await);
        set.await.unwrap()
    }

    pub(crate) async fn special_now(&self, id: SpecialId) -> Special {
        let mut read = self.app.db.read().await.unwrap();
        special_prices::get(&mut read, self.store.id, id).await.unwrap().unwrap()
    }

    /// Places a delivery for somebody who expects this total.
    pub(crate) async fn place_for(
        &self,
        buyer: AccountId,
        checkout: CheckoutId,
        expected_total: Option<i64>,
    ) -> Result<Order, PlaceError> {
        let (choice, method, note) = (Shop::delivery(), Method::Online, String::new());
        let place = Place { checkout, choice, method, note, expected_total };
        orders::place(&self.app, &self.store, buyer, place).await
    }

    pub(crate) fn delivery() -> Choice {
        Choice::DeliveryNew(Details {
            name: "Lin Mei".into(),
            phone: "+65 8123 4567".into(),
            region: "Singapore".into(),
            lines: "1 Bugis Street #02-03".into(),
            postcode: "188867".into(),
        })
    }

    /// The first slot of the branch.
    pub(crate) async fn pick_up(&self) -> Choice {
        let mut read = self.app.db.read().await.unwrap();
        let page = stores::page::live(&mut read, self.store.id).await.unwrap();
        let offered =
            checkout::offered(&mut read, &self.store, &page, &self.branch, self.now()).await.unwrap();
        Choice::PickUp {
            recipient: Recipient { name: "Lin Mei".into(), phone: "+65 8123 4567".into() },
            branch: self.branch.id,
            starts_at: offered.iter().find(|slot| !slot.full).unwrap().slot.starts_at,
        }
    }

    pub(crate) async fn place(
        &self,
        checkout: CheckoutId,
        choice: Choice,
        method: Method,
    ) -> Result<Order, PlaceError> {
        let place = Place { checkout, choice, method, note: String::new(), expected_total: None };
        orders::place(&self.app, &self.store, self.buyer, place).await
    }

    /// An unpaid order for a delivery.
    pub(crate) async fn unpaid(&self, sku: SkuId, quantity: i64) -> Order {
        let checkout = self.checkout(sku, quantity).await;
        self.place(checkout, Shop::delivery(), Method::Online).await.unwrap()
    }

    /// An order to be paid at the counter, ready there.
    pub(crate) async fn ready(&self, sku: SkuId, quantity: i64) -> Order {
        let checkout = self.checkout(sku, quantity).await;
        let order = self.place(checkout, self.pick_up().await, Method::InStore).await.unwrap();
        orders::accept(&self.app, &self.store, self.owner, order.id).await.unwrap();
        orders::ready(&self.app, &self.store, self.owner, order.id).await.unwrap()
    }

    pub(crate) async fn order(&self, id: OrderId) -> Order {
        orders::get(&mut self.app.db.read().await.unwrap(), self.store.id, id).await.unwrap().unwrap()
    }

    /// Pays with the sandbox as its page does.
    pub(crate) async fn pay(&self, order: &Order) {
        let started = payments::start(&self.app, &self.store, self.buyer, order.id).await.unwrap();
        let charge = started.reference.unwrap().parse().unwrap();
        let sandbox = gateways::payments::Sandbox::new(self.app.db.clone());
        let behaviour = gateways::payments::Behaviour::Succeed;
        let message = sandbox.choose(charge, behaviour, self.now()).await.unwrap().unwrap();
        payments::hear(&self.app, "sandbox", &message).await.unwrap();
    }

    pub(crate) fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.store.currency)
    }

    /// Does all that is due, as the server's worker does.
    pub(crate) async fn run_deadlines(&self) {
        for due in db::deadlines::due(&self.app.db, self.now(), 1000).await.unwrap() {
            crate::due(&self.app, &due).await.unwrap();
        }
    }

    /// What must hold whatever happened.
    pub(crate) async fn check(&self) {
        let mut read = self.app.db.read().await.unwrap();
        assert!(crate::ledger::unbalanced(&mut read).await.unwrap().is_empty(), "every transaction balances");
        let negative: i64 = read.one("select count(*) from skus where available < 0", &[]).await.unwrap();
        assert_eq!(negative, 0, "no stock below zero");
        let bare: i64 = read
            .one(
                "select count(*) from orders o where not exists (select 1 from stock_changes s where s.store_id = o.store_id and s.order_id = o.id)",
                &[],
            )
            .await
            .unwrap();
        assert_eq!(bare, 0, "no order without its stock rows");
        let unlike: i64 = read
            .one(
                "select count(*) from special_prices s where s.taken <> (select coalesce(sum(t.pieces), 0) from special_takes t
                    where t.store_id = s.store_id and t.special_id = s.id and t.given_back_at is null)",
                &[],
            )
            .await
            .unwrap();
        assert_eq!(unlike, 0, "what special prices count as taken is what orders took");
        let unlike: i64 = read
            .one(
                "select count(*) from orders o where o.total <> (select sum(l.goods - l.discount + l.freight) from order_lines l
                    where l.store_id = o.store_id and l.order_id = o.id)",
                &[],
            )
            .await
            .unwrap();
        assert_eq!(unlike, 0, "the lines' shares add up to the total");
    }
}

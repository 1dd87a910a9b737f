//! A shop to buy from: one store, its goods, buyers with an address, and checkouts that are ready to be placed.
//! Made with the verbs that the server uses, but for the goods, which are rows without pictures.

use crate::Outcome;
use db::{Db, LaneKey, Target};
use futures_util::future::try_join_all;
use kernel::{
    AccountId, AddressId, BasisPoints, CheckoutId, Clock, Currency, ProductId, SessionId, SkuId, Timestamp,
};
use people::{Contact, accounts};
use std::{path::Path, time::Duration};
use stores::{NewStore, Store};
use trade::{
    addresses::{self, Details},
    checkout::{self, Source, What},
};
use web::App;

/// Its place in addresses.
pub const HANDLE: &str = "bench";
/// Pieces of each SKU: the most a store may have, so that none runs out.
pub const STOCK: i64 = 10_000_000;
/// What each of them costs, in minor units.
pub const PRICE: i64 = 1_290;
/// Sessions that [`sign_in`] makes last longer than any bench.
const SIGNED_IN_FOR: Duration = Duration::from_secs(24 * 60 * 60);

pub struct Buyer {
    pub account: AccountId,
    pub address: AddressId,
}

pub struct Shop {
    pub store: Store,
    pub owner: AccountId,
    pub products: Vec<ProductId>,
    /// One SKU of each product.
    pub skus: Vec<SkuId>,
    pub buyers: Vec<Buyer>,
}

/// The server's state on the database file, which is made if it is not there.
pub async fn open(file: &Path) -> Outcome<App> {
    let db = Db::open(&Target::Sqlite(file.to_owned())).await?;
    db.migrate().await?;
    let folder = file.parent().unwrap_or(Path::new(".")).to_owned();
    Ok(App::for_tests(db, Clock::system(), folder))
}

impl Shop {
    pub async fn new(app: &App, products: usize, buyers: usize) -> Outcome<Self> {
        Self::with_stock(app, products, STOCK, buyers).await
    }

    /// A shop with so many pieces of each SKU.
    pub async fn with_stock(app: &App, products: usize, stock: i64, buyers: usize) -> Outcome<Self> {
        let owner = account(app, "owner@example.com").await?;
        let now = app.clock.now();
        let store = app.db.write(owner, async |tx| stores::open(tx, new_store(owner), now).await).await?;
        let (products, skus) = goods(app, &store, products, stock, now).await?.into_iter().unzip();
        let buyers = (0..buyers).map(|number| buyer(app, number));
        Ok(Self { store, owner, products, skus, buyers: try_join_all(buyers).await? })
    }

    /// So many checkouts for one piece each. Buyers and SKUs take turns, so neighbours never share either, as long
    /// as there is more than one.
    pub async fn checkouts(&self, app: &App, count: usize) -> Outcome<Vec<CheckoutId>> {
        /// Enough to share each fsync well.
        const AT_ONCE: usize = 256;
        let mut all = Vec::with_capacity(count);
        while all.len() < count {
            let some = (all.len()..count.min(all.len() + AT_ONCE)).map(|number| async move {
                let what =
                    What::BuyNow { sku: self.skus[number % self.skus.len()], quantity: 1, shown: None };
                let owner = self.buyer(number).account.uuid();
                checkout::begin(app, &self.store, owner, what, Source::Store).await
            });
            all.extend(try_join_all(some).await?);
        }
        Ok(all)
    }

    /// Whose checkout has this number.
    pub fn buyer(&self, number: usize) -> &Buyer {
        &self.buyers[number % self.buyers.len()]
    }
}

fn new_store(owner: AccountId) -> NewStore {
    NewStore {
        handle: HANDLE.into(),
        name: "The bench's own shop".into(),
        abbreviation: "Bench".into(),
        intro: "Everything at one price".into(),
        region: "SG".into(),
        currency: Currency::SGD,
        time_zone: "Asia/Singapore".into(),
        owner,
        commission: BasisPoints(60),
        phone: "+65 6123 4567".into(),
        email: "bench@example.com".into(),
        address: None,
    }
}

/// A session for each account: the values of their cookies.
pub async fn sign_in(app: &App, accounts: &[AccountId]) -> Outcome<Vec<String>> {
    let now = app.clock.now();
    let sessions = app.db.write(LaneKey::PLATFORM, async |tx| {
        let mut tokens = Vec::with_capacity(accounts.len());
        for account in accounts {
            let token = kernel::random_token();
            tx.execute(
                "insert into sessions (token_hash, id, account_id, created_at, expires_at) values ($1, $2, $3, $4, $5)",
                &[&web::session::token_hash(&token), &SessionId::new(), account, &now, &(now + SIGNED_IN_FOR)],
            )
            .await?;
            tokens.push(token);
        }
        Ok::<_, db::Error>(tokens)
    });
    Ok(sessions.await?)
}

async fn account(app: &App, contact: &str) -> Outcome<AccountId> {
    let contact = Contact::parse(contact).map_err(|_| format!("{contact} is no contact"))?;
    let now = app.clock.now();
    let work =
        app.db.write(LaneKey::PLATFORM, async |tx| accounts::of_contact_or_new(tx, &contact, now).await);
    Ok(work.await?)
}

async fn buyer(app: &App, number: usize) -> Outcome<Buyer> {
    let account = account(app, &format!("buyer-{number}@example.com")).await?;
    let home = Details {
        name: "Lin Mei".into(),
        phone: "+65 8123 4567".into(),
        region: "Singapore".into(),
        lines: "1 Bugis Street #02-03".into(),
        postcode: "188867".into(),
    };
    let address = addresses::save(app, account, None, home).await?;
    Ok(Buyer { account, address })
}

async fn goods(
    app: &App,
    store: &Store,
    products: usize,
    stock: i64,
    now: Timestamp,
) -> Outcome<Vec<(ProductId, SkuId)>> {
    let work = app.db.write(store.id, async |tx| {
        let mut goods = Vec::with_capacity(products);
        for number in 1..=products {
            let (product, sku, title) = (ProductId::new(), SkuId::new(), format!("Bubble tea no. {number}"));
            tx.execute(
                "insert into products (store_id, id, state, draft, draft_at, title, subtitle, search, price_from, price_to, published_at, created_at)
                 values ($1, $2, 'on_shelf', '{}', $4, $3, '', '', $5, $5, $4, $4)",
                &[&store.id, &product, &title, &now, &PRICE],
            )
            .await?;
            tx.execute(
                "insert into skus (store_id, id, product_id, position, choice, options, code, price, weight_grams, available, on_sale)
                 values ($1, $2, $3, 0, '[]', '', '', $4, 100, $5, $6)",
                &[&store.id, &sku, &product, &PRICE, &stock, &true],
            )
            .await?;
            goods.push((product, sku));
        }
        Ok::<_, db::Error>(goods)
    });
    Ok(work.await?)
}

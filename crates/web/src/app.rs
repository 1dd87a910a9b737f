//! What every handler has at hand.

use std::{
    future::Future,
    ops::{Deref, DerefMut},
    pin::Pin,
    sync::Arc,
};

use axum::http::Extensions;
use db::Db;
use gateways::{bus::Bus, files::Files, messages::Messages};
use kernel::{AccountId, BasisPoints, Clock, SessionId, StoreId};
use uuid::Uuid;

use crate::{Error, metrics::Metrics};

/// The server's state. The layers around the routes clone it several times for each request, so it is one pointer.
#[derive(Clone)]
pub struct App(Arc<Shared>);

impl App {
    pub fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
}

impl Deref for App {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// What is changed here is changed in this clone alone.
impl DerefMut for App {
    fn deref_mut(&mut self) -> &mut Shared {
        Arc::make_mut(&mut self.0)
    }
}

/// What [`App`] points to.
#[derive(Clone)]
pub struct Shared {
    pub db: Db,
    pub clock: Clock,
    pub files: Files,
    pub bus: Bus,
    pub messages: Messages,
    pub platform: Arc<Platform>,
    pub metrics: Arc<Metrics>,
    /// Run when a visitor becomes an account, so that what the visitor gathered (a basket) goes along.
    pub on_sign_in: Arc<Vec<SignInHook>>,
    /// How many pieces someone has in a store's basket; the store's pages show it and know nothing of baskets.
    pub basket_count: Option<BasketCount>,
    /// What single crates keep in this process, found by its type, such as the hub of the live rooms.
    pub parts: Extensions,
}

/// Counts the pieces in the basket of an account or a visitor's session.
pub type BasketCount = fn(App, StoreId, Uuid) -> Pin<Box<dyn Future<Output = Result<u32, Error>> + Send>>;

/// Takes what a visitor's session gathered over to the account.
pub type SignInHook =
    fn(App, SessionId, AccountId) -> Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

/// Whether everyone may open a store, or only who was invited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    #[default]
    Alpha,
    Public,
}

/// The platform's own settings, the same for all stores.
#[derive(Clone, Debug)]
pub struct Platform {
    /// The address people reach this server at, such as `https://shop.example`; no slash at the end.
    pub base_url: String,
    /// Demo mode: one-click sign-in, codes shown on the page. Never on a real platform.
    pub demo: bool,
    pub stage: Stage,
    /// The payment provider's commission.
    pub commission: BasisPoints,
    pub companies_may_apply: bool,
    pub self_employed_may_apply: bool,
    pub individuals_may_apply: bool,
    /// Stores one licence number, and one person, may hold.
    pub stores_per_licence: i64,
    pub stores_per_person: i64,
    /// Signs what leaves the server and comes back. Never shown or logged.
    pub secret: Secret,
}

/// A secret that does not print itself.
#[derive(Clone)]
pub struct Secret(pub Vec<u8>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Platform {
    /// What a new platform starts with.
    pub fn new(base_url: impl Into<String>, secret: Vec<u8>) -> Self {
        Self {
            base_url: base_url.into(),
            demo: false,
            stage: Stage::Alpha,
            commission: BasisPoints(60),
            companies_may_apply: true,
            self_employed_may_apply: true,
            individuals_may_apply: true,
            stores_per_licence: 50,
            stores_per_person: 3,
            secret: Secret(secret),
        }
    }

    /// Whether browsers reach us over TLS, so that cookies may demand it.
    pub fn is_https(&self) -> bool {
        self.base_url.starts_with("https://")
    }
}

impl App {
    /// A server around `db` for tests and tools: the given clock, files in `folder`, messages kept.
    pub fn for_tests(db: Db, clock: Clock, folder: std::path::PathBuf) -> Self {
        App::new(Shared {
            db,
            clock,
            files: Files::local(folder),
            bus: Bus::default(),
            messages: Messages::Kept(Arc::default()),
            platform: Arc::new(Platform::new("http://localhost", b"a secret for tests".to_vec())),
            metrics: Arc::default(),
            on_sign_in: Arc::default(),
            basket_count: None,
            parts: Extensions::new(),
        })
    }
}

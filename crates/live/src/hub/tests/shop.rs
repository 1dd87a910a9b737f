//! A source whose truth a test sets, and hubs that ask it.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::{Path, Request, State},
    response::Response,
    routing::any,
};
use jiff::SignedDuration;
use kernel::{Clock, RoomId};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use uuid::Uuid;

use super::client::{Client, PATIENCE};
use crate::hub::{
    Alone, Event, EventKind, Hub, Inbound, Limits, Peers, Position, Reply, Snapshot, Source, SourceError,
    Viewer, lock, running::Running,
};

/// The only origin that may open sockets.
pub const ORIGIN: &str = "http://shop.example";

/// A room's story, and the prices it comes to.
#[derive(Default)]
pub struct Shop {
    pub story: Mutex<Story>,
    /// While set, every question fails.
    pub fails: AtomicBool,
    pub snapshots: AtomicUsize,
    pub looks: AtomicUsize,
    pub heard: Mutex<Vec<(Uuid, Inbound)>>,
    pub counted: Mutex<Vec<(u64, u64)>>,
}

#[derive(Clone, Default)]
pub struct Story {
    pub closed: bool,
    pub epoch: i64,
    pub events: Vec<Event>,
}

impl Story {
    pub fn at(&self) -> Position {
        Position::new(self.epoch, self.events.len() as i64)
    }

    /// Something happens and is on the disk.
    pub fn happen(&mut self, kind: EventKind, d: &Value) -> Event {
        let at = Position::new(self.epoch, self.events.len() as i64 + 1);
        let event = Event::new(at, kind, d).unwrap();
        self.events.push(event.clone());
        event
    }

    pub fn start_over(&mut self) {
        *self = Self { epoch: self.epoch + 1, ..Self::default() };
    }

    /// The last price of everything.
    pub fn prices(&self) -> BTreeMap<String, Value> {
        let mut prices = BTreeMap::new();
        for event in self.events.iter().filter(|event| event.kind == EventKind::Price) {
            let d: Value = serde_json::from_str(event.d.get()).unwrap();
            prices.insert(d["of"].as_str().unwrap().to_owned(), d["price"].clone());
        }
        prices
    }

    pub fn snapshot(&self) -> Option<Snapshot> {
        let d = serde_json::value::to_raw_value(&json!({ "prices": self.prices() })).unwrap();
        (!self.closed).then(|| Snapshot { at: self.at(), d })
    }

    pub fn events_after(&self, after: Position, limit: usize) -> Option<Vec<Event>> {
        let events = self.events.iter().filter(|event| event.at > after).take(limit);
        (after.epoch == self.epoch).then(|| events.cloned().collect())
    }
}

impl Shop {
    pub fn happen(&self, kind: EventKind, d: &Value) -> Event {
        lock(&self.story).happen(kind, d)
    }

    /// A price is set and is on the disk.
    pub fn price(&self, of: &str, price: i64) -> Event {
        self.happen(EventKind::Price, &json!({ "of": of, "price": price }))
    }

    pub fn chat(&self, by: Uuid, text: &str) -> Event {
        let said = self.happen(EventKind::Chat, &json!({ "text": text })).by(by);
        lock(&self.story).events.pop();
        lock(&self.story).events.push(said.clone());
        said
    }

    pub fn fail(&self, fails: bool) {
        self.fails.store(fails, Ordering::Relaxed);
    }

    fn answer<T>(&self, answer: impl FnOnce(&Story) -> T) -> Result<T, SourceError> {
        if self.fails.load(Ordering::Relaxed) {
            return Err("the database is away".into());
        }
        Ok(answer(&lock(&self.story)))
    }
}

#[async_trait::async_trait]
impl Source for Shop {
    async fn snapshot(&self, _: RoomId) -> Result<Option<Snapshot>, SourceError> {
        self.snapshots.fetch_add(1, Ordering::Relaxed);
        self.answer(Story::snapshot)
    }

    async fn events_after(
        &self,
        _: RoomId,
        after: Position,
        limit: usize,
    ) -> Result<Option<Vec<Event>>, SourceError> {
        self.looks.fetch_add(1, Ordering::Relaxed);
        self.answer(|story| story.events_after(after, limit))
    }

    async fn inbound(&self, _: RoomId, viewer: &Viewer, message: Inbound) -> Reply {
        let said = message.d["text"].clone();
        lock(&self.heard).push((viewer.person, message));
        if said == "forbidden" {
            Reply::Refused { error: "word".into(), with: json!({ "word": said }) }
        } else {
            Reply::Done(json!({ "said": said }))
        }
    }

    async fn counted(&self, _: RoomId, viewers: u64, likes: u64) {
        lock(&self.counted).push((viewers, likes));
    }
}

/// A hub that serves sockets; its time passes when the test says so.
pub struct Node {
    pub hub: Hub,
    pub address: SocketAddr,
    pub room: RoomId,
    clock: Clock,
}

impl Node {
    pub async fn new(shop: &Arc<Shop>, limits: Limits) -> Self {
        Self::among(shop, Arc::new(Alone), RoomId::new(), limits).await
    }

    pub async fn among(shop: &Arc<Shop>, peers: Arc<dyn Peers>, room: RoomId, limits: Limits) -> Self {
        let clock = Clock::set_to("2026-03-03T02:00:00Z".parse().unwrap());
        let hub = Hub { running: Running::start(shop.clone(), peers, clock.clone(), limits) };
        Self::around(hub, room, clock).await
    }

    /// Serves the sockets of a hub.
    pub async fn around(hub: Hub, room: RoomId, clock: Clock) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = router(hub.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { hub, address, room, clock }
    }

    /// Lets time pass, a second at a time.
    pub fn pass(&self, milliseconds: i64) {
        let mut left = milliseconds;
        while left > 0 {
            let step = left.min(1_000);
            self.clock.advance(SignedDuration::from_millis(step));
            self.hub.running.tick();
            left -= step;
        }
    }

    /// Lets time pass in small steps until something has come.
    pub async fn pass_until<T>(&self, comes: impl Future<Output = T>) -> T {
        pass_until([self], comes).await
    }

    /// A person's socket that has not said anything.
    pub async fn connect(&self, person: u128) -> Client {
        Client::connect(self.address, self.room, person).await
    }

    /// A person who has joined and has seen the snapshot.
    pub async fn watch(&self, person: u128) -> Client {
        let mut client = self.connect(person).await;
        client.say(r#"{"type":"join","d":{}}"#).await;
        assert_eq!(client.hear().await["type"], "snapshot");
        client
    }

    pub fn tell(&self, event: Event) {
        self.hub.tell(self.room, event);
    }
}

/// Lets time pass at these nodes until something has come.
pub async fn pass_until<T>(
    nodes: impl IntoIterator<Item = &Node> + Clone,
    comes: impl Future<Output = T>,
) -> T {
    /// Waiting so long in the test's own time is a moment for the nodes.
    const A_WHILE: Duration = Duration::from_millis(5);
    let mut comes = std::pin::pin!(comes);
    for _ in 0..PATIENCE.as_millis() / A_WHILE.as_millis() {
        if let Ok(came) = tokio::time::timeout(A_WHILE, &mut comes).await {
            return came;
        }
        nodes.clone().into_iter().for_each(|node| node.pass(20));
    }
    panic!("time has passed, and nothing has come");
}

/// `/{room}/{person}` is that person's socket.
pub fn router(hub: Hub) -> Router {
    async fn socket(
        State(hub): State<Hub>,
        Path((room, person)): Path<(String, u128)>,
        request: Request,
    ) -> Response {
        let address =
            request.headers().get("x-address").map_or("192.0.2.1", |address| address.to_str().unwrap());
        let viewer =
            Viewer { person: Uuid::from_u128(person), signed_in: true, address: address.parse().unwrap() };
        hub.upgrade(request, ORIGIN, room.parse().unwrap(), viewer)
    }
    Router::new().route("/{room}/{person}", any(socket)).with_state(hub)
}

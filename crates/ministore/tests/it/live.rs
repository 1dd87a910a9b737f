//! A live room over a real connection: what the host does reaches who watches, in order and at once, and a server that
//! is killed has lost nothing that it answered.

use std::{
    net::{SocketAddr, TcpStream},
    path::Path,
    time::Duration,
};

use kernel::{AccountId, Clock, RoomId};
use live::{chat, rooms, rooms::Plan, shelf};
use ministore::{Running, settings::Settings};
use serde_json::{Value, json};
use stores::{Store, catalog};
use tungstenite::{Message, WebSocket, client::IntoClientRequest};

/// Long enough for any machine; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// A viewer's connection. It blocks the test's own thread; the server has others.
struct Watching(WebSocket<TcpStream>);

fn connect(
    address: SocketAddr,
    room: RoomId,
    cookie: Option<&str>,
) -> Result<WebSocket<TcpStream>, Box<dyn std::error::Error>> {
    let mut request = format!("ws://{address}/s/lantern/live/{room}/ws").into_client_request()?;
    if let Some(cookie) = cookie {
        request.headers_mut().insert("cookie", cookie.parse()?);
    }
    request.headers_mut().insert("origin", format!("http://{address}").parse()?);
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let (socket, _) = tungstenite::client(request, stream).map_err(|error| error.to_string())?;
    Ok(socket)
}

impl Watching {
    fn join(address: SocketAddr, room: RoomId, cookie: Option<&str>, since: Option<Value>) -> Watching {
        let mut watching = Watching(connect(address, room, cookie).unwrap());
        let d = since.map_or(json!({}), |since| json!({ "since": since }));
        watching.send(json!({ "type": "join", "d": d }));
        watching
    }

    fn send(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).unwrap();
    }

    /// The next message of this type; others are passed over.
    fn next(&mut self, kind: &str) -> Value {
        self.next_of(&[kind])
    }

    /// The next message of one of these types. Viewers are counted now and then, so a wait ends by the clock.
    fn next_of(&mut self, kinds: &[&str]) -> Value {
        let began = std::time::Instant::now();
        loop {
            assert!(began.elapsed() < PATIENCE, "no {kinds:?} came");
            match self.0.read().unwrap_or_else(|error| panic!("no {kinds:?} came: {error}")) {
                Message::Text(text) => {
                    let message: Value = serde_json::from_str(text.as_str()).unwrap();
                    if kinds.iter().any(|kind| message["type"] == *kind) {
                        return message;
                    }
                }
                Message::Close(frame) => panic!("closed with {frame:?} before {kinds:?}"),
                _ => {}
            }
        }
    }

    /// With which code it is closed.
    fn closed(mut self) -> u16 {
        loop {
            if let Message::Close(frame) = self.0.read().unwrap() {
                return frame.unwrap().code.into();
            }
        }
    }
}

async fn start(folder: &Path) -> Running {
    let mut settings = Settings::default();
    settings.server.listen = "127.0.0.1:0".into();
    ministore::start(folder, &settings, true, Clock::system()).await.unwrap()
}

async fn person(running: &Running, contact: &str) -> (AccountId, String) {
    let sql = "select account_id from contacts where contact = $1";
    let account: AccountId = running.app.db.read().await.unwrap().one(sql, &[&contact]).await.unwrap();
    let begun = web::session::begin(&running.app, Some(account)).await.unwrap();
    let answer = axum::response::IntoResponse::into_response((begun, ""));
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    (account, cookie)
}

/// A live room of the tea house with three products, its store and its host.
async fn live_room(running: &Running) -> (Store, AccountId, RoomId) {
    let app = &running.app;
    let mut read = app.db.read().await.unwrap();
    let store = stores::by_handle(&mut read, "lantern").await.unwrap().unwrap();
    let products = catalog::find(&mut read, store.id, &catalog::Query::default()).await.unwrap().cards;
    drop(read);
    let (host, _) = person(running, "merchant@demo.example").await;
    let room = rooms::schedule(app, &store, host, Plan::now("Tea time")).await.unwrap();
    let products: Vec<_> = products.iter().take(3).map(|card| card.id).collect();
    shelf::add(app, store.id, host, room.id, &products).await.unwrap();
    rooms::start(app, &store, host, room.id).await.unwrap();
    (store, host, room.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_host_does_reaches_who_watches() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path()).await;
    let (store, host, room) = live_room(&running).await;
    let (_, cookie) = person(&running, "buyer@demo.example").await;
    let (app, address) = (&running.app, running.address);
    let mut buyer = Watching::join(address, room, Some(&cookie), None);
    let mut visitor = Watching::join(address, room, None, None);
    let joined = buyer.next("snapshot");
    assert_eq!(joined["d"]["shelf"].as_array().unwrap().len(), 3);
    visitor.next("snapshot");

    shelf::pin(app, store.id, host, room, 2).await.unwrap();
    for watching in [&mut buyer, &mut visitor] {
        assert_eq!(watching.next("pin")["d"]["number"], 2);
    }
    buyer.send(json!({ "type": "chat", "id": "1", "d": { "text": "How big is it?" } }));
    assert_eq!(visitor.next("chat")["d"]["text"], "How big is it?");
    let reply = buyer.next("reply");
    assert_eq!((&reply["d"]["id"], &reply["d"]["error"]), (&json!("1"), &Value::Null), "{reply}");
    visitor.send(json!({ "type": "chat", "id": "2", "d": { "text": "hello" } }));
    assert_eq!(visitor.next("reply")["d"]["error"], "chat-sign-in");

    // One who was away comes back to exactly what was missed.
    drop(visitor);
    rooms::announce(app, store.id, host, room, "Ten left").await.unwrap();
    let since = json!({ "epoch": joined["epoch"], "seq": joined["seq"] });
    let mut back = Watching::join(address, room, None, Some(since));
    let mut missed = Vec::new();
    for kind in ["pin", "chat", "announce", "resumed"] {
        missed.push(back.next(kind)["seq"].as_i64().unwrap());
    }
    assert!(missed[..3].windows(2).all(|pair| pair[0] + 1 == pair[1]), "{missed:?}");

    rooms::end(app, store.id, Some(host), room, rooms::Ending::Host).await.unwrap();
    assert_eq!(buyer.next("live_state")["d"]["state"], "ended");
    assert_eq!(buyer.closed(), live::hub::close::OVER);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_banned_is_out() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path()).await;
    let (store, host, room) = live_room(&running).await;
    let (buyer, cookie) = person(&running, "buyer@demo.example").await;
    let mut watching = Watching::join(running.address, room, Some(&cookie), None);
    watching.next("snapshot");
    chat::treat(&running.app, store.id, host, room, buyer, chat::Measure::Ban).await.unwrap();
    assert_eq!(watching.closed(), live::hub::close::NOT_ALLOWED);
    assert!(connect(running.address, room, Some(&cookie)).is_err(), "and does not come in again");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_starts_again_goes_on_with_its_rooms() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path()).await;
    let (store, host, room) = live_room(&running).await;
    let mut watching = Watching::join(running.address, room, None, None);
    let joined = watching.next("snapshot");
    running.stop().await;
    assert_eq!(watching.closed(), live::hub::close::RESTART);
    let running = start(folder.path()).await;
    rooms::announce(&running.app, store.id, host, room, "Here we are again").await.unwrap();
    let since = json!({ "epoch": joined["epoch"], "seq": joined["seq"] });
    let mut back = Watching::join(running.address, room, None, Some(since));
    assert_eq!(
        back.next_of(&["announce", "snapshot"])["d"]["text"],
        "Here we are again",
        "and not the whole room"
    );
    assert_eq!(back.next("resumed")["epoch"], joined["epoch"]);
    running.stop().await;
}

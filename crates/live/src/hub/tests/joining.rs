//! Coming, going and coming back.

use std::{
    pin::pin,
    sync::{Arc, atomic::Ordering},
    task::{Context, Waker},
};

use bytes::Bytes;
use kernel::{Clock, RoomId};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

use super::{
    client::{Came, Client, frame},
    shop::{Node, Shop},
};
use crate::hub::{
    Alone, EventKind, Limits, Passing, PassingKey, Position, Viewer, close,
    reader::Reader,
    room::EVENTS_AT_ONCE,
    running::{Running, Socket},
    socket::{Link, Stream},
};

/// Joins as who has seen everything up to there.
async fn come_back(node: &Node, person: u128, since: Position) -> Client {
    let mut client = node.connect(person).await;
    client.say(&json!({ "type": "join", "d": { "since": since } }).to_string()).await;
    client
}

fn seqs(messages: &[Value]) -> Vec<i64> {
    messages.iter().map(|message| message["seq"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn who_joins_gets_a_snapshot_and_then_every_event() {
    let shop = Arc::<Shop>::default();
    shop.price("tea", 100);
    let node = Node::new(&shop, Limits::default()).await;
    let mut lin = node.connect(1).await;
    lin.say(r#"{"type":"join"}"#).await;
    let snapshot = lin.hear().await;
    let room = node.room.to_string();
    let expected = json!({
        "v": 1, "room": room, "epoch": 0, "seq": 1, "type": "snapshot", "d": { "prices": { "tea": 100 } }
    });
    assert_eq!(snapshot, expected);
    node.tell(shop.price("tea", 90));
    let expected = json!({
        "v": 1, "room": room, "epoch": 0, "seq": 2, "type": "price", "d": { "of": "tea", "price": 90 }
    });
    assert_eq!(lin.hear().await, expected);
    let mut mei = node.watch(2).await;
    assert_eq!(mei.hear().await["seq"], 2, "the snapshot of a moment ago, and what has happened since");
    node.tell(shop.price("tea", 80));
    assert_eq!(lin.hear().await, mei.hear().await);
}

#[tokio::test]
async fn a_crowd_that_comes_at_once_costs_one_snapshot_and_misses_nothing() {
    let shop = Arc::<Shop>::default();
    let node = Node::new(&shop, Limits::default()).await;
    let mut crowd = Vec::new();
    for person in 0..50 {
        let mut client = node.connect(person).await;
        client.say(r#"{"type":"join"}"#).await;
        node.tell(shop.price("tea", person as i64));
        crowd.push(client);
    }
    for client in &mut crowd {
        let first = client.hear().await;
        assert_eq!(first["type"], "snapshot");
        let mut seq = first["seq"].as_i64().unwrap();
        while seq < 50 {
            let next = client.hear().await["seq"].as_i64().unwrap();
            assert_eq!(next, seq + 1);
            seq = next;
        }
    }
    assert_eq!(shop.snapshots.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn who_comes_back_gets_what_it_missed() {
    let shop = Arc::<Shop>::default();
    let node = Node::new(&shop, Limits::default()).await;
    let mut lin = node.watch(1).await;
    for price in 1..=3 {
        node.tell(shop.price("tea", price));
        lin.hear().await;
    }
    drop(lin);
    for price in 4..=6 {
        node.tell(shop.price("tea", price));
    }
    let mut lin = come_back(&node, 1, Position::new(0, 3)).await;
    let missed = [lin.hear().await, lin.hear().await, lin.hear().await];
    assert_eq!(seqs(&missed), [4, 5, 6]);
    let resumed = lin.hear().await;
    assert_eq!(
        (&resumed["type"], &resumed["seq"], &resumed["d"]),
        (&json!("resumed"), &json!(6), &Value::Null)
    );
    assert_eq!(shop.snapshots.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn who_was_away_too_long_or_in_another_story_gets_a_snapshot() {
    let shop = Arc::<Shop>::default();
    let limits = Limits { ring_events: 5, ..Limits::default() };
    let node = Node::new(&shop, limits).await;
    let mut lin = node.watch(1).await;
    for price in 1..=EVENTS_AT_ONCE as i64 + 9 {
        node.tell(shop.price("tea", price));
        lin.hear().await;
    }
    node.pass(1_000);
    for since in [Position::new(0, 3), Position::new(-7, 4), Position::new(3, 4), Position::new(0, i64::MAX)]
    {
        let mut client = come_back(&node, 2, since).await;
        assert_eq!(node.pass_until(client.hear()).await["type"], "snapshot", "{since:?}");
    }
    let mut client = come_back(&node, 2, Position::new(0, 4)).await;
    assert_eq!(client.hear().await["seq"], 5, "what the room itself has forgotten, the source knows");
}

#[tokio::test]
async fn what_a_room_tells_is_kept_for_a_while_even_when_nobody_is_there_and_then_asked_for() {
    let shop = Arc::<Shop>::default();
    let node = Node::new(&shop, Limits::default()).await;
    drop(node.watch(1).await);
    node.tell(shop.price("tea", 1));
    node.pass(4 * 60_000);
    let mut client = come_back(&node, 1, Position::new(0, 0)).await;
    assert_eq!(client.hear().await["type"], "price");
    drop(client);
    node.pass(6 * 60_000);
    let mut client = come_back(&node, 1, Position::new(0, 0)).await;
    assert_eq!(client.hear().await["type"], "price");
}

#[tokio::test]
async fn a_server_that_has_just_started_tells_everyone_what_they_missed() {
    let shop = Arc::<Shop>::default();
    for price in 1..=9 {
        shop.price("tea", price);
    }
    let node = Node::new(&shop, Limits::default()).await;
    for (person, since) in [(1, 7), (2, 3), (3, 9)] {
        let mut back = come_back(&node, person, Position::new(0, since)).await;
        let mut missed = Vec::new();
        for _ in since..=9 {
            missed.push(node.pass_until(back.hear()).await);
        }
        assert_eq!(missed.pop().unwrap()["type"], "resumed");
        assert_eq!(seqs(&missed), (since + 1..=9).collect::<Vec<_>>());
    }
    let mut elsewhere = come_back(&node, 4, Position::new(1, 3)).await;
    assert_eq!(elsewhere.hear().await["type"], "snapshot", "of another story nothing is known");
}

#[tokio::test]
async fn while_the_source_is_away_viewers_wait() {
    let shop = Arc::<Shop>::default();
    let node = Node::new(&shop, Limits::default()).await;
    shop.fail(true);
    let mut lin = node.connect(1).await;
    lin.say(r#"{"type":"join"}"#).await;
    let asked_again = async {
        while shop.snapshots.load(Ordering::Relaxed) < 3 {
            tokio::task::yield_now().await;
        }
    };
    node.pass_until(asked_again).await;
    shop.fail(false);
    assert_eq!(node.pass_until(lin.hear()).await["type"], "snapshot");
}

#[tokio::test]
async fn a_story_that_starts_over_reaches_everyone_as_a_snapshot() {
    let shop = Arc::<Shop>::default();
    shop.price("tea", 100);
    let node = Node::new(&shop, Limits::default()).await;
    let mut lin = node.watch(1).await;
    super::super::lock(&shop.story).start_over();
    node.tell(shop.price("coffee", 50));
    let renewed = node.pass_until(lin.hear()).await;
    assert_eq!(
        (&renewed["type"], &renewed["epoch"], &renewed["seq"]),
        (&json!("snapshot"), &json!(1), &json!(1))
    );
    assert_eq!(renewed["d"]["prices"], json!({ "coffee": 50 }));
    node.tell(shop.price("coffee", 40));
    assert_eq!(lin.hear().await["seq"], 2);
}

#[tokio::test]
async fn a_room_that_may_not_be_watched_is_over() {
    let shop = Arc::<Shop>::default();
    super::super::lock(&shop.story).closed = true;
    let node = Node::new(&shop, Limits::default()).await;
    let mut lin = node.connect(1).await;
    lin.say(r#"{"type":"join"}"#).await;
    assert_eq!(lin.closed_with().await, close::OVER);
}

#[tokio::test]
async fn a_room_ends_after_its_last_event() {
    let shop = Arc::<Shop>::default();
    let node = Node::new(&shop, Limits::default()).await;
    let mut lin = node.watch(1).await;
    let missing = shop.price("tea", 1);
    node.tell(shop.happen(EventKind::LiveState, &json!({ "state": "ended" })));
    node.hub.end(node.room);
    node.tell(missing);
    let (code, messages) = lin.read_to_close().await;
    assert_eq!((code, seqs(&messages)), (Some(close::OVER), vec![1, 2]));
    let mut late = node.connect(2).await;
    late.say(r#"{"type":"join"}"#).await;
    assert_eq!(late.closed_with().await, close::OVER, "and nobody comes in any more");
}

#[tokio::test]
async fn who_is_dismissed_is_closed_and_others_are_not() {
    let shop = Arc::<Shop>::default();
    let node = Node::new(&shop, Limits::default()).await;
    let (mut lin, mut mei) = (node.watch(1).await, node.watch(2).await);
    let mut on_the_phone = node.watch(1).await;
    let mut has_not_joined = node.connect(1).await;
    has_not_joined.send(&super::client::frame(0x89, b"here")).await;
    assert_eq!(has_not_joined.next().await, Came::Pong(b"here".to_vec()));
    node.hub.dismiss(node.room, uuid::Uuid::from_u128(1));
    for client in [&mut lin, &mut on_the_phone, &mut has_not_joined] {
        assert_eq!(client.closed_with().await, close::NOT_ALLOWED);
    }
    node.tell(shop.price("tea", 1));
    assert_eq!(mei.hear().await["type"], "price");
    drop((lin, on_the_phone, has_not_joined));
    while node.hub.sockets() > 1 {
        tokio::task::yield_now().await;
    }
    node.pass(2_000);
    assert_eq!(mei.hear().await["d"], json!({ "count": 1 }));
}

#[tokio::test]
async fn who_asked_before_the_ban_does_not_come_in_after_it() {
    let shop = Arc::<Shop>::default();
    let node = Node::new(&shop, Limits::default()).await;
    let mut watching = node.watch(2).await;
    node.hub.dismiss(node.room, uuid::Uuid::from_u128(1));
    let mut lin = node.connect(1).await;
    lin.say(r#"{"type":"join"}"#).await;
    assert_eq!(lin.closed_with().await, close::NOT_ALLOWED);
    node.pass(2_000);
    node.watch(1).await;
    assert_eq!(watching.hear().await["type"], "viewers");
}

#[tokio::test]
async fn a_ban_in_the_story_closes_and_is_not_shown() {
    let shop = Arc::<Shop>::default();
    let node = Node::new(&shop, Limits::default()).await;
    let (mut lin, mut mei) = (node.watch(1).await, node.watch(2).await);
    node.tell(shop.happen(EventKind::Ban, &json!({ "person": uuid::Uuid::from_u128(1) })));
    node.tell(shop.price("tea", 1));
    assert_eq!(lin.closed_with().await, close::NOT_ALLOWED);
    assert_eq!(mei.hear().await["seq"], 2);
    let mut back = come_back(&node, 2, Position::new(0, 0)).await;
    assert_eq!(back.hear().await["seq"], 2);
}

#[tokio::test]
async fn a_server_that_stops_says_come_back_soon() {
    let shop = Arc::<Shop>::default();
    let node = Node::new(&shop, Limits::default()).await;
    let (mut lin, mut joining) = (node.watch(1).await, node.connect(2).await);
    lin.say(r#"{"type":"like","d":{"times":3}}"#).await;
    lin.send(&super::client::frame(0x89, b"")).await;
    assert_eq!(lin.next().await, Came::Pong(Vec::new()));
    node.hub.stop();
    assert_eq!(lin.closed_with().await, close::RESTART);
    assert_eq!(joining.closed_with().await, close::RESTART);
    assert_eq!(node.connect(3).await.status, 503);
    while super::super::lock(&shop.counted).is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(*super::super::lock(&shop.counted), [(1, 3)], "the last likes are counted");
}

#[tokio::test]
async fn stock_and_orders_are_shown_in_passing() {
    let shop = Arc::<Shop>::default();
    let node = Node::new(&shop, Limits::default()).await;
    let mut lin = node.watch(1).await;
    let tea = PassingKey::Stock(kernel::SkuId::new());
    for left in (0..9).rev() {
        let passing = Passing::new(tea, 100 - left, &json!({ "left": left })).unwrap();
        node.hub.pass(node.room, passing);
    }
    let first = lin.hear().await;
    assert_eq!(
        (&first["type"], &first["d"], first.get("seq")),
        (&json!("stock"), &json!({ "left": 8 }), None)
    );
    node.pass(500);
    assert_eq!(lin.hear().await["d"], json!({ "left": 0 }));
}

/// A piece of a larger buffer.
struct Piece(Arc<Vec<u8>>);

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

#[tokio::test]
async fn what_came_with_the_request_is_read_and_not_kept() {
    let hub = Running::start(Arc::<Shop>::default(), Arc::new(Alone), Clock::system(), Limits::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let _client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (stream, from) = listener.accept().await.unwrap();
    let socket = Socket(Arc::new(Link::new(Stream::Plain(stream), 0, 0)));
    for first in [frame(0x8a, b"here"), Vec::new()] {
        let viewer = Viewer { person: Uuid::now_v7(), signed_in: false, address: from.ip() };
        let place = hub.shares.place(&viewer, &hub.limits).unwrap();
        let reader = Reader::new(hub.clone(), socket.clone(), RoomId::new(), viewer, place, 0);
        let buffer = Arc::new(first);
        let mut reading = pin!(reader.run(Bytes::from_owner(Piece(buffer.clone()))));
        assert!(reading.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert_eq!(Arc::strong_count(&buffer), 1);
    }
}

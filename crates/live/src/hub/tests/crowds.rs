//! Rooms that talk much, and viewers who read slowly or not at all.

use std::sync::Arc;

use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
    service::TowerToHyperService,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    client::{Came, Client, PATIENCE, frame},
    shop::{Node, Shop, router},
};
use crate::hub::{Event, EventKind, Limits, close, lock};

/// Twenty and more kilobytes, of which no few fit where something may wait.
fn large(shop: &Shop) -> Event {
    shop.happen(EventKind::Shelf, &json!({ "shelf": "x".repeat(2_000) }))
}

#[tokio::test]
async fn a_room_that_talks_too_fast_shows_a_sample_and_everyone_their_own() {
    let shop = Arc::<Shop>::default();
    let limits = Limits { chat_per_second: 10, ..Limits::default() };
    let node = Node::new(&shop, limits).await;
    let (mut lin, mut mei) = (node.watch(1).await, node.watch(2).await);
    for number in 0..100 {
        let by = if number % 2 == 0 { Uuid::from_u128(1) } else { Uuid::from_u128(3) };
        node.tell(shop.chat(by, &number.to_string()));
        if number == 50 {
            node.tell(shop.price("tea", 1));
        }
    }
    node.tell(shop.happen(EventKind::Chat, &json!({ "text": "last", "staff": true })));
    let mut heard = [Vec::new(), Vec::new()];
    for (client, heard) in [&mut lin, &mut mei].into_iter().zip(&mut heard) {
        loop {
            let message = client.hear().await;
            let is_last = message["d"]["text"] == "last";
            heard.push(message);
            if is_last {
                break;
            }
        }
        assert!(heard.is_sorted_by_key(|message| message["seq"].as_i64()), "in order");
        assert!(heard.iter().any(|message| message["type"] == "price"), "never what touches a price");
    }
    let chat = |messages: &[Value]| messages.iter().filter(|message| message["type"] == "chat").count();
    assert_eq!(chat(&heard[1]), 10 + 1, "a sample, and what the host says");
    // Of the first ten five were Lin's, who sees all of the fifty.
    assert_eq!(chat(&heard[0]), 5 + 50 + 1);
    node.pass(1_000);
    node.tell(shop.chat(Uuid::from_u128(3), "later"));
    assert_eq!(mei.hear().await["d"]["text"], "later");
}

#[tokio::test]
async fn who_does_not_read_is_closed_and_holds_nobody_up() {
    let shop = Arc::<Shop>::default();
    let node = Node::new(&shop, Limits::default()).await;
    let mut slow = Client::narrow(node.address, node.room, 1).await;
    slow.say(r#"{"type":"join"}"#).await;
    let mut quick = node.watch(2).await;
    const EVENTS: i64 = 400;
    for seq in 1..=EVENTS {
        node.tell(large(&shop));
        assert_eq!(quick.hear().await["seq"], seq);
    }
    let (code, messages) = slow.read_to_close().await;
    assert_eq!(code, Some(close::TOO_SLOW));
    assert!(messages.len() < EVENTS as usize, "what waits is bounded");
    let seqs: Vec<_> = messages.iter().map(|message| message["seq"].as_i64().unwrap()).collect();
    assert_eq!(seqs, (0..messages.len() as i64).collect::<Vec<_>>(), "and what came, came in order");
    let mut back = node.connect(1).await;
    let since = json!({ "type": "join", "d": { "since": { "epoch": 0, "seq": seqs.last() } } });
    back.say(&since.to_string()).await;
    assert_eq!(back.hear().await["seq"].as_i64(), seqs.last().map(|seq| seq + 1));
}

#[tokio::test]
async fn who_has_fallen_behind_gets_nothing_in_passing() {
    let shop = Arc::<Shop>::default();
    let limits = Limits { pending_bytes: 1024 * 1024, ..Limits::default() };
    let node = Node::new(&shop, limits).await;
    let mut slow = Client::narrow(node.address, node.room, 1).await;
    slow.say(r#"{"type":"join"}"#).await;
    let mut quick = node.watch(2).await;
    for seq in 1..=200 {
        node.tell(large(&shop));
        assert_eq!(quick.hear().await["seq"], seq);
    }
    node.pass(2_000);
    assert_eq!(quick.hear().await["type"], "viewers");
    node.tell(shop.price("tea", 1));
    assert_eq!(quick.hear().await["type"], "price");
    for seq in 0..=201 {
        assert_eq!(slow.hear().await["seq"], seq, "nothing without a position between");
    }
}

/// A connection that is no TCP socket of the system's, as with TLS.
async fn through_a_layer(node: &Node, person: u128, keeps: usize) -> Client<tokio::io::DuplexStream> {
    let (ours, theirs) = tokio::io::duplex(keeps);
    let service = TowerToHyperService::new(router(node.hub.clone()));
    tokio::spawn(async move {
        let builder = auto::Builder::new(TokioExecutor::new());
        let _ = builder.serve_connection_with_upgrades(TokioIo::new(theirs), service).await;
    });
    let mut client = Client::request(ours, node.room, person, "").await;
    client.say(r#"{"type":"join"}"#).await;
    client
}

#[tokio::test]
async fn behind_tls_a_viewer_is_served_the_same() {
    let shop = Arc::<Shop>::default();
    let node = Node::new(&shop, Limits::default()).await;
    let mut lin = through_a_layer(&node, 1, 1024).await;
    assert_eq!(lin.hear().await["type"], "snapshot");
    for seq in 1..=50 {
        node.tell(large(&shop));
        assert_eq!(lin.hear().await["seq"], seq, "a frame that is larger than what the layer takes");
    }
    lin.send(&frame(0x89, b"?")).await;
    assert_eq!(lin.next().await, Came::Pong(b"?".to_vec()));
    lin.say(r#"{"type":"chat","id":1,"d":{"text":"hello"}}"#).await;
    assert_eq!(lin.hear().await["d"], json!({ "id": 1, "ok": { "said": "hello" } }));

    let mut slow = through_a_layer(&node, 2, 256).await;
    assert_eq!(slow.hear().await["type"], "snapshot");
    for seq in 51..=80 {
        node.tell(large(&shop));
        assert_eq!(lin.hear().await["seq"], seq);
    }
    assert_eq!(slow.closed_with().await, close::TOO_SLOW);
}

#[tokio::test]
async fn silent_sockets_are_pinged_and_then_given_up() {
    let shop = Arc::<Shop>::default();
    let node = Node::new(&shop, Limits::default()).await;
    let (mut silent, mut lively) = (node.watch(1).await, node.watch(2).await);
    node.pass(25_000);
    for client in [&mut silent, &mut lively] {
        while client.next().await != Came::Ping {}
    }
    lively.send(&frame(0x8a, b"")).await;
    lively.say(r#"{"type":"chat","id":1,"d":{"text":"here"}}"#).await;
    while lively.hear().await["type"] != "reply" {}
    node.pass(25_000);
    assert_eq!(silent.closed_with().await, close::SILENT);
    while lively.next().await != Came::Ping {}
    assert_eq!(node.hub.sockets(), 2, "it may still say goodbye");
    node.pass(6_000);
    assert_eq!(silent.next().await, Came::End);
    while node.hub.sockets() > 1 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn who_does_not_join_in_time_is_closed() {
    let shop = Arc::<Shop>::default();
    let node = Node::new(&shop, Limits::default()).await;
    let mut idle = node.connect(1).await;
    idle.send(&frame(0x89, b"")).await;
    assert_eq!(idle.next().await, Came::Pong(Vec::new()));
    node.pass(9_000);
    idle.send(&frame(0x89, b"")).await;
    assert_eq!(idle.next().await, Came::Pong(Vec::new()), "also if it says something else");
    node.pass(2_000);
    assert_eq!(idle.closed_with().await, close::SILENT);
}

#[tokio::test]
async fn likes_and_viewers_are_told_in_sums() {
    let shop = Arc::<Shop>::default();
    let node = Node::new(&shop, Limits::default()).await;
    let (mut lin, mut mei) = (node.watch(1).await, node.watch(2).await);
    for client in [&mut lin, &mut mei] {
        for times in [3, 4, 1_000_000] {
            client.say(&json!({ "type": "like", "d": { "times": times } }).to_string()).await;
        }
        client.send(&frame(0x89, b"")).await;
        assert_eq!(client.next().await, Came::Pong(Vec::new()));
    }
    node.pass(1_000);
    let likes = 2 * (3 + 4 + Limits::default().likes_at_once);
    assert_eq!(lin.hear().await["d"], json!({ "more": likes }));
    node.pass(9_000);
    let viewers = mei.read_until("viewers").await;
    assert_eq!(viewers["d"], json!({ "count": 2 }));
    assert_eq!(node.hub.viewers(node.room), 2);
    let counted = async {
        while lock(&shop.counted).is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, counted).await.expect("nothing was counted");
    assert_eq!(*lock(&shop.counted), [(2, likes)]);
    drop(lin);
    while node.hub.viewers(node.room) == 2 {
        tokio::task::yield_now().await;
    }
    node.pass(2_000);
    assert_eq!(mei.read_until("viewers").await["d"], json!({ "count": 1 }));
}

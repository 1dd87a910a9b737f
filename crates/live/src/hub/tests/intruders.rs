//! Those who send too much, or what nobody should.

use std::sync::Arc;

use serde_json::json;
use uuid::Uuid;

use super::{
    client::{Came, Client, frame},
    shop::{Node, Shop},
};
use crate::hub::{Limits, close, lock};

async fn node() -> (Arc<Shop>, Node) {
    let shop = Arc::<Shop>::default();
    let node = Node::new(&shop, Limits::default()).await;
    (shop, node)
}

#[tokio::test]
async fn what_a_viewer_says_reaches_the_source_and_is_answered() {
    let (shop, node) = node().await;
    let mut lin = node.watch(1).await;
    lin.say(r#"{"type":"chat","id":"a","d":{"text":"hello"}}"#).await;
    let reply = lin.hear().await;
    assert_eq!((&reply["type"], reply.get("seq")), (&json!("reply"), None));
    assert_eq!(reply["d"], json!({ "id": "a", "ok": { "said": "hello" } }));
    lin.say(r#"{"type":"chat","id":2,"d":{"text":"forbidden"}}"#).await;
    assert_eq!(lin.hear().await["d"], json!({ "id": 2, "error": "word", "with": { "word": "forbidden" } }));
    let heard = lock(&shop.heard);
    assert_eq!(heard.iter().map(|(who, said)| (*who, said.kind.as_str())).collect::<Vec<_>>(), {
        let lin = Uuid::from_u128(1);
        [(lin, "chat"), (lin, "chat")]
    });
}

#[tokio::test]
async fn a_flood_is_refused_and_then_sent_away() {
    let (shop, node) = node().await;
    let mut lin = node.watch(1).await;
    let chat = r#"{"type":"chat","id":1,"d":{"text":"hello"}}"#;
    for answered in [true, true, true, false] {
        lin.say(chat).await;
        let reply = lin.hear().await;
        assert_eq!(reply["d"].get("ok").is_some(), answered);
        assert!(answered || reply["d"]["error"] == "too-many");
    }
    node.pass(2_000);
    lin.say(chat).await;
    assert!(lin.read_until("reply").await["d"].get("ok").is_some(), "one more in two seconds");
    for _ in 0..=Limits::default().refused_messages {
        lin.say(chat).await;
        node.pass(50);
    }
    assert_eq!(lin.closed_with().await, close::FLOOD);
    assert_eq!(lock(&shop.heard).len(), 4, "nothing of the flood has reached the source");
}

#[tokio::test]
async fn another_socket_brings_no_other_share() {
    let (shop, node) = node().await;
    let (mut one, mut two) = (node.watch(1).await, node.watch(1).await);
    for client in [&mut one, &mut two] {
        for _ in 0..3 {
            client.say(r#"{"type":"chat","id":1,"d":{"text":"hello"}}"#).await;
            client.hear().await;
        }
    }
    assert_eq!(lock(&shop.heard).len(), 3);
}

#[tokio::test]
async fn frames_that_say_nothing_are_counted_too() {
    let (_shop, node) = node().await;
    for first in [0x89, 0x8a] {
        let mut lin = node.watch(1).await;
        let many = frame(first, b"").repeat(1_000);
        lin.try_send(&many).await;
        assert_eq!(lin.closed_with().await, close::FLOOD);
    }
}

#[tokio::test]
async fn what_cannot_be_read_closes_with_its_reason() {
    let (shop, node) = node().await;
    let mut watching = node.watch(99).await;
    let giant = frame(0x81, &vec![b'x'; Limits::default().inbound_bytes + 1]);
    let piece = |first| frame(first, &vec![b'x'; Limits::default().inbound_bytes / 2 + 1]);
    let sent: Vec<(Vec<u8>, u16)> = vec![
        (giant, close::TOO_LARGE),
        ([piece(0x01), piece(0x80)].concat(), close::TOO_LARGE),
        ([frame(0x01, b"{"), frame(0x00, b"").repeat(40)].concat(), close::PROTOCOL),
        (vec![0x81, 0x02, b'{', b'}'], close::PROTOCOL),
        (frame(0xc1, b"{}"), close::PROTOCOL),
        (b"GET / HTTP/1.1\r\n\r\n".to_vec(), close::PROTOCOL),
        (frame(0x82, b"{}"), close::NOT_UNDERSTOOD),
        (frame(0x81, b"\xff"), close::NOT_UNDERSTOOD),
        (frame(0x81, b"hello"), close::NOT_UNDERSTOOD),
        (frame(0x81, br#"{"type":"like","d":{"times":"many"}}"#), close::NOT_UNDERSTOOD),
        (frame(0x81, br#"{"type":"join"}"#), close::PROTOCOL),
    ];
    for (bytes, code) in sent {
        let mut lin = node.watch(1).await;
        lin.send(&bytes).await;
        assert_eq!(lin.closed_with().await, code, "{:x?}", &bytes[..bytes.len().min(20)]);
        let mut early = node.connect(2).await;
        early.send(&frame(0x81, br#"{"type":"chat","d":{}}"#)).await;
        assert_eq!(early.closed_with().await, close::PROTOCOL, "before it has joined");
    }
    node.tell(shop.price("tea", 1));
    assert_eq!(watching.hear().await["type"], "price", "others are not concerned");
}

#[tokio::test]
async fn a_giant_is_closed_before_it_has_come() {
    let (_shop, node) = node().await;
    let mut lin = node.watch(1).await;
    let mut head = vec![0x81, 0xff];
    head.extend((1_u64 << 40).to_be_bytes());
    lin.send(&[&head[..], &[1, 2, 3, 4]].concat()).await;
    assert_eq!(lin.closed_with().await, close::TOO_LARGE);
}

#[tokio::test]
async fn a_message_may_come_in_pieces_and_with_a_ping_between() {
    let (_shop, node) = node().await;
    let mut lin = node.connect(1).await;
    let join = br#"{"type":"join"}"#;
    for byte in [frame(0x01, &join[..5]), frame(0x89, b"?"), frame(0x80, &join[5..])].concat() {
        lin.send(&[byte]).await;
    }
    assert_eq!(lin.next().await, Came::Pong(b"?".to_vec()));
    assert_eq!(lin.hear().await["type"], "snapshot");
}

#[tokio::test]
async fn who_says_goodbye_is_answered_and_let_go() {
    let (_shop, node) = node().await;
    let mut lin = node.watch(1).await;
    lin.send(&frame(0x88, &1000_u16.to_be_bytes())).await;
    assert_eq!((lin.next().await, lin.next().await), (Came::Close(1000), Came::End));
    while node.hub.sockets() > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn there_are_only_so_many_sockets_for_a_person_an_address_and_the_server() {
    let shop = Arc::<Shop>::default();
    let limits = Limits { sockets: 5, sockets_per_person: 2, sockets_per_address: 3, ..Limits::default() };
    let node = Node::new(&shop, limits).await;
    let from = async |person, address: &str| {
        let header = format!("x-address: {address}\r\n");
        Client::connect_with(node.address, node.room, person, &header).await
    };
    let mut held = vec![from(1, "10.0.0.1").await, from(1, "10.0.0.2").await];
    assert_eq!(from(1, "10.0.0.3").await.status, 429);
    held.extend([from(2, "10.0.0.2").await, from(3, "10.0.0.2").await]);
    assert_eq!(from(4, "10.0.0.2").await.status, 429);
    held.push(from(5, "10.0.0.5").await);
    assert_eq!(from(6, "10.0.0.6").await.status, 503);
    assert!(held.iter().all(|client| client.status == 101));
    drop(held.remove(0));
    while node.hub.sockets() == 5 {
        tokio::task::yield_now().await;
    }
    assert_eq!(from(6, "10.0.0.6").await.status, 101);
}

#[tokio::test]
async fn another_sites_page_cannot_open_a_socket() {
    let (_shop, node) = node().await;
    let from = async |origin: &str| {
        let header = format!("origin: {origin}\r\n");
        Client::connect_with(node.address, node.room, 1, &header).await.status
    };
    assert_eq!(from("https://evil.example").await, 403);
    assert_eq!(from(super::shop::ORIGIN).await, 101);
}

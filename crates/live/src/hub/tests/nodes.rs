//! Rooms over several nodes, whose letters may be lost.

use std::sync::{
    Arc, Mutex, Weak,
    atomic::{AtomicBool, Ordering},
};

use bytes::Bytes;
use kernel::RoomId;
use serde_json::json;
use uuid::Uuid;

use super::{
    client::{Came, frame},
    shop::{Node, Shop, pass_until},
};
use crate::hub::{EventKind, Limits, Passing, PassingKey, Peers, close, lock, running::Running};

/// Carries letters between nodes in this process, or loses them.
#[derive(Default)]
struct Post {
    nodes: Mutex<Vec<Weak<Running>>>,
    loses: AtomicBool,
}

impl Peers for Arc<Post> {
    fn send(&self, message: Bytes) {
        if self.loses.load(Ordering::Relaxed) {
            return;
        }
        let nodes: Vec<_> = lock(&self.nodes).iter().filter_map(Weak::upgrade).collect();
        // As with a network, nobody hears before the sender has gone on.
        tokio::spawn(async move {
            // Who sent it hears it too, and knows it for its own.
            nodes.iter().for_each(|node| node.hear(&message));
        });
    }
}

struct Town {
    shop: Arc<Shop>,
    post: Arc<Post>,
    one: Node,
    other: Node,
}

async fn town() -> Town {
    let (shop, post) = (Arc::<Shop>::default(), Arc::<Post>::default());
    let room = RoomId::new();
    let one = Node::among(&shop, Arc::new(post.clone()), room, Limits::default()).await;
    let other = Node::among(&shop, Arc::new(post.clone()), room, Limits::default()).await;
    let nodes = [&one, &other].map(|node| Arc::downgrade(&node.hub.running));
    lock(&post.nodes).extend(nodes);
    Town { shop, post, one, other }
}

impl Town {
    fn lose_letters(&self, loses: bool) {
        self.post.loses.store(loses, Ordering::Relaxed);
    }

    async fn pass_until<T>(&self, comes: impl Future<Output = T>) -> T {
        pass_until([&self.one, &self.other], comes).await
    }
}

#[tokio::test]
async fn an_event_told_at_one_node_is_seen_at_all_in_order_and_once() {
    let town = town().await;
    let (mut lin, mut mei) = (town.one.watch(1).await, town.other.watch(2).await);
    let events = [1, 2, 3].map(|price| town.shop.price("tea", price));
    town.other.tell(events[1].clone());
    town.one.tell(events[0].clone());
    town.one.tell(events[1].clone());
    town.other.tell(events[2].clone());
    town.other.tell(town.shop.price("tea", 4));
    for seq in 1..=4 {
        assert_eq!(lin.hear().await["seq"], seq);
        assert_eq!(mei.hear().await["seq"], seq);
    }
}

#[tokio::test]
async fn a_lost_letter_costs_a_late_look() {
    let town = town().await;
    let mut mei = town.other.watch(2).await;
    town.lose_letters(true);
    town.one.tell(town.shop.price("tea", 1));
    let told = town.pass_until(mei.read_until("price")).await;
    assert_eq!(told["seq"], 1, "even when it was the last for now");
    town.lose_letters(true);
    town.one.tell(town.shop.price("tea", 2));
    town.lose_letters(false);
    town.one.tell(town.shop.price("tea", 3));
    for seq in [2, 3] {
        assert_eq!(town.pass_until(mei.read_until("price")).await["seq"], seq);
    }
}

#[tokio::test]
async fn who_knew_more_at_another_node_is_not_set_back() {
    let town = town().await;
    let (mut lin, _mei) = (town.one.watch(1).await, town.other.watch(2).await);
    town.lose_letters(true);
    town.one.tell(town.shop.price("tea", 1));
    let since = lin.hear().await["seq"].clone();
    let mut moved = town.other.connect(1).await;
    let join = json!({ "type": "join", "d": { "since": { "epoch": 0, "seq": since } } });
    moved.say(&join.to_string()).await;
    moved.send(&frame(0x89, b"")).await;
    assert_eq!(moved.next().await, Came::Pong(Vec::new()), "it waits until its node knows as much");
    let resumed = town.pass_until(moved.hear()).await;
    assert_eq!((&resumed["type"], &resumed["seq"]), (&json!("resumed"), &json!(1)));
}

#[tokio::test]
async fn viewers_of_all_nodes_are_summed_while_their_node_is_heard() {
    let town = town().await;
    let (mut lin, _mei, _lu) =
        (town.one.watch(1).await, town.other.watch(2).await, town.other.watch(3).await);
    let room = town.one.room;
    town.pass_until(async { while lin.read_until("viewers").await["d"]["count"] != 3 {} }).await;
    assert_eq!(town.other.hub.viewers(room), 3);
    town.lose_letters(true);
    town.one.pass(8_000);
    assert_eq!(town.one.hub.viewers(room), 1, "a node that died counts nobody");
    assert_eq!(town.other.hub.viewers(room), 3);
}

#[tokio::test]
async fn a_node_without_viewers_knows_how_many_there_are_elsewhere() {
    let town = town().await;
    let _mei = town.other.watch(2).await;
    let known = async {
        while town.one.hub.viewers(town.one.room) == 0 {
            tokio::task::yield_now().await;
        }
    };
    town.pass_until(known).await;
    town.other.hub.stop();
    while town.one.hub.viewers(town.one.room) == 1 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn likes_stock_and_words_to_one_person_reach_every_node() {
    let town = town().await;
    let (mut lin, mut mei) = (town.one.watch(1).await, town.other.watch(2).await);
    let room = town.one.room;
    let stock = Passing::new(PassingKey::Stock(kernel::SkuId::new()), 1, &json!({ "left": 3 })).unwrap();
    town.one.hub.pass(room, stock);
    for client in [&mut lin, &mut mei] {
        assert_eq!(client.read_until("stock").await["d"]["left"], 3);
    }
    town.one.hub.tell_person(room, Uuid::from_u128(2), "coupon", &json!({ "code": "tea" }));
    assert_eq!(mei.read_until("coupon").await["d"]["code"], "tea");
    lin.say(r#"{"type":"like","d":{"times":7}}"#).await;
    lin.send(&frame(0x89, b"")).await;
    while lin.next().await != Came::Pong(Vec::new()) {}
    for client in [&mut lin, &mut mei] {
        assert_eq!(town.pass_until(client.read_until("likes")).await["d"]["more"], 7);
    }
}

#[tokio::test]
async fn who_is_dismissed_at_one_node_is_dismissed_at_all() {
    let town = town().await;
    let mut mei = town.other.watch(2).await;
    town.one.hub.dismiss(town.one.room, Uuid::from_u128(2));
    assert_eq!(mei.closed_with().await, close::NOT_ALLOWED);
}

#[tokio::test]
async fn a_ban_holds_also_when_every_letter_is_lost() {
    let town = town().await;
    let mut mei = town.other.watch(2).await;
    town.lose_letters(true);
    town.one.tell(town.shop.happen(EventKind::Ban, &json!({ "person": Uuid::from_u128(2) })));
    assert_eq!(town.pass_until(mei.closed_with()).await, close::NOT_ALLOWED);
}

#[tokio::test]
async fn a_room_ends_at_all_nodes_after_its_last_event() {
    let town = town().await;
    let (mut lin, mut mei) = (town.one.watch(1).await, town.other.watch(2).await);
    town.lose_letters(true);
    town.one.tell(town.shop.happen(EventKind::LiveState, &json!({ "state": "ended" })));
    town.lose_letters(false);
    town.one.hub.end(town.one.room);
    for client in [&mut lin, &mut mei] {
        let (code, messages) = town.pass_until(client.read_to_close()).await;
        assert_eq!(code, Some(close::OVER));
        assert_eq!(messages.iter().filter(|message| message["type"] == "live_state").count(), 1);
    }
}

#[tokio::test]
async fn a_strange_letter_is_nothing() {
    let town = town().await;
    let mut lin = town.one.watch(1).await;
    for letter in ["", "{}", "null", r#"{"node":"x"}"#, "\u{0}"] {
        town.one.hub.hear(letter.as_bytes());
    }
    let newer = json!({ "node": Uuid::nil(), "room": town.one.room, "word": { "dance": {} } });
    town.one.hub.hear(newer.to_string().as_bytes());
    town.one.tell(town.shop.price("tea", 1));
    assert_eq!(lin.hear().await["seq"], 1);
}

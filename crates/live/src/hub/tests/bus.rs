//! Rooms over two processes that hear each other through NATS.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    sync::Arc,
};

use gateways::bus::Bus;
use kernel::{Clock, RoomId};
use uuid::Uuid;

use super::{
    client::PATIENCE,
    shop::{Node, Shop},
};
use crate::hub::{Hub, Limits, close};

struct NatsServer(Child);

impl NatsServer {
    fn start(port: u16) -> Self {
        let child = Command::new("nats-server")
            .args(["--addr", "127.0.0.1", "--port", &port.to_string()])
            .stderr(Stdio::null())
            .spawn()
            .expect("nats-server is missing: `cargo xtask test` installs it");
        Self(child)
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn node(shop: &Arc<Shop>, bus: &Bus, room: RoomId) -> Node {
    let clock = Clock::system();
    let hub = Hub::on_bus(shop.clone(), bus, clock.clone(), Limits::default()).await.unwrap();
    Node::around(hub, room, clock).await
}

#[tokio::test]
async fn rooms_work_over_processes_that_share_nats() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let _server = NatsServer::start(port);
    let address = format!("nats://127.0.0.1:{port}");
    let (shop, room) = (Arc::<Shop>::default(), RoomId::new());
    let one = node(&shop, &Bus::join(&address).await.unwrap(), room).await;
    let other = node(&shop, &Bus::join(&address).await.unwrap(), room).await;
    let (mut lin, mut mei) = (one.watch(1).await, other.watch(2).await);
    // A subscription takes a moment to be known; both tell by themselves that they are there.
    let known = async {
        while one.hub.viewers(room) < 2 || other.hub.viewers(room) < 2 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, known).await.expect("the nodes do not hear each other");
    for price in 1..=50 {
        let event = shop.price("tea", price);
        if price % 2 == 0 { one.tell(event) } else { other.tell(event) }
    }
    for client in [&mut lin, &mut mei] {
        for price in 1..=50 {
            assert_eq!(client.read_until("price").await["d"]["price"], price);
        }
    }
    one.hub.dismiss(room, Uuid::from_u128(2));
    assert_eq!(mei.closed_with().await, close::NOT_ALLOWED);
}

#[tokio::test]
async fn a_process_that_is_alone_has_rooms_too() {
    let (shop, room) = (Arc::<Shop>::default(), RoomId::new());
    let node = node(&shop, &Bus::default(), room).await;
    let mut lin = node.watch(1).await;
    node.tell(shop.price("tea", 1));
    assert_eq!(lin.read_until("price").await["seq"], 1);
    let counted = lin.read_until("viewers");
    let counted = tokio::time::timeout(PATIENCE, counted).await.expect("time does not pass by itself");
    assert_eq!(counted["d"]["count"], 1);
}

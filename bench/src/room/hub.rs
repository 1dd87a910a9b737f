//! The server of the room's bench, in a process of its own: the hub behind HTTP, and a story that is told by posts.

use crate::Outcome;
use axum::{
    Router,
    body::Bytes,
    extract::{Request, State},
    response::Response,
    routing::{get, post},
};
use kernel::{Clock, RoomId};
use live::hub::{
    Alone, Event, EventKind, Hub, Inbound, Limits, Position, Reply, Snapshot, Source, SourceError, Viewer,
};
use serde_json::value::RawValue;
use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

/// A story whose events are nowhere but in the hub.
#[derive(Default)]
struct Stage {
    seq: AtomicI64,
}

impl Stage {
    fn at(&self) -> Position {
        Position::new(1, self.seq.load(Ordering::Relaxed))
    }
}

#[async_trait::async_trait]
impl Source for Stage {
    async fn snapshot(&self, _: RoomId) -> Result<Option<Snapshot>, SourceError> {
        Ok(Some(Snapshot { at: self.at(), d: RawValue::NULL.to_owned() }))
    }

    async fn events_after(
        &self,
        _: RoomId,
        _: Position,
        _: usize,
    ) -> Result<Option<Vec<Event>>, SourceError> {
        Ok(Some(Vec::new()))
    }

    async fn inbound(&self, _: RoomId, _: &Viewer, _: Inbound) -> Reply {
        Reply::Done(serde_json::Value::Null)
    }
}

#[derive(Clone)]
struct Server {
    hub: Hub,
    stage: Arc<Stage>,
    room: RoomId,
}

/// Serves until it is killed.
pub fn serve() -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let stage = Arc::<Stage>::default();
        let limits = Limits { sockets_per_address: 50_000, ..Limits::default() };
        let hub = Hub::start(stage.clone(), Arc::new(Alone), Clock::system(), limits);
        let router = Router::new().route("/ws", get(socket)).route("/pub", post(tell)).with_state(Server {
            hub,
            stage,
            room: RoomId::new(),
        });
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        println!("listening on http://{}", listener.local_addr()?);
        Ok(axum::serve(listener, router).await?)
    })
}

async fn socket(State(server): State<Server>, request: Request) -> Response {
    let viewer =
        Viewer { person: uuid::Uuid::now_v7(), signed_in: false, address: Ipv4Addr::LOCALHOST.into() };
    server.hub.upgrade(request, "", server.room, viewer)
}

/// The body becomes the next event. Posts come one after the other.
async fn tell(State(server): State<Server>, body: Bytes) -> &'static str {
    let at = Position::new(1, server.stage.seq.fetch_add(1, Ordering::Relaxed) + 1);
    match serde_json::from_slice::<Box<RawValue>>(&body) {
        Ok(d) => server.hub.tell(server.room, Event { at, kind: EventKind::Announce, by: None, d }),
        Err(_) => return "no JSON\n",
    }
    "told\n"
}

//! The live rooms of this process: its event hub, its video, and what it remembers.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use broadcast::{Broadcast, Recordings};
use db::Tx;
use kernel::{RoomId, StoreId};
use uuid::Uuid;
use web::{App, Error, metrics::Gauge};

use crate::{
    Settings,
    hub::{Hub, Passing},
    keep::{keep, write_counts},
    memory::{Known, Memory},
    meters::Meters,
    rooms,
    shelf::LastLook,
    story::{Keeper, Story},
};

/// The live rooms of this process; cheap to clone.
#[derive(Clone)]
pub struct Live(Arc<Inner>);

struct Inner {
    hub: Hub,
    broadcast: Broadcast,
    settings: Settings,
    memory: Memory,
    meters: Meters,
    node: Uuid,
    /// Rooms into which someone has published here.
    published: Mutex<BTreeSet<RoomId>>,
    last_look: LastLook,
    gauges: Gauges,
}

/// What `/metrics` says of live rooms in this process.
struct Gauges {
    rooms: Gauge,
    sockets: Gauge,
}

impl Live {
    /// Begins, on the current runtime; answers with the server's state that has the live rooms in it. Live rooms whose
    /// pictures came to this process before it stopped wait for their host from now on.
    pub async fn start(mut app: App, settings: Settings) -> Result<App, Error> {
        let keeper = Arc::new(Keeper::default());
        let recordings = Recordings::new(app.files.clone());
        let hub = Hub::on_bus(keeper.clone(), &app.bus, app.clock.clone(), settings.hub.clone()).await;
        let live = Live(Arc::new(Inner {
            hub: hub.map_err(Error::internal)?,
            broadcast: Broadcast::new(keeper.clone(), recordings, app.clock.clone()),
            settings,
            memory: Memory::default(),
            meters: Meters::default(),
            node: Uuid::now_v7(),
            published: Mutex::default(),
            last_look: LastLook::default(),
            gauges: Gauges {
                rooms: app.metrics.gauge("live_rooms", "Rooms whose pictures come to this process"),
                sockets: app.metrics.gauge("live_sockets", "Connections of viewers"),
            },
        }));
        app.parts.insert(live.clone());
        crate::offer(&mut app.parts);
        keeper.set(app.clone());
        // A process that takes no video has lost none, and is nobody's to speak for.
        if !live.settings().video_elsewhere {
            rooms::recover(&app, &live.settings().internal_url).await?;
        }
        tokio::spawn(rooms::follow(app.clone(), live.clone()));
        tokio::spawn(keep(app.clone(), live));
        Ok(app)
    }

    /// Before the process goes: publishers are sent away, and what they sent is kept to the last frame; viewers are told
    /// to come back; what was counted is written. Rooms do not end by it.
    pub async fn stop(&self, app: &App) {
        self.hub().stop();
        self.broadcast().close().await;
        write_counts(app, self).await;
    }

    /// The live rooms of this process. One that has none answers that it is not available.
    pub fn of(app: &App) -> Result<Live, Error> {
        app.parts.get::<Live>().cloned().ok_or(Error::Unavailable)
    }

    pub fn hub(&self) -> &Hub {
        &self.0.hub
    }

    pub fn broadcast(&self) -> &Broadcast {
        &self.0.broadcast
    }

    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub fn meters(&self) -> &Meters {
        &self.0.meters
    }

    /// This process among others.
    pub fn node(&self) -> Uuid {
        self.0.node
    }

    /// Someone publishes into the room here.
    pub(crate) fn publishes(&self, room: RoomId) {
        self.0.published.lock().unwrap_or_else(PoisonError::into_inner).insert(room);
    }

    /// The goods of the rooms as they were at the last look.
    pub(crate) fn last_look(&self) -> &LastLook {
        &self.0.last_look
    }

    /// The room's video is no longer here.
    pub(crate) fn gone(&self, room: RoomId) {
        self.0.last_look.forget(room);
        self.0.published.lock().unwrap_or_else(PoisonError::into_inner).remove(&room);
    }

    /// The rooms into which someone has published here, so far as their video is not gone.
    pub(crate) fn published(&self) -> Vec<RoomId> {
        self.0.published.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect()
    }

    /// Shows something in passing to everyone in the room, on both its sides.
    pub fn pass(&self, room: RoomId, passing: Passing) {
        self.hub().pass(rooms::backstage(room), passing.clone());
        self.hub().pass(room, passing);
    }

    /// Puts the numbers of `/metrics` right.
    pub(crate) fn gauge(&self, rooms: usize) {
        self.0.gauges.rooms.set(rooms as i64);
        self.0.gauges.sockets.set(self.hub().sockets() as i64);
    }

    /// What is known of a room, from memory where that is fresh.
    pub(crate) async fn known(&self, app: &App, room: RoomId) -> Result<Option<Known>, db::Error> {
        let now = app.clock.now();
        if let Some(known) = self.0.memory.get(room, now) {
            return Ok(known);
        }
        let known = rooms::known(&mut app.db.read().await?, room).await?;
        self.0.memory.put(room, known.clone(), now);
        Ok(known)
    }

    /// Changes a room and its story in one transaction of the store's lane: what `work` adds to the story is written
    /// with what it changes, and told when both are on disk. An error undoes everything and nothing is told.
    pub async fn change<T, E: From<db::Error>>(
        app: &App,
        store: StoreId,
        room: RoomId,
        work: impl AsyncFnOnce(&mut Tx, &mut Story) -> Result<T, E> + Clone,
    ) -> Result<T, E> {
        let now = app.clock.now();
        let (value, told) = app
            .db
            .write(store, async |tx| {
                let mut story = Story::default();
                let value = work.clone()(tx, &mut story).await?;
                let told = story.write(tx, store, room, now).await?;
                Ok::<_, E>((value, told))
            })
            .await?;
        // A process without live rooms leaves the telling to the outbox.
        if let Ok(live) = Live::of(app) {
            live.0.memory.forget(room);
            told.tell(&live, room);
        }
        Ok(value)
    }
}

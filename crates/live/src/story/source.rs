//! Where the hub gets what is true of a room.

use std::sync::OnceLock;

use kernel::{AccountId, RoomId};
use web::App;

use super::{events_after, snapshot, snapshot_for_buyers};
use crate::{
    Live,
    hub::{Event, Inbound, Position, Reply, Snapshot, Source, SourceError, Viewer},
    rooms::{self, Side, State},
};

/// The server's state, for those whom the hub and the video ask. They begin before it is complete.
#[derive(Default)]
pub(crate) struct Keeper(OnceLock<App>);

impl Keeper {
    /// From now on questions are answered.
    pub(crate) fn set(&self, app: App) {
        // A second setting would be a second server in one keeper, which nobody makes.
        let _ = self.0.set(app);
    }

    pub(crate) fn app(&self) -> Result<&App, NotYet> {
        self.0.get().ok_or(NotYet)
    }
}

/// The server is still starting.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the server is still starting")]
pub(crate) struct NotYet;

#[async_trait::async_trait]
impl Source for Keeper {
    async fn snapshot(&self, id: RoomId) -> Result<Option<Snapshot>, SourceError> {
        let app = self.app()?;
        let mut read = app.db.read().await?;
        let Some((room, side)) = rooms::of_hub(&mut read, id).await? else { return Ok(None) };
        if room.state.is_over() {
            return Ok(None);
        }
        let Some(store) = stores::by_id(&mut read, room.store_id).await? else { return Ok(None) };
        let d = match side {
            Side::Front => snapshot_for_buyers(app, &mut read, &room, store.currency).await?,
            Side::Backstage => {
                let viewers = Live::of(app).map_or(0, |live| live.hub().viewers(room.id));
                snapshot(&mut read, &room, store.currency, viewers, app.clock.now()).await?
            }
        };
        let at = Position::new(room.epoch, room.seq);
        Ok(Some(Snapshot { at, d: serde_json::value::to_raw_value(&d)? }))
    }

    async fn events_after(
        &self,
        id: RoomId,
        after: Position,
        limit: usize,
    ) -> Result<Option<Vec<Event>>, SourceError> {
        let app = self.app()?;
        let mut read = app.db.read().await?;
        let Some((room, side)) = rooms::of_hub(&mut read, id).await? else { return Ok(None) };
        if room.epoch != after.epoch {
            return Ok(None);
        }
        // What the staff try before the start is not told in front, not even when nothing comes of the room.
        match (side, room.state) {
            (Side::Front, State::Cancelled { .. }) => return Ok(None),
            (Side::Front, state) if state.is_coming() => return Ok(Some(Vec::new())),
            _ => {}
        }
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        Ok(Some(events_after(&mut read, room.store_id, room.id, after, most).await?))
    }

    async fn inbound(&self, id: RoomId, viewer: &Viewer, message: Inbound) -> Reply {
        let Ok(app) = self.app() else { return refused("error-unavailable") };
        let account = viewer.signed_in.then(|| AccountId::from_uuid(viewer.person));
        match message.kind.as_str() {
            "chat" => crate::chat::hear(app, id, account, &message.d).await,
            _ => refused("unknown"),
        }
    }

    async fn counted(&self, room: RoomId, viewers: u64, likes: u64) {
        let Ok(app) = self.app() else { return };
        if let Ok(live) = Live::of(app) {
            live.meters().counted(room, viewers, likes);
        }
    }
}

fn refused(error: &str) -> Reply {
    Reply::Refused { error: error.to_owned(), with: serde_json::Value::Null }
}

//! All rooms of this process, and the way into them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use axum::Router;
use kernel::Clock;
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;

use crate::contract::{Admit, Grant, Publishing, Refusal, Source};
use crate::name::Name;
use crate::poster::Poster;
use crate::recording::{Recorder, Recordings};
use crate::room::status::{Ending, Report, Status};
use crate::room::{self, Publication, Room, Stop};
use crate::rtc::Desk;

/// News that a slow listener may still find.
const REPORTS_KEPT: usize = 1_024;

/// The live rooms of this process. Cloning it is cheap and gives the same rooms.
#[derive(Clone)]
pub struct Broadcast(Arc<Inner>);

struct Inner {
    admit: Arc<dyn Admit>,
    clock: Clock,
    recordings: Recordings,
    rooms: Mutex<HashMap<Name, Arc<Room>>>,
    recorders: Mutex<Vec<JoinHandle<()>>>,
    /// Where browsers connect, while it is open.
    desk: Mutex<Option<Arc<Desk>>>,
    /// Rooms that are watched elsewhere.
    external_hls: Mutex<HashMap<Name, Arc<str>>>,
    reports: broadcast::Sender<Report>,
}

/// Why someone may not publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Stopped(#[from] Stop),
}

impl Broadcast {
    pub fn new(admit: Arc<dyn Admit>, recordings: Recordings, clock: Clock) -> Self {
        Self(Arc::new(Inner {
            admit,
            clock,
            recordings,
            rooms: Mutex::default(),
            recorders: Mutex::default(),
            desk: Mutex::default(),
            external_hls: Mutex::default(),
            reports: broadcast::channel(REPORTS_KEPT).0,
        }))
    }

    /// The viewers' addresses, relative to where they are nested: see the crate's page.
    pub fn routes(&self) -> Router {
        crate::hls::routes()
            .merge(crate::rtc::routes())
            .merge(crate::poster::routes())
            .merge(crate::ways::routes())
            .with_state(self.clone())
    }

    /// Lets someone publish whom [`Admit`] lets. Rooms begin here. Must be called within a tokio runtime.
    pub async fn publish(&self, asked: Publishing<'_>) -> Result<Publication, PublishError> {
        let source = asked.source;
        let grant = self.0.admit.publish(asked).await?;
        Ok(self.enter(&grant, source).ok_or(Stop::Ended)?)
    }

    pub(crate) fn enter(&self, grant: &Grant, source: Source) -> Option<Publication> {
        let mut rooms = self.rooms();
        if let Some(room) = rooms.get(&grant.room) {
            if room.show == grant.show {
                return room.publish(source);
            }
            room.end(Ending::Asked);
        }
        let recorder = grant.record.then(|| self.record(grant));
        let inner = &self.0;
        let room = Room::new(grant, source, inner.clock.clone(), recorder, inner.reports.clone());
        let room = Arc::new(room);
        if let Some(target) = grant.forward.clone() {
            room.forward(target);
        }
        rooms.insert(grant.room.clone(), room.clone());
        tokio::spawn(watch_over(room.clone(), Arc::downgrade(inner)));
        room.publish(source)
    }

    fn record(&self, grant: &Grant) -> Recorder {
        let recordings = self.0.recordings.clone();
        let (recorder, task) = Recorder::begin(recordings, grant.show.clone(), grant.limits.recording_bytes);
        let mut tasks = self.0.recorders.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.retain(|task| !task.is_finished());
        tasks.push(task);
        recorder
    }

    /// A room's state, and all that follow. `None` when nobody has published there lately.
    pub fn status(&self, room: &Name) -> Option<watch::Receiver<Arc<Status>>> {
        Some(self.room(room)?.statuses())
    }

    /// How many watch with low latency at this moment, about.
    pub fn viewers(&self, room: &Name) -> u32 {
        self.room(room).map_or(0, |room| room.viewers())
    }

    /// A room's poster, if it has one.
    pub fn poster(&self, room: &Name) -> Option<Poster> {
        self.room(room)?.posters().latest()
    }

    /// Gives a room its poster; it goes when the room does.
    pub fn set_poster(&self, room: &Name, poster: Poster) {
        if let Some(room) = self.room(room) {
            room.posters().set(poster);
        }
    }

    /// Says that a room is watched at this address, of a playlist of a media server or of a CDN, or here again.
    ///
    /// Players that ask for the room's `index.m3u8` are sent there (307), also when nobody publishes here because the
    /// encoder publishes to that server itself. What is published here is served and recorded here as always, so a
    /// server that pulls or a CDN in front of [`Broadcast::routes`] finds it; [`Grant::forward`] sends it to one that
    /// does not pull. WHEP, the recording and everything a player already holds are not touched. The address is held in
    /// memory: say it again after a start.
    pub fn set_external_hls(&self, room: Name, address: Option<&str>) {
        let mut external = self.0.external_hls.lock().unwrap_or_else(PoisonError::into_inner);
        match address {
            Some(address) => external.insert(room, address.into()),
            None => external.remove(&room),
        };
    }

    /// Where a room is watched, if not here.
    pub fn external_hls(&self, room: &Name) -> Option<Arc<str>> {
        self.0.external_hls.lock().unwrap_or_else(PoisonError::into_inner).get(room).cloned()
    }

    /// What happens in all rooms from now on. Who falls behind is told so and can look at each room's status.
    pub fn reports(&self) -> broadcast::Receiver<Report> {
        self.0.reports.subscribe()
    }

    /// Ends a room's show: the publisher is sent away, and viewers see the end.
    pub fn end(&self, room: &Name) {
        if let Some(room) = self.room(room) {
            room.end(Ending::Asked);
        }
    }

    /// Before the process goes: publishers are sent away, and what they sent is recorded to the last frame. Shows do
    /// not end by it: whoever comes back to the next process continues.
    pub async fn close(&self) {
        let rooms: Vec<Arc<Room>> = self.rooms().values().cloned().collect();
        rooms.iter().for_each(|room| room.suspend());
        let tasks = std::mem::take(&mut *self.0.recorders.lock().unwrap_or_else(PoisonError::into_inner));
        for task in tasks {
            // A recorder that panicked has told so.
            let _ = task.await;
        }
    }

    pub fn recordings(&self) -> &Recordings {
        &self.0.recordings
    }

    pub(crate) fn admit(&self) -> &dyn Admit {
        &*self.0.admit
    }

    pub(crate) fn desk(&self) -> Option<Arc<Desk>> {
        self.lock_desk().clone()
    }

    pub(crate) fn set_desk(&self, desk: Option<Arc<Desk>>) {
        *self.lock_desk() = desk;
    }

    /// Closes this desk, unless another has taken its place.
    pub(crate) fn close_desk(&self, desk: &Arc<Desk>) {
        let mut open = self.lock_desk();
        if open.as_ref().is_some_and(|open| Arc::ptr_eq(open, desk)) {
            *open = None;
        }
    }

    fn lock_desk(&self) -> MutexGuard<'_, Option<Arc<Desk>>> {
        self.0.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn room(&self, name: &Name) -> Option<Arc<Room>> {
        self.rooms().get(name).cloned()
    }

    fn rooms(&self) -> MutexGuard<'_, HashMap<Name, Arc<Room>>> {
        self.0.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps a room's time-outs, and forgets it when it is long over and nothing took its place.
async fn watch_over(room: Arc<Room>, inner: Weak<Inner>) {
    room::keep(room.clone()).await;
    let Some(inner) = inner.upgrade() else { return };
    let mut rooms = inner.rooms.lock().unwrap_or_else(PoisonError::into_inner);
    if rooms.get(&room.name).is_some_and(|current| Arc::ptr_eq(current, &room)) {
        rooms.remove(&room.name);
    }
}

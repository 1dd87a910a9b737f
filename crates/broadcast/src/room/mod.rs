//! One show in one room: what comes in is packed, kept, recorded and told. Every moment that changes a room passes
//! through its one lock; viewers never take it, they share the last snapshot.

mod forward;
mod intake;
mod keeper;
mod meter;
mod publication;
pub(crate) mod relay;
pub mod status;

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kernel::Clock;
use tokio::sync::{broadcast, watch};
use tokio::time::Instant;

use self::forward::Forward;
use self::intake::Intake;
use self::meter::Meter;
use self::relay::{Ear, Relay, Tracks};
use self::status::{Ending, Health, News, Phase, Recording, Report, Status, Trouble};
use crate::contract::{Grant, Limits, Source};
use crate::hls::packager::Packager;
use crate::hls::segment::Snapshot;
use crate::name::Name;
use crate::poster::Posters;
use crate::recording::Recorder;
use crate::rtmp::push::Target;

pub(crate) use self::keeper::keep;
pub use self::publication::{Publication, Stop};

/// How long a host may be away before the show is over.
pub const RESUME_WITHIN: Duration = Duration::from_secs(60);

pub(crate) struct Room {
    pub(crate) name: Name,
    pub(crate) show: Name,
    pub(crate) limits: Limits,
    clock: Clock,
    snapshot: watch::Sender<Arc<Snapshot>>,
    status: watch::Sender<Arc<Status>>,
    reports: broadcast::Sender<Report>,
    /// Requests that wait for something to come.
    held: AtomicU32,
    /// Viewers who get frames without asking for each.
    seated: AtomicU32,
    /// Whether one of them waits for a key frame.
    key_wish: AtomicBool,
    posters: Mutex<Posters>,
    stage: Mutex<Stage>,
}

/// What only one at a time may touch.
struct Stage {
    packager: Packager,
    intake: Intake,
    relay: Relay,
    meter: Meter,
    recorder: Option<Recorder>,
    source: Source,
    phase: Phase,
    /// Which publication counts: the newest. Zero when there is none.
    publication: u64,
    publications: u64,
    began: Instant,
    lost: Option<Instant>,
    trouble: Option<Trouble>,
    has_started: bool,
}

impl Room {
    pub(crate) fn new(
        grant: &Grant,
        source: Source,
        clock: Clock,
        recorder: Option<Recorder>,
        reports: broadcast::Sender<Report>,
    ) -> Self {
        let now = clock.now();
        // A segment lasts a second or more, so the clock is ahead of every number this show had before a restart, and
        // no player sees the numbers go back.
        let first_number = u64::try_from(now.as_second()).unwrap_or(0);
        let packager = Packager::new(first_number, grant.limits.memory_bytes);
        let status = Status {
            room: grant.room.clone(),
            show: grant.show.clone(),
            source,
            phase: Phase::Waiting,
            since: now,
            health: Health::default(),
            trouble: None,
            recording: recorder.as_ref().map_or(Recording::NotAsked, Recorder::state),
        };
        Self {
            name: grant.room.clone(),
            show: grant.show.clone(),
            limits: grant.limits,
            clock,
            snapshot: watch::channel(Arc::new(packager.snapshot())).0,
            status: watch::channel(Arc::new(status)).0,
            reports,
            held: AtomicU32::new(0),
            seated: AtomicU32::new(0),
            key_wish: AtomicBool::new(false),
            posters: Mutex::default(),
            stage: Mutex::new(Stage {
                packager,
                intake: Intake::default(),
                relay: Relay::default(),
                meter: Meter::new(),
                recorder,
                source,
                phase: Phase::Waiting,
                publication: 0,
                publications: 0,
                began: Instant::now(),
                lost: None,
                trouble: None,
                has_started: false,
            }),
        }
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        // What a panic left behind is still whole frames and segments.
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn snapshots(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.snapshot.subscribe()
    }

    pub(crate) fn statuses(&self) -> watch::Receiver<Arc<Status>> {
        self.status.subscribe()
    }

    pub(crate) fn is_over(&self) -> bool {
        matches!(self.status.borrow().phase, Phase::Ended(_))
    }

    /// Counts a request that is going to wait; `None` when too many do.
    pub(crate) fn hold(self: &Arc<Self>) -> Option<Held> {
        self.held.fetch_add(1, Ordering::Relaxed);
        let held = Held(self.clone());
        (self.viewers() <= self.limits.viewers).then_some(held)
    }

    /// Counts a viewer who gets each frame as it comes; `None` when there are too many.
    pub(crate) fn seat(self: &Arc<Self>) -> Option<Seat> {
        let before = self.seated.fetch_add(1, Ordering::Relaxed);
        let seat = Seat(self.clone());
        (before < self.limits.webrtc_viewers && self.viewers() <= self.limits.viewers).then_some(seat)
    }

    /// Whether one more may get each frame as it comes.
    pub(crate) fn has_seat(&self) -> bool {
        self.seated.load(Ordering::Relaxed) < self.limits.webrtc_viewers
            && self.viewers() < self.limits.viewers
    }

    /// Viewers at this moment, about: a low-latency player waits for a playlist and a part at once.
    pub(crate) fn viewers(&self) -> u32 {
        self.held.load(Ordering::Relaxed).div_ceil(2) + self.seated.load(Ordering::Relaxed)
    }

    /// What can be had without a playlist, while someone publishes.
    pub(crate) fn tracks(&self) -> Option<Tracks> {
        let stage = self.stage();
        (stage.phase == Phase::Live).then(|| stage.relay.tracks())
    }

    /// Lets someone hear every frame from now on, unless the show is over.
    pub(crate) fn listen(&self, ear: Box<dyn Ear>) -> Option<Tracks> {
        let mut stage = self.stage();
        if matches!(stage.phase, Phase::Ended(_)) {
            return None;
        }
        stage.relay.listen(ear);
        Some(stage.relay.tracks())
    }

    /// Sends every frame on to another server from now on, until the show is over.
    pub(crate) fn forward(&self, target: Target) {
        self.stage().relay.forward(Forward::begin(target));
    }

    /// A viewer cannot begin, or go on, without a key frame.
    pub(crate) fn wish_for_key(&self) {
        self.key_wish.store(true, Ordering::Relaxed);
    }

    pub(crate) fn posters(&self) -> MutexGuard<'_, Posters> {
        self.posters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The show is over. The second call changes nothing.
    pub(crate) fn end(&self, ending: Ending) {
        let mut stage = self.stage();
        if matches!(stage.phase, Phase::Ended(_)) {
            return;
        }
        stage.publication = 0;
        stage.packager.end_broadcast();
        stage.relay.end();
        self.show_changes(&mut stage);
        if let Some(recorder) = stage.recorder.take() {
            recorder.finish();
        }
        self.turn(&mut stage, Phase::Ended(ending));
        self.report(News::Ended(ending));
    }

    /// The process goes: what has come is given to the recorder, and nobody publishes here any more.
    pub(crate) fn suspend(&self) {
        let mut stage = self.stage();
        stage.publication = 0;
        stage.packager.finish_stretch();
        self.show_changes(&mut stage);
        if let Some(recorder) = stage.recorder.take() {
            recorder.finish();
        }
    }

    /// Lets everyone see what has become visible, and keeps what is complete.
    fn show_changes(&self, stage: &mut Stage) {
        let changes = stage.packager.take_changes();
        if let Some(recorder) = &mut stage.recorder {
            for segment in changes.segments {
                recorder.keep(segment);
            }
        }
        if !changes.part {
            return;
        }
        self.snapshot.send_replace(Arc::new(stage.packager.snapshot()));
        if stage.publication != 0 && matches!(stage.phase, Phase::Waiting | Phase::Lost) {
            stage.trouble = None;
            self.turn(stage, Phase::Live);
            let news = if stage.has_started { News::Resumed } else { News::Started };
            stage.has_started = true;
            self.report(news);
        }
    }

    fn turn(&self, stage: &mut Stage, phase: Phase) {
        stage.phase = phase;
        stage.lost = (phase == Phase::Lost).then(Instant::now);
        self.tell(stage);
    }

    /// Makes the room's status anew from what is known.
    fn tell(&self, stage: &Stage) {
        let codecs = self.snapshot.borrow().header.as_ref().map(|header| header.codecs.clone());
        let health = stage.meter.health(&codecs.unwrap_or_default(), &self.limits);
        self.status.send_modify(|status| {
            let since = if status.phase == stage.phase { status.since } else { self.clock.now() };
            *status = Arc::new(Status {
                room: self.name.clone(),
                show: self.show.clone(),
                source: stage.source,
                phase: stage.phase,
                since,
                health,
                trouble: stage.trouble,
                recording: stage.recorder.as_ref().map_or(status.recording, Recorder::state),
            });
        });
    }

    fn report(&self, news: News) {
        let (room, show) = (self.name.clone(), self.show.clone());
        // Nobody may be listening.
        let _ = self.reports.send(Report { room, show, at: self.clock.now(), news });
    }
}

/// A waiting request, counted until it is dropped.
pub(crate) struct Held(Arc<Room>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.held.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A viewer who gets each frame as it comes, counted until it is dropped.
pub(crate) struct Seat(Arc<Room>);

impl Seat {
    pub(crate) fn room(&self) -> &Arc<Room> {
        &self.0
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.seated.fetch_sub(1, Ordering::Relaxed);
    }
}

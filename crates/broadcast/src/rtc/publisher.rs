//! A browser's camera on its way into a room: whole frames from str0m, times onto one clock, key frames when needed.

use std::time::{Duration, Instant};

use bytes::Bytes;
use str0m::Rtc;
use str0m::media::{KeyframeRequestKind, MediaData, Mid};

use super::SILENT_MAX;
use super::clocks::{Clocks, Report};
use crate::contract::{Grant, Source};
use crate::hub::Broadcast;
use crate::media::annex_b::Picture;
use crate::media::{Codec, Frame, Kind, opus};
use crate::name::Name;
use crate::room::status::Trouble;
use crate::room::{Publication, Stop};

/// Browsers send key frames only when asked, and a segment of two seconds begins with one. It takes a moment to come.
const KEY_EVERY: Duration = Duration::from_millis(1_900);

/// Key frames are large; whoever asks for more often is not heard.
const ASK_EVERY: Duration = Duration::from_millis(500);

pub(super) struct Publisher {
    broadcast: Broadcast,
    grant: Grant,
    /// The show that the room had when leave was given.
    show_then: Option<Name>,
    video: Mid,
    has_sound: bool,
    publication: Option<Publication>,
    clocks: Clocks,
    opus_told: bool,
    /// When the last key frame came, and when one was asked for.
    last_key: Option<Instant>,
    last_asked: Option<Instant>,
    wants_key: bool,
    /// From the last frame on.
    silent_from: Option<Instant>,
}

impl Publisher {
    pub(super) fn new(broadcast: Broadcast, grant: Grant, video: Mid, has_sound: bool) -> Self {
        let show_then = broadcast.room(&grant.room).map(|room| room.show.clone());
        Self {
            broadcast,
            grant,
            show_then,
            video,
            has_sound,
            publication: None,
            clocks: Clocks::default(),
            opus_told: false,
            last_key: None,
            last_asked: None,
            wants_key: true,
            silent_from: None,
        }
    }

    /// The connection has come about, so it takes the place of the one before. False when the show is over.
    pub(super) fn begin(&mut self, now: Instant) -> bool {
        let show_now = self.broadcast.room(&self.grant.room).map(|room| room.show.clone());
        // Leave was given some seconds ago: a show that has begun since then is not ended by it.
        if show_now.as_ref().is_some_and(|show| *show != self.grant.show) && show_now != self.show_then {
            return false;
        }
        let publication = self.broadcast.enter(&self.grant, Source::Whip);
        if let Some(publication) = publication.as_ref().filter(|_| !self.has_sound) {
            // If it fails, so does the first frame.
            let _ = publication.expect_no_sound();
        }
        self.publication = publication;
        self.silent_from = Some(now + SILENT_MAX);
        self.publication.is_some()
    }

    /// When it counts as silent if no frame comes.
    pub(super) fn silent_from(&self) -> Option<Instant> {
        self.silent_from
    }

    /// Takes a frame. False when the publication is over.
    pub(super) fn take(&mut self, media: &MediaData, now: Instant) -> bool {
        let Some(publication) = &self.publication else { return false };
        self.silent_from = Some(now + SILENT_MAX);
        self.wants_key |= publication.take_key_wish();
        let report = media.last_sender_info.as_ref().map(|info| Report {
            at: info.ntp_time,
            // The count on the wire has 32 bits.
            ticks: info.rtp_time.numer() as u32,
        });
        let taken = if media.mid == self.video {
            self.take_picture(media, report, now)
        } else {
            self.take_sound(media, report)
        };
        match taken {
            Ok(()) => true,
            Err(stop) => {
                tracing::debug!(room = %self.grant.room, %stop, "a WHIP publication stops");
                false
            }
        }
    }

    fn take_picture(&mut self, media: &MediaData, report: Option<Report>, now: Instant) -> Result<(), Stop> {
        let Some(publication) = &self.publication else { return Ok(()) };
        let Picture { data, key, config } = Picture::parse(&media.data);
        // What follows a hole looks broken until the next key frame.
        self.wants_key |= !media.contiguous;
        if key {
            self.last_key = Some(now);
            self.wants_key = false;
        }
        if let Some(config) = config {
            publication.describe(Codec::Avc(config))?;
        }
        if data.is_empty() {
            return Ok(());
        }
        let dts = self.clocks.picture(media.time.numer(), media.network_time, report);
        publication.push(Frame { kind: Kind::Video, dts, cts: 0, duration: 0, key, data })
    }

    fn take_sound(&mut self, media: &MediaData, report: Option<Report>) -> Result<(), Stop> {
        let Some(publication) = &self.publication else { return Ok(()) };
        let Some(duration) = opus::samples(&media.data) else { return Ok(()) };
        if !self.opus_told {
            // With the first packet rather than with the offer: a header that names a sound which never comes leaves
            // players waiting.
            publication.describe(Codec::Opus { channels: 2 })?;
            self.opus_told = true;
        }
        let dts = self.clocks.sound(media.time.numer(), media.network_time, report);
        let data = Bytes::copy_from_slice(&media.data);
        publication.push(Frame { kind: Kind::Audio, dts, cts: 0, duration, key: true, data })
    }

    /// Asks for a key frame if one is due or wished for.
    pub(super) fn ask_for_key(&mut self, rtc: &mut Rtc, now: Instant) {
        if now < self.ask_at(now) {
            return;
        }
        self.last_asked = Some(now);
        if let Some(mut writer) = rtc.writer(self.video) {
            // It fails before the first packet has come; the next try is half a second away.
            let _ = writer.request_keyframe(None, KeyframeRequestKind::Pli);
        }
    }

    /// When the next key frame is to be asked for.
    fn ask_at(&self, now: Instant) -> Instant {
        let wanted = if self.wants_key { now } else { self.last_key.map_or(now, |last| last + KEY_EVERY) };
        self.last_asked.map_or(wanted, |asked| wanted.max(asked + ASK_EVERY))
    }

    /// When it wants to be looked at again.
    pub(super) fn due(&self, now: Instant) -> Instant {
        let ask_at = self.ask_at(now);
        // A question that was just asked has still to be sent.
        if self.last_asked == Some(now) { now } else { ask_at }
    }

    /// The connection is gone. A publisher that only fell silent is told apart from one that left.
    pub(super) fn end(&mut self, now: Instant) {
        let Some(publication) = self.publication.take() else { return };
        if self.silent_from.is_some_and(|silent| now >= silent) {
            publication.cut(Trouble::Silent);
        }
    }
}

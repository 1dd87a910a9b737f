//! From a publisher's frames to the room's: waits until all configurations are known, begins on a key frame, and
//! moves the publisher's clock onto the room's, which only grows.

use kernel::Timestamp;

use super::relay::Relay;
use crate::hls::packager::{Packager, TooMuch};
use crate::media::{Codec, Frame, Kind, VIDEO_TIMESCALE};

/// How long a first key frame waits for the sound's configuration. A header without it would leave the room mute.
const WAIT_FOR_AUDIO_TICKS: u64 = VIDEO_TIMESCALE as u64;

/// What is held while waiting.
const HELD_BYTES_MAX: usize = 8 * 1_024 * 1_024;
const HELD_FRAMES_MAX: usize = 1_000;

/// A jump of the publisher's clock that is no hiccup: the stretch ends, and a new one begins on a key frame.
const GAP_TICKS: u64 = 2 * VIDEO_TIMESCALE as u64;
const STEP_BACK_TICKS: u64 = VIDEO_TIMESCALE as u64;

/// The longest a picture may be shown after it was decoded; more is a broken encoder.
const CTS_TICKS_MAX: i32 = 2 * VIDEO_TIMESCALE as i32;

/// A room whose sound stops for so long goes on without it: players wait for the sound that a header names.
const SOUND_GONE_TICKS: i64 = 3 * VIDEO_TIMESCALE as i64;

/// Sound runs ahead of the picture by what an encoder buffers, never by this.
const SOUND_AHEAD_TICKS_MAX: i64 = 10 * VIDEO_TIMESCALE as i64;

/// Where frames go once they have the room's time.
pub(super) struct Out<'a> {
    pub(super) packager: &'a mut Packager,
    pub(super) relay: &'a mut Relay,
}

impl Out<'_> {
    fn begin(&mut self, tracks: Vec<Codec>, frame_ticks: u64, now: Timestamp) {
        self.relay.begin(&tracks);
        self.packager.begin(tracks, frame_ticks, now);
    }

    fn push(&mut self, frame: Frame) -> Result<(), TooMuch> {
        self.relay.push(&frame);
        self.packager.push(frame)
    }
}

#[derive(Debug, Default)]
pub(super) struct Intake {
    video: Option<Codec>,
    audio: Option<Codec>,
    /// From the publisher's words, if it said how many frames a second it sends.
    frame_ticks: Option<u64>,
    /// Whether the publisher said that there will be no sound to wait for.
    is_mute: bool,
    /// Whether the sound has stopped, though there was one.
    lost_sound: bool,
    held: Vec<Frame>,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    /// Added to the publisher's times they give the room's.
    video_offset: i64,
    audio_offset: i64,
    /// Ticks a second of the sound, if there is any.
    audio_scale: Option<u32>,
    /// The earliest time the next picture may have, in the publisher's ticks.
    next_video: u64,
    /// Where the sound has come to, in its own ticks of the room's time.
    audio_end: i64,
    /// Whether there was a packet of sound where none was expected.
    heard_sound: bool,
}

impl Intake {
    /// A track begins or changes. Encoders repeat themselves; only a change ends the stretch.
    pub(super) fn describe(&mut self, codec: Codec) {
        let place = match codec.kind() {
            Kind::Video => &mut self.video,
            Kind::Audio => &mut self.audio,
        };
        if place.as_ref() != Some(&codec) {
            *place = Some(codec);
            self.running = None;
        }
    }

    pub(super) fn expect_frame_ticks(&mut self, ticks: u64) {
        self.frame_ticks = Some(ticks);
    }

    /// There will be no sound.
    pub(super) fn expect_no_sound(&mut self) {
        self.is_mute = true;
    }

    pub(super) fn push(
        &mut self,
        mut frame: Frame,
        now: Timestamp,
        out: &mut Out<'_>,
    ) -> Result<(), TooMuch> {
        frame.cts = frame.cts.clamp(-CTS_TICKS_MAX, CTS_TICKS_MAX);
        if self.running.as_ref().is_some_and(|running| running.jumps_to(&frame)) {
            self.running = None;
        }
        self.follow_sound(&frame);
        match &mut self.running {
            Some(running) => running.pass(frame, out),
            None => self.hold(frame, now, out),
        }
    }

    /// Notices at a key frame, where a stretch may end without a gap, that the sound has stopped or is back.
    fn follow_sound(&mut self, frame: &Frame) {
        let Some(running) = self.running.as_ref().filter(|_| frame.kind == Kind::Video && frame.key) else {
            return;
        };
        if running.lacks_sound(frame) {
            self.lost_sound = true;
            self.running = None;
        } else if self.lost_sound && running.heard_sound {
            self.lost_sound = false;
            self.running = None;
        }
    }

    /// The sound, unless it has stopped.
    fn sound(&self) -> Option<&Codec> {
        self.audio.as_ref().filter(|_| !self.lost_sound)
    }

    /// Keeps frames from the first key frame on until it can begin.
    fn hold(&mut self, frame: Frame, now: Timestamp, out: &mut Out<'_>) -> Result<(), TooMuch> {
        if self.video.is_none() {
            return Ok(());
        }
        let begins = frame.kind == Kind::Video && frame.key;
        let first = self.held.iter().find(|held| held.kind == Kind::Video).map(|held| held.dts);
        match first {
            None if frame.kind == Kind::Video && !begins => return Ok(()),
            // The clock jumped again: only what comes from here on belongs together.
            Some(first) if frame.kind == Kind::Video && frame.dts.abs_diff(first) > GAP_TICKS => {
                self.held.clear();
                if !begins {
                    return Ok(());
                }
            }
            _ => {}
        }
        if self.held.len() >= HELD_FRAMES_MAX || self.held_bytes() + frame.data.len() > HELD_BYTES_MAX {
            self.held.clear();
            return Ok(());
        }
        self.held.push(frame);
        if self.is_ready() { self.begin(now, out) } else { Ok(()) }
    }

    fn held_bytes(&self) -> usize {
        self.held.iter().map(|frame| frame.data.len()).sum()
    }

    fn is_ready(&self) -> bool {
        let mut pictures = self.held.iter().filter(|frame| frame.kind == Kind::Video);
        let Some(first) = pictures.next() else { return false };
        // A second picture also tells how long one lasts.
        pictures.next_back().is_some_and(|last| {
            self.audio.is_some() || self.is_mute || last.dts.saturating_sub(first.dts) >= WAIT_FOR_AUDIO_TICKS
        })
    }

    fn begin(&mut self, now: Timestamp, out: &mut Out<'_>) -> Result<(), TooMuch> {
        let held = std::mem::take(&mut self.held);
        let Some(first) = held.iter().find(|frame| frame.kind == Kind::Video) else { return Ok(()) };
        let spacing = self.frame_ticks.unwrap_or_else(|| spacing(&held));
        let tracks: Vec<Codec> = self.video.iter().chain(self.sound()).cloned().collect();
        out.begin(tracks, spacing, now);
        let video_offset = out.packager.end() as i64 - first.dts as i64;
        let audio_scale = self.sound().map(Codec::timescale);
        let running = self.running.insert(Running {
            video_offset,
            audio_offset: to_audio(video_offset, audio_scale),
            audio_scale,
            next_video: first.dts,
            audio_end: to_audio(out.packager.end() as i64, audio_scale),
            heard_sound: false,
        });
        held.into_iter().try_for_each(|frame| running.pass(frame, out))
    }
}

/// The usual distance of held pictures: the median, since one may have come late.
fn spacing(held: &[Frame]) -> u64 {
    let times: Vec<u64> =
        held.iter().filter(|frame| frame.kind == Kind::Video).map(|frame| frame.dts).collect();
    let mut steps: Vec<u64> = times.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect();
    steps.sort_unstable();
    steps.get(steps.len() / 2).copied().unwrap_or(u64::from(VIDEO_TIMESCALE) / 30)
}

/// Video ticks as ticks of the sound.
fn to_audio(ticks: i64, audio_scale: Option<u32>) -> i64 {
    let scaled = i128::from(ticks) * i128::from(audio_scale.unwrap_or(1));
    scaled.div_euclid(i128::from(VIDEO_TIMESCALE)) as i64
}

impl Running {
    fn jumps_to(&self, frame: &Frame) -> bool {
        frame.kind == Kind::Video
            && (frame.dts > self.next_video + GAP_TICKS || frame.dts + STEP_BACK_TICKS < self.next_video)
    }

    /// Whether a picture is far ahead of the sound that belongs to it.
    fn lacks_sound(&self, picture: &Frame) -> bool {
        let at = (picture.dts as i64).saturating_add(self.video_offset).saturating_sub(SOUND_GONE_TICKS);
        self.audio_scale.is_some() && to_audio(at, self.audio_scale) > self.audio_end
    }

    fn pass(&mut self, mut frame: Frame, out: &mut Out<'_>) -> Result<(), TooMuch> {
        match frame.kind {
            Kind::Video => {
                // Two pictures at one time, or a small step back, are put a tick apart.
                let dts = frame.dts.max(self.next_video);
                self.next_video = dts + 1;
                frame.dts = dts.saturating_add_signed(self.video_offset);
                out.push(frame)
            }
            Kind::Audio => {
                let dts = (frame.dts as i64).saturating_add(self.audio_offset);
                let picture = (self.next_video as i64).saturating_add(self.video_offset);
                let latest = to_audio(picture + SOUND_AHEAD_TICKS_MAX, self.audio_scale);
                self.heard_sound = true;
                // Left out: sound from before the first picture, told twice, or from a clock of its own.
                if self.audio_scale.is_none() || dts < self.audio_end || dts > latest {
                    return Ok(());
                }
                self.audio_end = dts + i64::from(frame.duration);
                frame.dts = dts as u64;
                out.push(frame)
            }
        }
    }
}

//! Measures what a publisher sends: for the host's advice, and to hold the limit on bits.

use std::time::Duration;

use tokio::time::Instant;

use super::status::{Advice, Health};
use crate::contract::Limits;
use crate::media::{Codec, Frame, Kind, VIDEO_TIMESCALE};

/// Numbers are told so often.
const WINDOW: Duration = Duration::from_secs(2);

/// The limit holds on the average of so many windows: a scene change may burst.
const WINDOWS: usize = 5;

/// A burst above this many times the limit is no scene change.
const BURST: u64 = 4;

/// From this on key frames are too rare.
const KEY_FRAME_MS_MAX: u32 = 2_600;

#[derive(Debug)]
pub(super) struct Meter {
    window_began: Instant,
    bytes: u64,
    pictures: u32,
    /// Bits a millisecond, that is thousand bits a second, of the last windows.
    recent_kbps: Vec<u64>,
    last_key: Option<u64>,
    key_frame_ms: Option<u32>,
    first_cts: Option<i32>,
    b_frames: bool,
    frames_per_10_seconds: u32,
}

impl Meter {
    pub(super) fn new() -> Self {
        Self {
            window_began: Instant::now(),
            bytes: 0,
            pictures: 0,
            recent_kbps: Vec::with_capacity(WINDOWS),
            last_key: None,
            key_frame_ms: None,
            first_cts: None,
            b_frames: false,
            frames_per_10_seconds: 0,
        }
    }

    /// Counts a frame. True when a window is full and the numbers are new.
    pub(super) fn count(&mut self, frame: &Frame) -> bool {
        self.bytes += frame.data.len() as u64;
        if frame.kind == Kind::Video {
            self.pictures += 1;
            // Without B-frames every picture is shown after the same delay.
            self.b_frames |= *self.first_cts.get_or_insert(frame.cts) != frame.cts;
            if frame.key {
                let since = self.last_key.replace(frame.dts).map(|last| frame.dts.saturating_sub(last));
                let since = since.map(|ticks| ticks / u64::from(VIDEO_TIMESCALE / 1_000));
                self.key_frame_ms = since.and_then(|ms| u32::try_from(ms).ok()).or(self.key_frame_ms);
            } else if let Some(last) = self.last_key {
                // An overdue key frame is told before it comes.
                let overdue = frame.dts.saturating_sub(last) / u64::from(VIDEO_TIMESCALE / 1_000);
                if overdue > u64::from(KEY_FRAME_MS_MAX) {
                    self.key_frame_ms = u32::try_from(overdue).ok().max(self.key_frame_ms);
                }
            }
        }
        self.close_window()
    }

    fn close_window(&mut self) -> bool {
        let elapsed = self.window_began.elapsed();
        if elapsed < WINDOW {
            return false;
        }
        let ms = elapsed.as_millis().max(1) as u64;
        if self.recent_kbps.len() == WINDOWS {
            self.recent_kbps.remove(0);
        }
        self.recent_kbps.push(self.bytes * 8 / ms);
        self.frames_per_10_seconds = (u64::from(self.pictures) * 10_000 / ms) as u32;
        self.window_began = Instant::now();
        (self.bytes, self.pictures) = (0, 0);
        true
    }

    fn average_kbps(&self) -> u64 {
        self.recent_kbps.iter().sum::<u64>() / self.recent_kbps.len().max(1) as u64
    }

    /// Whether the publisher has to be cut off.
    pub(super) fn is_over(&self, limits: &Limits) -> bool {
        let limit = u64::from(limits.kbps);
        let window_bytes_max = limit * BURST * WINDOW.as_millis() as u64 / 8;
        self.bytes > window_bytes_max
            || self.recent_kbps.len() == WINDOWS && self.average_kbps() > limit + limit / 10
    }

    pub(super) fn health(&self, codecs: &[Codec], limits: &Limits) -> Health {
        let name = |kind| codecs.iter().find(|codec| codec.kind() == kind).map(Codec::name);
        let (width, height) = codecs.iter().find_map(picture).unwrap_or_default();
        let mut health = Health {
            video_codec: name(Kind::Video),
            audio_codec: name(Kind::Audio),
            width,
            height,
            kbps: u32::try_from(self.average_kbps()).unwrap_or(u32::MAX),
            frames_per_10_seconds: self.frames_per_10_seconds,
            key_frame_ms: self.key_frame_ms,
            b_frames: self.b_frames,
            advice: Vec::new(),
        };
        let measured = !self.recent_kbps.is_empty();
        let problems = [
            (health.key_frame_ms.is_some_and(|ms| ms > KEY_FRAME_MS_MAX), Advice::KeyFramesEvery2Seconds),
            (health.b_frames, Advice::NoBFrames),
            (health.video_codec.is_some() && health.audio_codec.is_none(), Advice::NoSound),
            (measured && health.frames_per_10_seconds < 150, Advice::FewFrames),
            (measured && health.kbps > limits.kbps - limits.kbps / 10, Advice::NearBitLimit),
        ];
        health.advice = problems.into_iter().filter(|problem| problem.0).map(|problem| problem.1).collect();
        health
    }
}

fn picture(codec: &Codec) -> Option<(u16, u16)> {
    match codec {
        Codec::Avc(config) => Some((config.width, config.height)),
        Codec::Aac(_) | Codec::Opus { .. } => None,
    }
}

//! Cuts frames into parts of a fifth of a second and segments of about two seconds. Times are the room's own: they
//! only grow, whoever publishes.

use std::collections::VecDeque;
use std::sync::Arc;

use kernel::Timestamp;

use super::playlist;
use super::segment::{Header, Part, Segment, Snapshot, TARGET_SECONDS};
use crate::media::{Codec, Frame, Kind, VIDEO_TIMESCALE, mp4};

const SECOND: u64 = VIDEO_TIMESCALE as u64;

/// What a part should last: shorter ones cost every viewer a request more, longer ones are felt as delay.
const PART_TICKS: u64 = SECOND / 5;

/// RTMP's whole milliseconds and a phone's camera let frames come early or late by so much.
const PART_SLACK_TICKS: u64 = SECOND / 100;

/// A segment ends at the first key frame after this.
const SEGMENT_MIN_TICKS: u64 = SECOND;

/// And without a key frame before this, which still rounds to the target.
const SEGMENT_MAX_TICKS: u64 = TARGET_SECONDS * SECOND + SECOND * 49 / 100;

/// Complete segments in the playlist. RFC 8216bis 6.2.2 wants three target durations, also of short segments.
pub const LISTED: usize = 8;

/// Complete segments kept: what has left the playlist stays for as long as the playlist lasts (same section).
const KEPT: usize = 2 * LISTED + 1;

/// Where the count of discontinuities begins, and begins anew after six days. Like segment numbers it must not go back
/// when the program starts again within a show, so it follows the clock; but hls.js keeps a list that long and walks
/// through it with each playlist, so it must stay small: with the clock's seconds a page stood still for 45 s.
const DISCONTINUITIES_BELOW: u64 = 65_536;
const DISCONTINUITY_SECONDS: u64 = 8;

/// The room holds more than its limit of memory: its encoder sends too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMuch;

/// What has become visible since it was last asked.
#[derive(Debug, Default)]
pub struct Changes {
    pub part: bool,
    /// Segments that are complete now.
    pub segments: Vec<Arc<Segment>>,
}

#[derive(Debug)]
pub struct Packager {
    memory_bytes: usize,
    header: Option<Arc<Header>>,
    part_target: u64,
    /// The part in the making. The last picture waits for the next one, which tells how long it lasts.
    video: Vec<Frame>,
    audio: Vec<Frame>,
    waiting: Option<Frame>,
    open: Option<Segment>,
    done: VecDeque<Arc<Segment>>,
    next_number: u64,
    fragments: u32,
    discontinuity: bool,
    /// How many discontinuities are behind the oldest segment that is kept.
    forgotten_discontinuities: u64,
    /// The wall clock's time at a tick of the room's.
    anchor: (u64, Timestamp),
    /// Where the room's time has come to, in video ticks.
    end: u64,
    /// Bytes of the part in the making.
    unfinished_bytes: usize,
    ended: bool,
    changes: Changes,
}

impl Packager {
    /// Begins with the segment `first_number` and keeps at most `memory_bytes`.
    pub fn new(first_number: u64, memory_bytes: usize) -> Self {
        Self {
            memory_bytes,
            header: None,
            part_target: PART_TICKS + PART_SLACK_TICKS,
            video: Vec::new(),
            audio: Vec::new(),
            waiting: None,
            open: None,
            done: VecDeque::new(),
            next_number: first_number,
            fragments: 0,
            discontinuity: false,
            forgotten_discontinuities: first_number / DISCONTINUITY_SECONDS % DISCONTINUITIES_BELOW,
            anchor: (0, Timestamp::UNIX_EPOCH),
            end: 0,
            unfinished_bytes: 0,
            ended: false,
            changes: Changes::default(),
        }
    }

    /// Where the room's time has come to, in video ticks.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// Begins a stretch of frames that follow each other; what came before is complete.
    pub fn begin(&mut self, tracks: Vec<Codec>, frame_ticks: u64, now: Timestamp) {
        self.finish_stretch();
        let number = match &self.header {
            Some(header) if header.codecs == tracks => None,
            Some(header) => Some(header.number + 1),
            None => Some(1),
        };
        if let Some(number) = number {
            let bytes = mp4::header(&tracks.iter().collect::<Vec<_>>());
            self.header = Some(Arc::new(Header { number, bytes, codecs: tracks }));
            self.part_target = part_target(frame_ticks);
        }
        self.discontinuity = !self.done.is_empty();
        self.anchor = (self.end, now);
    }

    /// Takes the next frame, its times already the room's.
    pub fn push(&mut self, frame: Frame) -> Result<(), TooMuch> {
        // An empty frame takes room too.
        self.unfinished_bytes += frame.data.len() + size_of::<Frame>();
        if self.unfinished_bytes + self.kept_bytes() > self.memory_bytes {
            self.forget_oldest();
            if self.unfinished_bytes + self.kept_bytes() > self.memory_bytes {
                return Err(TooMuch);
            }
        }
        match frame.kind {
            Kind::Audio => self.audio.push(frame),
            Kind::Video => self.push_picture(frame),
        }
        Ok(())
    }

    fn push_picture(&mut self, next: Frame) {
        let (begins_here, next_dts) = (next.key, next.dts);
        let Some(mut frame) = self.waiting.replace(next) else { return };
        let duration = next_dts.saturating_sub(frame.dts).clamp(1, u64::from(u32::MAX));
        frame.duration = duration as u32;
        // A picture that stands still for long is a part of its own.
        if self.part_ticks() + duration > self.part_target {
            self.cut_part();
        }
        self.video.push(frame);
        self.end = next_dts;
        let segment = self.open.as_ref().map_or(0, Segment::ticks) + self.part_ticks();
        if begins_here && segment >= SEGMENT_MIN_TICKS {
            self.cut_part();
            self.close_segment();
        } else if self.part_ticks() + duration > self.part_target {
            self.cut_part();
        }
    }

    /// Gives out all that has come: the publisher has stopped, or sends something else from here on.
    pub fn finish_stretch(&mut self) {
        if let Some(mut last) = self.waiting.take() {
            last.duration = self.video.last().map_or((SECOND / 30) as u32, |frame| frame.duration);
            self.end = last.dts + u64::from(last.duration);
            self.video.push(last);
        }
        self.cut_part();
        self.audio.clear();
        self.unfinished_bytes = 0;
        self.close_segment();
    }

    /// Nothing more will come.
    pub fn end_broadcast(&mut self) {
        self.finish_stretch();
        self.ended = true;
        self.changes.part = true;
    }

    /// What has become visible since the last call.
    pub fn take_changes(&mut self) -> Changes {
        std::mem::take(&mut self.changes)
    }

    fn part_ticks(&self) -> u64 {
        self.video.iter().map(|frame| u64::from(frame.duration)).sum()
    }

    fn cut_part(&mut self) {
        let Some(header) = self.header.clone().filter(|_| !self.video.is_empty()) else { return };
        let ticks = self.part_ticks();
        if self.open.as_ref().is_some_and(|open| open.ticks() + ticks > SEGMENT_MAX_TICKS) {
            self.close_segment();
        }
        let (video, audio) = (std::mem::take(&mut self.video), std::mem::take(&mut self.audio));
        self.fragments = self.fragments.wrapping_add(1);
        let part = Part {
            bytes: mp4::fragment(self.fragments, [(Kind::Video, &video), (Kind::Audio, &audio)]),
            ticks,
            independent: video.iter().any(|frame| frame.key),
        };
        self.unfinished_bytes = self.waiting.as_ref().map_or(0, |frame| frame.data.len());
        let at = self.wall_clock(video[0].dts);
        let (number, discontinuity) = (self.next_number, &mut self.discontinuity);
        let open = self.open.get_or_insert_with(|| Segment {
            number,
            header,
            discontinuity: std::mem::take(discontinuity),
            at,
            parts: Vec::with_capacity(12),
        });
        open.parts.push(part);
        self.changes.part = true;
        // Closed now rather than with the next part, so that the part hinted at is the one that comes.
        if open.ticks() + self.part_target > SEGMENT_MAX_TICKS {
            self.close_segment();
        }
    }

    fn close_segment(&mut self) {
        let Some(open) = self.open.take() else { return };
        let segment = Arc::new(open);
        self.next_number += 1;
        self.changes.segments.push(segment.clone());
        self.done.push_back(segment);
        while self.done.len() > KEPT || self.kept_bytes() > self.memory_bytes && self.done.len() > LISTED {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        if let Some(oldest) = self.done.pop_front() {
            self.forgotten_discontinuities += u64::from(oldest.discontinuity);
        }
    }

    fn kept_bytes(&self) -> usize {
        let open = self.open.as_ref().map_or(0, Segment::bytes);
        open + self.done.iter().map(|segment| segment.bytes()).sum::<usize>()
    }

    /// What the clock of the wall showed when a frame was taken, if the encoder's clock runs evenly.
    fn wall_clock(&self, dts: u64) -> Timestamp {
        let (tick, time) = self.anchor;
        let since_ms = dts.saturating_sub(tick) / (SECOND / 1_000);
        let at = time.as_millisecond().saturating_add(i64::try_from(since_ms).unwrap_or(i64::MAX));
        Timestamp::from_millisecond(at).unwrap_or(time)
    }

    /// What can be watched now, with its playlists written out.
    pub fn snapshot(&self) -> Snapshot {
        let open = self.open.clone().map(Arc::new);
        let unlisted = self.done.len().saturating_sub(LISTED);
        let listed: Vec<&Segment> = self.done.iter().skip(unlisted).map(AsRef::as_ref).collect();
        let forgotten =
            self.done.iter().take(unlisted).filter(|segment| segment.discontinuity).count() as u64;
        let live = playlist::Live {
            part_target: self.part_target,
            discontinuities: self.forgotten_discontinuities + forgotten,
            done: &listed,
            open: open.as_deref(),
            open_number: self.next_number,
            ended: self.ended,
        };
        Snapshot {
            playlist: live.to_text().into(),
            done: self.done.clone(),
            open,
            open_number: self.next_number,
            header: self.header.clone(),
            ended: self.ended,
        }
    }
}

/// The longest part of a broadcast with frames this long: as many whole frames as fill a fifth of a second, so that
/// each part has at least the 85 % of it that RFC 8216bis 4.4.4.9 asks for, at any frame rate.
fn part_target(frame_ticks: u64) -> u64 {
    let frame = frame_ticks.clamp(SECOND / 120, SECOND / 5);
    (PART_TICKS - SECOND / 1_000).div_ceil(frame) * frame + PART_SLACK_TICKS
}

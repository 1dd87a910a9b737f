//! Reads a film, an FLV file with H.264 and AAC, into frames that can be sent again and again.

use std::ops::Range;
use std::time::Duration;

use bytes::{Buf, Bytes};

use crate::flv::{Demuxer, FlvError, Said};
use crate::media::{Codec, Frame, Kind, VIDEO_TIMESCALE};

/// "FLV", version 1, what is in it, and where the tags begin; then the length of the tag before the first: none.
const HEADER_BYTES: usize = 13;
const TAG_HEADER_BYTES: usize = 11;
/// Behind each tag stands its length again, so that files can be read backwards.
const TAG_TRAILER_BYTES: usize = 4;

const AUDIO_TAG: u8 = 8;
const VIDEO_TAG: u8 = 9;
const SCRIPT_TAG: u8 = 18;

/// A film in memory. Its frames share the bytes that it was read from.
#[derive(Debug)]
pub struct Film {
    tracks: Vec<Codec>,
    frames: Vec<Timed>,
    /// How long a picture usually lasts, in ticks of 90,000 a second.
    frame_ticks: u64,
    /// From the first picture to the end of the last.
    ticks: u64,
}

/// A frame, and how long after the film's beginning it is due.
#[derive(Debug)]
struct Timed {
    after: Duration,
    frame: Frame,
}

/// The file is no film that can be broadcast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilmError {
    #[error("no FLV file, or one that is cut off")]
    NotFlv,
    #[error(transparent)]
    Flv(#[from] FlvError),
    #[error("fewer than two pictures, or none to begin with")]
    NoPictures,
}

impl Film {
    pub fn from_flv(mut file: Bytes) -> Result<Self, FilmError> {
        if !file.starts_with(b"FLV\x01") || file.len() < HEADER_BYTES {
            return Err(FilmError::NotFlv);
        }
        file.advance(HEADER_BYTES);
        let (mut demuxer, mut tracks, mut frames) = (Demuxer::default(), Vec::new(), Vec::new());
        while !file.is_empty() {
            let (kind, timestamp, body) = take_tag(&mut file)?;
            let said = match kind {
                AUDIO_TAG => demuxer.audio(timestamp, &body)?,
                VIDEO_TAG => demuxer.video(timestamp, &body)?,
                SCRIPT_TAG => demuxer.script(&body),
                _ => Said::Nothing,
            };
            match said {
                Said::Track(codec) => tracks.push(codec),
                Said::Frame(frame) => frames.push(frame),
                Said::FrameTicks(_) | Said::Nothing => {}
            }
        }
        Self::new(tracks, frames)
    }

    fn new(tracks: Vec<Codec>, mut frames: Vec<Frame>) -> Result<Self, FilmError> {
        let pictures: Vec<u64> =
            frames.iter().filter(|frame| frame.kind == Kind::Video).map(|frame| frame.dts).collect();
        let begins = frames.iter().find(|frame| frame.kind == Kind::Video).is_some_and(|frame| frame.key);
        let ([first, .., last], true) = (pictures.as_slice(), begins) else {
            return Err(FilmError::NoPictures);
        };
        // Times are whole milliseconds, so only all pictures together tell how long one lasts.
        let frame_ticks = last.saturating_sub(*first) / (pictures.len() as u64 - 1);
        let ticks = last.saturating_sub(*first) + frame_ticks;
        let scale = |kind| tracks.iter().find(|track: &&Codec| track.kind() == kind).map(Codec::timescale);
        let audio_scale = scale(Kind::Audio).unwrap_or(VIDEO_TIMESCALE);
        let timed = |mut frame: Frame| {
            let scale = if frame.kind == Kind::Video { VIDEO_TIMESCALE } else { audio_scale };
            // Sound from before the first picture is sent with it.
            frame.dts = frame.dts.saturating_sub(rescale(*first, VIDEO_TIMESCALE, scale));
            let after = Duration::from_nanos(rescale(frame.dts, scale, 1_000_000_000));
            Timed { after, frame }
        };
        let mut frames: Vec<Timed> = frames.drain(..).map(timed).collect();
        frames.sort_by_key(|timed| timed.after);
        Ok(Self { tracks, frames, frame_ticks, ticks })
    }

    /// How long it plays until it begins anew.
    pub fn duration(&self) -> Duration {
        Duration::from_nanos(rescale(self.ticks, VIDEO_TIMESCALE, 1_000_000_000))
    }

    pub(super) fn tracks(&self) -> &[Codec] {
        &self.tracks
    }

    pub(super) fn frame_ticks(&self) -> u64 {
        self.frame_ticks
    }

    pub(super) fn places(&self) -> Range<usize> {
        0..self.frames.len()
    }

    /// When a frame of a round is due after the first round began.
    pub(super) fn due(&self, round: u32, place: usize) -> Duration {
        self.duration() * round + self.frames[place].after
    }

    /// A frame as it is sent in a round: times grow from round to round.
    pub(super) fn frame(&self, round: u32, place: usize) -> Frame {
        let mut frame = self.frames[place].frame.clone();
        let before = u64::from(round) * self.ticks;
        frame.dts += match self.tracks.iter().find(|track| track.kind() == frame.kind) {
            // Rounded up: a packet a little late is played, one that overlaps the packet before is not.
            Some(track) => (before * u64::from(track.timescale())).div_ceil(u64::from(VIDEO_TIMESCALE)),
            None => before,
        };
        frame
    }

    /// The first place at which a viewer can begin that is not due before `after`: its round, and where in it.
    pub(super) fn key_frame_from(&self, after: Duration) -> (u32, usize) {
        let rounds = after.as_nanos() / self.duration().as_nanos().max(1);
        let round = u32::try_from(rounds).unwrap_or(u32::MAX - 1);
        let begins = |place: &usize| {
            let frame = &self.frames[*place].frame;
            frame.kind == Kind::Video && frame.key && self.due(round, *place) >= after
        };
        match self.places().find(begins) {
            Some(place) => (round, place),
            None => (round + 1, 0),
        }
    }
}

/// Cuts the next tag off: its kind, its time in milliseconds and what it holds.
fn take_tag(file: &mut Bytes) -> Result<(u8, u32, Bytes), FilmError> {
    let Some(header) = file.first_chunk::<TAG_HEADER_BYTES>().copied() else { return Err(FilmError::NotFlv) };
    let length = u32::from_be_bytes([0, header[1], header[2], header[3]]) as usize;
    // The highest byte of the time stands behind the others, as an afterthought.
    let timestamp = u32::from_be_bytes([header[7], header[4], header[5], header[6]]);
    if file.len() < TAG_HEADER_BYTES + length + TAG_TRAILER_BYTES {
        return Err(FilmError::NotFlv);
    }
    let body = file.slice(TAG_HEADER_BYTES..TAG_HEADER_BYTES + length);
    file.advance(TAG_HEADER_BYTES + length + TAG_TRAILER_BYTES);
    Ok((header[0], timestamp, body))
}

fn rescale(ticks: u64, from: u32, to: u32) -> u64 {
    (u128::from(ticks) * u128::from(to) / u128::from(from)) as u64
}

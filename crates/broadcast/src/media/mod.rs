//! What flows through a room: tracks and frames, and the MP4 boxes they travel in. Nothing here knows where a frame
//! came from or who will watch it.

pub mod aac;
pub mod annex_b;
pub mod avc;
mod bits;
pub mod mp4;
pub mod opus;
pub mod packets;

use bytes::Bytes;

/// Ticks a second of every video track.
pub const VIDEO_TIMESCALE: u32 = 90_000;

/// The two things that a room carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Video,
    Audio,
}

/// How a track is encoded, with what a decoder must know before its first frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Codec {
    Avc(avc::Config),
    Aac(aac::Config),
    /// Opus always runs at 48,000 Hz.
    Opus {
        channels: u8,
    },
}

impl Codec {
    pub fn kind(&self) -> Kind {
        match self {
            Self::Avc(_) => Kind::Video,
            Self::Aac(_) | Self::Opus { .. } => Kind::Audio,
        }
    }

    /// Ticks a second of the track's own clock.
    pub fn timescale(&self) -> u32 {
        match self {
            Self::Avc(_) => VIDEO_TIMESCALE,
            Self::Aac(config) => config.rate,
            Self::Opus { .. } => opus::RATE,
        }
    }

    /// The name in a playlist's CODECS, after RFC 6381. Chromium wants `opus` in lower case.
    pub fn name(&self) -> String {
        match self {
            Self::Avc(config) => config.name(),
            Self::Aac(config) => config.name(),
            Self::Opus { .. } => "opus".to_owned(),
        }
    }
}

/// One encoded picture or one packet of sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub kind: Kind,
    /// When it is decoded, in ticks of its track's clock.
    pub dts: u64,
    /// How much later it is shown: above zero only where B-frames are.
    pub cts: i32,
    /// For how long, in ticks. A picture's is only known when the next one comes and is zero until then.
    pub duration: u32,
    /// Whether a decoder can begin here. Each packet of sound is one.
    pub key: bool,
    /// H.264: NAL units, each behind its length. Sound: the bare packet.
    pub data: Bytes,
}

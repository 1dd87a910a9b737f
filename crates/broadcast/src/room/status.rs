//! What is told about a room: its state, the health of what comes in, and advice for the host.

use kernel::Timestamp;
use serde::Serialize;

use crate::contract::Source;
use crate::name::Name;

/// A room as it is now. A new one is made with each change and about every two seconds while pictures come.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    pub room: Name,
    pub show: Name,
    pub source: Source,
    pub phase: Phase,
    /// When the phase began.
    pub since: Timestamp,
    pub health: Health,
    /// Why the last publisher was cut off, until pictures come again.
    pub trouble: Option<Trouble>,
    pub recording: Recording,
}

/// Where a room stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// A publisher has been let in; nothing can be watched yet.
    Waiting,
    Live,
    /// Nobody publishes. The show goes on if someone does in time.
    Lost,
    Ended(Ending),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// [`Broadcast::end`](crate::Broadcast::end) was called, or another show began in the room.
    Asked,
    /// The host did not come back in time.
    NotResumed,
    /// The show reached its longest duration.
    Duration,
}

/// What a publisher did that it was cut off for. It may come back within the time that any loss has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    #[error("more bits than the room's limit")]
    TooManyBits,
    #[error("a larger picture than the room's limit")]
    PictureTooLarge,
    #[error("more memory than the room's limit")]
    TooMuchMemory,
    #[error("an encoding that browsers do not play: H.264 and AAC are expected")]
    Encoding,
    #[error("something that is no broadcast")]
    Malformed,
    #[error("nothing for too long")]
    Silent,
}

/// Whether the show is being recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Recording {
    NotAsked,
    On,
    /// The show's recording has reached its limit.
    Full,
    /// The last segments could not be kept; it is tried again with each.
    Failing,
}

/// What comes in, measured over the last seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Health {
    /// CODECS of the tracks.
    pub video_codec: Option<String>,
    pub audio_codec: Option<String>,
    pub width: u16,
    pub height: u16,
    /// Thousand bits a second, video and sound together.
    pub kbps: u32,
    /// Pictures a second, times ten.
    pub frames_per_10_seconds: u32,
    /// Between the last two key frames.
    pub key_frame_ms: Option<u32>,
    pub b_frames: bool,
    pub advice: Vec<Advice>,
}

/// What the host should change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// Set the key-frame interval to 2 s: viewers wait for one before they see anything.
    KeyFramesEvery2Seconds,
    /// Switch B-frames off: they add delay, and viewers with WebRTC cannot have them.
    NoBFrames,
    /// There is no sound.
    NoSound,
    /// The picture moves less than 15 times a second: the computer or the network is overloaded.
    FewFrames,
    /// Close to the limit of bits at which the publisher is cut off.
    NearBitLimit,
}

/// One thing that happened, for those who follow all rooms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub room: Name,
    pub show: Name,
    pub at: Timestamp,
    pub news: News,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// The first part can be watched.
    Started,
    Lost,
    /// Pictures come again.
    Resumed,
    Ended(Ending),
    /// A publisher was cut off.
    Cut(Trouble),
}

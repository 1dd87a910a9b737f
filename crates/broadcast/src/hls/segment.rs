//! The pieces a broadcast is cut into, and the picture of them that all viewers share.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use kernel::Timestamp;

use crate::media::Codec;

/// The longest a segment may last when rounded to seconds. It never changes while a room is live (RFC 8216bis
/// 4.4.3.1), and with key frames every 2 s, as asked of OBS and of browsers, a segment is exactly so long.
pub const TARGET_SECONDS: u64 = 2;

/// A track set's MP4 header. A new one begins when an encoder changes its settings.
#[derive(Debug)]
pub struct Header {
    pub number: u32,
    pub bytes: Bytes,
    pub codecs: Vec<Codec>,
}

/// A fifth of a second of a segment.
#[derive(Clone, Debug)]
pub struct Part {
    pub bytes: Bytes,
    /// How long it plays, in ticks of 90,000 a second.
    pub ticks: u64,
    /// Whether a player can begin in it.
    pub independent: bool,
}

#[derive(Clone, Debug)]
pub struct Segment {
    /// Its media sequence number.
    pub number: u64,
    pub header: Arc<Header>,
    /// Whether its times or its encoding do not continue those of the segment before.
    pub discontinuity: bool,
    /// What the clock of the wall showed at its first frame.
    pub at: Timestamp,
    pub parts: Vec<Part>,
}

impl Segment {
    pub fn ticks(&self) -> u64 {
        self.parts.iter().map(|part| part.ticks).sum()
    }

    pub fn bytes(&self) -> usize {
        self.parts.iter().map(|part| part.bytes.len()).sum()
    }
}

/// What of a room can be watched right now. It is made once for each part and shared by everyone.
#[derive(Debug)]
pub struct Snapshot {
    /// Complete segments, oldest first: those in the playlist and some that have just left it.
    pub done: VecDeque<Arc<Segment>>,
    /// The segment in the making, when it has a part.
    pub open: Option<Arc<Segment>>,
    /// The number that the open segment has, or will have.
    pub open_number: u64,
    pub header: Option<Arc<Header>>,
    pub playlist: Bytes,
    pub ended: bool,
}

impl Snapshot {
    pub fn segment(&self, number: u64) -> Option<&Arc<Segment>> {
        self.done.iter().chain(&self.open).find(|segment| segment.number == number)
    }

    /// Parts of the open segment that are there already.
    pub fn open_parts(&self) -> usize {
        self.open.as_ref().map_or(0, |segment| segment.parts.len())
    }
}

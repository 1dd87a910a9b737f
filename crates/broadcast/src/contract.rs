//! What a broadcast asks of whoever uses it, and the limits it keeps.

use std::net::IpAddr;
use std::time::Duration;

use async_trait::async_trait;
use axum::http::HeaderMap;
use bytes::Bytes;

use crate::name::Name;
use crate::poster::Poster;
use crate::rtmp::push::Target;

/// Decides who may publish and who may watch. Broadcasting knows nothing of accounts, keys or stores.
#[async_trait]
pub trait Admit: Send + Sync + 'static {
    /// Someone wants to publish. The key came from a stranger: look it up by its hash, and do not log it.
    async fn publish(&self, asked: Publishing<'_>) -> Result<Grant, Refusal>;

    /// Someone wants to watch. Asked for every playlist and every part, some ten times a second for each viewer, so
    /// the answer should come from memory.
    async fn play(&self, asked: Playing<'_>) -> Result<Audience, Refusal>;

    /// Someone wants to post a room's poster. Whoever says nothing else lets nobody.
    async fn post_poster(&self, _asked: Posting<'_>) -> Result<(), Refusal> {
        Err(Refusal::NotAllowed)
    }

    /// Decodes a picture that was posted, at most [`POSTED_BYTES_MAX`](crate::POSTED_BYTES_MAX), and writes it anew.
    /// `None` if it is no picture.
    async fn make_poster(&self, _picture: Bytes) -> Option<Poster> {
        None
    }
}

/// Someone who wants to publish.
#[derive(Debug)]
pub struct Publishing<'a> {
    /// The stream key of RTMP or the bearer token of WHIP, as it was sent: at most 256 bytes.
    pub key: &'a str,
    /// The room that WHIP's address names. RTMP names none: the key alone must tell.
    pub room: Option<&'a Name>,
    pub source: Source,
    pub from: Option<IpAddr>,
}

/// How the pictures come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Rtmp,
    Whip,
    /// A film of our own, for demonstration.
    Reel,
}

/// Someone who wants to watch a room, or what was recorded of a show.
#[derive(Debug)]
pub struct Playing<'a> {
    pub room: &'a Name,
    /// Absent when the room as it is now is asked for.
    pub show: Option<&'a Name>,
    pub replay: bool,
    /// Cookies and tokens are in here.
    pub headers: &'a HeaderMap,
}

/// Someone who wants to post a room's poster.
#[derive(Debug)]
pub struct Posting<'a> {
    pub room: &'a Name,
    /// Cookies and tokens are in here, also the key as a bearer token.
    pub headers: &'a HeaderMap,
}

/// Leave to publish.
#[derive(Clone, Debug)]
pub struct Grant {
    pub room: Name,
    /// This one broadcast of the room; its recording bears this name, so no two shows of any room may share it. A host
    /// who comes back within [`RESUME_WITHIN`](crate::RESUME_WITHIN) gets the same show and continues it, even while
    /// the old connection seems to be alive: the newer one wins.
    pub show: Name,
    pub limits: Limits,
    pub record: bool,
    /// Another server that gets the show's video too, for instance one from which more can watch than from here.
    /// It is published to by RTMP, with Opus in the form of Enhanced RTMP, and again whenever it comes back.
    pub forward: Option<Target>,
}

/// Whether an answer may be kept for others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Anyone who has the address: caches on the way may keep parts.
    Everyone,
    /// Only who asked: nothing on the way keeps anything.
    OnlyThem,
}

/// No.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The key opens nothing, or the viewer may not watch. Outside it looks as if the room did not exist.
    #[error("not allowed")]
    NotAllowed,
    /// It cannot be decided now, for instance because the database is away.
    #[error("cannot be decided now")]
    NotNow,
}

/// What one room may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Of video and sound together, averaged over some seconds. More ends the publication.
    pub kbps: u32,
    /// The longer side of the picture.
    pub long_side: u16,
    pub short_side: u16,
    /// How long one show may last.
    pub duration: Duration,
    /// Viewers at once. Low-latency players keep a question open nearly all the time; that is what is counted.
    pub viewers: u32,
    /// Of them, those with WebRTC: each costs as much as eight others.
    pub webrtc_viewers: u32,
    /// Of all segments that a room keeps.
    pub memory_bytes: usize,
    /// Of one show's recording; what comes after is not recorded.
    pub recording_bytes: u64,
}

impl Default for Limits {
    /// Full HD as OBS sends it, a long working day, and what one machine can serve.
    fn default() -> Self {
        Self {
            kbps: 8_000,
            long_side: 1_920,
            short_side: 1_088,
            duration: Duration::from_secs(12 * 3_600),
            viewers: 5_000,
            webrtc_viewers: 200,
            memory_bytes: 64 * 1_024 * 1_024,
            recording_bytes: 32 * 1_024 * 1_024 * 1_024,
        }
    }
}

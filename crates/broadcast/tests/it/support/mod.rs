//! What the tests share: a broadcast of one's own, frames that need no encoder, and a viewer.

pub mod browser;
pub mod encoder;
pub mod film;
pub mod playlist;
pub mod rtmp;

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use broadcast::media::{Codec, Frame, Kind, aac, avc};
use broadcast::rtmp::push::Target;
use broadcast::{
    Admit, Audience, Broadcast, Grant, Limits, Name, Playing, Poster, Posting, Publication, Publishing,
    Recordings, Refusal, Source,
};
use bytes::Bytes;
use gateways::files::Files;
use kernel::{Clock, Timestamp};
use tower::ServiceExt;

/// The key that opens the room `stall` for the show `show-1`.
pub const KEY: &str = "right-key";

/// Lets [`KEY`] in and everyone watch, except who says that they are a stranger.
pub struct OneKey {
    pub limits: Limits,
    pub audience: Audience,
    pub forward: Option<Target>,
}

impl Default for OneKey {
    fn default() -> Self {
        Self { limits: Limits::default(), audience: Audience::Everyone, forward: None }
    }
}

#[async_trait]
impl Admit for OneKey {
    async fn publish(&self, asked: Publishing<'_>) -> Result<Grant, Refusal> {
        if asked.key != KEY {
            return Err(Refusal::NotAllowed);
        }
        let forward = self.forward.clone();
        Ok(Grant { room: name("stall"), show: name("show-1"), limits: self.limits, record: true, forward })
    }

    async fn play(&self, asked: Playing<'_>) -> Result<Audience, Refusal> {
        if asked.headers.contains_key("stranger") { Err(Refusal::NotAllowed) } else { Ok(self.audience) }
    }

    async fn post_poster(&self, asked: Posting<'_>) -> Result<(), Refusal> {
        let wanted = format!("Bearer {KEY}");
        let told = asked.headers.get("authorization").is_some_and(|told| *told == *wanted);
        if told { Ok(()) } else { Err(Refusal::NotAllowed) }
    }

    async fn make_poster(&self, picture: Bytes) -> Option<Poster> {
        let bytes = [b"anew: ", picture.as_ref()].concat().into();
        (picture != "rubbish").then_some(Poster { kind: "image/webp", bytes })
    }
}

pub fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// A broadcast in a folder that goes when it is dropped.
#[derive(Clone)]
pub struct Studio {
    pub broadcast: Broadcast,
    pub clock: Clock,
    pub viewer: Viewer,
    pub folder: Arc<tempfile::TempDir>,
}

impl Studio {
    pub fn new() -> Self {
        Self::with(Limits::default(), Audience::Everyone)
    }

    pub fn with(limits: Limits, audience: Audience) -> Self {
        let clock = Clock::set_to("2026-11-24T10:00:00Z".parse().unwrap());
        Self::on(clock, OneKey { limits, audience, forward: None })
    }

    pub fn on_the_wall_clock() -> Self {
        Self::on(Clock::system(), OneKey::default())
    }

    /// All that comes is sent on to another server.
    pub fn that_forwards(to: &str) -> Self {
        Self::on(Clock::system(), OneKey { forward: Target::parse(to), ..OneKey::default() })
    }

    fn on(clock: Clock, admit: OneKey) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let recordings = Recordings::new(Files::local(folder.path().to_owned()));
        let broadcast = Broadcast::new(Arc::new(admit), recordings, clock.clone());
        let viewer = Viewer(broadcast.routes());
        Self { broadcast, clock, viewer, folder }
    }

    pub async fn publish(&self) -> Publication {
        self.broadcast.publish(asked(KEY)).await.unwrap()
    }
}

pub fn asked(key: &str) -> Publishing<'_> {
    Publishing { key, room: None, source: Source::Rtmp, from: None }
}

/// Asks the addresses as a browser would.
#[derive(Clone)]
pub struct Viewer(pub Router);

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Viewer {
    pub async fn get(&self, address: &str) -> Answer {
        self.ask(Request::get(address).body(Body::empty()).unwrap()).await
    }

    pub async fn ask(&self, request: Request<Body>) -> Answer {
        let (parts, body) = self.0.clone().oneshot(request).await.unwrap().into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// The body of an address that must be there.
    pub async fn bytes(&self, address: &str) -> Bytes {
        let answer = self.get(address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}");
        answer.body
    }

    pub async fn text(&self, address: &str) -> String {
        String::from_utf8(self.bytes(address).await.to_vec()).unwrap()
    }
}

/// x264's parameter sets for 640×360.
pub fn video_track() -> Codec {
    let sps = [
        0x67, 0x64, 0x00, 0x1e, 0xac, 0xd9, 0x40, 0xa0, 0x2f, 0xf9, 0x70, 0x11, 0x00, 0x00, 0x03, 0x00, 0x01,
        0x00, 0x00, 0x03, 0x00, 0x3c, 0x0f, 0x16, 0x2d, 0x96,
    ];
    Codec::Avc(avc::Config::from_parameter_sets(&sps, &[0x68, 0xeb, 0xe3, 0xcb]).unwrap())
}

pub fn audio_track() -> Codec {
    Codec::Aac(aac::Config::parse(Bytes::from_static(&[0x11, 0x90])).unwrap())
}

pub fn picture(dts: u64, key: bool) -> Frame {
    // A NAL unit behind its length; what is in it nobody decodes.
    let nal = if key { [0, 0, 0, 3, 0x65, 1, 2] } else { [0, 0, 0, 3, 0x41, 1, 2] };
    Frame { kind: Kind::Video, dts, cts: 0, duration: 0, key, data: Bytes::copy_from_slice(&nal) }
}

pub fn packet(dts: u64) -> Frame {
    let data = Bytes::from_static(&[0x21, 0x10, 0x05]);
    Frame { kind: Kind::Audio, dts, cts: 0, duration: 1_024, key: true, data }
}

/// Milliseconds since the clock's beginning.
pub fn advance(clock: &Clock, ms: i64) {
    clock.advance(kernel::Timestamp::from_millisecond(ms).unwrap().duration_since(Timestamp::UNIX_EPOCH));
}

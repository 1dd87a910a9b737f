//! The addresses of a room: `/{room}/index.m3u8` for whoever comes now, and below `/{room}/{show}/` what that leads
//! to. Names below a show never mean anything else later, so caches may keep them.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use futures_util::stream;
use tokio::time::timeout;

use super::playlist;
use super::request::{File, Reload};
use super::segment::{Part, Segment, Snapshot, TARGET_SECONDS};
use crate::contract::{Audience, Playing, Refusal};
use crate::hub::Broadcast;
use crate::name::Name;
use crate::recording::replay;
use crate::room::Room;

/// A question that is not answered within three target durations gets a 503 (RFC 8216bis 6.2.5.2).
const WAIT_MAX: Duration = Duration::from_secs(3 * TARGET_SECONDS);

/// Three seconds' worth of parts: the Advance Part Limit of the same section.
const PARTS_AHEAD_MAX: usize = 15;

const PLAYLIST: &str = "application/vnd.apple.mpegurl";
const VIDEO: &str = "video/mp4";

pub fn routes() -> Router<Broadcast> {
    Router::new().route("/{room}/index.m3u8", get(index)).route("/{room}/{show}/{file}", get(file))
}

/// Why there is nothing to give.
#[derive(Debug)]
enum Nothing {
    NotFound,
    TooFarAhead,
    /// The room is full, or what was waited for did not come.
    NotNow,
    Storage(io::Error),
}

impl IntoResponse for Nothing {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::TooFarAhead => StatusCode::BAD_REQUEST,
            Self::NotNow => StatusCode::SERVICE_UNAVAILABLE,
            Self::Storage(error) => {
                tracing::error!(%error, "a recording could not be read");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        let mut response = (status, [(header::CACHE_CONTROL, "no-store")]).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

impl From<Refusal> for Nothing {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotAllowed => Self::NotFound,
            Refusal::NotNow => Self::NotNow,
        }
    }
}

impl From<io::Error> for Nothing {
    fn from(error: io::Error) -> Self {
        Self::Storage(error)
    }
}

async fn index(
    State(broadcast): State<Broadcast>,
    Path(room): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Nothing> {
    let name = Name::new(&room).map_err(|_| Nothing::NotFound)?;
    let asked = Playing { room: &name, show: None, replay: false, headers: &headers };
    let audience = broadcast.admit().play(asked).await?;
    if let Some(address) = broadcast.external_hls(&name) {
        return elsewhere(&address, audience);
    }
    let room = broadcast.room(&name).ok_or(Nothing::NotFound)?;
    // The host may have come a moment ago.
    let snapshot = wait(&room, |snapshot| snapshot.header.is_some() || snapshot.ended).await?;
    let header = snapshot.header.as_ref().ok_or(Nothing::NotFound)?;
    let text = playlist::multivariant(&header.codecs, room.limits.kbps, &room.show);
    Ok(answer(PLAYLIST, changing(audience), Body::from(text)))
}

/// Sends a player to where the room is watched.
fn elsewhere(address: &str, audience: Audience) -> Result<Response, Nothing> {
    let address = HeaderValue::from_str(address).map_err(|_| Nothing::NotFound)?;
    let caching = HeaderValue::from_static(changing(audience));
    let headers = [(header::LOCATION, address), (header::CACHE_CONTROL, caching)];
    Ok((StatusCode::TEMPORARY_REDIRECT, headers).into_response())
}

async fn file(
    State(broadcast): State<Broadcast>,
    Path((room, show, file)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Nothing> {
    let names = Name::new(&room).and_then(|room| Ok((room, Name::new(&show)?)));
    let (name, show) = names.map_err(|_| Nothing::NotFound)?;
    let file = File::parse(&file).ok_or(Nothing::NotFound)?;
    let replay = matches!(file, File::Replay | File::ReplayHeader(_) | File::ReplaySegment(_));
    let asked = Playing { room: &name, show: Some(&show), replay, headers: &headers };
    let audience = broadcast.admit().play(asked).await?;
    let room = broadcast.room(&name).filter(|room| room.show == show);
    if replay {
        return recorded(&broadcast, room, &show, file, audience).await;
    }
    let room = room.ok_or(Nothing::NotFound)?;
    match file {
        File::Playlist => live_playlist(&room, &query.unwrap_or_default(), audience).await,
        File::Header(number) => live_header(&room, number, audience),
        File::Part { segment, part } => live_part(&room, segment, part, audience).await,
        File::Segment(number) => live_segment(&room, number, audience),
        File::Replay | File::ReplayHeader(_) | File::ReplaySegment(_) => Err(Nothing::NotFound),
    }
}

async fn live_playlist(room: &Arc<Room>, query: &str, audience: Audience) -> Result<Response, Nothing> {
    let reload = Reload::parse(query).map_err(|_| Nothing::TooFarAhead)?;
    if reload.is_too_far(&room.snapshots().borrow(), PARTS_AHEAD_MAX) {
        return Err(Nothing::TooFarAhead);
    }
    let snapshot = wait(room, |snapshot| reload.is_met(snapshot)).await?;
    Ok(answer(PLAYLIST, changing(audience), Body::from(snapshot.playlist.clone())))
}

fn live_header(room: &Room, number: u32, audience: Audience) -> Result<Response, Nothing> {
    let snapshots = room.snapshots();
    let snapshot = snapshots.borrow();
    let of_segments = snapshot.done.iter().chain(&snapshot.open).map(|segment| &segment.header);
    let header = of_segments.chain(&snapshot.header).find(|header| header.number == number);
    let bytes = header.ok_or(Nothing::NotFound)?.bytes.clone();
    Ok(answer(VIDEO, lasting(audience), Body::from(bytes)))
}

async fn live_part(
    room: &Arc<Room>,
    segment: u64,
    part: usize,
    audience: Audience,
) -> Result<Response, Nothing> {
    let find = |snapshot: &Snapshot| {
        let part = snapshot.segment(segment).and_then(|segment| segment.parts.get(part));
        part.map(|part| part.bytes.clone())
    };
    // Only the part that the playlist hints at is waited for; it comes, or its segment ends without it.
    let hinted = |snapshot: &Snapshot| {
        !snapshot.ended && segment == snapshot.open_number && part == snapshot.open_parts()
    };
    let snapshot = wait(room, |snapshot| !hinted(snapshot)).await?;
    let bytes = find(&snapshot).ok_or(Nothing::NotFound)?;
    Ok(answer(VIDEO, lasting(audience), Body::from(bytes)))
}

fn live_segment(room: &Room, number: u64, audience: Audience) -> Result<Response, Nothing> {
    let snapshot = room.snapshots().borrow().clone();
    let segment = snapshot.done.iter().find(|segment| segment.number == number);
    Ok(answer(VIDEO, lasting(audience), body_of(segment.ok_or(Nothing::NotFound)?)))
}

/// All parts one behind the other, without copying them.
fn body_of(segment: &Segment) -> Body {
    let parts: Vec<io::Result<Bytes>> =
        segment.parts.iter().map(|Part { bytes, .. }| Ok(bytes.clone())).collect();
    Body::from_stream(stream::iter(parts))
}

async fn recorded(
    broadcast: &Broadcast,
    room: Option<Arc<Room>>,
    show: &Name,
    file: File,
    audience: Audience,
) -> Result<Response, Nothing> {
    let recordings = broadcast.recordings();
    match file {
        File::Replay => {
            let entries = recordings.entries(show).await?;
            if entries.is_empty() {
                return Err(Nothing::NotFound);
            }
            let is_over = room.is_none_or(|room| room.is_over());
            Ok(answer(PLAYLIST, changing(audience), Body::from(replay::playlist(&entries, is_over))))
        }
        File::ReplayHeader(number) => {
            let bytes = recordings.header(show, number).await?.ok_or(Nothing::NotFound)?;
            Ok(answer(VIDEO, lasting(audience), Body::from(bytes)))
        }
        File::ReplaySegment(number) => {
            let bytes = recordings.segment(show, number).await?.ok_or(Nothing::NotFound)?;
            Ok(answer(VIDEO, lasting(audience), Body::from(bytes)))
        }
        File::Playlist | File::Header(_) | File::Part { .. } | File::Segment(_) => Err(Nothing::NotFound),
    }
}

/// The first snapshot that will do. Who has to wait is counted, and nobody waits long.
async fn wait(room: &Arc<Room>, will_do: impl Fn(&Snapshot) -> bool) -> Result<Arc<Snapshot>, Nothing> {
    let mut snapshots = room.snapshots();
    let now = snapshots.borrow_and_update().clone();
    if will_do(&now) {
        return Ok(now);
    }
    let _held = room.hold().ok_or(Nothing::NotNow)?;
    let found = timeout(WAIT_MAX, snapshots.wait_for(|snapshot| will_do(snapshot))).await;
    match found {
        Ok(Ok(snapshot)) => Ok(snapshot.clone()),
        Ok(Err(_)) | Err(_) => Err(Nothing::NotNow),
    }
}

/// What the next second may bring anew.
fn changing(audience: Audience) -> &'static str {
    match audience {
        Audience::Everyone => "no-cache",
        Audience::OnlyThem => "private, no-store",
    }
}

/// What always stays as it is.
fn lasting(audience: Audience) -> &'static str {
    match audience {
        Audience::Everyone => "public, max-age=3600, immutable",
        Audience::OnlyThem => "private, no-store",
    }
}

fn answer(kind: &'static str, caching: &'static str, body: Body) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, caching)], body).into_response()
}

//! Which ways there are to watch a room at this moment. A page asks before it tries one, because a question that is
//! refused is an error in its browser's eyes: nobody may be sending yet, or something that WebRTC cannot carry.

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::{Broadcast, Name, Playing, room::Room};

pub(crate) fn routes() -> Router<Broadcast> {
    Router::new().route("/{room}/ways", get(ways))
}

/// The playlist, and WebRTC with all that the room has.
#[derive(Debug)]
struct Ways {
    hls: bool,
    whep: bool,
}

/// A room that may not be watched is as one that is not there.
async fn ways(State(broadcast): State<Broadcast>, Path(room): Path<String>, headers: HeaderMap) -> Response {
    let Some(Ways { hls, whep }) = of(&broadcast, &room, &headers).await else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (headers, format!(r#"{{"hls":{hls},"whep":{whep}}}"#)).into_response()
}

async fn of(broadcast: &Broadcast, room: &str, headers: &HeaderMap) -> Option<Ways> {
    let name = Name::new(room).ok()?;
    let asked = Playing { room: &name, show: None, replay: false, headers };
    broadcast.admit().play(asked).await.ok()?;
    let is_elsewhere = broadcast.external_hls(&name).is_some();
    let room = broadcast.room(&name).filter(|room| !room.is_over());
    let Some(room) = room else { return Some(Ways { hls: is_elsewhere, whep: false }) };
    // While the host is away there is nothing to wait for by either.
    if room.tracks().is_none() {
        return Some(Ways { hls: is_elsewhere, whep: false });
    }
    let has_playlist = room.snapshots().borrow().header.is_some();
    Some(Ways { hls: is_elsewhere || has_playlist, whep: is_by_whep(broadcast, &room) })
}

fn is_by_whep(broadcast: &Broadcast, room: &Room) -> bool {
    let can_carry = room.tracks().is_some_and(|tracks| {
        tracks.profile.is_some() && !tracks.b_frames && (tracks.opus || !tracks.has_sound)
    });
    can_carry && broadcast.desk().is_some() && room.has_seat()
}

impl Broadcast {
    /// Whether one more viewer may have this room of this node by WHEP just now.
    pub fn is_by_whep(&self, room: &Name) -> bool {
        self.room(room).is_some_and(|room| !room.is_over() && is_by_whep(self, &room))
    }
}

//! A room's poster: a small picture of what is going on, for lists and cards. A page of the host draws it from its own
//! video and posts it now and then; decoding the video here would cost more than serving it. Whoever uses this crate says
//! who may, and makes the picture anew, since nothing that a stranger drew is passed on as it came.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::time::Instant;

use crate::contract::{Audience, Playing, Posting, Refusal};
use crate::hub::Broadcast;
use crate::name::Name;

/// A picture of 640 × 360 at a good quality is a third of it.
pub const POSTED_BYTES_MAX: usize = 200 * 1_024;

/// Making a picture anew takes some ten milliseconds.
const POST_EVERY: Duration = Duration::from_secs(2);

/// A room's poster, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Poster {
    /// Its content type, such as `image/webp`.
    pub kind: &'static str,
    pub bytes: Bytes,
}

/// What a room has of it.
#[derive(Debug, Default)]
pub(crate) struct Posters {
    latest: Option<Poster>,
    posted: Option<Instant>,
}

impl Posters {
    pub(crate) fn latest(&self) -> Option<Poster> {
        self.latest.clone()
    }

    pub(crate) fn set(&mut self, poster: Poster) {
        self.latest = Some(poster);
    }

    /// Whether a new one may come now.
    fn may_come(&mut self, now: Instant) -> bool {
        let may = self.posted.is_none_or(|posted| now.duration_since(posted) >= POST_EVERY);
        if may {
            self.posted = Some(now);
        }
        may
    }
}

pub(crate) fn routes() -> Router<Broadcast> {
    let both = get(show).post(take).layer(DefaultBodyLimit::max(POSTED_BYTES_MAX));
    Router::new().route("/{room}/poster", both)
}

async fn show(
    State(broadcast): State<Broadcast>,
    Path(room): Path<String>,
    headers: HeaderMap,
) -> Result<Response, StatusCode> {
    let name = Name::new(&room).map_err(|_| StatusCode::NOT_FOUND)?;
    let asked = Playing { room: &name, show: None, replay: false, headers: &headers };
    let audience = broadcast.admit().play(asked).await.map_err(status)?;
    let poster = broadcast.poster(&name).ok_or(StatusCode::NOT_FOUND)?;
    let caching = match audience {
        Audience::Everyone => "public, max-age=5",
        Audience::OnlyThem => "private, no-store",
    };
    let headers = [
        (header::CONTENT_TYPE, poster.kind),
        (header::CACHE_CONTROL, caching),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, poster.bytes).into_response())
}

async fn take(
    State(broadcast): State<Broadcast>,
    Path(room): Path<String>,
    headers: HeaderMap,
    picture: Bytes,
) -> Result<StatusCode, StatusCode> {
    let name = Name::new(&room).map_err(|_| StatusCode::NOT_FOUND)?;
    let room = broadcast.room(&name).filter(|room| !room.is_over()).ok_or(StatusCode::NOT_FOUND)?;
    let posting = Posting { room: &name, headers: &headers };
    broadcast.admit().post_poster(posting).await.map_err(status)?;
    if !room.posters().may_come(Instant::now()) {
        return Err(StatusCode::TOO_MANY_REQUESTS);
    }
    let poster = broadcast.admit().make_poster(picture).await.ok_or(StatusCode::UNPROCESSABLE_ENTITY)?;
    room.posters().set(poster);
    Ok(StatusCode::NO_CONTENT)
}

fn status(refusal: Refusal) -> StatusCode {
    match refusal {
        Refusal::NotAllowed => StatusCode::NOT_FOUND,
        Refusal::NotNow => StatusCode::SERVICE_UNAVAILABLE,
    }
}

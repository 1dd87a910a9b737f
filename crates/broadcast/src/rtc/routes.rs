//! WHIP and WHEP over HTTP: an offer is posted, an answer comes back, and the address of the session with it. The
//! session's address cannot be guessed, so whoever has it may end the session.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, DefaultBodyLimit, OriginalUri, Path, State};
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, post};
use tokio::time::{Instant, sleep};

use super::Caller;
use super::desk::{Desk, Ticket};
use super::offer::{Accepted, OFFER_BYTES_MAX, Way, has_sound, readable, tidy, with_bandwidth};
use super::peer::{Peer, Role};
use super::problem::Problem;
use super::publisher::Publisher;
use super::viewer::Viewer;
use crate::contract::{Playing, Publishing, Refusal, Source};
use crate::hub::Broadcast;
use crate::name::Name;
use crate::rtmp::REFUSE_AFTER;

const SDP: &str = "application/sdp";

/// As of a stream key.
const KEY_BYTES_MAX: usize = 256;

pub(crate) fn routes() -> Router<Broadcast> {
    let sessions = || delete(leave).patch(async || Problem::NoChanges);
    Router::new()
        .route("/{room}/whip", post(whip).options(options))
        .route("/{room}/whip/{session}", sessions())
        .route("/{room}/whep", post(whep).options(options))
        .route("/{room}/whep/{session}", sessions())
        // A little more than an offer may have, so that ours is the answer to one that is too long.
        .layer(DefaultBodyLimit::max(2 * OFFER_BYTES_MAX))
}

async fn options() -> Response {
    (StatusCode::NO_CONTENT, [("accept-post", SDP), ("allow", "POST, OPTIONS")]).into_response()
}

/// What was asked, as both ways need it.
struct Asked<'a> {
    desk: Arc<Desk>,
    room: Name,
    offer: &'a str,
    from: Option<IpAddr>,
    at: Uri,
}

impl<'a> Asked<'a> {
    fn read(
        broadcast: &Broadcast,
        room: &str,
        headers: &HeaderMap,
        extensions: &Extensions,
        at: Uri,
        offer: &'a [u8],
    ) -> Result<Self, Problem> {
        let desk = broadcast.desk().ok_or(Problem::Closed)?;
        let room = Name::new(room).map_err(|_| Problem::NotFound)?;
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        // Parameters are allowed and mean nothing.
        if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(SDP) {
            return Err(Problem::ContentType);
        }
        let offer = readable(offer)?;
        Ok(Self { desk, room, offer, from: caller(extensions), at })
    }

    /// Takes the offer within a place for it.
    fn accept(&self, way: Way) -> Result<(Ticket, Accepted), Problem> {
        let offer = tidy(self.offer, way);
        let ticket = self.desk.enter(self.from).ok_or(Problem::Busy)?;
        let accepted = self.desk.common.accept(&offer, way, ticket.credentials())?;
        Ok((ticket, accepted))
    }

    /// Hands the connection over and answers.
    fn join(&self, peer: Peer, session: &str, answer: String) -> Result<Response, Problem> {
        if !self.desk.join(peer) {
            return Err(Problem::Busy);
        }
        // Relative to the host: whatever stands before us knows its own name better.
        let location = format!("{}/{session}", self.at.path());
        let location = HeaderValue::from_str(&location).map_err(|_| Problem::NotFound)?;
        let kind = HeaderValue::from_static(SDP);
        let caching = HeaderValue::from_static("no-store");
        let headers =
            [(header::CONTENT_TYPE, kind), (header::LOCATION, location), (header::CACHE_CONTROL, caching)];
        Ok((StatusCode::CREATED, headers, answer).into_response())
    }
}

async fn whip(
    State(broadcast): State<Broadcast>,
    Path(room): Path<String>,
    OriginalUri(at): OriginalUri,
    extensions: Extensions,
    headers: HeaderMap,
    offer: Bytes,
) -> Result<Response, Problem> {
    let asked = Asked::read(&broadcast, &room, &headers, &extensions, at, &offer)?;
    let key = bearer(&headers).ok_or(Problem::NoKey)?;
    let publishing = Publishing { key, room: Some(&asked.room), source: Source::Whip, from: asked.from };
    let grant = match broadcast.admit().publish(publishing).await {
        // A key opens its own room and no other, whatever the address says.
        Ok(grant) if grant.room == asked.room => grant,
        Ok(_) | Err(Refusal::NotAllowed) => {
            sleep(REFUSE_AFTER).await;
            return Err(Problem::WrongKey);
        }
        Err(Refusal::NotNow) => return Err(Problem::NotNow),
    };
    let before = broadcast.room(&grant.room).filter(|room| room.show == grant.show);
    if before.is_some_and(|room| room.is_over()) {
        return Err(Problem::Over);
    }
    let (ticket, accepted) = asked.accept(Way::In)?;
    let session = ticket.session().to_owned();
    let answer = with_bandwidth(&accepted.answer, grant.limits.kbps);
    let publisher = Publisher::new(broadcast, grant, accepted.video.mid, accepted.audio.is_some());
    let role = Role::In(Box::new(publisher));
    let peer = Peer::new(accepted.rtc, role, ticket, asked.desk.clone(), Instant::now().into_std());
    asked.join(peer, &session, answer)
}

async fn whep(
    State(broadcast): State<Broadcast>,
    Path(room): Path<String>,
    OriginalUri(at): OriginalUri,
    extensions: Extensions,
    headers: HeaderMap,
    offer: Bytes,
) -> Result<Response, Problem> {
    let asked = Asked::read(&broadcast, &room, &headers, &extensions, at, &offer)?;
    let playing = Playing { room: &asked.room, show: None, replay: false, headers: &headers };
    broadcast.admit().play(playing).await?;
    let room = broadcast.room(&asked.room).ok_or(Problem::NotFound)?;
    if room.is_over() {
        return Err(Problem::Over);
    }
    let tracks = room.tracks().ok_or(Problem::NotLive)?;
    let profile = tracks.profile.ok_or(Problem::NotLive)?;
    if tracks.b_frames {
        return Err(Problem::BFrames);
    }
    // A room without sound can be had; one whose sound would be missing only by asking for the picture alone.
    if has_sound(asked.offer) && !tracks.opus && tracks.has_sound {
        return Err(Problem::NoOpus);
    }
    let seat = room.seat().ok_or(Problem::Full)?;
    let (ticket, accepted) = asked.accept(Way::Out { profile, opus: tracks.opus })?;
    let session = ticket.session().to_owned();
    let role = Role::Out(Viewer::new(seat, accepted.video, accepted.audio));
    let peer = Peer::new(accepted.rtc, role, ticket, asked.desk.clone(), Instant::now().into_std());
    asked.join(peer, &session, accepted.answer)
}

/// A session that has ended already, by the end of its show, is as its page wants it.
async fn leave(State(broadcast): State<Broadcast>, Path((_, session)): Path<(String, String)>) -> StatusCode {
    if let Some(desk) = broadcast.desk() {
        desk.leave(&session);
    }
    StatusCode::OK
}

/// The token of `Authorization: Bearer …`, of a length that a key may have.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    let plausible = scheme.eq_ignore_ascii_case("bearer") && (1..=KEY_BYTES_MAX).contains(&token.len());
    plausible.then_some(token)
}

fn caller(extensions: &Extensions) -> Option<IpAddr> {
    let told = extensions.get::<Caller>().map(|caller| caller.0);
    let connected = || {
        let address = extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip();
        // A proxy on this machine is not who asks.
        (!address.is_loopback()).then_some(address)
    };
    told.or_else(connected)
}

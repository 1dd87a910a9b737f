//! Rooms over the API: what buyers see of them, and how a host runs them.

use axum::{extract::State as From, http::StatusCode};
use kernel::{AccountId, ImageId, RoomId, Timestamp};
use serde::{Deserialize, Serialize};
use stores::{Allowed, Storefront, may};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{ApiViewer, App, Error, Json, Path, ProblemDetails};

use super::{Ending, LISTED, Plan, Room, State};
use crate::{
    Live,
    crew::{Crew, does},
    story::{self, payload},
};

pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(of_store))
        .routes(routes!(show))
        .routes(routes!(state))
        .routes(routes!(remind, forget))
        .routes(routes!(list, schedule))
        .routes(routes!(look, edit))
        .routes(routes!(start))
        .routes(routes!(rehearse))
        .routes(routes!(stop_rehearsing))
        .routes(routes!(end))
        .routes(routes!(cancel))
        .routes(routes!(new_key))
        .routes(routes!(pass))
        .routes(routes!(video))
        .routes(routes!(announce))
        .routes(routes!(slow))
        .routes(routes!(comment_orders))
}

/// A room as buyers see it.
#[derive(Serialize, ToSchema)]
pub(crate) struct RoomBody {
    #[schema(value_type = String)]
    id: RoomId,
    title: String,
    /// `scheduled`, `live`, `lost` (live, and no pictures come), `ended` or `cancelled`; to the staff also `rehearsal`.
    state: &'static str,
    host: String,
    #[schema(value_type = Option<String>)]
    cover: Option<ImageId>,
    #[schema(value_type = String, format = "date-time")]
    starts_at: Timestamp,
    planned_minutes: i64,
    portrait: bool,
    #[schema(value_type = Option<String>, format = "date-time")]
    started_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = "date-time")]
    ended_at: Option<Timestamp>,
    /// The playlist (HLS) of what can be watched now, or again.
    video: Option<String>,
    viewers: u64,
    likes: i64,
}

impl RoomBody {
    fn of(app: &App, room: &Room, for_staff: bool) -> Self {
        let (started_at, ended_at) = match room.state {
            State::Live { since, .. } => (Some(since), None),
            State::Ended { since, at, .. } => (Some(since), Some(at)),
            State::Cancelled { at, .. } => (None, Some(at)),
            State::Scheduled | State::Rehearsal { .. } => (None, None),
        };
        let video = match room.state {
            State::Live { .. } => Some(format!("/media/{}/index.m3u8", room.id)),
            State::Rehearsal { .. } if for_staff => Some(format!("/media/{}/index.m3u8", room.id)),
            State::Ended { show, .. } if room.replay => {
                Some(format!("/media/{}/{show}/replay.m3u8", room.id))
            }
            _ => None,
        };
        Self {
            id: room.id,
            title: room.title.clone(),
            state: if for_staff { room.state.word() } else { room.state.word_for_buyers() },
            host: room.host_name.clone(),
            cover: room.cover,
            starts_at: room.starts_at,
            planned_minutes: room.planned_minutes,
            portrait: room.portrait,
            started_at,
            ended_at,
            video,
            viewers: Live::of(app).map_or(0, |live| live.hub().viewers(room.id)),
            likes: room.likes,
        }
    }
}

#[derive(Serialize, ToSchema)]
struct RoomsBody {
    /// The latest start first.
    live: Vec<RoomBody>,
    /// The next first.
    coming: Vec<RoomBody>,
    /// What can be watched again, the latest first.
    replays: Vec<RoomBody>,
}

/// List a store's live rooms
#[utoipa::path(get, path = "/api/v1/stores/{handle}/live", tag = "live", params(("handle" = String, Path)),
    responses((status = 200, body = RoomsBody), (status = 404, body = ProblemDetails)))]
async fn of_store(From(app): From<App>, front: Storefront) -> Result<axum::Json<RoomsBody>, Error> {
    let found = super::of_store(&mut app.db.read().await?, front.store.id, app.clock.now()).await?;
    let bodies = |rooms: Vec<Room>| rooms.iter().map(|room| RoomBody::of(&app, room, false)).collect();
    Ok(axum::Json(RoomsBody {
        live: bodies(found.live),
        coming: bodies(found.coming),
        replays: bodies(found.replays),
    }))
}

async fn of_front(app: &App, front: &Storefront, id: RoomId) -> Result<Room, Error> {
    super::get(&mut app.db.read().await?, front.store.id, id).await?.ok_or(Error::NotFound)
}

/// Look at a live room
#[utoipa::path(get, path = "/api/v1/stores/{handle}/live/{room}", tag = "live", params(("handle" = String, Path), ("room" = String, Path)),
    responses((status = 200, body = RoomBody), (status = 404, body = ProblemDetails)))]
async fn show(
    From(app): From<App>,
    front: Storefront,
    path: Path<(String, RoomId)>,
) -> Result<axum::Json<RoomBody>, Error> {
    let Path((_, id)) = path;
    let room = of_front(&app, &front, id).await?;
    Ok(axum::Json(RoomBody::of(&app, &room, false)))
}

/// A room's present state, and where its story stands.
#[derive(Serialize, ToSchema)]
struct StateBody {
    epoch: i64,
    seq: i64,
    d: payload::Snapshot,
}

/// Read a live room's whole present state: shelf, pinned product, comments
#[utoipa::path(get, path = "/api/v1/stores/{handle}/live/{room}/state", tag = "live", params(("handle" = String, Path), ("room" = String, Path)),
    responses((status = 200, body = StateBody), (status = 404, body = ProblemDetails)))]
async fn state(
    From(app): From<App>,
    front: Storefront,
    path: Path<(String, RoomId)>,
) -> Result<axum::Json<StateBody>, Error> {
    let Path((_, id)) = path;
    let mut read = app.db.read().await?;
    let room = super::get(&mut read, front.store.id, id).await?.ok_or(Error::NotFound)?;
    let d = story::snapshot_for_buyers(&app, &mut read, &room, front.store.currency).await?;
    Ok(axum::Json(StateBody { epoch: room.epoch, seq: room.seq, d }))
}

/// Be told before a live room starts
#[utoipa::path(put, path = "/api/v1/stores/{handle}/live/{room}/reminder", tag = "live", params(("handle" = String, Path), ("room" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
async fn remind(
    From(app): From<App>,
    front: Storefront,
    ApiViewer(viewer): ApiViewer,
    path: Path<(String, RoomId)>,
) -> Result<StatusCode, Error> {
    let Path((_, id)) = path;
    super::remind(&app, front.store.id, viewer.account_id, id, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// No longer be told before a live room starts
#[utoipa::path(delete, path = "/api/v1/stores/{handle}/live/{room}/reminder", tag = "live", params(("handle" = String, Path), ("room" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
async fn forget(
    From(app): From<App>,
    front: Storefront,
    ApiViewer(viewer): ApiViewer,
    path: Path<(String, RoomId)>,
) -> Result<StatusCode, Error> {
    let Path((_, id)) = path;
    super::remind(&app, front.store.id, viewer.account_id, id, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A room as its host sees it.
#[derive(Serialize, ToSchema)]
pub(crate) struct HostedBody {
    #[serde(flatten)]
    room: RoomBody,
    /// Recorded, and shown after its end.
    replay: bool,
    #[schema(value_type = String)]
    host_id: AccountId,
    has_key: bool,
    announcement: String,
    /// Seconds between two messages of one person.
    slow: i64,
    /// Whether a comment that is a product's number opens that product for who wrote it.
    comment_orders: bool,
    peak: i64,
    shares: i64,
    /// Why it is over.
    #[schema(value_type = Option<String>)]
    ending: Option<Ending>,
    /// How many want to be told before the start.
    reminders: i64,
}

async fn hosted(app: &App, room: &Room) -> Result<axum::Json<HostedBody>, Error> {
    let reminders = super::reminders(&mut app.db.read().await?, room.store_id, room.id).await?;
    Ok(axum::Json(hosted_body(app, room, reminders)))
}

fn hosted_body(app: &App, room: &Room, reminders: i64) -> HostedBody {
    HostedBody {
        room: RoomBody::of(app, room, true),
        replay: room.replay,
        host_id: room.host_id,
        has_key: room.has_key,
        announcement: room.announcement.clone(),
        slow: room.slow_seconds,
        comment_orders: room.comment_orders,
        peak: room.peak,
        shares: room.shares,
        ending: match room.state {
            State::Ended { why, .. } | State::Cancelled { why, .. } => Some(why),
            _ => None,
        },
        reminders,
    }
}

/// What a host says of a room.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlanBody {
    /// At most 30 columns; a CJK character counts 2.
    title: String,
    #[schema(value_type = Option<String>)]
    cover: Option<ImageId>,
    /// Someone of the staff who may host; without one, you.
    #[schema(value_type = Option<String>)]
    host: Option<AccountId>,
    /// 10 minutes to 6 months ahead. Without it the room is for now.
    #[schema(value_type = Option<String>, format = "date-time")]
    starts_at: Option<Timestamp>,
    /// 30 minutes to 24 hours.
    #[serde(default = "an_hour")]
    planned_minutes: i64,
    #[serde(default = "yes")]
    portrait: bool,
    /// Recorded, and shown after its end.
    #[serde(default = "yes")]
    replay: bool,
}

const fn an_hour() -> i64 {
    60
}
const fn yes() -> bool {
    true
}

impl core::convert::From<PlanBody> for Plan {
    fn from(body: PlanBody) -> Self {
        let PlanBody { title, cover, host, starts_at, planned_minutes, portrait, replay } = body;
        Plan { title, cover, host, starts_at, planned_minutes, portrait, replay }
    }
}

/// List live rooms to host: live, coming, and the last that are over
#[utoipa::path(get, path = "/api/v1/console/{handle}/live", tag = "live", params(("handle" = String, Path)),
    responses((status = 200, body = Vec<HostedBody>), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails)))]
async fn list(
    From(app): From<App>,
    console: Allowed<may::HostLive>,
) -> Result<axum::Json<Vec<HostedBody>>, Error> {
    let (store, now) = (console.store.id, app.clock.now());
    let mut read = app.db.read().await?;
    let shown = super::of_store(&mut read, store, now).await?;
    let over = super::over(&mut read, store, now, LISTED).await?;
    let mut bodies = Vec::new();
    for room in shown.live.iter().chain(&shown.coming).chain(&over) {
        let reminders = super::reminders(&mut read, store, room.id).await?;
        bodies.push(hosted_body(&app, room, reminders));
    }
    Ok(axum::Json(bodies))
}

/// Schedule a live room, or make one for now
#[utoipa::path(post, path = "/api/v1/console/{handle}/live", tag = "live", params(("handle" = String, Path)), request_body = PlanBody,
    responses((status = 201, body = HostedBody), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn schedule(
    From(app): From<App>,
    console: Allowed<may::HostLive>,
    Json(body): Json<PlanBody>,
) -> Result<(StatusCode, axum::Json<HostedBody>), Error> {
    let room = super::schedule(&app, &console.store, console.actor(), body.into()).await?;
    Ok((StatusCode::CREATED, hosted(&app, &room).await?))
}

type Host = Crew<does::Run>;
type Seller = Crew<does::Sell>;
type Moderator = Crew<does::Moderate>;

/// Look at a live room as its host
#[utoipa::path(get, path = "/api/v1/console/{handle}/live/{room}", tag = "live", params(("handle" = String, Path), ("room" = String, Path)),
    responses((status = 200, body = HostedBody), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
async fn look(From(app): From<App>, crew: Moderator) -> Result<axum::Json<HostedBody>, Error> {
    hosted(&app, &crew.room).await
}

/// Change a live room that is still to come
#[utoipa::path(put, path = "/api/v1/console/{handle}/live/{room}", tag = "live", params(("handle" = String, Path), ("room" = String, Path)), request_body = PlanBody,
    responses((status = 200, body = HostedBody), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn edit(
    From(app): From<App>,
    crew: Host,
    Json(body): Json<PlanBody>,
) -> Result<axum::Json<HostedBody>, Error> {
    let room = super::edit(&app, &crew.store, crew.actor(), crew.id, body.into()).await?;
    hosted(&app, &room).await
}

/// Go live
#[utoipa::path(post, path = "/api/v1/console/{handle}/live/{room}/start", tag = "live", params(("handle" = String, Path), ("room" = String, Path)),
    responses((status = 200, body = HostedBody), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
async fn start(From(app): From<App>, crew: Host) -> Result<axum::Json<HostedBody>, Error> {
    let room = super::start(&app, &crew.store, crew.actor(), crew.id).await?;
    hosted(&app, &room).await
}

/// Rehearse: pictures for the staff alone
#[utoipa::path(post, path = "/api/v1/console/{handle}/live/{room}/rehearse", tag = "live", params(("handle" = String, Path), ("room" = String, Path)),
    responses((status = 200, body = HostedBody), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
async fn rehearse(From(app): From<App>, crew: Host) -> Result<axum::Json<HostedBody>, Error> {
    let room = super::rehearse(&app, crew.store.id, crew.actor(), crew.id).await?;
    hosted(&app, &room).await
}

/// End the rehearsal; the room waits for its start
#[utoipa::path(post, path = "/api/v1/console/{handle}/live/{room}/stop-rehearsing", tag = "live", params(("handle" = String, Path), ("room" = String, Path)),
    responses((status = 200, body = HostedBody), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
async fn stop_rehearsing(From(app): From<App>, crew: Host) -> Result<axum::Json<HostedBody>, Error> {
    let room = super::stop_rehearsing(&app, crew.store.id, Some(crew.actor()), crew.id).await?;
    hosted(&app, &room).await
}

/// End a live room
#[utoipa::path(post, path = "/api/v1/console/{handle}/live/{room}/end", tag = "live", params(("handle" = String, Path), ("room" = String, Path)),
    responses((status = 200, body = HostedBody), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
async fn end(From(app): From<App>, crew: Host) -> Result<axum::Json<HostedBody>, Error> {
    let room = super::end(&app, crew.store.id, Some(crew.actor()), crew.id, Ending::Host).await?;
    hosted(&app, &room).await
}

/// Call a live room off that is still to come
#[utoipa::path(post, path = "/api/v1/console/{handle}/live/{room}/cancel", tag = "live", params(("handle" = String, Path), ("room" = String, Path)),
    responses((status = 200, body = HostedBody), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
async fn cancel(From(app): From<App>, crew: Host) -> Result<axum::Json<HostedBody>, Error> {
    let room = super::cancel(&app, crew.store.id, Some(crew.actor()), crew.id, Ending::Host).await?;
    hosted(&app, &room).await
}

/// With what an encoder publishes.
#[derive(Serialize, ToSchema)]
struct KeyBody {
    /// The server to enter in OBS; empty when none are let in here.
    rtmp_url: String,
    /// Shown this once.
    key: String,
}

/// Make a new stream key; the old one opens nothing any more
#[utoipa::path(post, path = "/api/v1/console/{handle}/live/{room}/key", tag = "live", params(("handle" = String, Path), ("room" = String, Path)),
    responses((status = 200, body = KeyBody), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
async fn new_key(From(app): From<App>, crew: Host) -> Result<axum::Json<KeyBody>, Error> {
    let key = super::new_key(&app, crew.store.id, crew.actor(), crew.id).await?;
    Ok(axum::Json(KeyBody { rtmp_url: Live::of(&app)?.settings().rtmp_url.clone(), key }))
}

/// With what a browser publishes.
#[derive(Serialize, ToSchema)]
struct PassBody {
    /// Where to (WHIP, RFC 9725).
    whip: String,
    /// The bearer token; good for a day and as long as you may host.
    token: String,
}

/// Get a pass to publish from a browser
#[utoipa::path(post, path = "/api/v1/console/{handle}/live/{room}/pass", tag = "live", params(("handle" = String, Path), ("room" = String, Path)),
    responses((status = 200, body = PassBody), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
async fn pass(From(app): From<App>, crew: Host) -> Result<axum::Json<PassBody>, Error> {
    let whip = format!("/media/{}/whip", crew.id);
    Ok(axum::Json(PassBody { whip, token: super::pass(&app, crew.id, crew.actor()) }))
}

/// What comes in of a room's video.
#[derive(Serialize, ToSchema)]
struct VideoBody {
    /// `waiting`, `live`, `lost` or `ended`.
    #[schema(value_type = Object)]
    phase: broadcast::Phase,
    /// Measured over the last seconds, with advice.
    #[schema(value_type = Object)]
    health: broadcast::Health,
    /// Why the last publisher was cut off, until pictures come again.
    #[schema(value_type = Option<String>)]
    trouble: Option<broadcast::Trouble>,
    #[schema(value_type = String)]
    recording: broadcast::Recording,
}

/// Read the health of the video that comes in
#[utoipa::path(get, path = "/api/v1/console/{handle}/live/{room}/video", tag = "live", params(("handle" = String, Path), ("room" = String, Path)),
    responses((status = 200, body = Option<VideoBody>), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
async fn video(From(app): From<App>, crew: Moderator) -> Result<axum::Json<Option<VideoBody>>, Error> {
    let live = Live::of(&app)?;
    let status = super::video_name(crew.id).and_then(|name| live.broadcast().status(&name));
    let body = status.map(|status| {
        let status = status.borrow();
        VideoBody {
            phase: status.phase,
            health: status.health.clone(),
            trouble: status.trouble,
            recording: status.recording,
        }
    });
    Ok(axum::Json(body))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Announcement {
    /// At most 120 columns; an empty text takes it down.
    text: String,
}

/// Put an announcement over the room's talk
#[utoipa::path(put, path = "/api/v1/console/{handle}/live/{room}/announcement", tag = "live", params(("handle" = String, Path), ("room" = String, Path)), request_body = Announcement,
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn announce(
    From(app): From<App>,
    crew: Seller,
    Json(body): Json<Announcement>,
) -> Result<StatusCode, Error> {
    super::announce(&app, crew.store.id, crew.actor(), crew.id, &body.text).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Slow {
    /// 0 to 300; 0 lets everyone talk as fast as they like.
    seconds: i64,
}

/// Let each person say something once in so many seconds
#[utoipa::path(put, path = "/api/v1/console/{handle}/live/{room}/slow", tag = "live", params(("handle" = String, Path), ("room" = String, Path)), request_body = Slow,
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn slow(From(app): From<App>, crew: Moderator, Json(body): Json<Slow>) -> Result<StatusCode, Error> {
    super::slow(&app, crew.store.id, crew.id, body.seconds).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CommentOrders {
    on: bool,
}

/// Take a comment such as `3` or `3 x2` for the wish to buy that product, or no longer
#[utoipa::path(put, path = "/api/v1/console/{handle}/live/{room}/comment-orders", tag = "live", params(("handle" = String, Path), ("room" = String, Path)), request_body = CommentOrders,
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn comment_orders(
    From(app): From<App>,
    crew: Seller,
    Json(body): Json<CommentOrders>,
) -> Result<StatusCode, Error> {
    super::take_comment_orders(&app, crew.store.id, crew.id, body.on).await?;
    Ok(StatusCode::NO_CONTENT)
}

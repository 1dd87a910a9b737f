//! The talk of a room over the API.

use std::time::Duration;

use axum::{extract::State as From, http::StatusCode};
use kernel::{AccountId, Invalid, Problem, RoomId, Timestamp};
use serde::{Deserialize, Serialize};
use stores::{Allowed, Storefront, may};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{ApiViewer, App, Error, Json, Path, ProblemDetails, Query};

use super::{ChatId, Measure, Part, Said, Seen, wish::Wish};
use crate::{
    crew::{Crew, does},
    rooms,
};

pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(say))
        .routes(routes!(list))
        .routes(routes!(delete))
        .routes(routes!(release))
        .routes(routes!(pin, unpin))
        .routes(routes!(people))
        .routes(routes!(treat))
        .routes(routes!(give_part))
        .routes(routes!(words, set_words))
}

type Host = Crew<does::Run>;
type Moderator = Crew<does::Moderate>;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Words {
    /// At most 200 characters.
    text: String,
}

/// A comment that was made.
#[derive(Serialize, ToSchema)]
struct SaidBody {
    #[schema(value_type = String)]
    id: ChatId,
    text: String,
    /// Whether a moderator looks at it first.
    held: bool,
    /// What of the shelf it asks for, where comments are orders.
    wish: Option<Wish>,
}

/// Say something in a live room
#[utoipa::path(post, path = "/api/v1/stores/{handle}/live/{room}/chat", tag = "live", params(("handle" = String, Path), ("room" = String, Path)), request_body = Words,
    responses((status = 201, body = SaidBody), (status = 401, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn say(
    From(app): From<App>,
    front: Storefront,
    ApiViewer(viewer): ApiViewer,
    path: Path<(String, RoomId)>,
    Json(body): Json<Words>,
) -> Result<(StatusCode, axum::Json<SaidBody>), Error> {
    let Path((_, id)) = path;
    let room = rooms::get(&mut app.db.read().await?, front.store.id, id).await?.ok_or(Error::NotFound)?;
    let said = super::say(&app, &room, viewer.account_id, &body.text).await?;
    let wish = super::wished(&app, &room, &said).await;
    let body = SaidBody { id: said.id, held: said.state == Seen::Held, wish, text: said.text };
    Ok((StatusCode::CREATED, axum::Json(body)))
}

/// A comment as those who keep order see it.
#[derive(Serialize, ToSchema)]
struct CommentBody {
    #[schema(value_type = String)]
    id: ChatId,
    #[schema(value_type = String)]
    account: AccountId,
    name: String,
    text: String,
    staff: bool,
    #[schema(value_type = String)]
    seen: Seen,
    #[schema(value_type = String, format = "date-time")]
    at: Timestamp,
}

impl core::convert::From<Said> for CommentBody {
    fn from(said: Said) -> Self {
        let Said { id, account_id, name, text, staff, state, at } = said;
        Self { id, account: account_id, name, text, staff, seen: state, at }
    }
}

#[derive(Deserialize)]
struct Which {
    #[serde(default = "shown")]
    seen: Seen,
    before: Option<ChatId>,
}

const fn shown() -> Seen {
    Seen::Shown
}

/// List comments of a live room, the latest first: `shown`, `held`, `hidden` or `deleted` ones
#[utoipa::path(get, path = "/api/v1/console/{handle}/live/{room}/chat", tag = "live",
    params(("handle" = String, Path), ("room" = String, Path), ("seen" = Option<String>, Query), ("before" = Option<String>, Query)),
    responses((status = 200, body = Vec<CommentBody>), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
async fn list(
    From(app): From<App>,
    crew: Moderator,
    Query(which): Query<Which>,
) -> Result<axum::Json<Vec<CommentBody>>, Error> {
    let mut read = app.db.read().await?;
    let said = super::list(&mut read, crew.store.id, crew.id, which.seen, which.before).await?;
    Ok(axum::Json(said.into_iter().map(CommentBody::from).collect()))
}

/// Take a comment down
#[utoipa::path(delete, path = "/api/v1/console/{handle}/live/{room}/chat/{comment}", tag = "live", params(("handle" = String, Path), ("room" = String, Path), ("comment" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
async fn delete(
    From(app): From<App>,
    crew: Moderator,
    path: Path<(String, RoomId, ChatId)>,
) -> Result<StatusCode, Error> {
    let Path((_, _, comment)) = path;
    super::delete(&app, crew.store.id, crew.actor(), crew.id, comment).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let a comment pass that was held back
#[utoipa::path(post, path = "/api/v1/console/{handle}/live/{room}/chat/{comment}/release", tag = "live", params(("handle" = String, Path), ("room" = String, Path), ("comment" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
async fn release(
    From(app): From<App>,
    crew: Moderator,
    path: Path<(String, RoomId, ChatId)>,
) -> Result<StatusCode, Error> {
    let Path((_, _, comment)) = path;
    super::release(&app, crew.store.id, crew.actor(), crew.id, comment).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Top {
    #[schema(value_type = String)]
    comment: ChatId,
}

/// Keep a comment on top
#[utoipa::path(put, path = "/api/v1/console/{handle}/live/{room}/pinned-comment", tag = "live", params(("handle" = String, Path), ("room" = String, Path)), request_body = Top,
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
async fn pin(From(app): From<App>, crew: Moderator, Json(body): Json<Top>) -> Result<StatusCode, Error> {
    super::pin(&app, crew.store.id, crew.actor(), crew.id, Some(body.comment)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keep no comment on top any more
#[utoipa::path(delete, path = "/api/v1/console/{handle}/live/{room}/pinned-comment", tag = "live", params(("handle" = String, Path), ("room" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
async fn unpin(From(app): From<App>, crew: Moderator) -> Result<StatusCode, Error> {
    super::pin(&app, crew.store.id, crew.actor(), crew.id, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who has a part in a room, and who was silenced.
#[derive(Serialize, ToSchema)]
struct PeopleBody {
    parts: Vec<PartBody>,
    silenced: Vec<SilencedBody>,
}

#[derive(Serialize, ToSchema)]
struct PartBody {
    #[schema(value_type = String)]
    account: AccountId,
    name: String,
    #[schema(value_type = String)]
    part: Part,
}

#[derive(Serialize, ToSchema)]
struct SilencedBody {
    #[schema(value_type = String)]
    account: AccountId,
    name: String,
    #[schema(value_type = Option<String>, format = "date-time")]
    muted_until: Option<Timestamp>,
    shadowed: bool,
    banned: bool,
}

/// List those with a part in a live room, and those who were silenced
#[utoipa::path(get, path = "/api/v1/console/{handle}/live/{room}/people", tag = "live", params(("handle" = String, Path), ("room" = String, Path)),
    responses((status = 200, body = PeopleBody), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
async fn people(From(app): From<App>, crew: Moderator) -> Result<axum::Json<PeopleBody>, Error> {
    let mut read = app.db.read().await?;
    let parts = super::parts(&mut read, crew.store.id, crew.id).await?;
    let silenced = super::silenced(&mut read, crew.store.id, crew.id, app.clock.now()).await?;
    let part = |part: super::Partner| PartBody { account: part.account_id, name: part.name, part: part.role };
    let silent = |person: super::Silenced| SilencedBody {
        account: person.account_id,
        name: person.name,
        muted_until: person.muted_until,
        shadowed: person.shadowed,
        banned: person.banned_at.is_some(),
    };
    Ok(axum::Json(PeopleBody {
        parts: parts.into_iter().map(part).collect(),
        silenced: silenced.into_iter().map(silent).collect(),
    }))
}

/// What is done to a person.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Done {
    Mute,
    Unmute,
    Shadow,
    Unshadow,
    Ban,
    Unban,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MeasureBody {
    measure: Done,
    /// How long a mute lasts: 1 to 1440.
    minutes: Option<i64>,
}

/// Mute, shadow or ban a person, or let them be again
#[utoipa::path(post, path = "/api/v1/console/{handle}/live/{room}/people/{account}", tag = "live", params(("handle" = String, Path), ("room" = String, Path), ("account" = String, Path)), request_body = MeasureBody,
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn treat(
    From(app): From<App>,
    crew: Moderator,
    path: Path<(String, RoomId, AccountId)>,
    Json(body): Json<MeasureBody>,
) -> Result<StatusCode, Error> {
    let Path((_, _, account)) = path;
    let measure = match body.measure {
        Done::Mute => {
            let minutes = body.minutes.ok_or_else(|| Invalid::field("minutes", Problem::Required))?;
            let minutes =
                u64::try_from(minutes).map_err(|_| Invalid::field("minutes", Problem::TooSmall(1)))?;
            Measure::Mute(Duration::from_secs(60 * minutes.min(1_000_000)))
        }
        Done::Unmute => Measure::Unmute,
        Done::Shadow => Measure::Shadow,
        Done::Unshadow => Measure::Unshadow,
        Done::Ban => Measure::Ban,
        Done::Unban => Measure::Unban,
    };
    super::treat(&app, crew.store.id, crew.actor(), crew.id, account, measure).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPart {
    /// `assistant` or `moderator`; without it the part is taken away.
    #[schema(value_type = Option<String>)]
    part: Option<Part>,
}

/// Give a person a part in a live room, or take it away
#[utoipa::path(put, path = "/api/v1/console/{handle}/live/{room}/people/{account}/part", tag = "live", params(("handle" = String, Path), ("room" = String, Path), ("account" = String, Path)), request_body = NewPart,
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn give_part(
    From(app): From<App>,
    crew: Host,
    path: Path<(String, RoomId, AccountId)>,
    Json(body): Json<NewPart>,
) -> Result<StatusCode, Error> {
    let Path((_, _, account)) = path;
    super::give_part(&app, crew.store.id, crew.actor(), crew.id, account, body.part).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BlockedWords {
    /// At most 500 of at most 40 columns. They are compared without case, spaces and punctuation.
    words: Vec<String>,
}

/// List what nobody may say in a store's live rooms
#[utoipa::path(get, path = "/api/v1/console/{handle}/live-words", tag = "live", params(("handle" = String, Path)),
    responses((status = 200, body = BlockedWords), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails)))]
async fn words(
    From(app): From<App>,
    console: Allowed<may::HostLive>,
) -> Result<axum::Json<BlockedWords>, Error> {
    let words = super::words(&mut app.db.read().await?, console.store.id).await?;
    Ok(axum::Json(BlockedWords { words }))
}

/// Say what nobody may say in a store's live rooms; others are let go
#[utoipa::path(put, path = "/api/v1/console/{handle}/live-words", tag = "live", params(("handle" = String, Path)), request_body = BlockedWords,
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn set_words(
    From(app): From<App>,
    console: Allowed<may::HostLive>,
    Json(body): Json<BlockedWords>,
) -> Result<StatusCode, Error> {
    super::set_words(&app, console.store.id, console.actor(), &body.words).await?;
    Ok(StatusCode::NO_CONTENT)
}

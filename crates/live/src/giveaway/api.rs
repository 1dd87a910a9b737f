//! Giveaways over the API.

use axum::{extract::State as From, http::StatusCode};
use kernel::{AccountId, RoomId};
use serde::{Deserialize, Serialize};
use stores::Storefront;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{ApiViewer, App, Error, Json, Path, ProblemDetails};

use super::{Entry, EntryId, Giveaway, GiveawayId, Open, Task, Winning};
use crate::{
    crew::{Crew, does},
    story::payload,
};

pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, open))
        .routes(routes!(draw))
        .routes(routes!(show))
        .routes(routes!(mine))
        .routes(routes!(enter))
}

type Seller = Crew<does::Sell>;

/// A giveaway, with everything it takes to do the draw again.
#[derive(Serialize, ToSchema)]
struct GiveawayBody {
    #[serde(flatten)]
    giveaway: payload::Giveaway,
    /// After the draw: the text whose SHA-256 is the commitment, and the key of the draw's HMAC.
    seed: Option<String>,
    /// After the draw: the SHA-256 of the list of entries.
    list_hash: Option<String>,
}

impl GiveawayBody {
    fn of(giveaway: &Giveaway, winners: &[Winning]) -> Self {
        let revealed = giveaway.revealed();
        Self {
            giveaway: giveaway.words(winners),
            seed: revealed.map(|(seed, _)| seed.to_owned()),
            list_hash: revealed.map(|(_, hash)| hash.to_owned()),
        }
    }
}

/// A giveaway as its host sees it.
#[derive(Serialize, ToSchema)]
struct HostedGiveaway {
    #[serde(flatten)]
    giveaway: GiveawayBody,
    /// In the order of `winners`.
    #[schema(value_type = Vec<String>)]
    winner_accounts: Vec<AccountId>,
}

impl HostedGiveaway {
    async fn of(read: &mut db::Read, giveaway: &Giveaway) -> Result<Self, db::Error> {
        let winners = super::winners(read, giveaway).await?;
        Ok(Self {
            giveaway: GiveawayBody::of(giveaway, &winners),
            winner_accounts: winners.iter().map(|winner| winner.account_id).collect(),
        })
    }
}

/// List a live room's giveaways, the latest first
#[utoipa::path(get, path = "/api/v1/console/{handle}/live/{room}/giveaways", tag = "live", params(("handle" = String, Path), ("room" = String, Path)),
    responses((status = 200, body = [HostedGiveaway]), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
async fn list(From(app): From<App>, crew: Seller) -> Result<axum::Json<Vec<HostedGiveaway>>, Error> {
    let mut read = app.db.read().await?;
    let mut bodies = Vec::new();
    for giveaway in super::of_room(&mut read, crew.store.id, crew.id).await? {
        bodies.push(HostedGiveaway::of(&mut read, &giveaway).await?);
    }
    Ok(axum::Json(bodies))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewGiveaway {
    /// What there is to win, at most 60 columns: the host hands it over.
    prize: String,
    /// How many can win: 1 to 100.
    winners: i64,
    /// `watch` (press a button), `follow` (the same, and the store is followed with it) or `comment` (say the keyword).
    #[schema(value_type = String)]
    task: Task,
    #[serde(default)]
    keyword: String,
    /// After how long is drawn: 10 to 7200.
    seconds: i64,
}

/// Open a giveaway in a live room
#[utoipa::path(post, path = "/api/v1/console/{handle}/live/{room}/giveaways", tag = "live", params(("handle" = String, Path), ("room" = String, Path)), request_body = NewGiveaway,
    responses((status = 201, body = HostedGiveaway), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn open(
    From(app): From<App>,
    crew: Seller,
    Json(body): Json<NewGiveaway>,
) -> Result<(StatusCode, axum::Json<HostedGiveaway>), Error> {
    let NewGiveaway { prize, winners, task, keyword, seconds } = body;
    let wanted = Open { prize, winners, task, keyword, seconds };
    let giveaway = super::open(&app, crew.store.id, crew.actor(), crew.id, wanted).await?;
    let body = HostedGiveaway::of(&mut app.db.read().await?, &giveaway).await?;
    Ok((StatusCode::CREATED, axum::Json(body)))
}

/// Draw now; what was drawn stays
#[utoipa::path(post, path = "/api/v1/console/{handle}/live/{room}/giveaways/{giveaway}/draw", tag = "live", params(("handle" = String, Path), ("room" = String, Path), ("giveaway" = String, Path)),
    responses((status = 200, body = HostedGiveaway), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
async fn draw(
    From(app): From<App>,
    crew: Seller,
    path: Path<(String, RoomId, GiveawayId)>,
) -> Result<axum::Json<HostedGiveaway>, Error> {
    let Path((_, _, giveaway)) = path;
    let giveaway = super::close(&app, crew.store.id, crew.actor(), crew.id, giveaway).await?;
    Ok(axum::Json(HostedGiveaway::of(&mut app.db.read().await?, &giveaway).await?))
}

/// Look at a giveaway, and check its draw
#[utoipa::path(get, path = "/api/v1/stores/{handle}/live/{room}/giveaways/{giveaway}", tag = "live", params(("handle" = String, Path), ("room" = String, Path), ("giveaway" = String, Path)),
    responses((status = 200, body = GiveawayBody), (status = 404, body = ProblemDetails)))]
async fn show(
    From(app): From<App>,
    front: Storefront,
    path: Path<(String, RoomId, GiveawayId)>,
) -> Result<axum::Json<GiveawayBody>, Error> {
    let Path((_, room, giveaway)) = path;
    let mut read = app.db.read().await?;
    let giveaway = super::get(&mut read, front.store.id, room, giveaway).await?.ok_or(Error::NotFound)?;
    let winners = super::winners(&mut read, &giveaway).await?;
    Ok(axum::Json(GiveawayBody::of(&giveaway, &winners)))
}

/// Someone's entry.
#[derive(Serialize, ToSchema)]
pub(super) struct EntryBody {
    /// On the published list.
    #[schema(value_type = String)]
    entry: EntryId,
    number: i64,
    /// The place in which it was drawn, from 1.
    won: Option<i64>,
}

impl core::convert::From<Entry> for EntryBody {
    fn from(Entry { id, number, won, .. }: Entry) -> Self {
        Self { entry: id, number, won }
    }
}

/// Your entry in a giveaway
#[utoipa::path(get, path = "/api/v1/stores/{handle}/live/{room}/giveaways/{giveaway}/mine", tag = "live", params(("handle" = String, Path), ("room" = String, Path), ("giveaway" = String, Path)),
    responses((status = 200, body = Option<EntryBody>, description = "`null` for who has not entered"), (status = 401, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
async fn mine(
    From(app): From<App>,
    front: Storefront,
    ApiViewer(viewer): ApiViewer,
    path: Path<(String, RoomId, GiveawayId)>,
) -> Result<axum::Json<Option<EntryBody>>, Error> {
    let Path((_, room, giveaway)) = path;
    let mut read = app.db.read().await?;
    let giveaway = super::get(&mut read, front.store.id, room, giveaway).await?.ok_or(Error::NotFound)?;
    let entry = super::entry_of(&mut read, &giveaway, viewer.account_id).await?;
    Ok(axum::Json(entry.map(EntryBody::from)))
}

/// Take part; who is in already stays in
#[utoipa::path(post, path = "/api/v1/stores/{handle}/live/{room}/giveaways/{giveaway}/entries", tag = "live", params(("handle" = String, Path), ("room" = String, Path), ("giveaway" = String, Path)),
    responses((status = 200, body = EntryBody), (status = 401, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
async fn enter(
    From(app): From<App>,
    front: Storefront,
    ApiViewer(viewer): ApiViewer,
    path: Path<(String, RoomId, GiveawayId)>,
) -> Result<axum::Json<EntryBody>, Error> {
    let Path((_, room, giveaway)) = path;
    let entry = super::enter(&app, front.store.id, room, giveaway, viewer.account_id).await?;
    Ok(axum::Json(entry.into()))
}

//! Flash sales over the API.

use axum::{extract::State as From, http::StatusCode};
use kernel::{RoomId, SkuId};
use serde::Deserialize;
use stores::special_prices::SpecialId;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{App, Error, Json, Path, ProblemDetails};

use super::NewSale;
use crate::{
    crew::{Crew, does},
    story::payload::FlashSale,
};

pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, begin)).routes(routes!(end))
}

type Seller = Crew<does::Sell>;

/// List a live room's flash sales that are not over
#[utoipa::path(get, path = "/api/v1/console/{handle}/live/{room}/flash-sales", tag = "live", params(("handle" = String, Path), ("room" = String, Path)),
    responses((status = 200, body = Vec<FlashSale>), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
async fn list(From(app): From<App>, crew: Seller) -> Result<axum::Json<Vec<FlashSale>>, Error> {
    let sales = super::of_room(&mut app.db.read().await?, &crew.room).await?;
    Ok(axum::Json(sales.iter().map(super::Sale::payload).collect()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FlashBody {
    #[schema(value_type = String)]
    sku: SkuId,
    /// Minor units, below what the SKU costs in the room.
    price: i64,
    /// Pieces at this price, at most as many as there are.
    quota: i64,
    /// Pieces that one buyer may have; without it as many as they like.
    per_buyer: Option<i64>,
    /// 10 to 300: how long it is announced before it begins.
    countdown_seconds: i64,
    /// 1 to 20.
    minutes: i64,
}

/// Announce a flash sale: after the countdown a lower price, for some minutes and some pieces
#[utoipa::path(post, path = "/api/v1/console/{handle}/live/{room}/flash-sales", tag = "live", params(("handle" = String, Path), ("room" = String, Path)), request_body = FlashBody,
    responses((status = 201, body = FlashSale), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn begin(
    From(app): From<App>,
    crew: Seller,
    Json(body): Json<FlashBody>,
) -> Result<(StatusCode, axum::Json<FlashSale>), Error> {
    let FlashBody { sku, price, quota, per_buyer, countdown_seconds, minutes } = body;
    let new = NewSale { sku, price, quota, per_buyer, countdown_seconds, minutes };
    let sale = super::begin(&app, &crew.store, crew.actor(), crew.id, new).await?;
    Ok((StatusCode::CREATED, axum::Json(sale.payload())))
}

/// End a flash sale before its time; orders that were placed keep their price
#[utoipa::path(delete, path = "/api/v1/console/{handle}/live/{room}/flash-sales/{sale}", tag = "live", params(("handle" = String, Path), ("room" = String, Path), ("sale" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
async fn end(
    From(app): From<App>,
    crew: Seller,
    path: Path<(String, RoomId, SpecialId)>,
) -> Result<StatusCode, Error> {
    let Path((_, _, sale)) = path;
    super::end(&app, crew.store.id, crew.actor(), crew.id, sale).await?;
    Ok(StatusCode::NO_CONTENT)
}

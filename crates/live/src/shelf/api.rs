//! The shelf over the API.

use axum::{extract::State as From, http::StatusCode};
use kernel::{ProductId, RoomId, SkuId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{App, Error, Json, Path, ProblemDetails};

use crate::{
    crew::{Crew, does},
    story::payload::{Item, Pin},
};

pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(remove))
        .routes(routes!(arrange))
        .routes(routes!(pin, unpin))
        .routes(routes!(price))
}

type Seller = Crew<does::Sell>;

/// A room's shelf as its host sees it.
#[derive(Serialize, ToSchema)]
struct ShelfBody {
    shelf: Vec<Item>,
    pinned: Option<Pin>,
    /// How often each was shown and tapped, by number.
    seen: Vec<SeenBody>,
}

#[derive(Serialize, ToSchema)]
struct SeenBody {
    number: i64,
    impressions: i64,
    clicks: i64,
}

/// List a live room's goods
#[utoipa::path(get, path = "/api/v1/console/{handle}/live/{room}/shelf", tag = "live", params(("handle" = String, Path), ("room" = String, Path)),
    responses((status = 200, body = ShelfBody), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
async fn list(From(app): From<App>, crew: Seller) -> Result<axum::Json<ShelfBody>, Error> {
    let mut read = app.db.read().await?;
    let shelf = super::items(&mut read, &crew.room).await?;
    let standing = super::standing(&mut read, &crew.room).await?;
    let pinned = crew.room.pinned.and_then(|pinned| {
        let item = shelf.iter().find(|item| item.product == pinned.product)?;
        Some(Pin { number: item.number, at: pinned.at.as_millisecond() })
    });
    let seen = standing.iter().map(|there| SeenBody {
        number: there.number,
        impressions: there.impressions,
        clicks: there.clicks,
    });
    Ok(axum::Json(ShelfBody { seen: seen.collect(), shelf, pinned }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Products {
    /// Each stands there once; at most 100 in all.
    #[schema(value_type = Vec<String>)]
    products: Vec<ProductId>,
}

/// Put goods on a live room's shelf
#[utoipa::path(post, path = "/api/v1/console/{handle}/live/{room}/shelf", tag = "live", params(("handle" = String, Path), ("room" = String, Path)), request_body = Products,
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn add(From(app): From<App>, crew: Seller, Json(body): Json<Products>) -> Result<StatusCode, Error> {
    super::add(&app, crew.store.id, crew.actor(), crew.id, &body.products).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take a product off a live room's shelf
#[utoipa::path(delete, path = "/api/v1/console/{handle}/live/{room}/shelf/{product}", tag = "live", params(("handle" = String, Path), ("room" = String, Path), ("product" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
async fn remove(
    From(app): From<App>,
    crew: Seller,
    path: Path<(String, RoomId, ProductId)>,
) -> Result<StatusCode, Error> {
    let Path((_, _, product)) = path;
    super::remove(&app, crew.store.id, crew.actor(), crew.id, product).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Order a live room's goods; those not named come after, as they were
#[utoipa::path(put, path = "/api/v1/console/{handle}/live/{room}/shelf-order", tag = "live", params(("handle" = String, Path), ("room" = String, Path)), request_body = Products,
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn arrange(
    From(app): From<App>,
    crew: Seller,
    Json(body): Json<Products>,
) -> Result<StatusCode, Error> {
    super::arrange(&app, crew.store.id, crew.actor(), crew.id, &body.products).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Number {
    number: i64,
}

/// Explain the product of this number from now on
#[utoipa::path(put, path = "/api/v1/console/{handle}/live/{room}/pin", tag = "live", params(("handle" = String, Path), ("room" = String, Path)), request_body = Number,
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn pin(From(app): From<App>, crew: Seller, Json(body): Json<Number>) -> Result<StatusCode, Error> {
    super::pin(&app, crew.store.id, crew.actor(), crew.id, body.number).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Explain nothing any more
#[utoipa::path(delete, path = "/api/v1/console/{handle}/live/{room}/pin", tag = "live", params(("handle" = String, Path), ("room" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
async fn unpin(From(app): From<App>, crew: Seller) -> Result<StatusCode, Error> {
    super::unpin(&app, crew.store.id, crew.actor(), crew.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LivePrice {
    #[schema(value_type = String)]
    sku: SkuId,
    /// Minor units, below the usual price; without it the usual price holds again.
    price: Option<i64>,
}

/// Give a SKU a price for those who buy from the room
#[utoipa::path(put, path = "/api/v1/console/{handle}/live/{room}/price", tag = "live", params(("handle" = String, Path), ("room" = String, Path)), request_body = LivePrice,
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn price(From(app): From<App>, crew: Seller, Json(body): Json<LivePrice>) -> Result<StatusCode, Error> {
    super::set_live_price(&app, &crew.store, crew.actor(), crew.id, body.sku, body.price).await?;
    Ok(StatusCode::NO_CONTENT)
}

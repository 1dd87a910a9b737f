//! Coupon drops over the API.

use axum::{extract::State as From, http::StatusCode};
use kernel::RoomId;
use serde::{Deserialize, Serialize};
use stores::Storefront;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{ApiViewer, App, Error, Json, Path, ProblemDetails};

use super::{CouponId, Coupons, DropId, NewDrop};
use crate::{
    ToolError,
    crew::{Crew, does},
    story::payload::CouponDrop,
};

pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, open)).routes(routes!(close)).routes(routes!(claim))
}

type Seller = Crew<does::Sell>;

#[derive(Serialize, ToSchema)]
struct DropsBody {
    /// What can be dropped.
    coupons: Vec<CouponBody>,
    /// Those whose time is not up.
    drops: Vec<CouponDrop>,
}

#[derive(Serialize, ToSchema)]
struct CouponBody {
    #[schema(value_type = String)]
    id: CouponId,
    title: String,
}

/// List a live room's coupon drops, and the coupons that can be dropped
#[utoipa::path(get, path = "/api/v1/console/{handle}/live/{room}/coupon-drops", tag = "live", params(("handle" = String, Path), ("room" = String, Path)),
    responses((status = 200, body = DropsBody), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
async fn list(From(app): From<App>, crew: Seller) -> Result<axum::Json<DropsBody>, Error> {
    let coupons = Coupons::of(&app).ok_or(ToolError::Refused("live-drop-no-coupons"))?;
    let now = app.clock.now();
    let mut read = app.db.read().await?;
    let known = (coupons.of_store)(&mut read, crew.store.id, now).await?;
    let drops = super::of_room(&mut read, &crew.room, now).await?;
    Ok(axum::Json(DropsBody {
        coupons: known.into_iter().map(|coupon| CouponBody { id: coupon.id, title: coupon.title }).collect(),
        drops: drops.iter().map(super::Drop::payload).collect(),
    }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DropBody {
    #[schema(value_type = String)]
    coupon: CouponId,
    /// 1 to 100000.
    pieces: i64,
    /// 1 to 60: how long they can be taken.
    minutes: i64,
}

/// Drop coupons into a live room, for whoever is first
#[utoipa::path(post, path = "/api/v1/console/{handle}/live/{room}/coupon-drops", tag = "live", params(("handle" = String, Path), ("room" = String, Path)), request_body = DropBody,
    responses((status = 201, body = CouponDrop), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn open(
    From(app): From<App>,
    crew: Seller,
    Json(body): Json<DropBody>,
) -> Result<(StatusCode, axum::Json<CouponDrop>), Error> {
    let DropBody { coupon, pieces, minutes } = body;
    let drop =
        super::open(&app, crew.store.id, crew.actor(), crew.id, NewDrop { coupon, pieces, minutes }).await?;
    Ok((StatusCode::CREATED, axum::Json(drop.payload())))
}

/// End a coupon drop before its time
#[utoipa::path(delete, path = "/api/v1/console/{handle}/live/{room}/coupon-drops/{drop}", tag = "live", params(("handle" = String, Path), ("room" = String, Path), ("drop" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
async fn close(
    From(app): From<App>,
    crew: Seller,
    path: Path<(String, RoomId, DropId)>,
) -> Result<StatusCode, Error> {
    let Path((_, _, drop)) = path;
    super::close(&app, crew.store.id, crew.actor(), crew.id, drop).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take a coupon of a drop; asked again, it is the same coupon
#[utoipa::path(post, path = "/api/v1/stores/{handle}/live/{room}/coupon-drops/{drop}/claim", tag = "live", params(("handle" = String, Path), ("room" = String, Path), ("drop" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
async fn claim(
    From(app): From<App>,
    front: Storefront,
    ApiViewer(viewer): ApiViewer,
    path: Path<(String, RoomId, DropId)>,
) -> Result<StatusCode, Error> {
    let Path((_, room, drop)) = path;
    super::claim(&app, front.store.id, room, drop, viewer.account_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

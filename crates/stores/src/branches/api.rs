//! Branches over the API.

use axum::{extract::State, http::StatusCode};
use kernel::BranchId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{App, Error, Json, Path, ProblemDetails};

use super::{Branch, Place};
use crate::{
    console::{Allowed, may},
    hours::Hours,
    storefront::Storefront,
};

pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(update, close))
}

/// A branch. Coordinates are millionths of a degree; both or neither.
#[derive(Serialize, ToSchema)]
struct BranchBody {
    #[schema(value_type = String)]
    id: BranchId,
    #[serde(flatten)]
    place: PlaceBody,
}

/// What is said of a branch.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlaceBody {
    name: String,
    address: String,
    #[serde(default)]
    phone: String,
    latitude: Option<i64>,
    longitude: Option<i64>,
    /// Hours of its own; without them the store's hold.
    #[schema(value_type = Option<Object>)]
    hours: Option<Hours>,
    pick_up: bool,
    /// 15, 20, 30, 60, 120 or 240.
    slot_minutes: i64,
    slot_capacity: i64,
}

impl From<Place> for PlaceBody {
    fn from(place: Place) -> Self {
        let Place { name, address, phone, latitude, longitude, hours, pick_up, slot_minutes, slot_capacity } =
            place;
        PlaceBody { name, address, phone, latitude, longitude, hours, pick_up, slot_minutes, slot_capacity }
    }
}
impl From<PlaceBody> for Place {
    fn from(body: PlaceBody) -> Self {
        let PlaceBody {
            name,
            address,
            phone,
            latitude,
            longitude,
            hours,
            pick_up,
            slot_minutes,
            slot_capacity,
        } = body;
        Place { name, address, phone, latitude, longitude, hours, pick_up, slot_minutes, slot_capacity }
    }
}
impl From<Branch> for BranchBody {
    fn from(branch: Branch) -> Self {
        BranchBody { id: branch.id, place: Place::from(branch).into() }
    }
}

/// List a store's branches
#[utoipa::path(get, path = "/api/v1/stores/{handle}/branches", tag = "stores", params(("handle" = String, Path)),
    responses((status = 200, body = Vec<BranchBody>), (status = 404, body = ProblemDetails)))]
async fn list(State(app): State<App>, front: Storefront) -> Result<axum::Json<Vec<BranchBody>>, Error> {
    let branches = super::list(&mut app.db.read().await?, front.store.id).await?;
    Ok(axum::Json(branches.into_iter().map(BranchBody::from).collect()))
}

/// Add a branch
#[utoipa::path(post, path = "/api/v1/stores/{handle}/branches", tag = "stores", params(("handle" = String, Path)), request_body = PlaceBody,
    responses((status = 201, body = String), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn create(
    State(app): State<App>,
    console: Allowed<may::EditPage>,
    Json(body): Json<PlaceBody>,
) -> Result<(StatusCode, axum::Json<BranchId>), Error> {
    let (actor, store) = (console.actor(), console.store.id);
    let id = super::create(&app.db, app.clock.now(), actor, store, body.into()).await?;
    Ok((StatusCode::CREATED, axum::Json(id)))
}

/// Change a branch
#[utoipa::path(put, path = "/api/v1/stores/{handle}/branches/{branch}", tag = "stores", params(("handle" = String, Path), ("branch" = String, Path)), request_body = PlaceBody,
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn update(
    State(app): State<App>,
    console: Allowed<may::EditPage>,
    path: Path<(String, BranchId)>,
    Json(body): Json<PlaceBody>,
) -> Result<StatusCode, Error> {
    let Path((_, id)) = path;
    let (actor, store) = (console.actor(), console.store.id);
    super::update(&app.db, app.clock.now(), actor, store, id, body.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Close a branch for good
#[utoipa::path(delete, path = "/api/v1/stores/{handle}/branches/{branch}", tag = "stores", params(("handle" = String, Path), ("branch" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
async fn close(
    State(app): State<App>,
    console: Allowed<may::EditPage>,
    path: Path<(String, BranchId)>,
) -> Result<StatusCode, Error> {
    let Path((_, id)) = path;
    super::close(&app.db, app.clock.now(), console.actor(), console.store.id, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

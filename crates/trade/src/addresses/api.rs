//! The address book over the API.

use axum::{extract::State, http::StatusCode};
use kernel::AddressId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{ApiViewer, App, Error, Json, Path, ProblemDetails};

use super::Details;

pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(change, forget))
}

#[derive(Serialize, ToSchema)]
struct AddressBody {
    #[schema(value_type = String)]
    id: AddressId,
    #[serde(flatten)]
    details: Details,
}

#[derive(Serialize, ToSchema)]
struct Kept {
    #[schema(value_type = String)]
    id: AddressId,
}

#[derive(Deserialize)]
struct Of {
    address: AddressId,
}

/// List your addresses
#[utoipa::path(get, path = "/api/v1/addresses", tag = "trade",
    responses((status = 200, body = Vec<AddressBody>), (status = 401, body = ProblemDetails)))]
async fn list(
    State(app): State<App>,
    ApiViewer(viewer): ApiViewer,
) -> Result<axum::Json<Vec<AddressBody>>, Error> {
    let book = super::list(&mut app.db.read().await?, viewer.account_id).await?;
    let entry = |address: super::Address| AddressBody { id: address.id, details: address.details() };
    Ok(axum::Json(book.into_iter().map(entry).collect()))
}

/// Keep an address
#[utoipa::path(post, path = "/api/v1/addresses", tag = "trade", request_body = Details,
    responses((status = 201, body = Kept), (status = 401, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn create(
    State(app): State<App>,
    ApiViewer(viewer): ApiViewer,
    Json(details): Json<Details>,
) -> Result<(StatusCode, axum::Json<Kept>), Error> {
    let id = super::save(&app, viewer.account_id, None, details).await?;
    Ok((StatusCode::CREATED, axum::Json(Kept { id })))
}

/// Change an address
#[utoipa::path(put, path = "/api/v1/addresses/{address}", tag = "trade", params(("address" = String, Path)), request_body = Details,
    responses((status = 200, body = Kept), (status = 401, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn change(
    State(app): State<App>,
    ApiViewer(viewer): ApiViewer,
    Path(Of { address }): Path<Of>,
    Json(details): Json<Details>,
) -> Result<axum::Json<Kept>, Error> {
    let id = super::save(&app, viewer.account_id, Some(address), details).await?;
    Ok(axum::Json(Kept { id }))
}

/// Forget an address
#[utoipa::path(delete, path = "/api/v1/addresses/{address}", tag = "trade", params(("address" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
async fn forget(
    State(app): State<App>,
    ApiViewer(viewer): ApiViewer,
    Path(Of { address }): Path<Of>,
) -> Result<StatusCode, Error> {
    super::forget(&app, viewer.account_id, address).await?;
    Ok(StatusCode::NO_CONTENT)
}

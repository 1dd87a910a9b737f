//! Pausing and reopening over the API.

use axum::{extract::State as Server, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{App, Error, Json, ProblemDetails};

use crate::console::{Allowed, may};

pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(set))
}

/// Whether the store takes orders.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StoreOpening {
    open: bool,
}

/// Pause a store, or reopen it
///
/// A store that the platform has stopped is not its merchant's to open (409).
#[utoipa::path(put, path = "/api/v1/stores/{handle}/opening", tag = "stores", params(("handle" = String, Path)), request_body = StoreOpening,
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn set(
    Server(app): Server<App>,
    console: Allowed<may::EditSettings>,
    Json(body): Json<StoreOpening>,
) -> Result<StatusCode, Error> {
    let (now, actor, store) = (app.clock.now(), console.actor(), console.store.id);
    if body.open {
        super::reopen(&app.db, now, actor, store).await?;
    } else {
        super::pause(&app.db, now, actor, store).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

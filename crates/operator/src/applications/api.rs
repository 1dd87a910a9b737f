//! Deciding about applications by program.

use std::collections::BTreeMap;

use ::stores::applications::{self, ApplicationBody, Status};
use axum::{extract::State, http::StatusCode};
use kernel::{ApplicationId, StoreId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{App, Error, Json, Path, ProblemDetails, Query};

use crate::desk::Operator;

#[derive(Deserialize)]
pub(super) struct Wanted {
    status: Option<Status>,
}

/// List applications that were submitted
#[utoipa::path(get, path = "/api/v1/operator/applications", tag = "operator",
    params(("status" = Option<String>, Query, description = "`submitted` (the default), `refused` or `approved`")),
    responses((status = 200, body = Vec<ApplicationBody>), (status = 401, body = ProblemDetails), (status = 404, body = ProblemDetails, description = "Not an operator")))]
pub(super) async fn list(
    State(app): State<App>,
    _: Operator,
    Query(wanted): Query<Wanted>,
) -> Result<axum::Json<Vec<ApplicationBody>>, Error> {
    let status = wanted.status.unwrap_or(Status::Submitted);
    let found = applications::list_for_operator(&mut app.db.read().await?, status).await?;
    Ok(axum::Json(found.into_iter().map(ApplicationBody::from).collect()))
}

/// Read an application that was submitted
#[utoipa::path(get, path = "/api/v1/operator/applications/{application}", tag = "operator", params(("application" = String, Path)),
    responses((status = 200, body = ApplicationBody), (status = 401, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
pub(super) async fn get(
    State(app): State<App>,
    _: Operator,
    Path(id): Path<ApplicationId>,
) -> Result<axum::Json<ApplicationBody>, Error> {
    let found = applications::for_operator(&mut app.db.read().await?, id).await?;
    Ok(axum::Json(found.ok_or(Error::NotFound)?.into()))
}

/// Which answers the decision is about.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Approve {
    /// The version that was looked at; another one is refused with 409.
    version: i64,
}

/// The store that is open now.
#[derive(Serialize, ToSchema)]
pub(super) struct OpenedBody {
    #[schema(value_type = String)]
    store: StoreId,
    handle: String,
}

/// Approve an application: its store is open at once
#[utoipa::path(post, path = "/api/v1/operator/applications/{application}/approve", tag = "operator", params(("application" = String, Path)),
    request_body = Approve, responses((status = 201, body = OpenedBody), (status = 401, body = ProblemDetails),
    (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(super) async fn approve(
    State(app): State<App>,
    Operator(operator): Operator,
    Path(id): Path<ApplicationId>,
    Json(sent): Json<Approve>,
) -> Result<(StatusCode, axum::Json<OpenedBody>), Error> {
    let store = applications::approve(&app, operator, id, sent.version).await?;
    Ok((StatusCode::CREATED, axum::Json(OpenedBody { store: store.id, handle: store.handle })))
}

/// What cannot be accepted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Refuse {
    /// The version that was looked at; another one is refused with 409.
    version: i64,
    /// A reason for each field that cannot be accepted, at least one.
    reasons: BTreeMap<String, String>,
}

/// Send an application back with reasons
#[utoipa::path(post, path = "/api/v1/operator/applications/{application}/refuse", tag = "operator", params(("application" = String, Path)),
    request_body = Refuse, responses((status = 204), (status = 401, body = ProblemDetails), (status = 404, body = ProblemDetails),
    (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(super) async fn refuse(
    State(app): State<App>,
    Operator(operator): Operator,
    Path(id): Path<ApplicationId>,
    Json(sent): Json<Refuse>,
) -> Result<StatusCode, Error> {
    applications::refuse(&app, operator, id, sent.version, sent.reasons.into_iter().collect()).await?;
    Ok(StatusCode::NO_CONTENT)
}

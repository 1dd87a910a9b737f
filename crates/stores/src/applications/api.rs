//! Applications for programs.

use axum::{extract::State, http::StatusCode};
use kernel::{ApplicationId, StoreId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;
use web::{ApiViewer, App, Error, Json, Path, ProblemDetails};

use super::{Answers, Application, Reasons, State as Life, Status, draft, list_of_applicant, of_applicant};

/// An application as its applicant sees it.
#[derive(Serialize, ToSchema)]
pub struct ApplicationBody {
    #[schema(value_type = String)]
    id: ApplicationId,
    /// `draft`, `submitted`, `refused` or `approved`.
    #[schema(value_type = String)]
    status: Status,
    /// Grows with every change.
    version: i64,
    answers: Answers,
    /// Why fields were refused, as far as they are not changed since.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    reasons: Reasons,
    /// The store that was opened.
    #[schema(value_type = Option<String>)]
    store: Option<StoreId>,
    #[schema(value_type = String)]
    created_at: Timestamp,
    #[schema(value_type = String)]
    updated_at: Timestamp,
}

impl From<Application> for ApplicationBody {
    fn from(application: Application) -> Self {
        Self {
            id: application.id,
            status: application.state.status(),
            version: application.version,
            answers: (&application.form).into(),
            reasons: application.state.reasons().cloned().unwrap_or_default(),
            store: match application.state {
                Life::Approved { store, .. } => Some(store),
                _ => None,
            },
            created_at: application.created_at,
            updated_at: application.updated_at,
        }
    }
}

/// List your applications
#[utoipa::path(get, path = "/api/v1/applications", tag = "applications",
    responses((status = 200, body = Vec<ApplicationBody>), (status = 401, body = ProblemDetails)))]
pub(super) async fn list(
    State(app): State<App>,
    ApiViewer(viewer): ApiViewer,
) -> Result<axum::Json<Vec<ApplicationBody>>, Error> {
    let mut read = app.db.read().await?;
    let applications = list_of_applicant(&mut read, viewer.account_id).await?;
    Ok(axum::Json(applications.into_iter().map(ApplicationBody::from).collect()))
}

/// Begin an application
///
/// Answers may be missing or wrong until it is submitted; what is given is saved.
#[utoipa::path(post, path = "/api/v1/applications", tag = "applications", request_body = Answers, responses(
    (status = 201, body = ApplicationBody), (status = 401, body = ProblemDetails),
    (status = 409, body = ProblemDetails, description = "Not invited to the alpha, or too many open applications"),
    (status = 422, body = ProblemDetails)))]
pub(super) async fn start(
    State(app): State<App>,
    ApiViewer(viewer): ApiViewer,
    Json(answers): Json<Answers>,
) -> Result<(StatusCode, axum::Json<ApplicationBody>), Error> {
    let new = draft::start(&app, viewer.account_id, answers).await?;
    Ok((StatusCode::CREATED, axum::Json(new.into())))
}

/// Read an application
#[utoipa::path(get, path = "/api/v1/applications/{application}", tag = "applications", params(("application" = String, Path)),
    responses((status = 200, body = ApplicationBody), (status = 401, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
pub(super) async fn get(
    State(app): State<App>,
    ApiViewer(viewer): ApiViewer,
    Path(id): Path<ApplicationId>,
) -> Result<axum::Json<ApplicationBody>, Error> {
    let found = of_applicant(&mut app.db.read().await?, viewer.account_id, id).await?;
    Ok(axum::Json(found.ok_or(Error::NotFound)?.into()))
}

/// Save answers
///
/// Only the fields that are sent change; an empty text clears one.
#[utoipa::path(patch, path = "/api/v1/applications/{application}", tag = "applications", params(("application" = String, Path)),
    request_body = Answers, responses((status = 200, body = ApplicationBody), (status = 401, body = ProblemDetails),
    (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(super) async fn save(
    State(app): State<App>,
    ApiViewer(viewer): ApiViewer,
    Path(id): Path<ApplicationId>,
    Json(answers): Json<Answers>,
) -> Result<axum::Json<ApplicationBody>, Error> {
    Ok(axum::Json(draft::save(&app, viewer.account_id, id, answers).await?.into()))
}

/// Throw a draft away that was never submitted
#[utoipa::path(delete, path = "/api/v1/applications/{application}", tag = "applications", params(("application" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
pub(super) async fn discard(
    State(app): State<App>,
    ApiViewer(viewer): ApiViewer,
    Path(id): Path<ApplicationId>,
) -> Result<StatusCode, Error> {
    draft::discard(&app, viewer.account_id, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Submit an application
///
/// Every field is checked now, and all that is wrong is told at once.
#[utoipa::path(post, path = "/api/v1/applications/{application}/submit", tag = "applications", params(("application" = String, Path)),
    responses((status = 200, body = ApplicationBody), (status = 401, body = ProblemDetails),
    (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(super) async fn submit(
    State(app): State<App>,
    ApiViewer(viewer): ApiViewer,
    Path(id): Path<ApplicationId>,
) -> Result<axum::Json<ApplicationBody>, Error> {
    Ok(axum::Json(super::submit(&app, viewer.account_id, id).await?.into()))
}

/// Take a submitted application back to change it
#[utoipa::path(post, path = "/api/v1/applications/{application}/withdraw", tag = "applications", params(("application" = String, Path)),
    responses((status = 200, body = ApplicationBody), (status = 401, body = ProblemDetails),
    (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
pub(super) async fn withdraw(
    State(app): State<App>,
    ApiViewer(viewer): ApiViewer,
    Path(id): Path<ApplicationId>,
) -> Result<axum::Json<ApplicationBody>, Error> {
    Ok(axum::Json(super::withdraw(&app, viewer.account_id, id).await?.into()))
}

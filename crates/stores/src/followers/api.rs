//! Following stores over the API.

use axum::{extract::State as From, http::StatusCode};
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{ApiViewer, App, Error, ProblemDetails, Query};

use super::{Followed, pages::LISTED};
use crate::{store::State, storefront::Storefront};

pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(follow, unfollow)).routes(routes!(list))
}

/// Follow a store
///
/// Its followers are told when it goes live.
#[utoipa::path(put, path = "/api/v1/stores/{handle}/follow", tag = "stores", params(("handle" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
async fn follow(
    From(app): From<App>,
    front: Storefront,
    ApiViewer(viewer): ApiViewer,
) -> Result<StatusCode, Error> {
    super::follow(&app, front.store.id, viewer.account_id, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Follow a store no longer
#[utoipa::path(delete, path = "/api/v1/stores/{handle}/follow", tag = "stores", params(("handle" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
async fn unfollow(
    From(app): From<App>,
    front: Storefront,
    ApiViewer(viewer): ApiViewer,
) -> Result<StatusCode, Error> {
    super::unfollow(&app, front.store.id, viewer.account_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A store that you follow.
#[derive(Serialize, ToSchema)]
struct FollowedBody {
    handle: String,
    name: String,
    /// `open`, `paused`, `suspended` (by the platform), `closing` or `closed`.
    #[schema(value_type = String)]
    state: State,
    #[schema(value_type = String)]
    since: Timestamp,
}

impl core::convert::From<Followed> for FollowedBody {
    fn from(Followed { front: Storefront { store, .. }, since }: Followed) -> Self {
        Self { handle: store.handle, name: store.name, state: store.state, since }
    }
}

#[derive(Deserialize, IntoParams)]
struct Before {
    /// Those that were followed before this time (RFC 3339).
    #[param(value_type = Option<String>)]
    before: Option<Timestamp>,
}

/// List the stores that you follow, the latest first
#[utoipa::path(get, path = "/api/v1/me/following", tag = "people", params(Before),
    responses((status = 200, body = [FollowedBody]), (status = 401, body = ProblemDetails)))]
async fn list(
    From(app): From<App>,
    ApiViewer(viewer): ApiViewer,
    Query(asked): Query<Before>,
) -> Result<axum::Json<Vec<FollowedBody>>, Error> {
    let before = asked.before.unwrap_or(Timestamp::MAX);
    let followed = super::of_account(&mut app.db.read().await?, viewer.account_id, before, LISTED).await?;
    Ok(axum::Json(followed.into_iter().map(FollowedBody::from).collect()))
}

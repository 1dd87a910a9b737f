//! Tokens over the API.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use kernel::{ApiTokenId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{ApiViewer, App, Error, Json, Path, ProblemDetails};

use super::{NewToken, Token};

/// A token, without what makes it work.
#[derive(Serialize, ToSchema)]
pub(super) struct TokenBody {
    #[schema(value_type = String)]
    id: ApiTokenId,
    name: String,
    #[schema(value_type = String)]
    created_at: Timestamp,
    #[schema(value_type = String)]
    expires_at: Timestamp,
    /// To within five minutes.
    #[schema(value_type = Option<String>)]
    last_used_at: Option<Timestamp>,
    #[schema(value_type = Option<String>)]
    revoked_at: Option<Timestamp>,
}

impl From<Token> for TokenBody {
    fn from(token: Token) -> Self {
        let Token { id, name, created_at, expires_at, last_used_at, revoked_at } = token;
        Self { id, name, created_at, expires_at, last_used_at, revoked_at }
    }
}

/// List your tokens
#[utoipa::path(get, path = "/api/v1/tokens", tag = "people",
    responses((status = 200, body = Vec<TokenBody>), (status = 401, body = ProblemDetails)))]
pub(super) async fn list(
    State(app): State<App>,
    ApiViewer(viewer): ApiViewer,
) -> Result<axum::Json<Vec<TokenBody>>, Error> {
    let tokens = super::list(&app, viewer.account_id).await?;
    Ok(axum::Json(tokens.into_iter().map(TokenBody::from).collect()))
}

/// What a token is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Create {
    /// What it is for, 1 to 60 columns.
    name: String,
    /// How many days it is good for, 1 to 366.
    days: i64,
}

/// Make a token
///
/// Only for a person in a browser: a token cannot make another, so that one that leaks ends when it runs out.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "people", request_body = Create, responses(
    (status = 201, body = NewToken), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails),
    (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(super) async fn create(
    State(app): State<App>,
    ApiViewer(viewer): ApiViewer,
    headers: HeaderMap,
    Json(sent): Json<Create>,
) -> Result<(StatusCode, axum::Json<NewToken>), Error> {
    if headers.contains_key(header::AUTHORIZATION) {
        return Err(Error::Forbidden);
    }
    let token = super::create(&app, viewer.account_id, &sent.name, sent.days).await?;
    Ok((StatusCode::CREATED, axum::Json(token)))
}

/// Revoke a token
#[utoipa::path(delete, path = "/api/v1/tokens/{token}", tag = "people", params(("token" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
pub(super) async fn revoke(
    State(app): State<App>,
    ApiViewer(viewer): ApiViewer,
    Path(id): Path<ApiTokenId>,
) -> Result<StatusCode, Error> {
    super::revoke(&app, viewer.account_id, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

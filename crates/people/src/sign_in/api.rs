//! Signing programs in: a code is asked for and traded for a token.

use axum::{extract::State, http::StatusCode};
use kernel::SignInCodeId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{App, Error, Json, ProblemDetails};

use super::{AskError, ComesFrom, code};
use crate::tokens;

/// Where to send a code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Ask {
    /// An e-mail address, or a phone number with its country code.
    #[schema(examples("mei@example.com", "+6591234567"))]
    contact: String,
}

/// A code that is on its way.
#[derive(Serialize, ToSchema)]
pub(super) struct Asked {
    /// Send it back together with the code.
    #[schema(value_type = String, examples("sic_01jdqz8p5fe9kadz3m4xh6w2cr"))]
    id: SignInCodeId,
    /// The code itself, in demo mode only.
    #[serde(skip_serializing_if = "Option::is_none")]
    demo_code: Option<String>,
}

/// Send a one-time code to a phone or mailbox
#[utoipa::path(post, path = "/api/v1/sign-in/codes", tag = "people", request_body = Ask, responses(
    (status = 201, body = Asked), (status = 422, body = ProblemDetails), (status = 429, body = ProblemDetails)))]
pub(super) async fn ask(
    State(app): State<App>,
    ComesFrom(from): ComesFrom,
    Json(sent): Json<Ask>,
) -> Result<(StatusCode, axum::Json<Asked>), Error> {
    let id = super::ask(&app, &sent.contact, from, kernel::Locale::default()).await?;
    let demo_code = app.platform.demo.then(|| code::code(&app.platform.secret.0, id));
    Ok((StatusCode::CREATED, axum::Json(Asked { id, demo_code })))
}

/// A code as it arrived.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Prove {
    /// The `id` that asking for the code answered with.
    #[schema(value_type = String)]
    id: SignInCodeId,
    #[schema(examples("482913"))]
    code: String,
}

/// Trade a one-time code for an API token
#[utoipa::path(post, path = "/api/v1/sign-in", tag = "people", request_body = Prove, responses(
    (status = 201, body = tokens::NewToken), (status = 422, body = ProblemDetails), (status = 429, body = ProblemDetails)))]
pub(super) async fn prove(
    State(app): State<App>,
    ComesFrom(from): ComesFrom,
    Json(sent): Json<Prove>,
) -> Result<(StatusCode, axum::Json<tokens::NewToken>), Error> {
    let account = super::prove(&app, sent.id, &sent.code, None, from).await?;
    let token = tokens::create(&app, account, "Sign-in by code", tokens::SIGN_IN_DAYS).await?;
    Ok((StatusCode::CREATED, axum::Json(token)))
}

impl From<AskError> for Error {
    fn from(error: AskError) -> Self {
        match error {
            AskError::TooMany => Error::TooMany,
            AskError::Invalid(invalid) => invalid.into(),
            AskError::Db(error) => error.into(),
        }
    }
}

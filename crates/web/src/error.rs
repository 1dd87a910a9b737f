//! What is answered when a request cannot be met. People get a page that says what to do, programs RFC 9457
//! problem details. Errors of ours are opaque outside and whole in the log, joined by the request's id.

use std::error::Error as StdError;

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kernel::{Invalid, Locale};
use serde::Serialize;
use utoipa::ToSchema;

use crate::i18n::message;

/// Why a request is not met.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is not there, or not for this person to know of.
    #[error("not found")]
    NotFound,
    /// The person is known and may not.
    #[error("forbidden")]
    Forbidden,
    /// The person must sign in first; a page sends them there and back.
    #[error("sign in first")]
    SignIn,
    /// Fields that cannot be accepted; nothing was changed.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The request is right in itself, but not now. The word is the key of its message.
    #[error("refused: {0}")]
    Conflict(&'static str),
    /// The request cannot be read.
    #[error("bad request: {0}")]
    BadRequest(&'static str),
    /// The address is there, but not for this method.
    #[error("method not allowed")]
    Method,
    #[error("the request is too large")]
    TooLarge,
    #[error("too many requests")]
    TooMany,
    #[error("busy, try again")]
    Unavailable,
    #[error("internal: {0}")]
    Internal(#[source] Box<dyn StdError + Send + Sync>),
}

impl From<db::Error> for Error {
    fn from(error: db::Error) -> Self {
        match error {
            db::Error::Busy => Error::Unavailable,
            db::Error::Unavailable(reason) => {
                tracing::error!(reason, "the database cannot be reached");
                Error::Unavailable
            }
            other => Error::Internal(Box::new(other)),
        }
    }
}

impl Error {
    /// An error of ours, whatever it is.
    pub fn internal(error: impl StdError + Send + Sync + 'static) -> Self {
        Error::Internal(Box::new(error))
    }

    pub fn status(&self) -> StatusCode {
        match self {
            Error::NotFound => StatusCode::NOT_FOUND,
            Error::Forbidden => StatusCode::FORBIDDEN,
            Error::SignIn => StatusCode::UNAUTHORIZED,
            Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Error::Conflict(_) => StatusCode::CONFLICT,
            Error::BadRequest(_) => StatusCode::BAD_REQUEST,
            Error::Method => StatusCode::METHOD_NOT_ALLOWED,
            Error::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Error::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Error::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The key of what is said about it.
    pub fn key(&self) -> &'static str {
        match self {
            Error::NotFound => "error-not-found",
            Error::Forbidden => "error-forbidden",
            Error::SignIn => "error-sign-in",
            Error::Invalid(_) => "error-invalid",
            Error::Conflict(key) | Error::BadRequest(key) => key,
            Error::Method => "error-method",
            Error::TooLarge => "error-too-large",
            Error::TooMany => "error-too-many",
            Error::Unavailable => "error-unavailable",
            Error::Internal(_) => "error-internal",
        }
    }
}

/// The error travels in the answer's extensions to the outermost layer, which knows who asked and in what language.
#[derive(Clone)]
pub(crate) struct Failure(pub std::sync::Arc<Error>);

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Failure(std::sync::Arc::new(self)));
        response
    }
}

/// RFC 9457 problem details.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemDetails {
    /// A name for the kind of problem, stable for programs, such as `error-invalid`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happened, in the reader's language.
    pub title: String,
    pub status: u16,
    /// Joins this answer to the server's log.
    pub request_id: String,
    /// Each field that cannot be accepted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
}

/// One field that cannot be accepted.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldProblem {
    /// Nested fields are written with dots: `skus.3.price`.
    pub field: String,
    /// A name for what is wrong, stable for programs, such as `field-too-long`.
    pub code: String,
    pub message: String,
}

impl ProblemDetails {
    pub(crate) fn of(error: &Error, locale: Locale, request_id: &str) -> Self {
        let errors = match error {
            Error::Invalid(invalid) => invalid.0.iter().map(|e| FieldProblem::of(e, locale)).collect(),
            _ => Vec::new(),
        };
        Self {
            kind: error.key().to_owned(),
            title: message(locale, error.key()).to_string(),
            status: error.status().as_u16(),
            request_id: request_id.to_owned(),
            errors,
        }
    }
}

impl FieldProblem {
    fn of(error: &kernel::FieldError, locale: Locale) -> Self {
        let (key, _) = error.problem.message();
        Self {
            field: error.field.to_string(),
            code: key.to_owned(),
            message: problem_text(&error.problem, locale),
        }
    }
}

/// A field's problem in words.
pub(crate) fn problem_text(problem: &kernel::Problem, locale: Locale) -> String {
    match problem.message() {
        (key, Some(limit)) => message(locale, key).with("limit", limit).to_string(),
        (key, None) => message(locale, key).to_string(),
    }
}

//! Reading what was sent, so that a mistake names its field.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request, rejection::BytesRejection},
    http::{StatusCode, header},
};
use kernel::{Invalid, Problem};
use serde::de::DeserializeOwned;

use crate::Error;

pub use multipart::Multipart;

/// A form, `application/x-www-form-urlencoded`. Repeated fields become lists.
pub struct Form<T>(pub T);

/// A JSON document.
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Form<T> {
    type Rejection = Error;
    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        expect_type(&request, "application/x-www-form-urlencoded")?;
        let bytes = read(request, state).await?;
        parse_form(&bytes).map(Form)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Error;
    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        expect_type(&request, "application/json")?;
        let bytes = read(request, state).await?;
        if str::from_utf8(&bytes).is_err() {
            return Err(Error::BadRequest("error-not-utf8"));
        }
        // Serde would also read a struct from a list of its fields; nobody should come to rely on that.
        if bytes.trim_ascii_start().first().is_some_and(|first| *first == b'[') {
            return Err(Invalid::field("body", Problem::Rule("field-wrong-type")).into());
        }
        let mut source = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut source).map_err(|error| {
            let path = error.path().to_string();
            // A list where an object belongs breaks off as if the text were wrong; it is the field that is.
            let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).is_ok();
            if is_json {
                invalid(path, &error.inner().to_string())
            } else {
                Error::BadRequest("error-not-json")
            }
        })?;
        source.end().map_err(|_| Error::BadRequest("error-not-json"))?;
        Ok(Json(value))
    }
}

pub(crate) fn parse_form<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    let source = serde_html_form::Deserializer::from_bytes(bytes);
    serde_path_to_error::deserialize(source)
        .map_err(|error| invalid(error.path().to_string(), &error.inner().to_string()))
}

/// Serde says in words what it expected; the field is in the path, or named between backquotes.
fn invalid(path: String, words: &str) -> Error {
    let quoted = words.split('`').nth(1).unwrap_or_default();
    let missing = words.starts_with("missing field");
    let unknown = words.starts_with("unknown field");
    let field = match (path.as_str(), missing || unknown) {
        ("." | "" | "?", true) => quoted.to_owned(),
        ("." | "" | "?", false) => "body".to_owned(),
        (path, true) if !path.ends_with(quoted) => format!("{}.{quoted}", path.trim_end_matches('.')),
        (path, _) => path.to_owned(),
    };
    let field = field.replace('[', ".").replace(']', "");
    let problem = match words {
        _ if missing => Problem::Required,
        _ if unknown => Problem::Rule("field-unknown"),
        _ if words.contains("unknown variant") => Problem::NotAChoice,
        _ if words.contains("expected i64") || words.contains("expected u") || words.contains("digit") => {
            Problem::NotANumber
        }
        _ => Problem::Rule("field-wrong-type"),
    };
    Error::Invalid(Invalid::field(field, problem))
}

fn expect_type(request: &Request, wanted: &str) -> Result<(), Error> {
    let sent =
        request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let sent = sent.split(';').next().unwrap_or_default().trim();
    if sent.eq_ignore_ascii_case(wanted) { Ok(()) } else { Err(Error::BadRequest("error-content-type")) }
}

async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Error> {
    Bytes::from_request(request, state).await.map_err(|rejection| match rejection {
        BytesRejection::FailedToBufferBody(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            Error::TooLarge
        }
        _ => Error::BadRequest("error-body"),
    })
}

mod multipart {
    use axum::{
        extract::{FromRequest, Request},
        http::StatusCode,
    };

    use crate::Error;

    /// A form with files.
    pub struct Multipart(pub axum::extract::Multipart);

    impl<S: Send + Sync> FromRequest<S> for Multipart {
        type Rejection = Error;
        async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
            let inner = axum::extract::Multipart::from_request(request, state).await;
            inner.map(Multipart).map_err(|_| Error::BadRequest("error-content-type"))
        }
    }

    impl From<axum::extract::multipart::MultipartError> for Error {
        fn from(error: axum::extract::multipart::MultipartError) -> Self {
            match error.status() {
                StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge,
                _ => Error::BadRequest("error-body"),
            }
        }
    }
}

//! Who sent a form: the page's own script, which stays where it is and says by itself what came of it, or a browser, which
//! wants to be led back.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};

/// Whether the page's own script asks (`quiet.js`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asker {
    is_script: bool,
}

impl Asker {
    /// It is done: nothing more for the script, the way back to `page` for a browser.
    pub fn done(self, page: &str) -> Response {
        if self.is_script {
            StatusCode::NO_CONTENT.into_response()
        } else {
            web::see_other(page).into_response()
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asker {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let is_script = parts.headers.get(header::ACCEPT).is_some_and(|value| value == "application/json");
        Ok(Self { is_script })
    }
}

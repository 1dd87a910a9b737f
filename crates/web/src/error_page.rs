//! An error as a page: what happened, what it means for what the person was doing, and the ways on from here.

use axum::{
    http::{HeaderMap, Method, Uri, header},
    response::{Html, IntoResponse, Response},
};

use crate::{App, Error, Page, error::problem_text, page::came_from, session};

/// What is kept of a request until its answer is known, in case a page must say what went wrong.
pub(crate) struct Asked {
    page: Page,
    method: Method,
    cookies: HeaderMap,
    /// The page of ours that the request came from.
    from: Option<String>,
    wants_json: bool,
}

/// An error, for a person.
#[derive(askama::Template)]
#[template(path = "error.html")]
struct ErrorPage<'e> {
    page: Page,
    error: &'e Error,
    id: &'e str,
    /// The same page again, when asking again may help and changes nothing.
    again: Option<String>,
    from: Option<String>,
}

impl Asked {
    pub(crate) fn note(page: Page, method: &Method, uri: &Uri, headers: &HeaderMap) -> Self {
        let mut cookies = HeaderMap::new();
        for cookie in headers.get_all(header::COOKIE) {
            cookies.append(header::COOKIE, cookie.clone());
        }
        let wants_json = headers.get(header::ACCEPT).is_some_and(|value| value == "application/json");
        Self { page, method: method.clone(), cookies, from: came_from(headers, uri), wants_json }
    }

    /// Whether a page's script asked, that says the problem on the page it is part of.
    pub(crate) fn wants_json(&self) -> bool {
        self.wants_json
    }

    pub(crate) fn page(&self) -> &Page {
        &self.page
    }

    /// The page that says it, with the person's own way around if the database still answers.
    pub(crate) async fn explain(mut self, app: &App, error: &Error, id: &str) -> Response {
        if let Ok(Some(found)) = session::find(app, &self.cookies).await {
            self.page.set_session(found);
        }
        let helps = matches!(error, Error::Internal(_) | Error::Unavailable | Error::TooMany);
        let again = (self.method.is_safe() && helps).then(|| self.page.path().to_owned());
        let from = self.from.filter(|from| !self.method.is_safe() || from != self.page.path());
        crate::html(&ErrorPage { page: self.page, error, id, again, from }).map_or_else(
            |_| Html(String::from("Something went wrong.")).into_response(),
            IntoResponse::into_response,
        )
    }
}

impl ErrorPage<'_> {
    fn icon(&self) -> &'static str {
        match self.error {
            Error::NotFound => "search",
            Error::Forbidden | Error::SignIn => "lock",
            Error::Invalid(_) => "square-pen",
            Error::Conflict(_) => "info",
            Error::BadRequest(_) | Error::Method => "circle-help",
            Error::TooLarge => "upload",
            Error::TooMany => "timer",
            Error::Unavailable => "hourglass",
            Error::Internal(_) => "triangle-alert",
        }
    }

    /// The key of what it means and what to do.
    fn advice(&self) -> &'static str {
        match self.error {
            Error::NotFound => "error-not-found-advice",
            Error::Forbidden => "error-forbidden-advice",
            Error::SignIn => "error-sign-in-advice",
            Error::Invalid(_) => "error-invalid-advice",
            Error::TooLarge => "error-too-large-advice",
            Error::TooMany => "error-too-many-advice",
            Error::Unavailable => "error-unavailable-advice",
            Error::Internal(_) => "error-internal-advice",
            Error::Conflict(_) | Error::BadRequest(_) | Error::Method => "error-what-to-do",
        }
    }

    /// Somebody else might be let in.
    fn is_closed(&self) -> bool {
        matches!(self.error, Error::Forbidden | Error::SignIn)
    }

    /// Each field with what is wrong, for forms that could not be shown again.
    fn problems(&self) -> Vec<(String, String)> {
        let Error::Invalid(invalid) = self.error else { return Vec::new() };
        let words = |e: &kernel::FieldError| problem_text(&e.problem, self.page.locale);
        invalid.0.iter().map(|e| (e.field.to_string(), words(e))).collect()
    }

    /// The nearest place to start over, and the key of its name. A buyer inside a store is never sent out of it.
    fn home(&self) -> (String, &'static str) {
        let path = self.page.path().split('?').next().unwrap_or_default();
        let mut parts = path.trim_start_matches('/').split('/');
        match (parts.next(), parts.next(), parts.next()) {
            (Some("s"), Some(handle), Some(_)) => (format!("/s/{handle}"), "error-store"),
            (Some("console"), Some(_), _) => ("/console".into(), "error-console"),
            (Some("operator"), Some(_), _) if !matches!(self.error, Error::Forbidden) => {
                ("/operator".into(), "error-console")
            }
            _ => ("/".into(), "error-home"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buyer_stays_inside_the_store() {
        let at = |path: &str| {
            let page = Page::at(path, kernel::Locale::English);
            ErrorPage { page, error: &Error::NotFound, id: "", again: None, from: None }.home().0
        };
        assert_eq!(at("/s/tea/p/nothing"), "/s/tea");
        assert_eq!(at("/s/nothing"), "/", "the store itself is not there");
        assert_eq!(at("/console/tea/orders/x"), "/console");
        assert_eq!(at("/elsewhere?x=/s/tea/p/1"), "/");
    }
}

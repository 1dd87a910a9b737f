//! Two pages: the contact, then the code.

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::{Invalid, Problem, SignInCodeId};
use serde::Deserialize;
use web::{App, Error, Form, Page, Query, html, own_path, see_other};

use super::{AskError, ComesFrom, ProveError, ask, code, prove, rows, sign_in};
use crate::demo;

/// What both pages carry along: where to go afterwards, and the first operator's link.
#[derive(Clone, Default, Deserialize)]
pub(super) struct Along {
    #[serde(default)]
    next: String,
    #[serde(default)]
    operator: String,
}

impl Along {
    /// The query that hands it on, starting with `&`.
    fn query(&self) -> String {
        let mut query = format!("&next={}", escaped(own_path(&self.next)));
        if !self.operator.is_empty() {
            query.push_str(&format!("&operator={}", escaped(&self.operator)));
        }
        query
    }
}

/// Percent-encoded for a query (RFC 3986 §2.3 lists what may stay).
fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

#[derive(Template)]
#[template(path = "sign_in/contact.html")]
struct ContactPage {
    page: Page,
    along: Along,
    contact: String,
    invalid: Invalid,
    people: Vec<demo::Person>,
}

#[derive(Template)]
#[template(path = "sign_in/code.html")]
struct CodePage {
    page: Page,
    along: Along,
    id: SignInCodeId,
    contact: String,
    /// The code itself, in demo mode only.
    shown: Option<String>,
    error: Option<String>,
}

pub(super) async fn contact(
    State(app): State<App>,
    page: Page,
    Query(along): Query<Along>,
) -> Result<Response, Error> {
    if page.viewer().is_some() && along.operator.is_empty() {
        return Ok(see_other(own_path(&along.next)).into_response());
    }
    let people = demo::people(&app).await?;
    let page = ContactPage { page, along, contact: String::new(), invalid: Invalid::new(), people };
    Ok(html(&page)?.into_response())
}

#[derive(Deserialize)]
pub(super) struct Send {
    #[serde(default)]
    contact: String,
    #[serde(flatten)]
    along: Along,
}

pub(super) async fn send(
    State(app): State<App>,
    page: Page,
    ComesFrom(from): ComesFrom,
    Form(sent): Form<Send>,
) -> Result<Response, Error> {
    let invalid = match ask(&app, &sent.contact, from, page.locale).await {
        Ok(id) => {
            let address = format!("/sign-in/code?id={id}{}", sent.along.query());
            return Ok(see_other(&address).into_response());
        }
        Err(AskError::Invalid(invalid)) => invalid,
        Err(AskError::TooMany) => Invalid::field("contact", Problem::Rule("people-code-too-many")),
        Err(AskError::Db(error)) => return Err(error.into()),
    };
    let people = demo::people(&app).await?;
    let page = ContactPage { page, along: sent.along, contact: sent.contact, invalid, people };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, html(&page)?).into_response())
}

#[derive(Deserialize)]
pub(super) struct CodeQuery {
    #[serde(default)]
    id: String,
    #[serde(flatten)]
    along: Along,
}

pub(super) async fn code(
    State(app): State<App>,
    page: Page,
    Query(query): Query<CodeQuery>,
) -> Result<Response, Error> {
    let id = query.id.parse().map_err(|_| Error::NotFound)?;
    show_code(&app, page, id, query.along, None).await
}

/// The page for the code of `id`; without a code that is still good, the page before it.
async fn show_code(
    app: &App,
    page: Page,
    id: SignInCodeId,
    along: Along,
    error: Option<String>,
) -> Result<Response, Error> {
    let contact = rows::contact_of(&mut app.db.read().await?, id, app.clock.now()).await?;
    let Some(contact) = contact else {
        let people = demo::people(app).await?;
        let invalid = Invalid::field("contact", Problem::Rule("people-code-gone"));
        let page = ContactPage { page, along, contact: String::new(), invalid, people };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, html(&page)?).into_response());
    };
    let shown = app.platform.demo.then(|| code::code(&app.platform.secret.0, id));
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = CodePage { page, along, id, contact: contact.to_string(), shown, error };
    Ok((status, html(&page)?).into_response())
}

#[derive(Deserialize)]
pub(super) struct Check {
    id: String,
    #[serde(default)]
    code: String,
    #[serde(flatten)]
    along: Along,
}

pub(super) async fn check(
    State(app): State<App>,
    page: Page,
    ComesFrom(from): ComesFrom,
    headers: HeaderMap,
    Form(sent): Form<Check>,
) -> Result<Response, Error> {
    let id: SignInCodeId = sent.id.parse().map_err(|_| Invalid::field("id", Problem::NotFound))?;
    let link = Some(sent.along.operator.as_str()).filter(|link| !link.is_empty());
    let error = match prove(&app, id, &sent.code, link, from).await {
        Ok(account) => {
            let begun = sign_in(&app, &page, &headers, account).await?;
            let next = if link.is_some() { "/operator" } else { own_path(&sent.along.next) };
            return Ok((begun, see_other(next)).into_response());
        }
        Err(ProveError::Wrong { tries_left }) => {
            page.tr("people-code-wrong-tries").with("tries", tries_left).to_string()
        }
        Err(ProveError::Invalid(invalid)) => page.problem(&invalid, "code").unwrap_or_default(),
        Err(ProveError::Gone) => page.tr("people-code-gone").to_string(),
        Err(other) => return Err(other.into()),
    };
    show_code(&app, page, id, sent.along, Some(error)).await
}

pub(super) async fn sign_out(State(app): State<App>, headers: HeaderMap) -> Result<Response, Error> {
    web::session::end(&app, &headers).await?;
    let forget = web::session::forget(&app)?;
    Ok(([(header::SET_COOKIE, forget)], see_other("/")).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_carried_along_cannot_lead_away_or_break_out() {
        let along = |next: &str| Along { next: next.into(), operator: String::new() }.query();
        assert_eq!(along("/s/tea?x=1&y=2"), "&next=/s/tea%3Fx%3D1%26y%3D2");
        assert_eq!(along("//evil.example"), "&next=/");
        assert_eq!(along("https://evil.example"), "&next=/");
    }
}

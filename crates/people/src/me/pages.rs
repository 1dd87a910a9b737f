//! The pages under `/me` that are about the person.

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::{ApiTokenId, Invalid, Locale, SessionId, Timestamp};
use serde::Deserialize;
use web::{App, Error, Form, Page, Path, html, see_other};

use crate::{
    accounts::{self, ContactRow},
    roles, sign_in, tokens,
};

#[derive(Template)]
#[template(path = "me/overview.html")]
struct OverviewPage {
    page: Page,
    name: String,
    operator: bool,
    contacts: Vec<ContactRow>,
    sessions: Vec<sign_in::Session>,
    works: bool,
    invalid: Invalid,
}

impl OverviewPage {
    fn is_here(&self, session: &SessionId) -> bool {
        self.page.session() == Some(*session)
    }
}

pub(super) async fn overview(State(app): State<App>, page: Page) -> Result<Response, Error> {
    let name = page.signed_in()?.name.clone();
    show(&app, page, name, Invalid::new()).await
}

async fn show(app: &App, page: Page, name: String, invalid: Invalid) -> Result<Response, Error> {
    let viewer = page.signed_in()?.clone();
    let sessions = sign_in::list(app, viewer.account_id).await?;
    let mut read = app.db.read().await?;
    let contacts = accounts::contacts(&mut read, viewer.account_id).await?;
    let works = !roles::places(&mut read, viewer.account_id).await?.is_empty();
    let status = if invalid.0.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = OverviewPage { page, name, operator: viewer.operator, contacts, sessions, works, invalid };
    Ok((status, html(&page)?).into_response())
}

#[derive(Deserialize)]
pub(super) struct Rename {
    #[serde(default)]
    name: String,
}

pub(super) async fn rename(
    State(app): State<App>,
    page: Page,
    Form(sent): Form<Rename>,
) -> Result<Response, Error> {
    let account = page.signed_in()?.account_id;
    match super::rename(&app, account, &sent.name).await {
        Ok(()) => Ok(see_other("/me").into_response()),
        Err(Error::Invalid(invalid)) => show(&app, page, sent.name, invalid).await,
        Err(other) => Err(other),
    }
}

pub(super) async fn end_session(
    State(app): State<App>,
    page: Page,
    Path(session): Path<SessionId>,
) -> Result<Response, Error> {
    sign_in::end_one(&app, page.signed_in()?.account_id, session).await?;
    Ok(see_other("/me").into_response())
}

pub(super) async fn end_all_sessions(State(app): State<App>, page: Page) -> Result<Response, Error> {
    sign_in::end_all(&app, page.signed_in()?.account_id).await?;
    let forget = web::session::forget(&app)?;
    Ok(([(header::SET_COOKIE, forget)], see_other("/")).into_response())
}

/// How long a token may be good for, as the page offers it.
const DAYS_OFFERED: [i64; 4] = [7, 30, 90, tokens::DAYS_MAX];

#[derive(Template)]
#[template(path = "me/tokens.html")]
struct TokensPage {
    page: Page,
    tokens: Vec<tokens::Token>,
    /// The token that was just made: this page is the only place where it is ever told.
    fresh: Option<tokens::NewToken>,
    form: NewTokenForm,
    invalid: Invalid,
    now: Timestamp,
}

#[derive(Deserialize)]
pub(super) struct NewTokenForm {
    #[serde(default)]
    name: String,
    days: i64,
}

impl Default for NewTokenForm {
    fn default() -> Self {
        Self { name: String::new(), days: DAYS_OFFERED[1] }
    }
}

pub(super) async fn tokens(State(app): State<App>, page: Page) -> Result<Response, Error> {
    show_tokens(&app, page, None, NewTokenForm::default(), Invalid::new()).await
}

async fn show_tokens(
    app: &App,
    page: Page,
    fresh: Option<tokens::NewToken>,
    form: NewTokenForm,
    invalid: Invalid,
) -> Result<Response, Error> {
    let tokens = tokens::list(app, page.signed_in()?.account_id).await?;
    let status = if invalid.0.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = TokensPage { page, tokens, fresh, form, invalid, now: app.clock.now() };
    Ok((status, html(&page)?).into_response())
}

/// Answers with the page itself instead of a redirect: the token must not travel through an address.
pub(super) async fn create_token(
    State(app): State<App>,
    page: Page,
    Form(form): Form<NewTokenForm>,
) -> Result<Response, Error> {
    let account = page.signed_in()?.account_id;
    match tokens::create(&app, account, &form.name, form.days).await {
        Ok(fresh) => {
            let form = NewTokenForm::default();
            let mut response = show_tokens(&app, page, Some(fresh), form, Invalid::new()).await?;
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            Ok(response)
        }
        Err(tokens::CreateError::Invalid(invalid)) => show_tokens(&app, page, None, form, invalid).await,
        Err(other) => Err(other.into()),
    }
}

pub(super) async fn revoke_token(
    State(app): State<App>,
    page: Page,
    Path(token): Path<ApiTokenId>,
) -> Result<Response, Error> {
    tokens::revoke(&app, page.signed_in()?.account_id, token).await?;
    Ok(see_other("/me/tokens").into_response())
}

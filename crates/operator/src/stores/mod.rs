//! Every store of the platform, and stopping one that must stop.

mod pause;
mod rows;

use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use kernel::StoreId;
use serde::Deserialize;
use web::{App, ConsoleFrame, Error, Form, Page, Path, Query, html, see_other};

use crate::desk::{Operator, frame};

pub(crate) use pause::{pause, reopen};
pub(crate) use rows::{Listed, list};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/operator/stores", get(show))
        .route("/operator/stores/{store}/pause", post(pause_store))
        .route("/operator/stores/{store}/reopen", post(reopen_store))
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    q: String,
}

#[derive(Template)]
#[template(path = "stores/stores.html")]
struct StoresPage {
    page: Page,
    frame: ConsoleFrame,
    stores: Vec<Listed>,
    q: String,
}

impl StoresPage {
    fn state_key(&self, state: &::stores::State) -> &'static str {
        match state {
            ::stores::State::Open => "operator-state-open",
            ::stores::State::Paused => "operator-state-paused",
            ::stores::State::Suspended => "operator-state-suspended",
            ::stores::State::Closing => "operator-state-closing",
            ::stores::State::Closed => "operator-state-closed",
        }
    }
}

async fn show(
    State(app): State<App>,
    page: Page,
    _: Operator,
    Query(wanted): Query<Wanted>,
) -> Result<impl IntoResponse, Error> {
    let frame = frame(&app, &page, "stores").await?;
    let stores = rows::list(&mut app.db.read().await?, &wanted.q).await?;
    html(&StoresPage { page, frame, stores, q: wanted.q })
}

#[derive(Deserialize)]
struct Reason {
    #[serde(default)]
    reason: String,
}

async fn pause_store(
    State(app): State<App>,
    Operator(operator): Operator,
    Path(store): Path<StoreId>,
    Form(sent): Form<Reason>,
) -> Result<Response, Error> {
    pause(&app, operator, store, &sent.reason).await?;
    Ok(see_other("/operator/stores").into_response())
}

async fn reopen_store(
    State(app): State<App>,
    Operator(operator): Operator,
    Path(store): Path<StoreId>,
) -> Result<Response, Error> {
    reopen(&app, operator, store).await?;
    Ok(see_other("/operator/stores").into_response())
}

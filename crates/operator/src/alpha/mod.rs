//! Who may open a store during the alpha, and who waits.

use askama::Template;
use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use kernel::Invalid;
use people::alpha::{self, Invitation, InviteError, Waiting};
use serde::Deserialize;
use web::{App, ConsoleFrame, Error, Form, Page, Stage, html, see_other};

use crate::desk::{Operator, frame};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/operator/alpha", get(show))
        .route("/operator/alpha/invite", post(invite))
        .route("/operator/alpha/withdraw", post(withdraw))
}

#[derive(Template)]
#[template(path = "alpha/alpha.html")]
struct AlphaPage {
    page: Page,
    frame: ConsoleFrame,
    stage: Stage,
    invitations: Vec<Invitation>,
    waiting: Vec<Waiting>,
    contact: String,
    invalid: Invalid,
}

async fn show(State(app): State<App>, page: Page, _: Operator) -> Result<Response, Error> {
    answer(&app, page, String::new(), Invalid::new()).await
}

async fn answer(app: &App, page: Page, contact: String, invalid: Invalid) -> Result<Response, Error> {
    let frame = frame(app, &page, "alpha").await?;
    let mut read = app.db.read().await?;
    let invitations = alpha::invitations(&mut read).await?;
    let waiting = alpha::waiting(&mut read).await?;
    let status = if invalid.0.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let stage = app.platform.stage;
    let page = AlphaPage { page, frame, stage, invitations, waiting, contact, invalid };
    Ok((status, html(&page)?).into_response())
}

#[derive(Deserialize)]
struct Sent {
    #[serde(default)]
    contact: String,
}

async fn invite(
    State(app): State<App>,
    page: Page,
    Operator(operator): Operator,
    Form(sent): Form<Sent>,
) -> Result<Response, Error> {
    match alpha::invite(&app, operator, &sent.contact, page.locale).await {
        Ok(()) => Ok(see_other("/operator/alpha").into_response()),
        Err(InviteError::Invalid(invalid)) => answer(&app, page, sent.contact, invalid).await,
        Err(other) => Err(other.into()),
    }
}

async fn withdraw(
    State(app): State<App>,
    Operator(operator): Operator,
    Form(sent): Form<Sent>,
) -> Result<Response, Error> {
    alpha::withdraw(&app, operator, &sent.contact).await?;
    Ok(see_other("/operator/alpha").into_response())
}

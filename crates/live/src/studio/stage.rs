//! What moves a room: rehearse, go live, end, call off; and with what it is published.

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::post,
};
use serde::{Deserialize, Serialize};
use stores::{Allowed, may};
use web::{App, Error, Form, Page, Path};

use super::{Asker, Of, base, desk, goods};
use crate::rooms::{self, Ending, Plan};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/console/{handle}/live/{room}/start", post(start))
        .route("/console/{handle}/live/{room}/rehearse", post(rehearse))
        .route("/console/{handle}/live/{room}/stop-rehearsing", post(stop_rehearsing))
        .route("/console/{handle}/live/{room}/end", post(end))
        .route("/console/{handle}/live/{room}/cancel", post(cancel))
        .route("/console/{handle}/live/{room}/shape", post(shape))
        .route("/console/{handle}/live/{room}/key", post(key))
        .route("/console/{handle}/live/{room}/ticket", post(ticket))
}

type Host = Allowed<may::HostLive>;

async fn start(
    State(app): State<App>,
    console: Host,
    asker: Asker,
    Path(of): Path<Of>,
) -> Result<Response, Error> {
    rooms::start(&app, &console.store, console.actor(), of.room).await?;
    Ok(asker.done(&format!("{}/studio", base(&console, of.room))))
}

async fn rehearse(
    State(app): State<App>,
    console: Host,
    asker: Asker,
    Path(of): Path<Of>,
) -> Result<Response, Error> {
    rooms::rehearse(&app, console.store.id, console.actor(), of.room).await?;
    Ok(asker.done(&format!("{}/studio", base(&console, of.room))))
}

async fn stop_rehearsing(
    State(app): State<App>,
    console: Host,
    asker: Asker,
    Path(of): Path<Of>,
) -> Result<Response, Error> {
    rooms::stop_rehearsing(&app, console.store.id, Some(console.actor()), of.room).await?;
    Ok(asker.done(&format!("{}/studio", base(&console, of.room))))
}

async fn end(
    State(app): State<App>,
    console: Host,
    asker: Asker,
    Path(of): Path<Of>,
) -> Result<Response, Error> {
    rooms::end(&app, console.store.id, Some(console.actor()), of.room, Ending::Host).await?;
    Ok(asker.done(&format!("{}/report", base(&console, of.room))))
}

async fn cancel(
    State(app): State<App>,
    console: Host,
    asker: Asker,
    Path(of): Path<Of>,
) -> Result<Response, Error> {
    rooms::cancel(&app, console.store.id, Some(console.actor()), of.room, Ending::Host).await?;
    Ok(asker.done(&format!("/console/{}/live?done=cancelled", console.store.handle)))
}

#[derive(Deserialize)]
struct Shape {
    portrait: bool,
}

/// Upright or lying, chosen in the studio before the start.
async fn shape(
    State(app): State<App>,
    console: Host,
    asker: Asker,
    Path(of): Path<Of>,
    Form(sent): Form<Shape>,
) -> Result<Response, Error> {
    let room = of.find(&app, &console).await?;
    let plan = Plan {
        title: room.title,
        cover: room.cover,
        host: Some(room.host_id),
        starts_at: None,
        planned_minutes: room.planned_minutes,
        portrait: sent.portrait,
        replay: room.replay,
    };
    rooms::edit(&app, &console.store, console.actor(), of.room, plan).await?;
    Ok(asker.done(&format!("{}/studio", base(&console, of.room))))
}

/// Makes a new stream key. It is shown in this answer and never again, so there is no way back to be led.
async fn key(
    State(app): State<App>,
    console: Host,
    page: Page,
    Path(of): Path<Of>,
) -> Result<Response, Error> {
    let key = rooms::new_key(&app, console.store.id, console.actor(), of.room).await?;
    let room = of.find(&app, &console).await?;
    desk::draw(&app, page, console.into_console(), room, goods::View::default(), Some(key)).await
}

#[derive(Serialize)]
struct Ticket {
    token: String,
}

/// With what the studio's own camera publishes.
async fn ticket(
    State(app): State<App>,
    console: Host,
    Path(of): Path<Of>,
) -> Result<impl IntoResponse, Error> {
    let room = of.find(&app, &console).await?;
    if room.state.is_over() {
        return Err(Error::NotFound);
    }
    Ok(axum::Json(Ticket { token: rooms::pass(&app, room.id, console.actor()) }))
}

//! The store's settings in the console.

use askama::Template;
use axum::{
    Router,
    extract::State as Server,
    response::{IntoResponse, Redirect},
    routing::{get, post},
};
use serde::Deserialize;
use web::{App, ConsoleFrame, Error, Page, html};

use crate::{
    console::{Allowed, Console, may},
    store::{State, Store},
};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/console/{handle}/settings", get(show))
        .route("/console/{handle}/settings/pause", post(pause))
        .route("/console/{handle}/settings/reopen", post(reopen))
}

#[derive(Deserialize)]
struct Flash {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "settings/settings.html")]
struct SettingsPage {
    page: Page,
    frame: ConsoleFrame,
    store: Store,
    address: String,
    flash: Option<&'static str>,
}

impl SettingsPage {
    /// The state's tone, name and what it means.
    fn state(&self) -> (&'static str, &'static str, &'static str) {
        match self.store.state {
            State::Open => ("good", "settings-open", "settings-open-lead"),
            State::Paused => ("warn", "settings-paused", "settings-paused-lead"),
            State::Suspended => ("bad", "settings-stopped", "settings-suspended"),
            State::Closing => ("info", "settings-closing-name", "settings-closing"),
            State::Closed => ("info", "settings-closed-name", "settings-closing"),
        }
    }
    /// ISO 3166 code and name: `SG · Singapore`.
    fn region(&self) -> String {
        let key = format!("applications-region-{}", self.store.region.to_ascii_lowercase());
        format!("{} · {}", self.page.tr(&key), self.store.region)
    }
}

async fn show(
    Server(app): Server<App>,
    console: Allowed<may::EditSettings>,
    page: Page,
    web::Query(flash): web::Query<Flash>,
) -> Result<impl IntoResponse, Error> {
    let flash = match flash.done.as_deref() {
        Some("paused") => Some("settings-flash-paused"),
        Some("reopened") => Some("settings-flash-reopened"),
        _ => None,
    };
    let address = format!("{}/s/{}", app.platform.base_url, console.store.handle);
    let frame = console.frame(&page, "settings");
    html(&SettingsPage { frame, store: console.into_console().store, address, flash, page })
}

async fn pause(
    Server(app): Server<App>,
    console: Allowed<may::EditSettings>,
) -> Result<impl IntoResponse, Error> {
    super::pause(&app.db, app.clock.now(), console.actor(), console.store.id).await?;
    Ok(back(&console, "paused"))
}

async fn reopen(
    Server(app): Server<App>,
    console: Allowed<may::EditSettings>,
) -> Result<impl IntoResponse, Error> {
    super::reopen(&app.db, app.clock.now(), console.actor(), console.store.id).await?;
    Ok(back(&console, "reopened"))
}

fn back(console: &Console, done: &str) -> Redirect {
    Redirect::to(&format!("/console/{}/settings?done={done}", console.store.handle))
}

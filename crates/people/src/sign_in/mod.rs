//! Signing in by a one-time code, and out again. One account serves all stores; there are no passwords.

mod api;
mod ask;
mod code;
mod first_operator;
mod from;
mod pages;
mod prove;
mod rows;
mod sessions;
#[cfg(test)]
mod tests;

use std::time::Duration;

use axum::{
    Router,
    routing::{get, post},
};
use db::LaneKey;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::App;

use crate::throttle;

pub use ask::{AskError, ask};
pub use first_operator::first_operator;
pub use from::From as ComesFrom;
pub use prove::{ProveError, prove};
pub use sessions::{Session, end_all, end_one, list, sign_in};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/sign-in", get(pages::contact).post(pages::send))
        .route("/sign-in/code", get(pages::code).post(pages::check))
        .route("/sign-out", post(pages::sign_out))
}

pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(api::ask)).routes(routes!(api::prove))
}

/// Codes and counts older than this say nothing any more.
const KEPT_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// Removes codes and counts of the past; called now and then.
pub async fn sweep(app: &App) -> Result<u64, db::Error> {
    let before = app.clock.now() - KEPT_FOR;
    app.db
        .write(LaneKey::PLATFORM, async |tx| {
            Ok(rows::sweep_codes(tx, before).await? + throttle::sweep(tx, before).await?)
        })
        .await
}

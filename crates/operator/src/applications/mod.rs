//! The queue of applications and the decision about each.

mod api;
mod pages;

use axum::{
    Router,
    routing::{get, post},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use web::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/operator/applications", get(pages::queue))
        .route("/operator/applications/{application}", get(pages::review))
        .route("/operator/applications/{application}/decide", post(pages::decide))
}

pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(api::list))
        .routes(routes!(api::get))
        .routes(routes!(api::approve))
        .routes(routes!(api::refuse))
}

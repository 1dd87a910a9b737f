//! What a visitor of the platform itself sees: what it is, what it costs, and in demo mode who to be and where to go.
//! Traffic is private: stores are not listed here, except the demo's own.

mod pages;

use axum::{Router, routing::get};
use web::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(pages::front))
        .route("/fees", get(pages::fees))
        .route("/demo", get(pages::demo))
}

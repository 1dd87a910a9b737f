//! `/api/docs`: the OpenAPI document as a page to read, made on the server. Its words about the API as a whole are in
//! both languages; what it says of each operation is the document's own.

mod operation;
mod schema;

use std::sync::{Arc, LazyLock};

use axum::{Router, body::Bytes, extract::State, http::header, response::IntoResponse, routing::get};
use serde_json::Value;
use utoipa::openapi::OpenApi;
use web::{App, Error, Page};

use operation::Section;

/// Routes of the document, as JSON and as a page.
pub fn routes(document: OpenApi) -> Router<App> {
    let json = Bytes::from(document.to_pretty_json().unwrap_or_default());
    let raw = json.clone();
    // Taken apart when somebody first reads the page: few servers are ever asked for it.
    let sections = Arc::new(LazyLock::new(move || {
        Arc::new(operation::sections(&serde_json::from_slice::<Value>(&json).unwrap_or_default()))
    }));
    Router::new()
        .route(
            "/api/openapi.json",
            get(async move || ([(header::CONTENT_TYPE, "application/json")], raw.clone())),
        )
        .route(
            "/api/docs",
            get(async move |State(app): State<App>, page: Page| {
                show(page, app.platform.base_url.clone(), (*sections).clone())
            }),
        )
}

#[derive(askama::Template)]
#[template(path = "docs/docs.html")]
struct Docs {
    page: Page,
    base: String,
    sections: Arc<Vec<Section>>,
}

fn show(page: Page, base: String, sections: Arc<Vec<Section>>) -> Result<impl IntoResponse, Error> {
    web::html(&Docs { page, base, sections })
}

//! `/api/docs`: the OpenAPI document as a page to read, made on the server. Its words about the API as a whole are in
//! both languages; what it says of each operation is the document's own.

mod operation;
mod schema;

use std::sync::Arc;

use axum::{Router, extract::State, http::header, response::IntoResponse, routing::get};
use serde_json::Value;
use utoipa::openapi::OpenApi;
use web::{App, Error, Page};

use operation::Section;

#[derive(Clone)]
struct Document {
    json: Arc<str>,
    sections: Arc<Vec<Section>>,
}

/// Routes of the document, as JSON and as a page.
pub fn routes(document: OpenApi) -> Router<App> {
    let json = document.to_pretty_json().unwrap_or_default();
    let value: Value = serde_json::from_str(&json).unwrap_or_default();
    let document = Document { json: json.into(), sections: Arc::new(operation::sections(&value)) };
    let (raw, shown) = (document.clone(), document);
    Router::new()
        .route(
            "/api/openapi.json",
            get(async move || ([(header::CONTENT_TYPE, "application/json")], raw.json.to_string())),
        )
        .route(
            "/api/docs",
            get(async move |State(app): State<App>, page: Page| {
                show(page, app.platform.base_url.clone(), shown)
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

fn show(page: Page, base: String, document: Document) -> Result<impl IntoResponse, Error> {
    web::html(&Docs { page, base, sections: document.sections })
}

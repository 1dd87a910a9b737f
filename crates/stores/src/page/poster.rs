//! The store's address as a QR code, and a poster of it to print.

use askama::Template;
use axum::{Router, extract::State, response::IntoResponse, routing::get};
use web::{App, Error, Page, html};

use super::{StorePage, qr};
use crate::{
    console::{Allowed, may},
    store::Store,
    storefront::Storefront,
};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/s/{handle}/qr.svg", get(as_svg))
        .route("/s/{handle}/qr.png", get(as_png))
        .route("/console/{handle}/poster", get(poster))
}

/// The address that the code leads to.
fn address(app: &App, store: &Store) -> String {
    format!("{}/s/{}", app.platform.base_url, store.handle)
}

async fn as_svg(State(app): State<App>, front: Storefront) -> Result<impl IntoResponse, Error> {
    qr::svg_file(&address(&app, &front.store))
}

async fn as_png(State(app): State<App>, front: Storefront) -> Result<impl IntoResponse, Error> {
    qr::png_file(&address(&app, &front.store))
}

#[derive(Template)]
#[template(path = "page/poster.html")]
struct Poster {
    page: Page,
    store: Store,
    live: StorePage,
    qr: String,
    /// Without the scheme, as people type it.
    address: String,
}

impl Poster {
    fn cover(&self) -> Option<String> {
        self.live.cover.map(|cover| crate::images::address(cover, 1600))
    }
}

async fn poster(
    State(app): State<App>,
    console: Allowed<may::SeeConsole>,
    page: Page,
) -> Result<impl IntoResponse, Error> {
    let live = super::live(&mut app.db.read().await?, console.store.id).await?;
    let address = address(&app, &console.store);
    html(&Poster {
        qr: qr::svg(&address)?,
        address: address.split_once("://").map_or(address.clone(), |(_, rest)| rest.to_owned()),
        page,
        store: console.into_console().store,
        live,
    })
}

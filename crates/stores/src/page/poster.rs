//! The store's address as a QR code, and a poster of it to print.

use std::io::Cursor;

use askama::Template;
use axum::{Router, extract::State, http::header, response::IntoResponse, routing::get};
use image::{GrayImage, ImageFormat, Luma};
use people::roles::Permission;
use qrcode::{Color, EcLevel, QrCode, render::svg};
use web::{App, Error, Page, html};

use super::StorePage;
use crate::{console::Console, store::Store, storefront::Storefront};

/// A module's side in the PNG, in pixels: large enough for print.
const MODULE: u32 = 16;
/// The quiet zone around the code, in modules (ISO/IEC 18004 asks for four).
const QUIET: u32 = 4;

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

fn code(text: &str) -> Result<QrCode, Error> {
    // A poster behind glass is scratched and reflects: a quarter may be unreadable.
    QrCode::with_error_correction_level(text, EcLevel::Q).map_err(Error::internal)
}

fn svg(text: &str) -> Result<String, Error> {
    let drawing = code(text)?.render::<svg::Color<'_>>().min_dimensions(240, 240).build();
    // Inside a page there is no room for the declaration of a document.
    Ok(drawing.find("<svg").map_or(drawing.clone(), |at| drawing[at..].to_owned()))
}

fn png(text: &str) -> Result<Vec<u8>, Error> {
    let code = code(text)?;
    let modules = code.width() as u32;
    let side = (modules + 2 * QUIET) * MODULE;
    let picture = GrayImage::from_fn(side, side, |x, y| {
        let (column, row) = ((x / MODULE).wrapping_sub(QUIET), (y / MODULE).wrapping_sub(QUIET));
        let dark = column < modules && row < modules && code[(column as usize, row as usize)] == Color::Dark;
        Luma([if dark { 0 } else { 255 }])
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).map_err(Error::internal)?;
    Ok(bytes.into_inner())
}

async fn as_svg(State(app): State<App>, front: Storefront) -> Result<impl IntoResponse, Error> {
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], svg(&address(&app, &front.store))?))
}

async fn as_png(State(app): State<App>, front: Storefront) -> Result<impl IntoResponse, Error> {
    Ok(([(header::CONTENT_TYPE, "image/png")], png(&address(&app, &front.store))?))
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

async fn poster(State(app): State<App>, console: Console, page: Page) -> Result<impl IntoResponse, Error> {
    console.need(Permission::SeeConsole)?;
    let live = super::live(&mut app.db.read().await?, console.store.id).await?;
    let address = address(&app, &console.store);
    html(&Poster {
        qr: svg(&address)?,
        address: address.split_once("://").map_or(address.clone(), |(_, rest)| rest.to_owned()),
        page,
        store: console.store,
        live,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_drawn_with_its_quiet_zone() {
        let text = "https://shop.example/s/plum";
        let modules = code(text).unwrap().width() as u32;
        let picture = image::load_from_memory(&png(text).unwrap()).unwrap().to_luma8();
        assert_eq!(picture.width(), (modules + 8) * MODULE);
        assert_eq!(picture.get_pixel(QUIET * MODULE - 1, QUIET * MODULE), &Luma([255]));
        assert_eq!(picture.get_pixel(QUIET * MODULE, QUIET * MODULE), &Luma([0]), "the finder's corner");
        assert!(svg(text).unwrap().starts_with("<svg"));
    }
}

//! An address as a QR code, drawn for pages and for print.

use std::io::Cursor;

use axum::{http::header, response::IntoResponse};
use image::{GrayImage, ImageFormat, Luma};
use qrcode::{Color, EcLevel, QrCode, render::svg};
use web::Error;

/// What a page's address is handed on with; the page has its code at `qr.svg` and `qr.png` below it.
pub(crate) struct ShareCard {
    /// With scheme and host.
    pub address: String,
    pub title: String,
    /// Of a product.
    pub price: Option<String>,
    /// Of a store.
    pub words: String,
    pub picture: Option<String>,
}

/// A module's side in the PNG, in pixels: large enough for print.
const MODULE: u32 = 16;
/// The quiet zone around the code, in modules (ISO/IEC 18004 asks for four).
const QUIET: u32 = 4;

fn code(text: &str) -> Result<QrCode, Error> {
    // A poster behind glass is scratched and reflects: a quarter may be unreadable.
    QrCode::with_error_correction_level(text, EcLevel::Q).map_err(Error::internal)
}

/// A drawing to stand within a page.
pub(crate) fn svg(text: &str) -> Result<String, Error> {
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

/// A file of vectors.
pub fn svg_file(text: &str) -> Result<impl IntoResponse + use<>, Error> {
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], svg(text)?))
}

/// A file of pixels, large enough for print.
pub fn png_file(text: &str) -> Result<impl IntoResponse + use<>, Error> {
    Ok(([(header::CONTENT_TYPE, "image/png")], png(text)?))
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

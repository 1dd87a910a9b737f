//! Making a picture anew: bytes of unknown origin in, our own WebP files out. Runs on a thread that may block.

use std::io::Cursor;

use image::{
    DynamicImage, GenericImageView, ImageDecoder, ImageFormat, ImageReader, Limits, imageops::FilterType,
};

/// The longer side of what is served, in pixels. A smaller picture is not blown up.
pub const SIZES: [u32; 3] = [320, 800, 1600];
/// More pixels than any phone's photo; a file that claims more is not decoded.
pub const PIXELS_MAX: u64 = 40_000_000;
const SIDE_MAX: u32 = 20_000;
/// What the decoder may allocate: four bytes a pixel, and its own tables.
const ALLOCATION_MAX: u64 = PIXELS_MAX * 4 + 64 * 1024 * 1024;
/// Of 100; where a photo of food still looks fresh.
const QUALITY: f32 = 82.0;

/// Why a file is not taken as a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("not a JPEG, PNG or WebP file")]
    Format,
    #[error("more than {PIXELS_MAX} pixels")]
    TooManyPixels,
    #[error("the file is damaged")]
    Broken,
}

/// A picture in all our sizes.
pub(super) struct Remade {
    pub width: u32,
    pub height: u32,
    /// In the order of [`SIZES`].
    pub files: Vec<Vec<u8>>,
}

/// Decodes within limits, turns it upright, and encodes it in our sizes. Nothing of the file but its pixels remains.
pub(super) fn remake(bytes: &[u8]) -> Result<Remade, Unreadable> {
    let upright = decode(bytes)?;
    let (width, height) = upright.dimensions();
    let files = SIZES.iter().map(|size| encode(&upright, *size)).collect::<Result<_, _>>()?;
    Ok(Remade { width, height, files })
}

/// A picture of unknown origin made small and anew, at most `size` pixels long: for what is shown in passing and not
/// kept. It takes some milliseconds of a thread that may block.
pub fn small(bytes: &[u8], size: u32) -> Result<Vec<u8>, Unreadable> {
    encode(&decode(bytes)?, size)
}

/// Width and height of a WebP file, without decoding it.
pub(super) fn dimensions(webp: &[u8]) -> Result<(u32, u32), Unreadable> {
    ImageReader::with_format(Cursor::new(webp), ImageFormat::WebP).into_dimensions().map_err(problem)
}

fn decode(bytes: &[u8]) -> Result<DynamicImage, Unreadable> {
    let format = image::guess_format(bytes).map_err(|_| Unreadable::Format)?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) {
        return Err(Unreadable::Format);
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(ALLOCATION_MAX);
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(problem)?;
    // The claim in the header is checked before a single pixel is made.
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(Unreadable::TooManyPixels);
    }
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(problem)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn problem(error: image::ImageError) -> Unreadable {
    match error {
        image::ImageError::Limits(_) => Unreadable::TooManyPixels,
        image::ImageError::Unsupported(_) => Unreadable::Format,
        _ => Unreadable::Broken,
    }
}

fn encode(picture: &DynamicImage, size: u32) -> Result<Vec<u8>, Unreadable> {
    let (width, height) = picture.dimensions();
    let smaller;
    let picture = if width.max(height) > size {
        // Lanczos on a photo of 40 megapixels takes seconds; a quick halving first leaves it little to do.
        let rough =
            if width.max(height) > size * 3 { &picture.thumbnail(size * 2, size * 2) } else { picture };
        smaller = rough.resize(size, size, FilterType::Lanczos3);
        &smaller
    } else {
        picture
    };
    let memory = if picture.color().has_alpha() {
        let pixels = picture.to_rgba8();
        webp::Encoder::from_rgba(&pixels, pixels.width(), pixels.height()).encode_simple(false, QUALITY)
    } else {
        let pixels = picture.to_rgb8();
        webp::Encoder::from_rgb(&pixels, pixels.width(), pixels.height()).encode_simple(false, QUALITY)
    };
    memory.map(|encoded| encoded.to_vec()).map_err(|_| Unreadable::Broken)
}

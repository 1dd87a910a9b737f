//! The browser's files, inside the binary. All are served below one hash of them all, so that they and what they
//! import by relative path are cached for ever, and a new version is a new address.

use std::{collections::HashMap, sync::LazyLock};

use axum::{
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[folder = "static"]
struct Static;

struct Assets {
    hash: String,
    files: HashMap<String, Bytes>,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let mut names: Vec<_> = Static::iter().collect();
    names.sort();
    let mut hash = Sha256::new();
    let mut files = HashMap::new();
    for name in names {
        if let Some(file) = Static::get(&name) {
            hash.update(name.as_bytes());
            hash.update(&file.data);
            files.insert(name.into_owned(), Bytes::from(file.data.into_owned()));
        }
    }
    let hash = hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    Assets { hash, files }
});

/// The address of a browser file.
pub fn asset_address(file: &str) -> String {
    format!("/static/{}/{file}", ASSETS.hash)
}

/// A browser file as text; empty when it is not there.
pub(crate) fn text(file: &str) -> String {
    ASSETS.files.get(file).map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
}

pub(crate) async fn serve(Path((hash, name)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let Some(bytes) = ASSETS.files.get(&name) else { return crate::Error::NotFound.into_response() };
    if headers.contains_key(header::IF_NONE_MATCH) && hash == ASSETS.hash {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    // An old page may ask by its old hash: it gets today's file, and must not keep it.
    let keep = if hash == ASSETS.hash { "public, max-age=31536000, immutable" } else { "no-store" };
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("webp") => "image/webp",
        Some("png") => "image/png",
        Some("json" | "webmanifest") => "application/manifest+json",
        _ => "text/plain; charset=utf-8",
    };
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, keep)], bytes.clone()).into_response()
}

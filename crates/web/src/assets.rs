//! The browser's files, inside the binary. All are served below one hash of them all, so that they and what they
//! import by relative path are cached for ever, and a new version is a new address.

use std::{io, sync::LazyLock};

use axum::{
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::Error;

/// Sorted by name, as `build.rs` wrote them.
static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/static.rs"));

struct File {
    name: &'static str,
    /// Whether these bytes are brotli's.
    is_packed: bool,
    bytes: &'static [u8],
}

impl File {
    fn plain(&self) -> io::Result<Bytes> {
        if !self.is_packed {
            return Ok(Bytes::from_static(self.bytes));
        }
        let mut plain = Vec::new();
        brotli::BrotliDecompress(&mut &*self.bytes, &mut plain)?;
        Ok(plain.into())
    }
}

static HASH: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for file in FILES {
        hash.update(file.name.as_bytes());
        hash.update(file.bytes);
    }
    hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
});

fn find(name: &str) -> Option<&'static File> {
    FILES.binary_search_by(|file| file.name.cmp(name)).ok().map(|at| &FILES[at])
}

/// The address of a browser file.
pub fn asset_address(file: &str) -> String {
    format!("/static/{}/{file}", *HASH)
}

/// A browser file as text; empty when it is not there.
pub(crate) fn text(file: &str) -> String {
    let plain = find(file).and_then(|file| file.plain().ok());
    plain.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

pub(crate) async fn serve(
    Path((hash, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let file = find(&name).ok_or(Error::NotFound)?;
    if headers.contains_key(header::IF_NONE_MATCH) && hash == *HASH {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    // An old page may ask by its old hash: it gets today's file, and must not keep it.
    let keep = if hash == *HASH { "public, max-age=31536000, immutable" } else { "no-store" };
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("webp") => "image/webp",
        Some("png") => "image/png",
        Some("json" | "webmanifest") => "application/manifest+json",
        _ => "text/plain; charset=utf-8",
    };
    let about = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, keep)];
    if file.is_packed && takes_brotli(&headers) {
        let packed = [(header::CONTENT_ENCODING, "br"), (header::VARY, "accept-encoding")];
        return Ok((about, packed, Bytes::from_static(file.bytes)).into_response());
    }
    let plain = file.plain().map_err(|error| Error::Internal(format!("{name}: {error}").into()))?;
    Ok((about, plain).into_response())
}

/// Whether the browser lists brotli among what it reads, and not with a weight of 0 (RFC 9110, 12.5.3).
fn takes_brotli(headers: &HeaderMap) -> bool {
    let lists = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        parts.next() == Some("br")
            && parts.all(|part| part.strip_prefix("q=").and_then(|weight| weight.parse().ok()) != Some(0.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_takes_brotli_when_it_says_so() {
        let takes = |value: &str| {
            takes_brotli(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, value.parse().unwrap())]))
        };
        for yes in ["br", "gzip, deflate, br, zstd", "gzip;q=0.8, br;q=0.5"] {
            assert!(takes(yes), "{yes}");
        }
        for no in ["", "gzip", "brotli", "gzip, br;q=0", "br; q=0.000"] {
            assert!(!takes(no), "{no}");
        }
    }

    #[test]
    fn what_is_packed_is_smaller_and_comes_out_as_it_was() {
        let packed: Vec<_> = FILES.iter().filter(|file| file.is_packed).collect();
        assert!(packed.len() > 40);
        for file in packed {
            let original =
                std::fs::read(format!("{}/static/{}", env!("CARGO_MANIFEST_DIR"), file.name)).unwrap();
            assert!(file.bytes.len() < original.len(), "{}", file.name);
            assert_eq!(file.plain().unwrap(), original, "{}", file.name);
        }
    }
}

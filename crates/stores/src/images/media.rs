//! Serving pictures at `/media/{image}/{size}.webp`.

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use db::Read;
use kernel::ImageId;
use people::roles::{self, Permission};
use web::{App, Error, Page, Path, Viewer};

use super::{Image, Kind, SIZES, get as image, upload::key};

/// The bytes behind an address never change.
const PUBLIC: &str = "public, max-age=31536000, immutable";
const PRIVATE: &str = "private, max-age=600";

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/media/{image}/{file}", get(serve))
}

async fn serve(
    State(app): State<App>,
    Path((id, file)): Path<(ImageId, String)>,
    headers: HeaderMap,
    request: axum::extract::Request,
) -> Result<Response, Error> {
    let size = file.strip_suffix(".webp").and_then(|size| size.parse().ok());
    let size = size.filter(|size| SIZES.contains(size)).ok_or(Error::NotFound)?;
    let etag = format!("\"{id}-{size}\"");
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|sent| sent.as_bytes() == etag.as_bytes());
    // Public pictures need no look into the database: their files have names that private ones never have.
    if let Some(bytes) = app
        .files
        .get(&key(id, Kind::Picture, size).map_err(Error::internal)?)
        .await
        .map_err(Error::internal)?
    {
        return Ok(answer(bytes, etag, known, PUBLIC));
    }
    let page = page_of(request, &app).await?;
    let viewer = page.viewer().ok_or(Error::NotFound)?;
    let mut read = app.db.read().await?;
    let found = image(&mut read, id).await?.ok_or(Error::NotFound)?;
    if !may_see(&mut read, &found, viewer).await? {
        return Err(Error::NotFound);
    }
    drop(read);
    let bytes =
        app.files.get(&key(id, found.kind, size).map_err(Error::internal)?).await.map_err(Error::internal)?;
    Ok(answer(bytes.ok_or(Error::NotFound)?, etag, known, PRIVATE))
}

/// Whoever asks is only looked up when it matters.
async fn page_of(request: axum::extract::Request, app: &App) -> Result<Page, Error> {
    use axum::extract::FromRequestParts;
    let (mut parts, _) = request.into_parts();
    Page::from_request_parts(&mut parts, app).await
}

fn answer(bytes: bytes::Bytes, etag: String, known: bool, keep: &'static str) -> Response {
    let headers = [(header::ETAG, etag), (header::CACHE_CONTROL, keep.to_owned())];
    if known {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, [(header::CONTENT_TYPE, "image/webp")], Body::from(bytes)).into_response()
}

/// Whether this person may see the picture.
pub async fn may_see(read: &mut Read, image: &Image, viewer: &Viewer) -> Result<bool, db::Error> {
    if image.kind == Kind::Picture || viewer.operator || image.account_id == viewer.account_id {
        return Ok(true);
    }
    match (image.kind, image.store_id) {
        (Kind::Evidence, Some(store)) => {
            let role = roles::role_of(read, store, viewer.account_id).await?;
            Ok(role.is_some_and(|role| role.may(Permission::SeeOrders)))
        }
        _ => Ok(false),
    }
}

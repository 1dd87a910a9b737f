//! Pictures over the API.

use axum::{extract::State, http::StatusCode};
use kernel::{ImageId, Invalid, Problem};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{App, Error, Multipart, ProblemDetails};

use super::{Kind, SIZES, body_limit, read_field, upload};
use crate::console::{Allowed, may};

pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(send)).layer(body_limit())
}

/// A picture that was taken.
#[derive(Serialize, ToSchema)]
struct Taken {
    #[schema(value_type = String)]
    id: ImageId,
    /// Its addresses, the smallest first.
    addresses: Vec<String>,
}

/// Upload a picture
///
/// One file, JPEG, PNG or WebP of at most 10 MB, in the field `file` of a multipart form. It is made anew in three
/// sizes; use its id in products and the store's page.
#[utoipa::path(post, path = "/api/v1/stores/{handle}/images", tag = "stores", params(("handle" = String, Path)),
    responses((status = 201, body = Taken), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails),
        (status = 413, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn send(
    State(app): State<App>,
    console: Allowed<may::EditGoods>,
    Multipart(mut form): Multipart,
) -> Result<(StatusCode, axum::Json<Taken>), Error> {
    while let Some(field) = form.next_field().await? {
        if field.name() != Some("file") {
            continue;
        }
        let bytes = read_field(field).await?;
        let (store, now) = (Some(console.store.id), app.clock.now());
        let id = upload(&app.db, &app.files, now, console.actor(), store, Kind::Picture, bytes).await;
        let id = id.map_err(|error| error.of_field("file"))?;
        let addresses = SIZES.iter().map(|size| super::address(id, *size)).collect();
        return Ok((StatusCode::CREATED, axum::Json(Taken { id, addresses })));
    }
    Err(Invalid::field("file", Problem::Required).into())
}

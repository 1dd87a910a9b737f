//! Stores and their pages over the API.

use axum::{extract::State, http::StatusCode};
use kernel::{ImageId, StoreId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{App, Error, Json, ProblemDetails};

use super::{Freight, StorePage};
use crate::{
    console::{Allowed, may},
    hours::Hours,
    store::State as Place,
    storefront::Storefront,
};

pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(draft, save)).routes(routes!(publish))
}

/// A store as everyone may see it.
#[derive(Serialize, ToSchema)]
struct StoreBody {
    #[schema(value_type = String)]
    id: StoreId,
    handle: String,
    name: String,
    /// `open`, `paused`, `suspended` (by the platform) or `closing`.
    #[schema(value_type = String)]
    state: Place,
    currency: &'static str,
    time_zone: String,
    page: PageBody,
}

/// What a store's page says. Opening hours are minutes after midnight in the store's time zone, Monday first.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PageBody {
    #[serde(default)]
    intro: String,
    #[serde(default)]
    announcement: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    #[schema(value_type = Object)]
    hours: Hours,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    cover: Option<ImageId>,
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    gallery: Vec<ImageId>,
    /// `#rrggbb`.
    accent: String,
    /// `fee` and `free_above`, in minor units.
    #[serde(default)]
    #[schema(value_type = Object)]
    freight: Freight,
}

impl From<StorePage> for PageBody {
    fn from(page: StorePage) -> Self {
        let StorePage { intro, announcement, phone, email, hours, cover, gallery, accent, freight } = page;
        PageBody { intro, announcement, phone, email, hours, cover, gallery, accent, freight }
    }
}
impl From<PageBody> for StorePage {
    fn from(page: PageBody) -> Self {
        let PageBody { intro, announcement, phone, email, hours, cover, gallery, accent, freight } = page;
        StorePage { intro, announcement, phone, email, hours, cover, gallery, accent, freight }
    }
}

/// Read a store
#[utoipa::path(get, path = "/api/v1/stores/{handle}", tag = "stores", params(("handle" = String, Path)),
    responses((status = 200, body = StoreBody), (status = 404, body = ProblemDetails)))]
async fn show(front: Storefront) -> axum::Json<StoreBody> {
    let Storefront { store, live } = front;
    axum::Json(StoreBody {
        id: store.id,
        handle: store.handle,
        name: store.name,
        state: store.state,
        currency: store.currency.code(),
        time_zone: store.time_zone,
        page: live.into(),
    })
}

/// Read the draft of a store's page
#[utoipa::path(get, path = "/api/v1/stores/{handle}/page", tag = "stores", params(("handle" = String, Path)),
    responses((status = 200, body = PageBody), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails)))]
async fn draft(
    State(app): State<App>,
    console: Allowed<may::EditPage>,
) -> Result<axum::Json<PageBody>, Error> {
    let (draft, _) = super::draft(&mut app.db.read().await?, console.store.id).await?;
    Ok(axum::Json(draft.into()))
}

/// Save the draft of a store's page
///
/// Buyers see it when it is published.
#[utoipa::path(put, path = "/api/v1/stores/{handle}/page", tag = "stores", params(("handle" = String, Path)), request_body = PageBody,
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn save(
    State(app): State<App>,
    console: Allowed<may::EditPage>,
    Json(page): Json<PageBody>,
) -> Result<StatusCode, Error> {
    super::save(&app.db, app.clock.now(), console.store.id, page.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Publish the draft of a store's page
#[utoipa::path(post, path = "/api/v1/stores/{handle}/page/publish", tag = "stores", params(("handle" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails)))]
async fn publish(State(app): State<App>, console: Allowed<may::EditPage>) -> Result<StatusCode, Error> {
    super::publish(&app.db, app.clock.now(), console.actor(), console.store.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

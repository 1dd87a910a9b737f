//! Checkouts over the API: begin one, then place it as an order.

use axum::{extract::State, http::StatusCode};
use kernel::{BranchId, CheckoutId, Invalid, Problem, SkuId, Timestamp};
use serde::{Deserialize, Serialize};
use stores::{Storefront, branches};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{ApiViewer, App, Error, Json, Path, ProblemDetails};

use super::{Source, What};

pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(begin)).routes(routes!(slots))
}

/// What to order.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Begin {
    /// One thing to buy at once. Without it, everything in the basket.
    #[schema(value_type = Option<String>)]
    sku: Option<SkuId>,
    /// How many pieces of it; 1 if nothing is said.
    quantity: Option<i64>,
}

#[derive(Serialize, ToSchema)]
struct Begun {
    #[schema(value_type = String)]
    id: CheckoutId,
}

/// Begin a checkout
#[utoipa::path(post, path = "/api/v1/stores/{handle}/checkouts", tag = "trade", params(("handle" = String, Path)), request_body = Begin,
    responses((status = 201, body = Begun), (status = 401, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn begin(
    State(app): State<App>,
    front: Storefront,
    ApiViewer(viewer): ApiViewer,
    Json(sent): Json<Begin>,
) -> Result<(StatusCode, axum::Json<Begun>), Error> {
    let what = match (sent.sku, sent.quantity) {
        (Some(sku), quantity) => What::BuyNow { sku, quantity: quantity.unwrap_or(1), shown: None },
        (None, None) => What::Basket,
        (None, Some(quantity)) => {
            let mut invalid = Invalid::field("sku", Problem::Required);
            if quantity < 1 {
                invalid.add("quantity", Problem::TooSmall(1));
            }
            return Err(invalid.into());
        }
    };
    let id = super::begin(&app, &front.store, viewer.account_id.uuid(), what, Source::Api).await?;
    Ok((StatusCode::CREATED, axum::Json(Begun { id })))
}

#[derive(Deserialize)]
struct Of {
    branch: BranchId,
}

#[derive(Serialize, ToSchema)]
struct SlotBody {
    #[schema(value_type = String, format = DateTime)]
    starts_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    ends_at: Timestamp,
    full: bool,
}

/// When orders can be picked up at a branch
#[utoipa::path(get, path = "/api/v1/stores/{handle}/branches/{branch}/slots", tag = "trade",
    params(("handle" = String, Path), ("branch" = String, Path)),
    responses((status = 200, body = Vec<SlotBody>), (status = 404, body = ProblemDetails)))]
async fn slots(
    State(app): State<App>,
    front: Storefront,
    Path(Of { branch }): Path<Of>,
) -> Result<axum::Json<Vec<SlotBody>>, Error> {
    let mut read = app.db.read().await?;
    let branch = branches::get(&mut read, front.store.id, branch).await?.ok_or(Error::NotFound)?;
    let offered = super::offered(&mut read, &front.store, &front.live, &branch, app.clock.now()).await?;
    let slot = |one: super::OfferedSlot| SlotBody {
        starts_at: one.slot.starts_at,
        ends_at: one.slot.ends_at,
        full: one.full,
    };
    Ok(axum::Json(offered.into_iter().map(slot).collect()))
}

//! The basket over the API.

use axum::{extract::State, http::StatusCode};
use kernel::{ProductId, SkuId};
use serde::{Deserialize, Serialize};
use stores::{Store, Storefront};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{ApiViewer, App, Error, Json, Path, ProblemDetails};

use super::{Basket, Trouble};

pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show, put_in)).routes(routes!(change))
}

/// What is in the basket, as it can be bought now.
#[derive(Serialize, ToSchema)]
struct BasketBody {
    lines: Vec<BasketLineBody>,
    /// Minor units; what can be bought, without freight.
    goods: i64,
    currency: String,
    /// Whether a checkout can begin.
    ready: bool,
}

#[derive(Serialize, ToSchema)]
struct BasketLineBody {
    #[schema(value_type = String)]
    sku: SkuId,
    #[schema(value_type = String)]
    product: ProductId,
    title: String,
    options: String,
    quantity: i64,
    /// Minor units for one piece.
    price: i64,
    available: i64,
    /// `not_sold`, `sold_out` or `too_few`; nothing if it can be bought.
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<&'static str>,
}

fn body(store: &Store, basket: Basket) -> axum::Json<BasketBody> {
    let (goods, ready) = (basket.goods(store).minor, basket.is_ready());
    let line = |line: super::BasketLine| BasketLineBody {
        sku: line.sellable.sku_id,
        product: line.sellable.product_id,
        title: line.sellable.title,
        options: line.sellable.options,
        quantity: line.quantity,
        price: line.sellable.price,
        available: line.sellable.available,
        trouble: line.trouble.map(|trouble| match trouble {
            Trouble::NotSold => "not_sold",
            Trouble::SoldOut => "sold_out",
            Trouble::Only(_) => "too_few",
        }),
    };
    let lines = basket.lines.into_iter().map(line).collect();
    axum::Json(BasketBody { lines, goods, currency: store.currency.code().to_owned(), ready })
}

async fn read(app: &App, store: &Store, viewer: &web::Viewer) -> Result<axum::Json<BasketBody>, Error> {
    let mut read = app.db.read().await?;
    Ok(body(store, super::look(&mut read, store, viewer.account_id.uuid()).await?))
}

/// Look into your basket
#[utoipa::path(get, path = "/api/v1/stores/{handle}/basket", tag = "trade", params(("handle" = String, Path)),
    responses((status = 200, body = BasketBody), (status = 401, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
async fn show(
    State(app): State<App>,
    front: Storefront,
    ApiViewer(viewer): ApiViewer,
) -> Result<axum::Json<BasketBody>, Error> {
    read(&app, &front.store, &viewer).await
}

/// What to put in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PutIn {
    #[schema(value_type = String)]
    sku: SkuId,
    /// Added to what is in the basket; 1 to 999 in all.
    quantity: i64,
}

/// Put something into your basket
#[utoipa::path(post, path = "/api/v1/stores/{handle}/basket", tag = "trade", params(("handle" = String, Path)), request_body = PutIn,
    responses((status = 201, body = BasketBody), (status = 401, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn put_in(
    State(app): State<App>,
    front: Storefront,
    ApiViewer(viewer): ApiViewer,
    Json(sent): Json<PutIn>,
) -> Result<(StatusCode, axum::Json<BasketBody>), Error> {
    super::add(&app, &front.store, viewer.account_id.uuid(), sent.sku, sent.quantity).await?;
    Ok((StatusCode::CREATED, read(&app, &front.store, &viewer).await?))
}

#[derive(Deserialize)]
struct Of {
    sku: SkuId,
}

/// How many pieces there shall be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeLine {
    /// 0 takes it out.
    quantity: i64,
}

/// Change how many pieces are in your basket
#[utoipa::path(patch, path = "/api/v1/stores/{handle}/basket/{sku}", tag = "trade",
    params(("handle" = String, Path), ("sku" = String, Path)), request_body = ChangeLine,
    responses((status = 200, body = BasketBody), (status = 401, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn change(
    State(app): State<App>,
    front: Storefront,
    ApiViewer(viewer): ApiViewer,
    Path(Of { sku }): Path<Of>,
    Json(sent): Json<ChangeLine>,
) -> Result<axum::Json<BasketBody>, Error> {
    super::set(&app, &front.store, viewer.account_id.uuid(), sku, sent.quantity).await?;
    read(&app, &front.store, &viewer).await
}

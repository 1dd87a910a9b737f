//! Products, prices and stock over the API.

use axum::{extract::State, http::StatusCode};
use kernel::{ImageId, ProductId, ShelfId, SkuId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{App, Error, Json, Path, ProblemDetails, Query as Asked};

use super::{Contents, Draft, DraftSku, Query, Sku, Sort, State as Place, Terms};
use crate::{
    console::{Allowed, may},
    stock,
    storefront::Storefront,
};

pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, save, discard))
        .routes(routes!(draft))
        .routes(routes!(publish))
        .routes(routes!(take_off))
        .routes(routes!(put_back))
        .routes(routes!(change_terms))
        .routes(routes!(adjust))
}

/// Which products to list.
#[derive(Deserialize, IntoParams)]
struct ListQuery {
    /// Part of a title, subtitle or code.
    #[serde(default)]
    q: String,
    #[param(value_type = Option<String>)]
    shelf: Option<ShelfId>,
    #[serde(default)]
    #[param(value_type = Option<String>)]
    sort: Sort,
    /// `next` of the page before.
    after: Option<String>,
}

/// A product in a list. Prices are minor units.
#[derive(Serialize, ToSchema)]
struct CardBody {
    #[schema(value_type = String)]
    id: ProductId,
    title: String,
    subtitle: String,
    #[schema(value_type = Option<String>)]
    image: Option<ImageId>,
    price_from: i64,
    price_to: i64,
    sold: i64,
    in_stock: bool,
}

/// One page of products.
#[derive(Serialize, ToSchema)]
struct ListBody {
    products: Vec<CardBody>,
    next: Option<String>,
}

/// List what is on a store's shelf
#[utoipa::path(get, path = "/api/v1/stores/{handle}/products", tag = "products", params(("handle" = String, Path), ListQuery),
    responses((status = 200, body = ListBody), (status = 404, body = ProblemDetails)))]
async fn list(
    State(app): State<App>,
    front: Storefront,
    Asked(asked): Asked<ListQuery>,
) -> Result<axum::Json<ListBody>, Error> {
    let query = Query { text: asked.q, shelf: asked.shelf, sort: asked.sort, after: asked.after };
    let found = super::find(&mut app.db.read().await?, front.store.id, &query).await?;
    let card = |card: super::Card| CardBody {
        id: card.id,
        title: card.title,
        subtitle: card.subtitle,
        image: card.image_id,
        price_from: card.price_from,
        price_to: card.price_to,
        sold: card.sold,
        in_stock: card.in_stock,
    };
    Ok(axum::Json(ListBody { products: found.cards.into_iter().map(card).collect(), next: found.next }))
}

/// A variant with its price and stock as they are now.
#[derive(Serialize, ToSchema)]
struct SkuBody {
    #[schema(value_type = String)]
    id: SkuId,
    /// A value of each axis.
    choice: Vec<String>,
    code: String,
    price: i64,
    list_price: Option<i64>,
    weight_grams: i64,
    #[schema(value_type = Option<String>)]
    image: Option<ImageId>,
    available: i64,
    sold: i64,
}

impl From<Sku> for SkuBody {
    fn from(sku: Sku) -> Self {
        let Sku { id, choice, code, price, list_price, weight_grams, image, available, sold, .. } = sku;
        SkuBody { id, choice, code, price, list_price, weight_grams, image, available, sold }
    }
}

/// A product with its variants.
#[derive(Serialize, ToSchema)]
struct ProductBody {
    #[schema(value_type = String)]
    id: ProductId,
    /// `draft`, `on_shelf`, `off_shelf` or `removed`.
    #[schema(value_type = String)]
    state: Place,
    #[schema(value_type = Object)]
    contents: Contents,
    skus: Vec<SkuBody>,
    sold: i64,
}

/// Read a product as buyers see it
#[utoipa::path(get, path = "/api/v1/stores/{handle}/products/{product}", tag = "products", params(("handle" = String, Path), ("product" = String, Path)),
    responses((status = 200, body = ProductBody), (status = 404, body = ProblemDetails)))]
async fn show(
    State(app): State<App>,
    front: Storefront,
    path: Path<(String, ProductId)>,
) -> Result<axum::Json<ProductBody>, Error> {
    let Path((_, id)) = path;
    let shown = super::show(&mut app.db.read().await?, front.store.id, id).await?.ok_or(Error::NotFound)?;
    let skus = shown.skus.into_iter().map(SkuBody::from).collect();
    let (state, contents, sold) = (shown.state, shown.contents, shown.sold);
    Ok(axum::Json(ProductBody { id, state, contents, skus, sold }))
}

/// Read a product's draft
#[utoipa::path(get, path = "/api/v1/stores/{handle}/products/{product}/draft", tag = "products", params(("handle" = String, Path), ("product" = String, Path)),
    responses((status = 200, body = ProductBody), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
async fn draft(
    State(app): State<App>,
    console: Allowed<may::EditGoods>,
    path: Path<(String, ProductId)>,
) -> Result<axum::Json<ProductBody>, Error> {
    let Path((_, id)) = path;
    let found = super::get(&mut app.db.read().await?, console.store.id, id).await?;
    let (product, skus) = found.ok_or(Error::NotFound)?;
    let skus = skus.into_iter().map(SkuBody::from).collect();
    Ok(axum::Json(ProductBody {
        id,
        state: product.state,
        contents: product.draft,
        skus,
        sold: product.sold,
    }))
}

/// What a product is to be. Texts and pictures are a draft; prices and stocks hold at once.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DraftBody {
    /// `title`, `subtitle`, `description`, `images`, `detail_images`, `axes` of `name` and `values`, and `variants`: the
    /// combinations that are sold, all if empty.
    #[schema(value_type = Object)]
    contents: Contents,
    skus: Vec<DraftSkuBody>,
}

/// What holds for one choice of values.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DraftSkuBody {
    #[serde(default)]
    choice: Vec<String>,
    #[serde(flatten)]
    terms: TermsBody,
    /// The first stock of a new SKU. Of one that is there, stock changes only by counting in and out.
    stock: Option<i64>,
}

/// Price and more of a SKU, in minor units and grams.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TermsBody {
    price: i64,
    list_price: Option<i64>,
    #[serde(default)]
    code: String,
    #[serde(default)]
    weight_grams: i64,
    #[schema(value_type = Option<String>)]
    image: Option<ImageId>,
}

impl From<TermsBody> for Terms {
    fn from(body: TermsBody) -> Self {
        let TermsBody { price, list_price, code, weight_grams, image } = body;
        Terms { price, list_price, code, weight_grams, image }
    }
}

impl DraftBody {
    fn draft(self, is_new: bool) -> Draft {
        let sku = |sku: DraftSkuBody| DraftSku {
            choice: sku.choice,
            terms: sku.terms.into(),
            stock: sku.stock.filter(|_| is_new).map(|stock| (0, stock)),
        };
        Draft { contents: self.contents, skus: self.skus.into_iter().map(sku).collect() }
    }
}

/// Add a product, as a draft
#[utoipa::path(post, path = "/api/v1/stores/{handle}/products", tag = "products", params(("handle" = String, Path)), request_body = DraftBody,
    responses((status = 201, body = String), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn create(
    State(app): State<App>,
    console: Allowed<may::EditGoods>,
    Json(body): Json<DraftBody>,
) -> Result<(StatusCode, axum::Json<ProductId>), Error> {
    let (now, actor) = (app.clock.now(), console.actor());
    let id = super::create(&app.db, now, actor, &console.store, body.draft(true)).await?;
    Ok((StatusCode::CREATED, axum::Json(id)))
}

/// Save a product's draft
#[utoipa::path(put, path = "/api/v1/stores/{handle}/products/{product}", tag = "products", params(("handle" = String, Path), ("product" = String, Path)), request_body = DraftBody,
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn save(
    State(app): State<App>,
    console: Allowed<may::EditGoods>,
    path: Path<(String, ProductId)>,
    Json(body): Json<DraftBody>,
) -> Result<StatusCode, Error> {
    let Path((_, id)) = path;
    let (now, actor) = (app.clock.now(), console.actor());
    super::save(&app.db, now, actor, &console.store, id, body.draft(false)).await?;
    Ok(StatusCode::NO_CONTENT)
}

macro_rules! move_route {
    ($name:ident, $method:ident, $path:literal, $title:literal) => {
        #[doc = $title]
        #[utoipa::path($method, path = $path, tag = "products", params(("handle" = String, Path), ("product" = String, Path)),
            responses((status = 204), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails),
                (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
        async fn $name(
            State(app): State<App>,
            console: Allowed<may::EditGoods>,
            path: Path<(String, ProductId)>,
        ) -> Result<StatusCode, Error> {
            let Path((_, id)) = path;
            super::$name(&app.db, app.clock.now(), console.actor(), &console.store, id).await?;
            Ok(StatusCode::NO_CONTENT)
        }
    };
}

move_route!(publish, post, "/api/v1/stores/{handle}/products/{product}/publish", "Publish a product's draft");
move_route!(take_off, post, "/api/v1/stores/{handle}/products/{product}/off", "Take a product off the shelf");
move_route!(
    put_back,
    post,
    "/api/v1/stores/{handle}/products/{product}/on",
    "Put a product back on the shelf"
);
move_route!(
    discard,
    delete,
    "/api/v1/stores/{handle}/products/{product}",
    "Discard a draft that was never published"
);

/// Change a SKU's price and terms, at once
#[utoipa::path(put, path = "/api/v1/stores/{handle}/skus/{sku}", tag = "products", params(("handle" = String, Path), ("sku" = String, Path)), request_body = TermsBody,
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn change_terms(
    State(app): State<App>,
    console: Allowed<may::EditGoods>,
    path: Path<(String, SkuId)>,
    Json(body): Json<TermsBody>,
) -> Result<StatusCode, Error> {
    let Path((_, sku)) = path;
    let (now, actor) = (app.clock.now(), console.actor());
    super::change_terms(&app.db, now, actor, &console.store, sku, body.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Pieces counted in, or out if negative.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AdjustBody {
    change: i64,
}

/// What is there now.
#[derive(Serialize, ToSchema)]
struct Counted {
    available: i64,
}

/// Count stock in or out
#[utoipa::path(post, path = "/api/v1/stores/{handle}/skus/{sku}/stock", tag = "products", params(("handle" = String, Path), ("sku" = String, Path)), request_body = AdjustBody,
    responses((status = 200, body = Counted), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn adjust(
    State(app): State<App>,
    console: Allowed<may::EditStock>,
    path: Path<(String, SkuId)>,
    Json(body): Json<AdjustBody>,
) -> Result<axum::Json<Counted>, Error> {
    let Path((_, sku)) = path;
    let (now, actor, store) = (app.clock.now(), console.actor(), console.store.id);
    let available = stock::adjust(&app.db, now, actor, store, sku, body.change).await?;
    Ok(axum::Json(Counted { available }))
}

//! Orders over the API, the buyer's side and the store's.

use axum::{extract::State, http::StatusCode};
use kernel::{
    AddressId, BranchId, CheckoutId, OrderId, PaymentId, ProductId, RoomId, SkuId, StoreId, Timestamp,
};
use people::roles::{self, Permission};
use serde::{Deserialize, Serialize};
use stores::{Allowed, Storefront, may};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{ApiViewer, App, Error, Json, Path, ProblemDetails, Query};

use super::{Actor, Canceller, Choice, Fulfilment, Method, Order, Packed, Place, Ship, Step, rows};
use crate::{
    addresses::{Details, Recipient},
    payments,
};

/// Orders of an answer.
const PAGE: i64 = 50;

pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(mine))
        .routes(routes!(list, place))
        .routes(routes!(show))
        .routes(routes!(pay))
        .routes(routes!(cancel))
        .routes(routes!(confirm))
        .routes(routes!(accept))
        .routes(routes!(ready))
        .routes(routes!(ship))
        .routes(routes!(redeem))
}

/// An order. Amounts are minor units.
#[derive(Serialize, ToSchema)]
struct OrderBody {
    #[schema(value_type = String)]
    id: OrderId,
    #[schema(value_type = String)]
    store: StoreId,
    number: String,
    /// `unpaid`, `awaiting_acceptance`, `preparing`, `to_ship`, `part_shipped`, `shipped`, `ready_for_pick_up`,
    /// `completed`, `cancelled` or `refunded`.
    #[schema(value_type = String)]
    state: Step,
    /// When the state ends by itself.
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
    #[schema(value_type = Option<String>)]
    reason: Option<super::CancelReason>,
    #[schema(value_type = String)]
    method: Method,
    fulfilment: Fulfilment,
    /// Only for the buyer, once the order is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pick_up_code: Option<String>,
    note: String,
    source: SourceBody,
    currency: String,
    charges: Vec<ChargeBody>,
    total: i64,
    paid: i64,
    refunded: i64,
    #[schema(value_type = String, format = DateTime)]
    placed_at: Timestamp,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lines: Vec<OrderLineBody>,
}

/// Where the buyer came from.
#[derive(Serialize, ToSchema)]
struct SourceBody {
    /// `store`, `api` or `live`.
    kind: &'static str,
    /// The live room.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    room: Option<RoomId>,
    /// What the buyer was shown there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    product: Option<ProductId>,
}

/// One line of the price.
#[derive(Serialize, ToSchema)]
struct ChargeBody {
    /// `goods`; `live`, `flash` or `won`, which are taken off; `freight`, `freight_free` or `pick_up`.
    reason: &'static str,
    /// Below zero for what is taken off.
    amount: i64,
}

#[derive(Serialize, ToSchema)]
struct OrderLineBody {
    line: i64,
    #[schema(value_type = String)]
    sku: SkuId,
    title: String,
    options: String,
    quantity: i64,
    unit_price: i64,
    /// What special prices take off the whole line.
    discount: i64,
    shipped: i64,
}

fn body(order: Order, lines: Vec<super::OrderLine>, is_buyer: bool) -> OrderBody {
    let step = order.state.step();
    let charge = |charge: &crate::pricing::Charge| ChargeBody {
        reason: charge.reason.as_str(),
        amount: charge.amount,
    };
    let line = |line: super::OrderLine| OrderLineBody {
        line: line.line,
        sku: line.sku_id,
        title: line.title,
        options: line.options,
        quantity: line.quantity,
        unit_price: line.unit_price,
        discount: line.discount,
        shipped: line.shipped,
    };
    let source = SourceBody {
        kind: order.source.kind().as_str(),
        room: order.source.room(),
        product: order.source.product(),
    };
    OrderBody {
        id: order.id,
        store: order.store_id,
        number: order.number,
        state: step,
        due_at: order.state.due_at(),
        reason: order.state.reason(),
        method: order.method,
        fulfilment: order.fulfilment,
        pick_up_code: order.pick_up_code.filter(|_| is_buyer && step == Step::ReadyForPickUp),
        note: order.note,
        source,
        currency: order.currency.code().to_owned(),
        charges: order.charges.iter().map(charge).collect(),
        total: order.total,
        paid: order.paid,
        refunded: order.refunded,
        placed_at: order.placed_at,
        lines: lines.into_iter().map(line).collect(),
    }
}

async fn whole(app: &App, order: Order, is_buyer: bool) -> Result<axum::Json<OrderBody>, Error> {
    let lines = rows::lines(&mut app.db.read().await?, order.store_id, order.id).await?;
    Ok(axum::Json(body(order, lines, is_buyer)))
}

#[derive(Deserialize)]
struct Of {
    order: OrderId,
}

#[derive(Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
struct Asked {
    /// Only orders in this state.
    #[param(value_type = Option<String>)]
    state: Option<Step>,
    /// Only orders placed before this time: the `placed_at` of the last one to go on from.
    #[param(value_type = Option<String>)]
    before: Option<Timestamp>,
}

/// List your orders in all stores, newest first
#[utoipa::path(get, path = "/api/v1/orders", tag = "trade", params(Asked),
    responses((status = 200, body = Vec<OrderBody>), (status = 401, body = ProblemDetails)))]
async fn mine(
    State(app): State<App>,
    ApiViewer(viewer): ApiViewer,
    Query(asked): Query<Asked>,
) -> Result<axum::Json<Vec<OrderBody>>, Error> {
    let before = asked.before.unwrap_or(Timestamp::MAX);
    let found = rows::of_buyer(&mut app.db.read().await?, viewer.account_id, before, PAGE).await?;
    let wanted = found.into_iter().filter(|o| asked.state.is_none_or(|state| o.state.step() == state));
    Ok(axum::Json(wanted.map(|order| body(order, Vec::new(), true)).collect()))
}

/// List a store's orders, newest first (staff)
#[utoipa::path(get, path = "/api/v1/stores/{handle}/orders", tag = "trade", params(("handle" = String, Path), Asked),
    responses((status = 200, body = Vec<OrderBody>), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails)))]
async fn list(
    State(app): State<App>,
    console: Allowed<may::SeeOrders>,
    Query(asked): Query<Asked>,
) -> Result<axum::Json<Vec<OrderBody>>, Error> {
    let before = asked.before.unwrap_or(Timestamp::MAX);
    let mut read = app.db.read().await?;
    let found = rows::of_store(&mut read, console.store.id, asked.state, before, PAGE).await?;
    Ok(axum::Json(found.into_iter().map(|order| body(order, Vec::new(), false)).collect()))
}

/// What is placed, and how.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlaceOrderBody {
    #[schema(value_type = String, examples("chk_01jdqz8p5fe9kadz3m4xh6w2cr"))]
    checkout: CheckoutId,
    delivery: Option<DeliveryBody>,
    pick_up: Option<PickUpBody>,
    /// `online` or `in_store` (pick-up only).
    #[schema(value_type = String, examples("online"))]
    method: Method,
    /// Up to 200 columns.
    #[serde(default)]
    note: String,
    /// The total you were shown; another total is refused. Without it, an order from a live room is refused if its
    /// special price is over.
    expected_total: Option<i64>,
}

/// Either an address of your book or a new one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DeliveryBody {
    #[schema(value_type = Option<String>)]
    address: Option<AddressId>,
    new_address: Option<Details>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PickUpBody {
    name: String,
    phone: String,
    #[schema(value_type = String)]
    branch: BranchId,
    /// The start of one of the branch's slots.
    #[schema(value_type = String, format = DateTime)]
    starts_at: Timestamp,
}

fn choice(sent: (Option<DeliveryBody>, Option<PickUpBody>)) -> Result<Choice, kernel::Invalid> {
    use kernel::{Invalid, Problem};
    match sent {
        (None, Some(at)) => Ok(Choice::PickUp {
            recipient: Recipient { name: at.name, phone: at.phone },
            branch: at.branch,
            starts_at: at.starts_at,
        }),
        (Some(DeliveryBody { address: Some(id), new_address: None }), None) => Ok(Choice::DeliveryTo(id)),
        (Some(DeliveryBody { address: None, new_address: Some(new) }), None) => Ok(Choice::DeliveryNew(new)),
        (Some(_), None) => Err(Invalid::field("delivery.address", Problem::Required)),
        (None, None) => Err(Invalid::field("delivery", Problem::Required)),
        (Some(_), Some(_)) => Err(Invalid::field("pick_up", Problem::NotAChoice)),
    }
}

/// Place an order
///
/// A checkout becomes at most one order: placing it again answers with the same one.
#[utoipa::path(post, path = "/api/v1/stores/{handle}/orders", tag = "trade", params(("handle" = String, Path)), request_body = PlaceOrderBody,
    responses((status = 201, body = OrderBody), (status = 401, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn place(
    State(app): State<App>,
    front: Storefront,
    ApiViewer(viewer): ApiViewer,
    Json(sent): Json<PlaceOrderBody>,
) -> Result<(StatusCode, axum::Json<OrderBody>), Error> {
    let PlaceOrderBody { checkout, delivery, pick_up, method, note, expected_total } = sent;
    let choice = choice((delivery, pick_up))?;
    let command = Place { checkout, choice, method, note, expected_total };
    let order = super::place(&app, &front.store, viewer.account_id, command).await?;
    Ok((StatusCode::CREATED, whole(&app, order, true).await?))
}

/// Read an order (its buyer, or staff)
#[utoipa::path(get, path = "/api/v1/stores/{handle}/orders/{order}", tag = "trade", params(("handle" = String, Path), ("order" = String, Path)),
    responses((status = 200, body = OrderBody), (status = 401, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
async fn show(
    State(app): State<App>,
    front: Storefront,
    ApiViewer(viewer): ApiViewer,
    Path(Of { order }): Path<Of>,
) -> Result<axum::Json<OrderBody>, Error> {
    let mut read = app.db.read().await?;
    let order = super::get(&mut read, front.store.id, order).await?.ok_or(Error::NotFound)?;
    let is_buyer = order.buyer_id == viewer.account_id;
    let role = roles::role_of(&mut read, front.store.id, viewer.account_id).await?;
    drop(read);
    if !is_buyer && !role.is_some_and(|role| role.may(Permission::SeeOrders)) {
        return Err(Error::NotFound);
    }
    whole(&app, order, is_buyer).await
}

/// Where to pay.
#[derive(Serialize, ToSchema)]
struct PaymentBody {
    #[schema(value_type = String)]
    id: PaymentId,
    /// An address of this server, or of the provider.
    pay_url: Option<String>,
}

/// Begin to pay an order
#[utoipa::path(post, path = "/api/v1/stores/{handle}/orders/{order}/pay", tag = "trade", params(("handle" = String, Path), ("order" = String, Path)),
    responses((status = 201, body = PaymentBody), (status = 401, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
async fn pay(
    State(app): State<App>,
    front: Storefront,
    ApiViewer(viewer): ApiViewer,
    Path(Of { order }): Path<Of>,
) -> Result<(StatusCode, axum::Json<PaymentBody>), Error> {
    let payment = payments::start(&app, &front.store, viewer.account_id, order).await?;
    Ok((StatusCode::CREATED, axum::Json(PaymentBody { id: payment.id, pay_url: payment.pay_url })))
}

/// Why the store calls an order off.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct CancelBody {
    /// The buyer reads it; up to 100 columns.
    why: String,
    sold_out: bool,
}

/// Cancel an order (its buyer, or staff)
#[utoipa::path(post, path = "/api/v1/stores/{handle}/orders/{order}/cancel", tag = "trade", params(("handle" = String, Path), ("order" = String, Path)), request_body = CancelBody,
    responses((status = 200, body = OrderBody), (status = 401, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
async fn cancel(
    State(app): State<App>,
    front: Storefront,
    ApiViewer(viewer): ApiViewer,
    Path(Of { order }): Path<Of>,
    Json(sent): Json<CancelBody>,
) -> Result<axum::Json<OrderBody>, Error> {
    let why = kernel::line(&sent.why, 0, 100).map_err(|problem| kernel::Invalid::field("why", problem))?;
    let (store, account) = (&front.store, viewer.account_id);
    let mut read = app.db.read().await?;
    let is_buyer = super::get_of_buyer(&mut read, store.id, account, order).await?.is_some();
    let role = roles::role_of(&mut read, store.id, account).await?;
    drop(read);
    let (actor, by) = if is_buyer {
        (Actor::Buyer(account), Canceller::Buyer)
    } else if role.is_some_and(|role| role.may(Permission::HandleOrders)) {
        (Actor::Staff(account), Canceller::Merchant { sold_out: sent.sold_out })
    } else {
        return Err(Error::NotFound);
    };
    whole(&app, super::cancel(&app, store, order, actor, by, &why).await?, is_buyer).await
}

/// Confirm that an order has arrived
#[utoipa::path(post, path = "/api/v1/stores/{handle}/orders/{order}/confirm", tag = "trade", params(("handle" = String, Path), ("order" = String, Path)),
    responses((status = 200, body = OrderBody), (status = 401, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
async fn confirm(
    State(app): State<App>,
    front: Storefront,
    ApiViewer(viewer): ApiViewer,
    Path(Of { order }): Path<Of>,
) -> Result<axum::Json<OrderBody>, Error> {
    whole(&app, super::confirm(&app, &front.store, viewer.account_id, order).await?, true).await
}

/// Accept an order (staff)
#[utoipa::path(post, path = "/api/v1/stores/{handle}/orders/{order}/accept", tag = "trade", params(("handle" = String, Path), ("order" = String, Path)),
    responses((status = 200, body = OrderBody), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
async fn accept(
    State(app): State<App>,
    console: Allowed<may::HandleOrders>,
    Path(Of { order }): Path<Of>,
) -> Result<axum::Json<OrderBody>, Error> {
    whole(&app, super::accept(&app, &console.store, console.actor(), order).await?, false).await
}

/// Mark an order ready for pick-up (staff)
#[utoipa::path(post, path = "/api/v1/stores/{handle}/orders/{order}/ready", tag = "trade", params(("handle" = String, Path), ("order" = String, Path)),
    responses((status = 200, body = OrderBody), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
async fn ready(
    State(app): State<App>,
    console: Allowed<may::HandleOrders>,
    Path(Of { order }): Path<Of>,
) -> Result<axum::Json<OrderBody>, Error> {
    whole(&app, super::ready(&app, &console.store, console.actor(), order).await?, false).await
}

/// A parcel.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ShipBody {
    carrier: String,
    tracking: String,
    /// Without it, all that is left.
    #[serde(default)]
    contents: Vec<Packed>,
}

/// Send a parcel (staff)
#[utoipa::path(post, path = "/api/v1/stores/{handle}/orders/{order}/ship", tag = "trade", params(("handle" = String, Path), ("order" = String, Path)), request_body = ShipBody,
    responses((status = 200, body = OrderBody), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn ship(
    State(app): State<App>,
    console: Allowed<may::HandleOrders>,
    Path(Of { order }): Path<Of>,
    Json(sent): Json<ShipBody>,
) -> Result<axum::Json<OrderBody>, Error> {
    let command = Ship { carrier: sent.carrier, tracking: sent.tracking, contents: sent.contents };
    whole(&app, super::ship(&app, &console.store, console.actor(), order, command).await?, false).await
}

/// A code as it was typed or scanned.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RedeemBody {
    code: String,
    /// Where the counter stands; needed in a store that hands over in several places.
    #[schema(value_type = Option<String>)]
    branch: Option<BranchId>,
}

/// Hand an order over against its pick-up code (staff)
#[utoipa::path(post, path = "/api/v1/stores/{handle}/pick-ups", tag = "trade", params(("handle" = String, Path)), request_body = RedeemBody,
    responses((status = 200, body = OrderBody), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn redeem(
    State(app): State<App>,
    console: Allowed<may::HandOver>,
    Json(sent): Json<RedeemBody>,
) -> Result<axum::Json<OrderBody>, Error> {
    let order = super::redeem(&app, &console.store, console.actor(), sent.branch, &sent.code).await?;
    whole(&app, order, false).await
}

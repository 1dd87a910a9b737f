//! What the buyer sees of an order, and does with it.

use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use db::Read;
use gateways::bus::Topic;
use kernel::{AccountId, OrderId, Timestamp};
use serde::Deserialize;
use stores::{Store, Storefront, images};
use web::{App, Error, Page, Path, Query, ShopFrame, html, see_other};

use super::{Actor, Canceller, Order, rows, view::View};
use crate::{payments, words};

/// Orders of a page of the list.
const PAGE: i64 = 20;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/s/{handle}/orders/{order}", get(show))
        .route("/s/{handle}/orders/{order}/pay", post(pay))
        .route("/s/{handle}/orders/{order}/return", get(come_back))
        .route("/s/{handle}/orders/{order}/cancel", post(cancel))
        .route("/s/{handle}/orders/{order}/confirm", post(confirm))
        .route("/s/{handle}/orders/{order}/events", get(events))
        .route("/me/orders", get(mine))
        .route("/me/orders/events", get(my_events))
}

#[derive(Deserialize)]
struct Of {
    order: OrderId,
}

#[derive(Template)]
#[template(path = "orders/buyer_order.html")]
struct OrderPage {
    page: Page,
    shop: ShopFrame,
    view: View,
    qr: Option<String>,
    phone: String,
}

async fn find(read: &mut Read, page: &Page, store: &Store, id: OrderId) -> Result<Order, Error> {
    let buyer = page.signed_in()?.account_id;
    super::get_of_buyer(read, store.id, buyer, id).await?.ok_or(Error::NotFound)
}

async fn show(
    State(app): State<App>,
    page: Page,
    front: Storefront,
    Path(Of { order }): Path<Of>,
) -> Result<impl IntoResponse, Error> {
    let shop = front.frame(&app, &page, "me").await?;
    let mut read = app.db.read().await?;
    let order = find(&mut read, &page, &front.store, order).await?;
    let view = View::of(&mut read, &front.store, order, app.clock.now()).await?.told_to_buyer();
    html(&OrderPage {
        qr: view.qr(&app.platform.base_url, &front.store.handle),
        phone: front.live.phone.clone(),
        shop,
        page,
        view,
    })
}

async fn pay(
    State(app): State<App>,
    page: Page,
    front: Storefront,
    Path(Of { order }): Path<Of>,
) -> Result<Response, Error> {
    let buyer = page.signed_in()?.account_id;
    let own = format!("/s/{}/orders/{order}", front.store.handle);
    match payments::start(&app, &front.store, buyer, order).await {
        Ok(payment) => Ok(see_other(payment.pay_url.as_deref().unwrap_or(&own)).into_response()),
        // Paid in another window, or too late: the order's page says which.
        Err(payments::StartError::NotAllowed(_)) => Ok(see_other(&own).into_response()),
        Err(other) => Err(other.into()),
    }
}

/// The provider sent the browser back. What it says about the payment counts for nothing: the provider is asked.
async fn come_back(
    State(app): State<App>,
    page: Page,
    front: Storefront,
    Path(Of { order }): Path<Of>,
) -> Result<Response, Error> {
    let order = find(&mut app.db.read().await?, &page, &front.store, order).await?;
    payments::seek_order(&app, front.store.id, order.id).await;
    Ok(see_other(&format!("/s/{}/orders/{}", front.store.handle, order.id)).into_response())
}

async fn cancel(
    State(app): State<App>,
    page: Page,
    front: Storefront,
    Path(Of { order }): Path<Of>,
) -> Result<Response, Error> {
    let buyer = Actor::Buyer(page.signed_in()?.account_id);
    super::cancel(&app, &front.store, order, buyer, Canceller::Buyer, "").await?;
    Ok(see_other(&format!("/s/{}/orders/{order}", front.store.handle)).into_response())
}

async fn confirm(
    State(app): State<App>,
    page: Page,
    front: Storefront,
    Path(Of { order }): Path<Of>,
) -> Result<Response, Error> {
    super::confirm(&app, &front.store, page.signed_in()?.account_id, order).await?;
    Ok(see_other(&format!("/s/{}/orders/{order}", front.store.handle)).into_response())
}

async fn events(
    State(app): State<App>,
    page: Page,
    front: Storefront,
    Path(Of { order }): Path<Of>,
) -> Result<impl IntoResponse, Error> {
    let order = find(&mut app.db.read().await?, &page, &front.store, order).await?;
    Ok(web::sse::follow(&app, Topic::Order(order.id)))
}

/// An order in a list across stores.
pub struct BuyerOrder {
    pub order: Order,
    pub store: Store,
    pub title: String,
    pub picture: Option<String>,
    /// Different things in it beyond the one shown.
    pub more: usize,
}

impl BuyerOrder {
    pub fn step_words(&self) -> &'static str {
        words::step(self.order.state.step())
    }
    pub fn buyer_tone(&self) -> &'static str {
        words::buyer_tone(self.order.state.step())
    }
}

/// The buyer's orders of all stores, newest first, those placed before `before`.
pub async fn of_buyer(
    read: &mut Read,
    buyer: AccountId,
    before: Timestamp,
    most: i64,
) -> Result<Vec<BuyerOrder>, db::Error> {
    let mut shown = Vec::new();
    for order in rows::of_buyer(read, buyer, before, most).await? {
        let store = stores::by_id(read, order.store_id).await?.ok_or(db::Error::Missing)?;
        let lines = rows::glances(read, order.store_id, order.id).await?;
        let first = lines.first();
        shown.push(BuyerOrder {
            title: first.map(|line| line.title.clone()).unwrap_or_default(),
            picture: first.and_then(|line| line.image).map(|image| images::address(image, 320)),
            more: lines.len().saturating_sub(1),
            store,
            order,
        });
    }
    Ok(shown)
}

#[derive(Template)]
#[template(path = "orders/buyer_orders.html")]
struct OrdersPage {
    page: Page,
    orders: Vec<BuyerOrder>,
    older: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Before {
    before: Option<Timestamp>,
}

async fn mine(
    State(app): State<App>,
    page: Page,
    Query(Before { before }): Query<Before>,
) -> Result<impl IntoResponse, Error> {
    let buyer = page.signed_in()?.account_id;
    let mut read = app.db.read().await?;
    let orders = of_buyer(&mut read, buyer, before.unwrap_or(Timestamp::MAX), PAGE).await?;
    let full = orders.len() as i64 == PAGE;
    let older = orders.last().filter(|_| full).map(|last| last.order.placed_at);
    html(&OrdersPage { page, orders, older })
}

async fn my_events(State(app): State<App>, page: Page) -> Result<impl IntoResponse, Error> {
    Ok(web::sse::follow(&app, Topic::Account(page.signed_in()?.account_id)))
}

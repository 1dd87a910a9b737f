//! The sandbox provider's own pay page, and the door at which providers' notifications arrive.

use askama::Template;
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use gateways::payments::{Behaviour, PaymentError, Sandbox, SandboxCharge, Signed};
use kernel::{ChargeId, OrderId, Timestamp};
use serde::Deserialize;
use web::{App, Error, Form, Page, Path, html, see_other};

use super::{hear, rows};

pub fn routes() -> Router<App> {
    Router::new()
        .route("/pay/sandbox/{charge}", get(show).post(choose))
        .route("/api/v1/payments/{provider}/notifications", post(notified))
}

#[derive(Template)]
#[template(path = "payments/sandbox.html")]
struct SandboxPage {
    page: Page,
    charge: SandboxCharge,
    /// What it pays: told to a page of ours that frames this one, as no real provider would.
    order: Option<OrderId>,
    open: bool,
    now: Timestamp,
}

#[derive(Deserialize)]
struct Of {
    charge: ChargeId,
}

fn failed(error: PaymentError) -> Error {
    Error::internal(error)
}

async fn show(
    State(app): State<App>,
    page: Page,
    Path(Of { charge }): Path<Of>,
) -> Result<impl IntoResponse, Error> {
    let now = app.clock.now();
    let found = Sandbox::new(app.db.clone()).charge(charge).await.map_err(failed)?;
    let charge = found.ok_or(Error::NotFound)?;
    let order = match charge.merchant_reference.parse() {
        Ok(payment) if page.framed() => rows::find(&mut app.db.read().await?, payment).await?,
        _ => None,
    };
    let order = order.map(|payment| payment.order_id);
    html(&SandboxPage { open: charge.is_open(now), charge, order, page, now })
}

#[derive(Deserialize)]
struct Chosen {
    outcome: Behaviour,
}

/// The buyer chose. The notification goes the way a real provider's would: signed bytes, heard by the same verb as
/// those that come over the network.
async fn choose(
    State(app): State<App>,
    Path(Of { charge }): Path<Of>,
    Form(Chosen { outcome }): Form<Chosen>,
) -> Result<Response, Error> {
    let sandbox = Sandbox::new(app.db.clone());
    let found = sandbox.charge(charge).await.map_err(failed)?.ok_or(Error::NotFound)?;
    let message = sandbox.choose(charge, outcome, app.clock.now()).await.map_err(failed)?;
    if let Some(message) = message
        && let Err(error) = hear(&app, Sandbox::NAME, &message).await
    {
        tracing::warn!(%charge, %error, "the notification was not taken; the payment will be asked about");
    }
    Ok(see_other(&found.return_url).into_response())
}

#[derive(Deserialize)]
struct From {
    provider: String,
}

/// A provider's message: the raw bytes, before anything has read them.
async fn notified(
    State(app): State<App>,
    Path(From { provider }): Path<From>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Error> {
    let text = |value: &axum::http::HeaderValue| value.to_str().map(str::to_owned).ok();
    let headers = headers.iter().filter_map(|(name, value)| Some((name.as_str().to_owned(), text(value)?)));
    let message = Signed { headers: headers.collect(), body: body.to_vec() };
    hear(&app, &provider, &message).await?;
    Ok(StatusCode::NO_CONTENT)
}

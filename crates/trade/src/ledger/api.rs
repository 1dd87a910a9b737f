//! The merchant's money over the API.

use axum::extract::State;
use serde::Serialize;
use stores::{Allowed, may};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{App, Error, ProblemDetails};

pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(balance))
}

/// What the merchant has, in minor units.
#[derive(Serialize, ToSchema)]
struct BalanceBody {
    currency: String,
    /// Paid for orders that are not done.
    pending: i64,
    /// Can be taken out.
    available: i64,
    /// Was taken at the counter.
    till: i64,
    /// What the payment provider has kept.
    commission: i64,
}

/// See a store's balance
#[utoipa::path(get, path = "/api/v1/stores/{handle}/balance", tag = "trade", params(("handle" = String, Path)),
    responses((status = 200, body = BalanceBody), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails)))]
async fn balance(
    State(app): State<App>,
    console: Allowed<may::SeeMoney>,
) -> Result<axum::Json<BalanceBody>, Error> {
    let store = &console.store;
    let balance = super::balance(&mut app.db.read().await?, store).await?;
    Ok(axum::Json(BalanceBody {
        currency: store.currency.code().to_owned(),
        pending: balance.pending.minor,
        available: balance.available.minor,
        till: balance.till.minor,
        commission: balance.commission.minor,
    }))
}

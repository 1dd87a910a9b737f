//! Buying and selling: baskets, checkouts, orders, pick-up, payments and the ledger. It stands on `stores` for goods
//! and stock and on `people` for who may do what; money moves only through `gateways::payments`.

pub mod addresses;
pub mod basket;
pub mod checkout;
pub mod ledger;
pub mod orders;
pub mod payments;
pub mod pricing;
#[cfg(test)]
mod testing;
pub mod won;
mod words;

use db::deadlines::Due;
use kernel::Id;
use web::{App, Error};

/// The pages of this crate.
pub fn routes() -> axum::Router<App> {
    basket::routes()
        .merge(checkout::routes())
        .merge(addresses::routes())
        .merge(orders::routes())
        .merge(payments::routes())
        .merge(ledger::routes())
}

/// The API of this crate.
pub fn api() -> utoipa_axum::router::OpenApiRouter<App> {
    basket::api().merge(checkout::api()).merge(addresses::api()).merge(orders::api()).merge(ledger::api())
}

/// Does what a deadline of this crate stands for, be it late. Each verb sees for itself whether it is still to be done,
/// and clears the deadline in its own transaction; so it happens once. Answers whether the deadline was ours.
pub async fn due(app: &App, due: &Due) -> Result<bool, Error> {
    match due.kind.as_str() {
        orders::DEADLINE => orders::lapse(app, due.store_id, Id::from_uuid(due.subject)).await?,
        payments::QUERY_DEADLINE => {
            let asked = payments::seek(app, due.store_id, Id::from_uuid(due.subject)).await;
            asked.map_err(Error::internal)?;
        }
        payments::REFUND_DEADLINE => {
            let sent = payments::send_again(app, due.store_id, Id::from_uuid(due.subject)).await;
            sent.map_err(Error::internal)?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

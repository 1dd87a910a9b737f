//! Who someone is, how they prove it, what they may do, and what they did. Knows nothing of goods or orders.

pub mod accounts;
pub mod alpha;
pub mod audit;
mod contact;
pub mod demo;
mod me;
pub mod roles;
pub mod sign_in;
#[cfg(test)]
mod testing;
mod throttle;
pub mod tokens;

use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use web::App;

pub use contact::{Channel, Contact};

/// The pages of this crate.
pub fn routes() -> Router<App> {
    sign_in::routes().merge(me::routes()).merge(demo::routes())
}

/// The API of this crate.
pub fn api() -> OpenApiRouter<App> {
    sign_in::api().merge(me::api()).merge(tokens::api())
}

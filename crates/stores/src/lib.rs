//! Stores: what they are, what they show, what they sell and how much of it is there. Nothing here knows of
//! orders beyond their id; `trade` stands on this crate.

pub mod applications;
pub mod branches;
pub mod catalog;
mod console;
pub mod followers;
pub mod hours;
pub mod images;
pub mod page;
pub mod settings;
pub mod shelves;
pub mod special_prices;
pub mod staff;
pub mod stock;
pub mod store;
mod storefront;
#[cfg(test)]
mod testing;

pub use console::{Allowed, Console, may, role_key};
pub use page::qr;
pub use store::{NewStore, OpenError, State, Store, StoreSuspended, by_handle, by_id, open};
pub use storefront::{AskLive, Storefront};

/// The pages of this crate.
pub fn routes() -> axum::Router<web::App> {
    images::routes()
        .merge(applications::routes())
        .merge(page::routes())
        .merge(page::poster_routes())
        .merge(followers::routes())
        .merge(catalog::routes())
        .merge(catalog::console_routes())
        .merge(page::console_routes())
        .merge(branches::console_routes())
        .merge(shelves::console_routes())
        .merge(staff::routes())
        .merge(settings::routes())
}

/// The API of this crate.
pub fn api() -> utoipa_axum::router::OpenApiRouter<web::App> {
    applications::api()
        .merge(page::api())
        .merge(followers::api())
        .merge(branches::api())
        .merge(catalog::api())
        .merge(images::api())
        .merge(staff::api())
        .merge(settings::api())
}

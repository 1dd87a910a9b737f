//! What a store shows of itself. The merchant writes the draft; buyers see the live copy.

mod api;
mod console;
mod contents;
mod home;
mod poster;
pub mod qr;
mod rows;
#[cfg(test)]
mod tests;
mod write;

use db::{Error, Json, Read, Tx};
use kernel::{StoreId, Timestamp};

pub(crate) use api::api;
pub(crate) use console::routes as console_routes;
pub use contents::{Freight, StorePage, phone};
pub(crate) use home::{DAYS, routes};
pub(crate) use poster::routes as poster_routes;
pub use write::{WriteError, publish, save};

/// The copy that buyers see. Every store has one from its first moment.
pub async fn live(read: &mut Read, store: StoreId) -> Result<StorePage, Error> {
    rows::live(read, store).await
}

/// The copy that the merchant is writing, and whether it differs from the live one.
pub async fn draft(read: &mut Read, store: StoreId) -> Result<(StorePage, bool), Error> {
    let draft = rows::draft(read, store).await?;
    Ok((draft, rows::has_changes(read, store).await?))
}

/// The first page of a new store: draft and live are the same.
pub(crate) async fn create(
    tx: &mut Tx,
    store: StoreId,
    page: &StorePage,
    now: Timestamp,
) -> Result<(), Error> {
    rows::insert(tx, store, &Json(page.clone()), now).await
}

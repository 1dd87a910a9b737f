//! A store's physical places, where orders are picked up.

mod api;
mod branch;
mod console;
mod rows;
#[cfg(test)]
mod tests;
mod write;

use db::{Error, Read, Tx};
use kernel::{BranchId, StoreId};

pub(crate) use api::api;
pub use branch::{ADDRESS_MAX, Branch, Place, SLOT_LENGTHS, degrees, micro_degrees};
pub(crate) use console::routes as console_routes;
pub use write::{WriteError, close, create, update};

use crate::store::{NewAddress, Store};

/// The branches that are not closed for good, in the merchant's order.
pub async fn list(read: &mut Read, store: StoreId) -> Result<Vec<Branch>, Error> {
    rows::list(read, store).await
}

/// A branch of this store, also one that has closed: old orders still name it.
pub async fn get(read: &mut Read, store: StoreId, branch: BranchId) -> Result<Option<Branch>, Error> {
    rows::get(read, store, branch).await
}

/// Whether orders can be picked up anywhere.
pub async fn any_pick_up(read: &mut Read, store: StoreId) -> Result<bool, Error> {
    rows::any_pick_up(read, store).await
}

/// The branch that a new store begins with: its address, pick-up on.
pub(crate) async fn create_first(
    tx: &mut Tx,
    store: &Store,
    address: &NewAddress,
    phone: &str,
) -> Result<(), write::WriteError> {
    let place = Place {
        name: store.name.clone(),
        address: address.text.clone(),
        phone: phone.to_owned(),
        latitude: address.coordinates.map(|(latitude, _)| latitude),
        longitude: address.coordinates.map(|(_, longitude)| longitude),
        ..Default::default()
    };
    rows::insert(tx, store.id, &place.checked()?.at(BranchId::new(), 0)).await?;
    Ok(())
}

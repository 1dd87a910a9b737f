//! A store's physical places, where orders are picked up.

mod branch;
mod rows;

use db::{Error, Read, Tx};
use kernel::{BranchId, StoreId};

pub use branch::Branch;

use crate::store::{NewAddress, Store};

/// The branches that are not closed for good, in the merchant's order.
pub async fn list(read: &mut Read, store: StoreId) -> Result<Vec<Branch>, Error> {
    rows::list(read, store).await
}

/// A branch of this store, also one that has closed: old orders still name it.
pub async fn get(read: &mut Read, store: StoreId, branch: BranchId) -> Result<Option<Branch>, Error> {
    rows::get(read, store, branch).await
}

/// The branch that a new store begins with: its address, pick-up on.
pub(crate) async fn create_first(
    tx: &mut Tx,
    store: &Store,
    address: &NewAddress,
    phone: &str,
) -> Result<(), Error> {
    let branch = Branch {
        id: BranchId::new(),
        position: 0,
        name: store.name.clone(),
        address: address.text.clone(),
        phone: phone.to_owned(),
        latitude: address.coordinates.map(|(latitude, _)| latitude),
        longitude: address.coordinates.map(|(_, longitude)| longitude),
        hours: None,
        pick_up: true,
        slot_minutes: branch::SLOT_MINUTES,
        slot_capacity: branch::SLOT_CAPACITY,
        closed_at: None,
    };
    rows::insert(tx, store.id, &branch).await
}

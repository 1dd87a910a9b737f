//! What someone means to buy in one store. The owner is a visitor's session or an account, so a basket can be filled
//! without signing in, and it goes along when the visitor does ([`merge`]).

mod add;
mod api;
mod contents;
mod merge;
mod pages;
mod rows;
mod set;
#[cfg(test)]
mod tests;

use db::{Error, Read, Tx};
use kernel::{SkuId, StoreId, Timestamp};
use uuid::Uuid;

pub use add::{AddError, add};
pub(crate) use api::api;
pub(crate) use contents::resolve;
pub use contents::{Basket, BasketLine, Trouble, look};
pub use merge::{carry_over, merge};
pub use pages::routes;
pub use set::{SetError, set};

/// The most lines of one basket.
pub const LINES_MAX: i64 = 200;
/// The most pieces of one line.
pub const PIECES_MAX: i64 = 999;

/// One line as it is kept: what, and how many pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Wanted {
    pub sku: SkuId,
    pub quantity: i64,
}

/// How many pieces are in the basket, for the number on its icon.
pub async fn pieces(read: &mut Read, store: StoreId, owner: Uuid) -> Result<i64, Error> {
    rows::pieces(read, store, owner).await
}

/// The lines as they are kept, the first put in first.
pub(crate) async fn lines(read: &mut Read, store: StoreId, owner: Uuid) -> Result<Vec<Wanted>, Error> {
    rows::lines(read, store, owner).await
}

/// Takes out what was ordered: everything that has not changed since `before`.
pub(crate) async fn take_out(
    tx: &mut Tx,
    store: StoreId,
    owner: Uuid,
    before: Timestamp,
) -> Result<(), Error> {
    rows::delete_before(tx, store, owner, before).await
}

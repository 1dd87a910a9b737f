//! Named, ordered lists of products. A product may stand on several.

mod console;
mod rows;
#[cfg(test)]
mod tests;
mod write;

use db::{Error, Read, Tx, row};
use kernel::{ProductId, ShelfId, StoreId, Timestamp};

pub(crate) use console::routes as console_routes;
pub use write::{WriteError, arrange, create, delete, order, place, rename};

/// The shelf that a store begins with.
const FIRST: &str = "All goods";
/// Columns.
pub const NAME_MAX: i64 = 30;
pub const SHELVES_MAX: i64 = 50;
pub const PRODUCTS_MAX: i64 = 1_000;

row! {
    /// A list of products that buyers see under its name.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Shelf {
        pub id: ShelfId,
        pub name: String,
        pub position: i64,
    }
}

row! {
    /// A product on a shelf, as its merchant sees it.
    #[derive(Clone, Debug)]
    pub struct Standing {
        pub id: ProductId,
        pub title: String,
        pub image_id: Option<kernel::ImageId>,
        pub state: crate::catalog::State,
    }
}

/// The store's shelves in the merchant's order.
pub async fn list(read: &mut Read, store: StoreId) -> Result<Vec<Shelf>, Error> {
    rows::list(read, store).await
}

/// What stands on a shelf, in order, on sale or not.
pub async fn standing(read: &mut Read, store: StoreId, shelf: ShelfId) -> Result<Vec<Standing>, Error> {
    rows::standing(read, store, shelf).await
}

/// The shelves on which a product stands.
pub async fn of_product(read: &mut Read, store: StoreId, product: ProductId) -> Result<Vec<ShelfId>, Error> {
    rows::of_product(read, store, product).await
}

pub(crate) async fn create_default(tx: &mut Tx, store: StoreId, now: Timestamp) -> Result<(), Error> {
    rows::insert(tx, store, &Shelf { id: ShelfId::new(), name: FIRST.to_owned(), position: 0 }, now).await
}

//! Named, ordered lists of products. A product may stand on several.

mod rows;

use db::{Error, Tx, row};
use kernel::{ShelfId, StoreId, Timestamp};

/// The shelf that a store begins with.
const FIRST: &str = "All goods";

row! {
    /// A list of products that buyers see under its name.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Shelf {
        pub id: ShelfId,
        pub name: String,
        pub position: i64,
    }
}

pub(crate) async fn create_default(tx: &mut Tx, store: StoreId, now: Timestamp) -> Result<(), Error> {
    rows::insert(tx, store, &Shelf { id: ShelfId::new(), name: FIRST.to_owned(), position: 0 }, now).await
}

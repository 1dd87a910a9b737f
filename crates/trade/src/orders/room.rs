//! What a live room sold, for its report: in all, of each product, minute by minute. An order counts for its room from
//! the moment it is placed, whatever becomes of it; its money counts as far as it came and stayed.

use db::{Error, Read, row};
use kernel::{ProductId, RoomId, StoreId, Timestamp};

use super::rows;

row! {
    /// What was ordered and paid. Amounts are minor units of the store's currency.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct RoomSales {
        pub orders: i64,
        /// Orders that were paid, also those whose money went back later.
        pub paid: i64,
        /// Pieces of the orders that were paid.
        pub pieces: i64,
        /// What came less what went back.
        pub revenue: i64,
    }
}

row! {
    /// The same of one product.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ProductSales {
        pub product_id: ProductId,
        pub orders: i64,
        pub paid: i64,
        pub pieces: i64,
        pub revenue: i64,
    }
}

row! {
    /// The same of the orders placed in one minute.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct MinuteSales {
        /// When the minute began.
        pub minute: Timestamp,
        pub orders: i64,
        pub paid: i64,
        pub pieces: i64,
        pub revenue: i64,
    }
}

/// What the room sold in all.
pub async fn sales_of_room(read: &mut Read, store: StoreId, room: RoomId) -> Result<RoomSales, Error> {
    rows::sales_of_room(read, store, room).await
}

/// What it sold of each product, what brought most first.
pub async fn sales_by_product(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
) -> Result<Vec<ProductSales>, Error> {
    rows::sales_by_product(read, store, room).await
}

/// What it sold minute by minute; a minute in which nothing was ordered is not there.
pub async fn sales_by_minute(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
) -> Result<Vec<MinuteSales>, Error> {
    rows::sales_by_minute(read, store, room).await
}

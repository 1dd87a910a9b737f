//! SQL of what the studio shows beside the rooms' own rows.

use db::{Error, Read, row};
use kernel::{OrderId, RoomId, StoreId};

row! {
    /// An order from the room.
    #[derive(Clone, Debug)]
    pub(super) struct Sale {
        pub id: OrderId,
        pub name: String,
        /// Its first line, and pieces of all lines.
        pub title: String,
        pub pieces: i64,
        pub total: i64,
        pub paid: i64,
    }
}

/// The last orders placed from the room, the newest first.
pub(super) async fn last_sales(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
    most: i64,
) -> Result<Vec<Sale>, Error> {
    read.query(
        "select o.id, a.name, o.total, o.paid,
            (select l.title from order_lines l where l.store_id = o.store_id and l.order_id = o.id order by l.line limit 1) as title,
            (select cast(sum(l.quantity) as bigint) from order_lines l where l.store_id = o.store_id and l.order_id = o.id) as pieces
         from orders o join accounts a on a.id = o.buyer_id
         where o.store_id = $1 and o.source_room = $2 order by o.placed_at desc, o.id desc limit $3",
        &[&store, &room, &most],
    )
    .await
}

//! SQL of what the studio shows beside the rooms' own rows.

use db::{Error, Read, row};
use kernel::{OrderId, RoomId, StoreId};
use uuid::Uuid;

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

row! {
    /// Someone who won, in full: for the store alone.
    #[derive(Clone, Debug)]
    pub(super) struct Won {
        /// The auction or the giveaway.
        pub of_id: Uuid,
        pub name: String,
        /// The first of the person's contacts.
        pub contact: Option<String>,
    }
}

macro_rules! select_won {
    ($id:literal, $rest:literal) => {
        concat!(
            "select ",
            $id,
            " as of_id, a.name,
                (select c.contact from contacts c where c.account_id = a.id order by c.created_at, c.contact limit 1) as contact
             from ",
            $rest
        )
    };
}

/// Who won the room's auctions.
pub(super) async fn auction_winners(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
) -> Result<Vec<Won>, Error> {
    read.query(
        select_won!(
            "o.id",
            "live_auctions o join accounts a on a.id = o.winner_id
             where o.store_id = $1 and o.room_id = $2 and o.state in ('won', 'sold')"
        ),
        &[&store, &room],
    )
    .await
}

/// Who won the room's giveaways, of each in the order in which they were drawn.
pub(super) async fn giveaway_winners(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
) -> Result<Vec<Won>, Error> {
    read.query(
        select_won!(
            "g.id",
            "live_giveaways g join live_entries e on e.store_id = g.store_id and e.giveaway_id = g.id and e.won is not null
             join accounts a on a.id = e.account_id
             where g.store_id = $1 and g.room_id = $2 order by e.won"
        ),
        &[&store, &room],
    )
    .await
}

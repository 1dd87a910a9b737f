//! SQL of what a store's other pages say of its rooms.

use db::{Error, Read, row};
use kernel::{ImageId, RoomId, StoreId, Timestamp};

row! {
    /// What there is to say.
    pub(super) struct Doors {
        /// The room that is live; of several, the latest.
        pub live: Option<RoomId>,
        /// The one that comes next.
        pub next: Option<RoomId>,
        /// One that was.
        pub past: Option<RoomId>,
    }
}

row! {
    /// A room on a card.
    pub(super) struct Card {
        pub id: RoomId,
        pub title: String,
        pub cover: Option<ImageId>,
        pub starts_at: Timestamp,
    }
}

/// Asked for every page of every store: three looks into one index. A room that was made to go live at once is not
/// announced: it is there when it is.
pub(super) async fn doors(read: &mut Read, store: StoreId) -> Result<Doors, Error> {
    read.query_one(
        "select (select id from live_rooms where store_id = $1 and state = 'live' order by starts_at desc limit 1) as live,
            (select id from live_rooms where store_id = $1 and state in ('scheduled', 'rehearsal') and starts_at > created_at
                order by starts_at limit 1) as next,
            (select id from live_rooms where store_id = $1 and state = 'ended' limit 1) as past",
        &[&store],
    )
    .await
}

pub(super) async fn card(read: &mut Read, store: StoreId, room: RoomId) -> Result<Option<Card>, Error> {
    read.query_opt(
        "select id, title, cover, starts_at from live_rooms where store_id = $1 and id = $2",
        &[&store, &room],
    )
    .await
}

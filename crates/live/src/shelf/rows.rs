//! SQL of `live_shelf` and `live_pins`.

use db::{Error, Json, Read, Tx, row};
use kernel::{ProductId, RoomId, SkuId, StoreId, Timestamp};

use super::ChapterId;
use crate::rooms::{Room, ShowId};

row! {
    /// A product of a room.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Standing {
        pub product_id: ProductId,
        pub number: i64,
        pub position: i64,
        pub impressions: i64,
        pub clicks: i64,
        /// The SKUs of which the room was told that they are sold out.
        pub sold_out: Json<Vec<SkuId>>,
    }
}

pub(super) async fn standing(read: &mut Read, store: StoreId, room: RoomId) -> Result<Vec<Standing>, Error> {
    read.query(
        "select product_id, number, position, impressions, clicks, sold_out from live_shelf
         where store_id = $1 and room_id = $2 order by position, number",
        &[&store, &room],
    )
    .await
}

pub(super) async fn insert(
    tx: &mut Tx,
    room: &Room,
    standing: &Standing,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "insert into live_shelf (store_id, room_id, product_id, number, position, sold_out, added_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        &[
            &room.store_id,
            &room.id,
            &standing.product_id,
            &standing.number,
            &standing.position,
            &standing.sold_out,
            &now,
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx, room: &Room, product: ProductId) -> Result<u64, Error> {
    tx.execute(
        "delete from live_shelf where store_id = $1 and room_id = $2 and product_id = $3",
        &[&room.store_id, &room.id, &product],
    )
    .await
}

pub(super) async fn set_position(
    tx: &mut Tx,
    room: &Room,
    product: ProductId,
    position: i64,
) -> Result<(), Error> {
    tx.execute(
        "update live_shelf set position = $4 where store_id = $1 and room_id = $2 and product_id = $3",
        &[&room.store_id, &room.id, &product, &position],
    )
    .await?;
    Ok(())
}

pub(super) async fn set_sold_out(
    tx: &mut Tx,
    room: &Room,
    product: ProductId,
    skus: &[SkuId],
) -> Result<(), Error> {
    tx.execute(
        "update live_shelf set sold_out = $4 where store_id = $1 and room_id = $2 and product_id = $3",
        &[&room.store_id, &room.id, &product, &Json(skus)],
    )
    .await?;
    Ok(())
}

/// The live rooms on whose shelf the product stands.
pub(super) async fn rooms_with(
    read: &mut Read,
    store: StoreId,
    product: ProductId,
) -> Result<Vec<RoomId>, Error> {
    read.column(
        "select s.room_id from live_shelf s join live_rooms r on r.store_id = s.store_id and r.id = s.room_id
         where s.store_id = $1 and s.product_id = $2 and r.state = 'live' order by s.room_id",
        &[&store, &product],
    )
    .await
}

pub(super) async fn add_seen(
    tx: &mut Tx,
    store: StoreId,
    room: RoomId,
    number: i64,
    impressions: u64,
    clicks: u64,
) -> Result<(), Error> {
    tx.execute(
        "update live_shelf set impressions = impressions + $4, clicks = clicks + $5
         where store_id = $1 and room_id = $2 and number = $3",
        &[&store, &room, &number, &(impressions as i64), &(clicks as i64)],
    )
    .await?;
    Ok(())
}

pub(super) async fn set_pin(
    tx: &mut Tx,
    room: &Room,
    pin: Option<(ProductId, Timestamp)>,
) -> Result<(), Error> {
    tx.execute(
        "update live_rooms set pinned_product = $3, pinned_at = $4 where store_id = $1 and id = $2",
        &[&room.store_id, &room.id, &pin.map(|(product, _)| product), &pin.map(|(_, at)| at)],
    )
    .await?;
    Ok(())
}

row! {
    /// When a product was explained: a chapter of the replay.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Chapter {
        pub id: ChapterId,
        pub product_id: ProductId,
        pub number: i64,
        pub at: Timestamp,
        pub until: Option<Timestamp>,
        /// Where in the recording; not known before the show is over, nor of what was not recorded.
        pub programme_ms: Option<i64>,
    }
}

pub(super) async fn begin_chapter(
    tx: &mut Tx,
    room: &Room,
    show: Option<ShowId>,
    product: ProductId,
    number: i64,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "insert into live_pins (store_id, room_id, id, show_id, product_id, number, at) values ($1, $2, $3, $4, $5, $6, $7)",
        &[&room.store_id, &room.id, &ChapterId::new(), &show, &product, &number, &now],
    )
    .await?;
    Ok(())
}

pub(super) async fn close_chapter(tx: &mut Tx, room: &Room, now: Timestamp) -> Result<(), Error> {
    tx.execute(
        "update live_pins set until = $3 where store_id = $1 and room_id = $2 and until is null",
        &[&room.store_id, &room.id, &now],
    )
    .await?;
    Ok(())
}

/// The chapters of a show, in their order.
pub(super) async fn chapters(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
    show: ShowId,
) -> Result<Vec<Chapter>, Error> {
    read.query(
        "select id, product_id, number, at, until, programme_ms from live_pins
         where store_id = $1 and room_id = $2 and show_id = $3 order by id",
        &[&store, &room, &show],
    )
    .await
}

pub(super) async fn set_programme(
    tx: &mut Tx,
    store: StoreId,
    room: RoomId,
    chapter: ChapterId,
    programme_ms: i64,
) -> Result<(), Error> {
    tx.execute(
        "update live_pins set programme_ms = $4 where store_id = $1 and room_id = $2 and id = $3",
        &[&store, &room, &chapter, &programme_ms],
    )
    .await?;
    Ok(())
}

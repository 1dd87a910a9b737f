//! SQL of `live_minutes` and `live_viewers`, and of everything a report shows.

use db::{Error, Read, Tx, row};
use kernel::{ProductId, RoomId, StoreId, Timestamp};
use uuid::Uuid;

use crate::meters::Meter;

/// Notes that someone was there; answers with 1 the first time.
pub(super) async fn add_viewer(
    tx: &mut Tx,
    store: StoreId,
    room: RoomId,
    person: Uuid,
    now: Timestamp,
) -> Result<u64, Error> {
    tx.execute(
        "insert into live_viewers (store_id, room_id, person_id, first_at) values ($1, $2, $3, $4)
         on conflict (store_id, room_id, person_id) do nothing",
        &[&store, &room, &person, &now],
    )
    .await
}

pub(super) async fn add_minute(
    tx: &mut Tx,
    store: StoreId,
    room: RoomId,
    minute: i64,
    node: Uuid,
    meter: &Meter,
    joins: i64,
) -> Result<(), Error> {
    let sum = |counts: &std::collections::HashMap<i64, u64>| counts.values().sum::<u64>() as i64;
    tx.execute(
        "insert into live_minutes (store_id, room_id, minute, node_id, viewers, watched_seconds, joins, likes, chats, shares, impressions, clicks)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         on conflict (store_id, room_id, minute, node_id) do update set
            viewers = case when live_minutes.viewers < $5 then $5 else live_minutes.viewers end,
            watched_seconds = live_minutes.watched_seconds + $6, joins = live_minutes.joins + $7,
            likes = live_minutes.likes + $8, chats = live_minutes.chats + $9, shares = live_minutes.shares + $10,
            impressions = live_minutes.impressions + $11, clicks = live_minutes.clicks + $12",
        &[
            &store,
            &room,
            &minute,
            &node,
            &(meter.viewers as i64),
            &(meter.watched_seconds as i64),
            &joins,
            &(meter.likes as i64),
            &(meter.chats as i64),
            &(meter.shares as i64),
            &sum(&meter.impressions),
            &sum(&meter.clicks),
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn viewers(read: &mut Read, store: StoreId, room: RoomId) -> Result<i64, Error> {
    read.one("select count(*) from live_viewers where store_id = $1 and room_id = $2", &[&store, &room]).await
}

/// What everyone saw; of a rehearsal nothing counts, since it is another story.
pub(super) async fn comments(read: &mut Read, store: StoreId, room: RoomId) -> Result<i64, Error> {
    read.one(
        "select count(*) from live_chat c join live_rooms r on r.store_id = c.store_id and r.id = c.room_id and r.epoch = c.epoch
         where c.store_id = $1 and c.room_id = $2 and c.state = 'shown'",
        &[&store, &room],
    )
    .await
}

row! {
    pub(super) struct Counted {
        pub watched_seconds: i64,
        pub impressions: i64,
        pub clicks: i64,
    }
}

pub(super) async fn counted(read: &mut Read, store: StoreId, room: RoomId) -> Result<Counted, Error> {
    read.query_one(
        "select cast(coalesce(sum(watched_seconds), 0) as bigint) as watched_seconds,
            cast(coalesce(sum(impressions), 0) as bigint) as impressions, cast(coalesce(sum(clicks), 0) as bigint) as clicks
         from live_minutes where store_id = $1 and room_id = $2",
        &[&store, &room],
    )
    .await
}

row! {
    pub(super) struct Sold {
        pub orders: i64,
        pub paid: i64,
        pub buyers: i64,
        pub revenue: i64,
    }
}

/// What was ordered from the room.
pub(super) async fn sold(read: &mut Read, store: StoreId, room: RoomId) -> Result<Sold, Error> {
    read.query_one(
        "select count(*) as orders, count(case when paid > 0 then 1 end) as paid, count(distinct buyer_id) as buyers,
            cast(coalesce(sum(paid - refunded), 0) as bigint) as revenue
         from orders where store_id = $1 and source_room = $2",
        &[&store, &room],
    )
    .await
}

row! {
    /// What came of one product of the room.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ProductLine {
        pub product_id: ProductId,
        /// 0 for one that was taken off the shelf.
        pub number: i64,
        pub title: String,
        pub impressions: i64,
        pub clicks: i64,
        /// Orders with this product in them.
        pub orders: i64,
        /// Of those, the ones that money came for.
        pub paid: i64,
        /// Pieces in paid orders that were not refunded whole.
        pub pieces: i64,
        /// What those pieces cost after discounts, in minor units; neither freight nor a refund in part is in it.
        pub revenue: i64,
    }
}

/// In the order of the shelf, then what is no longer on it and was ordered.
pub(super) async fn products(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
) -> Result<Vec<ProductLine>, Error> {
    read.query(
        "select a.product_id, coalesce(s.number, 0) as number, p.title, coalesce(s.impressions, 0) as impressions,
            coalesce(s.clicks, 0) as clicks, coalesce(o.orders, 0) as orders, coalesce(o.paid, 0) as paid,
            coalesce(o.pieces, 0) as pieces, coalesce(o.revenue, 0) as revenue
         from (
            select product_id from live_shelf where store_id = $1 and room_id = $2
            union
            select l.product_id from orders o join order_lines l on l.store_id = o.store_id and l.order_id = o.id
            where o.store_id = $1 and o.source_room = $2
         ) a
         join products p on p.store_id = $1 and p.id = a.product_id
         left join live_shelf s on s.store_id = $1 and s.room_id = $2 and s.product_id = a.product_id
         left join (
            select l.product_id, count(distinct o.id) as orders,
                count(distinct case when o.paid > 0 then o.id end) as paid,
                cast(coalesce(sum(case when o.paid > o.refunded then l.quantity end), 0) as bigint) as pieces,
                cast(coalesce(sum(case when o.paid > o.refunded then l.goods - l.discount end), 0) as bigint) as revenue
            from orders o join order_lines l on l.store_id = o.store_id and l.order_id = o.id
            where o.store_id = $1 and o.source_room = $2 group by l.product_id
         ) o on o.product_id = a.product_id
         order by case when s.number is null then 1 else 0 end, s.position, s.number, p.title",
        &[&store, &room],
    )
    .await
}

row! {
    /// One minute of a room.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Minute {
        /// Minutes since 1970.
        pub minute: i64,
        /// The most at once.
        pub viewers: i64,
        pub joins: i64,
        pub likes: i64,
        pub chats: i64,
        pub shares: i64,
        pub impressions: i64,
        pub clicks: i64,
        /// Placed in it.
        pub orders: i64,
        /// Of what was placed in it: what came for it less what went back.
        pub revenue: i64,
    }
}

/// Every minute in which something was counted or ordered.
pub(super) async fn minutes(read: &mut Read, store: StoreId, room: RoomId) -> Result<Vec<Minute>, Error> {
    read.query(
        "select minute, cast(sum(viewers) as bigint) as viewers, cast(sum(joins) as bigint) as joins,
            cast(sum(likes) as bigint) as likes, cast(sum(chats) as bigint) as chats, cast(sum(shares) as bigint) as shares,
            cast(sum(impressions) as bigint) as impressions, cast(sum(clicks) as bigint) as clicks,
            cast(sum(orders) as bigint) as orders, cast(sum(revenue) as bigint) as revenue
         from (
            select minute, viewers, joins, likes, chats, shares, impressions, clicks, 0 as orders, 0 as revenue
            from live_minutes where store_id = $1 and room_id = $2
            union all
            select placed_at / 60000, 0, 0, 0, 0, 0, 0, 0, 1, paid - refunded
            from orders where store_id = $1 and source_room = $2
         ) counted group by minute order by minute",
        &[&store, &room],
    )
    .await
}

use db::Db;
use testkit::db_test;

use super::*;
use crate::{Live, keep, testing::stage};

#[db_test]
async fn a_rooms_numbers_add_up_from_the_first_look_to_the_money(db: Db) {
    let stage = stage(db).await;
    let (room, product, sku) = stage.live_with(10).await;
    let live = Live::of(&stage.app).unwrap();
    let persons: Vec<Uuid> = (0..4).map(|_| Uuid::now_v7()).collect();
    for person in persons.iter().chain(&persons[..2]) {
        live.meters().joined(room.id, *person);
    }
    live.meters().counted(room.id, 4, 9);
    live.meters().seen(room.id, &[(1, 20)], &[(1, 5)], 1);
    keep::write_counts(&stage.app, &live).await;
    stage.advance(60);
    live.meters().joined(room.id, persons[0]);
    live.meters().counted(room.id, 2, 1);
    crate::chat::say(&stage.app, &room, stage.buyer, "Nice").await.unwrap();
    keep::write_counts(&stage.app, &live).await;
    for follower in [stage.buyer, stage.buyer] {
        stores::followers::follow(&stage.app, stage.store.id, follower, Some(room.id)).await.unwrap();
    }
    let first = stage.order(room.id, product, sku, 2).await;
    stage.order(room.id, product, sku, 1).await;
    let paid = stage.app.db.write(stage.store.id, async |tx| {
        tx.execute("update orders set paid = total, refunded = 100 where id = $1", &[&first.id]).await
    });
    paid.await.unwrap();
    let report = of_room(&mut stage.app.db.read().await.unwrap(), &stage.get(room.id).await).await.unwrap();
    let expected = Overview {
        viewers: 4,
        peak: 4,
        average_watch_seconds: (4 + 2) * 10 / 4,
        likes: 10,
        comments: 1,
        shares: 1,
        followers: 1,
        impressions: 20,
        clicks: 5,
        orders: 2,
        paid: 1,
        buyers: 1,
        revenue: first.total - 100,
    };
    assert_eq!(report.overview, expected);
    assert_eq!(report.overview.revenue_per_thousand(), Some((first.total - 100) * 250));
    let line = &report.products[0];
    assert_eq!(
        (line.product_id, line.orders, line.paid, line.pieces, line.revenue),
        (product, 2, 1, 2, 1_000)
    );
    let minutes: Vec<_> =
        report.minutes.iter().map(|m| (m.viewers, m.joins, m.likes, m.chats, m.orders, m.revenue)).collect();
    assert_eq!(minutes, [(4, 4, 9, 0, 0, 0), (2, 0, 1, 1, 2, first.total - 100)]);
}

#[db_test]
async fn who_waits_counts_when_it_begins_and_what_was_taken_off_and_sold_stays(db: Db) {
    let stage = stage(db).await;
    let live = Live::of(&stage.app).unwrap();
    let room = stage.room().await;
    let (store, host) = (stage.store.id, stage.host);
    let (product, skus) = stage.product("Plum tea", 500, &[9]).await;
    crate::shelf::add(&stage.app, store, host, room.id, &[product]).await.unwrap();
    live.meters().joined(room.id, uuid::Uuid::now_v7());
    live.meters().counted(room.id, 7, 3);
    keep::write_counts(&stage.app, &live).await;
    crate::rooms::start(&stage.app, &stage.store, host, room.id).await.unwrap();
    keep::write_counts(&stage.app, &live).await;
    for pieces in [1, 2] {
        let order = stage.order(room.id, product, skus[0], pieces).await;
        stage.pay(&order).await;
        if pieces == 2 {
            stage.cancel_order(order.id).await;
            let sql = "update orders set refunded = paid where id = $1";
            stage.app.db.write(store, async |tx| tx.execute(sql, &[&order.id]).await).await.unwrap();
        }
    }
    crate::shelf::remove(&stage.app, store, host, room.id, product).await.unwrap();
    let report = of_room(&mut stage.app.db.read().await.unwrap(), &stage.get(room.id).await).await.unwrap();
    let all = report.overview;
    assert_eq!((all.viewers, all.peak, all.likes), (0, 0, 0), "nobody who waited was still there");
    let line = &report.products[0];
    assert_eq!((line.number, line.orders, line.paid, line.pieces, line.revenue), (0, 2, 2, 1, 500));
}

#[db_test]
async fn a_room_without_anyone_has_no_revenue_per_viewer(db: Db) {
    let stage = stage(db).await;
    let room = stage.live_room().await;
    let report = of_room(&mut stage.app.db.read().await.unwrap(), &room).await.unwrap();
    assert_eq!(report.overview, Overview::default());
    assert_eq!(report.overview.revenue_per_thousand(), None);
    assert!(report.products.is_empty() && report.minutes.is_empty());
}

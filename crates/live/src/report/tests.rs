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
async fn a_room_without_anyone_has_no_revenue_per_viewer(db: Db) {
    let stage = stage(db).await;
    let room = stage.live_room().await;
    let report = of_room(&mut stage.app.db.read().await.unwrap(), &room).await.unwrap();
    assert_eq!(report.overview, Overview::default());
    assert_eq!(report.overview.revenue_per_thousand(), None);
    assert!(report.products.is_empty() && report.minutes.is_empty());
}

use db::{Db, LaneKey};
use kernel::{AccountId, StoreId, Timestamp};
use testkit::db_test;

use super::*;

#[db_test]
async fn the_log_is_read_newest_first_and_by_filter(db: Db) {
    let now: Timestamp = testkit::morning_clock().now();
    let (one, other, ghost) = (StoreId::new(), StoreId::new(), AccountId::new());
    db.write(LaneKey::PLATFORM, async |tx| {
        record(tx, ghost, one, "order.cancelled", "ord_1", "timeout", now).await?;
        record(tx, None, other, "order.cancelled", "ord_2", "", now).await?;
        record(tx, None, None, "alpha.invited", "mei@example.com", "", now).await
    })
    .await
    .unwrap();
    let mut read = db.read().await.unwrap();
    let all = list(&mut read, &Filter::default()).await.unwrap();
    let subjects: Vec<&str> = all.iter().map(|entry| entry.subject.as_str()).collect();
    assert_eq!(subjects, ["mei@example.com", "ord_2", "ord_1"]);
    let older = Filter { before: Some(all[0].id), ..Filter::default() };
    assert_eq!(list(&mut read, &older).await.unwrap().len(), 2);
    let by_store = Filter { store: Some(one), ..Filter::default() };
    assert_eq!(list(&mut read, &by_store).await.unwrap()[0].subject, "ord_1");
    let by_actor = Filter { actor: Some(ghost), ..Filter::default() };
    assert_eq!(list(&mut read, &by_actor).await.unwrap().len(), 1);
    let by_action = Filter { action: Some("order.cancelled".into()), ..Filter::default() };
    assert_eq!(list(&mut read, &by_action).await.unwrap().len(), 2);
    let by_subject = Filter { subject: Some("ord_2".into()), ..Filter::default() };
    assert_eq!(list(&mut read, &by_subject).await.unwrap().len(), 1);
    assert_eq!(actions(&mut read).await.unwrap(), ["alpha.invited", "order.cancelled"]);
}

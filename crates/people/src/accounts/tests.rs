use db::{Db, LaneKey};
use testkit::db_test;

use super::*;

#[db_test]
async fn one_contact_is_one_account_however_many_ask_at_once(db: Db) {
    let now = testkit::morning_clock().now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let db = db.clone();
        tasks.spawn(async move {
            let contact = Contact::parse("mei@example.com").unwrap();
            // A lane of each task's own, so that on PostgreSQL they truly meet.
            db.write(AccountId::new(), async |tx| of_contact_or_new(tx, &contact, now).await).await.unwrap()
        });
    }
    let mut accounts = tasks.join_all().await;
    accounts.dedup();
    assert_eq!(accounts.len(), 1);
    let mut read = db.read().await.unwrap();
    let account = by_id(&mut read, accounts[0]).await.unwrap().unwrap();
    assert_eq!((account.name.as_str(), account.operator), ("m…", false));
    let made: i64 = read.one("select count(*) from accounts", &[]).await.unwrap();
    assert_eq!(made, 1, "no account without a contact is left");
}

#[db_test]
async fn the_first_operator_is_noticed(db: Db) {
    let now = testkit::morning_clock().now();
    let contact = Contact::parse("+6591234567").unwrap();
    assert!(!has_operator(&mut db.read().await.unwrap()).await.unwrap());
    let account = db
        .write(LaneKey::PLATFORM, async |tx| {
            let account = of_contact_or_new(tx, &contact, now).await?;
            make_operator(tx, account).await?;
            rename(tx, account, "Operations").await?;
            verified(tx, &contact, now).await?;
            Ok::<_, Error>(account)
        })
        .await
        .unwrap();
    let mut read = db.read().await.unwrap();
    assert!(has_operator(&mut read).await.unwrap());
    assert_eq!(by_id(&mut read, account).await.unwrap().unwrap().name, "Operations");
    assert_eq!(contacts(&mut read, account).await.unwrap()[0].verified_at, Some(now));
}

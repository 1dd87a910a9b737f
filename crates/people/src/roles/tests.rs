use db::Db;
use testkit::db_test;

use super::*;
use crate::{Contact, accounts, audit};

async fn store_of(db: &Db, contact: &str) -> (StoreId, AccountId) {
    let now = testkit::morning_clock().now();
    let store = StoreId::new();
    let contact = Contact::parse(contact).unwrap();
    let owner = db
        .write(store, async |tx| {
            let owner = accounts::of_contact_or_new(tx, &contact, now).await?;
            first_owner(tx, store, owner, now).await?;
            Ok::<_, Error>(owner)
        })
        .await
        .unwrap();
    (store, owner)
}

async fn role(db: &Db, store: StoreId, account: AccountId) -> Option<Role> {
    role_of(&mut db.read().await.unwrap(), store, account).await.unwrap()
}

#[db_test]
async fn an_owner_appoints_changes_and_dismisses_and_the_log_says_so(db: Db) {
    let now = testkit::morning_clock().now();
    let (store, owner) = store_of(&db, "owner@example.com").await;
    let clerk = appoint(&db, now, owner, store, "Clerk@Example.com", Role::Clerk).await.unwrap();
    assert_eq!(role(&db, store, clerk).await, Some(Role::Clerk));
    let same = appoint(&db, now, owner, store, "clerk@example.com", Role::Manager).await.unwrap();
    assert_eq!(same, clerk);
    assert_eq!(role(&db, store, clerk).await, Some(Role::Manager));
    dismiss(&db, now, owner, store, clerk).await.unwrap();
    assert_eq!(role(&db, store, clerk).await, None);
    assert!(matches!(dismiss(&db, now, owner, store, clerk).await, Err(DismissError::NotFound)));
    let filter = audit::Filter { store: Some(store), ..Default::default() };
    let log = audit::list(&mut db.read().await.unwrap(), &filter).await.unwrap();
    let actions: Vec<&str> = log.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["staff.dismissed", "staff.changed", "staff.appointed"]);
}

#[db_test]
async fn nobody_reaches_beyond_their_role_or_their_store(db: Db) {
    let now = testkit::morning_clock().now();
    let (store, owner) = store_of(&db, "owner@example.com").await;
    let (_, stranger) = store_of(&db, "other@example.com").await;
    let manager = appoint(&db, now, owner, store, "manager@example.com", Role::Manager).await.unwrap();
    let clerk = appoint(&db, now, manager, store, "clerk@example.com", Role::Clerk).await.unwrap();
    for (actor, target) in
        [(stranger, Role::Host), (clerk, Role::Host), (manager, Role::Manager), (manager, Role::Owner)]
    {
        let answer = appoint(&db, now, actor, store, "new@example.com", target).await;
        assert!(matches!(answer, Err(AppointError::NotAllowed)), "{target:?}");
    }
    let demoted = appoint(&db, now, manager, store, "owner@example.com", Role::Clerk).await;
    assert!(matches!(demoted, Err(AppointError::NotAllowed)), "a manager cannot demote the owner");
    assert!(matches!(dismiss(&db, now, manager, store, owner).await, Err(DismissError::NotAllowed)));
    assert!(matches!(dismiss(&db, now, stranger, store, clerk).await, Err(DismissError::NotAllowed)));
    assert_eq!(members(&mut db.read().await.unwrap(), store).await.unwrap().len(), 3, "nothing changed");
    dismiss(&db, now, clerk, store, clerk).await.unwrap();
    assert_eq!(role(&db, store, clerk).await, None, "anyone may leave");
}

#[db_test]
async fn two_owners_who_leave_at_once_leave_one(db: Db) {
    let now = testkit::morning_clock().now();
    let (store, owner) = store_of(&db, "owner@example.com").await;
    let second = appoint(&db, now, owner, store, "second@example.com", Role::Owner).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for account in [owner, second] {
        let db = db.clone();
        tasks.spawn(async move { dismiss(&db, now, account, store, account).await.is_ok() });
    }
    let left = tasks.join_all().await.into_iter().filter(|left| *left).count();
    assert_eq!(left, 1);
    let members = members(&mut db.read().await.unwrap(), store).await.unwrap();
    assert_eq!(members.len(), 1);
    assert_eq!(members[0].role, Role::Owner);
    let alone = members[0].account_id;
    let demoted = appoint(&db, now, alone, store, members[0].name.as_str(), Role::Clerk).await;
    assert!(matches!(demoted, Err(AppointError::Invalid(_))), "a name is not a contact");
    let contact = accounts::contacts(&mut db.read().await.unwrap(), alone).await.unwrap()[0].contact.clone();
    let demoted = appoint(&db, now, alone, store, contact.as_str(), Role::Clerk).await;
    assert!(matches!(demoted, Err(AppointError::LastOwner)));
}

#[db_test]
async fn a_store_has_a_bounded_staff(db: Db) {
    let now = testkit::morning_clock().now();
    let (store, owner) = store_of(&db, "owner@example.com").await;
    for n in 1..STAFF_MAX {
        appoint(&db, now, owner, store, &format!("c{n}@example.com"), Role::Clerk).await.unwrap();
    }
    let one_more = appoint(&db, now, owner, store, "more@example.com", Role::Clerk).await;
    assert!(matches!(one_more, Err(AppointError::Full)));
    appoint(&db, now, owner, store, "c1@example.com", Role::Host).await.unwrap();
}

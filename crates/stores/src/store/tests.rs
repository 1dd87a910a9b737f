use db::Db;
use kernel::{AccountId, BasisPoints, Currency, Problem};
use people::{Contact, accounts, roles};
use testkit::db_test;

use super::*;
use crate::{branches, page};

pub(crate) async fn account(db: &Db, contact: &str) -> AccountId {
    let now = testkit::morning_clock().now();
    let contact = Contact::parse(contact).unwrap();
    db.write(AccountId::new(), async |tx| accounts::of_contact_or_new(tx, &contact, now).await).await.unwrap()
}

pub(crate) fn new_store(owner: AccountId, handle: &str, name: &str) -> NewStore {
    NewStore {
        handle: handle.into(),
        name: name.into(),
        abbreviation: "Plum".into(),
        intro: "Tea with plums".into(),
        region: "SG".into(),
        currency: Currency::SGD,
        time_zone: "Asia/Singapore".into(),
        owner,
        commission: BasisPoints(60),
        phone: "+65 6123 4567".into(),
        email: "tea@plum.example".into(),
        address: Some(NewAddress {
            text: "1 Bugis Street".into(),
            coordinates: Some((1_300_500, 103_855_100)),
        }),
    }
}

/// A store that stands in tests.
pub(crate) async fn open_store(db: &Db, handle: &str) -> (Store, AccountId) {
    let now = testkit::morning_clock().now();
    let owner = account(db, &format!("{handle}@example.com")).await;
    let new = new_store(owner, handle, &format!("Store {handle}"));
    let store = db.write(owner, async |tx| open(tx, new, now).await).await.unwrap();
    (store, owner)
}

#[db_test]
async fn a_store_opens_with_all_it_needs(db: Db) {
    let (store, owner) = open_store(&db, "plum").await;
    let mut read = db.read().await.unwrap();
    assert_eq!(by_handle(&mut read, "plum").await.unwrap().as_ref(), Some(&store));
    assert_eq!(by_id(&mut read, store.id).await.unwrap().as_ref(), Some(&store));
    assert!(by_handle(&mut read, "plums").await.unwrap().is_none());
    assert_eq!(roles::role_of(&mut read, store.id, owner).await.unwrap(), Some(roles::Role::Owner));
    assert_eq!(page::live(&mut read, store.id).await.unwrap().intro, "Tea with plums");
    let branches = branches::list(&mut read, store.id).await.unwrap();
    assert_eq!((branches.len(), branches[0].latitude, branches[0].pick_up), (1, Some(1_300_500), true));
    assert_eq!(of_member(&mut read, owner).await.unwrap(), [store]);
}

#[db_test]
async fn what_is_taken_or_wrong_is_told_by_field_and_nothing_stays(db: Db) {
    open_store(&db, "plum").await;
    let now = testkit::morning_clock().now();
    let owner = account(&db, "second@example.com").await;
    let refused = async |change: &dyn Fn(&mut NewStore)| {
        let mut new = new_store(owner, "second", "Second store");
        change(&mut new);
        match db.write(owner, async |tx| open(tx, new, now).await).await {
            Err(OpenError::Invalid(invalid)) => invalid.0.into_iter().next().map(|e| (e.field, e.problem)),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(&|new| new.handle = "plum".into()).await, Some(("handle".into(), Problem::Taken)));
    assert_eq!(
        refused(&|new| new.name = "ＳＴＯＲＥ Plum".into()).await,
        Some(("name".into(), Problem::Taken))
    );
    assert_eq!(refused(&|new| new.name = "茶".into()).await, Some(("name".into(), Problem::TooShort(4))));
    assert_eq!(
        refused(&|new| new.time_zone = "Mars/Base".into()).await,
        Some(("time_zone".into(), Problem::NotAChoice))
    );
    assert_eq!(
        refused(&|new| new.intro = "x".repeat(121)).await,
        Some(("intro".into(), Problem::TooLong(120)))
    );
    let mut read = db.read().await.unwrap();
    assert!(of_member(&mut read, owner).await.unwrap().is_empty());
    assert_eq!(read.one::<i64>("select count(*) from branches", &[]).await.unwrap(), 1);
}

use std::{collections::BTreeSet, sync::Arc};

use db::{Db, Read, Tx};
use kernel::{AccountId, Invalid, Problem};
use testkit::db_test;
use tokio::task::JoinSet;

use super::{coupons::Give, *};
use crate::{
    ToolError,
    chat::{self, Measure},
    rooms::{self, Ending, NotAllowed, Step},
    testing::{Stage, account, stage},
};

/// The one coupon there is. Who was given one is written in the claim's transaction, as a keeper of coupons would.
fn five_off() -> CouponId {
    CouponId::from_uuid(uuid::Uuid::from_u128(5))
}

/// Someone who may have none.
fn stranger() -> AccountId {
    AccountId::from_uuid(uuid::Uuid::from_u128(13))
}

async fn of_store(_: &mut Read) -> Result<Vec<Coupon>, db::Error> {
    Ok(vec![Coupon { id: five_off(), title: "S$5 off".into() }])
}

async fn give(tx: &mut Tx, give: Give) -> Result<(), NotGiven> {
    tx.execute("insert into given (account_id) values ($1)", &[&give.to]).await?;
    if give.to == stranger() { Err(NotGiven::Refused("live-drop-over")) } else { Ok(()) }
}

/// A stage on which something hands out coupons.
async fn with_coupons(db: Db) -> Stage {
    let mut stage = stage(db).await;
    let made = stage.app.db.write(stage.store.id, async |tx| {
        tx.execute("create table given (account_id uuid not null primary key)", &[]).await
    });
    made.await.unwrap();
    stage.app.parts.insert(Coupons {
        of_store: |read, _, _| Box::pin(of_store(read)),
        give: |tx, _, given, _| Box::pin(give(tx, given)),
    });
    stage
}

async fn dropped(stage: &Stage, pieces: i64) -> (Room, Drop) {
    let room = stage.live_room().await;
    let new = NewDrop { coupon: five_off(), pieces, minutes: 10 };
    (room.clone(), open(&stage.app, stage.store.id, stage.host, room.id, new).await.unwrap())
}

async fn given(stage: &Stage) -> i64 {
    stage.app.db.read().await.unwrap().one("select count(*) from given", &[]).await.unwrap()
}

#[db_test]
async fn of_four_hundred_who_claim_thrice_fifty_get_one_each(db: Db) {
    let stage = Arc::new(with_coupons(db).await);
    let (room, drop) = dropped(&stage, 50).await;
    let mut tasks = JoinSet::new();
    for _ in 0..400 {
        let person = AccountId::new();
        for _ in 0..3 {
            let (stage, drop) = (stage.clone(), drop.id);
            tasks.spawn(
                async move { (person, claim(&stage.app, stage.store.id, room.id, drop, person).await) },
            );
        }
    }
    let mut got = BTreeSet::new();
    for (person, claimed) in tasks.join_all().await {
        match claimed {
            Ok(coupon) => {
                assert_eq!(coupon, five_off());
                got.insert(person);
            }
            Err(ClaimError::Gone) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(got.len(), 50);
    assert_eq!(given(&stage).await, 50, "each was given once");
    assert_eq!(stage.kinds(room.id).await, ["live_state", "coupon_drop", "coupon_gone"]);
    let person = *got.first().unwrap();
    claim(&stage.app, stage.store.id, room.id, drop.id, person).await.unwrap();
    assert_eq!(given(&stage).await, 50, "who has one has it still");
}

#[db_test]
async fn what_is_not_given_is_left_for_others(db: Db) {
    let stage = with_coupons(db).await;
    let (room, drop) = dropped(&stage, 1).await;
    let try_it = async |person| claim(&stage.app, stage.store.id, room.id, drop.id, person).await;
    assert!(matches!(try_it(stranger()).await, Err(ClaimError::Refused("live-drop-over"))));
    let banned = account(&stage.app, "loud@example.com").await;
    chat::treat(&stage.app, stage.store.id, stage.host, room.id, banned, Measure::Ban).await.unwrap();
    let refused = try_it(banned).await.unwrap_err();
    assert!(matches!(refused, ClaimError::Banned));
    assert!(matches!(web::Error::from(refused), web::Error::Conflict("chat-banned")), "and is told why");
    try_it(stage.buyer).await.unwrap();
    assert_eq!(given(&stage).await, 1);
}

#[db_test]
async fn it_is_over_when_its_time_is_when_the_host_says_so_and_when_the_room_is(db: Db) {
    let stage = with_coupons(db).await;
    let (room, first) = dropped(&stage, 5).await;
    let (store, host) = (stage.store.id, stage.host);
    let try_it = async |drop| claim(&stage.app, store, room.id, drop, stage.buyer).await;
    let open_now =
        async |now| of_room(&mut stage.app.db.read().await.unwrap(), &stage.get(room.id).await, now).await;
    stage.advance(600);
    assert!(matches!(try_it(first.id).await, Err(ClaimError::Gone)));
    assert_eq!(open_now(stage.app.clock.now()).await.unwrap(), []);
    let new = NewDrop { coupon: five_off(), pieces: 5, minutes: 10 };
    let second = open(&stage.app, store, host, room.id, new).await.unwrap();
    close(&stage.app, store, host, room.id, second.id).await.unwrap();
    close(&stage.app, store, host, room.id, second.id).await.unwrap();
    let sql = "select actor_id from audit where action = 'live.drop_ended'";
    let ended: Vec<AccountId> = stage.app.db.read().await.unwrap().column(sql, &[]).await.unwrap();
    assert_eq!(ended, [host], "who ended it is written down, once");
    assert!(matches!(try_it(second.id).await, Err(ClaimError::Gone)));
    let third = open(&stage.app, store, host, room.id, new).await.unwrap();
    rooms::end(&stage.app, store, Some(host), room.id, Ending::Host).await.unwrap();
    assert!(matches!(try_it(third.id).await, Err(ClaimError::Gone)));
    assert_eq!(open_now(stage.app.clock.now()).await.unwrap(), []);
    let kinds = stage.kinds(room.id).await;
    assert_eq!(
        kinds,
        ["live_state", "coupon_drop", "coupon_drop", "coupon_drop", "coupon_drop", "live_state"]
    );
}

#[db_test]
async fn where_there_can_be_none_nothing_is_changed(db: Db) {
    let stage = with_coupons(db).await;
    let room = stage.room().await;
    let good = NewDrop { coupon: five_off(), pieces: 5, minutes: 10 };
    let try_it = async |new| open(&stage.app, stage.store.id, stage.host, room.id, new).await;
    let early = try_it(good).await;
    assert!(matches!(early, Err(ToolError::NotAllowed(NotAllowed(Step::Scheduled)))), "{early:?}");
    rooms::start(&stage.app, &stage.store, stage.host, room.id).await.unwrap();
    let wrong = try_it(NewDrop { coupon: CouponId::new(), pieces: 0, minutes: 61 }).await;
    let Err(ToolError::Invalid(Invalid(errors))) = wrong else { panic!("{wrong:?}") };
    let errors: Vec<_> = errors.iter().map(|error| (&*error.field, &error.problem)).collect();
    let expected = [
        ("coupon", &Problem::NotFound),
        ("pieces", &Problem::TooSmall(1)),
        ("minutes", &Problem::TooLarge(MINUTES_MAX)),
    ];
    assert_eq!(errors, expected);
    for _ in 0..AT_ONCE_MAX {
        try_it(good).await.unwrap();
    }
    assert!(matches!(try_it(good).await, Err(ToolError::Refused("live-drop-too-many"))));
    let (stranger, other) = stage.stranger().await;
    let (now, live) = (stage.app.clock.now(), stage.get(room.id).await);
    let drop = of_room(&mut stage.app.db.read().await.unwrap(), &live, now).await.unwrap().remove(0);
    assert!(matches!(open(&stage.app, other.id, stranger, room.id, good).await, Err(ToolError::NotFound)));
    assert!(matches!(
        close(&stage.app, other.id, stranger, room.id, drop.id).await,
        Err(ToolError::NotFound)
    ));
    assert!(matches!(
        claim(&stage.app, other.id, room.id, drop.id, stranger).await,
        Err(ClaimError::NotFound)
    ));
}

#[db_test]
async fn without_anything_that_hands_out_coupons_there_are_no_drops(db: Db) {
    let stage = stage(db).await;
    let room = stage.live_room().await;
    let new = NewDrop { coupon: five_off(), pieces: 5, minutes: 10 };
    let none = open(&stage.app, stage.store.id, stage.host, room.id, new).await;
    assert!(matches!(none, Err(ToolError::Refused("live-drop-no-coupons"))));
    assert_eq!(stage.kinds(room.id).await, ["live_state"]);
}

//! The write lanes, deadlines, outbox and leases, on both engines.
#![allow(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use db::{Db, Error, LaneKey, Tx, deadlines, leases, outbox};
use kernel::{OrderId, StoreId, Timestamp};
use testkit::db_test;
use tokio::sync::Notify;
use uuid::Uuid;

async fn account(tx: &mut Tx, id: Uuid) -> Result<(), Error> {
    tx.execute(
        "insert into accounts (id, name, operator, created_at) values ($1, $2, $3, $4)",
        &[&id, &"A name", &false, &1i64],
    )
    .await?;
    Ok(())
}

async fn count(db: &Db) -> i64 {
    db.read().await.unwrap().one("select count(*) from accounts", &[]).await.unwrap()
}

#[db_test]
async fn a_failed_writer_undoes_only_its_own(db: Db) {
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..100u128 {
        let db = db.clone();
        tasks.spawn(async move {
            db.write(LaneKey::PLATFORM, async |tx| {
                account(tx, Uuid::from_u128(n)).await?;
                if n % 3 == 0 { Err(Error::Other("changed my mind".into())) } else { Ok(n) }
            })
            .await
            .is_ok()
        });
    }
    let kept = tasks.join_all().await.into_iter().filter(|ok| *ok).count();
    assert_eq!(kept, 66);
    assert_eq!(count(&db).await, 66);
}

#[db_test]
async fn a_unique_index_is_named_the_same_on_both_engines(db: Db) {
    db.write(LaneKey::PLATFORM, async |tx| account(tx, Uuid::from_u128(1)).await).await.unwrap();
    let error =
        db.write(LaneKey::PLATFORM, async |tx| account(tx, Uuid::from_u128(1)).await).await.unwrap_err();
    assert!(error.is_unique("accounts__id"), "{error:?}");
}

#[db_test]
async fn a_swallowed_error_never_commits_half_a_closure(db: Db) {
    db.write(LaneKey::PLATFORM, async |tx| account(tx, Uuid::from_u128(1)).await).await.unwrap();
    let result = db
        .write(LaneKey::PLATFORM, async |tx| {
            let _ = account(tx, Uuid::from_u128(1)).await;
            Ok::<_, Error>(())
        })
        .await;
    // PostgreSQL refuses the closure, SQLite lets it go on; neither may harm who comes next.
    let _ = result;
    db.write(LaneKey::PLATFORM, async |tx| account(tx, Uuid::from_u128(2)).await).await.unwrap();
    assert_eq!(count(&db).await, 2);
}

#[db_test]
async fn a_dropped_writer_leaves_nothing_and_harms_nobody(db: Db) {
    let entered = Arc::new(Notify::new());
    let hangs = tokio::spawn({
        let (db, entered) = (db.clone(), entered.clone());
        async move {
            db.write(LaneKey::PLATFORM, async |tx| {
                account(tx, Uuid::from_u128(1)).await?;
                entered.notify_one();
                std::future::pending::<Result<(), Error>>().await
            })
            .await
        }
    });
    entered.notified().await;
    let waits = tokio::spawn({
        let db = db.clone();
        async move { db.write(LaneKey::PLATFORM, async |tx| account(tx, Uuid::from_u128(2)).await).await }
    });
    hangs.abort();
    waits.await.unwrap().unwrap();
    let left: Vec<Uuid> = db.read().await.unwrap().column("select id from accounts", &[]).await.unwrap();
    assert_eq!(left, [Uuid::from_u128(2)]);
}

#[db_test]
async fn a_batch_whose_writers_all_left_is_closed(db: Db) {
    // The writer is done and waits for its batch when it is dropped; the batch must not stay open.
    for n in 0..50u128 {
        let writer = tokio::spawn({
            let db = db.clone();
            async move { db.write(LaneKey::PLATFORM, async |tx| account(tx, Uuid::from_u128(n)).await).await }
        });
        if n % 2 == 0 {
            tokio::task::yield_now().await;
        }
        writer.abort();
        let _ = writer.await;
    }
    db.write(LaneKey::PLATFORM, async |tx| account(tx, Uuid::from_u128(1000)).await).await.unwrap();
    assert!(count(&db).await >= 1);
}

#[db_test]
async fn a_panic_in_a_closure_leaves_the_lane_whole(db: Db) {
    let panics = tokio::spawn({
        let db = db.clone();
        async move {
            db.write(LaneKey::PLATFORM, async |tx| {
                account(tx, Uuid::from_u128(1)).await?;
                if count_to(3) == 3 {
                    panic!("on purpose");
                }
                Ok::<_, Error>(())
            })
            .await
        }
    });
    assert!(panics.await.unwrap_err().is_panic());
    db.write(LaneKey::PLATFORM, async |tx| account(tx, Uuid::from_u128(2)).await).await.unwrap();
    assert_eq!(count(&db).await, 1);
}

fn count_to(n: usize) -> usize {
    (0..n).count()
}

/// What a closure that fails after it changed something costs the others of its batch: another run, and nothing else.
#[db_test]
async fn who_shares_a_batch_with_a_failure_is_kept_once(db: Db) {
    let runs = Arc::new(AtomicUsize::new(0));
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..60u128 {
        let (db, runs) = (db.clone(), runs.clone());
        tasks.spawn(async move {
            let kept = db.write(LaneKey::PLATFORM, async |tx| {
                runs.fetch_add(1, Ordering::Relaxed);
                account(tx, Uuid::from_u128(n)).await?;
                let seen: i64 =
                    tx.one("select count(*) from accounts where id = $1", &[&Uuid::from_u128(n)]).await?;
                if n % 10 == 9 { Err(Error::Other("changed my mind".into())) } else { Ok(seen) }
            });
            (n, kept.await)
        });
    }
    for (n, kept) in tasks.join_all().await {
        assert_eq!(kept.ok(), (n % 10 != 9).then_some(1), "writer {n}");
    }
    assert_eq!(count(&db).await, 54);
    let runs = runs.load(Ordering::Relaxed);
    match db.engine() {
        // Each has a savepoint of its own.
        "PostgreSQL" => assert_eq!(runs, 60),
        _ => assert!(runs > 60, "a batch was undone and run again: {runs}"),
    }
}

#[db_test]
async fn a_failure_that_changed_nothing_makes_nobody_run_again(db: Db) {
    let runs = Arc::new(AtomicUsize::new(0));
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..60u128 {
        let (db, runs) = (db.clone(), runs.clone());
        tasks.spawn(async move {
            db.write(LaneKey::PLATFORM, async |tx| {
                runs.fetch_add(1, Ordering::Relaxed);
                if n % 2 == 0 {
                    return Err(Error::Other("refused before anything".into()));
                }
                account(tx, Uuid::from_u128(n)).await
            })
            .await
        });
    }
    let kept = tasks.join_all().await.into_iter().filter(Result::is_ok).count();
    assert_eq!((kept, count(&db).await, runs.load(Ordering::Relaxed)), (30, 30, 60));
}

#[db_test]
async fn who_shares_a_batch_with_one_that_was_dropped_is_kept(db: Db) {
    let entered = Arc::new(Notify::new());
    let hangs = tokio::spawn({
        let (db, entered) = (db.clone(), entered.clone());
        async move {
            // Someone else is in the same batch before it hangs.
            let first = db.write(LaneKey::PLATFORM, async |tx| account(tx, Uuid::from_u128(1)).await);
            let hanging = db.write(LaneKey::PLATFORM, async |tx| {
                account(tx, Uuid::from_u128(2)).await?;
                entered.notify_one();
                std::future::pending::<Result<(), Error>>().await
            });
            let _ = tokio::join!(first, hanging);
        }
    });
    entered.notified().await;
    let waits = tokio::spawn({
        let db = db.clone();
        async move { db.write(LaneKey::PLATFORM, async |tx| account(tx, Uuid::from_u128(3)).await).await }
    });
    hangs.abort();
    waits.await.unwrap().unwrap();
    let left: Vec<Uuid> = db
        .read()
        .await
        .unwrap()
        .column("select id from accounts where id <> $1", &[&Uuid::from_u128(1)])
        .await
        .unwrap();
    assert_eq!(left, [Uuid::from_u128(3)], "the one that hung left nothing");
}

/// A reader keeps what it has seen in memory, and yet misses nothing that was answered.
#[db_test]
async fn every_read_sees_what_was_answered_before(db: Db) {
    let mut kept = db.read().await.unwrap();
    for n in 0..20u128 {
        assert_eq!(kept.one::<i64>("select count(*) from accounts", &[]).await.unwrap(), n as i64);
        db.write(LaneKey::PLATFORM, async |tx| account(tx, Uuid::from_u128(n)).await).await.unwrap();
        assert_eq!(count(&db).await, n as i64 + 1, "a reader from the pool");
    }
    let other = Db::open(&db.target()).await.unwrap();
    other.write(LaneKey::PLATFORM, async |tx| account(tx, Uuid::from_u128(100)).await).await.unwrap();
    assert_eq!(
        kept.one::<i64>("select count(*) from accounts", &[]).await.unwrap(),
        21,
        "of another handle too"
    );
}

#[db_test]
async fn a_writer_reads_its_own_writes_and_a_reader_cannot_write(db: Db) {
    db.write(LaneKey::PLATFORM, async |tx| account(tx, Uuid::from_u128(1)).await).await.unwrap();
    assert_eq!(count(&db).await, 1);
    if db.engine() == "SQLite" {
        let mut read = db.read().await.unwrap();
        assert!(read.opt::<Uuid>("delete from accounts returning id", &[]).await.is_err());
    }
}

#[db_test]
async fn a_deadline_comes_once_and_is_put_off_after_a_failure(db: Db) {
    let (store, order) = (StoreId::new(), OrderId::new());
    let at = |ms| Timestamp::from_millisecond(ms).unwrap();
    db.write(store, async |tx| deadlines::set(tx, store, "pay-by", order, at(1_000)).await).await.unwrap();
    assert!(deadlines::due(&db, at(999), 10).await.unwrap().is_empty());
    let due = deadlines::due(&db, at(1_000), 10).await.unwrap();
    assert_eq!((due.len(), due[0].subject, due[0].kind.as_str()), (1, order.uuid(), "pay-by"));
    deadlines::later(&db, &due[0], at(1_000)).await.unwrap();
    assert!(deadlines::due(&db, at(1_500), 10).await.unwrap().is_empty());
    assert_eq!(deadlines::due(&db, at(2_000), 10).await.unwrap()[0].tries, 1);
    db.write(store, async |tx| deadlines::clear(tx, store, "pay-by", order).await).await.unwrap();
    assert!(deadlines::due(&db, at(9_000), 10).await.unwrap().is_empty());
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Rang(u32);
impl outbox::Event for Rang {
    const KIND: &'static str = "bell.rang";
}

#[db_test]
async fn events_of_a_store_keep_their_order_also_when_one_must_wait(db: Db) {
    let (slow, quick) = (StoreId::new(), StoreId::new());
    let at = |ms| Timestamp::from_millisecond(ms).unwrap();
    for (store, n) in [(slow, 1), (slow, 2), (quick, 3)] {
        db.write(store, async |tx| outbox::add(tx, Some(store), &Rang(n), at(0)).await).await.unwrap();
    }
    let first = outbox::due(&db, at(0), 10).await.unwrap();
    assert_eq!(first.len(), 3);
    outbox::later(&db, &first[0], at(0)).await.unwrap();
    let now: Vec<u32> = outbox::due(&db, at(0), 10).await.unwrap().iter().map(number).collect();
    assert_eq!(now, [3], "the second of the slow store waits for the first");
    outbox::done(&db, &[first[2].id]).await.unwrap();
    let then: Vec<u32> = outbox::due(&db, at(1_000), 10).await.unwrap().iter().map(number).collect();
    assert_eq!(then, [1, 2]);
}

fn number(event: &outbox::Pending) -> u32 {
    event.read::<Rang>().unwrap().unwrap().0
}

#[db_test]
async fn a_lease_has_one_holder_at_a_time(db: Db) {
    let at = |ms| Timestamp::from_millisecond(ms).unwrap();
    let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let for_10_s = Duration::from_secs(10);
    assert!(leases::take(&db, "outbox", one, at(0), for_10_s).await.unwrap());
    assert!(!leases::take(&db, "outbox", other, at(5_000), for_10_s).await.unwrap());
    assert!(leases::take(&db, "outbox", one, at(5_000), for_10_s).await.unwrap(), "the holder extends it");
    assert!(leases::take(&db, "outbox", other, at(15_000), for_10_s).await.unwrap(), "it ran out");
    leases::release(&db, "outbox", other).await.unwrap();
    assert!(leases::take(&db, "outbox", one, at(15_001), for_10_s).await.unwrap());
}

//! What must happen at a time. A deadline is a row in the transaction that creates the need, so it survives a
//! restart; the verb that meets it clears it in its own transaction, so it happens once, be it late.

use kernel::{Id, Kind, StoreId, Timestamp};
use uuid::Uuid;

use crate::{Db, Error, Tx, outbox::back_off, row};

row! {
    /// A deadline that has come.
    #[derive(Clone, Debug)]
    pub struct Due {
        pub store_id: StoreId,
        pub kind: String,
        pub subject: Uuid,
        pub due_at: Timestamp,
        pub tries: i64,
    }
}

/// Sets the deadline of this kind for `subject`, or moves it.
pub async fn set<K: Kind>(
    tx: &mut Tx,
    store: StoreId,
    kind: &str,
    subject: Id<K>,
    due_at: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "insert into deadlines (store_id, kind, subject, due_at, not_before) values ($1, $2, $3, $4, $4)
         on conflict (store_id, kind, subject) do update set due_at = $4, not_before = $4, tries = 0",
        &[&store, &kind, &subject, &due_at],
    )
    .await?;
    Ok(())
}

/// Takes the deadline back, or marks it met.
pub async fn clear<K: Kind>(tx: &mut Tx, store: StoreId, kind: &str, subject: Id<K>) -> Result<(), Error> {
    tx.execute(
        "delete from deadlines where store_id = $1 and kind = $2 and subject = $3",
        &[&store, &kind, &subject],
    )
    .await?;
    Ok(())
}

/// The deadlines that have come, the oldest first.
pub async fn due(db: &Db, now: Timestamp, most: i64) -> Result<Vec<Due>, Error> {
    let mut read = db.read().await?;
    read.query(
        "select store_id, kind, subject, due_at, tries from deadlines where not_before <= $1 order by not_before limit $2",
        &[&now, &most],
    )
    .await
}

/// Puts a deadline off after its verb failed, so that one that cannot be met does not hold up the others.
pub async fn later(db: &Db, due: &Due, now: Timestamp) -> Result<(), Error> {
    let not_before = now + back_off(due.tries);
    db.write(due.store_id, async |tx| {
        tx.execute(
            "update deadlines set tries = tries + 1, not_before = $4 where store_id = $1 and kind = $2 and subject = $3",
            &[&due.store_id, &due.kind, &due.subject, &not_before],
        )
        .await?;
        Ok(())
    })
    .await
}

//! Events that leave with the change they tell of: both are written, or neither. One process at a time delivers
//! them (see [`leases`](crate::leases)), in order for each store, at least once; whoever hears an event must bear hearing it twice.

use std::time::Duration;

use kernel::{EventId, StoreId, Timestamp};
use serde::{Serialize, de::DeserializeOwned};

use crate::{Db, Error, LaneKey, Tx, row};

/// Something that happened, as other capabilities hear of it.
pub trait Event: Serialize + DeserializeOwned + Sync {
    /// Its name in the outbox, such as `order.placed`.
    const KIND: &'static str;
}

row! {
    /// An event on its way.
    #[derive(Clone, Debug)]
    pub struct Pending {
        pub id: EventId,
        pub store_id: Option<StoreId>,
        pub kind: String,
        pub body: String,
        pub at: Timestamp,
        pub tries: i64,
    }
}

impl Pending {
    /// The event, if it is one of this kind.
    pub fn read<E: Event>(&self) -> Option<Result<E, serde_json::Error>> {
        (self.kind == E::KIND).then(|| serde_json::from_str(&self.body))
    }
}

/// Adds an event to the transaction.
pub async fn add<E: Event>(
    tx: &mut Tx,
    store: Option<StoreId>,
    event: &E,
    now: Timestamp,
) -> Result<(), Error> {
    let body = serde_json::to_string(event).map_err(|error| Error::Other(error.to_string()))?;
    tx.execute(
        "insert into outbox (id, store_id, kind, body, at, not_before) values ($1, $2, $3, $4, $5, $5)",
        &[&EventId::new(), &store, &E::KIND, &body, &now],
    )
    .await?;
    Ok(())
}

/// The oldest events that may be told now. A store whose oldest event must wait does not overtake itself.
pub async fn due(db: &Db, now: Timestamp, most: i64) -> Result<Vec<Pending>, Error> {
    let mut read = db.read().await?;
    read.query(
        "select id, store_id, kind, body, at, tries from outbox o where not_before <= $1 and not exists (
            select 1 from outbox e where e.store_id = o.store_id and e.id < o.id and e.tries > 0 and e.not_before > $1)
         order by id limit $2",
        &[&now, &most],
    )
    .await
}

/// Removes events that were told.
pub async fn done(db: &Db, told: &[EventId]) -> Result<(), Error> {
    db.write(LaneKey::PLATFORM, async |tx| {
        for id in told {
            tx.execute("delete from outbox where id = $1", &[id]).await?;
        }
        Ok(())
    })
    .await
}

/// Puts an event off after a failure: 1 s, 2 s, 4 s … at most five minutes.
pub async fn later(db: &Db, event: &Pending, now: Timestamp) -> Result<(), Error> {
    let not_before = now + back_off(event.tries);
    db.write(LaneKey::PLATFORM, async |tx| {
        tx.execute(
            "update outbox set tries = tries + 1, not_before = $2 where id = $1",
            &[&event.id, &not_before],
        )
        .await?;
        Ok(())
    })
    .await
}

/// How long to wait after so many failed tries.
pub(crate) fn back_off(tries: i64) -> Duration {
    Duration::from_secs(1 << tries.clamp(0, 9)).min(Duration::from_secs(300))
}

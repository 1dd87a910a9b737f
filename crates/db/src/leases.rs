//! A job that only one process may do at a time, such as delivering the outbox.

use std::time::Duration;

use kernel::Timestamp;
use uuid::Uuid;

use crate::{Db, Error, LaneKey};

/// Takes or extends the lease `name` for `holder`; answers whether it is now theirs. A process that dies lets
/// it go by no longer extending it.
pub async fn take(
    db: &Db,
    name: &str,
    holder: Uuid,
    now: Timestamp,
    lasting: Duration,
) -> Result<bool, Error> {
    let until = now + lasting;
    db.write(LaneKey::PLATFORM, async |tx| {
        let rows = tx
            .execute(
                "insert into leases (name, holder, until) values ($1, $2, $3)
                 on conflict (name) do update set holder = $2, until = $3 where leases.holder = $2 or leases.until <= $4",
                &[&name, &holder, &until, &now],
            )
            .await?;
        Ok(rows == 1)
    })
    .await
}

/// Gives the lease back, so that another process need not wait for it to run out.
pub async fn release(db: &Db, name: &str, holder: Uuid) -> Result<(), Error> {
    db.write(LaneKey::PLATFORM, async |tx| {
        tx.execute("delete from leases where name = $1 and holder = $2", &[&name, &holder]).await?;
        Ok(())
    })
    .await
}

//! How often something may be done: so many times within so long, counted exactly, on every machine at once.

use std::time::Duration;

use db::{Error, Json, Tx};
use kernel::Timestamp;

/// A limit on how often.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    pub times: usize,
    pub within: Duration,
}

/// Counts one more, and answers whether the limit bears it. Inside a transaction that fails, nothing is counted.
pub async fn take(tx: &mut Tx, name: &str, limit: Limit, now: Timestamp) -> Result<bool, Error> {
    // The upsert locks the row until the transaction ends, so two who ask at once are counted one after the other.
    let Json(mut recent): Json<Vec<i64>> = tx
        .one(
            "insert into throttles (name, recent, latest_at) values ($1, '[]', $2)
             on conflict (name) do update set latest_at = $2 returning recent",
            &[&name, &now],
        )
        .await?;
    let oldest = (now - limit.within).as_millisecond();
    recent.retain(|at| *at > oldest);
    if recent.len() >= limit.times {
        return Ok(false);
    }
    recent.push(now.as_millisecond());
    tx.execute("update throttles set recent = $2 where name = $1", &[&name, &Json(recent)]).await?;
    Ok(true)
}

/// Forgets what was last done before `before`.
pub(crate) async fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64, Error> {
    tx.execute("delete from throttles where latest_at < $1", &[&before]).await
}

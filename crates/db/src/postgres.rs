//! PostgreSQL: a pool for reading and, taken from it, one connection for each write lane.

use std::str::FromStr;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod};
use tokio_postgres::NoTls;

use crate::{Error, Promise, Read, conn::Conn};

/// Write lanes of one process. More lanes compete for the same rows; fewer leave the server idle.
pub(crate) const LANES: usize = 4;
/// Connections for reading, beside the lanes.
const READERS: usize = 16;

pub(crate) fn pool(url: &str, promise: Promise) -> Result<Pool, Error> {
    let config = tokio_postgres::Config::from_str(url).map_err(|e| Error::Unavailable(e.to_string()))?;
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    Pool::builder(Manager::from_config(config, NoTls, recycling))
        .max_size(LANES + READERS)
        .post_create(Hook::async_fn(move |client, _| {
            let settings = match promise {
                // What the server is set to: it waits for its disk unless its owner decided otherwise.
                Promise::OnDisk => "set lock_timeout = '10s'",
                Promise::Soon => "set lock_timeout = '10s'; set synchronous_commit = off",
            };
            Box::pin(async move { client.batch_execute(settings).await.map_err(HookError::Backend) })
        }))
        .build()
        .map_err(|e| Error::Unavailable(e.to_string()))
}

pub(crate) async fn reader(pool: &Pool) -> Result<Read, Error> {
    Ok(Read(Conn::Postgres(pool.get().await?)))
}

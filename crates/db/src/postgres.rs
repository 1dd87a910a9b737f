//! PostgreSQL: a pool for reading and, taken from it, one connection for each write lane.

use std::str::FromStr;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod};
use tokio_postgres::NoTls;

use crate::{Error, Read, conn::Conn};

/// Write lanes of one process. More lanes compete for the same rows; fewer leave the server idle.
pub(crate) const LANES: usize = 4;
/// Connections for reading, beside the lanes.
const READERS: usize = 16;

pub(crate) fn pool(url: &str) -> Result<Pool, Error> {
    let config = tokio_postgres::Config::from_str(url).map_err(|e| Error::Unavailable(e.to_string()))?;
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    Pool::builder(Manager::from_config(config, NoTls, recycling))
        .max_size(LANES + READERS)
        .post_create(Hook::async_fn(|client, _| {
            Box::pin(async move {
                client.batch_execute("set lock_timeout = '10s'").await.map_err(HookError::Backend)
            })
        }))
        .build()
        .map_err(|e| Error::Unavailable(e.to_string()))
}

pub(crate) async fn reader(pool: &Pool) -> Result<Read, Error> {
    Ok(Read(Conn::Postgres(pool.get().await?)))
}

//! PostgreSQL: a pool for reading and, taken from it, one connection for each write lane.

use std::{pin::Pin, str::FromStr};

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Object, Pool, RecyclingMethod};
use tokio_postgres::{NoTls, Row, types::ToSql};

use crate::{Cell, Error, Promise, Read, conn::Conn};

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

/// What PostgreSQL is asked waits in a box: the futures of its client are large, and each question of every handler would
/// otherwise carry one, also on SQLite, which never waits.
type Boxed<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

pub(crate) fn connection(pool: &Pool) -> Boxed<'_, Read> {
    Box::pin(async move { Ok(Read(Conn::Postgres(pool.get().await?))) })
}

pub(crate) fn rows<'a>(client: &'a Object, sql: &'a str, cells: Vec<Cell<'a>>) -> Boxed<'a, Vec<Row>> {
    Box::pin(async move {
        let statement = client.prepare_cached(sql).await?;
        Ok(client.query(&statement, &parameters(&cells)).await?)
    })
}

pub(crate) fn execute<'a>(client: &'a Object, sql: &'a str, cells: Vec<Cell<'a>>) -> Boxed<'a, u64> {
    Box::pin(async move {
        let statement = client.prepare_cached(sql).await?;
        Ok(client.execute(&statement, &parameters(&cells)).await?)
    })
}

pub(crate) fn control<'a>(client: &'a Object, sql: &'a str) -> Boxed<'a, ()> {
    Box::pin(async move { Ok(client.batch_execute(sql).await?) })
}

fn parameters<'c>(cells: &'c [Cell<'_>]) -> Vec<&'c (dyn ToSql + Sync)> {
    cells.iter().map(|cell| cell as _).collect()
}

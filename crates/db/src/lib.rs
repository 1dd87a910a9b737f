//! One SQL on two engines. SQLite holds a whole shop in one file; PostgreSQL serves many machines.
//!
//! Reading: [`Db::read`] gives a connection that cannot write. Writing: [`Db::write`] runs a closure in a
//! *write lane*, where everyone who waits shares one transaction and one fsync (see `lane.rs`). The same SQL
//! text serves both engines: numbered parameters, RETURNING, ON CONFLICT. Nothing here knows about shops.

mod cell;
mod conn;
pub mod deadlines;
mod error;
mod lane;
pub mod leases;
mod log;
mod migrate;
pub mod outbox;
mod postgres;
mod row;
mod sqlite;

use std::{path::PathBuf, sync::Arc};

pub use cell::{Cell, FromCell, Json, ToCell};
pub use conn::{Read, Tx};
pub use error::Error;
pub use lane::LaneKey;
pub use migrate::schema_fingerprint;
pub use row::{FromRow, Row};
pub use sqlite::copy as copy_sqlite;

/// Where the data is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A file; made if it is not there.
    Sqlite(PathBuf),
    /// `postgres://user@host/database`.
    Postgres(String),
}

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Engine>);

enum Engine {
    /// The readers are closed first: the last one who closes the file brings it in order, and must be able to write.
    Sqlite {
        readers: Arc<sqlite::Readers>,
        lane: Arc<lane::Lane>,
        file: PathBuf,
    },
    Postgres {
        lanes: Vec<Arc<lane::Lane>>,
        pool: deadpool_postgres::Pool,
        url: String,
    },
}

/// What `Ok` of a write means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Promise {
    /// It is on the disk, also when the power fails.
    OnDisk,
    /// It will be on the disk soon, in the order in which it was written.
    Soon,
}

impl Db {
    /// Opens the database as it is; [`Db::migrate`] brings its tables up to date.
    pub async fn open(target: &Target) -> Result<Db, Error> {
        let engine = match target {
            Target::Sqlite(file) => {
                // Before any reader opens it: this makes the file.
                let writer = sqlite::open_writer(file, Promise::OnDisk)?;
                let readers = sqlite::Readers::new(file.clone());
                let lane = lane::Lane::sqlite(writer, readers.idle());
                Engine::Sqlite { readers: Arc::new(readers), lane, file: file.clone() }
            }
            Target::Postgres(url) => Self::postgres(url, Promise::OnDisk)?,
        };
        Ok(Db(Arc::new(engine)))
    }

    /// The same database, without waiting for the disk at each write: a power cut may take back what was written last,
    /// though never a part of it. For filling it with what could be made again, such as a demo's or a test's.
    pub fn relaxed(&self) -> Result<Db, Error> {
        let engine = match &*self.0 {
            // Its readers are this one's: none may keep the log from beginning anew, whoever writes.
            Engine::Sqlite { readers, file, .. } => {
                let lane = lane::Lane::sqlite(sqlite::open_writer(file, Promise::Soon)?, readers.idle());
                Engine::Sqlite { readers: readers.clone(), lane, file: file.clone() }
            }
            Engine::Postgres { url, .. } => Self::postgres(url, Promise::Soon)?,
        };
        Ok(Db(Arc::new(engine)))
    }

    fn postgres(url: &str, promise: Promise) -> Result<Engine, Error> {
        let pool = postgres::pool(url, promise)?;
        let lanes = (0..postgres::LANES).map(|_| lane::Lane::postgres(pool.clone())).collect();
        Ok(Engine::Postgres { lanes, pool, url: url.to_owned() })
    }

    /// Applies the migrations that are missing; answers with how many those were.
    pub async fn migrate(&self) -> Result<usize, Error> {
        match &*self.0 {
            Engine::Sqlite { file, .. } => {
                let applied = migrate::sqlite(file);
                sqlite::committed();
                applied
            }
            Engine::Postgres { url, .. } => migrate::postgres(url).await,
        }
    }

    /// How many migrations this binary knows that the database has not seen.
    pub async fn migrations_missing(&self) -> Result<usize, Error> {
        let mut read = self.read().await?;
        let known = migrate::known();
        match read.one::<i64>("select count(*) from refinery_schema_history", &[]).await {
            Ok(applied) => Ok(known.saturating_sub(applied as usize)),
            // Without the table no migration was ever applied.
            Err(_) => Ok(known),
        }
    }

    /// A connection for reading. It sees all that was answered before.
    pub async fn read(&self) -> Result<Read, Error> {
        match &*self.0 {
            Engine::Sqlite { readers, .. } => readers.take().await,
            Engine::Postgres { pool, .. } => postgres::connection(pool).await,
        }
    }

    /// Runs `work` in the lane of `key`, alone there; `Ok` means that it is on disk. An error rolls back what
    /// `work` did, and nothing else. Touch only the database inside: everyone in the lane is waiting, and what it did
    /// may be undone and done again for another's sake (see `lane.rs`), with only the last time counting.
    pub async fn write<T, E: From<Error>>(
        &self,
        key: impl Into<LaneKey>,
        work: impl AsyncFnOnce(&mut Tx) -> Result<T, E> + Clone,
    ) -> Result<T, E> {
        let lane = match &*self.0 {
            Engine::Sqlite { lane, .. } => lane,
            Engine::Postgres { lanes, .. } => &lanes[key.into().index(lanes.len())],
        };
        lane.write(work).await
    }

    /// Whether the database is sound: SQLite checks its whole file, PostgreSQL that it answers.
    pub async fn check(&self) -> Result<(), Error> {
        let question = match &*self.0 {
            Engine::Sqlite { .. } => "pragma integrity_check",
            Engine::Postgres { .. } => "select 'ok'",
        };
        let answer: String = self.read().await?.one(question, &[]).await?;
        if answer == "ok" { Ok(()) } else { Err(Error::Other(answer)) }
    }

    /// The engine's name, for people.
    pub fn engine(&self) -> &'static str {
        match &*self.0 {
            Engine::Sqlite { .. } => "SQLite",
            Engine::Postgres { .. } => "PostgreSQL",
        }
    }

    /// Where the data is.
    pub fn target(&self) -> Target {
        match &*self.0 {
            Engine::Sqlite { file, .. } => Target::Sqlite(file.clone()),
            Engine::Postgres { url, .. } => Target::Postgres(url.clone()),
        }
    }
}

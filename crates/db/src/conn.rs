//! Connections: [`Read`] asks, [`Tx`] also changes. A `Tx` is a `Read`, so what reads works in both.

use std::ops::{Deref, DerefMut};

use deadpool_postgres::Object;
use rusqlite::Connection;

use crate::{
    Cell, Error, FromCell, FromRow, Row, ToCell, postgres,
    row::Inner,
    sqlite::{self, Pooled},
};

/// A connection for questions.
pub struct Read(pub(crate) Conn);

/// A place in the running transaction of a write lane.
pub struct Tx(pub(crate) Read);

pub(crate) enum Conn {
    /// The lane's own connection to the file.
    SqliteWriter(Connection),
    /// One of the readers, given back when dropped.
    SqliteReader(Pooled),
    Postgres(Object),
}

impl Deref for Tx {
    type Target = Read;
    fn deref(&self) -> &Read {
        &self.0
    }
}
impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Read {
        &mut self.0
    }
}

/// Parameters, in the order of their numbers: `&[&store.id, &name]` for `$1` and `$2`.
pub type Params<'a> = &'a [&'a (dyn ToCell + 'a)];

fn cells<'p>(params: Params<'p>) -> Vec<Cell<'p>> {
    params.iter().map(|param| param.to_cell()).collect()
}

impl Read {
    /// All rows of the answer.
    pub async fn query<T: FromRow>(&mut self, sql: &str, params: Params<'_>) -> Result<Vec<T>, Error> {
        self.rows(sql, params, usize::MAX, T::from_row).await
    }
    /// The first row, if there is one.
    pub async fn query_opt<T: FromRow>(&mut self, sql: &str, params: Params<'_>) -> Result<Option<T>, Error> {
        Ok(self.rows(sql, params, 1, T::from_row).await?.pop())
    }
    /// The one row that must be there.
    pub async fn query_one<T: FromRow>(&mut self, sql: &str, params: Params<'_>) -> Result<T, Error> {
        self.query_opt(sql, params).await?.ok_or(Error::Missing)
    }
    /// The first column of the one row that must be there.
    pub async fn one<T: FromCell>(&mut self, sql: &str, params: Params<'_>) -> Result<T, Error> {
        self.opt(sql, params).await?.ok_or(Error::Missing)
    }
    /// The first column of the first row, if there is one.
    pub async fn opt<T: FromCell>(&mut self, sql: &str, params: Params<'_>) -> Result<Option<T>, Error> {
        Ok(self.rows(sql, params, 1, |row| row.first()).await?.pop())
    }
    /// The first column of all rows.
    pub async fn column<T: FromCell>(&mut self, sql: &str, params: Params<'_>) -> Result<Vec<T>, Error> {
        self.rows(sql, params, usize::MAX, |row| row.first()).await
    }

    async fn rows<T>(
        &mut self,
        sql: &str,
        params: Params<'_>,
        most: usize,
        read: impl Fn(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        match &mut self.0 {
            Conn::SqliteWriter(conn) => sqlite::rows(conn, sql, params, most, read),
            Conn::SqliteReader(reader) => sqlite::rows(reader.current()?, sql, params, most, read),
            Conn::Postgres(client) => {
                let rows = postgres::rows(client, sql, cells(params)).await?;
                rows.iter().take(most).map(|row| read(&Row::new(Inner::Postgres(row)))).collect()
            }
        }
    }
}

impl Tx {
    /// Changes rows; answers with how many.
    pub async fn execute(&mut self, sql: &str, params: Params<'_>) -> Result<u64, Error> {
        match &self.0.0 {
            Conn::SqliteWriter(conn) => sqlite::execute(conn, sql, params),
            Conn::SqliteReader(_) => Err(Error::Other("a reader cannot write".into())),
            Conn::Postgres(client) => postgres::execute(client, sql, cells(params)).await,
        }
    }

    /// How many rows this connection has changed so far, as far as SQLite counts.
    pub(crate) fn changes(&self) -> u64 {
        match &self.0.0 {
            Conn::SqliteWriter(conn) => conn.total_changes(),
            _ => 0,
        }
    }

    /// Whether SQLite ended the transaction by itself.
    pub(crate) fn is_over(&self) -> bool {
        matches!(&self.0.0, Conn::SqliteWriter(conn) if conn.is_autocommit())
    }

    /// Statements of the transaction itself: no parameters, no answer.
    pub(crate) async fn control(&mut self, sql: &'static str) -> Result<(), Error> {
        match &self.0.0 {
            Conn::SqliteWriter(conn) => sqlite::control(conn, sql),
            Conn::SqliteReader(_) => Err(Error::Other("a reader has no transaction".into())),
            Conn::Postgres(client) => postgres::control(client, sql).await,
        }
    }
}

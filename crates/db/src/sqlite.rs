//! SQLite in the process: one connection writes, a few read. Statements run where they are called; only what
//! waits for the disk (the commit) tells the runtime that it blocks.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{Error, Promise, Read, Row, conn::Conn, conn::Params, log, row::Inner};

/// Readers at once; a page needs one for well under a millisecond.
const READERS: usize = 16;
/// Compiled statements kept by each connection; all of ours are fixed texts.
const STATEMENTS: usize = 512;
/// A reader looks again at least this often, in case another process has written, such as a person with SQLite's shell.
const LONGEST_LOOK: Duration = Duration::from_millis(100);

/// Commits of this process so far, whichever connection made them. A view of the file that began before the latest may
/// miss what was answered since.
static COMMITS: AtomicU64 = AtomicU64::new(0);

/// Notes that something was committed, before anyone is told so.
pub(crate) fn committed() {
    COMMITS.fetch_add(1, Ordering::AcqRel);
}

pub(crate) fn open_writer(file: &Path, promise: Promise) -> Result<Connection, Error> {
    let mut conn = Connection::open(file)?;
    conn.busy_timeout(Duration::from_secs(5))?;
    conn.execute_batch(
        "pragma journal_mode = wal; pragma foreign_keys = on; pragma cache_size = -16000; pragma temp_store = memory;",
    )?;
    log::keep_short(&mut conn, file)?;
    conn.execute_batch(match promise {
        Promise::OnDisk => "pragma synchronous = full;",
        Promise::Soon => "pragma synchronous = normal;",
    })?;
    keep_statements(&conn)?;
    Ok(conn)
}

fn open_reader(file: &Path) -> Result<Connection, Error> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let conn = Connection::open_with_flags(file, flags)?;
    conn.busy_timeout(Duration::from_secs(5))?;
    // Not mapped into memory: SQLite maps the whole file anew after each change, which costs more than it saves.
    conn.execute_batch("pragma query_only = on; pragma cache_size = -2000;")?;
    keep_statements(&conn)?;
    Ok(conn)
}

/// Compiles each statement once. SQLite would compile `… where id = $1` anew for each use: its planner looks at the
/// value, and so a plan is out of date as soon as the parameters are cleared. Promised stable plans, it keeps them.
fn keep_statements(conn: &Connection) -> Result<(), Error> {
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Copies the database as of one moment into a new file, while others may be writing.
pub fn copy(file: &Path, to: &Path) -> Result<(), Error> {
    let conn = Connection::open_with_flags(
        file,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    conn.busy_timeout(Duration::from_secs(30))?;
    conn.execute("vacuum into ?1", [to.to_string_lossy()])?;
    Ok(())
}

/// The connections for reading, opened when first needed.
pub(crate) struct Readers {
    file: PathBuf,
    idle: Arc<Idle>,
    places: Arc<Semaphore>,
}

/// The readers that nobody uses now.
#[derive(Default)]
pub(crate) struct Idle(Mutex<Vec<Reader>>);

/// A connection that reads, and the moment whose data it sees. It keeps to that moment, in one transaction, for as long
/// as nothing is committed: what it has read stays in its memory then, where a transaction for each statement would
/// take locks and, after each commit, read every page anew.
pub(crate) struct Reader {
    conn: Connection,
    view: Option<View>,
}

#[derive(Clone, Copy)]
struct View {
    commits: u64,
    since: Instant,
}

impl View {
    fn is_current(self, commits: u64) -> bool {
        self.commits == commits && self.since.elapsed() < LONGEST_LOOK
    }
}

impl Reader {
    /// The connection, seeing all that was committed until now.
    pub(crate) fn current(&mut self) -> Result<&Connection, Error> {
        // Read before the view begins, so that it never claims to be newer than it is.
        let commits = COMMITS.load(Ordering::Acquire);
        if !self.view.is_some_and(|view| view.is_current(commits)) {
            self.let_go()?;
            control(&self.conn, "begin")?;
            self.view = Some(View { commits, since: Instant::now() });
        }
        Ok(&self.conn)
    }

    /// Ends the view: while there is one, SQLite cannot begin its log anew.
    fn let_go(&mut self) -> Result<(), Error> {
        match self.view.take() {
            Some(_) => control(&self.conn, "commit"),
            None => Ok(()),
        }
    }
}

impl Idle {
    /// Ends the views of all readers that are not at work.
    pub(crate) fn let_go(&self) {
        // One that cannot end its view is dropped, and the connection with it.
        self.readers().retain_mut(|reader| reader.let_go().is_ok());
    }

    fn readers(&self) -> std::sync::MutexGuard<'_, Vec<Reader>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A reader that goes back to the others when dropped.
pub(crate) struct Pooled {
    reader: Option<Reader>,
    idle: Arc<Idle>,
    _place: OwnedSemaphorePermit,
}

impl Readers {
    pub(crate) fn new(file: PathBuf) -> Self {
        Self { file, idle: Arc::default(), places: Arc::new(Semaphore::new(READERS)) }
    }

    pub(crate) fn idle(&self) -> Arc<Idle> {
        self.idle.clone()
    }

    pub(crate) async fn take(&self) -> Result<Read, Error> {
        let place =
            self.places.clone().acquire_owned().await.map_err(|e| Error::Unavailable(e.to_string()))?;
        // The one that was used last knows most of what will be asked.
        let kept = self.idle.readers().pop();
        let open = || open_reader(&self.file).map(|conn| Reader { conn, view: None });
        let reader = kept.map_or_else(open, Ok)?;
        Ok(Read(Conn::SqliteReader(Pooled { reader: Some(reader), idle: self.idle.clone(), _place: place })))
    }
}

impl Pooled {
    pub(crate) fn current(&mut self) -> Result<&Connection, Error> {
        match &mut self.reader {
            Some(reader) => reader.current(),
            None => unreachable!("the connection leaves only in drop"),
        }
    }
}

impl Drop for Pooled {
    fn drop(&mut self) {
        let Some(mut reader) = self.reader.take() else { return };
        let mut idle = self.idle.readers();
        // Looked at under the lock: a commit that comes later finds this reader among the idle.
        let commits = COMMITS.load(Ordering::Acquire);
        if reader.view.is_some_and(|view| view.commits != commits) && reader.let_go().is_err() {
            return;
        }
        idle.push(reader);
    }
}

pub(crate) fn rows<T>(
    conn: &Connection,
    sql: &str,
    params: Params<'_>,
    most: usize,
    read: impl Fn(&Row<'_>) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let mut statement = conn.prepare_cached(sql)?;
    bind(sql, &mut statement, params)?;
    let mut rows = statement.raw_query();
    let mut out = Vec::new();
    while out.len() < most
        && let Some(row) = rows.next()?
    {
        out.push(read(&Row::new(Inner::Sqlite(row)))?);
    }
    // A change with RETURNING is finished by SQLite at its first row; the rest of the answer may be left.
    Ok(out)
}

pub(crate) fn execute(conn: &Connection, sql: &str, params: Params<'_>) -> Result<u64, Error> {
    let mut statement = conn.prepare_cached(sql)?;
    bind(sql, &mut statement, params)?;
    Ok(statement.raw_execute()? as u64)
}

pub(crate) fn control(conn: &Connection, sql: &'static str) -> Result<(), Error> {
    for one in sql.split("; ") {
        let mut statement = conn.prepare_cached(one)?;
        if one == "commit" {
            blocking(|| statement.raw_execute())?
        } else {
            statement.raw_execute()?
        };
    }
    Ok(())
}

/// SQLite numbers parameters by where their names first stand in the text, whatever the names are; so they are looked
/// for there, which is far quicker than to ask SQLite for each name.
fn bind(sql: &str, statement: &mut rusqlite::CachedStatement<'_>, params: Params<'_>) -> Result<(), Error> {
    let mut bound = 0u128;
    let mut place = 0;
    let text = sql.as_bytes();
    for dollar in memchr::memchr_iter(b'$', text) {
        let digits = text[dollar + 1..].iter().take_while(|byte| byte.is_ascii_digit());
        let number = digits.fold(0usize, |number, digit| number * 10 + usize::from(digit - b'0'));
        let param = number.checked_sub(1).and_then(|at| params.get(at));
        let param = param.ok_or_else(|| Error::Other(format!("parameter ${number} is missing")))?;
        let mark =
            1u128.checked_shl(number as u32).ok_or_else(|| Error::Other("too many parameters".into()))?;
        if bound & mark == 0 {
            bound |= mark;
            place += 1;
            statement.raw_bind_parameter(place, param.to_cell())?;
        }
    }
    if place == statement.parameter_count() {
        Ok(())
    } else {
        Err(Error::Other("a $ stands where it is no parameter".into()))
    }
}

/// Lets the runtime go on with others while this thread waits for the disk.
fn blocking<T>(work: impl FnOnce() -> T) -> T {
    use tokio::runtime::{Handle, RuntimeFlavor};
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    #[test]
    fn a_statement_is_compiled_once() {
        let folder = tempfile::tempdir().unwrap();
        let conn = open_writer(&folder.path().join("a.db"), Promise::Soon).unwrap();
        conn.execute_batch(
            "create table products (store_id uuid not null, id uuid not null, title text, primary key (store_id, id));
             create table skus (store_id uuid not null, id uuid not null, product_id uuid not null, primary key (store_id, id));",
        )
        .unwrap();
        let sql =
            "select p.title from skus k join products p on p.store_id = k.store_id and p.id = k.product_id
            where k.store_id = $1 and k.id = $2";
        for number in 0..3u128 {
            let id = uuid::Uuid::from_u128(number);
            let found: Vec<String> = rows(&conn, sql, &[&id, &id], 1, |row| row.first()).unwrap();
            assert!(found.is_empty());
        }
        let statement = conn.prepare_cached(sql).unwrap();
        assert_eq!(statement.get_status(StatementStatus::Run), 3);
        assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
    }
}

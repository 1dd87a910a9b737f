//! Write lanes: one transaction after another, shared by all who come while it is open.
//!
//! A writer takes the lane, opens the batch's transaction if none is open, and runs its closure. Then it waits for the
//! batch. Whoever opened it is its leader: it lets everyone else who can go on do so first, takes the lane once more
//! and commits for all, so that one fsync serves them. Those who come while it waits for the disk are the next batch.
//!
//! A closure that fails, or whose caller is dropped half-way (a closed connection, a time-out, a panic), must leave
//! nothing behind. There are two ways to see to that:
//!
//! - *Carefully*, the closure runs in a savepoint, and rolling back to it undoes only its own.
//! - *Boldly*, it runs in the batch's transaction as it is. SQLite copies each page that is changed inside a savepoint,
//!   which costs a fourth of a writer's time for something that is hardly ever needed. If a bold closure fails after
//!   it has changed something, the whole batch is rolled back and each of its writers runs its closure again, by then
//!   carefully. Most refusals are found before anything is changed, and cost nobody anything.
//!
//! PostgreSQL is always careful: a transaction in which one statement failed is lost to everyone without a savepoint.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::sync::{Mutex, MutexGuard, Notify};

use crate::{
    Error, Read, Tx,
    conn::Conn,
    postgres,
    sqlite::{self, Idle},
};

/// The longest a leader waits for others to join: some times what a disk needs to sync, and less than a person sees.
const GATHER: Duration = Duration::from_millis(4);
/// After a batch had to be undone, so many writers are careful: where one was refused, as when goods are selling out,
/// others will be.
const CAREFUL_AFTER: u32 = 1_000;

/// Chooses the lane; everything of one store goes through the same one.
#[derive(Clone, Copy, Debug)]
pub struct LaneKey(u64);

impl LaneKey {
    /// For what belongs to no store or person.
    pub const PLATFORM: LaneKey = LaneKey(0);

    pub(crate) fn index(self, lanes: usize) -> usize {
        (self.0 % lanes as u64) as usize
    }
}

impl<K> From<kernel::Id<K>> for LaneKey {
    fn from(id: kernel::Id<K>) -> Self {
        // The last half of a version 7 UUID is random.
        LaneKey(id.uuid().as_u64_pair().1)
    }
}

pub(crate) struct Lane {
    state: Mutex<State>,
    /// Told when the lane is free, so that one of those who wait looks again. They do not queue for the lock itself:
    /// it would then be kept for one who may not run for a while, with the lane idle.
    free: Notify,
    /// Where a new connection comes from; SQLite keeps its one for good.
    pool: Option<deadpool_postgres::Pool>,
}

struct State {
    /// SQLite's readers, whose views must not keep the log from beginning anew, and who are closed before the writer;
    /// none on PostgreSQL.
    readers: Option<Arc<Idle>>,
    tx: Option<Tx>,
    batch: Option<Arc<Batch>>,
    stage: Stage,
    /// How many more writers are careful on SQLite.
    careful: u32,
}

/// How far the lane's connection is, kept so that it is true whenever a caller may vanish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Idle,
    InBatch,
    /// In a bold closure, with so many changes made on this connection before it.
    Bold {
        changes: u64,
    },
    InSavepoint,
    Committing,
}

/// One transaction and those in it.
#[derive(Default)]
struct Batch {
    writers: AtomicUsize,
    fate: OnceLock<Fate>,
    /// Told when the fate is known.
    decided: Notify,
}

/// What became of everyone in one transaction.
#[derive(Clone, Debug)]
enum Fate {
    OnDisk,
    /// Undone because of one of them. Each runs again.
    Undone,
    Lost(Error),
}

impl Batch {
    fn decide(&self, fate: Fate) {
        let _ = self.fate.set(fate);
        self.decided.notify_waiters();
    }

    fn is_decided(&self) -> bool {
        self.fate.get().is_some()
    }

    /// Lets others join for as long as some do.
    async fn gather(&self) {
        let since = Instant::now();
        let mut there = 0;
        loop {
            let now = self.writers.load(Ordering::Relaxed);
            if now == there || self.is_decided() || since.elapsed() >= GATHER {
                return;
            }
            there = now;
            tokio::task::yield_now().await;
        }
    }

    async fn fate(&self) -> Fate {
        loop {
            // Made before the fate is looked at, so that no telling falls between.
            let decided = self.decided.notified();
            if let Some(fate) = self.fate.get() {
                return fate.clone();
            }
            decided.await;
        }
    }
}

/// The lane, taken. When it is dropped the lock goes first and then the bell rings for the next.
struct Turn<'l> {
    state: MutexGuard<'l, State>,
    _bell: Bell<'l>,
}

struct Bell<'l>(&'l Notify);

impl Drop for Bell<'_> {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

const SAVE: &str = "savepoint work";
const KEEP: &str = "release savepoint work";
const UNDO: &str = "rollback to savepoint work; release savepoint work";

impl Lane {
    pub(crate) fn sqlite(conn: rusqlite::Connection, readers: Arc<Idle>) -> Arc<Self> {
        let tx = Some(Tx(Read(Conn::SqliteWriter(conn))));
        let state = State { tx, batch: None, stage: Stage::Idle, careful: 0, readers: Some(readers) };
        Arc::new(Self { state: Mutex::new(state), free: Notify::new(), pool: None })
    }

    pub(crate) fn postgres(pool: deadpool_postgres::Pool) -> Arc<Self> {
        let state = State { tx: None, batch: None, stage: Stage::Idle, careful: 0, readers: None };
        Arc::new(Self { state: Mutex::new(state), free: Notify::new(), pool: Some(pool) })
    }

    pub(crate) async fn write<T, E: From<Error>>(
        self: &Arc<Self>,
        work: impl AsyncFnOnce(&mut Tx) -> Result<T, E> + Clone,
    ) -> Result<T, E> {
        let mut again = false;
        loop {
            let mut leader = Leader { lane: self, batch: None };
            let (result, batch) = {
                let mut turn = self.turn().await;
                let batch = self.join(&mut turn.state, &mut leader).await?;
                (turn.state.run(work.clone(), again).await, batch)
            };
            if leader.batch.is_some() {
                batch.gather().await;
                self.close(&batch).await;
                leader.batch = None;
            }
            // Also after a failure: if what it was based on is undone, it may be none the next time.
            match batch.fate().await {
                Fate::OnDisk => return result,
                Fate::Lost(error) => return result.and(Err(error.into())),
                Fate::Undone => again = true,
            }
        }
    }

    /// Waits until the lane is free, and takes it.
    async fn turn(&self) -> Turn<'_> {
        loop {
            if let Ok(state) = self.state.try_lock() {
                return Turn { state, _bell: Bell(&self.free) };
            }
            self.free.notified().await;
        }
    }

    /// Opens the batch's transaction and leads it, or joins the one that is open.
    async fn join<'a>(
        self: &'a Arc<Self>,
        state: &mut State,
        leader: &mut Leader<'a>,
    ) -> Result<Arc<Batch>, Error> {
        state.tidy().await;
        if let Some(batch) = state.batch.clone() {
            batch.writers.fetch_add(1, Ordering::Relaxed);
            return Ok(batch);
        }
        if state.tx.is_none()
            && let Some(pool) = &self.pool
        {
            state.tx = Some(Tx(postgres::connection(pool).await?));
        }
        let batch = Arc::new(Batch { writers: AtomicUsize::new(1), ..Batch::default() });
        leader.batch = Some(batch.clone());
        state.batch = Some(batch.clone());
        state.stage = Stage::InBatch;
        state.let_readers_go();
        let begin = if self.pool.is_some() { "begin" } else { "begin immediate" };
        if let Err(error) = state.control(begin).await {
            state.fail(error.clone());
            return Err(error);
        }
        Ok(batch)
    }

    /// Puts the batch on disk, if nothing has ended it yet.
    async fn close(&self, batch: &Batch) {
        let mut turn = self.turn().await;
        if !batch.is_decided() {
            turn.state.tidy().await;
        }
        if !batch.is_decided() {
            turn.state.commit().await;
        }
    }
}

impl State {
    async fn control(&mut self, sql: &'static str) -> Result<(), Error> {
        match &mut self.tx {
            Some(tx) => tx.control(sql).await,
            None => Err(Error::Unavailable("the lane has no connection".into())),
        }
    }

    /// Runs one writer's closure.
    async fn run<T, E: From<Error>>(
        &mut self,
        work: impl AsyncFnOnce(&mut Tx) -> Result<T, E>,
        again: bool,
    ) -> Result<T, E> {
        if self.readers.is_none() || self.careful > 0 || again {
            self.careful = self.careful.saturating_sub(1);
            self.run_carefully(work).await
        } else {
            self.run_boldly(work).await
        }
    }

    async fn run_boldly<T, E: From<Error>>(
        &mut self,
        work: impl AsyncFnOnce(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let Some(tx) = &mut self.tx else { return Err(Error::Unavailable("no connection".into()).into()) };
        self.stage = Stage::Bold { changes: tx.changes() };
        let result = work(tx).await;
        if result.is_err() || tx.is_over() {
            self.tidy().await;
        } else {
            self.stage = Stage::InBatch;
        }
        result
    }

    /// The stage is set before each statement is awaited: a statement is sent when it is first polled, so if the caller
    /// vanishes in the wait, the stage is what the server will be in.
    async fn run_carefully<T, E: From<Error>>(
        &mut self,
        work: impl AsyncFnOnce(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.stage = Stage::InSavepoint;
        if let Err(error) = self.control(SAVE).await {
            self.fail(error.clone());
            return Err(error.into());
        }
        let Some(tx) = &mut self.tx else { return Err(Error::Unavailable("no connection".into()).into()) };
        let changes = tx.changes();
        match work(tx).await {
            Ok(value) => {
                self.stage = Stage::InBatch;
                if let Err(error) = self.control(KEEP).await {
                    // PostgreSQL refuses after an error that the closure swallowed: undo it like any failure.
                    self.stage = Stage::InSavepoint;
                    self.tidy().await;
                    return Err(error.into());
                }
                Ok(value)
            }
            Err(error) => {
                if tx.changes() != changes {
                    self.careful = CAREFUL_AFTER;
                }
                self.tidy().await;
                Err(error)
            }
        }
    }

    /// Undoes what an earlier caller left half-done.
    async fn tidy(&mut self) {
        match self.stage {
            Stage::Idle | Stage::InBatch => {}
            Stage::Bold { changes } => match &self.tx {
                // SQLite rolls back by itself when the disk is full or broken.
                Some(tx) if tx.is_over() => {
                    self.fail(Error::Unavailable("the transaction ended in the middle".into()));
                }
                Some(tx) if tx.changes() == changes => self.stage = Stage::InBatch,
                _ => self.undo_batch().await,
            },
            Stage::InSavepoint => {
                self.stage = Stage::InBatch;
                if let Err(error) = self.control(UNDO).await {
                    self.fail(error);
                }
            }
            // Whether the commit arrived cannot be known; those who wait are told so, and the connection is dropped.
            Stage::Committing => self.fail(Error::Unavailable("the commit was interrupted".into())),
        }
    }

    /// Takes back what everyone in the batch did; they do it again.
    async fn undo_batch(&mut self) {
        self.careful = CAREFUL_AFTER;
        if let Err(error) = self.control("rollback").await {
            return self.fail(error);
        }
        self.stage = Stage::Idle;
        if let Some(batch) = self.batch.take() {
            batch.decide(Fate::Undone);
        }
    }

    async fn commit(&mut self) {
        let Some(batch) = self.batch.clone() else { return };
        self.stage = Stage::Committing;
        self.let_readers_go();
        match self.control("commit").await {
            Ok(()) => {
                sqlite::committed();
                self.stage = Stage::Idle;
                self.batch = None;
                batch.decide(Fate::OnDisk);
            }
            Err(error) => self.fail(error),
        }
    }

    /// SQLite writes its log back into the file, and begins it anew, only as far as no reader still looks at it.
    fn let_readers_go(&self) {
        if let Some(readers) = &self.readers {
            readers.let_go();
        }
    }

    /// Gives the whole batch up and tells everyone in it.
    fn fail(&mut self, error: Error) {
        tracing::error!(%error, "a batch of writes was given up");
        self.stage = Stage::Idle;
        if let Some(batch) = self.batch.take() {
            batch.decide(Fate::Lost(error));
        }
        match &mut self.tx {
            Some(Tx(Read(Conn::SqliteWriter(conn)))) => {
                // Fails only when SQLite has rolled back by itself already.
                let _ = conn.execute_batch("rollback");
            }
            // The server rolls back when the connection goes; the next batch takes a new one.
            tx => {
                if let Some(Tx(Read(Conn::Postgres(object)))) = tx.take() {
                    drop(deadpool_postgres::Object::take(object));
                }
            }
        }
    }
}

/// Who must commit the batch, if it is led; sees to it that it is closed although this caller may go.
struct Leader<'a> {
    lane: &'a Arc<Lane>,
    batch: Option<Arc<Batch>>,
}

impl Drop for Leader<'_> {
    fn drop(&mut self) {
        let Some(batch) = self.batch.take().filter(|batch| !batch.is_decided()) else { return };
        let lane = self.lane.clone();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { lane.close(&batch).await });
        }
    }
}

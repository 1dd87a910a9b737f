//! Write lanes: one transaction after another, shared by all who wait.
//!
//! A writer takes the lane's lock in turn, opens the batch's transaction if none is open, and runs its closure in a
//! savepoint. Then it queues for the lock again to commit: by then everyone who was waiting is in the same
//! batch, the first to come back commits for all, and one fsync serves them. The lock is fair, so a batch is
//! as large as the number of writers who waited, and no larger.
//!
//! A closure that fails rolls back to its savepoint alone. A caller that is dropped half-way (a closed
//! connection, a time-out, a panic) leaves a mark of how far it was, and whoever holds the lane next tidies up;
//! a task is started to do so if nobody else comes.

use std::sync::{Arc, OnceLock};

use tokio::sync::{Mutex, MutexGuard, Notify};

use crate::{Error, Read, Tx, conn::Conn};

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
    /// Where a new connection comes from; SQLite keeps its one for good.
    pool: Option<deadpool_postgres::Pool>,
}

struct State {
    tx: Option<Tx>,
    batch: Option<Arc<Batch>>,
    stage: Stage,
}

/// How far the lane's connection is, kept so that it is true whenever a caller may vanish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Idle,
    InBatch,
    InSavepoint,
    Committing,
}

/// The fate of everyone in one transaction, known once.
#[derive(Default)]
struct Batch {
    outcome: OnceLock<Result<(), Error>>,
    /// Told when the outcome is there, so that of all who queue to commit, those who need not any more leave at once.
    decided: Notify,
}

impl Batch {
    fn decide(&self, outcome: Result<(), Error>) {
        let _ = self.outcome.set(outcome);
        self.decided.notify_waiters();
    }
}

const SAVE: &str = "savepoint work";
const KEEP: &str = "release savepoint work";
const UNDO: &str = "rollback to savepoint work; release savepoint work";

impl Lane {
    pub(crate) fn sqlite(conn: rusqlite::Connection) -> Arc<Self> {
        let tx = Some(Tx(Read(Conn::SqliteWriter(conn))));
        Arc::new(Self { state: Mutex::new(State { tx, batch: None, stage: Stage::Idle }), pool: None })
    }

    pub(crate) fn postgres(pool: deadpool_postgres::Pool) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State { tx: None, batch: None, stage: Stage::Idle }),
            pool: Some(pool),
        })
    }

    pub(crate) async fn write<T, E: From<Error>>(
        self: &Arc<Self>,
        work: impl AsyncFnOnce(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut rescue = Rescue { lane: self, batch: None };
        let (result, batch) = {
            let mut state = self.state.lock().await;
            let batch = self.join(&mut state, &mut rescue).await?;
            let result = state.run(work).await;
            (result, batch)
        };
        // Also after a failure: the others in the batch may all be gone, and someone must close it.
        let committed = self.settle(&batch).await;
        rescue.batch = None;
        let value = result?;
        committed?;
        Ok(value)
    }

    /// Opens the batch's transaction, or joins the one that is open.
    async fn join<'a>(
        self: &'a Arc<Self>,
        state: &mut MutexGuard<'_, State>,
        rescue: &mut Rescue<'a>,
    ) -> Result<Arc<Batch>, Error> {
        state.tidy().await;
        if let Some(batch) = state.batch.clone() {
            rescue.batch = Some(batch.clone());
            return Ok(batch);
        }
        if state.tx.is_none()
            && let Some(pool) = &self.pool
        {
            state.tx = Some(Tx(Read(Conn::Postgres(pool.get().await?))));
        }
        let batch = Arc::new(Batch::default());
        rescue.batch = Some(batch.clone());
        state.batch = Some(batch.clone());
        state.stage = Stage::InBatch;
        let begin = if self.pool.is_some() { "begin" } else { "begin immediate" };
        if let Err(error) = state.control(begin).await {
            state.fail(error.clone());
            return Err(error);
        }
        Ok(batch)
    }

    /// Waits until the batch is on disk, and puts it there if nobody has yet.
    async fn settle(&self, batch: &Arc<Batch>) -> Result<(), Error> {
        // Made before the outcome is looked at, so that no telling falls between.
        let decided = batch.decided.notified();
        if batch.outcome.get().is_none() {
            let turn = tokio::select! {
                biased;
                () = decided => None,
                turn = self.state.lock() => Some(turn),
            };
            if let Some(mut state) = turn
                && batch.outcome.get().is_none()
            {
                state.tidy().await;
                state.commit().await;
            }
        }
        batch.outcome.get().cloned().unwrap_or_else(|| Err(Error::Other("the batch was lost".into())))
    }
}

impl State {
    async fn control(&mut self, sql: &'static str) -> Result<(), Error> {
        match &mut self.tx {
            Some(tx) => tx.control(sql).await,
            None => Err(Error::Unavailable("the lane has no connection".into())),
        }
    }

    /// Runs one writer's closure in its savepoint. The stage is set before each statement is awaited: a statement is
    /// sent when it is first polled, so if the caller vanishes in the wait, the stage is what the server will be in.
    async fn run<T, E: From<Error>>(
        &mut self,
        work: impl AsyncFnOnce(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.stage = Stage::InSavepoint;
        if let Err(error) = self.control(SAVE).await {
            self.fail(error.clone());
            return Err(error.into());
        }
        let Some(tx) = &mut self.tx else { return Err(Error::Unavailable("no connection".into()).into()) };
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
                self.tidy().await;
                Err(error)
            }
        }
    }

    /// Undoes what an earlier caller left half-done.
    async fn tidy(&mut self) {
        match self.stage {
            Stage::Idle | Stage::InBatch => {}
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

    async fn commit(&mut self) {
        let Some(batch) = self.batch.clone() else { return };
        self.stage = Stage::Committing;
        match self.control("commit").await {
            Ok(()) => {
                self.stage = Stage::Idle;
                self.batch = None;
                batch.decide(Ok(()));
            }
            Err(error) => self.fail(error),
        }
    }

    /// Gives the whole batch up and tells everyone in it.
    fn fail(&mut self, error: Error) {
        tracing::error!(%error, "a batch of writes was given up");
        self.stage = Stage::Idle;
        if let Some(batch) = self.batch.take() {
            batch.decide(Err(error));
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

/// Sees to it that a batch is closed although its caller is gone.
struct Rescue<'a> {
    lane: &'a Arc<Lane>,
    batch: Option<Arc<Batch>>,
}

impl Drop for Rescue<'_> {
    fn drop(&mut self) {
        let Some(batch) = self.batch.take().filter(|batch| batch.outcome.get().is_none()) else { return };
        let lane = self.lane.clone();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { lane.settle(&batch).await });
        }
    }
}

//! SQLite's log, kept short beside the writer.
//!
//! What is committed stands in the log, and is copied into the file later. Left alone, SQLite does that in the commit
//! that makes the log long, while everyone in the lane waits: some thousand pages and the disk's sync, many times what
//! a commit takes. Here a thread of its own copies while the lane goes on, until little is left; a commit copies that
//! little, and then SQLite begins the log anew. A short log is also what a start after a crash reads quickly.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI32, Ordering},
    },
    thread::JoinHandle,
};

use rusqlite::{Connection, MAIN_DB, OpenFlags, hooks::Wal, wal::CheckpointMode};

use crate::Error;

/// Pages of 4 KiB in the log before any is copied. Many are written more than once meanwhile, and copied once; more of
/// them at a time would be a longer wait for whoever needs the disk just then.
const LONG: i32 = 1_500;
/// So many a commit may copy itself.
const LITTLE: i32 = 300;
/// From here on a commit waits for the thread, which does not keep up, and copies whatever is left.
const TOO_LONG: i32 = 10 * LONG;

/// Copies what is committed on this connection, from now on.
pub(crate) fn keep_short(conn: &mut Connection, file: &Path) -> Result<(), Error> {
    let mut log =
        Log { file: file.to_owned(), length: 0, copied: Arc::default(), ask_at: LONG, copier: None };
    // An error here would be the commit's, which has succeeded; the next one tries again.
    conn.wal_hook(Some(move |wal: &mut Wal, length| {
        log.grown(wal, length);
        Ok(())
    }))?;
    Ok(())
}

struct Log {
    file: PathBuf,
    /// Pages in it after the last commit.
    length: i32,
    /// How many of them are in the file too.
    copied: Arc<AtomicI32>,
    /// The length from which on there is something to do.
    ask_at: i32,
    copier: Option<JoinHandle<()>>,
}

impl Log {
    fn grown(&mut self, wal: &mut Wal, length: i32) {
        if length < self.length {
            // It began anew.
            self.copied.store(0, Ordering::Relaxed);
            self.ask_at = LONG;
        }
        self.length = length;
        let is_copying = self.copier.as_ref().is_some_and(|copier| !copier.is_finished());
        if length < self.ask_at || (is_copying && length < TOO_LONG) {
            return;
        }
        self.wait();
        let left = length - self.copied.load(Ordering::Relaxed).min(length);
        if left > LITTLE && length < TOO_LONG {
            return self.copy_beside();
        }
        match wal.checkpoint_v2(CheckpointMode::PASSIVE) {
            Ok((_, copied)) => self.copied.store(copied, Ordering::Relaxed),
            Err(error) => tracing::warn!(%error, "the log could not be copied into the database's file"),
        }
        // It begins anew with the next commit unless somebody reads in it just then.
        self.ask_at = length + LITTLE;
    }

    fn copy_beside(&mut self) {
        let (file, copied) = (self.file.clone(), self.copied.clone());
        let work = move || match copy(&file) {
            Ok(pages) => copied.store(pages, Ordering::Relaxed),
            Err(error) => tracing::warn!(%error, "the log could not be copied into the database's file"),
        };
        match std::thread::Builder::new().name("log".into()).spawn(work) {
            Ok(copier) => self.copier = Some(copier),
            Err(error) => tracing::warn!(%error, "no thread to copy the log"),
        }
    }

    fn wait(&mut self) {
        if let Some(copier) = self.copier.take() {
            let _ = copier.join();
        }
    }
}

impl Drop for Log {
    /// The last who closes the file copies all and removes the log; that shall be whoever waits for it.
    fn drop(&mut self) {
        self.wait();
    }
}

/// Copies all that no reader holds back, and says how many pages of the log are in the file now.
fn copy(file: &Path) -> Result<i32, rusqlite::Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(file, flags)?;
    // A connection opens the log when it first reads, and does not copy before.
    conn.query_row("select count(*) from sqlite_schema", [], |_| Ok(()))?;
    conn.wal_checkpoint_v2(Some(MAIN_DB), CheckpointMode::PASSIVE).map(|(_, copied)| copied)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Db, LaneKey, Target};

    const TRANSACTIONS: usize = 400;

    /// Fills tables with some 100 pages a transaction, while somebody looks in as a page would; says how long the log
    /// ever was, in pages.
    async fn longest(db: &Db, writer: &Db, file: &Path) -> u64 {
        let log = file.with_extension("db-wal");
        writer
            .write(LaneKey::PLATFORM, async |tx| tx.execute("create table t (x text)", &[]).await)
            .await
            .unwrap();
        let mut longest = 0;
        for _ in 0..TRANSACTIONS {
            let fill = async |tx: &mut crate::Tx| {
                tx.execute(
                    "with recursive n (i) as (select 1 union all select i + 1 from n where i < 100)
                     insert into t select printf('%4000d', i) from n",
                    &[],
                )
                .await
            };
            writer.write(LaneKey::PLATFORM, fill).await.unwrap();
            db.read().await.unwrap().one::<i64>("select count(*) from t where rowid = 1", &[]).await.unwrap();
            longest = longest.max(std::fs::metadata(&log).unwrap().len() / 4096);
        }
        longest
    }

    #[tokio::test]
    async fn it_stays_short_whoever_writes_and_whoever_read() {
        for relaxed in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("a.db");
            let db = Db::open(&Target::Sqlite(file.clone())).await.unwrap();
            let writer = if relaxed { db.relaxed().unwrap() } else { db.clone() };
            let longest = longest(&db, &writer, &file).await;
            assert!(longest > LONG as u64 / 2, "the test writes too little: {longest} pages");
            assert!(longest < (TOO_LONG + LONG) as u64, "the log grew to {longest} pages");
            // Nothing is left of it when the last one closes the file.
            drop((db, writer));
            assert!(!file.with_extension("db-wal").exists());
        }
    }
}

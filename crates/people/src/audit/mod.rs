//! The append-only log of state moves and privileged actions: who did what to what, and when. A row is written
//! in the transaction of the change it tells of; nothing updates or deletes one.

mod rows;
#[cfg(test)]
mod tests;

use std::fmt::Display;

use db::{Error, Read, Tx};
use kernel::{AccountId, AuditId, StoreId, Timestamp};

pub use rows::{Entry, Filter};

/// Notes what `actor` did; `None` is the platform itself, such as a timer. `action` is a word pair that can be
/// filtered by (`application.refused`), `subject` the id of what it was done to, `detail` what a reader of the log
/// needs beyond that. Secrets do not go into `detail`.
pub async fn record(
    tx: &mut Tx,
    actor: impl Into<Option<AccountId>>,
    store: impl Into<Option<StoreId>>,
    action: &'static str,
    subject: impl Display,
    detail: impl Display,
    now: Timestamp,
) -> Result<(), Error> {
    let entry = Entry {
        id: AuditId::new(),
        at: now,
        actor_id: actor.into(),
        actor_name: None,
        store_id: store.into(),
        action: action.to_owned(),
        subject: subject.to_string(),
        detail: detail.to_string(),
    };
    rows::insert(tx, &entry).await
}

/// How many rows one page of the log shows.
pub const PAGE: i64 = 50;

/// The newest rows that fit the filter.
pub async fn list(read: &mut Read, filter: &Filter) -> Result<Vec<Entry>, Error> {
    rows::list(read, filter).await
}

/// Every action that is in the log, for the filter's choices.
pub async fn actions(read: &mut Read) -> Result<Vec<String>, Error> {
    rows::actions(read).await
}

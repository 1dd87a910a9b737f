//! Questions about the tables of deadlines, events and leases; the work itself is the binary's.

use db::{Error, Read, row};
use kernel::{EventId, Timestamp};

/// Rows of each list on the page.
const SHOWN: i64 = 50;

row! {
    /// How much waits.
    pub(crate) struct Pending {
        pub deadlines: i64,
        pub deadlines_overdue: i64,
        pub events: i64,
        pub events_failing: i64,
    }
}

row! {
    /// Deadlines of one kind.
    pub(super) struct DeadlineKind {
        pub kind: String,
        pub waiting: i64,
        pub overdue: i64,
        pub tried: i64,
        pub first_at: Timestamp,
    }
}

row! {
    /// One deadline and whose it is.
    pub(super) struct Deadline {
        pub store: Option<String>,
        pub kind: String,
        pub subject: uuid::Uuid,
        pub due_at: Timestamp,
        pub tries: i64,
    }
}

row! {
    /// One event on its way.
    pub(super) struct Event {
        pub id: EventId,
        pub store: Option<String>,
        pub kind: String,
        pub at: Timestamp,
        pub tries: i64,
        pub not_before: Timestamp,
    }
}

row! {
    /// Which process does a job that only one may do.
    pub(super) struct Lease {
        pub name: String,
        pub holder: uuid::Uuid,
        pub until: Timestamp,
    }
}

pub(crate) async fn pending(read: &mut Read, now: Timestamp) -> Result<Pending, Error> {
    read.query_one(
        "select (select count(*) from deadlines) as deadlines,
            (select count(*) from deadlines where due_at <= $1) as deadlines_overdue,
            (select count(*) from outbox) as events,
            (select count(*) from outbox where tries > 0) as events_failing",
        &[&now],
    )
    .await
}

pub(super) async fn kinds(read: &mut Read, now: Timestamp) -> Result<Vec<DeadlineKind>, Error> {
    read.query(
        "select kind, count(*) as waiting, cast(sum(case when due_at <= $1 then 1 else 0 end) as bigint) as overdue,
            cast(sum(case when tries > 0 then 1 else 0 end) as bigint) as tried, min(due_at) as first_at
         from deadlines group by kind order by kind",
        &[&now],
    )
    .await
}

pub(super) async fn next_deadlines(read: &mut Read) -> Result<Vec<Deadline>, Error> {
    read.query(
        "select s.name as store, d.kind, d.subject, d.due_at, d.tries from deadlines d
         left join stores s on s.id = d.store_id order by d.due_at, d.subject limit $1",
        &[&SHOWN],
    )
    .await
}

pub(super) async fn oldest_events(read: &mut Read) -> Result<Vec<Event>, Error> {
    read.query(
        "select o.id, s.name as store, o.kind, o.at, o.tries, o.not_before from outbox o
         left join stores s on s.id = o.store_id order by o.id limit $1",
        &[&SHOWN],
    )
    .await
}

pub(super) async fn leases(read: &mut Read) -> Result<Vec<Lease>, Error> {
    read.query("select name, holder, until from leases order by name", &[]).await
}

//! What happens without anyone asking: events are told, deadlines met, old rows swept. On PostgreSQL one process
//! of all does it, by a lease; a SQLite folder belongs to one process anyway.

use std::time::Duration;

use db::{Target, deadlines, leases, outbox};
use tokio::{sync::watch, task::JoinSet};
use uuid::Uuid;
use web::{App, Error};

use crate::wiring;

/// How often the outbox and the deadlines are looked at: the longest a merchant waits to see an order.
const LOOK_EVERY: Duration = Duration::from_millis(200);
const LEASE: &str = "jobs";
const LEASE_LASTS: Duration = Duration::from_secs(15);
const LEASE_EVERY: Duration = Duration::from_secs(5);
const SWEEP_EVERY: Duration = Duration::from_secs(60 * 60);
/// Rows taken at a time.
const AT_ONCE: usize = 200;

/// Works until `stop` says so.
pub async fn run(app: App, mut stop: watch::Receiver<bool>) {
    let holder = Uuid::now_v7();
    let mut tasks = JoinSet::new();
    let shared = matches!(app.db.target(), Target::Postgres(_));
    let (mine, is_mine) = watch::channel(!shared);
    if shared {
        tasks.spawn(hold_lease(app.clone(), holder, mine));
    }
    tasks.spawn(repeat(app.clone(), is_mine.clone(), LOOK_EVERY, async |app: &App| tell_events(app).await));
    tasks
        .spawn(repeat(app.clone(), is_mine.clone(), LOOK_EVERY, async |app: &App| meet_deadlines(app).await));
    tasks.spawn(repeat(app.clone(), is_mine, SWEEP_EVERY, async |app: &App| sweep(app).await));
    let _ = stop.wait_for(|stop| *stop).await;
    tasks.shutdown().await;
    if shared && let Err(error) = leases::release(&app.db, LEASE, holder).await {
        tracing::warn!(%error, "the lease could not be given back; it runs out by itself");
    }
}

async fn hold_lease(app: App, holder: Uuid, mine: watch::Sender<bool>) {
    loop {
        let held = leases::take(&app.db, LEASE, holder, app.clock.now(), LEASE_LASTS).await;
        let _ = mine.send(held.unwrap_or(false));
        tokio::time::sleep(LEASE_EVERY).await;
    }
}

/// Does `work` again and again while it is this process's turn: at once when more waits, else after a while, so that
/// what comes meanwhile is done together.
async fn repeat(
    app: App,
    mine: watch::Receiver<bool>,
    every: Duration,
    work: impl AsyncFn(&App) -> Result<bool, Error>,
) {
    loop {
        let more = if *mine.borrow() { work(&app).await } else { Ok(false) };
        match more {
            Ok(true) => {}
            Ok(false) => tokio::time::sleep(every).await,
            Err(error) => {
                tracing::error!(%error, cause = ?error, "a job failed and will be tried again");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// Tells the events that are due; whether there may be more.
pub async fn tell_events(app: &App) -> Result<bool, Error> {
    let events = outbox::due(&app.db, app.clock.now(), AT_ONCE as i64).await?;
    let mut told = Vec::with_capacity(events.len());
    let mut held_up = Vec::new();
    for event in &events {
        if event.store_id.is_some() && held_up.contains(&event.store_id) {
            continue;
        }
        match wiring::deliver(app, event).await {
            Ok(()) => told.push(event.id),
            Err(error) => {
                tracing::error!(kind = event.kind, id = %event.id, tries = event.tries, %error, "an event could not be told");
                outbox::later(&app.db, event, app.clock.now()).await?;
                held_up.push(event.store_id);
            }
        }
    }
    if !told.is_empty() {
        outbox::done(&app.db, &told).await?;
    }
    Ok(events.len() == AT_ONCE && !told.is_empty())
}

/// Meets the deadlines that have come, be it late; whether there may be more.
pub async fn meet_deadlines(app: &App) -> Result<bool, Error> {
    let due = deadlines::due(&app.db, app.clock.now(), AT_ONCE as i64).await?;
    for deadline in &due {
        if let Err(error) = wiring::meet(app, deadline).await {
            tracing::error!(kind = deadline.kind, subject = %deadline.subject, %error, "a deadline could not be met");
            deadlines::later(&app.db, deadline, app.clock.now()).await?;
        }
    }
    Ok(due.len() == AT_ONCE)
}

async fn sweep(app: &App) -> Result<bool, Error> {
    let sessions = web::session::sweep(app).await?;
    let keys = web::sweep_idempotency_keys(app).await?;
    let codes = people::sign_in::sweep(app).await?;
    let told = live::sweep(app).await?;
    tracing::debug!(sessions, keys, codes, told, "swept");
    Ok(false)
}

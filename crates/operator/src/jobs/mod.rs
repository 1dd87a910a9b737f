//! What waits to happen: deadlines and events, how many, how late, and which of them fail.

mod rows;

use askama::Template;
use axum::{Router, extract::State, response::IntoResponse, routing::get};
use kernel::Timestamp;
use web::{App, ConsoleFrame, Error, Page, html};

use crate::desk::{Operator, frame};

pub(crate) use rows::{Pending, pending};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/operator/jobs", get(show))
}

impl Pending {
    /// What should have happened already: a healthy server works it off within seconds.
    pub(crate) fn overdue(&self) -> i64 {
        self.deadlines_overdue + self.events_failing
    }
}

#[derive(Template)]
#[template(path = "jobs/jobs.html")]
struct JobsPage {
    page: Page,
    frame: ConsoleFrame,
    pending: Pending,
    kinds: Vec<rows::DeadlineKind>,
    deadlines: Vec<rows::Deadline>,
    events: Vec<rows::Event>,
    leases: Vec<rows::Lease>,
    now: Timestamp,
}

async fn show(State(app): State<App>, page: Page, _: Operator) -> Result<impl IntoResponse, Error> {
    let now = app.clock.now();
    let frame = frame(&app, &page, "jobs").await?;
    let mut read = app.db.read().await?;
    html(&JobsPage {
        page,
        frame,
        pending: pending(&mut read, now).await?,
        kinds: rows::kinds(&mut read, now).await?,
        deadlines: rows::next_deadlines(&mut read).await?,
        events: rows::oldest_events(&mut read).await?,
        leases: rows::leases(&mut read).await?,
        now,
    })
}

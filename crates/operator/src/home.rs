//! The desk's first page: what waits, and how the platform is.

use ::stores::applications::{self, Status};
use askama::Template;
use axum::{Router, extract::State, response::IntoResponse, routing::get};
use db::{Read, row};
use kernel::Timestamp;
use people::alpha;
use web::{App, ConsoleFrame, Error, Page, Stage, html};

use crate::{
    desk::{Operator, frame},
    jobs::{self, Pending},
};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/operator", get(show))
}

row! {
    /// How much there is of everything.
    struct Counts {
        accounts: i64,
        stores: i64,
        sessions: i64,
    }
}

async fn counts(read: &mut Read, now: Timestamp) -> Result<Counts, db::Error> {
    read.query_one(
        "select (select count(*) from accounts) as accounts, (select count(*) from stores) as stores,
            (select count(*) from sessions where expires_at > $1) as sessions",
        &[&now],
    )
    .await
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    page: Page,
    frame: ConsoleFrame,
    applications: i64,
    waiting: i64,
    counts: Counts,
    pending: Pending,
    engine: &'static str,
    migrations_missing: usize,
    stage: Stage,
    base_url: String,
    now: Timestamp,
}

async fn show(State(app): State<App>, page: Page, _: Operator) -> Result<impl IntoResponse, Error> {
    let now = app.clock.now();
    let migrations_missing = app.db.migrations_missing().await?;
    let frame = frame(&app, &page, "home").await?;
    let mut read = app.db.read().await?;
    html(&HomePage {
        page,
        frame,
        applications: applications::count(&mut read, Status::Submitted).await?,
        waiting: alpha::waiting(&mut read).await?.len() as i64,
        counts: counts(&mut read, now).await?,
        pending: jobs::pending(&mut read, now).await?,
        engine: app.db.engine(),
        migrations_missing,
        stage: app.platform.stage,
        base_url: app.platform.base_url.clone(),
        now,
    })
}

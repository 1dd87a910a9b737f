//! The audit log, newest first, with filters.

use askama::Template;
use axum::{Router, extract::State, response::IntoResponse, routing::get};
use kernel::{AccountId, AuditId, Invalid, Problem, StoreId};
use people::audit::{self, Entry, Filter};
use serde::Deserialize;
use web::{App, ConsoleFrame, Error, Page, Query, html};

use crate::desk::{Operator, frame};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/operator/audit", get(show))
}

/// What the filter's form sends; empty fields filter nothing.
#[derive(Clone, Default, Deserialize)]
struct Wanted {
    #[serde(default)]
    action: String,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    store: String,
    #[serde(default)]
    actor: String,
    #[serde(default)]
    before: String,
}

impl Wanted {
    fn filter(&self) -> Result<Filter, Invalid> {
        let mut invalid = Invalid::new();
        let filter = Filter {
            store: id::<StoreId>(&self.store, "store", &mut invalid),
            actor: id::<AccountId>(&self.actor, "actor", &mut invalid),
            action: some(&self.action),
            subject: some(&self.subject),
            before: id::<AuditId>(&self.before, "before", &mut invalid),
        };
        invalid.done()?;
        Ok(filter)
    }
}

fn some(text: &str) -> Option<String> {
    // A text column of PostgreSQL cannot hold a null character, not even to be compared.
    let text = text.trim().replace('\0', "");
    (!text.is_empty()).then_some(text)
}

fn id<T: std::str::FromStr>(text: &str, field: &'static str, invalid: &mut Invalid) -> Option<T> {
    let text = some(text)?;
    text.parse().map_err(|_| invalid.add(field, Problem::NotFound)).ok()
}

#[derive(Template)]
#[template(path = "audit/audit.html")]
struct AuditPage {
    page: Page,
    frame: ConsoleFrame,
    wanted: Wanted,
    actions: Vec<String>,
    entries: Vec<Entry>,
    /// The last row, if there may be more.
    more: Option<AuditId>,
}

async fn show(
    State(app): State<App>,
    page: Page,
    _: Operator,
    Query(wanted): Query<Wanted>,
) -> Result<impl IntoResponse, Error> {
    let filter = wanted.filter()?;
    let frame = frame(&app, &page, "audit").await?;
    let mut read = app.db.read().await?;
    let entries = audit::list(&mut read, &filter).await?;
    let actions = audit::actions(&mut read).await?;
    let full = entries.len() as i64 == audit::PAGE;
    let more = entries.last().filter(|_| full).map(|entry| entry.id);
    html(&AuditPage { page, frame, wanted, actions, entries, more })
}

//! The merchant's money: what is pending and available, every transaction of a month, and what was taken for it.

use askama::Template;
use axum::{Router, extract::State, http::header, response::IntoResponse, routing::get};
use jiff::{ToSpan, civil::Date};
use kernel::{BasisPoints, Money, Timestamp};
use serde::Deserialize;
use stores::{Allowed, Store, may};
use web::{App, ConsoleFrame, Error, Page, Query, html};

use super::{Balance, Line, Statement, statement};
use crate::words;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/console/{handle}/money", get(show))
        .route("/console/{handle}/money/statement.csv", get(csv))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// `2026-03`; this month if nothing is said.
    month: String,
}

/// A month of the store's own calendar.
struct Month {
    first: Date,
    from: Timestamp,
    to: Timestamp,
}

impl Month {
    fn of(store: &Store, asked: &str, now: Timestamp) -> Result<Month, Error> {
        let zone = store.zone();
        let today = now.to_zoned_datetime(zone.clone()).date();
        let wanted = format!("{asked}-01").parse::<Date>();
        let first = match wanted {
            Ok(first) => first,
            Err(_) if asked.is_empty() => today.first_of_month(),
            Err(_) => return Err(Error::NotFound),
        };
        let at =
            |date: Date| date.to_zoned_datetime(zone.clone()).map(|z| z.timestamp()).map_err(Error::internal);
        let next = first.checked_add(1.month()).map_err(|_| Error::NotFound)?;
        Ok(Month { first, from: at(first)?, to: at(next)? })
    }
    fn name(&self) -> String {
        name(self.first)
    }
    /// The months before and after, as the address writes them.
    fn neighbours(&self, now: Timestamp) -> (String, Option<String>) {
        let before = name(self.first.saturating_sub(1.month()));
        let after = (self.to <= now).then(|| name(self.first.saturating_add(1.month())));
        (before, after)
    }
}

fn name(first: Date) -> String {
    first.strftime("%Y-%m").to_string()
}

#[derive(Template)]
#[template(path = "ledger/money.html")]
struct MoneyPage {
    page: Page,
    frame: ConsoleFrame,
    handle: String,
    time_zone: String,
    commission: BasisPoints,
    balance: Balance,
    statement: Statement,
    month: String,
    before: String,
    after: Option<String>,
}

impl MoneyPage {
    fn zero(&self) -> Money {
        Money::zero(self.balance.pending.currency)
    }
    fn kind(&self, line: &Line) -> &'static str {
        words::kind(line.kind)
    }
    /// With its sign, or nothing.
    fn change(&self, money: &Money) -> String {
        match money.minor {
            0 => String::new(),
            1.. => format!("+{money}"),
            _ => money.to_string(),
        }
    }
}

async fn show(
    State(app): State<App>,
    page: Page,
    console: Allowed<may::SeeMoney>,
    Query(asked): Query<Asked>,
) -> Result<impl IntoResponse, Error> {
    let (store, now) = (&console.store, app.clock.now());
    let month = Month::of(store, &asked.month, now)?;
    let (before, after) = month.neighbours(now);
    let mut read = app.db.read().await?;
    html(&MoneyPage {
        frame: console.frame(&page, "money"),
        handle: store.handle.clone(),
        time_zone: store.time_zone.clone(),
        commission: store.commission,
        balance: super::balance(&mut read, store).await?,
        statement: statement(&mut read, store, month.from, month.to).await?,
        month: month.name(),
        before,
        after,
        page,
    })
}

/// The statement for a spreadsheet: plain numbers, one line for each transaction.
async fn csv(
    State(app): State<App>,
    console: Allowed<may::SeeMoney>,
    Query(asked): Query<Asked>,
) -> Result<impl IntoResponse, Error> {
    let store = &console.store;
    let month = Month::of(store, &asked.month, app.clock.now())?;
    let statement = statement(&mut app.db.read().await?, store, month.from, month.to).await?;
    let mut text = String::from("time,kind,order,pending,available,till,currency,transaction\r\n");
    for line in statement.lines.iter().rev() {
        let at = line.at.to_zoned_datetime(store.zone()).strftime("%Y-%m-%d %H:%M:%S");
        let fields = [
            at.to_string(),
            line.kind.as_str().to_owned(),
            line.number.clone(),
            line.pending.plain(),
            line.available.plain(),
            line.till.plain(),
            store.currency.code().to_owned(),
            line.id.to_string(),
        ];
        text.push_str(&fields.join(","));
        text.push_str("\r\n");
    }
    let file = format!("attachment; filename=\"{}-{}.csv\"", store.handle, month.name());
    Ok((
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, file)],
        text,
    ))
}

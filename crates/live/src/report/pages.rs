//! A room's report for people: during the live and after it, with its table for a spreadsheet, and what becomes of the replay.

use std::borrow::Borrow;

use askama::Template;
use axum::{
    Router,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use broadcast::Name;
use kernel::{Money, Timestamp};
use serde::Deserialize;
use stores::{Allowed, Console, may};
use web::{App, ConsoleFrame, Error, Form, Page, Path, Query, html};

use super::{Minute, Overview, ProductLine, Report, chart::Chart};
use crate::{
    Live,
    rooms::{self, Room, State as RoomState, Step},
    shelf,
    studio::{Asker, Of, base},
};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/console/{handle}/live/{room}/report", get(show))
        .route("/console/{handle}/live/{room}/report.csv", get(csv))
        .route("/console/{handle}/live/{room}/replay", post(replay))
        .route("/console/{handle}/live/{room}/replay/delete", post(delete_replay))
}

type Host = Allowed<may::HostLive>;

#[derive(Template)]
#[template(path = "report/report.html")]
struct ReportPage {
    page: Page,
    frame: ConsoleFrame,
    handle: String,
    time_zone: String,
    base: String,
    /// The room's path for buyers.
    room_path: String,
    room: Room,
    began: Option<Timestamp>,
    minutes: i64,
    all: Overview,
    revenue: Money,
    per_thousand: Option<Money>,
    chart: Chart,
    minutely: Vec<MinuteRow>,
    products: Vec<ProductRow>,
    funnel: Vec<Stage>,
    recorded: bool,
    flash: Option<&'static str>,
}

struct MinuteRow {
    at: Timestamp,
    counted: Minute,
    revenue: Money,
}

struct ProductRow {
    line: ProductLine,
    revenue: Money,
    /// For how long it was explained.
    explained_seconds: i64,
}

/// A step on the way from seen to paid.
struct Stage {
    /// The key of its name.
    name: &'static str,
    count: i64,
    /// Of the first step, as CSS reads it.
    share: String,
    /// Of the step before, in per cent.
    rate: Option<String>,
}

impl ReportPage {
    /// The key of the state's words.
    fn state_words(&self) -> &'static str {
        match self.room.state.step() {
            Step::Scheduled => "studio-is-scheduled",
            Step::Rehearsal => "studio-is-rehearsal",
            Step::Live => "studio-is-live",
            Step::Ended => "studio-is-ended",
            Step::Cancelled => "studio-is-cancelled",
        }
    }
    /// `4:05`, minutes and seconds; above an hour with hours.
    fn span(&self, seconds: impl Borrow<i64>) -> String {
        let seconds = *seconds.borrow();
        let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        if hours > 0 {
            format!("{hours}:{minutes:02}:{seconds:02}")
        } else {
            format!("{minutes}:{seconds:02}")
        }
    }
    /// Hours that all watched together, with one decimal.
    fn watched_hours(&self) -> String {
        let tenths = self.all.average_watch_seconds * self.all.viewers / 360;
        format!("{}.{}", tenths / 10, tenths % 10)
    }
}

/// From when a room was live, and for how long so far.
fn lasted(room: &Room, now: Timestamp) -> (Option<Timestamp>, i64) {
    let (since, until) = match room.state {
        RoomState::Live { since, .. } => (since, now),
        RoomState::Ended { since, at, .. } => (since, at),
        _ => return (None, 0),
    };
    (Some(since), (until.duration_since(since).as_secs() + 59) / 60)
}

fn funnel(all: &Overview) -> Vec<Stage> {
    let steps = [
        ("report-step-impressions", all.impressions),
        ("report-step-clicks", all.clicks),
        ("report-step-orders", all.orders),
        ("report-step-paid", all.paid),
    ];
    // Someone may order without a click that was counted (a script that was blocked): no step is longer than the bar.
    let most = steps.iter().map(|step| step.1).max().unwrap_or(0).max(1);
    let mut before: Option<i64> = None;
    let mut stages = Vec::with_capacity(steps.len());
    for (name, count) in steps {
        let thousandths = count * 1_000 / most;
        // Who buys through the API is not seen to click: more than all is no share.
        let rate =
            before.filter(|before| *before > 0 && count <= *before).map(|before| percent(count, before));
        let share = format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000);
        stages.push(Stage { name, count, share, rate });
        before = Some(count);
    }
    stages
}

/// With one decimal below ten: `3.4 %`, `42 %`.
fn percent(part: i64, whole: i64) -> String {
    let tenths = (part * 1_000 + whole / 2) / whole;
    if tenths < 100 {
        format!("{}.{} %", tenths / 10, tenths % 10)
    } else {
        format!("{} %", (tenths + 5) / 10)
    }
}

/// A minute since 1970 as a time.
pub(super) fn at_minute(minute: i64) -> Timestamp {
    Timestamp::from_second(minute * 60).unwrap_or(Timestamp::UNIX_EPOCH)
}

async fn explained(read: &mut db::Read, room: &Room, now: Timestamp) -> Result<Vec<(i64, i64)>, Error> {
    let end = match room.state {
        RoomState::Ended { at, .. } => at,
        _ => now,
    };
    let chapters = shelf::chapters(read, room).await?;
    let seconds =
        |chapter: &shelf::Chapter| chapter.until.unwrap_or(end).duration_since(chapter.at).as_secs().max(0);
    Ok(chapters.iter().map(|chapter| (chapter.number, seconds(chapter))).collect())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    done: Option<String>,
}

async fn show(
    State(app): State<App>,
    console: Host,
    page: Page,
    Path(of): Path<Of>,
    Query(asked): Query<Asked>,
) -> Result<impl IntoResponse, Error> {
    let room = of.find(&app, &console).await?;
    let store = &console.store;
    let now = app.clock.now();
    let mut read = app.db.read().await?;
    let Report { overview, products, minutes } = super::of_room(&mut read, &room).await?;
    let explained = explained(&mut read, &room, now).await?;
    drop(read);
    let money = |minor| Money::new(minor, store.currency);
    let product = |line: ProductLine| ProductRow {
        revenue: money(line.revenue),
        explained_seconds: explained
            .iter()
            .filter(|(number, _)| *number == line.number)
            .map(|(_, s)| s)
            .sum(),
        line,
    };
    let (began, lasted_minutes) = lasted(&room, now);
    let window = began.map(|began| (began.as_second() / 60, began.as_second() / 60 + lasted_minutes));
    html(&ReportPage {
        frame: console.frame(&page, "live"),
        handle: store.handle.clone(),
        time_zone: store.time_zone.clone(),
        base: base(&console, room.id),
        room_path: format!("/s/{}/live/{}", store.handle, room.id),
        recorded: is_recorded(&app, &room).await?,
        chart: Chart::of(&minutes, window),
        minutely: minutes
            .into_iter()
            .map(|counted| MinuteRow {
                at: at_minute(counted.minute),
                revenue: money(counted.revenue),
                counted,
            })
            .collect(),
        products: products.into_iter().map(product).collect(),
        funnel: funnel(&overview),
        revenue: money(overview.revenue),
        per_thousand: overview.revenue_per_thousand().map(money),
        all: overview,
        minutes: lasted_minutes,
        began,
        flash: (asked.done.as_deref() == Some("deleted")).then_some("report-done-replay-deleted"),
        room,
        page,
    })
}

/// Whether anything of the room's show was kept.
async fn is_recorded(app: &App, room: &Room) -> Result<bool, Error> {
    let Some(show) = room.state.show().and_then(|show| Name::new(&show.to_string()).ok()) else {
        return Ok(false);
    };
    let entries = Live::of(app)?.broadcast().recordings().entries(&show).await.map_err(Error::internal)?;
    Ok(!entries.is_empty())
}

/// For a spreadsheet: the minutes, then the products; plain numbers, amounts with a dot.
async fn csv(
    State(app): State<App>,
    console: Host,
    page: Page,
    Path(of): Path<Of>,
) -> Result<impl IntoResponse, Error> {
    let room = of.find(&app, &console).await?;
    let report = super::of_room(&mut app.db.read().await?, &room).await?;
    let plain = |minor| Money::new(minor, console.store.currency).plain();
    let word = |key| field(&page.tr(key).to_string());
    // Spreadsheets read UTF-8 only if it begins with its mark.
    let mut out = String::from("\u{feff}");
    let head = [
        "report-csv-minute",
        "studio-viewers",
        "report-comments",
        "studio-likes",
        "report-impressions",
        "report-clicks",
        "studio-orders",
        "studio-paid",
    ];
    line(&mut out, &head.map(word));
    for minute in &report.minutes {
        let at = at_minute(minute.minute)
            .to_zoned_datetime(console.store.zone())
            .strftime("%Y-%m-%d %H:%M")
            .to_string();
        let counts =
            [minute.viewers, minute.chats, minute.likes, minute.impressions, minute.clicks, minute.orders];
        let mut cells = vec![at];
        cells.extend(counts.map(|count| count.to_string()));
        cells.push(plain(minute.revenue));
        line(&mut out, &cells);
    }
    out.push_str("\r\n");
    let head = [
        "report-csv-product",
        "report-impressions",
        "report-clicks",
        "studio-orders",
        "studio-pieces",
        "studio-paid",
    ];
    line(&mut out, &head.map(word));
    for product in &report.products {
        let counts = [product.impressions, product.clicks, product.orders, product.pieces];
        let mut cells = vec![field(&numbered(product))];
        cells.extend(counts.map(|count| count.to_string()));
        cells.push(plain(product.revenue));
        line(&mut out, &cells);
    }
    let disposition = format!("attachment; filename=\"live-{}.csv\"", room.id);
    Ok((
        [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        out,
    ))
}

/// `3. Oolong`; without a number what is no longer on the shelf.
fn numbered(product: &ProductLine) -> String {
    match product.number {
        0 => product.title.clone(),
        number => format!("{number}. {}", product.title),
    }
}

fn line(out: &mut String, cells: &[String]) {
    out.push_str(&cells.join(","));
    out.push_str("\r\n");
}

/// A cell of words (RFC 4180). What a spreadsheet would take for a formula is made plain text.
fn field(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

/// A switch that is off sends nothing.
#[derive(Deserialize)]
struct Switch {
    #[serde(default)]
    on: bool,
}

async fn replay(
    State(app): State<App>,
    console: Host,
    asker: Asker,
    Path(of): Path<Of>,
    Form(sent): Form<Switch>,
) -> Result<Response, Error> {
    rooms::show_replay(&app, console.store.id, console.actor(), of.room, sent.on).await?;
    Ok(asker.done(&report_of(&console, &of)))
}

async fn delete_replay(
    State(app): State<App>,
    console: Host,
    asker: Asker,
    Path(of): Path<Of>,
) -> Result<Response, Error> {
    rooms::delete_replay(&app, console.store.id, console.actor(), of.room).await?;
    Ok(asker.done(&format!("{}?done=deleted", report_of(&console, &of))))
}

fn report_of(console: &Console, of: &Of) -> String {
    format!("{}/report", base(console, of.room))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_funnel_says_what_of_each_step_became_the_next() {
        let all = Overview { impressions: 2_000, clicks: 68, orders: 34, paid: 17, ..Overview::default() };
        let stages = funnel(&all);
        let rates: Vec<_> = stages.iter().map(|stage| stage.rate.clone()).collect();
        assert_eq!(rates, [None, Some("3.4 %".into()), Some("50 %".into()), Some("50 %".into())]);
        assert_eq!(stages[0].share, "1.000");
        assert_eq!(stages[1].share, "0.034");
    }

    #[test]
    fn a_funnel_without_views_divides_by_nothing() {
        let stages = funnel(&Overview { orders: 2, paid: 1, ..Overview::default() });
        assert_eq!(stages[0].share, "0.000");
        assert_eq!(stages[2].share, "1.000");
        assert_eq!(stages[2].rate, None, "nobody was seen to click");
        assert_eq!(stages[3].rate.as_deref(), Some("50 %"));
    }

    #[test]
    fn a_title_is_no_formula() {
        assert_eq!(field("=1+1"), "\"'=1+1\"");
        assert_eq!(field("6\" pan"), "\"6\"\" pan\"");
    }
}

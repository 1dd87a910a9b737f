//! What a store's staff sees of its orders, and does with them.

use std::borrow::Borrow;

use askama::Template;
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use gateways::bus::Topic;
use jiff::ToSpan;
use kernel::{AccountId, BranchId, Invalid, Money, OrderId, Timestamp};
use people::roles::Permission;
use serde::Deserialize;
use stores::{
    Allowed, Console, Store,
    branches::{self, Branch},
    images, may,
};
use web::{App, ConsoleFrame, Error, Form, Page, Path, Query, html, see_other};

use super::{
    Actor, Canceller, Order, Packed, RedeemError, Ship, ShipError, Step, rows,
    rows::{Glance, Takings, Waiting},
    view::View,
};
use crate::{ledger, words};

/// Orders of a page of the list.
const PAGE: i64 = 30;
/// Characters of a reason that a buyer reads.
const WHY_MAX: i64 = 100;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/console/{handle}", get(home))
        .route("/console/{handle}/events", get(events))
        .route("/console/{handle}/orders", get(list))
        .route("/console/{handle}/orders/{order}", get(show))
        .route("/console/{handle}/orders/{order}/accept", post(accept))
        .route("/console/{handle}/orders/{order}/ready", post(ready))
        .route("/console/{handle}/orders/{order}/ship", post(ship))
        .route("/console/{handle}/orders/{order}/cancel", post(cancel))
        .route("/console/{handle}/pick-up", get(till).post(hand_over))
        .route("/console/{handle}/pick-up/{code}", get(scanned))
}

/// News of this store's orders, for the pages that wait.
async fn events(
    State(app): State<App>,
    console: Allowed<may::SeeOrders>,
) -> Result<impl IntoResponse, Error> {
    Ok(web::sse::follow(&app, Topic::Store(console.store.id)))
}

#[derive(Template)]
#[template(path = "orders/console_home.html")]
struct HomePage {
    page: Page,
    frame: ConsoleFrame,
    handle: String,
    time_zone: String,
    now: Timestamp,
    sees_money: bool,
    sees_orders: bool,
    today: Takings,
    /// Yesterday up to this time of day.
    yesterday: Takings,
    balance: ledger::Balance,
    hours: Vec<Hour>,
    waiting: Vec<Waiting>,
}

/// What was paid for orders placed within an hour of today.
struct Hour {
    hour: i8,
    paid: Money,
    /// Of the best hour, in thousandths.
    share: i64,
    now: bool,
}

impl HomePage {
    fn money(&self, minor: impl Borrow<i64>) -> Money {
        Money::new(*minor.borrow(), self.balance.pending.currency)
    }
    /// The change against yesterday, in per cent; nothing where there is nothing to compare with.
    fn change(&self) -> Option<i64> {
        (self.yesterday.paid > 0)
            .then(|| (self.today.paid - self.yesterday.paid).saturating_mul(100) / self.yesterday.paid)
    }
    fn step_words(&self, waiting: &Waiting) -> &'static str {
        match waiting.state {
            Step::AwaitingAcceptance => "orders-todo-accept",
            Step::Preparing => "orders-todo-prepare",
            Step::ReadyForPickUp => "orders-todo-hand-over",
            Step::Unpaid => "orders-todo-unpaid",
            Step::PartShipped => "orders-todo-ship-rest",
            _ => "orders-todo-ship",
        }
    }
    fn tone(&self, waiting: &Waiting) -> &'static str {
        words::tone(waiting.state)
    }
    fn nothing_to_do(&self) -> bool {
        self.waiting.iter().all(|waiting| waiting.state == Step::Unpaid)
    }
}

async fn home(
    State(app): State<App>,
    page: Page,
    console: Allowed<may::SeeConsole>,
) -> Result<impl IntoResponse, Error> {
    let (store, now) = (&console.store, app.clock.now());
    let local = now.to_zoned_datetime(store.zone());
    let midnight = local.start_of_day().map_err(Error::internal)?;
    let day_before = midnight.checked_sub(1.day()).map_err(Error::internal)?;
    let so_far = local.checked_sub(1.day()).map_err(Error::internal)?;
    let mut read = app.db.read().await?;
    let today =
        rows::takings(&mut read, store.id, midnight.timestamp(), now + std::time::Duration::from_millis(1))
            .await?;
    let yesterday = rows::takings(&mut read, store.id, day_before.timestamp(), so_far.timestamp()).await?;
    let paid = rows::paid_since(&mut read, store.id, midnight.timestamp()).await?;
    let mut by_hour = [0i64; 24];
    for one in paid {
        let hour = one.placed_at.to_zoned_datetime(store.zone()).hour();
        by_hour[usize::from(hour.unsigned_abs()) % 24] += one.paid;
    }
    let best = by_hour.iter().copied().max().unwrap_or(0).max(1);
    let hours = by_hour.iter().zip(0i8..).map(|(paid, hour)| Hour {
        hour,
        paid: Money::new(*paid, store.currency),
        share: paid * 1000 / best,
        now: hour == local.hour(),
    });
    html(&HomePage {
        frame: console.frame(&page, "home"),
        handle: store.handle.clone(),
        time_zone: store.time_zone.clone(),
        sees_money: console.may(Permission::SeeMoney),
        sees_orders: console.may(Permission::SeeOrders),
        balance: ledger::balance(&mut read, store).await?,
        hours: hours.collect(),
        waiting: rows::waiting(&mut read, store.id).await?,
        page,
        now,
        today,
        yesterday,
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    state: Option<Step>,
    q: String,
    before: Option<Timestamp>,
}

/// The tabs of the list, in the order of work.
const TABS: [(Option<Step>, &str); 9] = [
    (None, "orders-tab-all"),
    (Some(Step::AwaitingAcceptance), "orders-tab-accept"),
    (Some(Step::Preparing), "orders-tab-preparing"),
    (Some(Step::ReadyForPickUp), "orders-tab-ready"),
    (Some(Step::ToShip), "orders-tab-ship"),
    (Some(Step::Shipped), "orders-tab-shipped"),
    (Some(Step::Unpaid), "orders-tab-unpaid"),
    (Some(Step::Completed), "orders-tab-completed"),
    (Some(Step::Cancelled), "orders-tab-cancelled"),
];

struct Tab {
    key: &'static str,
    state: &'static str,
    current: bool,
    count: i64,
}

struct Row {
    order: Order,
    goods: Vec<Glance>,
}

impl Row {
    fn pictures(&self) -> Vec<String> {
        self.goods.iter().filter_map(|line| line.image).map(|image| images::address(image, 320)).collect()
    }
    fn step_words(&self) -> &'static str {
        words::step(self.order.state.step())
    }
    fn tone(&self) -> &'static str {
        words::tone(self.order.state.step())
    }
    fn slot(&self) -> Option<Timestamp> {
        self.order.fulfilment.slot().map(|(_, starts_at)| starts_at)
    }
}

#[derive(Template)]
#[template(path = "orders/console_orders.html")]
struct OrdersPage {
    page: Page,
    frame: ConsoleFrame,
    handle: String,
    time_zone: String,
    tabs: Vec<Tab>,
    state: &'static str,
    words: String,
    rows: Vec<Row>,
    older: Option<Timestamp>,
}

async fn list(
    State(app): State<App>,
    page: Page,
    console: Allowed<may::SeeOrders>,
    Query(asked): Query<Asked>,
) -> Result<impl IntoResponse, Error> {
    let store = &console.store;
    let mut read = app.db.read().await?;
    let words: String = asked.q.trim().chars().take(60).collect();
    let before = asked.before.unwrap_or(Timestamp::MAX);
    let found = if words.is_empty() {
        rows::of_store(&mut read, store.id, asked.state, before, PAGE).await?
    } else {
        rows::search(&mut read, store.id, &words, PAGE).await?
    };
    let full = words.is_empty() && found.len() as i64 == PAGE;
    let older = found.last().filter(|_| full).map(|last| last.placed_at);
    let mut shown = Vec::with_capacity(found.len());
    for order in found {
        let goods = rows::glances(&mut read, store.id, order.id).await?;
        shown.push(Row { order, goods });
    }
    let waiting = rows::waiting(&mut read, store.id).await?;
    let tabs = TABS.iter().map(|(step, key)| Tab {
        key,
        state: step.map_or("", Step::as_str),
        current: words.is_empty() && *step == asked.state,
        count: waiting
            .iter()
            .find(|w| Some(w.state) == *step && w.state != Step::Unpaid)
            .map_or(0, |w| w.orders),
    });
    html(&OrdersPage {
        frame: console.frame(&page, "orders"),
        handle: store.handle.clone(),
        time_zone: store.time_zone.clone(),
        tabs: tabs.collect(),
        state: asked.state.map_or("", Step::as_str),
        rows: shown,
        page,
        words,
        older,
    })
}

#[derive(Deserialize)]
struct Of {
    order: OrderId,
}

#[derive(Template)]
#[template(path = "orders/console_order.html")]
struct OrderPage {
    page: Page,
    frame: ConsoleFrame,
    handle: String,
    view: View,
    fee: Money,
    commission: kernel::BasisPoints,
    invalid: Invalid,
    handles: bool,
    sees_money: bool,
    carrier: String,
    tracking: String,
}

impl OrderPage {
    fn error(&self, field: &str) -> Option<String> {
        self.page.problem(&self.invalid, field)
    }
    fn net(&self) -> Money {
        let (total, fee) = (self.view.order.money(), self.fee);
        Money::new(total.minor - fee.minor, total.currency)
    }
    fn contents_error(&self) -> bool {
        self.invalid.0.iter().any(|error| error.field.starts_with("contents"))
    }
}

async fn show(
    State(app): State<App>,
    page: Page,
    console: Allowed<may::SeeOrders>,
    Path(Of { order }): Path<Of>,
) -> Result<Response, Error> {
    draw(&app, page, console.into_console(), order, Invalid::new(), Shipping::default()).await
}

async fn draw(
    app: &App,
    page: Page,
    console: Console,
    id: OrderId,
    invalid: Invalid,
    sent: Shipping,
) -> Result<Response, Error> {
    let store = &console.store;
    let mut read = app.db.read().await?;
    let order = super::get(&mut read, store.id, id).await?.ok_or(Error::NotFound)?;
    let fee = match order.method {
        super::Method::Online => ledger::commission_of(order.money(), store.commission),
        super::Method::InStore => Money::zero(order.currency),
    };
    let view = View::of(&mut read, store, order, app.clock.now()).await?;
    let status = if invalid.0.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let shown = OrderPage {
        frame: console.frame(&page, "orders"),
        handle: store.handle.clone(),
        commission: store.commission,
        handles: console.may(Permission::HandleOrders),
        sees_money: console.may(Permission::SeeMoney),
        carrier: sent.carrier,
        tracking: sent.tracking,
        page,
        view,
        fee,
        invalid,
    };
    Ok((status, html(&shown)?).into_response())
}

fn to_order(store: &Store, id: OrderId) -> Response {
    see_other(&format!("/console/{}/orders/{id}", store.handle)).into_response()
}

async fn accept(
    State(app): State<App>,
    console: Allowed<may::HandleOrders>,
    Path(Of { order }): Path<Of>,
) -> Result<Response, Error> {
    super::accept(&app, &console.store, console.actor(), order).await?;
    Ok(to_order(&console.store, order))
}

async fn ready(
    State(app): State<App>,
    console: Allowed<may::HandleOrders>,
    Path(Of { order }): Path<Of>,
) -> Result<Response, Error> {
    super::ready(&app, &console.store, console.actor(), order).await?;
    Ok(to_order(&console.store, order))
}

#[derive(Deserialize)]
struct Calling {
    #[serde(default)]
    why: String,
    #[serde(default)]
    sold_out: Option<String>,
}

async fn cancel(
    State(app): State<App>,
    console: Allowed<may::HandleOrders>,
    Path(Of { order }): Path<Of>,
    Form(sent): Form<Calling>,
) -> Result<Response, Error> {
    let why = kernel::line(&sent.why, 0, WHY_MAX).map_err(|problem| Invalid::field("why", problem))?;
    let by = Canceller::Merchant { sold_out: sent.sold_out.is_some() };
    super::cancel(&app, &console.store, order, Actor::Staff(console.actor()), by, &why).await?;
    Ok(to_order(&console.store, order))
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Shipping {
    carrier: String,
    tracking: String,
    /// The number of each line, and beside it how many pieces of it are in the parcel.
    line: Vec<i64>,
    quantity: Vec<i64>,
}

async fn ship(
    State(app): State<App>,
    page: Page,
    console: Allowed<may::HandleOrders>,
    Path(Of { order }): Path<Of>,
    Form(sent): Form<Shipping>,
) -> Result<Response, Error> {
    let pairs = sent.line.iter().zip(&sent.quantity).filter(|(_, quantity)| **quantity != 0);
    let contents = pairs.map(|(line, quantity)| Packed { line: *line, quantity: *quantity });
    let command =
        Ship { carrier: sent.carrier.clone(), tracking: sent.tracking.clone(), contents: contents.collect() };
    match super::ship(&app, &console.store, console.actor(), order, command).await {
        Ok(_) => Ok(to_order(&console.store, order)),
        Err(ShipError::Invalid(invalid)) => {
            draw(&app, page, console.into_console(), order, invalid, sent).await
        }
        Err(other) => Err(other.into()),
    }
}

#[derive(Template)]
#[template(path = "orders/till.html")]
struct TillPage {
    page: Page,
    frame: ConsoleFrame,
    handle: String,
    branches: Vec<Branch>,
    branch: Option<BranchId>,
    code: String,
    view: Option<View>,
    problem: Option<&'static str>,
    done: bool,
}

impl TillPage {
    fn handed_over(&self) -> Option<&View> {
        self.view.as_ref().filter(|_| self.done)
    }
    fn to_hand_over(&self) -> Option<&View> {
        self.view.as_ref().filter(|_| self.problem.is_none())
    }
    fn is_branch(&self, branch: &Branch) -> bool {
        self.branch == Some(branch.id)
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Code {
    code: String,
    #[serde(deserialize_with = "none_if_empty")]
    branch: Option<BranchId>,
    done: Option<OrderId>,
}

/// No branch is sent as nothing.
fn none_if_empty<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<BranchId>, D::Error> {
    let text = String::deserialize(from)?;
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(serde::de::Error::custom) }
}

async fn till(
    State(app): State<App>,
    page: Page,
    console: Allowed<may::HandOver>,
    headers: HeaderMap,
    Query(mut asked): Query<Code>,
) -> Result<Response, Error> {
    let store = &console.store;
    let mut read = app.db.read().await?;
    if asked.branch.is_none() {
        // This device was there the last time.
        let branches = branches::list(&mut read, store.id).await?;
        let last = web::session::cookie(&headers, COUNTER).and_then(|last| last.parse().ok());
        asked.branch = last.filter(|last| branches.iter().any(|branch| branch.id == *last));
    }
    let counter = asked.branch.map(|branch| remember(&app, branch)).transpose()?;
    let found = match asked.done {
        Some(done) => super::get(&mut read, store.id, done).await?,
        None if asked.code.is_empty() => None,
        None => super::find_by_code(&mut read, store.id, &asked.code).await?,
    };
    let has_counters = super::has_counters(&mut read, store.id).await?;
    drop(read);
    let problem = match &found {
        None if !asked.code.is_empty() => Some("orders-code-unknown"),
        Some(order) if asked.done.is_none() => why_not(order, asked.branch, has_counters),
        _ => None,
    };
    let shown = draw_till(&app, page, console.into_console(), asked, found, problem).await?;
    Ok((counter.map(|cookie| [(header::SET_COOKIE, cookie)]), shown).into_response())
}

/// The cookie in which a device keeps where it hands over.
const COUNTER: &str = "counter";

fn remember(app: &App, branch: BranchId) -> Result<HeaderValue, Error> {
    web::session::set_cookie(app, COUNTER, &branch.to_string(), 365 * 24 * 60 * 60, true)
}

/// Why an order cannot be handed over, before anyone tries.
fn why_not(order: &Order, branch: Option<BranchId>, has_counters: bool) -> Option<&'static str> {
    match order.state.step() {
        Step::Completed => Some("orders-code-used"),
        Step::ReadyForPickUp if branch.is_none() && has_counters => Some("orders-code-which-branch"),
        Step::ReadyForPickUp if branch.is_some() && branch != order.fulfilment.branch() => {
            Some("orders-code-other-branch")
        }
        Step::ReadyForPickUp => None,
        _ => Some("orders-code-not-ready"),
    }
}

async fn draw_till(
    app: &App,
    page: Page,
    console: Console,
    asked: Code,
    found: Option<Order>,
    problem: Option<&'static str>,
) -> Result<Response, Error> {
    let store = &console.store;
    let mut read = app.db.read().await?;
    let view = match found {
        Some(order) => Some(View::of(&mut read, store, order, app.clock.now()).await?),
        None => None,
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shown = TillPage {
        frame: console.frame(&page, "orders"),
        handle: store.handle.clone(),
        branches: branches::list(&mut read, store.id).await?,
        branch: asked.branch,
        done: asked.done.is_some(),
        code: asked.code,
        page,
        view,
        problem,
    };
    Ok((status, html(&shown)?).into_response())
}

#[derive(Deserialize)]
struct Scanned {
    code: String,
}

/// A phone's own camera opened the address in the QR code.
async fn scanned(
    console: Allowed<may::HandOver>,
    Path(Scanned { code }): Path<Scanned>,
) -> Result<Response, Error> {
    let digits: String = code.chars().filter(char::is_ascii_digit).take(32).collect();
    Ok(see_other(&format!("/console/{}/pick-up?code={digits}", console.store.handle)).into_response())
}

async fn hand_over(
    State(app): State<App>,
    page: Page,
    console: Allowed<may::HandOver>,
    Form(sent): Form<Code>,
) -> Result<Response, Error> {
    let clerk: AccountId = console.actor();
    let problem = match super::redeem(&app, &console.store, clerk, sent.branch, &sent.code).await {
        Ok(order) => {
            let branch = sent.branch.map(|branch| format!("&branch={branch}")).unwrap_or_default();
            let address = format!("/console/{}/pick-up?done={}{branch}", console.store.handle, order.id);
            return Ok(see_other(&address).into_response());
        }
        Err(RedeemError::NotFound) => "orders-code-unknown",
        Err(RedeemError::Used) => "orders-code-used",
        Err(RedeemError::NeedsBranch) => "orders-code-which-branch",
        Err(RedeemError::OtherBranch) => "orders-code-other-branch",
        Err(RedeemError::NotAllowed(_)) => "orders-code-not-ready",
        Err(RedeemError::Db(error)) => return Err(error.into()),
    };
    let found = super::find_by_code(&mut app.db.read().await?, console.store.id, &sent.code).await?;
    draw_till(&app, page, console.into_console(), sent, found, Some(problem)).await
}

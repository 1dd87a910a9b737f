//! The store's rooms: live now, to come, and past with what they brought. And the shortest way to a new one.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::{Money, ProductId, RoomId, Timestamp};
use serde::Deserialize;
use stores::{Allowed, Console, catalog, followers, images, may};
use web::{App, ConsoleFrame, Error, Page, Query, html};

use super::base;
use crate::{
    Live,
    report::{self, Overview},
    rooms::{self, Plan, Room, State as RoomState},
    shelf,
};

/// Rooms that are over, on one page.
const PAST_SHOWN: i64 = 20;
/// Products that a store's first room begins with.
const FIRST_SHELF: usize = 20;
/// Pixels of a cover in the list.
const COVER: u32 = 320;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    done: Option<String>,
    /// Past rooms before this time.
    before: Option<Timestamp>,
}

#[derive(Template)]
#[template(path = "studio/list.html")]
struct ListPage {
    page: Page,
    frame: ConsoleFrame,
    handle: String,
    time_zone: String,
    live: Vec<Row>,
    coming: Vec<Row>,
    past: Vec<Past>,
    older: Option<Timestamp>,
    flash: Option<&'static str>,
    followers: i64,
}

struct Row {
    href: String,
    room: Room,
    cover: Option<String>,
    viewers: u64,
    reminders: i64,
    products: usize,
}

struct Past {
    href: String,
    room: Room,
    cover: Option<String>,
    began: Option<Timestamp>,
    minutes: i64,
    all: Overview,
    paid: Money,
}

impl ListPage {
    fn is_empty(&self) -> bool {
        self.live.is_empty() && self.coming.is_empty() && self.past.is_empty()
    }
}

pub(super) async fn show(
    State(app): State<App>,
    console: Allowed<may::HostLive>,
    page: Page,
    Query(asked): Query<Asked>,
) -> Result<impl IntoResponse, Error> {
    let store = &console.store;
    let mut read = app.db.read().await?;
    let rooms = rooms::of_store(&mut read, store.id, app.clock.now()).await?;
    let before = asked.before.unwrap_or(Timestamp::MAX);
    let over = rooms::over(&mut read, store.id, before, PAST_SHOWN).await?;
    let older = over.last().filter(|_| over.len() as i64 == PAST_SHOWN).and_then(|last| match last.state {
        RoomState::Ended { at, .. } | RoomState::Cancelled { at, .. } => Some(at),
        _ => None,
    });
    let (mut live, mut coming, mut past) = (Vec::new(), Vec::new(), Vec::new());
    for room in rooms.live {
        live.push(row(&app, &mut read, &console, room).await?);
    }
    for room in rooms.coming {
        coming.push(row(&app, &mut read, &console, room).await?);
    }
    for room in over {
        past.push(over_row(&mut read, &console, room).await?);
    }
    let followers = followers::count(&mut read, store.id).await?;
    drop(read);
    html(&ListPage {
        followers,
        frame: console.frame(&page, "live"),
        handle: store.handle.clone(),
        time_zone: store.time_zone.clone(),
        live,
        coming,
        past,
        older,
        flash: asked.done.as_deref().and_then(|done| match done {
            "cancelled" => Some("studio-done-cancelled"),
            "deleted" => Some("studio-done-replay-deleted"),
            _ => None,
        }),
        page,
    })
}

fn cover(room: &Room) -> Option<String> {
    room.cover.map(|image| images::address(image, COVER))
}

async fn row(app: &App, read: &mut db::Read, console: &Console, room: Room) -> Result<Row, Error> {
    Ok(Row {
        href: base(console, room.id),
        cover: cover(&room),
        viewers: Live::of(app).map_or(0, |live| live.hub().viewers(room.id)),
        reminders: rooms::reminders(read, console.store.id, room.id).await?,
        products: shelf::standing(read, &room).await?.len(),
        room,
    })
}

async fn over_row(read: &mut db::Read, console: &Console, room: Room) -> Result<Past, Error> {
    let all = report::overview(read, &room).await?;
    let (began, minutes) = match room.state {
        RoomState::Ended { since, at, .. } => (Some(since), at.duration_since(since).as_mins().max(1)),
        _ => (None, 0),
    };
    Ok(Past {
        href: format!("{}/report", base(console, room.id)),
        cover: cover(&room),
        paid: Money::new(all.revenue, console.store.currency),
        room,
        began,
        minutes,
        all,
    })
}

/// A room for now, with the shelf of the last one: the first of the two taps to being live.
pub(super) async fn go_live_now(
    State(app): State<App>,
    console: Allowed<may::HostLive>,
    page: Page,
) -> Result<Response, Error> {
    let (store, actor) = (&console.store, console.actor());
    let now = app.clock.now();
    let title = page.tr("studio-title-now").with("date", page.date(now, &store.time_zone)).to_string();
    let room = rooms::schedule(&app, store, actor, Plan::now(title)).await?;
    let products = last_shelf(&app, &console, room.id).await?;
    if !products.is_empty() {
        shelf::add(&app, store.id, actor, room.id, &products).await?;
    }
    Ok(web::see_other(&format!("{}/studio", base(&console, room.id))).into_response())
}

/// What stood on the shelf of the last room and is still sold; for a first room, what sells best.
async fn last_shelf(app: &App, console: &Console, new: RoomId) -> Result<Vec<ProductId>, Error> {
    let store = console.store.id;
    let mut read = app.db.read().await?;
    let over = rooms::over(&mut read, store, Timestamp::MAX, 1).await?;
    if let Some(last) = over.into_iter().find(|room| room.id != new) {
        let standing = shelf::standing(&mut read, &last).await?;
        let products: Vec<ProductId> = standing.iter().map(|there| there.product_id).collect();
        let offers = catalog::offers(&mut read, store, &products).await?;
        let sold =
            |product: &ProductId| offers.iter().any(|offer| offer.product == *product && offer.on_shelf);
        return Ok(products.into_iter().filter(sold).collect());
    }
    let best = catalog::find(&mut read, store, &catalog::Query::default()).await?;
    Ok(best.cards.into_iter().take(FIRST_SHELF).map(|card| card.id).collect())
}

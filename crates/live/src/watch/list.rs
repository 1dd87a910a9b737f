//! A store's rooms: on now, coming up, and to watch again.

use askama::Template;
use axum::{extract::State, response::IntoResponse};
use kernel::Timestamp;
use stores::{Storefront, images};
use web::{App, Error, Page, ShopFrame, html};

use super::words;
use crate::{
    Live,
    rooms::{self, Room, State as RoomState},
};

/// Pixels of a cover in the list, and on the page's own card.
const COVER: u32 = 800;

#[derive(Template)]
#[template(path = "watch/list.html")]
struct ListPage {
    page: Page,
    shop: ShopFrame,
    /// With scheme and host.
    address: String,
    cover: Option<String>,
    now: Vec<Tile>,
    next: Vec<Tile>,
    replays: Vec<Tile>,
}

/// A room in the list.
struct Tile {
    href: String,
    title: String,
    cover: Option<String>,
    host: String,
    when: String,
    viewers: u64,
    minutes: i64,
}

impl ListPage {
    fn is_empty(&self) -> bool {
        self.now.is_empty() && self.next.is_empty() && self.replays.is_empty()
    }
}

pub(super) async fn show(
    State(app): State<App>,
    front: Storefront,
    page: Page,
) -> Result<impl IntoResponse, Error> {
    let now = app.clock.now();
    let found = rooms::of_store(&mut app.db.read().await?, front.store.id, now).await?;
    let base = &app.platform.base_url;
    let tiles = |rooms: Vec<Room>| rooms.iter().map(|room| tile(&app, &front, &page, room, now)).collect();
    html(&ListPage {
        shop: front.frame(&app, &page, "live").await?,
        address: format!("{base}/s/{}/live", front.store.handle),
        cover: front.live.cover.map(|cover| format!("{base}{}", images::address(cover, COVER))),
        now: tiles(found.live),
        // One that was made to go live at once is there when it is.
        next: tiles(found.coming.into_iter().filter(|room| room.starts_at > room.created_at).collect()),
        replays: tiles(found.replays),
        page,
    })
}

fn tile(app: &App, front: &Storefront, page: &Page, room: &Room, now: Timestamp) -> Tile {
    let (at, minutes) = match room.state {
        RoomState::Ended { since, at, .. } => (since, at.duration_since(since).as_mins().max(1)),
        RoomState::Live { since, .. } => (since, 0),
        _ => (room.starts_at, room.planned_minutes),
    };
    Tile {
        href: super::path(&front.store.handle, room.id),
        title: room.title.clone(),
        cover: room.cover.or(front.live.cover).map(|cover| images::address(cover, COVER)),
        host: room.host_name.clone(),
        when: words::when(page, &front.store, at, now),
        viewers: Live::of(app).map_or(0, |live| live.hub().viewers(room.id)),
        minutes,
    }
}

//! The studio's page, and its pulse.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use stores::{Allowed, Console, may};
use web::{App, Error, Page, Path, Query, html};

use super::{
    Of, base, drops, flash, goods,
    pulse::Pulse,
    room_path, tools,
    view::{Line, Running, Said, Shelf},
};
use crate::{Live, chat, drops::Coupon, rooms::Room};

/// Waits between two messages of one person that a host may choose, in seconds.
const SLOW_CHOICES: [i64; 6] = [0, 3, 5, 10, 30, 60];

#[derive(Template)]
#[template(path = "studio/studio.html")]
struct StudioPage {
    page: Page,
    desk: Desk,
    pulse: Pulse,
    shelf: Shelf,
}

/// What the studio shows beside the pulse and the shelf.
pub(super) struct Desk {
    pub handle: String,
    /// The room's address in the console, and for buyers: its path, and whole.
    pub base: String,
    pub room_path: String,
    pub address: String,
    /// Where the video is: `/media/room_…`.
    pub media: String,
    /// Where encoders send to; empty when none are let in.
    pub rtmp: String,
    pub has_key: bool,
    /// The stream key, in the one answer that shows it.
    pub fresh_key: Option<String>,
    pub title: String,
    pub is_portrait: bool,
    pub announcement: String,
    pub comment: Option<Said>,
    pub chat: Vec<Said>,
    pub slow_seconds: i64,
    pub comment_orders: bool,
    /// What nobody may say, a line each.
    pub words: String,
    pub silenced: Vec<chat::Silenced>,
    pub parts: Vec<chat::Partner>,
    pub time_zone: String,
    /// Whether the browser's own camera may publish.
    pub may_whip: bool,
    /// What can be dropped; nothing where nothing hands out coupons.
    pub coupons: Vec<Coupon>,
    /// The selling tools that are under way.
    pub running: Vec<Running>,
}

impl Desk {
    pub fn slow_choices(&self) -> [i64; 6] {
        SLOW_CHOICES
    }
    /// The pattern of a comment, for those that come.
    pub fn blank_line(&self) -> Said {
        Said { id: String::new(), name: String::new(), text: String::new(), staff: true }
    }
}

impl StudioPage {
    fn pinned(&self) -> Option<&Line> {
        self.shelf.lines.iter().find(|line| line.is_pinned)
    }
}

pub(super) async fn show(
    State(app): State<App>,
    console: Allowed<may::HostLive>,
    page: Page,
    Path(of): Path<Of>,
    Query(asked): Query<goods::View>,
) -> Result<Response, Error> {
    let room = of.find(&app, &console).await?;
    if room.state.is_over() {
        // The studio is where a room is made; what came of it is elsewhere.
        return Ok(web::see_other(&format!("{}/report", base(&console, room.id))).into_response());
    }
    draw(&app, page, console.into_console(), room, asked, None).await
}

pub(super) async fn draw(
    app: &App,
    page: Page,
    console: Console,
    room: Room,
    asked: goods::View,
    fresh_key: Option<String>,
) -> Result<Response, Error> {
    let store = &console.store;
    let now = app.clock.now();
    let mut read = app.db.read().await?;
    let here = format!("{}/studio", base(&console, room.id));
    let shelf = goods::draw(&mut read, &console, &room, here, false, &asked).await?;
    let pulse = Pulse::of(app, &mut read, store, &room).await?;
    let mut running = flash::running(&mut read, &page, &room, &shelf, now).await?;
    running.extend(drops::running(&mut read, &page, &room, &shelf, now).await?);
    running.extend(tools::running(&mut read, &page, store, &room).await?);
    let settings = Live::of(app)?.settings().clone();
    let room_path = room_path(&console, room.id);
    let desk = Desk {
        handle: store.handle.clone(),
        base: base(&console, room.id),
        address: format!("{}{room_path}", app.platform.base_url),
        room_path,
        media: format!("/media/{}", room.id),
        rtmp: settings.rtmp_url,
        may_whip: settings.whip,
        has_key: room.has_key,
        fresh_key,
        is_portrait: room.portrait,
        announcement: room.announcement.clone(),
        comment: chat::pinned(&mut read, &room).await?.map(Said::from),
        chat: chat::recent(&mut read, &room).await?.into_iter().map(Said::from).collect(),
        slow_seconds: room.slow_seconds,
        comment_orders: room.comment_orders,
        words: chat::words(&mut read, store.id).await?.join("\n"),
        silenced: chat::silenced(&mut read, store.id, room.id, now).await?,
        parts: chat::parts(&mut read, store.id, room.id).await?,
        time_zone: store.time_zone.clone(),
        coupons: drops::coupons(app, &mut read, store.id).await?,
        running,
        title: room.title,
    };
    Ok(html(&StudioPage { page, desk, pulse, shelf })?.into_response())
}

#[derive(Template)]
#[template(path = "studio/pulse.html")]
struct PulsePage {
    page: Page,
    pulse: Pulse,
}

pub(super) async fn pulse(
    State(app): State<App>,
    console: Allowed<may::HostLive>,
    page: Page,
    Path(of): Path<Of>,
) -> Result<impl IntoResponse, Error> {
    let room = of.find(&app, &console).await?;
    let pulse = Pulse::of(&app, &mut app.db.read().await?, &console.store, &room).await?;
    html(&PulsePage { page, pulse })
}

//! One room: scheduled, live, to watch again, or over. It is one page, so that who waits sees it begin.

use askama::Template;
use axum::{Json, extract::State, http::header, response::IntoResponse};
use kernel::{Money, Timestamp};
use serde::{Deserialize, Serialize};
use stores::{Store, Storefront, followers, images, qr};
use web::{App, Error, Page, Path, Query, ShopFrame, content_security_policy_with, html};

use super::{Of, words};
use crate::{
    Live,
    rooms::{self, Room, State as RoomState},
    shelf::{self, Chapter},
    story::{self, payload},
    studio,
};

/// Pixels of a cover on the stage, and on a card that is shared.
const COVER: u32 = 1600;
const SHARED: u32 = 800;
/// WebRTC gives way at once where a network is uneven, HLS does not: only small rooms begin with it.
const WHEP_VIEWERS_MAX: u64 = 60;
/// What `live-player.js` imports once it knows how it plays.
const HLS_SCRIPTS: &[&str] = &["live-player.js", "live-hls.js", "vendor/hls.light.js"];
const WHEP_SCRIPTS: &[&str] = &["live-player.js", "live-whep.js"];

#[derive(Template)]
#[template(path = "watch/room.html")]
struct RoomPage {
    page: Page,
    shop: ShopFrame,
    room: RoomWords,
    /// What `live-room.js` begins with, as it may stand inside a script element; the same for `chapters`.
    state: String,
    chapters: String,
    shelf: Vec<ShelfLine>,
    share: ShareWords,
    following: bool,
    /// Whether who looks keeps order here.
    moderates: bool,
    flash: Option<&'static str>,
}

/// The room in words.
struct RoomWords {
    address: String,
    /// Its address in the console.
    base: String,
    /// Where the page's cross leads.
    back: String,
    title: String,
    /// As buyers are told: a rehearsal is not theirs to know of.
    state: &'static str,
    state_key: &'static str,
    /// Why there is nothing to see.
    over_key: &'static str,
    when: String,
    starts_at: Timestamp,
    now: Timestamp,
    in_words: String,
    cover: Option<String>,
    portrait: bool,
    /// Whether it is recorded, to be watched again; and whether that can be watched now.
    keeps: bool,
    replay: bool,
    source: Option<String>,
    whep: Option<String>,
    /// Which of them there are now, where that is for us to say.
    ways: Option<String>,
    /// Scripts of the player that the page will want, of those that it asks for last.
    player: &'static [&'static str],
    viewer_name: String,
    reminded: bool,
    reminders: i64,
}

impl RoomWords {
    /// There is no video, yet or any more.
    fn is_waiting(&self) -> bool {
        match self.state {
            "scheduled" | "cancelled" => true,
            "ended" => !self.replay,
            _ => false,
        }
    }
    fn can_talk(&self) -> bool {
        !matches!(self.state, "ended" | "cancelled")
    }
}

/// A product of the room, for who has no script.
struct ShelfLine {
    number: i64,
    title: String,
    href: String,
    image: Option<String>,
    price: String,
    was: Option<String>,
    sold_out: bool,
}

/// What is handed on with the room's address; its code is at `qr.svg` and `qr.png` below it.
struct ShareWords {
    /// With scheme and host.
    address: String,
    title: String,
    words: String,
    picture: Option<String>,
}

/// The room and where its story stands, as `state.json` and the page have it.
#[derive(Serialize)]
pub(super) struct Told {
    epoch: i64,
    seq: i64,
    d: payload::Snapshot,
}

/// A chapter as `live-replay.js` reads it.
#[derive(Serialize)]
struct ChapterWords<'s> {
    number: i64,
    title: &'s str,
    image: Option<&'s str>,
    /// Where in the recording.
    ms: i64,
}

/// The room as it is. A room must be read before what is told of it, see [`story::snapshot`].
async fn told(app: &App, store: &Store, room: &Room) -> Result<Told, Error> {
    let mut read = app.db.read().await?;
    let d = story::snapshot_for_buyers(app, &mut read, room, store.currency).await?;
    Ok(Told { epoch: room.epoch, seq: room.seq, d })
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    done: Option<String>,
}

pub(super) async fn show(
    State(app): State<App>,
    front: Storefront,
    page: Page,
    Path(of): Path<Of>,
    Query(asked): Query<Asked>,
) -> Result<impl IntoResponse, Error> {
    let room = of.find(&app, &front).await?;
    let told = told(&app, &front.store, &room).await?;
    let account = page.viewer().map(|viewer| viewer.account_id);
    let mut read = app.db.read().await?;
    let reminders = rooms::reminders(&mut read, room.store_id, room.id).await?;
    let (mut reminded, mut following, mut moderates) = (false, false, false);
    if let Some(account) = account {
        reminded = rooms::is_reminded(&mut read, room.store_id, room.id, account).await?;
        following = followers::is_following(&mut read, room.store_id, account).await?;
        moderates = rooms::works_in(&mut read, &room, account).await?;
    }
    let chapters = shelf::chapters(&mut read, &room).await?;
    drop(read);
    let words = RoomWords { reminded, reminders, ..in_words(&app, &front, &page, &room) };
    let cover = room.cover.or(front.live.cover).map(|cover| images::address(cover, SHARED));
    let shown = RoomPage {
        shop: front.frame(&app, &page, "live").await?,
        share: ShareWords {
            address: format!("{}{}", app.platform.base_url, words.address),
            title: room.title.clone(),
            words: words.when.clone(),
            picture: cover.map(|cover| format!("{}{cover}", app.platform.base_url)),
        },
        chapters: in_script(&chapter_words(&room, &chapters, &told.d.shelf))?,
        shelf: told.d.shelf.iter().map(|item| shelf_line(&front.store, item)).collect(),
        state: in_script(&told)?,
        following,
        moderates,
        flash: (asked.done.as_deref() == Some("followed")).then_some("stores-followed-words"),
        room: words,
        page,
    };
    let policy = shown.room.source.as_deref().and_then(content_security_policy_with);
    Ok((policy.map(|policy| [(header::CONTENT_SECURITY_POLICY, policy)]), html(&shown)?))
}

fn in_words(app: &App, front: &Storefront, page: &Page, room: &Room) -> RoomWords {
    let (store, now) = (&front.store, app.clock.now());
    let live = Live::of(app).ok();
    let recorded = match room.state {
        RoomState::Ended { show, .. } if room.replay => Some(show),
        _ => None,
    };
    let whep = live.as_ref().is_some_and(|live| {
        let settings = live.settings();
        settings.whep
            && settings.external_hls.is_empty()
            && live.hub().viewers(room.id) < WHEP_VIEWERS_MAX
            && !room.state.is_over()
    });
    // Most browsers play HLS by script, and WHEP where it is.
    let by_whep = || {
        let name = rooms::video_name(room.id);
        live.as_ref().zip(name).is_some_and(|(live, name)| live.broadcast().is_by_whep(&name))
    };
    let player: &[&str] = match room.state {
        _ if recorded.is_some() => HLS_SCRIPTS,
        RoomState::Live { .. } if whep && by_whep() => WHEP_SCRIPTS,
        RoomState::Live { .. } => HLS_SCRIPTS,
        _ => &[],
    };
    let video = video_path(room);
    let elsewhere = live.as_ref().map_or("", |live| live.settings().external_hls.as_str());
    let starts_at = match room.state {
        RoomState::Live { since, .. } | RoomState::Ended { since, .. } => since,
        _ => room.starts_at,
    };
    let state = room.state.word_for_buyers();
    RoomWords {
        address: super::path(&store.handle, room.id),
        base: studio::base_of(store, room.id),
        back: format!("/s/{}/live", store.handle),
        title: room.title.clone(),
        state,
        state_key: state_key(state, recorded.is_some()),
        over_key: if state == "cancelled" { "live-is-cancelled" } else { "live-is-over" },
        when: words::when(page, store, starts_at, now),
        starts_at: room.starts_at,
        now,
        in_words: words::until(page, room.starts_at, now),
        cover: room.cover.or(front.live.cover).map(|cover| images::address(cover, COVER)),
        portrait: room.portrait,
        keeps: room.replay,
        replay: recorded.is_some(),
        source: match (recorded, room.state) {
            (Some(show), _) => Some(format!("{video}/{show}/replay.m3u8")),
            (None, state) if state.is_over() => None,
            _ => Some(live_source(elsewhere, room)),
        },
        whep: whep.then(|| format!("{video}/whep")),
        ways: (elsewhere.is_empty() && !room.state.is_over()).then(|| format!("{video}/ways")),
        player,
        viewer_name: page.viewer().map(|viewer| viewer.name.clone()).unwrap_or_default(),
        reminded: false,
        reminders: 0,
    }
}

/// Where this server has the room's video.
fn video_path(room: &Room) -> String {
    format!("/media/{}", room.id)
}

/// Where the live video is: here, or at a media server or CDN of which the platform's settings know.
fn live_source(elsewhere: &str, room: &Room) -> String {
    match elsewhere {
        "" => format!("{}/index.m3u8", video_path(room)),
        elsewhere => elsewhere.replace("{room}", &room.id.to_string()),
    }
}

fn state_key(state: &str, replay: bool) -> &'static str {
    match state {
        "live" => "live-state-live",
        "lost" => "live-state-lost",
        "cancelled" => "live-state-cancelled",
        "ended" if replay => "live-state-replay",
        "ended" => "live-state-ended",
        _ => "live-state-scheduled",
    }
}

fn shelf_line(store: &Store, item: &payload::Item) -> ShelfLine {
    let money = |minor| Money::new(minor, store.currency).to_string();
    let price = item.live_price.unwrap_or(item.price).min(item.price);
    ShelfLine {
        number: item.number,
        title: item.title.clone(),
        href: format!("/s/{}/p/{}", store.handle, item.product),
        image: item.image.clone(),
        price: money(price),
        was: item.list_price.filter(|list| *list > price).map(money),
        sold_out: item.sold_out,
    }
}

/// The chapters of what is still on the shelf. One whose place in the recording is not known stands where it was by the clock.
fn chapter_words<'s>(room: &Room, chapters: &[Chapter], shelf: &'s [payload::Item]) -> Vec<ChapterWords<'s>> {
    let RoomState::Ended { since, .. } = room.state else { return Vec::new() };
    let word = |chapter: &Chapter| {
        let item = shelf.iter().find(|item| item.product == chapter.product_id)?;
        let by_clock = chapter.at.as_millisecond() - since.as_millisecond();
        Some(ChapterWords {
            number: item.number,
            title: &item.title,
            image: item.image.as_deref(),
            ms: chapter.programme_ms.unwrap_or(by_clock).max(0),
        })
    };
    chapters.iter().filter_map(word).collect()
}

/// JSON as it may stand inside a script element: no text of anyone's may end it.
fn in_script(value: &impl Serialize) -> Result<String, Error> {
    Ok(serde_json::to_string(value).map_err(Error::internal)?.replace('<', "\\u003c"))
}

/// The room for those who have no socket.
pub(super) async fn state(
    State(app): State<App>,
    front: Storefront,
    Path(of): Path<Of>,
) -> Result<Json<Told>, Error> {
    let room = of.find(&app, &front).await?;
    Ok(Json(told(&app, &front.store, &room).await?))
}

pub(super) async fn qr_svg(
    State(app): State<App>,
    front: Storefront,
    Path(of): Path<Of>,
) -> Result<impl IntoResponse, Error> {
    let room = of.find(&app, &front).await?;
    qr::svg_file(&format!("{}{}", app.platform.base_url, super::path(&front.store.handle, room.id)))
}

pub(super) async fn qr_png(
    State(app): State<App>,
    front: Storefront,
    Path(of): Path<Of>,
) -> Result<impl IntoResponse, Error> {
    let room = of.find(&app, &front).await?;
    qr::png_file(&format!("{}{}", app.platform.base_url, super::path(&front.store.handle, room.id)))
}

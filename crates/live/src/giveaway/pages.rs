//! Giveaways on pages: what the studio's and the room's scripts send, and the page on which anyone checks the draw.

use askama::Template;
use axum::{
    Json, Router,
    extract::State as From,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use kernel::RoomId;
use serde::Deserialize;
use stores::{Allowed, Storefront, may};
use web::{App, Error, Form, Page, Path, ShopFrame, html};

use super::{Entry, Giveaway, GiveawayId, Open, State, Task, Winning, api::EntryBody};
use crate::{
    rooms,
    studio::{self, Asker, tools_panel},
};

/// Entries that stand on the page itself; the whole list is a file.
const ENTRIES_SHOWN: i64 = 200;
/// Nobody enters after the draw: the list stays what it is.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";
/// Before, it is asked for again, and sent again if anyone has entered since.
const ASK_AGAIN: &str = "private, no-cache";

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/console/{handle}/live/{room}/giveaway", post(open))
        .route("/console/{handle}/live/{room}/giveaways/{giveaway}/draw", post(draw))
        .route("/s/{handle}/live/{room}/giveaways/{giveaway}", get(verify))
        .route("/s/{handle}/live/{room}/giveaways/{giveaway}/list.txt", get(list))
        .route("/s/{handle}/live/{room}/giveaways/{giveaway}/mine.json", get(mine))
        .route("/s/{handle}/live/{room}/giveaways/{giveaway}/enter", post(enter))
}

type Host = Allowed<may::HostLive>;

/// The giveaway in the path.
#[derive(Clone, Copy, Deserialize)]
struct Of {
    room: RoomId,
    giveaway: GiveawayId,
}

impl Of {
    async fn find(&self, app: &App, front: &Storefront) -> Result<Giveaway, Error> {
        let found = super::get(&mut app.db.read().await?, front.store.id, self.room, self.giveaway).await?;
        found.ok_or(Error::NotFound)
    }
}

#[derive(Deserialize)]
struct NewGiveaway {
    prize: String,
    winners: i64,
    task: Task,
    #[serde(default)]
    keyword: String,
    seconds: i64,
}

async fn open(
    From(app): From<App>,
    console: Host,
    asker: Asker,
    Path(of): Path<studio::Of>,
    Form(sent): Form<NewGiveaway>,
) -> Result<Response, Error> {
    let NewGiveaway { prize, winners, task, keyword, seconds } = sent;
    let wanted = Open { prize, winners, task, keyword, seconds };
    super::open(&app, console.store.id, console.actor(), of.room, wanted).await?;
    Ok(asker.done(&tools_panel(&console, of.room)))
}

async fn draw(
    From(app): From<App>,
    console: Host,
    asker: Asker,
    Path(of): Path<Of>,
) -> Result<Response, Error> {
    super::close(&app, console.store.id, console.actor(), of.room, of.giveaway).await?;
    Ok(asker.done(&tools_panel(&console, of.room)))
}

async fn enter(
    From(app): From<App>,
    front: Storefront,
    page: Page,
    Path(of): Path<Of>,
) -> Result<Json<EntryBody>, Error> {
    let account = page.signed_in()?.account_id;
    let entry = super::enter(&app, front.store.id, of.room, of.giveaway, account).await?;
    Ok(Json(entry.into()))
}

async fn mine(
    From(app): From<App>,
    front: Storefront,
    page: Page,
    Path(of): Path<Of>,
) -> Result<Json<Option<EntryBody>>, Error> {
    let account = page.signed_in()?.account_id;
    let giveaway = of.find(&app, &front).await?;
    let entry = super::entry_of(&mut app.db.read().await?, &giveaway, account).await?;
    Ok(Json(entry.map(EntryBody::from)))
}

/// The list as it was hashed, to the byte. Who has it already is not sent it again.
async fn list(
    From(app): From<App>,
    front: Storefront,
    Path(of): Path<Of>,
    sent: HeaderMap,
) -> Result<Response, Error> {
    let giveaway = of.find(&app, &front).await?;
    let (etag, keep) = match giveaway.revealed() {
        Some((_, hash)) => (format!("\"{hash}\""), FOR_GOOD),
        // An entry that is written stays as it is.
        None => (format!("\"{}\"", giveaway.entries), ASK_AGAIN),
    };
    let is_known = sent.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes());
    let headers = [(header::ETAG, etag), (header::CACHE_CONTROL, keep.to_owned())];
    if is_known {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let list = super::list(&mut app.db.read().await?, &giveaway).await?;
    Ok((headers, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], list).into_response())
}

#[derive(Template)]
#[template(path = "giveaway/verify.html")]
struct VerifyPage {
    page: Page,
    shop: ShopFrame,
    room_path: String,
    room_title: String,
    giveaway: Giveaway,
    winners: Vec<Winning>,
    /// The first of them.
    entries: Vec<Entry>,
    /// Of whoever looks.
    own: Option<Entry>,
    time_zone: String,
}

impl VerifyPage {
    fn is_open(&self) -> bool {
        self.giveaway.state == State::Open
    }
    /// The numbers of those who won, in the order in which they were drawn.
    fn drawn(&self) -> String {
        let numbers: Vec<String> = self.winners.iter().map(|winner| winner.number.to_string()).collect();
        numbers.join(" ")
    }
    fn not_shown(&self) -> i64 {
        self.giveaway.entries - self.entries.len() as i64
    }
}

/// What there is to check a draw with.
async fn verify(
    From(app): From<App>,
    front: Storefront,
    page: Page,
    Path(of): Path<Of>,
) -> Result<impl IntoResponse, Error> {
    let giveaway = of.find(&app, &front).await?;
    let mut read = app.db.read().await?;
    let room = rooms::get(&mut read, front.store.id, of.room).await?.ok_or(Error::NotFound)?;
    let winners = super::winners(&mut read, &giveaway).await?;
    let entries = super::entries(&mut read, &giveaway, ENTRIES_SHOWN).await?;
    let own = match page.viewer() {
        Some(viewer) => super::entry_of(&mut read, &giveaway, viewer.account_id).await?,
        None => None,
    };
    drop(read);
    html(&VerifyPage {
        shop: front.frame(&app, &page, "live").await?,
        room_path: format!("/s/{}/live/{}", front.store.handle, room.id),
        room_title: room.title,
        giveaway,
        winners,
        entries,
        own,
        time_zone: front.store.time_zone.clone(),
        page,
    })
}

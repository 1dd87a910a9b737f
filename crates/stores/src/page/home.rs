//! A store's home page, as buyers see it and as the merchant previews it.

use askama::Template;
use axum::{Router, extract::State, http::header, response::IntoResponse, routing::get};
use kernel::{Money, Timestamp};
use serde::Deserialize;
use web::{App, Error, Page, Query, ShopFrame, html};

use super::{StorePage, qr::ShareCard};
use crate::{
    branches::{self, Branch},
    catalog::{self, CardWords},
    console::{Allowed, may},
    followers,
    hours::{self, Now},
    images,
    shelves::{self, Shelf},
    store::Store,
    storefront::Storefront,
};

/// Products of a shelf that stand on the home page, and shelves.
const SHOWN: i64 = 8;
const SHELVES_SHOWN: usize = 8;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/s/{handle}", get(home))
        .route("/s/{handle}/manifest.webmanifest", get(manifest))
        .route("/console/{handle}/page/preview", get(preview))
}

#[derive(Template)]
#[template(path = "page/home.html")]
struct Home {
    page: Page,
    shop: ShopFrame,
    store: Store,
    live: StorePage,
    notice: Option<&'static str>,
    is_preview: bool,
    following: bool,
    flash: Option<&'static str>,
    /// Whether it is open, and what is said beside that.
    door: Option<(bool, String)>,
    week: Vec<(&'static str, String)>,
    special: Vec<(String, String)>,
    shelves: Vec<(Shelf, Vec<CardWords>)>,
    branches: Vec<Branch>,
    freight: Option<String>,
    free_above: Option<String>,
    share: ShareCard,
}

impl Home {
    fn cover(&self) -> Option<String> {
        self.live.cover.map(|cover| images::address(cover, 1600))
    }
    fn gallery(&self) -> Vec<String> {
        self.live.gallery.iter().map(|image| images::address(*image, 800)).collect()
    }
    fn tel(&self) -> String {
        self.live.phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    done: Option<String>,
}

async fn home(
    State(app): State<App>,
    front: Storefront,
    page: Page,
    Query(asked): Query<Asked>,
) -> Result<impl IntoResponse, Error> {
    let flash = (asked.done.as_deref() == Some("followed")).then_some("stores-followed-words");
    html(&Home { flash, ..view(&app, front, page, false).await? })
}

/// The home page with the draft: what buyers would see.
async fn preview(
    State(app): State<App>,
    console: Allowed<may::EditPage>,
    page: Page,
) -> Result<impl IntoResponse, Error> {
    let (draft, _) = super::draft(&mut app.db.read().await?, console.store.id).await?;
    html(&view(&app, Storefront { store: console.into_console().store, live: draft }, page, true).await?)
}

async fn view(app: &App, front: Storefront, page: Page, is_preview: bool) -> Result<Home, Error> {
    let mut read = app.db.read().await?;
    let store = &front.store;
    let mut filled = Vec::new();
    for shelf in shelves::list(&mut read, store.id).await?.into_iter().take(SHELVES_SHOWN) {
        let cards = catalog::of_shelf(&mut read, store.id, shelf.id, SHOWN).await?;
        if !cards.is_empty() {
            filled.push((shelf, cards.into_iter().map(|card| CardWords::of(store, card)).collect()));
        }
    }
    let branches = branches::list(&mut read, store.id).await?;
    let following = match page.viewer() {
        Some(viewer) => followers::is_following(&mut read, store.id, viewer.account_id).await?,
        None => false,
    };
    drop(read);
    let money = |minor| Money::new(minor, store.currency).to_string();
    let freight = front.live.freight;
    let now = app.clock.now();
    let hours = &front.live.hours;
    let closed = page.tr("stores-day-closed").to_string();
    let spans = |spans: &[hours::Span]| match spans {
        [] => closed.clone(),
        spans => hours::spans_text(spans).replace('-', "–"),
    };
    let week = (0..7).map(|day| (DAYS[day], spans(&hours.week[day]))).collect();
    let today = store.zone().to_datetime(now).date();
    let special = hours.special.iter().filter(|special| special.date >= today);
    let special = special.map(|special| (special.date.to_string(), spans(&special.spans))).collect();
    Ok(Home {
        shop: front.frame(app, &page, "home").await?,
        notice: front.notice(),
        door: door(&page, &front.store, &front.live, now),
        is_preview,
        following,
        flash: None,
        week,
        special,
        shelves: filled,
        branches,
        freight: (freight.fee > 0).then(|| money(freight.fee)),
        free_above: freight.free_above.filter(|_| freight.fee > 0).map(money),
        share: ShareCard {
            address: format!("{}/s/{}", app.platform.base_url, front.store.handle),
            title: front.store.name.clone(),
            price: None,
            words: front.live.intro.clone(),
            picture: front.live.cover.map(|cover| images::address(cover, 800)),
        },
        store: front.store.clone(),
        live: front.live,
        page,
    })
}

/// The keys of the weekdays, Monday first.
pub(crate) const DAYS: [&str; 7] = [
    "stores-monday",
    "stores-tuesday",
    "stores-wednesday",
    "stores-thursday",
    "stores-friday",
    "stores-saturday",
    "stores-sunday",
];

/// Whether the store is open now, and until when.
fn door(page: &Page, store: &Store, live: &StorePage, now: Timestamp) -> Option<(bool, String)> {
    let zone = store.zone();
    let date = |at: Timestamp| zone.to_datetime(at).date();
    let when = |at: Timestamp| {
        let time = page.time(at, &store.time_zone);
        let day = DAYS[date(at).weekday().to_monday_zero_offset() as usize];
        let days = date(now).until(date(at)).map_or(7, |span| span.get_days());
        match days {
            0 => time,
            1 => page.tr("stores-tomorrow-at").with("time", time).to_string(),
            2..=6 => {
                page.tr("stores-day-at").with("day", page.tr(day).to_string()).with("time", time).to_string()
            }
            _ => page.date(at, &store.time_zone),
        }
    };
    let words = |key, at: Option<Timestamp>| {
        at.map(|at| page.tr(key).with("when", when(at)).to_string()).unwrap_or_default()
    };
    match live.hours.at(now, &zone) {
        Now::Untold => None,
        Now::Open { until } => Some((true, words("stores-until", until))),
        Now::Closed { until } => Some((false, words("stores-opens", until))),
    }
}

/// What a phone needs to put the store on its home screen.
async fn manifest(front: Storefront, page: Page) -> impl IntoResponse {
    let home = format!("/s/{}", front.store.handle);
    let icons = match front.live.cover {
        Some(cover) => {
            serde_json::json!([{ "src": images::address(cover, 320), "sizes": "any", "type": "image/webp" }])
        }
        None => {
            serde_json::json!([{ "src": page.asset("mark.svg"), "sizes": "any", "type": "image/svg+xml" }])
        }
    };
    let body = serde_json::json!({
        "name": front.store.name, "short_name": front.store.abbreviation, "start_url": home, "scope": home,
        "display": "standalone", "theme_color": front.live.accent, "background_color": "#ffffff", "icons": icons,
    });
    ([(header::CONTENT_TYPE, "application/manifest+json")], body.to_string())
}

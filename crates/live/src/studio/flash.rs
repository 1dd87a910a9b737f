//! Flash sales from the studio.

use axum::{Router, extract::State, response::Response, routing::post};
use db::Read;
use kernel::{Invalid, Money, Problem, RoomId, SkuId, Timestamp};
use serde::Deserialize;
use stores::{Allowed, may, special_prices::SpecialId};
use web::{App, Error, Form, Page, Path};

use super::{
    Asker, Of, tools_panel,
    view::{End, Line, Running, Shelf},
};
use crate::{
    flash::{self, NewSale, Sale, State as At},
    rooms::Room,
};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/console/{handle}/live/{room}/flash", post(begin))
        .route("/console/{handle}/live/{room}/flash/{sale}/end", post(end))
}

type Host = Allowed<may::HostLive>;

/// As it was typed. What is not a number is said to be none on its field.
#[derive(Deserialize)]
struct Sent {
    sku: SkuId,
    price: String,
    quota: String,
    /// Empty: as many as they like.
    #[serde(default)]
    per_buyer: String,
    countdown_seconds: i64,
    minutes: i64,
}

async fn begin(
    State(app): State<App>,
    console: Host,
    asker: Asker,
    Path(of): Path<Of>,
    Form(sent): Form<Sent>,
) -> Result<Response, Error> {
    let mut invalid = Invalid::new();
    let count = |typed: &str| typed.trim().parse::<i64>().map_err(|_| Problem::NotANumber);
    let price = Money::parse(&sent.price, console.store.currency).ok_or(Problem::NotANumber);
    let new = NewSale {
        sku: sent.sku,
        price: invalid.take("price", price.map(|money| money.minor)),
        quota: invalid.take("quota", count(&sent.quota)),
        per_buyer: match sent.per_buyer.trim() {
            "" => None,
            typed => Some(invalid.take("per_buyer", count(typed))),
        },
        countdown_seconds: sent.countdown_seconds,
        minutes: sent.minutes,
    };
    invalid.done()?;
    flash::begin(&app, &console.store, console.actor(), of.room, new).await?;
    Ok(asker.done(&tools_panel(&console, of.room)))
}

#[derive(Deserialize)]
struct OfSale {
    room: RoomId,
    sale: SpecialId,
}

async fn end(
    State(app): State<App>,
    console: Host,
    asker: Asker,
    Path(of): Path<OfSale>,
) -> Result<Response, Error> {
    flash::end(&app, console.store.id, console.actor(), of.room, of.sale).await?;
    Ok(asker.done(&tools_panel(&console, of.room)))
}

/// The room's flash sales as the studio lists them.
pub(super) async fn running(
    read: &mut Read,
    page: &Page,
    room: &Room,
    shelf: &Shelf,
    now: Timestamp,
) -> Result<Vec<Running>, Error> {
    let sales = flash::of_room(read, room).await?;
    Ok(sales.iter().map(|sale| line(page, sale, shelf, now)).collect())
}

fn line(page: &Page, sale: &Sale, shelf: &Shelf, now: Timestamp) -> Running {
    let product = shelf.lines.iter().find(|line| line.number == sale.number);
    let price = product.map(|line: &Line| Money::new(sale.price, line.price.currency).to_string());
    let title = product.map_or("", |line| line.title.as_str());
    let is_coming = sale.starts_at > now;
    let words = match sale.state {
        _ if is_coming => page.tr("studio-flash-soon").with("count", sale.quota),
        At::Open => page.tr("studio-flash-left").with("left", sale.left).with("quota", sale.quota),
        At::SoldOut | At::Over => page.tr("studio-flash-gone").with("quota", sale.quota),
    };
    Running {
        icon: "zap",
        title: page
            .tr("studio-flash-line")
            .with("price", price.unwrap_or_default())
            .with("title", title)
            .to_string(),
        words: words.to_string(),
        until: Some(if is_coming { sale.starts_at } else { sale.ends_at }),
        end: Some(End {
            address: format!("{}/flash/{}/end", shelf.base, sale.id),
            words: "studio-flash-end",
            sure: Some("studio-flash-end-sure"),
        }),
    }
}

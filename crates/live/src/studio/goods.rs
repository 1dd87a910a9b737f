//! A room's shelf: pinning, adding, ordering, taking away, and prices that hold in the room alone.

use axum::{Router, extract::State, response::Response, routing::post};
use db::Read;
use kernel::{Invalid, Money, Problem, ProductId, SkuId};
use serde::Deserialize;
use stores::{
    Allowed, Console,
    catalog::{self, Query, Sort},
    images, may,
};
use web::{App, Error, Form, Path};

use super::{
    Asker, Of, base,
    view::{Found, Line, Shelf},
};
use crate::{
    rooms::Room,
    shelf::{self, ShelfError},
};

/// Products of the catalog that are offered at once; more are found by searching.
const FOUND_SHOWN: usize = 12;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/console/{handle}/live/{room}/pin", post(pin))
        .route("/console/{handle}/live/{room}/unpin", post(unpin))
        .route("/console/{handle}/live/{room}/shelf", post(change))
        .route("/console/{handle}/live/{room}/shelf-order", post(arrange))
        .route("/console/{handle}/live/{room}/price", post(price))
}

type Host = Allowed<may::HostLive>;

/// What of the shelf a page asks to see.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct View {
    /// Anything at all: arrange it.
    pub arrange: String,
    pub edit: Option<i64>,
    pub q: String,
}

/// The shelf as `here` shows it. A page that does nothing else always arranges.
pub(super) async fn draw(
    read: &mut Read,
    console: &Console,
    room: &Room,
    here: String,
    always: bool,
    asked: &View,
) -> Result<Shelf, Error> {
    let store = &console.store;
    let pinned = room.pinned.map(|pinned| pinned.product);
    let items = shelf::items(read, room).await?;
    let lines: Vec<Line> = items.iter().map(|item| Line::of(item, store.currency, pinned)).collect();
    let is_arranging = (always || !asked.arrange.is_empty()) && !room.state.is_over();
    let mut found = Vec::new();
    if is_arranging {
        let query = Query { text: asked.q.clone(), sort: Sort::Sales, ..Query::default() };
        let cards = catalog::find(read, store.id, &query).await?.cards;
        found.extend(cards.into_iter().take(FOUND_SHOWN).map(|card| Found {
            is_there: lines.iter().any(|line| line.product == card.id),
            id: card.id,
            title: card.title,
            image: card.image_id.map(|image| images::address(image, 320)),
            price: Money::new(card.price_from, store.currency),
            in_stock: card.in_stock,
        }));
    }
    Ok(Shelf {
        base: base(console, room.id),
        here,
        symbol: store.currency.symbol(),
        lines,
        is_arranging,
        may_stop_arranging: !always,
        editing: asked.edit,
        words: asked.q.clone(),
        found,
    })
}

#[derive(Deserialize)]
struct Numbered {
    number: i64,
}

async fn pin(
    State(app): State<App>,
    console: Host,
    asker: Asker,
    Path(of): Path<Of>,
    Form(sent): Form<Numbered>,
) -> Result<Response, Error> {
    shelf::pin(&app, console.store.id, console.actor(), of.room, sent.number).await?;
    Ok(asker.done(&back(&console, &of, "")))
}

async fn unpin(
    State(app): State<App>,
    console: Host,
    asker: Asker,
    Path(of): Path<Of>,
) -> Result<Response, Error> {
    shelf::unpin(&app, console.store.id, console.actor(), of.room).await?;
    Ok(asker.done(&back(&console, &of, "")))
}

/// The page that the form stood on, or the studio.
fn back(console: &Console, of: &Of, asked: &str) -> String {
    match web::own_path(asked) {
        "/" => format!("{}/studio", base(console, of.room)),
        own => own.to_owned(),
    }
}

/// One product more, or one less.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Change {
    add: Option<ProductId>,
    remove: Option<i64>,
    back: String,
}

async fn change(
    State(app): State<App>,
    console: Host,
    asker: Asker,
    Path(of): Path<Of>,
    Form(sent): Form<Change>,
) -> Result<Response, Error> {
    let (store, actor) = (console.store.id, console.actor());
    if let Some(product) = sent.add {
        shelf::add(&app, store, actor, of.room, &[product]).await?;
    }
    if let Some(number) = sent.remove {
        let room = of.find(&app, &console).await?;
        let standing = shelf::standing(&mut app.db.read().await?, &room).await?;
        let there = standing.iter().find(|there| there.number == number);
        // Tapped twice: it is gone already, as was wanted.
        if let Some(there) = there
            && let Err(error) = shelf::remove(&app, store, actor, of.room, there.product_id).await
            && !matches!(error, ShelfError::NotFound)
        {
            return Err(error.into());
        }
    }
    Ok(asker.done(&back(&console, &of, &sent.back)))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Order {
    order: Vec<ProductId>,
    back: String,
}

async fn arrange(
    State(app): State<App>,
    console: Host,
    asker: Asker,
    Path(of): Path<Of>,
    Form(sent): Form<Order>,
) -> Result<Response, Error> {
    if sent.order.len() as i64 > shelf::PRODUCTS_MAX {
        return Err(Invalid::field("order", Problem::TooMany(shelf::PRODUCTS_MAX)).into());
    }
    shelf::arrange(&app, console.store.id, console.actor(), of.room, &sent.order).await?;
    Ok(asker.done(&back(&console, &of, &sent.back)))
}

/// The live prices of a product's variants, as they were typed; an empty one takes the price away.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Prices {
    sku: Vec<SkuId>,
    price: Vec<String>,
}

async fn price(
    State(app): State<App>,
    console: Host,
    asker: Asker,
    Path(of): Path<Of>,
    Form(sent): Form<Prices>,
) -> Result<Response, Error> {
    let currency = console.store.currency;
    let (mut invalid, mut wanted) = (Invalid::new(), Vec::new());
    for (place, (sku, typed)) in sent.sku.iter().zip(&sent.price).enumerate() {
        let price = match typed.trim() {
            "" => None,
            typed => {
                let read = Money::parse(typed, currency).ok_or(Problem::NotANumber);
                Some(invalid.take(format!("price.{place}"), read.map(|money| money.minor)))
            }
        };
        wanted.push((*sku, price));
    }
    invalid.done()?;
    shelf::set_live_prices(&app, &console.store, console.actor(), of.room, &wanted).await?;
    Ok(asker.done(&back(&console, &of, "")))
}

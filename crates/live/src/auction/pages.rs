//! Auctions on pages: what the studio's and the room's scripts send, and the page on which a winner orders.

use askama::Template;
use axum::{
    Json, Router,
    extract::State as From,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use kernel::{Invalid, Money, OrderId, Problem, RoomId, SkuId, Timestamp};
use serde::Deserialize;
use stores::{Allowed, Storefront, images, may};
use web::{App, Error, Form, Page, Path, ShopFrame, html};

use super::{Auction, AuctionId, Open, State, api::OwnBody};
use crate::{
    rooms, shelf,
    studio::{self, Asker, tools_panel},
};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/console/{handle}/live/{room}/auction", post(open))
        .route("/console/{handle}/live/{room}/auctions/{auction}/cancel", post(cancel))
        .route("/s/{handle}/live/{room}/auctions/{auction}", get(show))
        .route("/s/{handle}/live/{room}/auctions/{auction}/mine.json", get(mine))
        .route("/s/{handle}/live/{room}/auctions/{auction}/bid", post(bid))
}

type Host = Allowed<may::HostLive>;

/// The auction in the path.
#[derive(Clone, Copy, Deserialize)]
struct Of {
    room: RoomId,
    auction: AuctionId,
}

/// As it is typed.
#[derive(Deserialize)]
struct NewAuction {
    sku: SkuId,
    price: String,
    increment: String,
    #[serde(default)]
    reserve: String,
    seconds: i64,
    #[serde(default)]
    fixed_end: bool,
}

async fn open(
    From(app): From<App>,
    console: Host,
    asker: Asker,
    Path(of): Path<studio::Of>,
    Form(sent): Form<NewAuction>,
) -> Result<Response, Error> {
    let mut invalid = Invalid::new();
    let currency = console.store.currency;
    let money = |text: &str| Money::parse(text, currency).map(|money| money.minor).ok_or(Problem::NotANumber);
    let start = invalid.take("price", money(&sent.price));
    let increment = invalid.take("increment", money(&sent.increment));
    let reserve = Some(sent.reserve.trim()).filter(|text| !text.is_empty());
    let reserve = reserve.map(|text| invalid.take("reserve", money(text)));
    invalid.done()?;
    let NewAuction { sku, seconds, fixed_end, .. } = sent;
    let wanted = Open { sku, start, increment, reserve, seconds, fixed_end };
    super::open(&app, &console.store, console.actor(), of.room, wanted).await?;
    Ok(asker.done(&tools_panel(&console, of.room)))
}

async fn cancel(
    From(app): From<App>,
    console: Host,
    asker: Asker,
    Path(of): Path<Of>,
) -> Result<Response, Error> {
    super::cancel(&app, console.store.id, console.actor(), of.room, of.auction).await?;
    Ok(asker.done(&tools_panel(&console, of.room)))
}

/// Minor units, as the room's script has them.
#[derive(Deserialize)]
struct Sent {
    amount: i64,
    max: Option<i64>,
}

async fn bid(
    From(app): From<App>,
    front: Storefront,
    page: Page,
    Path(of): Path<Of>,
    Form(sent): Form<Sent>,
) -> Result<Json<OwnBody>, Error> {
    let by = page.signed_in()?.account_id;
    let stands = super::bid(&app, &front.store, of.room, of.auction, by, sent.amount, sent.max).await?;
    Ok(Json(stands.into()))
}

async fn mine(
    From(app): From<App>,
    front: Storefront,
    page: Page,
    Path(of): Path<Of>,
) -> Result<Json<OwnBody>, Error> {
    let account = page.signed_in()?.account_id;
    let mut read = app.db.read().await?;
    let auction = super::get(&mut read, front.store.id, of.room, of.auction).await?;
    let auction = auction.ok_or(Error::NotFound)?;
    Ok(Json(super::stands(&mut read, auction, account).await?.into()))
}

#[derive(Template)]
#[template(path = "auction/result.html")]
struct ResultPage {
    page: Page,
    shop: ShopFrame,
    room_path: String,
    room_title: String,
    auction: Auction,
    image: Option<String>,
    price: Money,
    time_zone: String,
    now: Timestamp,
    /// Masked.
    winner: String,
    /// Whether whoever looks is the winner, and what they have ordered of it.
    is_winner: bool,
    order: Option<OrderId>,
    left: String,
}

impl ResultPage {
    fn money(&self, minor: &i64) -> Money {
        Money::new(*minor, self.price.currency)
    }
    fn ended_at(&self) -> Timestamp {
        self.auction.ended_at.unwrap_or(self.auction.ends_at)
    }
}

/// What came of an auction; for its winner, the way to the order.
async fn show(
    From(app): From<App>,
    front: Storefront,
    page: Page,
    Path(of): Path<Of>,
) -> Result<impl IntoResponse, Error> {
    let store = &front.store;
    let mut read = app.db.read().await?;
    let auction = super::get(&mut read, store.id, of.room, of.auction).await?.ok_or(Error::NotFound)?;
    let room = rooms::get(&mut read, store.id, of.room).await?.ok_or(Error::NotFound)?;
    let words = super::words(&mut read, &auction).await?;
    let (is_winner, order) = match page.viewer() {
        Some(viewer) if auction.state.win().is_some() => {
            let stands = super::stands(&mut read, auction.clone(), viewer.account_id).await?;
            (stands.leads, stands.order)
        }
        _ => (false, None),
    };
    let offers = stores::catalog::offers(&mut read, store.id, &[auction.product_id]).await?;
    let image = offers.first().and_then(|offer| offer.image);
    drop(read);
    let (now, win) = (app.clock.now(), auction.state.win());
    let left = win.map_or(0, |win| win.pay_by.duration_since(now).as_secs().max(0));
    html(&ResultPage {
        shop: front.frame(&app, &page, "live").await?,
        room_path: format!("/s/{}/live/{}", store.handle, room.id),
        room_title: room.title,
        image: image.map(|image| images::address(image, shelf::PICTURE)),
        price: Money::new(words.price, store.currency),
        time_zone: store.time_zone.clone(),
        now,
        winner: words.winner.unwrap_or_default(),
        is_winner,
        order,
        left: format!("{:02}:{:02}", left / 60, left % 60),
        auction,
        page,
    })
}

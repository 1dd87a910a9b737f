//! Coupon drops from the studio.

use axum::{Router, extract::State, response::Response, routing::post};
use db::Read;
use kernel::{Invalid, Problem, RoomId, StoreId, Timestamp};
use serde::Deserialize;
use stores::{Allowed, may};
use web::{App, Error, Form, Page, Path};

use super::{
    Asker, Of, tools_panel,
    view::{End, Running, Shelf},
};
use crate::{
    drops::{self, Coupon, CouponId, Coupons, Drop, DropId, NewDrop},
    rooms::Room,
};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/console/{handle}/live/{room}/drop", post(open))
        .route("/console/{handle}/live/{room}/drop/{drop}/end", post(close))
}

type Host = Allowed<may::HostLive>;

#[derive(Deserialize)]
struct Sent {
    coupon: CouponId,
    pieces: String,
    minutes: i64,
}

async fn open(
    State(app): State<App>,
    console: Host,
    asker: Asker,
    Path(of): Path<Of>,
    Form(sent): Form<Sent>,
) -> Result<Response, Error> {
    let pieces = sent.pieces.trim().parse::<i64>();
    let pieces = pieces.map_err(|_| Invalid::field("pieces", Problem::NotANumber))?;
    let new = NewDrop { coupon: sent.coupon, pieces, minutes: sent.minutes };
    drops::open(&app, console.store.id, console.actor(), of.room, new).await?;
    Ok(asker.done(&tools_panel(&console, of.room)))
}

#[derive(Deserialize)]
struct OfDrop {
    room: RoomId,
    drop: DropId,
}

async fn close(
    State(app): State<App>,
    console: Host,
    asker: Asker,
    Path(of): Path<OfDrop>,
) -> Result<Response, Error> {
    drops::close(&app, console.store.id, console.actor(), of.room, of.drop).await?;
    Ok(asker.done(&tools_panel(&console, of.room)))
}

/// What the store may drop: nothing where nothing hands out coupons.
pub(super) async fn coupons(app: &App, read: &mut Read, store: StoreId) -> Result<Vec<Coupon>, Error> {
    match Coupons::of(app) {
        Some(coupons) => Ok((coupons.of_store)(read, store, app.clock.now()).await?),
        None => Ok(Vec::new()),
    }
}

/// The room's drops as the studio lists them.
pub(super) async fn running(
    read: &mut Read,
    page: &Page,
    room: &Room,
    shelf: &Shelf,
    now: Timestamp,
) -> Result<Vec<Running>, Error> {
    let line = |drop: &Drop| Running {
        icon: "ticket",
        title: drop.title.clone(),
        words: page
            .tr("studio-drop-left")
            .with("left", drop.pieces - drop.taken)
            .with("pieces", drop.pieces)
            .to_string(),
        until: Some(drop.ends_at),
        end: Some(End {
            address: format!("{}/drop/{}/end", shelf.base, drop.id),
            words: "studio-flash-end",
            sure: None,
        }),
    };
    Ok(drops::of_room(read, room, now).await?.iter().map(line).collect())
}

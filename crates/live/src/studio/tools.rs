//! Auctions and giveaways as the studio lists them, and who won what in a room, with how to reach them.

use std::collections::HashMap;

use askama::Template;
use axum::{Router, extract::State, response::IntoResponse, routing::get};
use db::{Error, Read};
use kernel::{Id, Money};
use stores::{Allowed, Store, may};
use web::{App, ConsoleFrame, Page, Path, html};

use super::{
    Of, base, base_of,
    rows::{self, Won},
    view::{End, Running},
};
use crate::{
    auction::{self, Auction, AuctionId, State as At},
    giveaway::{self, Giveaway, GiveawayId, State as DrawState},
    rooms::Room,
    shelf::bought::masked,
};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/console/{handle}/live/{room}/winners", get(winners))
}

/// What runs of them, and what still waits for its payment or was drawn last.
pub(super) async fn running(
    read: &mut Read,
    page: &Page,
    store: &Store,
    room: &Room,
) -> Result<Vec<Running>, Error> {
    let base = base_of(store, room.id);
    let mut running = Vec::new();
    for auction in auction::of_room(read, store.id, room.id).await? {
        if matches!(auction.state, At::Open | At::Won(_)) || running.is_empty() {
            running.push(auction_line(read, page, store, &base, &auction).await?);
        }
    }
    let before = running.len();
    for giveaway in giveaway::of_room(read, store.id, room.id).await? {
        if giveaway.state == DrawState::Open || running.len() == before {
            running.push(giveaway_line(read, page, &base, &giveaway).await?);
        }
    }
    Ok(running)
}

async fn auction_line(
    read: &mut Read,
    page: &Page,
    store: &Store,
    base: &str,
    auction: &Auction,
) -> Result<Running, Error> {
    let told = auction::words(read, auction).await?;
    let price = Money::new(told.price, store.currency).to_string();
    let of = |key, name: Option<String>| {
        page.tr(key)
            .with("price", price.clone())
            .with("name", name.unwrap_or_default())
            .with("count", auction.bids)
            .to_string()
    };
    let (words, until) = match auction.state {
        At::Open if auction.bids == 0 => (page.tr("studio-auction-none").to_string(), Some(auction.ends_at)),
        At::Open => (of("studio-auction-leads", told.leader), Some(auction.ends_at)),
        At::Won(win) => (of("studio-auction-waits", told.winner), Some(win.pay_by)),
        At::Sold(_) => (of("studio-auction-sold", told.winner), None),
        At::Unsold => (page.tr("auction-is-unsold").to_string(), None),
        At::Cancelled => (page.tr("auction-is-cancelled").to_string(), None),
    };
    Ok(Running {
        icon: "gavel",
        title: auction.title.clone(),
        words,
        until,
        // After the first bid nobody can call it off.
        end: (auction.state == At::Open && auction.bids == 0).then(|| End {
            address: format!("{base}/auctions/{}/cancel", auction.id),
            words: "studio-auction-cancel",
            sure: Some("studio-auction-cancel-sure"),
        }),
    })
}

async fn giveaway_line(
    read: &mut Read,
    page: &Page,
    base: &str,
    giveaway: &Giveaway,
) -> Result<Running, Error> {
    let is_open = giveaway.state == DrawState::Open;
    let winners = giveaway::winners(read, giveaway).await?;
    let names: Vec<&str> = winners.iter().map(|winner| winner.name.as_str()).collect();
    let words = match (is_open, names.is_empty()) {
        (true, _) => page.tr("giveaway-entries").with("count", giveaway.entries).to_string(),
        (false, true) => page.tr("studio-giveaway-nobody").to_string(),
        (false, false) => page.tr("studio-giveaway-drawn").with("names", names.join(", ")).to_string(),
    };
    Ok(Running {
        icon: "gift",
        title: giveaway.prize.clone(),
        words,
        until: is_open.then_some(giveaway.ends_at),
        end: is_open.then(|| End {
            address: format!("{base}/giveaways/{}/draw", giveaway.id),
            words: "studio-giveaway-draw",
            sure: Some("studio-giveaway-draw-sure"),
        }),
    })
}

#[derive(Template)]
#[template(path = "studio/winners.html")]
struct WinnersPage {
    page: Page,
    frame: ConsoleFrame,
    handle: String,
    base: String,
    room_path: String,
    room: Room,
    auctions: Vec<Sold>,
    giveaways: Vec<Drawn>,
}

/// An auction, and whose it is.
struct Sold {
    auction: Auction,
    price: Money,
    winner: Option<Person>,
}

/// A giveaway, and who won.
struct Drawn {
    giveaway: Giveaway,
    winners: Vec<Person>,
}

/// Someone whom the host has to reach. It is what they agreed to by taking part.
struct Person {
    name: String,
    masked: String,
    contact: String,
}

impl Person {
    fn of(won: &Won) -> Self {
        Self {
            masked: masked(&won.name),
            name: won.name.clone(),
            contact: won.contact.clone().unwrap_or_default(),
        }
    }
}

async fn winners(
    State(app): State<App>,
    console: Allowed<may::HostLive>,
    page: Page,
    Path(of): Path<Of>,
) -> Result<impl IntoResponse, web::Error> {
    let room = of.find(&app, &console).await?;
    let store = &console.store;
    let mut read = app.db.read().await?;
    let mut bidders: HashMap<AuctionId, Person> = rows::auction_winners(&mut read, store.id, room.id)
        .await?
        .iter()
        .map(|won| (Id::from_uuid(won.of_id), Person::of(won)))
        .collect();
    let mut drawn: HashMap<GiveawayId, Vec<Person>> = HashMap::new();
    for won in rows::giveaway_winners(&mut read, store.id, room.id).await? {
        drawn.entry(Id::from_uuid(won.of_id)).or_default().push(Person::of(&won));
    }
    let mut auctions = Vec::new();
    for auction in auction::of_room(&mut read, store.id, room.id).await? {
        let win = auction.state.win();
        auctions.push(Sold {
            price: Money::new(win.map_or(auction.price, |win| win.price), store.currency),
            winner: bidders.remove(&auction.id),
            auction,
        });
    }
    let giveaways = giveaway::of_room(&mut read, store.id, room.id).await?;
    let giveaways = giveaways
        .into_iter()
        .map(|giveaway| Drawn { winners: drawn.remove(&giveaway.id).unwrap_or_default(), giveaway });
    let giveaways = giveaways.collect();
    drop(read);
    html(&WinnersPage {
        frame: console.frame(&page, "live"),
        handle: store.handle.clone(),
        base: base(&console, room.id),
        room_path: super::room_path(&console, room.id),
        room,
        auctions,
        giveaways,
        page,
    })
}

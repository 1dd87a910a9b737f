//! What becomes of a win: its winner is told, orders, and pays or does not.

use db::{Error, outbox};
use kernel::{AccountId, Locale, Money, OrderId, RoomId, StoreId};
use people::accounts;
use serde::{Deserialize, Serialize};
use stores::stock;
use trade::orders::{OrderMoved, Step};
use web::App;

use super::{
    Auction, AuctionId, State, Win,
    close::{PAY, changed, next_in_line},
    rows, words,
};
use crate::hub::EventKind;

/// Somebody has won, or is asked after another let it pass.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AuctionWon {
    pub auction: AuctionId,
    pub winner: AccountId,
}

impl outbox::Event for AuctionWon {
    const KIND: &'static str = "live.auction_won";
}

/// Sends the winner the way to the order. One who is no longer the winner, or has no time left, hears nothing.
pub(crate) async fn tell_winner(app: &App, store: StoreId, won: &AuctionWon) -> Result<(), Error> {
    let mut read = app.db.read().await?;
    let auction = rows::get(&mut read, store, won.auction).await?;
    let home = stores::by_id(&mut read, store).await?;
    let contacts = accounts::contacts(&mut read, won.winner).await?;
    drop(read);
    let (Some(auction), Some(home), Some(first)) = (auction, home, contacts.first()) else { return Ok(()) };
    let State::Won(win) = auction.state else { return Ok(()) };
    // Told late, it may be the next one's by now.
    if win.winner != won.winner || app.clock.now() >= win.pay_by {
        return Ok(());
    }
    let Auction { room_id: room, id, .. } = auction;
    let address = format!("{}/s/{}/live/{room}/auctions/{id}", app.platform.base_url, home.handle);
    let by = win.pay_by.to_zoned_datetime(home.zone()).strftime("%H:%M").to_string();
    let text = |locale| {
        web::i18n::message(locale, "auction-you-won")
            .with("title", auction.title.clone())
            .with("price", Money::new(win.price, home.currency).to_string())
            .with("time", by.clone())
            .with("zone", home.time_zone.clone())
            .with("address", address.clone())
            .to_string()
    };
    let both = format!("{}\n{}", text(Locale::English), text(Locale::Chinese));
    app.messages.send(first.contact.as_str(), &both).await;
    Ok(())
}

/// An order was placed from the room: perhaps of what its buyer has won.
pub(crate) async fn placed(
    app: &App,
    store: StoreId,
    room: RoomId,
    order: OrderId,
    buyer: AccountId,
) -> Result<(), Error> {
    let mut read = app.db.read().await?;
    let waiting = rows::won_by(&mut read, store, room, buyer).await?;
    let mut of = None;
    for auction in waiting {
        let hold = stock::get_hold(&mut read, store, auction.hold_id).await?;
        if hold.is_some_and(|hold| hold.order_id == Some(order)) {
            of = Some(auction.id);
        }
    }
    drop(read);
    let Some(id) = of else { return Ok(()) };
    let now = app.clock.now();
    changed(app, store, id, async |tx, _, _, auction| match auction.state {
        State::Won(win) if win.winner == buyer && win.order.is_none() => {
            let state = State::Won(Win { order: Some(order), ..win });
            rows::set_state(tx, &Auction { state, ..auction }, now).await
        }
        _ => Ok(()),
    })
    .await
}

/// The winner's order was paid, or called off.
pub(crate) async fn moved(app: &App, store: StoreId, moved: &OrderMoved) -> Result<(), Error> {
    if moved.from != Step::Unpaid || moved.to == Step::Unpaid {
        return Ok(());
    }
    let order = moved.order;
    let Some(id) = rows::of_order(&mut app.db.read().await?, store, order).await? else { return Ok(()) };
    let now = app.clock.now();
    changed(app, store, id, async |tx, story, store, auction| {
        let State::Won(win) = auction.state else { return Ok(()) };
        if win.order != Some(order) {
            return Ok(());
        }
        if moved.to == Step::Cancelled {
            return next_in_line(tx, story, store, auction, win.winner, now).await;
        }
        db::deadlines::clear(tx, store.id, PAY, id).await?;
        let sold = Auction { state: State::Sold(win), ..auction };
        rows::set_state(tx, &sold, now).await?;
        story.add(EventKind::Auction, None, &words(tx, &sold).await?)
    })
    .await
}

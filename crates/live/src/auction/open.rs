//! Opens the bidding for one piece of the room's shelf.

use std::time::Duration;

use db::deadlines;
use kernel::{AccountId, Invalid, Problem, RoomId, SkuId};
use people::audit;
use stores::{Store, catalog::price_max};
use trade::won::{self, PutAsideError};
use web::App;

use super::{Auction, AuctionId, END, LASTS_MAX, LASTS_MIN, State, rows, rules::Terms, words};
use crate::{
    Live, ToolError,
    hub::EventKind,
    rooms::{self, NotAllowed},
    shelf,
    within::within,
};

/// An auction to be opened. Amounts are minor units.
#[derive(Clone, Copy, Debug)]
pub struct Open {
    pub sku: SkuId,
    pub start: i64,
    pub increment: i64,
    pub reserve: Option<i64>,
    /// How long the bidding lasts, if no late bid prolongs it.
    pub seconds: i64,
    pub fixed_end: bool,
}

impl From<PutAsideError> for ToolError {
    fn from(error: PutAsideError) -> Self {
        match error {
            PutAsideError::Invalid(invalid) => invalid.into(),
            PutAsideError::Db(error) => error.into(),
        }
    }
}

/// Everything that is wrong with it.
fn check(wanted: &Open, most: i64) -> Result<(), Invalid> {
    let mut invalid = Invalid::new();
    let amount = |amount: i64| match within(amount, 1, most) {
        Ok(_) => Ok(()),
        Err(Problem::TooSmall(_)) => Err(Problem::Rule("auction-above-nothing")),
        Err(_) => Err(Problem::Rule("auction-too-much")),
    };
    invalid.take("price", amount(wanted.start));
    invalid.take("increment", amount(wanted.increment));
    if let Some(reserve) = wanted.reserve {
        let reserve = match amount(reserve) {
            Ok(()) if reserve < wanted.start => Err(Problem::Rule("auction-reserve-below")),
            other => other,
        };
        invalid.take("reserve", reserve);
    }
    invalid.take("seconds", within(wanted.seconds, LASTS_MIN, LASTS_MAX));
    invalid.done()
}

/// Opens it in a live room, and puts the piece aside.
pub async fn open(
    app: &App,
    store: &Store,
    actor: AccountId,
    room: RoomId,
    wanted: Open,
) -> Result<Auction, ToolError> {
    check(&wanted, price_max(store.currency))?;
    let now = app.clock.now();
    let auction = Live::change(app, store.id, room, async |tx, story| {
        let room = rooms::get(tx, store.id, room).await?.ok_or(ToolError::NotFound)?;
        if !room.state.is_live() {
            return Err(NotAllowed(room.state.step()).into());
        }
        if rows::open_in(tx, store.id, room.id).await?.is_some() {
            return Err(ToolError::Refused("auction-another"));
        }
        let items = shelf::items(tx, &room).await?;
        let item = items.into_iter().find(|item| item.skus.iter().any(|sku| sku.sku == wanted.sku));
        let item = item.ok_or_else(|| Invalid::field("sku", Problem::NotFound))?;
        let options = item.skus.iter().find(|sku| sku.sku == wanted.sku).map(|sku| sku.options.as_str());
        let title = match options {
            Some(options) if !options.is_empty() => format!("{} · {options}", item.title),
            _ => item.title,
        };
        let hold = won::put_aside(tx, store, wanted.sku, 1, Some(actor), now).await?;
        let Open { start, increment, reserve, fixed_end, .. } = wanted;
        let auction = Auction {
            store_id: store.id,
            room_id: room.id,
            id: AuctionId::new(),
            product_id: item.product,
            sku_id: wanted.sku,
            number: item.number,
            title,
            hold_id: hold,
            terms: Terms { start, increment, reserve, fixed_end },
            state: State::Open,
            ends_at: now + Duration::from_secs(wanted.seconds.unsigned_abs()),
            ended_at: None,
            price: start,
            leader: None,
            bids: 0,
            bidders: 0,
            turn: 0,
            offers: 0,
        };
        match rows::insert(tx, &auction, actor, now).await {
            Err(error) if error.is_unique("live_auctions__store_id__room_id") => {
                return Err(ToolError::Refused("auction-another"));
            }
            written => written?,
        }
        deadlines::set(tx, store.id, END, auction.id, auction.ends_at).await?;
        audit::record(tx, actor, store.id, "auction.opened", auction.id, &auction.title, now).await?;
        story.add(EventKind::Auction, Some(actor), &words(tx, &auction).await?)?;
        Ok(auction)
    })
    .await?;
    // One piece less is on the shelf.
    shelf::tell_changed(app, store.id, auction.product_id).await;
    Ok(auction)
}

//! Calls an auction off before anyone has bid. After the first bid nobody can.

use db::Error;
use kernel::{AccountId, RoomId, StoreId};
use people::audit;
use web::App;

use super::{Auction, AuctionId, State, close::put_back, rows};
use crate::{Live, shelf};

/// Why it goes on.
#[derive(Debug, thiserror::Error)]
pub enum CancelError {
    #[error("no such auction")]
    NotFound,
    #[error("someone has bid")]
    HasBids,
    #[error("the bidding is over")]
    Over,
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<CancelError> for web::Error {
    fn from(error: CancelError) -> Self {
        match error {
            CancelError::NotFound => web::Error::NotFound,
            CancelError::HasBids => web::Error::Conflict("auction-has-bids"),
            CancelError::Over => web::Error::Conflict("auction-over"),
            CancelError::Db(error) => error.into(),
        }
    }
}

/// Calls it off; one that was called off already stays so.
pub async fn cancel(
    app: &App,
    store: StoreId,
    actor: AccountId,
    room: RoomId,
    id: AuctionId,
) -> Result<Auction, CancelError> {
    let now = app.clock.now();
    let auction = Live::change(app, store, room, async |tx, story| {
        let auction = rows::take(tx, store, id).await?.filter(|auction| auction.room_id == room);
        let auction = auction.ok_or(CancelError::NotFound)?;
        match auction.state {
            State::Cancelled => return Ok(auction),
            State::Open if auction.bids > 0 => return Err(CancelError::HasBids),
            State::Open => {}
            State::Won(_) | State::Sold(_) | State::Unsold => return Err(CancelError::Over),
        }
        audit::record(tx, actor, store, "auction.cancelled", id, &auction.title, now).await?;
        Ok(put_back(tx, story, auction, State::Cancelled, now).await?)
    })
    .await?;
    shelf::tell_changed(app, store, auction.product_id).await;
    Ok(auction)
}

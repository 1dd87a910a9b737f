//! What live rooms hear of, and what they do about it.

use std::time::Duration;

use db::outbox::Pending;
use gateways::bus::Topic;
use kernel::StoreId;
use stores::StoreSuspended;
use trade::orders::{OrderMoved, OrderPlaced, Step};
use web::{App, Error};

use crate::{
    Live, auction, flash,
    rooms::{self, RoomMoved},
    shelf,
    story::{self, RoomTold},
};

/// A story's events are kept so long for those who come back; who was away longer gets the room as it is.
const EVENTS_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// Hears an event, perhaps twice.
pub async fn on_event(app: &App, event: &Pending) -> Result<(), Error> {
    let Some(store) = event.store_id else { return Ok(()) };
    // What was won is ordered and paid also where nobody goes live any more.
    on_auction(app, store, event).await?;
    // A server without live rooms has nobody else to tell.
    if Live::of(app).is_err() {
        return Ok(());
    }
    if let Some(told) = event.read::<RoomTold>() {
        return story::tell_again(app, store, &told.map_err(Error::internal)?).await;
    }
    if let Some(moved) = event.read::<RoomMoved>() {
        let moved = moved.map_err(Error::internal)?;
        app.bus.tell(Topic::Store(store), &event.kind);
        if moved.to == rooms::Step::Ended {
            shelf::place(app, store, moved.room).await?;
        }
        return Ok(());
    }
    if let Some(suspended) = event.read::<StoreSuspended>() {
        suspended.map_err(Error::internal)?;
        return Ok(rooms::take_down(app, store).await?);
    }
    if let Some(placed) = event.read::<OrderPlaced>() {
        let placed = placed.map_err(Error::internal)?;
        shelf::bought::moved_stock(app, store, placed.order).await?;
        if let Some(room) = placed.source.room() {
            shelf::bought::tell_placed(app, store, room, placed.order).await?;
            flash::look(app, store, room).await?;
        }
        return Ok(());
    }
    if let Some(moved) = event.read::<OrderMoved>() {
        let moved = moved.map_err(Error::internal)?;
        if let (Step::Unpaid, Some(room)) = (moved.from, moved.source.room())
            && moved.to != Step::Cancelled
        {
            shelf::bought::tell(app, store, room, moved.order, moved.buyer).await?;
        }
        if matches!(moved.to, Step::Cancelled | Step::Refunded) {
            shelf::bought::moved_stock(app, store, moved.order).await?;
            if let Some(room) = moved.source.room() {
                flash::look(app, store, room).await?;
            }
        }
    }
    Ok(())
}

async fn on_auction(app: &App, store: StoreId, event: &Pending) -> Result<(), Error> {
    if let Some(won) = event.read::<auction::AuctionWon>() {
        return Ok(auction::tell_winner(app, store, &won.map_err(Error::internal)?).await?);
    }
    if let Some(placed) = event.read::<OrderPlaced>() {
        let placed = placed.map_err(Error::internal)?;
        if let Some(room) = placed.source.room() {
            auction::placed(app, store, room, placed.order, placed.buyer).await?;
        }
        return Ok(());
    }
    if let Some(moved) = event.read::<OrderMoved>() {
        auction::moved(app, store, &moved.map_err(Error::internal)?).await?;
    }
    Ok(())
}

/// Forgets what nobody can ask for any more; called now and then.
pub async fn sweep(app: &App) -> Result<u64, Error> {
    let before = app.clock.now() - EVENTS_KEPT;
    Ok(app.db.write(db::LaneKey::PLATFORM, async |tx| story::sweep(tx, before).await).await?)
}

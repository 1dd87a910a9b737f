//! What the host sets for everyone in the room: the announcement, how fast they may talk, and whether a number
//! that they say is an order.

use kernel::{AccountId, Invalid, Problem, RoomId, StoreId};
use web::App;

use super::{ANNOUNCEMENT_MAX, EditError, MoveError, NotAllowed, Room, SLOW_MAX, moves, rows};
use crate::{Live, hub::EventKind, story::payload::Announce};

/// Puts a text over the room's talk; an empty one takes it down.
pub async fn announce(
    app: &App,
    store: StoreId,
    actor: AccountId,
    id: RoomId,
    text: &str,
) -> Result<Room, EditError> {
    let text = kernel::line(text, 0, ANNOUNCEMENT_MAX).map_err(|problem| Invalid::field("text", problem))?;
    Live::change(app, store, id, async |tx, story| {
        let room = going_on(tx, store, id).await?;
        rows::set_announcement(tx, store, id, &text).await?;
        story.add(EventKind::Announce, Some(actor), &Announce { text: &text })?;
        Ok(Room { announcement: text.clone(), ..room })
    })
    .await
}

/// Lets each person say something once in so many seconds.
pub async fn slow(app: &App, store: StoreId, id: RoomId, seconds: i64) -> Result<Room, EditError> {
    if !(0..=SLOW_MAX).contains(&seconds) {
        return Err(Invalid::field("seconds", Problem::TooLarge(SLOW_MAX)).into());
    }
    Live::change(app, store, id, async |tx, _| {
        let room = going_on(tx, store, id).await?;
        rows::set_slow(tx, store, id, seconds).await?;
        Ok(Room { slow_seconds: seconds, ..room })
    })
    .await
}

/// Takes a comment that is a product's number for the wish to buy it, or no longer.
pub async fn take_comment_orders(app: &App, store: StoreId, id: RoomId, on: bool) -> Result<Room, EditError> {
    Live::change(app, store, id, async |tx, _| {
        let room = going_on(tx, store, id).await?;
        rows::set_comment_orders(tx, store, id, on).await?;
        Ok(Room { comment_orders: on, ..room })
    })
    .await
}

/// The room, if it is not over.
async fn going_on(tx: &mut db::Tx, store: StoreId, id: RoomId) -> Result<Room, MoveError> {
    let room = moves::wanted(tx, store, id).await?;
    if room.state.is_over() { Err(NotAllowed(room.state.step()).into()) } else { Ok(room) }
}

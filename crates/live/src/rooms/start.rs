//! Goes live: from now on everyone can watch.

use db::deadlines;
use kernel::{AccountId, RoomId};
use stores::{Store, special_prices};
use web::App;

use super::{
    CALL, FIRST_PICTURES_WITHIN, LIVE_MAX, LONGEST, MoveError, OVERDUE, Room, SILENT, ShowId,
    call::CALLED_AFTER, end_video, moves, rows, schedule,
};
use crate::{Live, hub::EventKind, story::payload::LiveState};

/// Starts the room. One that is live already stays as it is, so that of many who start it at once there is one show.
pub async fn start(app: &App, store: &Store, actor: AccountId, id: RoomId) -> Result<Room, MoveError> {
    let now = app.clock.now();
    let (room, rehearsed) = Live::change(app, store.id, id, async |tx, story| {
        // Asked here: an operator may have stopped the store since the page was opened.
        let home = stores::by_id(tx, store.id).await?.ok_or(MoveError::NotFound)?;
        if !home.state.takes_orders() {
            return Err(MoveError::Closed);
        }
        let room = moves::wanted(tx, store.id, id).await?;
        if room.state.is_live() {
            return Ok((room, false));
        }
        let next = room.state.start(ShowId::new(), now)?;
        if rows::counts(tx, store.id).await?.live >= LIVE_MAX {
            return Err(MoveError::Full);
        }
        moves::put(tx, &room, next, Some(actor), now).await?;
        // What was tried in the rehearsal is not part of the story that buyers see.
        rows::begin_story(tx, store.id, id).await?;
        schedule::clear_deadlines(tx, &room).await?;
        special_prices::begin_room(tx, store.id, id, now).await?;
        deadlines::set(tx, store.id, SILENT, id, now + FIRST_PICTURES_WITHIN).await?;
        deadlines::set(tx, store.id, OVERDUE, id, now + LONGEST).await?;
        deadlines::set(tx, store.id, CALL, id, now + CALLED_AFTER).await?;
        let told = LiveState { state: next.word(), at: now.as_millisecond() };
        story.add(EventKind::LiveState, Some(actor), &told)?;
        let started = rows::get(tx, store.id, id).await?.ok_or(MoveError::NotFound)?;
        Ok((started, room.state.show().is_some()))
    })
    .await?;
    if rehearsed {
        // Whoever sends comes again at once, now into the show.
        end_video(app, id);
    }
    Ok(room)
}

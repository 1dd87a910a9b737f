//! Ends a room, or calls one off.

use db::{Error, Tx, deadlines};
use kernel::{AccountId, RoomId, StoreId, Timestamp};
use stores::special_prices;
use web::App;

use super::{
    CALL, Ending, MoveError, OVERDUE, Room, SILENT, State, backstage, end_video, moves, rows, schedule,
    stop_rehearsing,
};
use crate::{Live, Story, auction, flash, giveaway, hub::EventKind, shelf, story::payload::LiveState};

/// Ends the room. One that has ended already stays so.
pub async fn end(
    app: &App,
    store: StoreId,
    actor: Option<AccountId>,
    id: RoomId,
    why: Ending,
) -> Result<Room, MoveError> {
    let now = app.clock.now();
    let room = Live::change(app, store, id, async |tx, story| {
        let room = moves::wanted(tx, store, id).await?;
        if matches!(room.state, State::Ended { .. }) {
            return Ok(room);
        }
        let next = room.state.end(now, why)?;
        Ok::<_, MoveError>(finish(tx, story, &room, next, actor, now).await?)
    })
    .await?;
    leave(app, id);
    Ok(room)
}

/// Calls a room off that is still to come. One that was called off already stays so.
pub async fn cancel(
    app: &App,
    store: StoreId,
    actor: Option<AccountId>,
    id: RoomId,
    why: Ending,
) -> Result<Room, MoveError> {
    let now = app.clock.now();
    let room = Live::change(app, store, id, async |tx, story| {
        let room = moves::wanted(tx, store, id).await?;
        if matches!(room.state, State::Cancelled { .. }) {
            return Ok(room);
        }
        let next = room.state.cancel(now, why)?;
        Ok::<_, MoveError>(finish(tx, story, &room, next, actor, now).await?)
    })
    .await?;
    leave(app, id);
    Ok(room)
}

/// Takes off the air what a store shows and rehearses, if an operator has stopped it. What is only planned stays: the store
/// may go on by then.
pub(crate) async fn take_down(app: &App, store: StoreId) -> Result<(), MoveError> {
    let mut read = app.db.read().await?;
    let is_stopped =
        stores::by_id(&mut read, store).await?.is_some_and(|store| store.state == stores::State::Suspended);
    let rooms = if is_stopped { rows::on_air(&mut read, store).await? } else { Vec::new() };
    drop(read);
    for room in rooms {
        let moved = match room.state {
            State::Live { .. } => end(app, store, None, room.id, Ending::TakenDown).await,
            _ => stop_rehearsing(app, store, None, room.id).await,
        };
        match moved {
            Ok(_) => {}
            // It moved on meanwhile; this is heard again if it failed.
            Err(MoveError::NotAllowed(_) | MoveError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Everything that is written when a room is over.
pub(super) async fn finish(
    tx: &mut Tx,
    story: &mut Story,
    room: &Room,
    next: State,
    actor: Option<AccountId>,
    now: Timestamp,
) -> Result<Room, Error> {
    let over = moves::put(tx, room, next, actor, now).await?;
    schedule::clear_deadlines(tx, room).await?;
    deadlines::clear(tx, room.store_id, SILENT, room.id).await?;
    deadlines::clear(tx, room.store_id, OVERDUE, room.id).await?;
    deadlines::clear(tx, room.store_id, CALL, room.id).await?;
    shelf::close_chapter(tx, room, now).await?;
    flash::end_some(tx, story, room, actor, |_| true, now).await?;
    special_prices::close_room(tx, room.store_id, room.id, now).await?;
    auction::room_over(tx, story, room, now).await?;
    giveaway::room_over(tx, story, room, now).await?;
    story.add(EventKind::LiveState, actor, &LiveState { state: next.word(), at: now.as_millisecond() })?;
    Ok(over)
}

/// Sends everyone out of a room that is over.
pub(super) fn leave(app: &App, id: RoomId) {
    end_video(app, id);
    if let Ok(live) = Live::of(app) {
        live.hub().end(id);
        live.hub().end(backstage(id));
    }
}

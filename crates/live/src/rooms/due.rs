//! What the passing of a room's deadlines makes of it, be it late.

use db::{deadlines, deadlines::Due};
use kernel::{Id, RoomId, StoreId};
use web::{App, Error};

use super::{
    CALL, Ending, MoveError, NO_SHOW, OVERDUE, REMIND, RETURN_WITHIN, SILENT, State, call, end, end::finish,
    end::leave, moves, remind, rows,
};
use crate::Live;

/// Does what a deadline of a room stands for; answers whether it was one.
pub(crate) async fn due(app: &App, due: &Due) -> Result<bool, Error> {
    let (store, id) = (due.store_id, Id::from_uuid(due.subject));
    match due.kind.as_str() {
        REMIND => remind::tell_some(app, store, id).await?,
        CALL => call::call_some(app, store, id).await?,
        NO_SHOW => give_up(app, store, id).await?,
        SILENT => end_silent(app, store, id).await?,
        OVERDUE => match end(app, store, None, id, Ending::Longest).await {
            Ok(_) => {}
            Err(MoveError::NotAllowed(_) | MoveError::NotFound) => {
                app.db.write(store, async |tx| deadlines::clear(tx, store, OVERDUE, id).await).await?;
            }
            Err(error) => return Err(error.into()),
        },
        _ => return Ok(false),
    }
    Ok(true)
}

/// Calls a room off whose host has not come. One who rehearses is there, and has as long as the room was planned.
async fn give_up(app: &App, store: StoreId, id: RoomId) -> Result<(), MoveError> {
    let now = app.clock.now();
    let over = Live::change(app, store, id, async |tx, story| {
        let room = moves::wanted(tx, store, id).await?;
        let planned = std::time::Duration::from_secs(60 * room.planned_minutes.unsigned_abs());
        let at_last = room.starts_at + planned;
        match room.state {
            State::Rehearsal { .. } if now < at_last => {
                deadlines::set(tx, store, NO_SHOW, id, at_last).await?;
                Ok(false)
            }
            State::Scheduled | State::Rehearsal { .. } => {
                let next = room.state.cancel(now, Ending::NoShow)?;
                finish(tx, story, &room, next, None, now).await?;
                Ok(true)
            }
            _ => {
                deadlines::clear(tx, store, NO_SHOW, id).await?;
                Ok::<_, MoveError>(false)
            }
        }
    })
    .await?;
    if over {
        leave(app, id);
    }
    Ok(())
}

/// Ends a live room from which nothing was heard, unless a process has said since that it has its pictures.
async fn end_silent(app: &App, store: StoreId, id: RoomId) -> Result<(), MoveError> {
    let now = app.clock.now();
    let over = Live::change(app, store, id, async |tx, story| {
        let room = moves::wanted(tx, store, id).await?;
        let held = rows::holder(tx, store, id).await?.map(|(_, until)| until).filter(|until| *until > now);
        match (room.state, held) {
            (State::Live { lost: None, .. }, Some(until)) => {
                deadlines::set(tx, store, SILENT, id, until + RETURN_WITHIN).await?;
                Ok(false)
            }
            (State::Live { .. }, _) => {
                let next = room.state.end(now, Ending::NotResumed)?;
                finish(tx, story, &room, next, None, now).await?;
                Ok(true)
            }
            _ => {
                deadlines::clear(tx, store, SILENT, id).await?;
                Ok::<_, MoveError>(false)
            }
        }
    })
    .await?;
    if over {
        leave(app, id);
    }
    Ok(())
}

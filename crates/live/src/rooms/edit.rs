//! Changes what was said of a room that is still to come.

use db::Error;
use kernel::{AccountId, Invalid, RoomId};
use people::audit;
use stores::Store;
use web::App;

use super::{MoveError, NotAllowed, Plan, Room, plan, rows, schedule::set_deadlines};
use crate::Live;

/// Why the room stayed as it was.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    #[error(transparent)]
    Move(#[from] MoveError),
    #[error(transparent)]
    Invalid(#[from] Invalid),
}

impl From<Error> for EditError {
    fn from(error: Error) -> Self {
        EditError::Move(error.into())
    }
}

impl From<EditError> for web::Error {
    fn from(error: EditError) -> Self {
        match error {
            EditError::Move(error) => error.into(),
            EditError::Invalid(invalid) => invalid.into(),
        }
    }
}

/// The room as `plan` says from now on. Without a time it keeps the one it has; with another one, those who asked are
/// reminded of that.
pub async fn edit(
    app: &App,
    store: &Store,
    actor: AccountId,
    id: RoomId,
    plan: Plan,
) -> Result<Room, EditError> {
    let now = app.clock.now();
    Live::change(app, store.id, id, async |tx, _| {
        let room = rows::get(tx, store.id, id).await?.ok_or(MoveError::NotFound)?;
        if !room.state.is_coming() {
            return Err(MoveError::NotAllowed(NotAllowed(room.state.step())).into());
        }
        let plan = Plan { host: plan.host.or(Some(room.host_id)), ..plan };
        let checked = plan::check(tx, store.id, actor, &plan, Some(room.starts_at), now).await??;
        let moved = checked.starts_at != room.starts_at;
        let room = Room {
            title: checked.title,
            cover: plan.cover,
            host_id: checked.host,
            starts_at: checked.starts_at,
            planned_minutes: plan.planned_minutes,
            portrait: plan.portrait,
            replay: plan.replay,
            ..room
        };
        rows::set_plan(tx, &room).await?;
        if moved {
            rows::tell_again(tx, store.id, id).await?;
            set_deadlines(tx, &room, now).await?;
        }
        audit::record(tx, actor, store.id, "live.edited", id, &room.title, now).await?;
        Ok(rows::get(tx, store.id, id).await?.ok_or(Error::Missing)?)
    })
    .await
}

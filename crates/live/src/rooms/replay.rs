//! What becomes of a recording when its room is over.

use broadcast::Name;
use kernel::{AccountId, RoomId, StoreId};
use people::audit;
use web::App;

use super::{MoveError, NotAllowed, Room, State, moves, rows};
use crate::Live;

/// Why the recording stayed as it was.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    #[error(transparent)]
    Move(#[from] MoveError),
    #[error("the file store: {0}")]
    Files(#[from] std::io::Error),
    #[error(transparent)]
    Web(#[from] web::Error),
}

impl From<ReplayError> for web::Error {
    fn from(error: ReplayError) -> Self {
        match error {
            ReplayError::Move(error) => error.into(),
            ReplayError::Files(error) => web::Error::internal(error),
            ReplayError::Web(error) => error,
        }
    }
}

/// Lets buyers watch the recording, or no longer.
pub async fn show_replay(
    app: &App,
    store: StoreId,
    actor: AccountId,
    id: RoomId,
    on: bool,
) -> Result<Room, MoveError> {
    let now = app.clock.now();
    Live::change(app, store, id, async |tx, _| {
        let room = moves::wanted(tx, store, id).await?;
        if !matches!(room.state, State::Ended { .. }) {
            return Err(NotAllowed(room.state.step()).into());
        }
        rows::set_replay(tx, store, id, on).await?;
        let action = if on { "live.replay_shown" } else { "live.replay_hidden" };
        audit::record(tx, actor, store, action, id, "", now).await?;
        Ok::<_, MoveError>(Room { replay: on, ..room })
    })
    .await
}

/// Deletes the recording for good. It is hidden first: what is half deleted is nothing to watch, and can be deleted again.
pub async fn delete_replay(
    app: &App,
    store: StoreId,
    actor: AccountId,
    id: RoomId,
) -> Result<(), ReplayError> {
    let room = show_replay(app, store, actor, id, false).await?;
    let Some(show) = room.state.show().and_then(|show| Name::new(&show.to_string()).ok()) else {
        return Ok(());
    };
    Live::of(app)?.broadcast().recordings().delete(&show).await?;
    let now = app.clock.now();
    app.db
        .write(store, async |tx| audit::record(tx, actor, store, "live.replay_deleted", id, "", now).await)
        .await
        .map_err(MoveError::from)?;
    Ok(())
}

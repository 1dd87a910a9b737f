//! Pictures for the staff alone, before the start.

use kernel::{AccountId, RoomId, StoreId};
use web::App;

use super::{MoveError, Room, ShowId, end_video, moves};
use crate::Live;

/// Begins the rehearsal, or goes on with it.
pub async fn rehearse(app: &App, store: StoreId, actor: AccountId, id: RoomId) -> Result<Room, MoveError> {
    let now = app.clock.now();
    Live::change(app, store, id, async |tx, _| {
        let room = moves::wanted(tx, store, id).await?;
        let next = room.state.rehearse(ShowId::new())?;
        Ok(moves::put(tx, &room, next, Some(actor), now).await?)
    })
    .await
}

/// Ends the rehearsal: the room waits for its start again. `actor` is nobody when the host simply went.
pub async fn stop_rehearsing(
    app: &App,
    store: StoreId,
    actor: Option<AccountId>,
    id: RoomId,
) -> Result<Room, MoveError> {
    let now = app.clock.now();
    let room = Live::change(app, store, id, async |tx, _| {
        let room = moves::wanted(tx, store, id).await?;
        let next = room.state.stop_rehearsing()?;
        Ok::<_, MoveError>(moves::put(tx, &room, next, actor, now).await?)
    })
    .await?;
    end_video(app, id);
    Ok(room)
}

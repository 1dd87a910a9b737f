//! The stream key, with which an encoder such as OBS publishes into the room.

use kernel::{AccountId, RoomId, StoreId, random_token};
use people::audit;
use web::{App, session::token_hash};

use super::{MoveError, NotAllowed, moves, rows};

/// Makes a new key and answers with it, the only time it is shown; the old one opens nothing any more. Who publishes
/// with the old one at this moment is not cut off.
pub async fn new_key(app: &App, store: StoreId, actor: AccountId, id: RoomId) -> Result<String, MoveError> {
    let (key, now) = (random_token(), app.clock.now());
    app.db
        .write(store, async |tx| {
            let room = moves::wanted(tx, store, id).await?;
            if room.state.is_over() {
                return Err(NotAllowed(room.state.step()).into());
            }
            rows::set_key(tx, store, id, &token_hash(&key)).await?;
            audit::record(tx, actor, store, "live.key", id, "", now).await?;
            Ok::<_, MoveError>(())
        })
        .await?;
    Ok(key)
}

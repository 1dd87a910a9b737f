//! The call: a store is live, and those who follow it are told, with those who asked to be told of this room and were
//! not, because it began before its time.

use std::time::Duration;

use db::{Error, deadlines};
use kernel::{RoomId, StoreId};
use stores::followers;
use web::App;

use super::{
    CALL,
    remind::{AT_ONCE, tell},
    rows,
};
use crate::chat;

/// A room that is over sooner was a mistake, and calls nobody.
pub(super) const CALLED_AFTER: Duration = Duration::from_secs(20);
/// No follower is called again sooner, however often a store goes live.
const QUIET: Duration = Duration::from_secs(12 * 60 * 60);

/// Tells some of them, and the next time others, so that no store's crowd holds up another's deadlines. Each is told
/// once; if the server dies in between, those of one time may hear it twice.
pub(super) async fn call_some(app: &App, store: StoreId, id: RoomId) -> Result<(), Error> {
    let now = app.clock.now();
    let mut read = app.db.read().await?;
    let room = rows::get(&mut read, store, id).await?.filter(|room| room.state.is_live());
    let (Some(room), Some(home)) = (room, stores::by_id(&mut read, store).await?) else {
        drop(read);
        return app.db.write(store, async |tx| deadlines::clear(tx, store, CALL, id).await).await;
    };
    if rows::holder(&mut read, store, id).await?.is_none_or(|(_, until)| until <= now) {
        // Nothing is to be seen yet.
        drop(read);
        let later = now + CALLED_AFTER;
        return app.db.write(store, async |tx| deadlines::set(tx, store, CALL, id, later).await).await;
    }
    let asked = rows::untold(&mut read, store, id, AT_ONCE).await?;
    let following = followers::untold(&mut read, store, now - QUIET, AT_ONCE).await?;
    let mut to_tell = asked.clone();
    for account in &following {
        // Who asked was told before the start, or is now.
        if !rows::has_reminder(&mut read, store, id, *account).await?
            && !chat::is_banned(&mut read, store, *account).await?
        {
            to_tell.push(*account);
        }
    }
    drop(read);
    for account in &to_tell {
        tell(app, &home, &room, *account, "live-call").await?;
    }
    app.db
        .write(store, async |tx| {
            rows::told(tx, store, id, &asked).await?;
            followers::told(tx, store, &following, now).await?;
            if asked.len().max(following.len()) < AT_ONCE as usize {
                deadlines::clear(tx, store, CALL, id).await?;
            }
            Ok(())
        })
        .await
}

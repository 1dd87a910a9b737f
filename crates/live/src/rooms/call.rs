//! The call: who follows a store is told that it is live.

use std::time::Duration;

use db::{Error, deadlines};
use kernel::{RoomId, StoreId};
use stores::followers;
use web::App;

use super::{CALL, remind::tell, rows};

/// A room that is over sooner was a mistake, and calls nobody.
pub(super) const CALLED_AFTER: Duration = Duration::from_secs(20);
/// Nobody is called again sooner, however often a store goes live.
const QUIET: Duration = Duration::from_secs(12 * 60 * 60);
/// People who are told in one transaction.
const AT_ONCE: i64 = 100;

/// Tells the followers. Each is told once; if the server dies in between, those of the last hundred may hear it twice.
pub(super) async fn call_all(app: &App, store: StoreId, id: RoomId) -> Result<(), Error> {
    let now = app.clock.now();
    loop {
        let mut read = app.db.read().await?;
        let room = rows::get(&mut read, store, id).await?.filter(|room| room.state.is_live());
        let (Some(room), Some(home)) = (room, stores::by_id(&mut read, store).await?) else { break };
        let waiting = followers::untold(&mut read, store, now - QUIET, AT_ONCE).await?;
        let mut reminded = Vec::new();
        for account in &waiting {
            if rows::has_reminder(&mut read, store, id, *account).await? {
                reminded.push(*account);
            }
        }
        drop(read);
        if waiting.is_empty() {
            break;
        }
        // Who asked to be told of this very room was told before it began.
        for account in waiting.iter().filter(|account| !reminded.contains(account)) {
            tell(app, &home, &room, *account, "live-call").await?;
        }
        app.db.write(store, async |tx| followers::told(tx, store, &waiting, now).await).await?;
    }
    app.db.write(store, async |tx| deadlines::clear(tx, store, CALL, id).await).await
}

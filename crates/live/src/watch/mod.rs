//! What buyers see of live rooms: a room before, while and after it is live, the list of a store's rooms, and what the
//! store's other pages say of them. Here is nothing that changes a room but what buyers themselves do.

mod buy;
mod claim;
mod door;
mod follow;
mod list;
mod remind;
mod room;
mod rows;
mod seen;
mod socket;
#[cfg(test)]
mod tests;
mod words;

use axum::{
    Router,
    routing::{get, post},
};
use kernel::RoomId;
use serde::Deserialize;
use stores::Storefront;
use web::{App, Error};

use crate::rooms::{self, Room};

pub use door::door;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/s/{handle}/live", get(list::show))
        .route("/s/{handle}/live/{room}", get(room::show))
        .route("/s/{handle}/live/{room}/qr.svg", get(room::qr_svg))
        .route("/s/{handle}/live/{room}/qr.png", get(room::qr_png))
        .route("/s/{handle}/live/{room}/state.json", get(room::state))
        .route("/s/{handle}/live/{room}/ws", get(socket::open))
        .route("/s/{handle}/live/{room}/remind", post(remind::toggle))
        .route("/s/{handle}/live/{room}/follow", post(follow::begin))
        .route("/s/{handle}/live/{room}/buy", post(buy::begin))
        .route("/s/{handle}/live/{room}/drops/{drop}/claim", post(claim::claim))
        .route("/s/{handle}/live/{room}/seen", post(seen::note))
}

/// The room in the path.
#[derive(Deserialize)]
struct Of {
    room: RoomId,
}

impl Of {
    /// The room, if it is this store's.
    async fn find(&self, app: &App, front: &Storefront) -> Result<Room, Error> {
        let found = rooms::get(&mut app.db.read().await?, front.store.id, self.room).await?;
        found.ok_or(Error::NotFound)
    }
}

/// The room's path for buyers.
pub(crate) fn path(handle: &str, room: RoomId) -> String {
    format!("/s/{handle}/live/{room}")
}

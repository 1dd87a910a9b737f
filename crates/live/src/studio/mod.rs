//! The host's pages: the list of rooms, a room's plan and shelf, and the studio it is hosted from. Every verb is a plain form;
//! the studio's own script sends the same forms and stays on its page.

mod desk;
mod drops;
mod flash;
mod goods;
mod list;
mod plan;
mod pulse;
mod quiet;
mod rows;
mod stage;
mod talk;
#[cfg(test)]
mod tests;
mod tools;
mod view;

use axum::{
    Router,
    routing::{get, post},
};
use kernel::RoomId;
use serde::Deserialize;
use stores::{Console, Store, images};
use web::{App, Error};

use crate::{
    rooms::{self, Room},
    watch,
};

pub(crate) use quiet::Asker;
use rows::Sale;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/console/{handle}/live", get(list::show))
        .route("/console/{handle}/live/now", post(list::go_live_now))
        .route("/console/{handle}/live/new", get(plan::new).post(plan::create).layer(images::body_limit()))
        .route("/console/{handle}/live/{room}", get(plan::edit).post(plan::save).layer(images::body_limit()))
        .route("/console/{handle}/live/{room}/studio", get(desk::show))
        .route("/console/{handle}/live/{room}/pulse", get(desk::pulse))
        .merge(stage::routes())
        .merge(goods::routes())
        .merge(flash::routes())
        .merge(drops::routes())
        .merge(talk::routes())
        .merge(tools::routes())
}

/// The room in the path.
#[derive(Deserialize)]
pub(crate) struct Of {
    pub room: RoomId,
}

impl Of {
    /// The room, if it is this store's.
    pub async fn find(&self, app: &App, console: &Console) -> Result<Room, Error> {
        let found = rooms::get(&mut app.db.read().await?, console.store.id, self.room).await?;
        found.ok_or(Error::NotFound)
    }
}

/// The room's address in the console.
pub(crate) fn base(console: &Console, room: RoomId) -> String {
    base_of(&console.store, room)
}

pub(crate) fn base_of(store: &Store, room: RoomId) -> String {
    format!("/console/{}/live/{room}", store.handle)
}

/// The place on the studio's page to come back to from a selling tool.
pub(crate) fn tools_panel(console: &Console, room: RoomId) -> String {
    format!("{}/studio#tools-panel", base(console, room))
}

/// The room's address for buyers.
fn room_path(console: &Console, room: RoomId) -> String {
    watch::path(&console.store.handle, room)
}

//! Live rooms: a host shows goods, buyers watch, talk and buy without leaving the video.
//!
//! - [`rooms`]: when a room is, who hosts it, where it is in its life, who may publish and watch.
//! - [`story`]: what happened in it, in order. [`Live::change`] is the one way to change a room: what is added to the
//!   story is written with the change and told when both are on disk.
//! - [`shelf`]: its goods, and the one that is being explained. [`chat`]: what is said, and who may say it.
//! - [`auction`], [`giveaway`]: one piece to whoever bids most; a prize by a draw that anyone can check.
//! - [`flash`]: a lower price for some minutes and some pieces. [`drops`]: coupons for whoever is first.
//! - [`hub`]: how events reach everyone who watches. The `broadcast` crate: how the video does.
//!
//! [`Live::of`] finds this process's live rooms in the server's state. Pages and programs call the same verbs.

pub mod auction;
pub mod chat;
pub mod crew;
pub mod drops;
mod elsewhere;
mod events;
pub mod flash;
pub mod giveaway;
mod handle;
pub mod hub;
mod keep;
mod memory;
mod meters;
pub mod report;
pub mod rooms;
mod settings;
pub mod shelf;
pub mod story;
mod studio;
mod takes_part;
#[cfg(test)]
mod testing;
mod tool_error;
mod video;
pub mod watch;
mod within;

use db::deadlines::Due;
use web::{App, Error};

pub use events::{on_event, sweep};
pub use handle::Live;
pub use keep::write_counts;
pub use meters::Meters;
pub use settings::Settings;
pub use story::Story;
pub use tool_error::ToolError;
pub use video::video;

/// The pages of this crate.
pub fn routes() -> axum::Router<App> {
    watch::routes()
        .merge(studio::routes())
        .merge(report::routes())
        .merge(auction::routes())
        .merge(giveaway::routes())
}

/// The API of this crate.
pub fn api() -> utoipa_axum::router::OpenApiRouter<App> {
    rooms::api()
        .merge(shelf::api())
        .merge(chat::api())
        .merge(flash::api())
        .merge(drops::api())
        .merge(report::api())
        .merge(auction::api())
        .merge(giveaway::api())
}

/// What other crates find of live rooms in the server's state.
fn offer(parts: &mut axum::http::Extensions) {
    parts.insert(stores::AskLive(|app, front, page| Box::pin(watch::door(app, front, page))));
}

/// Does what a deadline of this crate stands for, be it late; answers whether it was ours.
pub async fn due(app: &App, due: &Due) -> Result<bool, Error> {
    Ok(rooms::due(app, due).await?
        || flash::due(app, due).await?
        || auction::due(app, due).await?
        || giveaway::due(app, due).await?)
}

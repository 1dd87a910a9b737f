//! Rooms: when they are, who hosts them, and where each is in its life. Every move is checked by `room.rs`, written
//! with the row's state as its guard, and told in the room's story.

mod admit;
mod announce;
mod api;
mod call;
mod due;
mod edit;
mod end;
mod follow;
mod key;
mod moves;
mod plan;
mod publish;
mod rehearse;
mod remind;
mod replay;
mod room;
mod rows;
mod schedule;
mod stage;
mod start;

use db::{Error, Read, Tx};
use kernel::{RoomId, StoreId, Timestamp};
use web::App;

pub use room::{
    AHEAD_MAX, AHEAD_MIN, ANNOUNCEMENT_MAX, COME_WITHIN, COMING_MAX, Ending, FIRST_PICTURES_WITHIN, LIVE_MAX,
    LONGEST, NotAllowed, PLANNED_MAX, PLANNED_MIN, Pinned, REMIND_BEFORE, RETURN_WITHIN, Room, SLOW_MAX,
    Show, ShowId, State, Step, TITLE_MAX,
};

pub use announce::{announce, slow, take_comment_orders};
pub use edit::{EditError, edit};
pub(crate) use end::take_down;
pub use end::{cancel, end};
pub use key::new_key;
pub use moves::{MoveError, RoomMoved};
pub use plan::Plan;
pub use publish::pass;
pub use rehearse::{rehearse, stop_rehearsing};
pub use remind::{is_reminded, remind, reminders};
pub use replay::{ReplayError, delete_replay, show_replay};
pub use schedule::{ScheduleError, schedule};
pub use stage::{Side, side, works_in};
pub use start::start;

pub(crate) use api::api;
pub(crate) use due::due;
pub(crate) use follow::{follow, pictures, recover, video_name};
pub(crate) use stage::{backstage, of_hub};

use crate::{Live, memory::Known};

/// The deadline before the start, when those who asked are told.
const REMIND: &str = "live.remind";
/// The deadline after the start, when those who follow the store are told.
const CALL: &str = "live.call";
/// The deadline after the start, when a host who has not come is given up.
const NO_SHOW: &str = "live.no_show";
/// The deadline of a live room from which nothing is heard.
const SILENT: &str = "live.silent";
/// The deadline of a live room that has lasted as long as any may.
const OVERDUE: &str = "live.overdue";

/// The room, if this store has it.
pub async fn get(read: &mut Read, store: StoreId, room: RoomId) -> Result<Option<Room>, Error> {
    rows::get(read, store, room).await
}

/// A store's rooms as its buyers see them.
#[derive(Clone, Debug, Default)]
pub struct OfStore {
    /// The latest start first.
    pub live: Vec<Room>,
    /// Still to come, the next first; one that is being rehearsed is among them.
    pub coming: Vec<Room>,
    /// What can be watched again, the latest first.
    pub replays: Vec<Room>,
}

/// Rooms of each kind in a list.
pub const LISTED: i64 = 20;

/// The store's rooms: live now, next, and replays.
pub async fn of_store(read: &mut Read, store: StoreId, now: Timestamp) -> Result<OfStore, Error> {
    Ok(OfStore {
        live: rows::live(read, store).await?,
        coming: rows::coming(read, store, LISTED).await?,
        replays: rows::over(read, store, true, now, LISTED).await?,
    })
}

/// The store's rooms that are over, also those without a replay, the latest first: those that ended before `before`.
pub async fn over(read: &mut Read, store: StoreId, before: Timestamp, most: i64) -> Result<Vec<Room>, Error> {
    rows::over(read, store, false, before, most).await
}

/// Whether the store is live.
pub(crate) async fn any_live(read: &mut Read, store: StoreId) -> Result<bool, Error> {
    rows::any_live(read, store).await
}

/// What is remembered of a room.
pub(crate) async fn known(read: &mut Read, room: RoomId) -> Result<Option<Known>, Error> {
    let Some(room) = rows::by_id(read, room).await? else { return Ok(None) };
    let store = stores::by_id(read, room.store_id).await?;
    let holder = rows::holder(read, room.store_id, room.id).await?;
    Ok(Some(Known {
        holder,
        store: room.store_id,
        state: room.state,
        replay: room.replay,
        shown: store.is_some_and(|store| store.state.is_shown()),
    }))
}

/// Sends away who publishes into the room here.
pub(crate) fn end_video(app: &App, room: RoomId) {
    if let (Ok(live), Some(name)) = (Live::of(app), video_name(room)) {
        live.broadcast().end(&name);
    }
}

/// Writes what was counted of a room since the last time.
pub(crate) async fn count(
    tx: &mut Tx,
    store: StoreId,
    room: RoomId,
    viewers: u64,
    likes: u64,
    shares: u64,
) -> Result<(), Error> {
    rows::count(tx, store, room, viewers as i64, likes as i64, shares as i64).await
}

/// Says again that this process has the room's pictures; answers with where the room is. `None`: the pictures go to
/// another process by now, or there is no such room.
pub(crate) async fn still_here(
    tx: &mut Tx,
    id: RoomId,
    store: StoreId,
    node: &str,
    now: Timestamp,
) -> Result<Option<State>, Error> {
    let Some(room) = rows::get(tx, store, id).await? else { return Ok(None) };
    let holder = rows::holder(tx, store, id).await?;
    if holder.is_some_and(|(holder, until)| holder != node && until > now) {
        return Ok(None);
    }
    if room.state.show().is_some() && !room.state.is_over() {
        publish::hold(tx, &room, node, now).await?;
    }
    Ok(Some(room.state))
}

#[cfg(test)]
mod tests;

//! How every move of a room is written: with its guard, its line in the audit log, its news and its word in the story.

use db::{Error, Tx, outbox};
use kernel::{AccountId, RoomId, StoreId, Timestamp};
use people::audit;
use serde::{Deserialize, Serialize};

use super::{NotAllowed, Room, State, Step, rows};

/// Why a room stayed where it was.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    #[error("no such room")]
    NotFound,
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    #[error("the store is not open")]
    Closed,
    #[error("as many rooms are live as can be")]
    Full,
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<MoveError> for web::Error {
    fn from(error: MoveError) -> Self {
        match error {
            MoveError::NotFound => web::Error::NotFound,
            MoveError::NotAllowed(NotAllowed(step)) => web::Error::Conflict(match step {
                Step::Scheduled => "live-is-scheduled",
                Step::Rehearsal => "live-is-rehearsal",
                Step::Live => "live-is-live",
                Step::Ended => "live-is-ended",
                Step::Cancelled => "live-is-cancelled",
            }),
            MoveError::Closed => web::Error::Conflict("live-store-closed"),
            MoveError::Full => web::Error::Conflict("live-too-many-live"),
            MoveError::Db(error) => error.into(),
        }
    }
}

/// A room is somewhere else now.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RoomMoved {
    pub room: RoomId,
    pub from: Step,
    pub to: Step,
}
impl outbox::Event for RoomMoved {
    const KIND: &'static str = "live.moved";
}

/// Puts the room into its next state. `actor` is nobody when a deadline or the video moves it.
pub(super) async fn put(
    tx: &mut Tx,
    room: &Room,
    to: State,
    actor: Option<AccountId>,
    now: Timestamp,
) -> Result<Room, Error> {
    let (store, from) = (room.store_id, room.state.step());
    rows::set_state(tx, store, room.id, from, to).await?;
    if from != to.step() {
        let action = match to.step() {
            Step::Scheduled => "live.rehearsal_over",
            Step::Rehearsal => "live.rehearsed",
            Step::Live => "live.started",
            Step::Ended => "live.ended",
            Step::Cancelled => "live.cancelled",
        };
        let why = match to {
            State::Ended { why, .. } | State::Cancelled { why, .. } => why.as_str(),
            _ => "",
        };
        audit::record(tx, actor, store, action, room.id, why, now).await?;
        outbox::add(tx, Some(store), &RoomMoved { room: room.id, from, to: to.step() }, now).await?;
    }
    Ok(Room { state: to, ..room.clone() })
}

/// The room, or that this store has none like it.
pub(super) async fn wanted(tx: &mut Tx, store: StoreId, id: RoomId) -> Result<Room, MoveError> {
    rows::get(tx, store, id).await?.ok_or(MoveError::NotFound)
}

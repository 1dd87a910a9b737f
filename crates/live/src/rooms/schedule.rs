//! Sets a room for later, or makes one for now.

use db::{Error, Tx, deadlines};
use kernel::{AccountId, Invalid, RoomId, Timestamp};
use people::audit;
use stores::Store;
use web::App;

use super::{COME_WITHIN, COMING_MAX, NO_SHOW, Plan, REMIND, REMIND_BEFORE, Room, State, plan, rows};

/// Why no room was made.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    #[error("the store is not open")]
    Closed,
    #[error("as many rooms are to come as can be")]
    Full,
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<ScheduleError> for web::Error {
    fn from(error: ScheduleError) -> Self {
        match error {
            ScheduleError::Closed => web::Error::Conflict("live-store-closed"),
            ScheduleError::Full => web::Error::Conflict("live-too-many-coming"),
            ScheduleError::Invalid(invalid) => invalid.into(),
            ScheduleError::Db(error) => error.into(),
        }
    }
}

/// Makes a room of this store.
pub async fn schedule(app: &App, store: &Store, actor: AccountId, plan: Plan) -> Result<Room, ScheduleError> {
    if matches!(store.state, stores::State::Suspended | stores::State::Closing | stores::State::Closed) {
        return Err(ScheduleError::Closed);
    }
    let now = app.clock.now();
    let id = RoomId::new();
    app.db
        .write(store.id, async |tx| {
            let checked = plan::check(tx, store.id, actor, &plan, None, now).await??;
            if rows::counts(tx, store.id).await?.coming >= COMING_MAX {
                return Err(ScheduleError::Full);
            }
            let room = Room {
                store_id: store.id,
                id,
                title: checked.title,
                cover: plan.cover,
                host_id: checked.host,
                host_name: String::new(),
                state: State::Scheduled,
                starts_at: checked.starts_at,
                planned_minutes: plan.planned_minutes,
                portrait: plan.portrait,
                replay: plan.replay,
                epoch: 1,
                seq: 0,
                pinned: None,
                announcement: String::new(),
                pinned_comment: None,
                slow_seconds: 0,
                comment_orders: false,
                has_key: false,
                peak: 0,
                likes: 0,
                shares: 0,
                created_at: now,
            };
            rows::insert(tx, &room, actor).await?;
            set_deadlines(tx, &room, now).await?;
            audit::record(tx, actor, store.id, "live.scheduled", id, &room.title, now).await?;
            Ok(rows::get(tx, store.id, id).await?.ok_or(Error::Missing)?)
        })
        .await
}

/// When those who asked are told, and when a host who has not come is given up.
pub(super) async fn set_deadlines(tx: &mut Tx, room: &Room, now: Timestamp) -> Result<(), Error> {
    let remind_at = (room.starts_at - REMIND_BEFORE).max(now);
    if room.starts_at > now {
        deadlines::set(tx, room.store_id, REMIND, room.id, remind_at).await?;
    }
    deadlines::set(tx, room.store_id, NO_SHOW, room.id, room.starts_at.max(now) + COME_WITHIN).await
}

/// Neither matters any more.
pub(super) async fn clear_deadlines(tx: &mut Tx, room: &Room) -> Result<(), Error> {
    deadlines::clear(tx, room.store_id, REMIND, room.id).await?;
    deadlines::clear(tx, room.store_id, NO_SHOW, room.id).await
}

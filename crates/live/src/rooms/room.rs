//! What a room is, and the moves of its life. Pure rules: no SQL, no HTTP. A move takes the state it starts from, and
//! what is not written here cannot happen.

use std::time::Duration;

use db::text_enum;
use kernel::{AccountId, ImageId, ProductId, RoomId, StoreId, Timestamp};

use crate::chat::ChatId;

/// One broadcast of a room; its recording bears this id.
pub struct Show;
impl kernel::Kind for Show {
    const PREFIX: &'static str = "shw";
}
pub type ShowId = kernel::Id<Show>;

/// Columns of a title.
pub const TITLE_MAX: i64 = 30;
/// How far ahead a room may be set.
pub const AHEAD_MIN: Duration = Duration::from_secs(10 * 60);
/// Six months.
pub const AHEAD_MAX: Duration = Duration::from_secs(183 * 24 * 60 * 60);
/// How long a room may be planned to last, in minutes.
pub const PLANNED_MIN: i64 = 30;
pub const PLANNED_MAX: i64 = 24 * 60;
/// Those who asked are told so long before the start.
pub const REMIND_BEFORE: Duration = Duration::from_secs(10 * 60);
/// A host who has not come so long after the start does not come any more.
pub const COME_WITHIN: Duration = Duration::from_secs(30 * 60);
/// A room that was started waits so long for its first pictures.
pub const FIRST_PICTURES_WITHIN: Duration = Duration::from_secs(10 * 60);
/// A host whose pictures stay away has so long to come back: the video's own time.
pub const RETURN_WITHIN: Duration = broadcast::RESUME_WITHIN;
/// No show lasts longer, whatever was planned.
pub const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
/// Rooms of one store that are live at once.
pub const LIVE_MAX: i64 = 5;
/// Rooms of one store that are still to come.
pub const COMING_MAX: i64 = 100;
/// The slowest that chat can be made, in seconds between two messages of one person.
pub const SLOW_MAX: i64 = 300;
/// Columns of an announcement.
pub const ANNOUNCEMENT_MAX: i64 = 120;

text_enum! {
    /// The name of a state, as it is kept and shown.
    pub enum Step {
        Scheduled = "scheduled",
        /// Staff alone can watch.
        Rehearsal = "rehearsal",
        Live = "live",
        Ended = "ended",
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// Why a room is over.
    pub enum Ending {
        /// The host ended it or called it off.
        Host = "host",
        /// The pictures stayed away.
        NotResumed = "not_resumed",
        /// It reached the longest time.
        Longest = "longest",
        /// The host never came.
        NoShow = "no_show",
        /// An operator of the platform has stopped the store.
        TakenDown = "taken_down",
    }
}

/// Where a room is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Scheduled,
    Rehearsal {
        show: ShowId,
    },
    Live {
        show: ShowId,
        since: Timestamp,
        /// Since when no pictures come.
        lost: Option<Timestamp>,
    },
    Ended {
        show: ShowId,
        since: Timestamp,
        at: Timestamp,
        why: Ending,
    },
    Cancelled {
        at: Timestamp,
        why: Ending,
    },
}

/// The move does not lead on from this state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the room is {}", .0.as_str())]
pub struct NotAllowed(pub Step);

impl State {
    pub const fn step(self) -> Step {
        match self {
            State::Scheduled => Step::Scheduled,
            State::Rehearsal { .. } => Step::Rehearsal,
            State::Live { .. } => Step::Live,
            State::Ended { .. } => Step::Ended,
            State::Cancelled { .. } => Step::Cancelled,
        }
    }

    /// The state as viewers hear of it: a live room without pictures is lost.
    pub const fn word(self) -> &'static str {
        match self {
            State::Live { lost: Some(_), .. } => "lost",
            other => other.step().as_str(),
        }
    }

    /// The state as buyers hear of it: a rehearsal is the staff's own business.
    pub const fn word_for_buyers(self) -> &'static str {
        match self {
            State::Rehearsal { .. } => Step::Scheduled.as_str(),
            other => other.word(),
        }
    }

    /// The present or last broadcast.
    pub const fn show(self) -> Option<ShowId> {
        match self {
            State::Rehearsal { show } | State::Live { show, .. } | State::Ended { show, .. } => Some(show),
            State::Scheduled | State::Cancelled { .. } => None,
        }
    }

    /// Whether it is still to come: it can be changed and called off.
    pub const fn is_coming(self) -> bool {
        matches!(self, State::Scheduled | State::Rehearsal { .. })
    }

    pub const fn is_live(self) -> bool {
        matches!(self, State::Live { .. })
    }

    /// Whether nothing more happens in it.
    pub const fn is_over(self) -> bool {
        matches!(self, State::Ended { .. } | State::Cancelled { .. })
    }

    /// Pictures for the staff alone. Who rehearses already goes on with the same show.
    pub fn rehearse(self, show: ShowId) -> Result<Self, NotAllowed> {
        match self {
            State::Scheduled => Ok(State::Rehearsal { show }),
            State::Rehearsal { .. } => Ok(self),
            _ => Err(NotAllowed(self.step())),
        }
    }

    /// The rehearsal is over; the room waits for its start.
    pub fn stop_rehearsing(self) -> Result<Self, NotAllowed> {
        match self {
            State::Rehearsal { .. } | State::Scheduled => Ok(State::Scheduled),
            _ => Err(NotAllowed(self.step())),
        }
    }

    /// Everyone can watch. It is another show than the rehearsal's, whose pictures stay with the staff.
    pub fn start(self, show: ShowId, now: Timestamp) -> Result<Self, NotAllowed> {
        match self {
            State::Scheduled | State::Rehearsal { .. } => Ok(State::Live { show, since: now, lost: None }),
            _ => Err(NotAllowed(self.step())),
        }
    }

    /// The pictures stay away; a room that has lost them already goes on counting from then.
    pub fn lose(self, now: Timestamp) -> Self {
        match self {
            State::Live { show, since, lost: None } => State::Live { show, since, lost: Some(now) },
            _ => self,
        }
    }

    /// Pictures come again.
    pub fn resume(self) -> Self {
        match self {
            State::Live { show, since, .. } => State::Live { show, since, lost: None },
            _ => self,
        }
    }

    pub fn end(self, now: Timestamp, why: Ending) -> Result<Self, NotAllowed> {
        match self {
            State::Live { show, since, .. } => Ok(State::Ended { show, since, at: now, why }),
            _ => Err(NotAllowed(self.step())),
        }
    }

    pub fn cancel(self, now: Timestamp, why: Ending) -> Result<Self, NotAllowed> {
        match self {
            State::Scheduled | State::Rehearsal { .. } => Ok(State::Cancelled { at: now, why }),
            _ => Err(NotAllowed(self.step())),
        }
    }

    /// The state that was kept in columns; `None` if they do not belong together.
    pub fn from_parts(
        step: Step,
        show: Option<ShowId>,
        since: Option<Timestamp>,
        lost: Option<Timestamp>,
        over: Option<(Timestamp, Ending)>,
    ) -> Option<Self> {
        Some(match step {
            Step::Scheduled => State::Scheduled,
            Step::Rehearsal => State::Rehearsal { show: show? },
            Step::Live => State::Live { show: show?, since: since?, lost },
            Step::Ended => {
                let (at, why) = over?;
                State::Ended { show: show?, since: since?, at, why }
            }
            Step::Cancelled => {
                let (at, why) = over?;
                State::Cancelled { at, why }
            }
        })
    }
}

/// A room as every request about it needs it.
#[derive(Clone, Debug)]
pub struct Room {
    pub store_id: StoreId,
    pub id: RoomId,
    pub title: String,
    pub cover: Option<ImageId>,
    pub host_id: AccountId,
    pub host_name: String,
    pub state: State,
    pub starts_at: Timestamp,
    pub planned_minutes: i64,
    pub portrait: bool,
    /// Recorded, and shown after its end.
    pub replay: bool,
    pub epoch: i64,
    pub seq: i64,
    pub pinned: Option<Pinned>,
    /// Empty when there is none.
    pub announcement: String,
    pub pinned_comment: Option<ChatId>,
    /// Seconds between two messages of one person; 0 is as fast as they like.
    pub slow_seconds: i64,
    /// Whether a comment that is a product's number opens that product for who wrote it.
    pub comment_orders: bool,
    pub has_key: bool,
    pub peak: i64,
    pub likes: i64,
    pub shares: i64,
    pub created_at: Timestamp,
}

/// The product that is being explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pinned {
    pub product: ProductId,
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_772_503_200 + minute * 60).unwrap()
    }

    fn every() -> [State; 6] {
        let show = ShowId::new();
        [
            State::Scheduled,
            State::Rehearsal { show },
            State::Live { show, since: at(0), lost: None },
            State::Live { show, since: at(0), lost: Some(at(1)) },
            State::Ended { show, since: at(0), at: at(9), why: Ending::Host },
            State::Cancelled { at: at(9), why: Ending::NoShow },
        ]
    }

    #[test]
    fn a_room_that_is_over_stays_over() {
        for state in every().into_iter().filter(|state| state.is_over()) {
            assert_eq!(state.start(ShowId::new(), at(1)), Err(NotAllowed(state.step())));
            assert_eq!(state.rehearse(ShowId::new()), Err(NotAllowed(state.step())));
            assert_eq!(state.end(at(1), Ending::Host), Err(NotAllowed(state.step())));
            assert_eq!(state.cancel(at(1), Ending::Host), Err(NotAllowed(state.step())));
            assert_eq!((state.lose(at(1)), state.resume()), (state, state));
        }
    }

    #[test]
    fn what_is_live_can_only_end_and_what_is_not_can_only_be_called_off() {
        for state in every() {
            assert_eq!(state.end(at(5), Ending::Host).is_ok(), state.is_live());
            assert_eq!(state.cancel(at(5), Ending::Host).is_ok(), state.is_coming());
            assert_eq!(state.start(ShowId::new(), at(5)).is_ok(), state.is_coming());
        }
    }

    #[test]
    fn a_rehearsal_goes_on_with_its_show_and_the_start_is_another() {
        let (first, second, third) = (ShowId::new(), ShowId::new(), ShowId::new());
        let rehearsal = State::Scheduled.rehearse(first).unwrap();
        assert_eq!(rehearsal.rehearse(second), Ok(rehearsal));
        assert_eq!(rehearsal.stop_rehearsing(), Ok(State::Scheduled));
        assert_eq!(rehearsal.start(third, at(0)).unwrap().show(), Some(third));
    }

    #[test]
    fn a_loss_counts_from_its_beginning() {
        let live = State::Scheduled.start(ShowId::new(), at(0)).unwrap();
        let lost = live.lose(at(1));
        assert_eq!((live.word(), lost.word()), ("live", "lost"));
        assert_eq!(lost.lose(at(2)), lost);
        assert_eq!(lost.resume(), live);
    }

    #[test]
    fn a_state_survives_its_columns() {
        for state in every() {
            let (since, lost) = match state {
                State::Live { since, lost, .. } => (Some(since), lost),
                State::Ended { since, .. } => (Some(since), None),
                _ => (None, None),
            };
            let over = match state {
                State::Ended { at, why, .. } | State::Cancelled { at, why } => Some((at, why)),
                _ => None,
            };
            assert_eq!(State::from_parts(state.step(), state.show(), since, lost, over), Some(state));
        }
        assert_eq!(State::from_parts(Step::Live, None, None, None, None), None);
    }
}

//! Watches over one room: ends it when its host does not come back or its time is up, and forgets it some time
//! after its end.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use super::status::{Ending, Phase};
use super::{RESUME_WITHIN, Room};

/// How long after its end a room can still be read, so that late viewers learn of the end.
const LINGER: Duration = Duration::from_secs(60);

/// Runs until the room may be forgotten.
pub(crate) async fn keep(room: Arc<Room>) {
    let mut statuses = room.statuses();
    while let Some((at, ending)) = room.deadline() {
        tokio::select! {
            _ = statuses.changed() => {}
            () = sleep_until(at) => room.end_if_due(ending),
        }
    }
    sleep(LINGER).await;
}

impl Room {
    /// Someone may have come back in the moment before.
    fn end_if_due(&self, ending: Ending) {
        if self.deadline().is_some_and(|(at, still)| still == ending && at <= Instant::now()) {
            self.end(ending);
        }
    }

    /// When the room ends if nothing happens, and why. `None` when it has ended.
    fn deadline(&self) -> Option<(Instant, Ending)> {
        let stage = self.stage();
        let longest = (stage.began + self.limits.duration, Ending::Duration);
        match stage.phase {
            Phase::Ended(_) => None,
            // Someone is there who has not sent a whole part yet.
            _ if stage.publication != 0 => Some(longest),
            Phase::Waiting | Phase::Live | Phase::Lost => {
                let lost = (stage.lost.unwrap_or(stage.began) + RESUME_WITHIN, Ending::NotResumed);
                Some(if lost.0 < longest.0 { lost } else { longest })
            }
        }
    }
}

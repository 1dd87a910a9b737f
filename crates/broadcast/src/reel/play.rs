//! Plays a film into a room, as the clock goes, again and again.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::Film;
use crate::room::{Publication, Stop};

/// A frame that is due for longer is not sent any more: the machine was asleep, and viewers want to see now.
const LATE_MAX: Duration = Duration::from_secs(1);

/// Plays the film into a room without end, and answers why it had to stop: the show is over, or another publisher took
/// its place. `began` is when its first picture is due. If that has passed, it is joined at the next key frame, so that
/// whoever knows when it began knows what is in the picture, also after the program was started anew.
pub async fn play(publication: &Publication, film: &Film, began: Instant) -> Stop {
    match play_on(publication, film, began).await {
        Err(stop) => stop,
        Ok(never) => match never {},
    }
}

async fn play_on(
    publication: &Publication,
    film: &Film,
    began: Instant,
) -> Result<std::convert::Infallible, Stop> {
    for track in film.tracks() {
        publication.describe(track.clone())?;
    }
    publication.expect_frame_ticks(film.frame_ticks())?;
    let since = || Instant::now().saturating_duration_since(began);
    let (mut round, mut place) = film.key_frame_from(since());
    loop {
        let due = film.due(round, place);
        if since() > due + LATE_MAX {
            (round, place) = film.key_frame_from(since());
            continue;
        }
        sleep_until(began + due).await;
        publication.push(film.frame(round, place))?;
        place += 1;
        if place == film.places().end {
            (round, place) = (round + 1, 0);
        }
    }
}

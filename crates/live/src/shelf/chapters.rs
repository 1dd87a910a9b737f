//! Chapters: where in a recording each product is explained.

use broadcast::{Entry, Name, Recordings};
use db::{Error, Read, Tx};
use kernel::{RoomId, StoreId, Timestamp};
use web::App;

use super::{Chapter, rows};
use crate::rooms::{self, Room};

/// Ticks of a recording in a millisecond.
const TICKS_PER_MS: u64 = 90;

/// When each product of the room's show was explained, in order.
pub async fn chapters(read: &mut Read, room: &Room) -> Result<Vec<Chapter>, Error> {
    match room.state.show() {
        Some(show) => rows::chapters(read, room.store_id, room.id, show).await,
        None => Ok(Vec::new()),
    }
}

/// The room is over: so is what was being explained.
pub(crate) async fn close_chapter(tx: &mut Tx, room: &Room, now: Timestamp) -> Result<(), Error> {
    rows::close_chapter(tx, room, now).await
}

/// Finds the chapters of a show that is over in its recording.
pub(crate) async fn place(app: &App, store: StoreId, id: RoomId) -> Result<(), Error> {
    let mut read = app.db.read().await?;
    let Some(room) = rooms::get(&mut read, store, id).await? else { return Ok(()) };
    let chapters = chapters(&mut read, &room).await?;
    drop(read);
    let Some(name) = room.state.show().and_then(|show| Name::new(&show.to_string()).ok()) else {
        return Ok(());
    };
    let entries = match Recordings::new(app.files.clone()).entries(&name).await {
        Ok(entries) => entries,
        // What else waits to be told of this store must not wait for a damaged file.
        Err(error) => {
            tracing::error!(%error, room = %id, "the chapters of a recording could not be placed");
            return Ok(());
        }
    };
    let placed =
        chapters.iter().filter_map(|chapter| Some((chapter.id, programme_ms(&entries, chapter.at)?)));
    let placed: Vec<_> = placed.collect();
    app.db
        .write(store, async |tx| {
            for (chapter, at) in &placed {
                rows::set_programme(tx, store, id, *chapter, *at).await?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    Ok(())
}

/// How far into the recording this moment is; what fell into a gap is where the pictures go on. `None` when nothing was
/// recorded from then on.
fn programme_ms(entries: &[Entry], at: Timestamp) -> Option<i64> {
    let mut before = 0;
    for entry in entries {
        let lasts = (entry.ticks / TICKS_PER_MS) as i64;
        let into = at.as_millisecond() - entry.at.as_millisecond();
        if into < lasts {
            return Some(before + into.max(0));
        }
        before += lasts;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(at: i64) -> Timestamp {
        Timestamp::from_millisecond(1_772_503_200_000 + at).unwrap()
    }

    #[test]
    fn a_moment_is_found_in_the_recording_also_after_a_gap() {
        let entry = |at, lasts_ms: u64| Entry {
            header: 1,
            ticks: lasts_ms * 90,
            bytes: 1,
            at: ms(at),
            discontinuity: false,
        };
        // Two segments of two seconds, nothing for a minute, and one more.
        let entries = [entry(0, 2_000), entry(2_000, 2_000), entry(64_000, 2_000)];
        for (at, wanted) in [
            (-500, Some(0)),
            (0, Some(0)),
            (1_999, Some(1_999)),
            (3_500, Some(3_500)),
            (30_000, Some(4_000)),
            (65_000, Some(5_000)),
            (66_000, None),
        ] {
            assert_eq!(programme_ms(&entries, ms(at)), wanted, "{at} ms");
        }
        assert_eq!(programme_ms(&[], ms(0)), None);
    }
}

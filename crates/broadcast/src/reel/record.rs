//! Makes the recording of a show in which a film was played, without the show.

use std::io;

use kernel::Timestamp;

use super::Film;
use crate::hls::packager::Packager;
use crate::name::Name;
use crate::recording::{Recordings, write_whole};

/// Writes the recording that a show would have left which began at `at` and played the film so many times. The show has
/// none yet.
pub async fn record(
    recordings: &Recordings,
    show: &Name,
    film: &Film,
    times: u32,
    at: Timestamp,
) -> io::Result<()> {
    let mut packager = Packager::new(0, usize::MAX);
    let mut segments = Vec::new();
    packager.begin(film.tracks().to_vec(), film.frame_ticks(), at);
    for round in 0..times {
        for place in film.places() {
            let pushed = packager.push(film.frame(round, place));
            pushed.map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
        }
        segments.extend(packager.take_changes().segments);
    }
    packager.finish_stretch();
    segments.extend(packager.take_changes().segments);
    write_whole(recordings, show, &segments).await
}

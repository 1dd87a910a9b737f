//! The playlist of a recording.

use std::fmt::{self, Write};

use super::Entry;
use crate::hls::playlist::Seconds;
use crate::hls::segment::TARGET_SECONDS;
use crate::media::VIDEO_TIMESCALE;

/// The recording as a playlist that begins at its beginning: of a fixed length, or growing while the show goes on.
pub(crate) fn playlist(entries: &[Entry], is_over: bool) -> String {
    let mut out = String::with_capacity(128 + entries.len() * 96);
    // Writing into a string cannot fail.
    let _ = write_playlist(&mut out, entries, is_over);
    out
}

fn write_playlist(out: &mut String, entries: &[Entry], is_over: bool) -> fmt::Result {
    let scale = u64::from(VIDEO_TIMESCALE);
    let longest = entries.iter().map(|entry| (entry.ticks + scale / 2) / scale).max().unwrap_or(0);
    writeln!(out, "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{}", longest.max(TARGET_SECONDS))?;
    writeln!(out, "#EXT-X-PLAYLIST-TYPE:{}", if is_over { "VOD" } else { "EVENT" })?;
    writeln!(out, "#EXT-X-MEDIA-SEQUENCE:0")?;
    let mut header = None;
    for (number, entry) in entries.iter().enumerate() {
        if entry.discontinuity {
            writeln!(out, "#EXT-X-DISCONTINUITY")?;
        }
        if header.replace(entry.header) != Some(entry.header) {
            writeln!(out, "#EXT-X-MAP:URI=\"replay-init{}.mp4\"", entry.header)?;
        }
        writeln!(out, "#EXT-X-PROGRAM-DATE-TIME:{:.3}", entry.at)?;
        writeln!(out, "#EXTINF:{},\nreplay{number}.m4s", Seconds(entry.ticks))?;
    }
    if is_over {
        writeln!(out, "#EXT-X-ENDLIST")?;
    }
    Ok(())
}

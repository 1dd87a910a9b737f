//! Playlists as text, after RFC 8216bis. Durations are whole ticks until they are written, so nothing drifts.

use std::fmt::{self, Write};

use super::segment::{Segment, TARGET_SECONDS};
use crate::media::{Codec, VIDEO_TIMESCALE};
use crate::name::Name;

/// Parts are listed within three target durations of the end (RFC 8216bis 6.2.2).
const PARTS_TICKS: u64 = 3 * TARGET_SECONDS * VIDEO_TIMESCALE as u64;

/// What a room's live playlist is made of.
pub struct Live<'a> {
    pub part_target: u64,
    /// Discontinuities before the first listed segment.
    pub discontinuities: u64,
    pub done: &'a [&'a Segment],
    pub open: Option<&'a Segment>,
    pub open_number: u64,
    pub ended: bool,
}

impl Live<'_> {
    pub fn to_text(&self) -> String {
        let mut out = String::with_capacity(4_096);
        // Writing into a string cannot fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> fmt::Result {
        let with_parts = self.first_with_parts();
        let longest = self.done.iter().skip(with_parts).copied().chain(self.open);
        let longest = longest.flat_map(|segment| &segment.parts).map(|part| part.ticks).max();
        // A camera that stops for a moment makes one part longer than was promised; the promise follows.
        let part_target = self.part_target.max(longest.unwrap_or(0));
        out.write_str("#EXTM3U\n#EXT-X-VERSION:9\n")?;
        writeln!(out, "#EXT-X-TARGETDURATION:{TARGET_SECONDS}")?;
        let hold_back = Seconds(3 * part_target);
        writeln!(out, "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK={hold_back}")?;
        writeln!(out, "#EXT-X-PART-INF:PART-TARGET={}", Seconds(part_target))?;
        let first = self.done.first().copied().or(self.open);
        writeln!(out, "#EXT-X-MEDIA-SEQUENCE:{}", first.map_or(self.open_number, |segment| segment.number))?;
        writeln!(out, "#EXT-X-DISCONTINUITY-SEQUENCE:{}", self.discontinuities)?;
        let mut header = None;
        for (index, segment) in self.done.iter().copied().chain(self.open).enumerate() {
            write_lead(out, segment, &mut header)?;
            if index >= with_parts {
                write_parts(out, segment)?;
            }
            if index < self.done.len() {
                writeln!(out, "#EXTINF:{},\ns{}.m4s", Seconds(segment.ticks()), segment.number)?;
            }
        }
        if self.ended {
            return out.write_str("#EXT-X-ENDLIST\n");
        }
        let next = self.open.map_or(0, |segment| segment.parts.len());
        writeln!(out, "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"p{}.{next}.m4s\"", self.open_number)
    }

    /// The first segment whose parts are still listed.
    fn first_with_parts(&self) -> usize {
        let mut ticks = self.open.map_or(0, Segment::ticks);
        for (index, segment) in self.done.iter().enumerate().rev() {
            ticks += segment.ticks();
            if ticks > PARTS_TICKS {
                return index + 1;
            }
        }
        0
    }
}

/// What is said before a segment: that it follows nothing, its header where that changes, and its time.
fn write_lead(out: &mut String, segment: &Segment, header: &mut Option<u32>) -> fmt::Result {
    if segment.discontinuity {
        out.write_str("#EXT-X-DISCONTINUITY\n")?;
    }
    if *header != Some(segment.header.number) {
        writeln!(out, "#EXT-X-MAP:URI=\"init{}.mp4\"", segment.header.number)?;
        *header = Some(segment.header.number);
    }
    writeln!(out, "#EXT-X-PROGRAM-DATE-TIME:{:.3}", segment.at)
}

fn write_parts(out: &mut String, segment: &Segment) -> fmt::Result {
    for (index, part) in segment.parts.iter().enumerate() {
        let independent = if part.independent { ",INDEPENDENT=YES" } else { "" };
        let (duration, number) = (Seconds(part.ticks), segment.number);
        writeln!(out, "#EXT-X-PART:DURATION={duration},URI=\"p{number}.{index}.m4s\"{independent}")?;
    }
    Ok(())
}

/// The playlist that names the one variant there is, so that a player knows the codecs before it loads anything.
pub fn multivariant(codecs: &[Codec], peak_kbps: u32, show: &Name) -> String {
    let names: Vec<String> = codecs.iter().map(Codec::name).collect();
    let size = codecs.iter().find_map(|codec| match codec {
        Codec::Avc(config) => Some(format!(",RESOLUTION={}x{}", config.width, config.height)),
        Codec::Aac(_) | Codec::Opus { .. } => None,
    });
    format!(
        "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-STREAM-INF:BANDWIDTH={},CODECS=\"{}\"{}\n{show}/live.m3u8\n",
        u64::from(peak_kbps) * 1_000,
        names.join(","),
        size.unwrap_or_default()
    )
}

/// Ticks of 90,000 a second, written as seconds.
pub struct Seconds(pub u64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = u64::from(VIDEO_TIMESCALE);
        // Five digits tell neighbouring ticks apart.
        write!(f, "{}.{:05}", self.0 / scale, self.0 % scale * 100_000 / scale)
    }
}

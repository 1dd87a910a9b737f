//! What a viewer asks for, read from the last part of the address and from its query.

use super::segment::Snapshot;

/// The files of a show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    Playlist,
    Header(u32),
    Part { segment: u64, part: usize },
    Segment(u64),
    Replay,
    ReplayHeader(u32),
    ReplaySegment(u64),
}

impl File {
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "live.m3u8" => return Some(Self::Playlist),
            "replay.m3u8" => return Some(Self::Replay),
            _ => {}
        }
        if let Some(name) = name.strip_suffix(".mp4") {
            return match name.strip_prefix("replay-init") {
                Some(text) => number(text).map(Self::ReplayHeader),
                None => number(name.strip_prefix("init")?).map(Self::Header),
            };
        }
        let name = name.strip_suffix(".m4s")?;
        if let Some(text) = name.strip_prefix("replay") {
            return number(text).map(Self::ReplaySegment);
        }
        if let Some(text) = name.strip_prefix('s') {
            return number(text).map(Self::Segment);
        }
        let (segment, part) = name.strip_prefix('p')?.split_once('.')?;
        Some(Self::Part { segment: number(segment)?, part: number(part)? })
    }
}

/// The one way we write a number: no signs, no leading zeros, so that each file has one address.
fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

/// From which moment on a playlist is wanted (RFC 8216bis 6.2.5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reload {
    Now,
    /// When a segment is complete, or a part of it is there.
    When {
        segment: u64,
        part: Option<usize>,
    },
}

/// The query asks for something that no playlist of ours leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadReload;

impl Reload {
    /// Reads the query of a playlist's address. What is not about reloading is ignored.
    pub fn parse(query: &str) -> Result<Self, BadReload> {
        let (mut segment, mut part) = (None, None);
        for pair in query.split('&') {
            match pair.split_once('=') {
                Some(("_HLS_msn", text)) => segment = Some(text.parse().map_err(|_| BadReload)?),
                Some(("_HLS_part", text)) => part = Some(text.parse().map_err(|_| BadReload)?),
                _ => {}
            }
        }
        match (segment, part) {
            (None, None) => Ok(Self::Now),
            (None, Some(_)) => Err(BadReload),
            (Some(segment), part) => Ok(Self::When { segment, part }),
        }
    }

    /// A question so far ahead that waiting for its answer would be a mistake.
    pub fn is_too_far(self, snapshot: &Snapshot, parts_ahead: usize) -> bool {
        let Self::When { segment, part } = self else { return false };
        if snapshot.ended {
            return false;
        }
        // The last segment in the playlist is the one before the open one.
        segment > snapshot.open_number + 1
            || segment >= snapshot.open_number
                && part.is_some_and(|part| {
                    let there = if segment == snapshot.open_number { snapshot.open_parts() } else { 0 };
                    part >= there + parts_ahead
                })
    }

    /// Whether the playlist may be given. A part that the segment ended without is the next segment's first.
    pub fn is_met(self, snapshot: &Snapshot) -> bool {
        let Self::When { segment, part } = self else { return true };
        if snapshot.ended || segment + 1 < snapshot.open_number {
            return true;
        }
        if segment + 1 == snapshot.open_number {
            let Some(part) = part else { return true };
            let complete = snapshot.segment(segment).map_or(usize::MAX, |segment| segment.parts.len());
            return part < complete || snapshot.open_parts() > 0;
        }
        segment == snapshot.open_number && part.is_some_and(|part| part < snapshot.open_parts())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_has_one_name() {
        assert_eq!(File::parse("live.m3u8"), Some(File::Playlist));
        assert_eq!(File::parse("init3.mp4"), Some(File::Header(3)));
        assert_eq!(File::parse("p12.0.m4s"), Some(File::Part { segment: 12, part: 0 }));
        assert_eq!(File::parse("s12.m4s"), Some(File::Segment(12)));
        assert_eq!(File::parse("replay.m3u8"), Some(File::Replay));
        assert_eq!(File::parse("replay0.m4s"), Some(File::ReplaySegment(0)));
        assert_eq!(File::parse("replay-init1.mp4"), Some(File::ReplayHeader(1)));
        for wrong in
            ["", "s.m4s", "s-1.m4s", "s01.m4s", "s+1.m4s", "p1.m4s", "p1.2.3.m4s", "../s1.m4s", "é.m4s"]
        {
            assert_eq!(File::parse(wrong), None, "{wrong}");
        }
        assert_eq!(File::parse("s99999999999999999999.m4s"), None);
    }

    #[test]
    fn a_part_without_its_segment_is_refused() {
        assert_eq!(Reload::parse(""), Ok(Reload::Now));
        assert_eq!(Reload::parse("a=b&_HLS_skip=YES"), Ok(Reload::Now));
        assert_eq!(Reload::parse("_HLS_msn=7"), Ok(Reload::When { segment: 7, part: None }));
        let both = Reload::When { segment: 7, part: Some(2) };
        assert_eq!(Reload::parse("_HLS_part=2&_HLS_msn=7"), Ok(both));
        assert_eq!(Reload::parse("_HLS_part=2"), Err(BadReload));
        assert_eq!(Reload::parse("_HLS_msn=-1"), Err(BadReload));
        assert_eq!(Reload::parse("_HLS_msn="), Err(BadReload));
    }
}

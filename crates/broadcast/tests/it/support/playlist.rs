//! A second reading of RFC 8216bis: parses media playlists strictly and checks what a server must keep to, within one
//! playlist and from one to the next. It shares no code with the writer.

use std::collections::HashMap;

/// A playlist as read, durations in milliseconds times 100.
#[derive(Clone, Debug, Default)]
pub struct Playlist {
    pub target: u64,
    pub part_target: u64,
    pub hold_back: u64,
    pub sequence: u64,
    pub discontinuities: u64,
    pub segments: Vec<Segment>,
    /// Parts of the segment that is not complete.
    pub open: Vec<Part>,
    pub open_starts_anew: bool,
    pub hint: Option<String>,
    pub ended: bool,
    pub kind: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    pub uri: String,
    pub map: String,
    pub duration: u64,
    pub parts: Vec<Part>,
    pub starts_anew: bool,
    pub time: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub uri: String,
    pub duration: u64,
    pub independent: bool,
}

/// Seconds with a fraction, as hundredths of milliseconds.
fn seconds(text: &str) -> u64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    assert!(fraction.len() <= 5, "{text}");
    let fraction: u64 = format!("{fraction:0<5}").parse().unwrap();
    whole.parse::<u64>().unwrap() * 100_000 + fraction
}

/// An attribute list, quotes taken off.
fn attributes(text: &str) -> HashMap<String, String> {
    let mut found = HashMap::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=').unwrap();
        let value = if let Some(quoted) = after.strip_prefix('"') {
            let (value, after) = quoted.split_once('"').unwrap();
            rest = after.strip_prefix(',').unwrap_or(after);
            value
        } else {
            let (value, after) = after.split_once(',').unwrap_or((after, ""));
            rest = after;
            value
        };
        assert!(found.insert(name.to_owned(), value.to_owned()).is_none(), "{name} twice");
    }
    found
}

impl Playlist {
    pub fn parse(text: &str) -> Self {
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("#EXTM3U"), "4.4.1.1: the first line");
        let mut playlist = Self::default();
        let (mut map, mut anew, mut time) = (String::new(), false, String::new());
        let (mut duration, mut parts) = (None, Vec::new());
        for line in lines {
            assert!(!playlist.ended, "nothing after the end: {line}");
            let (tag, value) = line.split_once(':').unwrap_or((line, ""));
            match tag {
                "#EXT-X-VERSION" => assert!((7..=10).contains(&value.parse::<u32>().unwrap())),
                "#EXT-X-TARGETDURATION" => playlist.target = value.parse::<u64>().unwrap() * 100_000,
                "#EXT-X-SERVER-CONTROL" => {
                    let control = attributes(value);
                    assert_eq!(control["CAN-BLOCK-RELOAD"], "YES");
                    playlist.hold_back = seconds(&control["PART-HOLD-BACK"]);
                }
                "#EXT-X-PART-INF" => playlist.part_target = seconds(&attributes(value)["PART-TARGET"]),
                "#EXT-X-MEDIA-SEQUENCE" => playlist.sequence = value.parse().unwrap(),
                "#EXT-X-DISCONTINUITY-SEQUENCE" => playlist.discontinuities = value.parse().unwrap(),
                "#EXT-X-PLAYLIST-TYPE" => playlist.kind = Some(value.to_owned()),
                "#EXT-X-MAP" => map = attributes(value)["URI"].clone(),
                "#EXT-X-DISCONTINUITY" => anew = true,
                "#EXT-X-PROGRAM-DATE-TIME" => time = value.to_owned(),
                "#EXT-X-PART" => parts.push(part(&attributes(value))),
                "#EXTINF" => duration = Some(seconds(value.strip_suffix(',').unwrap())),
                "#EXT-X-PRELOAD-HINT" => {
                    let hint = attributes(value);
                    assert_eq!(hint["TYPE"], "PART");
                    playlist.hint = Some(hint["URI"].clone());
                }
                "#EXT-X-ENDLIST" => playlist.ended = true,
                uri => {
                    assert!(!uri.starts_with('#') && !uri.is_empty(), "an unknown tag: {line}");
                    playlist.segments.push(Segment {
                        uri: line.to_owned(),
                        map: map.clone(),
                        duration: duration.take().expect("EXTINF before each segment"),
                        parts: std::mem::take(&mut parts),
                        starts_anew: std::mem::take(&mut anew),
                        time: std::mem::take(&mut time),
                    });
                }
            }
        }
        playlist.open = parts;
        playlist.open_starts_anew = anew;
        playlist
    }

    /// What one live playlist must keep to.
    pub fn check_live(&self) {
        assert!(self.discontinuities < 100_000, "hls.js walks through a list of this length again and again");
        assert!(self.target > 0 && self.part_target > 0, "4.4.3.1, 4.4.3.7: targets are required");
        assert!(self.kind.is_none(), "6.2.2: a live playlist that forgets segments has no type");
        assert!(self.hold_back >= 3 * self.part_target, "4.4.3.8: PART-HOLD-BACK of three part targets");
        assert_eq!(self.hint.is_none(), self.ended, "a hint as long as there is more to come");
        for segment in &self.segments {
            let rounded = (segment.duration + 50_000) / 100_000 * 100_000;
            assert!(rounded <= self.target, "4.4.3.1: {segment:?} is longer than the target");
            assert!(!segment.map.is_empty() && !segment.time.is_empty());
            self.check_parts(&segment.parts, true);
            if !segment.parts.is_empty() {
                let sum: u64 = segment.parts.iter().map(|part| part.duration).sum();
                assert!(
                    sum.abs_diff(segment.duration) <= segment.parts.len() as u64,
                    "parts add up to {segment:?}"
                );
            }
        }
        self.check_parts(&self.open, false);
        // 6.2.2: parts are listed near the end only, and there without a hole.
        let with_parts: Vec<bool> = self.segments.iter().map(|segment| !segment.parts.is_empty()).collect();
        assert!(with_parts.is_sorted(), "parts only at the end");
        let mut behind: u64 = self.open.iter().map(|part| part.duration).sum();
        for segment in self.segments.iter().rev() {
            assert!(segment.parts.is_empty() || behind <= 3 * self.target, "parts too far from the end");
            behind += segment.duration;
        }
    }

    fn check_parts(&self, parts: &[Part], is_complete: bool) {
        for (index, part) in parts.iter().enumerate() {
            assert!(part.duration <= self.part_target, "4.4.4.9: {part:?} over {}", self.part_target);
            let is_last = is_complete && index + 1 == parts.len();
            let long_enough = part.duration * 100 >= self.part_target * 85;
            assert!(long_enough || part.independent || is_last, "4.4.4.9: {part:?} under 85 %");
        }
    }

    /// What the next version of a playlist must keep to.
    pub fn check_after(&self, before: &Self) {
        assert_eq!(self.target, before.target, "4.4.3.1: the target duration never changes");
        assert!(self.sequence >= before.sequence, "6.2.2: the media sequence never decreases");
        assert!(self.discontinuities >= before.discontinuities, "6.2.2: nor the discontinuity sequence");
        let removed = usize::try_from(self.sequence - before.sequence).unwrap();
        assert!(removed <= before.segments.len(), "6.2.2: one number for each removed segment");
        for (now, then) in self.segments.iter().zip(&before.segments[removed..]) {
            assert_eq!((&now.uri, now.duration, &now.time), (&then.uri, then.duration, &then.time));
            assert!(now.parts.is_empty() || now.parts == then.parts, "a listed part never changes");
            assert_eq!((now.starts_anew, &now.map), (then.starts_anew, &then.map));
        }
        let forgotten =
            before.segments[..removed].iter().filter(|segment| segment.starts_anew).count() as u64;
        assert_eq!(self.discontinuities, before.discontinuities + forgotten, "6.2.2: counted exactly");
        if removed > 0 {
            let left: u64 = self.segments.iter().map(|segment| segment.duration).sum();
            assert!(left >= 3 * self.target, "6.2.2: three target durations stay");
        }
        self.check_continues(before, removed);
    }

    fn check_continues(&self, before: &Self, removed: usize) {
        let new = before.segments.len() - removed;
        let continued = self.segments.get(new).map_or(&self.open, |segment| &segment.parts);
        if !continued.is_empty() {
            assert!(continued.starts_with(&before.open), "parts of the open segment stay as they are");
        }
        if let Some(hint) = before.hint.as_ref().filter(|_| !self.ended) {
            let all = self.segments[new..].iter().map(|segment| &segment.parts).chain([&self.open]);
            let next = all.flatten().nth(before.open.len());
            assert!(next.is_none_or(|next| next.uri == *hint), "6.2.6: the hint was the next part, {hint}");
        }
    }
}

fn part(attributes: &HashMap<String, String>) -> Part {
    Part {
        uri: attributes["URI"].clone(),
        duration: seconds(&attributes["DURATION"]),
        independent: attributes.get("INDEPENDENT").is_some_and(|value| value == "YES"),
    }
}

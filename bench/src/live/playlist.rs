//! What a player reads of a low-latency playlist: which parts are new, and which comes next.

/// A part by its segment's number and its own in it; they are asked for by these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Part {
    pub segment: u64,
    pub number: u64,
}

impl Part {
    pub fn file(self) -> String {
        format!("p{}.{}.m4s", self.segment, self.number)
    }

    /// Whether nothing lies between this part and a later one, as far as names tell.
    pub fn is_before(self, next: Part) -> bool {
        next == Part { number: self.number + 1, ..self }
            || next == Part { segment: self.segment + 1, number: 0 }
    }
}

/// The parts behind the last one that is known, oldest first, and the one that is made now. Who knows none yet begins
/// with the newest. `None` when the playlist leads nowhere.
pub fn news(text: &str, last: Option<Part>) -> Option<(Vec<Part>, Part)> {
    let mut lines = text.trim_end().rsplit('\n');
    let hinted = part_in(lines.next().filter(|line| line.starts_with("#EXT-X-PRELOAD-HINT:"))?)?;
    let listed = lines.filter(|line| line.starts_with("#EXT-X-PART:")).map_while(part_in);
    let mut parts: Vec<Part> = match last {
        Some(last) => listed.take_while(|part| *part > last).collect(),
        None => listed.take(1).collect(),
    };
    parts.reverse();
    Some((parts, hinted))
}

fn part_in(line: &str) -> Option<Part> {
    let (_, name) = line.split_once("URI=\"p")?;
    let (name, _) = name.split_once(".m4s\"")?;
    let (segment, number) = name.split_once('.')?;
    Some(Part { segment: segment.parse().ok()?, number: number.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAYLIST: &str = "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-MAP:URI=\"init1.mp4\"\n\
        #EXT-X-PART:DURATION=0.20000,URI=\"p7.0.m4s\",INDEPENDENT=YES\n\
        #EXT-X-PART:DURATION=0.20000,URI=\"p7.1.m4s\"\n#EXTINF:0.40000,\ns7.m4s\n\
        #EXT-X-PART:DURATION=0.20000,URI=\"p8.0.m4s\",INDEPENDENT=YES\n\
        #EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"p8.1.m4s\"\n";

    fn part(segment: u64, number: u64) -> Part {
        Part { segment, number }
    }

    #[test]
    fn what_is_new_is_told_in_order() {
        let all = vec![part(7, 1), part(8, 0)];
        assert_eq!(news(PLAYLIST, Some(part(7, 0))), Some((all, part(8, 1))));
        assert_eq!(news(PLAYLIST, Some(part(8, 0))), Some((vec![], part(8, 1))));
        assert_eq!(news(PLAYLIST, None), Some((vec![part(8, 0)], part(8, 1))));
        assert_eq!(news("#EXTM3U\n#EXT-X-ENDLIST\n", None), None);
    }

    #[test]
    fn a_gap_is_seen() {
        assert!(part(7, 1).is_before(part(7, 2)) && part(7, 9).is_before(part(8, 0)));
        assert!(!part(7, 1).is_before(part(7, 3)) && !part(7, 1).is_before(part(9, 0)));
    }
}

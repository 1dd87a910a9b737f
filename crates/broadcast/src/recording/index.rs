//! The index of a recording: one line for each segment, in pages of their own. The last page is written anew, whole,
//! with each segment, so that at any moment the index on disk names exactly what is there.

use std::fmt::Write;

use kernel::Timestamp;

/// Lines on a page: some 9 KB, which is what one segment costs to write.
pub(super) const PAGE_LINES: usize = 256;

/// Says what the file is, and in which form.
const FIRST_LINE: &str = "ministore-recording 1";

/// One recorded segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which of the recording's MP4 headers it needs.
    pub header: u32,
    /// How long it plays, in ticks of 90,000 a second.
    pub ticks: u64,
    pub bytes: u64,
    /// The wall clock at its first frame.
    pub at: Timestamp,
    pub discontinuity: bool,
}

pub(super) fn write_page(entries: &[Entry]) -> String {
    let mut out = format!("{FIRST_LINE}\n");
    for entry in entries {
        let Entry { header, ticks, bytes, at, discontinuity } = entry;
        // Writing into a string cannot fail.
        let _ =
            writeln!(out, "{header} {ticks} {bytes} {} {}", at.as_millisecond(), u8::from(*discontinuity));
    }
    out
}

/// Reads a page; `None` if any of it is not as it was written.
pub(super) fn read_page(text: &str) -> Option<Vec<Entry>> {
    let mut lines = text.lines();
    if lines.next() != Some(FIRST_LINE) {
        return None;
    }
    lines.map(read_line).collect()
}

fn read_line(line: &str) -> Option<Entry> {
    let words: Vec<&str> = line.split(' ').collect();
    let [header, ticks, bytes, at, discontinuity] = words.as_slice() else { return None };
    Some(Entry {
        header: header.parse().ok()?,
        ticks: ticks.parse().ok()?,
        bytes: bytes.parse().ok()?,
        at: Timestamp::from_millisecond(at.parse().ok()?).ok()?,
        discontinuity: match *discontinuity {
            "0" => false,
            "1" => true,
            _ => return None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_as_it_was_written_or_not_at_all() {
        let entry = |header, discontinuity| Entry {
            header,
            ticks: 180_000,
            bytes: 312_345,
            at: "2026-11-24T10:00:00.25Z".parse().unwrap(),
            discontinuity,
        };
        let entries = vec![entry(1, false), entry(1, false), entry(2, true)];
        let page = write_page(&entries);
        assert_eq!(read_page(&page), Some(entries));
        assert_eq!(read_page(&page.replace("180000", "")), None);
        assert_eq!(read_page("something else\n"), None);
        assert_eq!(read_page(&write_page(&[])), Some(Vec::new()));
    }
}

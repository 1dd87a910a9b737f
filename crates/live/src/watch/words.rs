//! When something is, as people say it.

use kernel::Timestamp;
use stores::Store;
use web::Page;

/// A room that starts within this time is counted down; one further away is said in days.
const COUNTED_DOWN_S: i64 = 24 * 60 * 60;

/// `Today, 20:00`, `Tomorrow, 20:00` or the date, in the store's time zone.
pub(super) fn when(page: &Page, store: &Store, at: Timestamp, now: Timestamp) -> String {
    let zone = store.zone();
    let date = |at: Timestamp| zone.to_datetime(at).date();
    let days = date(now).until(date(at)).map_or(i32::MAX, |span| span.get_days());
    let time = page.time(at, &store.time_zone);
    match days {
        0 => page.tr("live-starts-today").with("time", time).to_string(),
        1 => page.tr("live-starts-tomorrow").with("time", time).to_string(),
        _ => page.date_time(at, &store.time_zone),
    }
}

/// How long until then: `12:31`, `2:05:09`, `in 3 days`; nothing left is `00:00`.
pub(super) fn until(page: &Page, at: Timestamp, now: Timestamp) -> String {
    let seconds = (at.as_second() - now.as_second()).max(0);
    if seconds >= COUNTED_DOWN_S {
        return page.tr("live-in-days").with("count", seconds / COUNTED_DOWN_S).to_string();
    }
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes:02}:{seconds:02}")
    }
}

#[cfg(test)]
mod tests {
    use kernel::Locale;

    use super::*;

    #[test]
    fn what_is_left_is_counted_down_or_said_in_days() {
        let page = Page::sample(Locale::English, None);
        let at = |second: i64| Timestamp::from_second(1_772_503_200 + second).unwrap();
        let until = |seconds| until(&page, at(seconds), at(0));
        assert_eq!(until(-5), "00:00");
        assert_eq!(until(751), "12:31");
        assert_eq!(until(2 * 3600 + 5 * 60 + 9), "2:05:09");
        assert_eq!(until(3 * 24 * 3600 + 5), "in 3 days");
    }
}

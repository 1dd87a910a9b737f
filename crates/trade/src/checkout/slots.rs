//! The times at which a branch hands goods over. Pure rules over opening hours.

use jiff::{SignedDuration, ToSpan, tz::TimeZone};
use kernel::Timestamp;
use stores::hours::Hours;

/// How many days ahead a slot can be booked.
pub const DAYS_AHEAD: i64 = 7;

/// A time in which the buyer comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
}

/// Whole slots within the opening hours that have not begun, in order, for [`DAYS_AHEAD`] days.
pub fn slots(hours: &Hours, zone: &TimeZone, slot_minutes: i64, now: Timestamp) -> Vec<Slot> {
    let length = SignedDuration::from_mins(slot_minutes.max(1));
    let today = zone.to_datetime(now).date();
    let last = now + SignedDuration::from_hours(24 * DAYS_AHEAD);
    let mut all = Vec::new();
    // Yesterday's last span may reach into today.
    for ahead in -1..=DAYS_AHEAD {
        let Ok(date) = today.checked_add(ahead.days()) else { continue };
        for (opens, closes) in hours.open_on(date, zone) {
            let mut starts_at = opens;
            while starts_at + length <= closes {
                if starts_at > now && starts_at <= last {
                    all.push(Slot { starts_at, ends_at: starts_at + length });
                }
                starts_at += length;
            }
        }
    }
    all.sort();
    all.dedup_by_key(|slot| slot.starts_at);
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use stores::hours::Span;

    use super::*;

    fn every_day(opens: u16, closes: u16) -> Hours {
        Hours { week: std::array::from_fn(|_| vec![Span { opens, closes }]), special: Vec::new() }
    }

    fn singapore() -> TimeZone {
        TimeZone::get("Asia/Singapore").unwrap()
    }

    #[test]
    fn slots_lie_within_the_hours_and_have_not_begun() {
        // 10:00 in Singapore.
        let now = testkit::morning_clock().now();
        let all = slots(&every_day(9 * 60, 12 * 60 + 30), &singapore(), 60, now);
        let first = all[0].starts_at.to_zoned_datetime(singapore());
        assert_eq!((first.hour(), first.minute()), (11, 0), "10:00 has begun; 12:00 would end too late");
        assert_eq!(all[1].starts_at.to_zoned_datetime(singapore()).hour(), 9, "then tomorrow");
        assert_eq!(all.len(), 1 + 6 * 3 + 2, "up to 10:00 in seven days");
    }

    #[test]
    fn a_night_that_began_yesterday_still_has_slots() {
        // 01:30 in Singapore.
        let now: Timestamp = "2026-03-02T17:30:00Z".parse().unwrap();
        let all = slots(&every_day(22 * 60, 27 * 60), &singapore(), 30, now);
        assert_eq!(all[0].starts_at, "2026-03-02T18:00:00Z".parse().unwrap());
    }

    #[test]
    fn without_hours_nothing_can_be_booked() {
        assert_eq!(slots(&Hours::default(), &singapore(), 60, testkit::morning_clock().now()), []);
    }

    proptest! {
        #[test]
        fn slots_never_overlap_and_stay_within_a_week(
            opens in 0u16..1440, length in 1u16..1440, minutes in 5i64..240, after in 0i64..2_000_000,
            zone in prop_oneof![Just("Asia/Singapore"), Just("Europe/Berlin"), Just("Asia/Kathmandu")],
        ) {
            let zone = TimeZone::get(zone).unwrap();
            let now = testkit::morning_clock().now() + SignedDuration::from_secs(after);
            let all = slots(&every_day(opens, opens + length), &zone, minutes, now);
            prop_assert!(all.is_sorted_by(|a, b| a.starts_at < b.starts_at));
            prop_assert!(all.iter().all(|s| s.starts_at > now && s.starts_at <= now + SignedDuration::from_hours(168)));
            prop_assert!(all.iter().all(|s| s.ends_at.duration_since(s.starts_at) == SignedDuration::from_mins(minutes)));
        }
    }
}

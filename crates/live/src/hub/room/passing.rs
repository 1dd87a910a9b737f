//! What is shown in passing: of several values only the last is shown, and not too often.

use std::collections::HashMap;

use serde_json::value::RawValue;

use crate::hub::{Passing, PassingKey, time::Moment};

/// Values that are remembered for a room: all SKUs of a full shelf, and some.
const VALUES: usize = 4_096;
/// A value that was not renewed for so long is forgotten; nothing that is older than it comes so late.
const REMEMBERED: Moment = 60_000;

impl PassingKey {
    /// The shortest time between two values that are shown.
    const fn pause(self) -> Moment {
        match self {
            Self::Stock(_) | Self::Left(_) => 500,
            Self::Orders => 1_000,
        }
    }
}

#[derive(Debug)]
struct Value {
    rank: i64,
    /// What is still to be shown.
    waiting: Option<Box<RawValue>>,
    shown: Moment,
}

/// The last value of each thing.
#[derive(Debug, Default)]
pub struct Passings {
    values: HashMap<PassingKey, Value>,
}

impl Passings {
    /// Takes a value in; what comes back is to be shown now.
    pub fn take(&mut self, now: Moment, passing: Passing) -> Option<Box<RawValue>> {
        let Passing { of, rank, d } = passing;
        let is_full = self.values.len() >= VALUES;
        match self.values.get_mut(&of) {
            Some(value) if rank < value.rank => None,
            Some(value) => {
                value.rank = rank;
                if now < value.shown + of.pause() {
                    value.waiting = Some(d);
                    return None;
                }
                value.waiting = None;
                value.shown = now;
                Some(d)
            }
            None if is_full => None,
            None => {
                self.values.insert(of, Value { rank, waiting: None, shown: now });
                Some(d)
            }
        }
    }

    /// The values whose turn it is.
    pub fn due(&mut self, now: Moment) -> Vec<(PassingKey, Box<RawValue>)> {
        self.values.retain(|_, value| value.waiting.is_some() || now < value.shown + REMEMBERED);
        let mut due = Vec::new();
        for (of, value) in &mut self.values {
            if now >= value.shown + of.pause()
                && let Some(d) = value.waiting.take()
            {
                value.shown = now;
                due.push((*of, d));
            }
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::SkuId;

    fn take(passings: &mut Passings, now: Moment, of: PassingKey, rank: i64) -> Option<String> {
        let passing = Passing::new(of, rank, &rank).unwrap();
        passings.take(now, passing).map(|d| d.get().to_owned())
    }

    fn due(passings: &mut Passings, now: Moment) -> Vec<String> {
        passings.due(now).into_iter().map(|(_, d)| d.get().to_owned()).collect()
    }

    #[test]
    fn the_first_is_shown_at_once_and_of_the_others_the_last() {
        let (mut passings, tea) = (Passings::default(), PassingKey::Stock(SkuId::new()));
        assert_eq!(take(&mut passings, 100, tea, 1), Some("1".into()));
        for rank in 2..=9 {
            assert_eq!(take(&mut passings, 100 + rank, tea, rank as i64), None);
        }
        assert_eq!(
            take(&mut passings, 100, PassingKey::Orders, 1),
            Some("1".into()),
            "each has its own pause"
        );
        assert!(due(&mut passings, 599).is_empty());
        assert_eq!(due(&mut passings, 600), ["9"]);
        assert!(due(&mut passings, 9_000).is_empty(), "and once");
    }

    #[test]
    fn what_is_older_than_what_was_shown_is_dropped() {
        let (mut passings, tea) = (Passings::default(), PassingKey::Stock(SkuId::new()));
        assert_eq!(take(&mut passings, 0, tea, 7), Some("7".into()));
        assert_eq!(take(&mut passings, 1_000, tea, 6), None);
        assert!(due(&mut passings, 2_000).is_empty());
        take(&mut passings, 2_000, tea, 8);
        take(&mut passings, 2_001, tea, 9);
        take(&mut passings, 2_002, tea, 8);
        assert_eq!(due(&mut passings, 3_000), ["9"], "also while it waits");
    }

    #[test]
    fn a_room_remembers_only_so_many_values() {
        let mut passings = Passings::default();
        for rank in 0..2 * VALUES as i64 {
            take(&mut passings, 0, PassingKey::Stock(SkuId::new()), rank);
        }
        assert_eq!(passings.values.len(), VALUES);
        passings.due(REMEMBERED);
        assert!(passings.values.is_empty());
    }
}

//! Time is passed in. The server carries the system's clock, a test carries one that it sets.

use std::sync::{Arc, Mutex};

pub use jiff::Timestamp;

/// Tells the time, to the millisecond: the precision in which the database keeps it.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Set(Arc<Mutex<Timestamp>>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until [`Clock::advance`] moves it.
    pub fn set_to(at: Timestamp) -> Self {
        Self(Source::Set(Arc::new(Mutex::new(to_millisecond(at)))))
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            #[allow(clippy::disallowed_methods, reason = "the one place that may ask the system")]
            Source::System => to_millisecond(Timestamp::now()),
            Source::Set(at) => *at.lock().unwrap_or_else(|poisoned| poisoned.into_inner()),
        }
    }

    /// Moves a set clock on; the system's clock cannot be moved and stays as it is.
    pub fn advance(&self, by: jiff::SignedDuration) {
        if let Source::Set(at) = &self.0 {
            let mut at = at.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            *at += by;
        }
    }
}

fn to_millisecond(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_clock_moves_only_when_told() {
        let clock = Clock::set_to("2026-01-02T03:04:05.678901Z".parse().unwrap());
        assert_eq!(clock.now().to_string(), "2026-01-02T03:04:05.678Z");
        let copy = clock.clone();
        clock.advance(jiff::SignedDuration::from_secs(60));
        assert_eq!(copy.now().to_string(), "2026-01-02T03:05:05.678Z", "copies share the time");
    }
}

//! The hub's own time. Silence and shares are counted by it, and rooms must not fall silent because a machine's clock
//! was set: it never goes back, and a leap of the clock moves it by little.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use kernel::{Clock, Timestamp};

use super::lock;

/// Milliseconds since the hub began.
pub type Moment = u64;

/// The clock is looked at twenty times a second. A larger step is a clock that was set or a machine that slept.
const LARGEST_STEP: i64 = 5_000;

#[derive(Debug)]
pub struct Time {
    clock: Clock,
    looked: Mutex<Timestamp>,
    now: AtomicU64,
}

impl Time {
    pub fn new(clock: Clock) -> Self {
        let looked = Mutex::new(clock.now());
        Self { clock, looked, now: AtomicU64::new(0) }
    }

    /// As it was when the clock was last looked at.
    pub fn now(&self) -> Moment {
        self.now.load(Ordering::Relaxed)
    }

    /// Looks at the clock.
    pub fn look(&self) -> Moment {
        let mut looked = lock(&self.looked);
        let reads = self.clock.now();
        let step = (reads.as_millisecond() - looked.as_millisecond()).clamp(0, LARGEST_STEP);
        *looked = reads;
        self.now.fetch_add(step.unsigned_abs(), Ordering::Relaxed) + step.unsigned_abs()
    }
}

pub fn millis(time: Duration) -> Moment {
    Moment::try_from(time.as_millis()).unwrap_or(Moment::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    #[test]
    fn a_clock_that_leaps_moves_the_hubs_time_by_little() {
        let clock = Clock::set_to("2026-03-03T02:00:00Z".parse().unwrap());
        let time = Time::new(clock.clone());
        clock.advance(SignedDuration::from_millis(50));
        assert_eq!((time.look(), time.now()), (50, 50));
        clock.advance(SignedDuration::from_hours(-1));
        assert_eq!(time.look(), 50, "never back");
        clock.advance(SignedDuration::from_millis(50));
        assert_eq!(time.look(), 100);
        clock.advance(SignedDuration::from_hours(9));
        assert_eq!(time.look(), 5_100);
    }
}

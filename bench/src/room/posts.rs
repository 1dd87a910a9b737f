//! The messages that are measured: posted at an even pace, each with its number and its time, and counted where they
//! arrive.

use super::crowd::Watch;
use crate::Outcome;
use hdrhistogram::Histogram;
use std::{
    net::SocketAddr,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

/// When this process began: the clock of every message.
static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
/// A message as the server gets it; in the hub's envelope it is 200 bytes.
const POSTED_BYTES: usize = 115;

/// What all viewers saw in some time.
pub struct Seen {
    pub deliveries: u64,
    /// Numbers that were skipped or came again.
    pub missed: u64,
    pub closed: u64,
    /// In microseconds.
    pub latencies: Histogram<u64>,
    /// The last number that each viewer saw.
    last: Vec<Option<u64>>,
}

impl Seen {
    pub fn nothing(viewers: usize) -> Outcome<Self> {
        let latencies = Histogram::new_with_bounds(1, 120_000_000, 3)?;
        Ok(Self { deliveries: 0, missed: 0, closed: 0, latencies, last: vec![None; viewers] })
    }

    /// What was seen up to now; what comes is counted anew.
    pub fn take(&mut self) -> Outcome<Self> {
        let next = Self { last: self.last.clone(), ..Self::nothing(0)? };
        Ok(std::mem::replace(self, next))
    }
}

impl Watch for Seen {
    fn got(&mut self, viewer: usize, message: &[u8]) {
        let Some((number, sent)) = numbers(message) else { return };
        self.deliveries += 1;
        self.missed += u64::from(self.last[viewer].is_some_and(|last| number != last + 1));
        self.last[viewer] = Some(number);
        self.latencies.saturating_record(now().saturating_sub(sent));
    }

    fn closed(&mut self) {
        self.closed += 1;
    }
}

const MARK: &[u8] = b"{\"n\":";

/// A message's number and time, which stand in twenty digits each.
fn numbers(payload: &[u8]) -> Option<(u64, u64)> {
    let at = payload.windows(MARK.len()).position(|window| window == MARK)? + MARK.len();
    let number = |from: usize| str::from_utf8(payload.get(from..from + 20)?).ok()?.trim_start().parse().ok();
    Some((number(at)?, number(at + 25)?))
}

fn now() -> u64 {
    u64::try_from(BEGAN.elapsed().as_micros()).unwrap_or(u64::MAX)
}

/// Someone who posts messages at an even pace, from a thread of their own.
pub struct Posting {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<(), String>>,
}

impl Posting {
    pub fn start(address: SocketAddr, rate: u32) -> Self {
        let stop = Arc::<AtomicBool>::default();
        let asked = stop.clone();
        let thread = std::thread::spawn(move || {
            let agent = ureq::Agent::new_with_defaults();
            let (url, started) = (format!("http://{address}/pub"), Instant::now());
            for number in 0_u32.. {
                let due = started + Duration::from_secs(1) * number / rate;
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
                if asked.load(Ordering::Relaxed) {
                    break;
                }
                let mut answer = agent.post(&url).send(message(number)).map_err(|error| error.to_string())?;
                answer.body_mut().read_to_vec().map_err(|error| error.to_string())?;
            }
            Ok(())
        });
        Self { stop, thread }
    }

    pub fn stop(self) -> Outcome {
        self.stop.store(true, Ordering::Relaxed);
        Ok(self.thread.join().map_err(|_| "who posts has panicked")??)
    }
}

fn message(number: u32) -> String {
    // Spaces before a number are allowed in JSON, zeros are not.
    let mut message = format!("{{\"n\":{number:>20},\"t\":{:>20},\"text\":\"", now());
    message.extend(std::iter::repeat_n('x', POSTED_BYTES - message.len() - 2));
    message + "\"}"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_misses_a_number_or_gets_it_again_is_counted() {
        let mut seen = Seen::nothing(2).unwrap();
        let envelope = |number| format!("{{\"v\":1,\"d\":{}}}", message(number));
        for (viewer, number) in [(0, 7), (1, 9), (0, 8), (1, 9), (0, 10)] {
            seen.got(viewer, envelope(number).as_bytes());
        }
        seen.got(0, b"{\"type\":\"viewers\"}");
        assert_eq!((seen.deliveries, seen.missed), (5, 2));
        let before = seen.take().unwrap();
        assert_eq!((before.deliveries, seen.deliveries), (5, 0));
        seen.got(0, envelope(11).as_bytes());
        assert_eq!((seen.deliveries, seen.missed), (1, 0), "it goes on where it was");
    }
}

//! Messages that everyone in a room gets.

use super::{
    crowd::{Crowd, Way},
    posts::{Posting, Seen},
    process::{self, Served},
};
use crate::{Outcome, machine};
use std::time::Duration;

const VIEWERS: [usize; 2] = [5_000, 10_000];
/// Messages a second.
const RATES: [u32; 2] = [10, 50];
/// Who has come in has what it is told first, and what was told has arrived.
const SETTLED_AFTER: Duration = Duration::from_secs(1);
const WARM_UP: Duration = Duration::from_secs(3);
const LENGTH: Duration = Duration::from_secs(10);

/// What the project asks of itself.
const GOAL_DELIVERIES_PER_CORE: f64 = 100_000.0;
const GOAL_DELIVERIES: f64 = 400_000.0;
const GOAL_CONNECTION_KIB: f64 = 4.0;
const GOAL_P99_MS: f64 = 500.0;

const ABOUT: &str = "\
Each viewer is a WebSocket over loopback, without TLS. A message is 200 bytes on the wire, is posted to the server over
HTTP and goes to every viewer; its latency is from just before the post to when the viewer's socket gave it, so it has
the clients' own share in it: all of them, and who posts, are one process on the same cores. Each viewer checks that
no message is missing or out of order. *Core* is the processor time of the server's processes, user and system.
Memory is what they hold more with the viewers in (proportional set size) than before, without the system's own for
sockets. *hub* is ours with the settings of `serve`, but that its viewers may all be at one address; *nchan* is nginx
with that module, one worker, a message buffer of 50, as its manual has it. Both run in turn, on the same machine.";

const TABLE_HEAD: &str = "\
| server | viewers | messages/s | delivered/s | core | delivered/s a core | KiB a connection | p50 ms | p95 ms | p99 ms | slowest ms | missed | closed |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|";

/// One line of the table.
struct Line {
    server: &'static str,
    viewers: usize,
    rate: u32,
    seen: Seen,
    /// Seconds of processor time a second.
    core: f64,
    connection_kib: f64,
}

impl Line {
    fn delivered(&self) -> f64 {
        self.seen.deliveries as f64 / LENGTH.as_secs_f64()
    }

    fn delivered_per_core(&self) -> f64 {
        self.delivered() / self.core
    }

    fn quantile_ms(&self, quantile: f64) -> f64 {
        self.seen.latencies.value_at_quantile(quantile) as f64 / 1000.0
    }

    fn row(&self) -> String {
        format!(
            "| {} | {} | {} | {:.0} | {:.0} % | {:.0} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {} | {} |",
            self.server,
            self.viewers,
            self.rate,
            self.delivered(),
            self.core * 100.0,
            self.delivered_per_core(),
            self.connection_kib,
            self.quantile_ms(0.50),
            self.quantile_ms(0.95),
            self.quantile_ms(0.99),
            self.seen.latencies.max() as f64 / 1000.0,
            self.seen.missed,
            self.seen.closed,
        )
    }
}

/// Measures rooms of the usual sizes, or of one size.
pub fn run(viewers: Option<usize>) -> Outcome {
    let viewers = viewers.map_or(VIEWERS.to_vec(), |viewers| vec![viewers]);
    machine::allow_files(viewers.iter().max().copied().unwrap_or_default())?;
    println!("## Messages for everyone\n\n{ABOUT}\n\n{TABLE_HEAD}");
    let mut ours = Vec::new();
    for viewers in viewers {
        for start in [process::start_hub, process::start_nchan] {
            let lines = measure(&start()?, viewers)?;
            lines.iter().for_each(|line| println!("{}", line.row()));
            ours.extend(lines.into_iter().filter(|line| line.server == process::HUB));
        }
    }
    println!();
    ours.iter().for_each(tell_goals);
    Ok(())
}

/// Fills one room and tells it messages at every rate.
fn measure(served: &Served, viewers: usize) -> Outcome<Vec<Line>> {
    let before = served.memory_kib()?;
    let way = Way { path: "/ws", join: served.join, headers: &|_| String::new() };
    let mut crowd = Crowd::enter(served.address, &way, viewers, Seen::nothing(viewers)?)?;
    crowd.watch_for(SETTLED_AFTER)?;
    let mut lines = Vec::new();
    for rate in RATES {
        let posting = Posting::start(served.address, rate);
        crowd.watch_for(WARM_UP)?;
        crowd.watch.take()?;
        let core_before = served.processor_seconds()?;
        crowd.watch_for(LENGTH)?;
        let seen = crowd.watch.take()?;
        let core = (served.processor_seconds()? - core_before) / LENGTH.as_secs_f64();
        let connection_kib = (served.memory_kib()? - before) / viewers as f64;
        posting.stop()?;
        // What is still under way belongs to no measurement.
        crowd.watch_for(SETTLED_AFTER)?;
        lines.push(Line { server: served.name, viewers, rate, seen, core, connection_kib });
    }
    Ok(lines)
}

fn tell_goals(line: &Line) {
    let tell = |what: &str, is: String, met: bool| {
        println!(
            "- Goal of {} viewers × {}/s, {what}: {} ({is}).",
            line.viewers,
            line.rate,
            super::verdict(met)
        );
    };
    let whole = line.seen.missed == 0 && line.seen.closed == 0;
    tell("nothing missed and nobody closed", format!("{} and {}", line.seen.missed, line.seen.closed), whole);
    let kib = line.connection_kib;
    tell("≤4 KiB a connection", format!("{kib:.1}"), kib <= GOAL_CONNECTION_KIB);
    let per_core = line.delivered_per_core();
    tell("≥100,000 deliveries/s a core", format!("{per_core:.0}"), per_core >= GOAL_DELIVERIES_PER_CORE);
    if line.rate == 50 && line.viewers >= 10_000 {
        let delivered = line.delivered();
        tell("≥400,000 deliveries/s", format!("{delivered:.0}"), delivered >= GOAL_DELIVERIES);
    }
    if line.rate == 10 {
        let p99 = line.quantile_ms(0.99);
        tell("p99 ≤500 ms", format!("{p99:.0} ms"), p99 <= GOAL_P99_MS);
    }
}

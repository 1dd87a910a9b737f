//! How many viewers of low-latency HLS a core has room for, without TLS and with it.

use super::{
    crowd::{Crowd, Seen},
    film,
    goals::Goals,
    town::{Over, Town},
};
use crate::{Outcome, machine};
use std::path::Path;
use std::time::Duration;

const VIEWERS: [usize; 3] = [500, 1_000, 1_500];
/// With TLS the viewers themselves cost more, on the same machine.
const VIEWERS_WITH_TLS: [usize; 3] = [250, 500, 1_000];
const WARM_UP: Duration = Duration::from_secs(3);
/// As long as the film, so that each crowd gets the same.
const LENGTH: Duration = Duration::from_secs(film::FILM_SECONDS as u64);
const PART: Duration = Duration::from_millis(200);

/// What the project asks of itself.
const GOAL_PER_CORE: f64 = 2_000.0;

const ABOUT: &str = "\
All viewers are in one room. Each keeps a reload of the playlist waiting and fetches each part (0.2 s) as soon as the
playlist tells of it, as hls.js does, over two connections of HTTP/1.1 on loopback that stay open. They are one thread of
another process on the same machine and do not decode. An encoded film is sent by RTMP, so that encoding takes nothing
from them. *Core* is the server's processor time a second, user and system; *viewers a core* is the viewers by it.
*Delay* is from the moment when the first of all viewers was told of a part until another has it, and a part is late that
comes after the next one is made (200 ms). *Made* are the parts of which anybody was told, and *fewest* what the worst-off viewer
got of them. The figure is that of the largest crowd in which the server made a part each 200 ms, nobody missed one, and at most
1 % were late. With TLS each of the connections is TLS 1.3, also with HTTP/1.1.";

const HEAD: &str = "\
| over | viewers | Mbit/s each | core | viewers a core | parts/s | made | fewest | missed | gone | late | delay p50 ms | p99 ms | slowest ms | server MiB |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|";

pub fn measure(goals: &mut Goals) -> Outcome {
    println!("## Viewers by low-latency HLS\n\n{ABOUT}\n\n{HEAD}");
    let most = VIEWERS.iter().chain(&VIEWERS_WITH_TLS).max().copied().unwrap_or_default();
    machine::allow_files(2 * most)?;
    let folder = tempfile::tempdir()?;
    let film = film::encode_film(folder.path())?;
    let (crowd, per_core) = fill(Over::Http, &VIEWERS, &film)?;
    let (crowd_with_tls, with_tls) = fill(Over::Https, &VIEWERS_WITH_TLS, &film)?;
    println!();
    let without = format!("LL-HLS viewers a core, without TLS, in a crowd of {crowd}");
    goals.at_least(&without, per_core.round(), GOAL_PER_CORE, "viewers");
    let with = format!("LL-HLS viewers a core, with TLS, in a crowd of {crowd_with_tls}");
    goals.note(&with, &format!("{with_tls:.0} viewers"));
    Ok(())
}

/// The largest crowd in which everybody got everything in time, and its viewers a core.
fn fill(over: Over, steps: &[usize], film: &Path) -> Outcome<(usize, f64)> {
    let town = Town::start(over)?;
    let room = town.go_live()?;
    let _sending = film::send_film(film, &room.rtmp)?;
    town.wait_for(&room, "hls")?;
    let mut crowd = Crowd::before(&town.site, &room.id)?;
    let mut best = (0, 0.0);
    for &viewers in steps {
        crowd.grow(viewers)?;
        crowd.watch(WARM_UP)?;
        let before = town.server.processor_seconds()?;
        let seen = crowd.watch(LENGTH)?;
        let core = (town.server.processor_seconds()? - before) / LENGTH.as_secs_f64();
        println!("{}", row(over, viewers, core, &seen, town.server.memory_mib().unwrap_or_default()));
        if let Some(failure) = &seen.first_failure {
            println!("\nThe first failure: {failure}\n");
        }
        if is_whole(&seen) {
            best = (viewers, viewers as f64 / core);
        }
    }
    Ok(best)
}

/// The server kept up, nobody missed anything, and next to nothing was late. At the ends of the time a part may be on its
/// way.
fn is_whole(seen: &Seen) -> bool {
    let due = (LENGTH.as_millis() / PART.as_millis()) as u64;
    seen.made + 1 >= due
        && seen.missed == 0
        && seen.gone == 0
        && seen.fewest + 1 >= seen.made
        && seen.late * 100 <= seen.parts
}

fn row(over: Over, viewers: usize, core: f64, seen: &Seen, memory: u64) -> String {
    let each = seen.bytes as f64 * 8.0 / 1e6 / LENGTH.as_secs_f64() / viewers as f64;
    let ms = |microseconds: u64| microseconds as f64 / 1_000.0;
    format!(
        "| {} | {viewers} | {each:.2} | {:.0} % | {:.0} | {:.0} | {} | {} | {} | {} | {:.2} % | {:.1} | {:.1} | {:.1} | {memory} |",
        match over {
            Over::Http => "TCP",
            Over::Https => "TLS",
        },
        core * 100.0,
        viewers as f64 / core,
        seen.parts as f64 / LENGTH.as_secs_f64(),
        seen.made,
        seen.fewest,
        seen.missed,
        seen.gone,
        seen.late as f64 * 100.0 / seen.parts.max(1) as f64,
        ms(seen.delays.value_at_quantile(0.50)),
        ms(seen.delays.value_at_quantile(0.99)),
        ms(seen.delays.max()),
    )
}

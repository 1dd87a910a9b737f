//! From glass to glass: the time of a clock before the camera until it is read from a viewer's screen, in the product's own
//! pages, sent by an encoder and by a browser, beside nginx.

use super::{
    clock, film,
    goals::Goals,
    nginx::Nginx,
    town::{Over, Room, Town},
};
use crate::{Outcome, machine};
use hdrhistogram::Histogram;
use serde_json::{Value, json};
use std::process::{Command, Stdio};

const SCRIPT: &str = "bench/web/glass.mjs";
/// The clock takes this share of a picture's height.
const CLOCK_SHARE: f64 = 40.0 / 360.0;
/// Each way is opened so often as a new visitor does, and the last time watched for so long.
const OPENS: usize = 5;
const SECONDS: u64 = 24;
/// A player begins where it can and then closes up; what is measured is how it goes on.
const SETTLED_AFTER_MS: u64 = 6_000;
/// So long a picture stands at 30 a second.
const PICTURE_MS: usize = 33;
/// A view of which more pictures cannot be read was not decoded well, and means nothing.
const UNREADABLE_MAX: f64 = 0.02;

/// What the project asks of itself, in milliseconds.
const LL_HLS_P50: u64 = 1_200;
const LL_HLS_P95: u64 = 2_000;
const LOW_LATENCY: u64 = 700;
const WHEP: u64 = 150;
const FIRST_PICTURE: u64 = 1_000;

const ABOUT: &str = "\
A picture of 640×360 at 30 a second carries the wall's clock in milliseconds as black and white bars. A script in the
viewer's page reads them from each picture that the browser shows (`requestVideoFrameCallback`), so a figure is the
whole way: drawing, encoding, network, server, player, decoding, composing, until the moment for which the browser expects
the screen to show it. A picture counts for as long as it stands there, older each 33 ms, so that one that stands still counts
too; *still* is the longest that any stood. RTMP comes from ffmpeg (x264, zerolatency,
no B-frames, a key frame each 2 s, 1.1 Mbit/s with sound), WHIP from a canvas in Chromium by the studio's own sender.
Viewers open the room's own page with the player in it, as strangers with empty caches; where both ways are open the
player takes WHEP, so for LL-HLS behind WHIP the viewer's browser is one without WebRTC. The player has one mode: it
closes up to half a second by itself, so one figure stands beside the goal of LL-HLS and that of the low-latency option.
*nginx* is Debian's with its RTMP module: fragments of 1 s, for which it gets a key frame each second, played by the same
hls.js with its defaults. The first seconds of a view, in which the player closes up, do not count. *Waits* says how often
the player ran dry, at its beginning included, *breaks* how often the browser that sends lost its connection: on a machine
that is too busy both happen, and the figure is that of the machine. *First picture* is from opening the page until its
first picture, each time as a new visitor. Encoder, server, the browser that sends and watches, and its software decoder share the machine, and
the ways are measured one after the other.";

const HEAD: &str = "\
| way | player | p50 ms | p95 ms | slowest ms | still ms | pictures | unreadable | waits | breaks | first picture p50 ms | slowest ms | load |
|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|";

/// What was seen of one way.
struct View {
    name: &'static str,
    player: String,
    ages: Histogram<u64>,
    pictures: usize,
    /// The longest that one picture stood, in milliseconds.
    still: u64,
    unreadable: usize,
    /// How often the player ran dry, the beginning included.
    waits: u64,
    /// How often the browser that sends lost its connection and came back.
    breaks: u64,
    /// Milliseconds until the first picture, shortest first.
    firsts: Vec<u64>,
}

impl View {
    fn age(&self, quantile: f64) -> u64 {
        self.ages.value_at_quantile(quantile)
    }

    fn first(&self) -> u64 {
        self.firsts[self.firsts.len() / 2]
    }

    fn row(&self) -> String {
        format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            self.name,
            self.player,
            self.age(0.50),
            self.age(0.95),
            self.ages.max(),
            self.still,
            self.pictures,
            self.unreadable,
            self.waits,
            self.breaks,
            self.first(),
            self.firsts.last().copied().unwrap_or_default(),
            machine::load(),
        )
    }
}

pub fn measure(goals: &mut Goals) -> Outcome {
    println!("## From glass to glass\n\n{ABOUT}\n\n{HEAD}");
    let town = Town::start(Over::Http)?;
    let rtmp = by_encoder(&town)?;
    println!("{}", rtmp.row());
    let whip = by_browser(&town, "WHIP → LL-HLS", "hls")?;
    println!("{}", whip.row());
    let whep = by_browser(&town, "WHIP → WHEP", "whep")?;
    println!("{}", whep.row());
    drop(town);
    println!("{}\n", beside_nginx()?.row());
    for view in [&rtmp, &whip] {
        let (p50, p95) = (view.age(0.50), view.age(0.95));
        goals.at_most(&format!("{}, p50", view.name), p50, LL_HLS_P50, "ms");
        goals.at_most(&format!("{}, p95", view.name), p95, LL_HLS_P95, "ms");
        goals.at_most(&format!("{}, low-latency option, p50", view.name), p50, LOW_LATENCY, "ms");
    }
    goals.at_most("WHIP → WHEP, p50", whep.age(0.50), WHEP, "ms");
    for view in [&rtmp, &whip, &whep] {
        goals.at_most(&format!("first picture, {}", view.name), view.first(), FIRST_PICTURE, "ms");
    }
    Ok(())
}

fn by_encoder(town: &Town) -> Outcome<View> {
    let room = town.go_live()?;
    let sending = film::send_clock(&room.rtmp, film::KEY_SECONDS)?;
    town.wait_for(&room, "hls")?;
    let view = look("RTMP → LL-HLS", json!({ "page": town.page(&room), "without": [] }), None)?;
    drop(sending);
    town.end(&room)?;
    expect(view, "hls")
}

fn by_browser(town: &Town, name: &'static str, way: &'static str) -> Outcome<View> {
    let room = town.go_live()?;
    let without: &[&str] = if way == "whep" { &[] } else { &["RTCPeerConnection"] };
    let ready = format!("{}/media/{}/ways", town.site.origin(), room.id);
    let view = json!({ "page": town.page(&room), "without": without, "ready": ready, "way": way });
    let view = look(name, view, Some(sender(town, &room)))?;
    town.end(&room)?;
    expect(view, way)
}

/// How a browser sends the clock.
fn sender(town: &Town, room: &Room) -> Value {
    json!({
        // Any page of the server's will do.
        "page": format!("{}/healthz", town.site.origin()),
        "sender": web::asset_address("studio-whip.js"),
        "whip": room.whip,
        "token": room.token,
        "width": film::WIDTH,
        "height": film::HEIGHT,
    })
}

fn beside_nginx() -> Outcome<View> {
    let nginx = Nginx::start()?;
    let _sending = film::send_clock(&nginx.rtmp(), 1)?;
    nginx.wait_for()?;
    look("RTMP → nginx, HLS", json!({ "page": nginx.page(), "without": [] }), None)
}

/// A figure of another way than was meant would be a lie.
fn expect(view: View, way: &str) -> Outcome<View> {
    if view.player == way {
        Ok(view)
    } else {
        Err(format!("{} was played by {}", view.name, view.player).into())
    }
}

fn look(name: &'static str, view: Value, send: Option<Value>) -> Outcome<View> {
    let clock = json!({ "bars": clock::BARS, "rows": CLOCK_SHARE });
    let mut job = json!({ "clock": clock, "opens": OPENS, "seconds": SECONDS, "view": view });
    if let Some(send) = send {
        job["send"] = send;
    }
    let mut node = Command::new("node");
    let answer = node.arg(SCRIPT).arg(job.to_string()).stderr(Stdio::inherit()).output()?;
    if !answer.status.success() {
        return Err(format!("{SCRIPT} could not look at {name}").into());
    }
    read(name, &serde_json::from_slice(&answer.stdout)?)
}

fn read(name: &'static str, seen: &Value) -> Outcome<View> {
    let none = || format!("{name}: the page told nothing that can be read: {seen:.200}");
    let pictures = seen["pictures"].as_array().ok_or_else(none)?;
    let mut firsts: Vec<u64> =
        seen["firsts"].as_array().ok_or_else(none)?.iter().filter_map(Value::as_u64).collect();
    firsts.sort_unstable();
    let mut ages = Histogram::new_with_bounds(1, 3_600_000, 3)?;
    let at = |picture: &Value| picture[0].as_u64().ok_or_else(none);
    let ended = seen["ended"].as_u64().ok_or_else(none)?;
    let began = at(pictures.first().ok_or_else(none)?)?;
    let settled = began + SETTLED_AFTER_MS;
    let (mut counted, mut unreadable, mut still) = (0, 0, 0);
    for (index, picture) in pictures.iter().enumerate() {
        let (from, until) = (at(picture)?, pictures.get(index + 1).map_or(Ok(ended), at)?);
        if until <= settled {
            continue;
        }
        still = still.max(until.saturating_sub(from.max(settled)));
        let bars: Vec<u8> = serde_json::from_value(picture[1].clone())?;
        let Some(age) = clock::age(&bars, from) else {
            unreadable += 1;
            continue;
        };
        counted += 1;
        let stands = (0..until.saturating_sub(from).max(1)).step_by(PICTURE_MS);
        for later in stands.filter(|later| from + later >= settled) {
            ages.saturating_record(age + later);
        }
    }
    if firsts.is_empty() || counted == 0 || f64::from(unreadable) > f64::from(counted) * UNREADABLE_MAX {
        return Err(format!("{name}: {unreadable} pictures could not be read, {counted} could").into());
    }
    let ways = seen["ways"].as_array().ok_or_else(none)?;
    if ways.windows(2).any(|two| two[0] != two[1]) {
        return Err(format!("{name}: the player went now this way, now that: {ways:?}").into());
    }
    let player = ways.first().and_then(Value::as_str).unwrap_or("hls.js").to_owned();
    let count = |name: &str| seen[name].as_u64().unwrap_or_default();
    let (waits, breaks) = (count("waits"), count("breaks"));
    Ok(View {
        name,
        player,
        ages,
        pictures: counted as usize,
        still,
        unreadable: unreadable as usize,
        waits,
        breaks,
        firsts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_read_without_its_beginning() {
        let picture = |at: u64, age: u64| {
            let bars = clock::bars(at - age).map(|white| if white { 235 } else { 16 });
            json!([at, bars.to_vec()])
        };
        let pictures = [picture(100_000, 3_000), picture(106_000, 500), picture(106_033, 510)];
        let mut seen = json!({ "firsts": [900, 700, 800], "pictures": pictures, "ended": 106_133, "waits": 1, "ways": ["hls", "hls"] });
        let view = read("a way", &seen).unwrap();
        // The last stands for 100 ms, and grows older.
        assert_eq!((view.pictures, view.ages.len(), view.ages.max(), view.still), (2, 5, 609, 100));
        assert_eq!((view.first(), view.player.as_str()), (800, "hls"));
        seen["ways"] = json!(["whep", "hls"]);
        assert!(read("a way", &seen).is_err(), "it changed its way");
        let dark = json!([107_000, vec![0; clock::BARS]]);
        let seen = json!({ "firsts": [900], "pictures": [picture(100_000, 500), dark], "ended": 108_000, "waits": 0, "ways": [] });
        assert!(read("a way", &seen).is_err(), "nothing but the beginning can be read");
    }
}

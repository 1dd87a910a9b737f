//! How many viewers by WebRTC (WHEP) a core has room for.

use super::{
    film,
    goals::Goals,
    publisher::Publisher,
    rtc::{Common, Way},
    town::{Over, Town},
};
use crate::{Outcome, machine};
use mio::{Events, Interest, Poll, Token, net::UdpSocket};
use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};
use str0m::{
    Event, Input, Output, Rtc,
    net::{Protocol, Receive},
};

const VIEWERS: [usize; 3] = [50, 100, 150];
const WARM_UP: Duration = Duration::from_secs(4);
/// As long as the film, so that each crowd gets the same.
const LENGTH: Duration = Duration::from_secs(film::FILM_SECONDS as u64);
/// What each does by itself, and not because something came, is looked for so often.
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// Of all packets; a browser has those sent again.
const LOST_MAX: f64 = 0.001;
/// Of the pictures that were sent, what the worst-off viewer must have got.
const PICTURES_MIN: f64 = 0.99;

/// What the project asks of itself.
const GOAL_PER_CORE: f64 = 250.0;

const ABOUT: &str = "\
All viewers are in one room, into which a film with sound is sent by WHIP. Each is a whole WebRTC connection on a socket of
its own that decrypts every packet, counts it, and answers as a browser does, but decodes nothing; all of them, and who
sends, are another process on the same machine. *Lost* are numbers that were skipped in a viewer's stream, *pictures* how many
the worst-off viewer got, *fewest* and *most* the packets of the viewers who got the fewest and the most, *gone* viewers whose
connection ended. The figure is that of the largest crowd in which at most 0.1 % of the packets were lost and everybody got 99 % of
30 pictures a second.";

const HEAD: &str = "\
| viewers | Mbit/s each | packets/s each | core | viewers a core | µs a packet | pictures | fewest | most | lost | gone | server MiB |
|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|";

pub fn measure(goals: &mut Goals) -> Outcome {
    println!("## Viewers by WebRTC (WHEP)\n\n{ABOUT}\n\n{HEAD}");
    machine::allow_files(VIEWERS.iter().max().copied().unwrap_or_default())?;
    let folder = tempfile::tempdir()?;
    let film = film::encode_pictures(folder.path())?;
    let town = Town::start(Over::Http)?;
    let room = town.go_live()?;
    let _publisher = Publisher::start(&town.site, &room, &film)?;
    town.wait_for(&room, "whep")?;
    let mut crowd = Crowd::new()?;
    let mut best = (0, 0.0);
    for viewers in VIEWERS {
        crowd.grow(&town, &format!("/media/{}/whep", room.id), viewers)?;
        crowd.watch(WARM_UP)?;
        let before = town.server.processor_seconds()?;
        let seen = crowd.watch(LENGTH)?;
        let core = (town.server.processor_seconds()? - before) / LENGTH.as_secs_f64();
        println!("{}", row(viewers, core, &seen, town.server.memory_mib().unwrap_or_default()));
        if is_whole(&seen) {
            best = (viewers, viewers as f64 / core);
        }
    }
    println!();
    let (crowd, per_core) = best;
    let what = format!("WHEP viewers a core, in a crowd of {crowd}");
    goals.at_least(&what, f64::round(per_core), GOAL_PER_CORE, "viewers");
    Ok(())
}

/// Next to nothing was lost, and nobody was left out: who gets less because the server does not keep up has no gap in the
/// numbers.
fn is_whole(seen: &Seen) -> bool {
    let sent = f64::from(film::FRAMES_PER_SECOND) * LENGTH.as_secs_f64();
    seen.gone == 0
        && seen.lost as f64 <= seen.packets as f64 * LOST_MAX
        && seen.pictures as f64 >= sent * PICTURES_MIN
}

fn row(viewers: usize, core: f64, seen: &Seen, memory: u64) -> String {
    let (seconds, each) = (LENGTH.as_secs_f64(), viewers as f64);
    format!(
        "| {viewers} | {:.2} | {:.0} | {:.0} % | {:.0} | {:.1} | {} | {} | {} | {} | {} | {memory} |",
        seen.bytes as f64 * 8.0 / 1e6 / seconds / each,
        seen.packets as f64 / seconds / each,
        core * 100.0,
        each / core,
        core * 1e6 * seconds / seen.packets.max(1) as f64,
        seen.pictures,
        seen.fewest,
        seen.most,
        seen.lost,
        seen.gone,
    )
}

/// What all viewers saw in some time.
struct Seen {
    packets: u64,
    /// Of pictures and sound, without what carries them.
    bytes: u64,
    lost: u64,
    /// Of the viewer who got the fewest.
    pictures: u64,
    fewest: u64,
    most: u64,
    gone: usize,
}

struct Crowd {
    poll: Poll,
    common: Common,
    viewers: Vec<Viewer>,
    looked: Instant,
}

struct Viewer {
    rtc: Rtc,
    socket: UdpSocket,
    local: SocketAddr,
    due: Instant,
    packets: u64,
    pictures: u64,
    bytes: u64,
    lost: u64,
    /// The last number of each stream.
    last: HashMap<u32, u64>,
}

impl Crowd {
    fn new() -> Outcome<Self> {
        let (poll, common) = (Poll::new()?, Common::new()?);
        Ok(Self { poll, common, viewers: Vec::new(), looked: Instant::now() })
    }

    fn grow(&mut self, town: &Town, path: &str, count: usize) -> Outcome {
        while self.viewers.len() < count {
            let mut socket = UdpSocket::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
            let local = socket.local_addr()?;
            let rtc = self.common.open(&town.site, path, None, Way::In, local)?.rtc;
            self.poll.registry().register(&mut socket, Token(self.viewers.len()), Interest::READABLE)?;
            let (due, last) = (Instant::now(), HashMap::new());
            self.viewers.push(Viewer {
                rtc,
                socket,
                local,
                due,
                packets: 0,
                pictures: 0,
                bytes: 0,
                lost: 0,
                last,
            });
            self.live_on(Duration::from_millis(20))?;
        }
        Ok(())
    }

    fn watch(&mut self, length: Duration) -> Outcome<Seen> {
        for viewer in &mut self.viewers {
            (viewer.packets, viewer.pictures, viewer.bytes, viewer.lost) = (0, 0, 0, 0);
        }
        self.live_on(length)?;
        let packets = || self.viewers.iter().map(|viewer| viewer.packets);
        Ok(Seen {
            packets: packets().sum(),
            bytes: self.viewers.iter().map(|viewer| viewer.bytes).sum(),
            lost: self.viewers.iter().map(|viewer| viewer.lost).sum(),
            pictures: self.viewers.iter().map(|viewer| viewer.pictures).min().unwrap_or_default(),
            gone: self.viewers.iter().filter(|viewer| !viewer.rtc.is_alive()).count(),
            fewest: packets().min().unwrap_or_default(),
            most: packets().max().unwrap_or_default(),
        })
    }

    fn live_on(&mut self, length: Duration) -> Outcome {
        let (until, mut events) = (Instant::now() + length, Events::with_capacity(1024));
        let mut buffer = [0; 2_000];
        while Instant::now() < until {
            self.poll.poll(&mut events, Some(LOOK_EVERY))?;
            for event in &events {
                self.viewers[event.token().0].receive(&mut buffer)?;
            }
            if self.looked.elapsed() < LOOK_EVERY {
                continue;
            }
            self.looked = Instant::now();
            for viewer in self.viewers.iter_mut().filter(|viewer| viewer.due <= self.looked) {
                viewer.rtc.handle_input(Input::Timeout(self.looked))?;
                viewer.run()?;
            }
        }
        Ok(())
    }
}

impl Viewer {
    /// Takes all there is.
    fn receive(&mut self, buffer: &mut [u8]) -> Outcome {
        while let Ok((length, source)) = self.socket.recv_from(buffer) {
            let packet = Receive::new(Protocol::Udp, source, self.local, &buffer[..length])?;
            self.rtc.handle_input(Input::Receive(Instant::now(), packet))?;
            self.run()?;
        }
        Ok(())
    }

    fn run(&mut self) -> Outcome {
        loop {
            match self.rtc.poll_output()? {
                Output::Timeout(due) => {
                    self.due = due;
                    return Ok(());
                }
                // What the system does not take at once is lost, as on any network.
                Output::Transmit(packet) => {
                    let _ = self.socket.send_to(&packet.contents, packet.destination);
                }
                Output::Event(Event::RtpPacket(packet)) => {
                    self.packets += 1;
                    // The mark ends a picture; sound has none.
                    self.pictures += u64::from(packet.header.marker);
                    self.bytes += packet.payload.len() as u64;
                    let last = self.last.entry(*packet.header.ssrc).or_insert(*packet.seq_no);
                    self.lost += packet.seq_no.saturating_sub(*last + 1);
                    *last = (*last).max(*packet.seq_no);
                }
                Output::Event(_) => {}
            }
        }
    }
}

//! Sends a film by WHIP from a thread of its own, again and again: what a browser would send, without its encoder.

use super::{
    ask::Site,
    film,
    rtc::{Common, Opened, Way},
    town::Room,
};
use crate::Outcome;
use std::net::{Ipv4Addr, UdpSocket};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use str0m::{
    Event, Input, Output, Rtc,
    format::Codec,
    media::{Frequency, MediaTime, Mid},
    net::{Protocol, Receive},
};

/// A packet of sound is 20 ms long, and of 100 kbit/s it has so many bytes.
const SOUND_EVERY: Duration = Duration::from_millis(20);
const SOUND_BYTES: usize = 250;
const SOUND_SAMPLES: u64 = 960;
const PICTURE_TICKS: u64 = 90_000 / film::FRAMES_PER_SECOND as u64;
/// Opus's first byte: two channels, the whole band, one frame of 20 ms (RFC 6716, 3.1).
const OPUS_KIND: u8 = 0xfc;

/// Someone who sends until dropped.
pub struct Publisher {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Publisher {
    pub fn start(site: &Site, room: &Room, film: &[u8]) -> Outcome<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        let opened =
            Common::new()?.open(site, &room.whip, Some(&room.token), Way::Out, socket.local_addr()?)?;
        let stop = Arc::<AtomicBool>::default();
        let mut camera = Camera { opened, socket, pictures: pictures(film), began: None, shown: 0, said: 0 };
        let asked = stop.clone();
        let thread = std::thread::spawn(move || {
            while !asked.load(Ordering::Relaxed) {
                if let Err(failure) = camera.step() {
                    // Viewers will see that nothing comes.
                    eprintln!("the publisher stopped: {failure}");
                    return;
                }
            }
        });
        Ok(Self { stop, thread: Some(thread) })
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Camera {
    opened: Opened,
    socket: UdpSocket,
    pictures: Vec<Arc<[u8]>>,
    /// When it was connected.
    began: Option<Instant>,
    shown: u32,
    said: u32,
}

impl Camera {
    /// Says what is due, and waits for the next packet or the next thing to say.
    fn step(&mut self) -> Outcome {
        let mut due = self.poll()?;
        if let Some(began) = self.began {
            let picture_at = began + Duration::from_secs(1) * self.shown / film::FRAMES_PER_SECOND;
            let sound_at = began + SOUND_EVERY * self.said;
            let now = Instant::now();
            if now >= picture_at {
                return self.show(now);
            }
            if now >= sound_at {
                return self.say(now);
            }
            due = due.min(picture_at).min(sound_at);
        }
        let wait = due.saturating_duration_since(Instant::now()).max(Duration::from_micros(200));
        self.socket.set_read_timeout(Some(wait))?;
        let mut buffer = [0; 2_000];
        let received = self.socket.recv_from(&mut buffer);
        let now = Instant::now();
        let input = match &received {
            Ok((length, source)) => {
                let local = self.socket.local_addr()?;
                Input::Receive(now, Receive::new(Protocol::Udp, *source, local, &buffer[..*length])?)
            }
            Err(_) => Input::Timeout(now),
        };
        Ok(self.opened.rtc.handle_input(input)?)
    }

    fn poll(&mut self) -> Outcome<Instant> {
        loop {
            match self.opened.rtc.poll_output()? {
                Output::Timeout(due) => return Ok(due),
                Output::Transmit(packet) => {
                    self.socket.send_to(&packet.contents, packet.destination)?;
                }
                Output::Event(Event::Connected) => self.began = Some(Instant::now()),
                Output::Event(_) => {}
            }
        }
    }

    fn show(&mut self, now: Instant) -> Outcome {
        let time = MediaTime::new(u64::from(self.shown) * PICTURE_TICKS, Frequency::NINETY_KHZ);
        let picture = &self.pictures[self.shown as usize % self.pictures.len()];
        write(&mut self.opened.rtc, self.opened.video, now, time, picture)?;
        self.shown += 1;
        Ok(())
    }

    fn say(&mut self, now: Instant) -> Outcome {
        let time = MediaTime::new(u64::from(self.said) * SOUND_SAMPLES, Frequency::FORTY_EIGHT_KHZ);
        let mut sound = vec![0; SOUND_BYTES];
        sound[0] = OPUS_KIND;
        write(&mut self.opened.rtc, self.opened.audio, now, time, &sound)?;
        self.said += 1;
        Ok(())
    }
}

fn write(rtc: &mut Rtc, mid: Mid, now: Instant, time: MediaTime, data: &[u8]) -> Outcome {
    let writer = rtc.writer(mid).ok_or("the server did not take this track")?;
    let taken = writer.payload_params().find(|params| {
        let spec = params.spec();
        spec.codec == Codec::Opus || spec.format.packetization_mode == Some(1)
    });
    let pt = taken.ok_or("the server took no codec of ours")?.pt();
    Ok(writer.write(pt, now, time, data.to_vec())?)
}

/// The pictures of a bare H.264 stream, each of which begins with a delimiter (NAL unit 9).
fn pictures(film: &[u8]) -> Vec<Arc<[u8]>> {
    let is_start =
        |at: usize| film[at..].starts_with(&[0, 0, 1]) && film.get(at + 3).is_some_and(|unit| unit & 31 == 9);
    let mut starts: Vec<usize> = (0..film.len()).filter(|&at| is_start(at)).collect();
    starts.push(film.len());
    starts.windows(2).map(|ends| film[ends[0]..ends[1]].into()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_is_cut_at_its_delimiters() {
        let film = [0, 0, 1, 9, 0xf0, 0, 0, 1, 0x65, 1, 0, 0, 1, 9, 0xf0, 0, 0, 1, 0x41, 2];
        let cut: Vec<usize> = pictures(&film).iter().map(|picture| picture.len()).collect();
        assert_eq!(cut, [10, 10]);
    }
}

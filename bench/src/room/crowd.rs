//! Thousands of viewers in one thread: they share the machine with what they watch, so they must cost little.

use crate::Outcome;
use hdrhistogram::Histogram;
use mio::{Events, Interest, Poll, Token, net::TcpStream};
use std::{
    io::{ErrorKind, Read, Write},
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
/// Viewers who come at once, so that none waits long for an answer.
const AT_ONCE: usize = 200;
const ENTERED_WITHIN: Duration = Duration::from_secs(60);
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
}

impl Seen {
    fn nothing() -> Outcome<Self> {
        let latencies = Histogram::new_with_bounds(1, 120_000_000, 3)?;
        Ok(Self { deliveries: 0, missed: 0, closed: 0, latencies })
    }
}

pub struct Crowd {
    poll: Poll,
    viewers: Vec<Viewer>,
    seen: Seen,
    buffer: Vec<u8>,
}

struct Viewer {
    stream: TcpStream,
    /// The answer to its request has come.
    entered: bool,
    /// The beginning of what has not come whole.
    rest: Vec<u8>,
    last: Option<u64>,
}

impl Crowd {
    /// So many viewers come in and join.
    pub fn enter(address: SocketAddr, join: &str, count: usize) -> Outcome<Self> {
        let buffer = vec![0; 256 * 1024];
        let mut crowd = Self { poll: Poll::new()?, viewers: Vec::new(), seen: Seen::nothing()?, buffer };
        let started = Instant::now();
        while crowd.viewers.len() < count {
            for _ in 0..AT_ONCE.min(count - crowd.viewers.len()) {
                crowd.connect(address, join)?;
            }
            while crowd.viewers.iter().rev().take(AT_ONCE).any(|viewer| !viewer.entered) {
                crowd.receive()?;
                if started.elapsed() > ENTERED_WITHIN {
                    return Err(format!("only {} viewers came in", crowd.viewers.len()).into());
                }
            }
        }
        crowd.watch(Duration::from_secs(1))?;
        Ok(crowd)
    }

    fn connect(&mut self, address: SocketAddr, join: &str) -> Outcome {
        let mut stream = std::net::TcpStream::connect(address)?;
        let request = format!(
            "GET /ws HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(request.as_bytes())?;
        if !join.is_empty() {
            // Masked with zeros: a mask all the same.
            let head = [0x81, 0x80 | u8::try_from(join.len())?, 0, 0, 0, 0];
            stream.write_all(&[&head[..], join.as_bytes()].concat())?;
        }
        stream.set_nonblocking(true)?;
        let mut stream = TcpStream::from_std(stream);
        self.poll.registry().register(&mut stream, Token(self.viewers.len()), Interest::READABLE)?;
        self.viewers.push(Viewer { stream, entered: false, rest: Vec::new(), last: None });
        Ok(())
    }

    /// Watches for some time, and says what was seen in it.
    pub fn watch(&mut self, length: Duration) -> Outcome<Seen> {
        self.seen = Seen::nothing()?;
        let until = Instant::now() + length;
        while Instant::now() < until {
            self.receive()?;
        }
        Ok(std::mem::replace(&mut self.seen, Seen::nothing()?))
    }

    fn receive(&mut self) -> Outcome {
        let mut events = Events::with_capacity(4096);
        self.poll.poll(&mut events, Some(Duration::from_millis(50)))?;
        for event in &events {
            let viewer = &mut self.viewers[event.token().0];
            loop {
                match viewer.stream.read(&mut self.buffer) {
                    Ok(0) => {
                        self.seen.closed += 1;
                        self.poll.registry().deregister(&mut viewer.stream)?;
                        break;
                    }
                    Ok(length) => {
                        viewer.take(&self.buffer[..length], &mut self.seen);
                        if length < self.buffer.len() {
                            break;
                        }
                    }
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    Err(_) => {
                        self.seen.closed += 1;
                        self.poll.registry().deregister(&mut viewer.stream)?;
                        break;
                    }
                }
            }
        }
        Ok(())
    }
}

impl Viewer {
    fn take(&mut self, bytes: &[u8], seen: &mut Seen) {
        if self.rest.is_empty() {
            let done = self.read(bytes, seen);
            self.rest = bytes[done..].to_vec();
        } else {
            let mut all = std::mem::take(&mut self.rest);
            all.extend_from_slice(bytes);
            let done = self.read(&all, seen);
            self.rest = all[done..].to_vec();
        }
    }

    /// Reads what is whole and says how many bytes that was.
    fn read(&mut self, bytes: &[u8], seen: &mut Seen) -> usize {
        let mut done = 0;
        if !self.entered {
            let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return 0 };
            done = end + 4;
            self.entered = bytes.starts_with(b"HTTP/1.1 101");
        }
        while let Some((start, end)) = frame(&bytes[done..]) {
            if let Some((number, sent)) = numbers(&bytes[done + start..done + end]) {
                seen.deliveries += 1;
                seen.missed += u64::from(self.last.is_some_and(|last| number != last + 1));
                self.last = Some(number);
                seen.latencies.saturating_record(now().saturating_sub(sent));
            }
            done += end;
        }
        done
    }
}

/// Where the payload of a whole frame is.
fn frame(bytes: &[u8]) -> Option<(usize, usize)> {
    let (start, length) = match *bytes.get(1)? {
        126 => (4, usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
        127 => (10, usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?),
        length => (2, usize::from(length)),
    };
    (bytes.len() >= start + length).then_some((start, start + length))
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
    fn a_message_is_found_in_its_frame_however_it_is_cut() {
        let payload = format!("{{\"v\":1,\"d\":{}}}", message(7));
        let mut sent = b"HTTP/1.1 101 Switching Protocols\r\n\r\n".to_vec();
        for _ in 0..2 {
            sent.extend([0x81, 126, 0, u8::try_from(payload.len()).unwrap()]);
            sent.extend(payload.as_bytes());
        }
        assert_eq!(numbers(payload.as_bytes()).map(|(number, _)| number), Some(7));
        for cut in 1..sent.len() {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            let stream = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let mut viewer =
                Viewer { stream: TcpStream::from_std(stream), entered: false, rest: Vec::new(), last: None };
            let mut seen = Seen::nothing().unwrap();
            sent.chunks(cut).for_each(|piece| viewer.take(piece, &mut seen));
            assert_eq!((seen.deliveries, seen.missed), (2, 1), "the same number came again");
            assert!(viewer.entered && viewer.rest.is_empty());
        }
    }
}

//! Thousands of viewers in one thread: they share the machine with what they watch, so they must cost little.

use crate::Outcome;
use mio::{Events, Interest, Poll, Token, net::TcpStream};
use std::{
    io::{ErrorKind, Read, Write},
    net::SocketAddr,
    time::{Duration, Instant},
};

/// Viewers who come at once, so that none waits long for an answer.
const AT_ONCE: usize = 200;
const ENTERED_WITHIN: Duration = Duration::from_secs(60);

/// What is made of what viewers get.
pub trait Watch {
    /// A viewer, by its number from 0 up, got a message.
    fn got(&mut self, viewer: usize, message: &[u8]);
    /// A viewer's connection has ended.
    fn closed(&mut self);
}

/// How a viewer asks for its socket, and what it says first.
pub struct Way<'w> {
    pub path: &'w str,
    /// Empty for nothing.
    pub join: &'w str,
    /// More lines of the request of the viewer with a number, each with its end.
    pub headers: &'w dyn Fn(usize) -> String,
}

pub struct Crowd<W> {
    poll: Poll,
    viewers: Vec<Viewer>,
    pub watch: W,
    buffer: Vec<u8>,
}

struct Viewer {
    stream: TcpStream,
    /// The answer to its request has come.
    entered: bool,
    /// It was another answer than that its socket is open.
    refused: bool,
    /// The beginning of what has not come whole.
    rest: Vec<u8>,
}

impl<W: Watch> Crowd<W> {
    /// So many viewers come in and join.
    pub fn enter(address: SocketAddr, way: &Way, count: usize, watch: W) -> Outcome<Self> {
        let buffer = vec![0; 256 * 1024];
        let mut crowd = Self { poll: Poll::new()?, viewers: Vec::with_capacity(count), watch, buffer };
        let started = Instant::now();
        while crowd.viewers.len() < count {
            for _ in 0..AT_ONCE.min(count - crowd.viewers.len()) {
                crowd.connect(address, way)?;
            }
            let last = crowd.viewers.len().saturating_sub(AT_ONCE);
            while crowd.viewers[last..].iter().any(|viewer| !viewer.entered) {
                crowd.receive()?;
                if crowd.viewers[last..].iter().any(|viewer| viewer.refused) {
                    return Err(format!("of {} viewers some were refused", crowd.viewers.len()).into());
                }
                if started.elapsed() > ENTERED_WITHIN {
                    return Err(format!("only {} viewers came in", crowd.viewers.len()).into());
                }
            }
        }
        Ok(crowd)
    }

    fn connect(&mut self, address: SocketAddr, way: &Way) -> Outcome {
        let number = self.viewers.len();
        let mut stream = std::net::TcpStream::connect(address)?;
        let request = format!(
            "GET {} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{}\r\n",
            way.path,
            (way.headers)(number)
        );
        stream.write_all(request.as_bytes())?;
        if !way.join.is_empty() {
            // Masked with zeros: a mask all the same.
            let head = [0x81, 0x80 | u8::try_from(way.join.len())?, 0, 0, 0, 0];
            stream.write_all(&[&head[..], way.join.as_bytes()].concat())?;
        }
        stream.set_nonblocking(true)?;
        let mut stream = TcpStream::from_std(stream);
        self.poll.registry().register(&mut stream, Token(number), Interest::READABLE)?;
        self.viewers.push(Viewer { stream, entered: false, refused: false, rest: Vec::new() });
        Ok(())
    }

    /// Watches for some time.
    pub fn watch_for(&mut self, length: Duration) -> Outcome {
        self.watch_until(length, |_| false)?;
        Ok(())
    }

    /// Watches until it is enough, at most for some time; answers whether it was enough.
    pub fn watch_until(&mut self, at_most: Duration, enough: impl Fn(&W) -> bool) -> Outcome<bool> {
        let until = Instant::now() + at_most;
        while Instant::now() < until {
            if enough(&self.watch) {
                return Ok(true);
            }
            self.receive()?;
        }
        Ok(enough(&self.watch))
    }

    fn receive(&mut self) -> Outcome {
        let mut events = Events::with_capacity(4096);
        self.poll.poll(&mut events, Some(Duration::from_millis(50)))?;
        for event in &events {
            let Token(number) = event.token();
            let viewer = &mut self.viewers[number];
            loop {
                match viewer.stream.read(&mut self.buffer) {
                    Ok(length) if length > 0 => {
                        viewer.take(&self.buffer[..length], &mut |message| self.watch.got(number, message));
                        if length < self.buffer.len() {
                            break;
                        }
                    }
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    Ok(_) | Err(_) => {
                        self.watch.closed();
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
    fn take(&mut self, bytes: &[u8], got: &mut impl FnMut(&[u8])) {
        if self.rest.is_empty() {
            let done = self.read(bytes, got);
            self.rest = bytes[done..].to_vec();
        } else {
            let mut all = std::mem::take(&mut self.rest);
            all.extend_from_slice(bytes);
            let done = self.read(&all, got);
            self.rest = all[done..].to_vec();
        }
    }

    /// Reads what is whole and says how many bytes that was.
    fn read(&mut self, bytes: &[u8], got: &mut impl FnMut(&[u8])) -> usize {
        let mut done = 0;
        if !self.entered {
            let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return 0 };
            done = end + 4;
            self.entered = bytes.starts_with(b"HTTP/1.1 101");
            self.refused = !self.entered;
        }
        while let Some((start, end)) = frame(&bytes[done..]) {
            got(&bytes[done + start..done + end]);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_found_however_they_are_cut() {
        let long = [b'x'; 200];
        let mut sent = b"HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x02hi\x81\x7e\x00\xc8".to_vec();
        sent.extend(long);
        for cut in 1..sent.len() {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            let stream = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let stream = TcpStream::from_std(stream);
            let mut viewer = Viewer { stream, entered: false, refused: false, rest: Vec::new() };
            let mut got = Vec::new();
            sent.chunks(cut).for_each(|piece| viewer.take(piece, &mut |message| got.push(message.to_vec())));
            assert_eq!(got, [b"hi".to_vec(), long.to_vec()], "in pieces of {cut}");
            assert!(viewer.entered && viewer.rest.is_empty());
        }
    }
}

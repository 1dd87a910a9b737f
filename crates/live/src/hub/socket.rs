//! One viewer's socket. It is read by a task of its own, which sleeps nearly always and holds no buffer, and written
//! by the writer loop it belongs to.

use std::{
    future::poll_fn,
    io::{self, IoSlice},
    pin::Pin,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
};

use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use super::{
    frames::{Decoder, Read},
    lock,
    time::Moment,
};

/// What is received at once, on the stack.
const RECEIVED_AT_ONCE: usize = 4 * 1024;
/// What the system keeps for a viewer who does not read, and for one who writes faster than is read; it doubles both.
const SYSTEM_SENDS: usize = 32 * 1024;
const SYSTEM_RECEIVES: usize = 4 * 1024;

/// A connection whose HTTP is over.
pub enum Stream {
    Plain(TcpStream),
    /// TLS, which needs both directions for either.
    Other(Mutex<TokioIo<Upgraded>>),
}

impl Stream {
    /// Takes an upgraded connection, and what came with the request already.
    pub fn of(upgraded: Upgraded) -> (Self, bytes::Bytes) {
        match hyper_util::server::conn::auto::upgrade::downcast::<TokioIo<TcpStream>>(upgraded) {
            Ok(parts) => {
                let stream = parts.io.into_inner();
                let socket = SockRef::from(&stream);
                // Without these it works too, only with more memory and small messages that wait for each other.
                let _ = socket.set_send_buffer_size(SYSTEM_SENDS);
                let _ = socket.set_recv_buffer_size(SYSTEM_RECEIVES);
                let _ = socket.set_tcp_nodelay(true);
                (Self::Plain(stream), parts.read_buf)
            }
            Err(upgraded) => (Self::Other(Mutex::new(TokioIo::new(upgraded))), bytes::Bytes::new()),
        }
    }
}

/// A socket as its reader and its writer share it.
pub struct Link {
    stream: Stream,
    /// Which writer loop it belongs to, and there its place, which the loop gives it.
    pub writer: usize,
    place: AtomicU32,
    heard: AtomicU64,
    /// A layer between us and the network keeps something that was written.
    keeps_back: AtomicBool,
}

impl Link {
    pub fn new(stream: Stream, writer: usize, now: Moment) -> Self {
        let (place, heard) = (AtomicU32::new(u32::MAX), AtomicU64::new(now));
        Self { stream, writer, place, heard, keeps_back: AtomicBool::new(false) }
    }

    pub fn place(&self) -> usize {
        self.place.load(Ordering::Relaxed) as usize
    }

    pub fn set_place(&self, place: usize) {
        self.place.store(u32::try_from(place).unwrap_or(u32::MAX), Ordering::Relaxed);
    }

    /// When something was last received.
    pub fn heard(&self) -> Moment {
        self.heard.load(Ordering::Relaxed)
    }

    pub fn set_heard(&self, now: Moment) {
        self.heard.store(now, Ordering::Relaxed);
    }

    /// Waits for bytes and reads the frames in them; `None` when the viewer has closed the connection.
    pub async fn receive(&self, decoder: &mut Decoder, largest: usize) -> io::Result<Option<Read>> {
        match &self.stream {
            Stream::Plain(stream) => loop {
                stream.readable().await?;
                let mut received = [0; RECEIVED_AT_ONCE];
                match stream.try_read(&mut received) {
                    Ok(0) => return Ok(None),
                    Ok(length) => return Ok(Some(decoder.read(&received[..length], largest))),
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(error) => return Err(error),
                }
            },
            Stream::Other(stream) => {
                poll_fn(|context| {
                    let mut received = [0; RECEIVED_AT_ONCE];
                    let mut buffer = ReadBuf::new(&mut received);
                    match Pin::new(&mut *lock(stream)).poll_read(context, &mut buffer) {
                        Poll::Ready(Ok(())) if buffer.filled().is_empty() => Poll::Ready(Ok(None)),
                        Poll::Ready(Ok(())) => Poll::Ready(Ok(Some(decoder.read(buffer.filled(), largest)))),
                        Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
                        Poll::Pending => Poll::Pending,
                    }
                })
                .await
            }
        }
    }

    /// Writes as much as goes at once: so many bytes, or none for now.
    pub fn write(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let written = match &self.stream {
            Stream::Plain(stream) => stream.try_write_vectored(slices),
            Stream::Other(stream) => {
                let mut stream = lock(stream);
                let written = write_through(&mut stream, slices)?;
                self.flush_layer(&mut stream)?;
                Ok(written)
            }
        };
        match written {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
            other => other,
        }
    }

    /// Whether something that was written is still to be flushed.
    pub fn keeps_back(&self) -> bool {
        self.keeps_back.load(Ordering::Relaxed)
    }

    pub fn flush(&self) -> io::Result<()> {
        match &self.stream {
            // The system keeps nothing back.
            Stream::Plain(_) => Ok(()),
            Stream::Other(stream) => self.flush_layer(&mut lock(stream)),
        }
    }

    fn flush_layer(&self, stream: &mut TokioIo<Upgraded>) -> io::Result<()> {
        let flushed = Pin::new(stream).poll_flush(&mut nobody());
        self.keeps_back.store(flushed.is_pending(), Ordering::Relaxed);
        match flushed {
            Poll::Ready(Err(error)) => Err(error),
            Poll::Ready(Ok(())) | Poll::Pending => Ok(()),
        }
    }
}

/// The writer loop comes again by itself: it needs not be woken.
fn nobody() -> Context<'static> {
    Context::from_waker(Waker::noop())
}

fn write_through(stream: &mut TokioIo<Upgraded>, slices: &[IoSlice<'_>]) -> io::Result<usize> {
    let mut written = 0;
    for slice in slices {
        match Pin::new(&mut *stream).poll_write(&mut nobody(), slice) {
            Poll::Ready(Ok(length)) => {
                written += length;
                if length < slice.len() {
                    break;
                }
            }
            Poll::Ready(Err(error)) => return Err(error),
            Poll::Pending => break,
        }
    }
    Ok(written)
}

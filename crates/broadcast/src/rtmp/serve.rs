//! RTMP on a socket: time-outs, limits on connections, and the way from tags to a room.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::session::{Event, Session, SessionError};
use crate::contract::{Publishing, Refusal, Source};
use crate::flv::{Demuxer, FlvError, Said};
use crate::hub::{Broadcast, PublishError};
use crate::room::status::Trouble;
use crate::room::{Publication, Stop};

/// From the first byte to the question whether one may publish.
const BEGIN_WITHIN: Duration = Duration::from_secs(10);

/// A publisher that sends nothing for so long is gone; a phone's network may stop for some seconds.
const SILENT_MAX: Duration = Duration::from_secs(10);

/// Whoever does not take our few bytes of answers in this time is no encoder.
const WRITE_WITHIN: Duration = Duration::from_secs(5);

/// Read at once at most: bounds what one connection can make us hold.
const READ_BYTES: usize = 64 * 1_024;

/// How many may be connected.
const CONNECTIONS_MAX: usize = 512;

/// And from one address: an agency's office may hold many hosts.
const CONNECTIONS_OF_ADDRESS_MAX: usize = 16;

/// A wrong key is answered this late, so that guessing is slow.
pub(crate) const REFUSE_AFTER: Duration = Duration::from_secs(1);

/// Counts who is connected.
#[derive(Clone, Debug, Default)]
pub struct Doors(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// One connection's place, free again when dropped.
struct Place(Doors, IpAddr);

impl Doors {
    fn enter(&self, address: IpAddr) -> Option<Place> {
        let mut inside = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = inside.values().sum();
        let of_address = inside.get(&address).copied().unwrap_or(0);
        if all >= CONNECTIONS_MAX || of_address >= CONNECTIONS_OF_ADDRESS_MAX {
            return None;
        }
        inside.insert(address, of_address + 1);
        Some(Place(self.clone(), address))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut inside = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = inside.get_mut(&self.1) {
            *count -= 1;
            if *count == 0 {
                inside.remove(&self.1);
            }
        }
    }
}

/// Lets encoders in, until it is dropped. An error of one connection ends that connection only.
pub async fn serve(listener: TcpListener, broadcast: Broadcast) {
    let doors = Doors::default();
    loop {
        let (socket, from) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file handles, most likely: others must close first.
                tracing::warn!(%error, "an RTMP connection could not be accepted");
                sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let Some(place) = doors.enter(from.ip()) else { continue };
        let broadcast = broadcast.clone();
        tokio::spawn(async move {
            let _place = place;
            // Our answers are short and awaited.
            let _ = socket.set_nodelay(true);
            let outcome = converse(socket, Some(from), &broadcast).await;
            tracing::debug!(%from, ?outcome, "an RTMP connection ended");
        });
    }
}

/// Why a conversation ended.
#[derive(Debug, thiserror::Error)]
pub enum Ended {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error(transparent)]
    Refused(#[from] PublishError),
    #[error(transparent)]
    Stopped(#[from] Stop),
    #[error("nothing came for too long, or our answer was not taken")]
    TimedOut,
}

/// Talks to one encoder over anything that carries bytes, for instance a TLS stream.
pub async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    from: Option<SocketAddr>,
    broadcast: &Broadcast,
) -> Result<(), Ended> {
    let mut session = Session::default();
    let begun_by = Instant::now() + BEGIN_WITHIN;
    let publication = loop {
        match session.next_event() {
            Some(Event::Publish { key, .. }) => {
                break ask(&mut stream, &mut session, &key, from, broadcast).await?;
            }
            Some(_) => {}
            None => match timeout_at(begun_by, receive(&mut stream, &mut session)).await {
                Ok(received) => received?,
                Err(_) => return Err(Ended::TimedOut),
            },
        }
    };
    let outcome = publish(&mut stream, &mut session, &publication).await;
    match &outcome {
        // The host should hear why, where it is the sender's doing.
        Err(Ended::Session(_)) => publication.cut(Trouble::Malformed),
        Err(Ended::TimedOut) => publication.cut(Trouble::Silent),
        Ok(Some(trouble)) => publication.cut(*trouble),
        Ok(None) | Err(_) => {}
    }
    outcome.map(|_| ())
}

async fn ask<S: AsyncWrite + Unpin>(
    stream: &mut S,
    session: &mut Session,
    key: &str,
    from: Option<SocketAddr>,
    broadcast: &Broadcast,
) -> Result<Publication, Ended> {
    let asked = Publishing { key, room: None, source: Source::Rtmp, from: from.map(|from| from.ip()) };
    match broadcast.publish(asked).await {
        Ok(publication) => {
            session.accept()?;
            send(stream, session).await?;
            Ok(publication)
        }
        Err(error) => {
            sleep(REFUSE_AFTER).await;
            session.refuse(match error {
                PublishError::Refused(Refusal::NotAllowed) => "The stream key is not valid.",
                PublishError::Refused(Refusal::NotNow) => "Please try again in a moment.",
                PublishError::Stopped(_) => "This show is over.",
            });
            send(stream, session).await?;
            Err(error.into())
        }
    }
}

/// Passes on what comes until the encoder stops; gives the trouble it has to be cut off for.
async fn publish<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    session: &mut Session,
    publication: &Publication,
) -> Result<Option<Trouble>, Ended> {
    let mut demuxer = Demuxer::default();
    loop {
        let Some(event) = session.next_event() else {
            match timeout(SILENT_MAX, receive(stream, session)).await {
                Ok(received) => received?,
                Err(_) => return Err(Ended::TimedOut),
            }
            continue;
        };
        let said = match event {
            Event::Video { timestamp, tag } => demuxer.video(timestamp, &tag),
            Event::Audio { timestamp, tag } => demuxer.audio(timestamp, &tag),
            Event::Script(tag) => Ok(demuxer.script(&tag)),
            Event::Publish { .. } => Ok(Said::Nothing),
            Event::Finished => return Ok(None),
        };
        match said {
            Ok(said) => publication.take(said)?,
            Err(FlvError::Encoding) => return Ok(Some(Trouble::Encoding)),
            Err(FlvError::Malformed) => return Ok(Some(Trouble::Malformed)),
        }
    }
}

impl Publication {
    /// Takes what an FLV tag said.
    pub fn take(&self, said: Said) -> Result<(), Stop> {
        match said {
            Said::Track(codec) => self.describe(codec),
            Said::Frame(frame) => self.push(frame),
            Said::FrameTicks(ticks) => self.expect_frame_ticks(ticks),
            Said::Nothing => Ok(()),
        }
    }
}

async fn receive<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    session: &mut Session,
) -> Result<(), Ended> {
    let buffer = session.buffer();
    buffer.reserve(READ_BYTES);
    let mut limited = (&mut *stream).take(READ_BYTES as u64);
    let bytes = limited.read_buf(buffer).await?;
    if bytes == 0 {
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
    }
    session.advance(bytes)?;
    send(stream, session).await
}

async fn send<S: AsyncWrite + Unpin>(stream: &mut S, session: &mut Session) -> Result<(), Ended> {
    let outgoing = session.take_outgoing();
    if outgoing.is_empty() {
        return Ok(());
    }
    match timeout(WRITE_WITHIN, stream.write_all(&outgoing)).await {
        Ok(written) => Ok(written?),
        Err(_) => Err(Ended::TimedOut),
    }
}

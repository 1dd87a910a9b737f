//! Publishes to another RTMP server, as an encoder would.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::PORT;
use super::amf::{self, Value};
use super::chunk::{self, Message, Reader};
use super::session::{
    COMMAND_BYTES_MAX, HANDSHAKE_BYTES, OUR_CHUNK_BYTES, SessionError, kind, number, object, put_hello,
};
use crate::media::Kind;

/// From the connection to the server's leave to publish.
const BEGIN_WITHIN: Duration = Duration::from_secs(10);

/// A server that does not take a frame in this time does not keep up, or is gone.
const WRITE_WITHIN: Duration = Duration::from_secs(10);

const READ_BYTES: usize = 4_096;

/// Where to publish: `rtmp://host:port/application/key`. The key is a secret, so it is not shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    host: String,
    port: u16,
    app: String,
    key: String,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "rtmp://{}:{}/{}/…", self.host, self.port, self.app)
    }
}

impl Target {
    /// Reads an address; `None` if it is none of RTMP, or names no application or no key.
    pub fn parse(address: &str) -> Option<Self> {
        let (server, path) = address.strip_prefix("rtmp://")?.split_once('/')?;
        let (app, key) = path.rsplit_once('/')?;
        // An address of IPv6 has colons within its brackets.
        let (host, port) = match server.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')) {
            Some((host, port)) => (host, port.parse().ok()?),
            None => (server, PORT),
        };
        let is_plain =
            [host, app, key].iter().all(|part| !part.is_empty() && !part.contains(char::is_whitespace));
        is_plain.then(|| Self { host: host.to_owned(), port, app: app.to_owned(), key: key.to_owned() })
    }
}

/// Why a server is not, or no longer, published to.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error("the server says {0}")]
    Refused(String),
    #[error("the server does not answer, or takes nothing")]
    TimedOut,
}

/// A connection that may publish.
#[derive(Debug)]
pub struct Push {
    socket: TcpStream,
    incoming: BytesMut,
    reader: Reader,
    /// Commands that came and are not looked at yet.
    said: VecDeque<Vec<Value>>,
    /// Answers to pings that are not sent yet.
    pongs: BytesMut,
    /// The message stream that the server gave out.
    stream: u32,
}

impl Push {
    pub async fn begin(target: &Target) -> Result<Self, PushError> {
        timeout(BEGIN_WITHIN, Self::agree(target)).await.map_err(|_| PushError::TimedOut)?
    }

    async fn agree(target: &Target) -> Result<Self, PushError> {
        let host = target.host.trim_matches(['[', ']']);
        let socket = TcpStream::connect((host, target.port)).await?;
        socket.set_nodelay(true)?;
        let mut push = Self {
            socket,
            incoming: BytesMut::new(),
            reader: Reader::new(COMMAND_BYTES_MAX),
            said: VecDeque::new(),
            pongs: BytesMut::new(),
            stream: 0,
        };
        push.greet().await?;
        push.send(2, 0, kind::SET_CHUNK_SIZE, &OUR_CHUNK_BYTES.to_be_bytes().to_vec().into()).await?;
        let Target { host, port, app, key } = target;
        let about = object([
            ("app", app.as_str().into()),
            ("type", "nonprivate".into()),
            ("flashVer", "FMLE/3.0 (compatible; Ministore)".into()),
            ("tcUrl", format!("rtmp://{host}:{port}/{app}").as_str().into()),
        ]);
        push.command(&["connect".into(), 1.0.into(), about]).await?;
        push.answer_to(1.0).await?;
        push.command(&["createStream".into(), 2.0.into(), Value::Null]).await?;
        let answer = push.answer_to(2.0).await?;
        push.stream = answer.get(3).and_then(Value::number).ok_or(SessionError::Command)? as u32;
        push.command(&["publish".into(), 3.0.into(), Value::Null, key.as_str().into(), "live".into()])
            .await?;
        while !push.has_leave()? {
            push.hear().await?;
        }
        Ok(push)
    }

    async fn greet(&mut self) -> Result<(), PushError> {
        let mut hello = BytesMut::with_capacity(1 + HANDSHAKE_BYTES);
        put_hello(&mut hello);
        self.socket.write_all(&hello).await?;
        let mut theirs = [0; 1 + 2 * HANDSHAKE_BYTES];
        self.socket.read_exact(&mut theirs).await?;
        if theirs[0] != 3 {
            return Err(SessionError::NotRtmp.into());
        }
        Ok(self.socket.write_all(&theirs[1..=HANDSHAKE_BYTES]).await?)
    }

    /// Sends an FLV tag's body, at a time in milliseconds.
    pub async fn tag(&mut self, of: Kind, ms: u32, tag: &Bytes) -> Result<(), PushError> {
        match of {
            Kind::Video => self.send(6, ms, kind::VIDEO, tag).await,
            Kind::Audio => self.send(4, ms, kind::AUDIO, tag).await,
        }
    }

    /// Says that nothing more comes, and waits until the server has taken all of it.
    pub async fn finish(mut self) -> Result<(), PushError> {
        let stream = f64::from(self.stream);
        self.stream = 0;
        self.command(&["deleteStream".into(), 4.0.into(), Value::Null, stream.into()]).await?;
        self.socket.shutdown().await?;
        // Closed with something unread, the connection would be reset, and what is on its way be thrown away.
        let read_all = async {
            while self.socket.read_buf(&mut self.incoming).await? > 0 {
                self.incoming.clear();
            }
            Ok(())
        };
        timeout(WRITE_WITHIN, read_all).await.map_err(|_| PushError::TimedOut)?
    }

    /// Takes what the server says next, as far as it is there; call [`Push::answer`] then. May be dropped at any time.
    pub async fn listen(&mut self) -> Result<(), PushError> {
        self.hear().await?;
        self.has_leave().map(drop)
    }

    /// Answers where the server wanted an answer.
    pub async fn answer(&mut self) -> Result<(), PushError> {
        let pongs = self.pongs.split();
        self.write(&pongs).await
    }

    async fn command(&mut self, values: &[Value]) -> Result<(), PushError> {
        self.send(3, 0, kind::COMMAND, &amf::write_all(values).freeze()).await
    }

    async fn send(
        &mut self,
        chunk_stream: u8,
        timestamp: u32,
        kind: u8,
        body: &Bytes,
    ) -> Result<(), PushError> {
        let stream = if chunk_stream == 2 { 0 } else { self.stream };
        let message = Message { timestamp, kind, stream, body: body.clone() };
        let mut bytes = BytesMut::with_capacity(body.len() + body.len() / OUR_CHUNK_BYTES as usize + 32);
        // The first tells the size of all that follow, and fits into any.
        chunk::write(&mut bytes, chunk_stream, &message, OUR_CHUNK_BYTES as usize);
        self.write(&bytes).await
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), PushError> {
        timeout(WRITE_WITHIN, self.socket.write_all(bytes)).await.map_err(|_| PushError::TimedOut)??;
        Ok(())
    }

    async fn answer_to(&mut self, asked: f64) -> Result<Vec<Value>, PushError> {
        loop {
            while let Some(values) = self.said.pop_front() {
                if values.get(1).and_then(Value::number) != Some(asked) {
                    continue;
                }
                match values[0].text() {
                    Some("_result") => return Ok(values),
                    Some("_error") => return Err(refused(&values)),
                    _ => {}
                }
            }
            self.hear().await?;
        }
    }

    /// Whether the server has said that publishing may begin; an error if it said anything else about it.
    fn has_leave(&mut self) -> Result<bool, PushError> {
        let mut has_leave = false;
        while let Some(values) = self.said.pop_front() {
            let about = values.get(3);
            let word = |name| about.and_then(|about| about.member(name)).and_then(Value::text);
            match (values[0].text(), word("code")) {
                (Some("onStatus"), Some("NetStream.Publish.Start")) => has_leave = true,
                (Some("onStatus"), _) if word("level") == Some("error") => return Err(refused(&values)),
                (Some("_error"), _) => return Err(refused(&values)),
                _ => {}
            }
        }
        Ok(has_leave)
    }

    /// Reads once. Nothing is waited for after that, so nothing is lost where this is dropped.
    async fn hear(&mut self) -> Result<(), PushError> {
        self.incoming.reserve(READ_BYTES);
        if self.socket.read_buf(&mut self.incoming).await? == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        while let Some(message) = self.reader.next(&mut self.incoming).map_err(SessionError::from)? {
            let body = &message.body;
            match message.kind {
                kind::SET_CHUNK_SIZE => {
                    self.reader.set_chunk_bytes(number(body)?).map_err(SessionError::from)?;
                }
                kind::ABORT => self.reader.abort(number(body)?),
                kind::COMMAND => {
                    let values = amf::read_all(body).filter(|values| !values.is_empty());
                    self.said.push_back(values.ok_or(SessionError::Command)?);
                }
                // Servers that ping cut off who does not answer: 6 asks, 7 answers with the same.
                kind::USER_CONTROL if body.len() == 6 && body.starts_with(&[0, 6]) => {
                    let pong = [&[0, 7], &body[2..]].concat().into();
                    let pong = Message { timestamp: 0, kind: kind::USER_CONTROL, stream: 0, body: pong };
                    chunk::write(&mut self.pongs, 2, &pong, OUR_CHUNK_BYTES as usize);
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn refused(values: &[Value]) -> PushError {
    let word =
        |name| values.get(3).and_then(|about| about.member(name)).and_then(Value::text).unwrap_or_default();
    let said = format!("{} {}", word("code"), word("description"));
    PushError::Refused(said.trim().chars().take(200).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_server_application_and_key() {
        let read = |address| Target::parse(address).map(|to| (to.host, to.port, to.app, to.key));
        let wanted =
            |host: &str, port, app: &str, key: &str| Some((host.into(), port, app.into(), key.into()));
        assert_eq!(
            read("rtmp://media.example/live/stall?pass=x"),
            wanted("media.example", 1935, "live", "stall?pass=x")
        );
        assert_eq!(read("rtmp://10.0.0.7:2000/a/b/stall"), wanted("10.0.0.7", 2000, "a/b", "stall"));
        assert_eq!(read("rtmp://[::1]/live/stall"), wanted("[::1]", 1935, "live", "stall"));
        assert_eq!(read("rtmp://[::1]:2000/live/stall"), wanted("[::1]", 2000, "live", "stall"));
        for wrong in [
            "",
            "media.example/live/x",
            "rtmps://m/live/x",
            "rtmp://m/live",
            "rtmp://m/live/",
            "rtmp:///a/b",
            "rtmp://m:x/a/b",
            "rtmp://m/a b/c",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_eq!(format!("{:?}", Target::parse("rtmp://m/live/secret").unwrap()), "rtmp://m:1935/live/…");
    }
}

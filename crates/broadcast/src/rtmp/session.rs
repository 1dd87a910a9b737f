//! One encoder's side of the conversation, without a socket: bytes in, events and bytes out. Only publishing is
//! understood.

use std::collections::VecDeque;

use bytes::{BufMut, Bytes, BytesMut};

use super::amf::{self, Value};
use super::chunk::{self, ChunkError, MESSAGE_BYTES_MAX, Message, Reader};

/// The first message of each side: a time and random bytes.
pub(super) const HANDSHAKE_BYTES: usize = 1_536;

/// Before someone may publish there are only commands, and few of them.
pub(super) const COMMAND_BYTES_MAX: usize = 16 * 1_024;
const BYTES_BEFORE_PUBLISHING_MAX: u64 = 256 * 1_024;

/// The longest name of an application and the longest stream key.
const NAME_BYTES_MAX: usize = 256;

/// Bytes after which each side tells the other that they came.
const WINDOW_BYTES: u32 = 2_500_000;
const WINDOW_BYTES_MIN: u32 = 64 * 1_024;

/// What OBS sends, and every server takes; our answers are shorter.
pub(super) const OUR_CHUNK_BYTES: u32 = 4_096;

/// The one message stream that we give out.
const STREAM: u32 = 1;

/// Message kinds (5.4, 6.2 and 7.1 of the specification).
pub(super) mod kind {
    pub(in crate::rtmp) const SET_CHUNK_SIZE: u8 = 1;
    pub(in crate::rtmp) const ABORT: u8 = 2;
    pub(in crate::rtmp) const ACKNOWLEDGEMENT: u8 = 3;
    pub(in crate::rtmp) const USER_CONTROL: u8 = 4;
    pub(in crate::rtmp) const WINDOW: u8 = 5;
    pub(in crate::rtmp) const PEER_BANDWIDTH: u8 = 6;
    pub(in crate::rtmp) const AUDIO: u8 = 8;
    pub(in crate::rtmp) const VIDEO: u8 = 9;
    pub(in crate::rtmp) const DATA: u8 = 18;
    pub(in crate::rtmp) const COMMAND: u8 = 20;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Someone wants to publish: answer with [`Session::accept`] or [`Session::refuse`].
    Publish {
        app: String,
        key: String,
    },
    Video {
        timestamp: u32,
        tag: Bytes,
    },
    Audio {
        timestamp: u32,
        tag: Bytes,
    },
    Script(Bytes),
    /// The encoder says that it has stopped.
    Finished,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    #[error("no RTMP")]
    NotRtmp,
    #[error(transparent)]
    Chunk(#[from] ChunkError),
    #[error("a command that cannot be read or comes out of order")]
    Command,
    #[error("too much was sent before publishing")]
    TooMuchBefore,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Waits for the version and the first random bytes.
    Greeting,
    /// Waits for our random bytes to come back.
    Echo,
    Commands,
    /// Asked to publish and waits for our answer.
    Asked,
    Publishing,
    Over,
}

#[derive(Debug)]
pub struct Session {
    stage: Stage,
    incoming: BytesMut,
    outgoing: BytesMut,
    reader: Reader,
    events: VecDeque<Event>,
    app: Option<String>,
    received: u64,
    acknowledged: u64,
    window: u32,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            stage: Stage::Greeting,
            incoming: BytesMut::new(),
            outgoing: BytesMut::new(),
            reader: Reader::new(COMMAND_BYTES_MAX),
            events: VecDeque::new(),
            app: None,
            received: 0,
            acknowledged: 0,
            window: WINDOW_BYTES,
        }
    }
}

impl Session {
    /// Where bytes from the encoder are read into; then [`Session::advance`] looks at them.
    pub fn buffer(&mut self) -> &mut BytesMut {
        &mut self.incoming
    }

    /// Takes what came: `bytes` more are in the buffer.
    pub fn advance(&mut self, bytes: usize) -> Result<(), SessionError> {
        self.received += bytes as u64;
        let is_publishing = self.stage == Stage::Publishing;
        if !is_publishing && self.received > BYTES_BEFORE_PUBLISHING_MAX {
            return Err(SessionError::TooMuchBefore);
        }
        self.greet()?;
        self.read_messages()?;
        if self.received - self.acknowledged >= u64::from(self.window) {
            self.acknowledged = self.received;
            // The count runs over by design.
            self.say(2, kind::ACKNOWLEDGEMENT, 0, &(self.received as u32).to_be_bytes());
        }
        Ok(())
    }

    pub fn next_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// What is to be sent to the encoder now.
    pub fn take_outgoing(&mut self) -> BytesMut {
        self.outgoing.split()
    }

    /// Whether the two have greeted each other.
    pub fn is_open(&self) -> bool {
        !matches!(self.stage, Stage::Greeting | Stage::Echo)
    }

    /// The encoder may publish.
    pub fn accept(&mut self) -> Result<(), SessionError> {
        if self.stage != Stage::Asked {
            return Ok(());
        }
        self.stage = Stage::Publishing;
        self.reader.allow_messages_of(MESSAGE_BYTES_MAX);
        let mut begin = BytesMut::from(&[0, 0][..]);
        begin.put_u32(STREAM);
        self.say(2, kind::USER_CONTROL, 0, &begin);
        self.status("status", "NetStream.Publish.Start", "You are live.");
        // What was sent together with the question has waited.
        self.read_messages()
    }

    /// The encoder may not publish; OBS shows the words to its user.
    pub fn refuse(&mut self, words: &str) {
        self.stage = Stage::Over;
        self.status("error", "NetStream.Publish.BadName", words);
    }

    fn greet(&mut self) -> Result<(), SessionError> {
        if self.stage == Stage::Greeting {
            // The version is told at once, so that a browser at the wrong door is not kept waiting.
            if self.incoming.first().is_some_and(|version| *version != 3) {
                return Err(SessionError::NotRtmp);
            }
            if self.incoming.len() <= HANDSHAKE_BYTES {
                return Ok(());
            }
            let theirs = self.incoming.split_to(1 + HANDSHAKE_BYTES);
            put_hello(&mut self.outgoing);
            // And theirs back.
            self.outgoing.put_slice(&theirs[1..]);
            self.stage = Stage::Echo;
        }
        if self.stage == Stage::Echo && self.incoming.len() >= HANDSHAKE_BYTES {
            // Some encoders send other bytes back than ours, and nothing depends on them.
            let _ = self.incoming.split_to(HANDSHAKE_BYTES);
            self.stage = Stage::Commands;
        }
        Ok(())
    }

    fn read_messages(&mut self) -> Result<(), SessionError> {
        // While an answer is due nothing is read, so that nothing is published before it is allowed.
        while matches!(self.stage, Stage::Commands | Stage::Publishing) {
            let Some(message) = self.reader.next(&mut self.incoming)? else { break };
            self.take(message)?;
        }
        Ok(())
    }

    fn take(&mut self, message: Message) -> Result<(), SessionError> {
        let Message { timestamp, kind, body, .. } = message;
        match kind {
            kind::SET_CHUNK_SIZE => self.reader.set_chunk_bytes(number(&body)?)?,
            kind::ABORT => self.reader.abort(number(&body)?),
            kind::WINDOW => self.window = number(&body)?.max(WINDOW_BYTES_MIN),
            kind::COMMAND => self.command(&body)?,
            kind::VIDEO if self.stage == Stage::Publishing => {
                self.events.push_back(Event::Video { timestamp, tag: body });
            }
            kind::AUDIO if self.stage == Stage::Publishing => {
                self.events.push_back(Event::Audio { timestamp, tag: body });
            }
            kind::DATA if self.stage == Stage::Publishing && body.len() <= COMMAND_BYTES_MAX => {
                self.events.push_back(Event::Script(body));
            }
            // Ping answers, shared objects, and what else encoders like to say.
            _ => {}
        }
        Ok(())
    }

    fn command(&mut self, body: &[u8]) -> Result<(), SessionError> {
        if body.len() > COMMAND_BYTES_MAX {
            return Err(SessionError::Command);
        }
        let values = amf::read_all(body).ok_or(SessionError::Command)?;
        let name = values.first().and_then(Value::text).ok_or(SessionError::Command)?;
        let number = values.get(1).and_then(Value::number).unwrap_or(0.0);
        match name {
            "connect" => self.connect(number, &values),
            "createStream" => {
                let result = ["_result".into(), number.into(), Value::Null, f64::from(STREAM).into()];
                self.answer(0, &result);
                Ok(())
            }
            "publish" => self.publish(&values),
            "FCUnpublish" | "deleteStream" | "closeStream" => {
                if self.stage == Stage::Publishing {
                    self.stage = Stage::Over;
                    self.events.push_back(Event::Finished);
                }
                Ok(())
            }
            "play" | "play2" => Err(SessionError::Command),
            // releaseStream, FCPublish, _checkbw: nobody waits for an answer.
            _ => Ok(()),
        }
    }

    fn connect(&mut self, number: f64, values: &[Value]) -> Result<(), SessionError> {
        let app = values.get(2).and_then(|object| object.member("app")).and_then(Value::text);
        let app = app.filter(|app| app.len() <= NAME_BYTES_MAX).ok_or(SessionError::Command)?;
        self.app = Some(app.trim_matches('/').to_owned());
        self.say(2, kind::WINDOW, 0, &WINDOW_BYTES.to_be_bytes());
        let mut bandwidth = BytesMut::new();
        bandwidth.put_u32(WINDOW_BYTES);
        // 2: dynamic.
        bandwidth.put_u8(2);
        self.say(2, kind::PEER_BANDWIDTH, 0, &bandwidth);
        self.say(2, kind::SET_CHUNK_SIZE, 0, &OUR_CHUNK_BYTES.to_be_bytes());
        let server = object([("fmsVer", "FMS/3,0,1,123".into()), ("capabilities", 31.0.into())]);
        let information = object([
            ("level", "status".into()),
            ("code", "NetConnection.Connect.Success".into()),
            ("description", "Welcome.".into()),
            ("objectEncoding", 0.0.into()),
        ]);
        self.answer(0, &["_result".into(), number.into(), server, information]);
        Ok(())
    }

    fn publish(&mut self, values: &[Value]) -> Result<(), SessionError> {
        let app = self.app.clone().ok_or(SessionError::Command)?;
        let key = values.get(3).and_then(Value::text).ok_or(SessionError::Command)?;
        // Some encoders add parameters.
        let key = key.split('?').next().unwrap_or_default();
        if self.stage != Stage::Commands || key.len() > NAME_BYTES_MAX {
            return Err(SessionError::Command);
        }
        self.stage = Stage::Asked;
        self.events.push_back(Event::Publish { app, key: key.to_owned() });
        Ok(())
    }

    fn status(&mut self, level: &str, code: &str, words: &str) {
        let information =
            object([("level", level.into()), ("code", code.into()), ("description", words.into())]);
        self.answer(STREAM, &["onStatus".into(), 0.0.into(), Value::Null, information]);
    }

    fn answer(&mut self, stream: u32, values: &[Value]) {
        self.say(3, kind::COMMAND, stream, &amf::write_all(values));
    }

    fn say(&mut self, chunk_stream: u8, kind: u8, stream: u32, body: &[u8]) {
        // Until our chunk size is told the other side expects 128 bytes, and only short messages come before.
        let message = Message { timestamp: 0, kind, stream, body: Bytes::copy_from_slice(body) };
        chunk::write(&mut self.outgoing, chunk_stream, &message, OUR_CHUNK_BYTES as usize);
    }
}

/// The version, and the plain handshake: zero as time and version, and bytes that nobody checks.
pub(super) fn put_hello(out: &mut BytesMut) {
    out.put_u8(3);
    out.put_u64(0);
    out.extend((8..HANDSHAKE_BYTES).map(|index| (index % 251) as u8));
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

pub(super) fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// The number that a control message consists of.
pub(super) fn number(body: &[u8]) -> Result<u32, SessionError> {
    let bytes = body.first_chunk::<4>().ok_or(SessionError::Command)?;
    Ok(u32::from_be_bytes(*bytes))
}

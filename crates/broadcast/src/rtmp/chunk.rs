//! RTMP's chunks (Adobe's specification, 5.3): messages cut into pieces, several at a time. What a connection may
//! keep here is bounded in number and in bytes.

use std::collections::HashMap;

use bytes::{Buf, BufMut, Bytes, BytesMut};

/// Encoders use five or six.
const STREAMS_MAX: usize = 16;

/// The largest picture: a key frame in full HD at its best is half of it.
pub const MESSAGE_BYTES_MAX: usize = 4 * 1_024 * 1_024;

/// Of all messages of a connection that are not complete.
const UNFINISHED_BYTES_MAX: usize = 6 * 1_024 * 1_024;

/// The pieces that both sides begin with.
const FIRST_CHUNK_BYTES: usize = 128;

/// And the largest that one may ask for. OBS sends 4,096.
const CHUNK_BYTES_MAX: usize = 1_024 * 1_024;

/// In place of a time that 24 bits do not hold.
const EXTENDED: u32 = 0xff_ffff;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub timestamp: u32,
    pub kind: u8,
    pub stream: u32,
    pub body: Bytes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChunkError {
    #[error("a header that refers to one before, where none was")]
    NoHeaderBefore,
    #[error("a message begins within another of the same stream")]
    Interrupted,
    #[error("a message larger than is allowed")]
    MessageTooLarge,
    #[error("too many messages at once")]
    TooMany,
    #[error("a chunk size that is not allowed")]
    ChunkSize,
}

#[derive(Debug)]
pub struct Reader {
    chunk_bytes: usize,
    /// The largest message that is accepted now.
    message_bytes_max: usize,
    streams: HashMap<u32, Stream>,
}

/// What the next header of a chunk stream may refer to, and its unfinished message.
#[derive(Clone, Debug, Default)]
struct Stream {
    timestamp: u32,
    delta: u32,
    length: usize,
    kind: u8,
    stream: u32,
    is_extended: bool,
    body: BytesMut,
}

/// A chunk's headers, read but not yet applied.
struct Header {
    chunk_stream: u32,
    /// How many bytes the headers take.
    length: usize,
    next: Stream,
}

impl Reader {
    pub fn new(message_bytes_max: usize) -> Self {
        Self { chunk_bytes: FIRST_CHUNK_BYTES, message_bytes_max, streams: HashMap::new() }
    }

    pub fn allow_messages_of(&mut self, bytes: usize) {
        self.message_bytes_max = bytes;
    }

    pub fn set_chunk_bytes(&mut self, bytes: u32) -> Result<(), ChunkError> {
        let bytes = usize::try_from(bytes).map_err(|_| ChunkError::ChunkSize)?;
        if !(1..=CHUNK_BYTES_MAX).contains(&bytes) {
            return Err(ChunkError::ChunkSize);
        }
        self.chunk_bytes = bytes;
        Ok(())
    }

    /// Forgets an unfinished message.
    pub fn abort(&mut self, chunk_stream: u32) {
        if let Some(stream) = self.streams.get_mut(&chunk_stream) {
            stream.body = BytesMut::new();
        }
    }

    /// The next complete message, if the bytes hold its end. Bytes that are used are taken away.
    pub fn next(&mut self, bytes: &mut BytesMut) -> Result<Option<Message>, ChunkError> {
        loop {
            let Some(header) = self.header(bytes)? else { return Ok(None) };
            let have = self.streams.get(&header.chunk_stream).map_or(0, |stream| stream.body.len());
            let piece = (header.next.length - have).min(self.chunk_bytes);
            if bytes.len() < header.length + piece {
                return Ok(None);
            }
            if !self.streams.contains_key(&header.chunk_stream) && self.streams.len() >= STREAMS_MAX {
                return Err(ChunkError::TooMany);
            }
            let unfinished: usize = self.streams.values().map(|stream| stream.body.len()).sum();
            if unfinished + piece > UNFINISHED_BYTES_MAX {
                return Err(ChunkError::TooMany);
            }
            bytes.advance(header.length);
            let stream = self.streams.entry(header.chunk_stream).or_default();
            let body = std::mem::take(&mut stream.body);
            *stream = Stream { body, ..header.next };
            // A message in one piece, as sound is, is not copied.
            let whole = if stream.body.is_empty() && piece == stream.length {
                bytes.split_to(piece).freeze()
            } else {
                stream.body.extend_from_slice(&bytes.split_to(piece));
                if stream.body.len() < stream.length {
                    continue;
                }
                std::mem::take(&mut stream.body).freeze()
            };
            let Stream { timestamp, kind, stream, .. } = *stream;
            return Ok(Some(Message { timestamp, kind, stream, body: whole }));
        }
    }

    /// Reads a chunk's headers without taking anything; `None` if they are not all there.
    fn header(&self, bytes: &[u8]) -> Result<Option<Header>, ChunkError> {
        let mut cursor = bytes;
        let Some((format, chunk_stream)) = basic_header(&mut cursor) else { return Ok(None) };
        let before = self.streams.get(&chunk_stream);
        let is_within = before.is_some_and(|stream| !stream.body.is_empty());
        let fields = [11, 7, 3, 0][usize::from(format)];
        if cursor.len() < fields {
            return Ok(None);
        }
        if format != 3 && is_within {
            return Err(ChunkError::Interrupted);
        }
        let mut next = match before {
            Some(stream) => Stream { body: BytesMut::new(), ..*stream },
            None if format == 0 => Stream::default(),
            None => return Err(ChunkError::NoHeaderBefore),
        };
        let mut short = 0;
        if format < 3 {
            short = cursor.get_uint(3) as u32;
            next.is_extended = short == EXTENDED;
        }
        if format < 2 {
            next.length = cursor.get_uint(3) as usize;
            next.kind = cursor.get_u8();
        }
        if format == 0 {
            next.stream = cursor.get_u32_le();
        }
        if next.length > self.message_bytes_max {
            return Err(ChunkError::MessageTooLarge);
        }
        if next.is_extended {
            if cursor.len() < 4 {
                return Ok(None);
            }
            let long = cursor.get_u32();
            short = if format < 3 { long } else { short };
        }
        match format {
            0 => (next.timestamp, next.delta) = (short, 0),
            1 | 2 => {
                next.delta = short;
                next.timestamp = next.timestamp.wrapping_add(short);
            }
            // Another message like the one before, or the rest of this one.
            _ if !is_within => next.timestamp = next.timestamp.wrapping_add(next.delta),
            _ => {}
        }
        Ok(Some(Header { chunk_stream, length: bytes.len() - cursor.len(), next }))
    }
}

/// The format and the chunk stream, in one to three bytes.
fn basic_header(cursor: &mut &[u8]) -> Option<(u8, u32)> {
    let first = cursor.try_get_u8().ok()?;
    let chunk_stream = match first & 0x3f {
        0 => 64 + u32::from(cursor.try_get_u8().ok()?),
        1 => 64 + u32::from(cursor.try_get_u16_le().ok()?),
        short => u32::from(short),
    };
    Some((first >> 6, chunk_stream))
}

/// Writes a message in as many chunks of `chunk_bytes` as it takes, on one of the chunk streams 2 to 63.
pub fn write(out: &mut BytesMut, chunk_stream: u8, message: &Message, chunk_bytes: usize) {
    let is_extended = message.timestamp >= EXTENDED;
    out.put_u8(chunk_stream);
    out.put_uint(message.timestamp.min(EXTENDED).into(), 3);
    out.put_uint(message.body.len() as u64, 3);
    out.put_u8(message.kind);
    out.put_u32_le(message.stream);
    let mut pieces = message.body.chunks(chunk_bytes);
    let mut next = pieces.next();
    loop {
        // A long time stands in every chunk of its message, as all servers read it.
        if is_extended {
            out.put_u32(message.timestamp);
        }
        out.put_slice(next.unwrap_or_default());
        next = pieces.next();
        if next.is_none() {
            return;
        }
        out.put_u8(0xc0 | chunk_stream);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(reader: &mut Reader, bytes: &[u8]) -> Result<Vec<Message>, ChunkError> {
        let mut bytes = BytesMut::from(bytes);
        let mut messages = Vec::new();
        while let Some(message) = reader.next(&mut bytes)? {
            messages.push(message);
        }
        Ok(messages)
    }

    /// A full header on chunk stream 4 for 200 bytes of sound at 1,000 ms.
    const FULL: [u8; 12] = [4, 0, 3, 0xe8, 0, 0, 200, 8, 1, 0, 0, 0];

    fn in_two_pieces() -> Vec<u8> {
        [&FULL[..], &[7; 128], &[0xc4], &[7; 72]].concat()
    }

    #[test]
    fn a_message_in_pieces_is_put_together_however_the_bytes_arrive() {
        let bytes = in_two_pieces();
        for step in [1, 7, 128, 400] {
            let (mut reader, mut buffer) = (Reader::new(MESSAGE_BYTES_MAX), BytesMut::new());
            let mut messages = Vec::new();
            for arrived in bytes.chunks(step) {
                buffer.extend_from_slice(arrived);
                messages.extend(reader.next(&mut buffer).unwrap());
            }
            assert_eq!(messages.len(), 1);
            assert_eq!((messages[0].timestamp, messages[0].body.len()), (1_000, 200));
        }
    }

    #[test]
    fn short_headers_take_the_rest_from_the_one_before() {
        let mut reader = Reader::new(MESSAGE_BYTES_MAX);
        let later = [&in_two_pieces()[..], &[0x84, 0, 0, 23], &[1; 128], &[0xc4], &[1; 72]].concat();
        let again = [&later[..], &[0xc4], &[2; 128], &[0xc4], &[2; 72]].concat();
        let times: Vec<u32> =
            read(&mut reader, &again).unwrap().iter().map(|message| message.timestamp).collect();
        assert_eq!(times, [1_000, 1_023, 1_046]);
    }

    #[test]
    fn long_timestamps_are_repeated_with_each_piece() {
        let head = [4, 0xff, 0xff, 0xff, 0, 0, 200, 8, 1, 0, 0, 0, 1, 0, 0, 0];
        let bytes = [&head[..], &[7; 128], &[0xc4, 1, 0, 0, 0], &[7; 72]].concat();
        let messages = read(&mut Reader::new(MESSAGE_BYTES_MAX), &bytes).unwrap();
        assert_eq!((messages[0].timestamp, messages[0].body.as_ref()), (0x0100_0000, &[7_u8; 200][..]));
    }

    #[test]
    fn what_would_take_memory_without_end_is_refused() {
        let mut reader = Reader::new(1_000);
        let giant = [4, 0, 0, 0, 0xff, 0xff, 0xff, 8, 1, 0, 0, 0];
        assert_eq!(read(&mut reader, &giant), Err(ChunkError::MessageTooLarge));
        let many: Vec<u8> = (2..40).flat_map(|id| [&[id][..], &FULL[1..], &[0; 128]].concat()).collect();
        assert_eq!(read(&mut Reader::new(1_000), &many), Err(ChunkError::TooMany));
        assert_eq!(read(&mut reader, &[0xc9]), Err(ChunkError::NoHeaderBefore));
        let twice = [&FULL[..], &[7; 128], &FULL[..]].concat();
        assert_eq!(read(&mut Reader::new(1_000), &twice), Err(ChunkError::Interrupted));
        assert_eq!(reader.set_chunk_bytes(0), Err(ChunkError::ChunkSize));
    }

    #[test]
    fn what_is_written_in_pieces_is_read_also_late_in_a_long_show() {
        for timestamp in [0, 0xff_fffe, 0xff_ffff, u32::MAX] {
            for bytes in [0, 1, 128, 129, 1_000] {
                let message = Message { timestamp, kind: 9, stream: 1, body: vec![7; bytes].into() };
                let mut written = BytesMut::new();
                write(&mut written, 6, &message, 128);
                write(&mut written, 4, &message, 128);
                assert_eq!(
                    read(&mut Reader::new(MESSAGE_BYTES_MAX), &written).unwrap(),
                    [message.clone(), message]
                );
            }
        }
    }
}

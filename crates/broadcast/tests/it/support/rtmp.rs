//! An RTMP client of our own, which can also misbehave.

use broadcast::rtmp::amf::{Value, write_all};
use bytes::{BufMut, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

/// The bytes of a greeting without a digest.
pub fn greeting() -> Vec<u8> {
    let mut bytes = vec![3, 0, 0, 0, 0, 0, 0, 0, 0];
    bytes.extend((0..1_528).map(|index| (index % 200) as u8));
    bytes
}

pub fn echo() -> Vec<u8> {
    vec![7; 1_536]
}

/// A message, cut into chunks of 128 bytes as the protocol begins.
pub fn message(chunk_stream: u8, kind: u8, timestamp: u32, body: &[u8]) -> Vec<u8> {
    let mut out = BytesMut::new();
    out.put_u8(chunk_stream);
    out.put_uint(u64::from(timestamp.min(0xff_ffff)), 3);
    out.put_uint(body.len() as u64, 3);
    out.put_u8(kind);
    out.put_u32_le(1);
    if timestamp >= 0xff_ffff {
        out.put_u32(timestamp);
    }
    for (index, piece) in body.chunks(128).enumerate() {
        if index > 0 {
            out.put_u8(0xc0 | chunk_stream);
            if timestamp >= 0xff_ffff {
                out.put_u32(timestamp);
            }
        }
        out.put_slice(piece);
    }
    out.to_vec()
}

pub fn command(values: &[Value]) -> Vec<u8> {
    message(3, 20, 0, &write_all(values))
}

pub fn connect() -> Vec<u8> {
    let object = Value::Object(vec![
        ("app".into(), "live".into()),
        ("type".into(), "nonprivate".into()),
        ("flashVer".into(), "FMLE/3.0 (compatible; test)".into()),
        ("tcUrl".into(), "rtmp://127.0.0.1/live".into()),
    ]);
    command(&["connect".into(), 1.0.into(), object])
}

pub fn publish(key: &str) -> Vec<u8> {
    let create = command(&["createStream".into(), 4.0.into(), Value::Null]);
    let publish = command(&["publish".into(), 5.0.into(), Value::Null, key.into(), "live".into()]);
    [create, publish].concat()
}

/// FLV's tags for the tracks and frames of the pretended encoder.
pub fn video_header() -> Vec<u8> {
    let broadcast::media::Codec::Avc(config) = super::video_track() else { unreachable!() };
    message(6, 9, 0, &[&[0x17, 0, 0, 0, 0], &config.record[..]].concat())
}

pub fn audio_header() -> Vec<u8> {
    message(4, 8, 0, &[0xaf, 0, 0x11, 0x90])
}

pub fn picture(timestamp: u32, key: bool, bytes: usize) -> Vec<u8> {
    let mut tag = vec![if key { 0x17 } else { 0x27 }, 1, 0, 0, 0];
    tag.extend((bytes as u32).to_be_bytes());
    tag.push(if key { 0x65 } else { 0x41 });
    tag.extend((1..bytes).map(|index| index as u8));
    message(6, 9, timestamp, &tag)
}

pub fn packet(timestamp: u32) -> Vec<u8> {
    message(4, 8, timestamp, &[0xaf, 1, 0x21, 0x10, 0x05])
}

/// An encoder's end of a connection.
pub struct Client<S = TcpStream> {
    pub stream: S,
}

impl Client {
    pub async fn call(address: std::net::SocketAddr) -> Self {
        Self { stream: TcpStream::connect(address).await.unwrap() }
    }

    pub async fn publish(address: std::net::SocketAddr, key: &str) -> Self {
        let mut client = Self::call(address).await;
        client.greet().await;
        client.send(&[connect(), publish(key)].concat()).await;
        client
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    pub async fn greet(&mut self) {
        self.send(&greeting()).await;
        let mut theirs = vec![0; 1 + 2 * 1_536];
        self.stream.read_exact(&mut theirs).await.unwrap();
        assert_eq!(theirs[0], 3);
        assert_eq!(theirs[1 + 1_536..], greeting()[1..], "our bytes come back");
        self.send(&echo()).await;
    }

    pub async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// Reads until the words are heard.
    pub async fn hear(&mut self, words: &str) -> Bytes {
        let mut heard = BytesMut::new();
        while !heard.windows(words.len()).any(|window| window == words.as_bytes()) {
            let read = self.stream.read_buf(&mut heard).await.unwrap();
            assert!(read > 0, "closed before \"{words}\"");
        }
        heard.freeze()
    }

    /// Reads until the other side closes.
    pub async fn hear_the_end(&mut self) {
        let mut rest = [0; 4_096];
        while matches!(self.stream.read(&mut rest).await, Ok(read) if read > 0) {}
    }
}

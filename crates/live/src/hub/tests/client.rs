//! A viewer's browser, as far as a socket goes.

use std::{net::SocketAddr, time::Duration};

use kernel::RoomId;
use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

/// Long enough for any machine; a test that waits so long has failed.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// What a viewer receives.
#[derive(Debug, PartialEq)]
pub enum Came {
    Text(Value),
    Ping,
    Pong(Vec<u8>),
    Close(u16),
    /// The connection is gone.
    End,
}

pub struct Client<S = TcpStream> {
    stream: S,
    received: Vec<u8>,
    /// What the server answered to the request.
    pub status: u16,
}

impl Client {
    pub async fn connect(address: SocketAddr, room: RoomId, person: u128) -> Self {
        Self::connect_with(address, room, person, "").await
    }

    /// With further header lines.
    pub async fn connect_with(address: SocketAddr, room: RoomId, person: u128, headers: &str) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        Client::request(stream, room, person, headers).await
    }

    /// Whose system keeps little for it, so that not reading is soon felt.
    pub async fn narrow(address: SocketAddr, room: RoomId, person: u128) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4 * 1024).unwrap();
        let stream = socket.connect(address).await.unwrap();
        Client::request(stream, room, person, "").await
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    pub async fn request(stream: S, room: RoomId, person: u128, headers: &str) -> Self {
        let mut client = Self { stream, received: Vec::new(), status: 0 };
        let request = format!(
            "GET /{room}/{person} HTTP/1.1\r\nhost: shop.example\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
        );
        client.send(request.as_bytes()).await;
        let end = loop {
            if let Some(at) = client.received.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            assert!(client.receive().await, "closed before an answer");
        };
        let head = String::from_utf8(client.received.drain(..end).collect()).unwrap();
        client.status = head[9..12].parse().unwrap();
        client
    }

    /// Sends bytes as they are.
    pub async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// Sends bytes to a server that may have gone away.
    pub async fn try_send(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).await.is_ok()
    }

    pub async fn say(&mut self, text: &str) {
        self.send(&frame(0x81, text.as_bytes())).await;
    }

    async fn receive(&mut self) -> bool {
        let read = tokio::time::timeout(PATIENCE, self.stream.read_buf(&mut self.received));
        read.await.expect("nothing was received").is_ok_and(|length| length > 0)
    }

    /// What comes next, of any kind.
    pub async fn next(&mut self) -> Came {
        loop {
            if let Some(came) = self.take_frame() {
                return came;
            }
            if !self.receive().await {
                return Came::End;
            }
        }
    }

    /// The next message; nothing else may come before it.
    pub async fn hear(&mut self) -> Value {
        match self.next().await {
            Came::Text(message) => message,
            other => panic!("{other:?} instead of a message"),
        }
    }

    /// The next message of a type.
    pub async fn read_until(&mut self, kind: &str) -> Value {
        loop {
            match self.next().await {
                Came::Text(message) if message["type"] == kind => return message,
                Came::Close(code) => panic!("closed with {code}"),
                Came::End => panic!("closed"),
                _ => {}
            }
        }
    }

    /// Reads on to the end, and says with which code it was closed and how many messages came before.
    pub async fn read_to_close(&mut self) -> (Option<u16>, Vec<Value>) {
        let mut messages = Vec::new();
        loop {
            match self.next().await {
                Came::Text(message) => messages.push(message),
                Came::Ping | Came::Pong(_) => {}
                Came::Close(code) => return (Some(code), messages),
                Came::End => return (None, messages),
            }
        }
    }

    /// Sends nothing more, and reads what is there.
    pub async fn finish(mut self) {
        let _ = self.stream.shutdown().await;
        while self.next().await != Came::End {}
    }

    /// The code with which it is closed; other messages may come before.
    pub async fn closed_with(&mut self) -> u16 {
        self.read_to_close().await.0.expect("closed without a code")
    }

    fn take_frame(&mut self) -> Option<Came> {
        let (first, second) = (*self.received.first()?, *self.received.get(1)?);
        assert_eq!(second & 0x80, 0, "a server does not mask");
        let (start, length) = match second {
            126 => (4, usize::from(u16::from_be_bytes(self.received.get(2..4)?.try_into().unwrap()))),
            127 => (10, u64::from_be_bytes(self.received.get(2..10)?.try_into().unwrap()) as usize),
            length => (2, usize::from(length)),
        };
        if self.received.len() < start + length {
            return None;
        }
        let frame: Vec<u8> = self.received.drain(..start + length).collect();
        let payload = &frame[start..];
        Some(match first {
            0x81 => Came::Text(serde_json::from_slice(payload).expect("a message is JSON")),
            0x88 => Came::Close(u16::from_be_bytes(payload.try_into().expect("a close has a code"))),
            0x89 => Came::Ping,
            0x8a => Came::Pong(payload.to_vec()),
            other => panic!("a frame that begins with {other:x}"),
        })
    }
}

/// A client's frame, masked as all of them are.
pub fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    const MASK: [u8; 4] = [7, 99, 180, 255];
    let mut frame = vec![first];
    match payload.len() {
        length @ 0..126 => frame.push(0x80 | length as u8),
        length @ 126..65_536 => {
            frame.push(0x80 | 126);
            frame.extend((length as u16).to_be_bytes());
        }
        length => {
            frame.push(0x80 | 127);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    frame.extend(MASK);
    frame.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

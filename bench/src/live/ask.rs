//! Asks a server one thing at a time, over HTTP or HTTPS: what opens rooms and connections, before anything is measured.

use crate::{Outcome, load::Answer};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, StreamOwned, pki_types::ServerName};

/// An answer that takes longer is none.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server as who asks it knows it.
#[derive(Clone)]
pub struct Site {
    pub address: SocketAddr,
    pub tls: Option<Arc<ClientConfig>>,
}

impl Site {
    /// How its addresses begin.
    pub fn origin(&self) -> String {
        format!("{}://{}", if self.tls.is_some() { "https" } else { "http" }, self.address)
    }

    pub fn get(&self, path: &str) -> Outcome<Answer> {
        self.ask("GET", path, &[], b"")
    }

    pub fn post(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Outcome<Answer> {
        self.ask("POST", path, headers, body)
    }

    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Outcome<Answer> {
        let (host, origin, length) = (self.address, self.origin(), body.len());
        let mut asked = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\norigin: {origin}\r\nconnection: close\r\n\
             content-length: {length}\r\n"
        );
        for (name, value) in headers {
            asked.push_str(&format!("{name}: {value}\r\n"));
        }
        let asked = [asked.as_bytes(), b"\r\n", body].concat();
        let stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let received = match &self.tls {
            None => exchange(stream, &asked)?,
            Some(tls) => {
                let name = ServerName::from(self.address.ip());
                exchange(StreamOwned::new(ClientConnection::new(tls.clone(), name)?, stream), &asked)?
            }
        };
        Answer::read(&received).map_err(|failure| format!("{method} {path}: {failure}").into())
    }
}

fn exchange(mut stream: impl Read + Write, asked: &[u8]) -> Outcome<Vec<u8>> {
    stream.write_all(asked)?;
    let mut received = Vec::new();
    stream.read_to_end(&mut received)?;
    Ok(received)
}

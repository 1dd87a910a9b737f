//! One connection of a viewer's, over TCP or TLS, that is never waited for.

use super::ask::Site;
use crate::Outcome;
use mio::{Interest, Registry, Token, net::TcpStream};
use std::io::{ErrorKind, Read, Write};
use tokio_rustls::rustls::{ClientConnection, pki_types::ServerName};

pub struct Wire {
    stream: TcpStream,
    tls: Option<Box<ClientConnection>>,
}

/// What there is to read.
pub enum Got {
    Bytes(usize),
    /// Nothing more at the moment.
    Nothing,
    Closed,
}

impl Wire {
    /// Connects; who asks waits only for this machine's own system.
    pub fn connect(site: &Site, registry: &Registry, token: Token) -> Outcome<Self> {
        let stream = std::net::TcpStream::connect(site.address)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let mut stream = TcpStream::from_std(stream);
        registry.register(&mut stream, token, Interest::READABLE)?;
        let name = || ServerName::from(site.address.ip());
        let tls = site.tls.as_ref().map(|tls| ClientConnection::new(tls.clone(), name())).transpose()?;
        let mut wire = Self { stream, tls: tls.map(Box::new) };
        wire.flush()?;
        Ok(wire)
    }

    /// Sends what is small enough for the system to take at once.
    pub fn send(&mut self, bytes: &[u8]) -> Outcome {
        match &mut self.tls {
            Some(tls) => tls.writer().write_all(bytes)?,
            None => self.stream.write_all(bytes)?,
        }
        self.flush()
    }

    fn flush(&mut self) -> Outcome {
        let Some(tls) = &mut self.tls else { return Ok(()) };
        while tls.wants_write() {
            tls.write_tls(&mut self.stream)?;
        }
        Ok(())
    }

    /// Reads until there is nothing; to be called again until it says so.
    pub fn read(&mut self, into: &mut [u8]) -> Outcome<Got> {
        let Some(tls) = &mut self.tls else { return got(self.stream.read(into)) };
        loop {
            match tls.reader().read(into) {
                Ok(length) => return got(Ok(length)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => return Ok(Got::Closed),
            }
            match got(tls.read_tls(&mut self.stream))? {
                Got::Bytes(_) => {}
                nothing => return Ok(nothing),
            }
            tls.process_new_packets()?;
            while tls.wants_write() {
                tls.write_tls(&mut self.stream)?;
            }
        }
    }
}

fn got(read: std::io::Result<usize>) -> Outcome<Got> {
    match read {
        Ok(0) => Ok(Got::Closed),
        Ok(length) => Ok(Got::Bytes(length)),
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(Got::Nothing),
        Err(_) => Ok(Got::Closed),
    }
}

//! A connection on which one thing is asked at a time and its answer read, whole if it is a playlist and counted if it
//! is a part.

use super::{
    ask::Site,
    wire::{Got, Wire},
};
use crate::Outcome;
use mio::{Registry, Token};

pub struct Line {
    wire: Wire,
    head: Vec<u8>,
    /// Bytes of the answer's body that are to come; `None` while its head is.
    left: Option<usize>,
    keeps: bool,
    pub body: Vec<u8>,
    /// Bytes that came, heads included.
    pub bytes: u64,
}

impl Line {
    pub fn open(site: &Site, registry: &Registry, token: Token, keeps: bool) -> Outcome<Self> {
        let wire = Wire::connect(site, registry, token)?;
        Ok(Self { wire, head: Vec::new(), left: None, keeps, body: Vec::new(), bytes: 0 })
    }

    pub fn ask(&mut self, asked: &str) -> Outcome {
        self.body.clear();
        self.wire.send(asked.as_bytes())
    }

    /// Reads all there is; true when that ends the answer.
    pub fn read(&mut self, buffer: &mut [u8]) -> Outcome<bool> {
        let mut is_whole = false;
        loop {
            match self.wire.read(buffer)? {
                Got::Bytes(length) => is_whole |= self.take(&buffer[..length])?,
                Got::Nothing => return Ok(is_whole),
                Got::Closed => return Err("the server closed a viewer's connection".into()),
            }
        }
    }

    fn take(&mut self, mut bytes: &[u8]) -> Outcome<bool> {
        self.bytes += bytes.len() as u64;
        let left = match self.left {
            Some(left) => left,
            None => {
                let before = self.head.len();
                self.head.extend_from_slice(bytes);
                let Some(end) = self.head.windows(4).position(|window| window == b"\r\n\r\n") else {
                    return Ok(false);
                };
                bytes = &bytes[end + 4 - before..];
                let length = length_of(std::str::from_utf8(&self.head[..end])?)?;
                self.head.clear();
                length
            }
        };
        if self.keeps {
            self.body.extend_from_slice(bytes);
        }
        let left = left.checked_sub(bytes.len()).ok_or("more came than was asked for")?;
        self.left = (left > 0).then_some(left);
        Ok(left == 0)
    }
}

fn length_of(head: &str) -> Outcome<usize> {
    if !head.starts_with("HTTP/1.1 200 ") {
        return Err(format!("a viewer was answered {}", head.lines().next().unwrap_or_default()).into());
    }
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    let length = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    Ok(length.ok_or("an answer without a length")?.1.trim().parse()?)
}

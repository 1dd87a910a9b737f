//! One socket as its writer loop knows it: what waits for it, how long it was silent, whether it is being closed.

use std::{io::IoSlice, sync::Arc};

use bytes::{Buf, Bytes};
use kernel::RoomId;
use tokio::task::AbortHandle;
use uuid::Uuid;

use super::{batch::Batch, goodbye_by};
use crate::hub::{
    Limits, frames,
    socket::Link,
    time::{Moment, millis},
};

/// Pieces that are given to the system at once; it takes some hundred.
const PIECES: usize = 32;

pub struct Place {
    pub link: Arc<Link>,
    pub room: RoomId,
    pub person: Uuid,
    pub joined: bool,
    /// Its place among those of the room.
    pub member: usize,
    reader: AbortHandle,
    opened: Moment,
    pinged: bool,
    /// When it will be cut, once a close was sent.
    goodbye: Option<Moment>,
    /// Almost always nothing, and then no memory.
    pending: Vec<Bytes>,
    pending_bytes: usize,
    in_behind: bool,
}

/// More was waiting for it than may.
#[derive(Debug)]
pub struct TooSlow;

/// What silence leads to.
#[derive(Debug, PartialEq, Eq)]
pub enum After {
    Nothing,
    Ping,
    Close,
    Cut,
}

impl Place {
    pub fn new(
        link: Arc<Link>,
        room: RoomId,
        person: Uuid,
        reader: AbortHandle,
        now: Moment,
        member: usize,
    ) -> Self {
        Self {
            link,
            room,
            person,
            joined: false,
            member,
            reader,
            opened: now,
            pinged: false,
            goodbye: None,
            pending: Vec::new(),
            pending_bytes: 0,
            in_behind: false,
        }
    }

    /// Writes what the batch has for it. What does not go at once waits; who lets too much wait is too slow.
    pub fn write_batch(&mut self, at: usize, batch: &Batch, at_most: usize) -> Result<(), TooSlow> {
        if self.goodbye.is_some() {
            return Ok(());
        }
        if self.pending.is_empty() && !batch.is_special(at, self.person) {
            if self.joined {
                self.write(batch.all().clone());
            }
            return Ok(());
        }
        let was_behind = !self.pending.is_empty();
        let frames = batch.frames_for(at, self.person, self.joined, was_behind);
        let more: usize = frames.iter().map(Bytes::len).sum();
        // A snapshot may be larger than what may wait; it is shared with everyone who joins.
        if was_behind && self.pending_bytes + more > at_most {
            return Err(TooSlow);
        }
        self.pending.extend(frames);
        self.pending_bytes += more;
        self.push();
        Ok(())
    }

    fn write(&mut self, mut bytes: Bytes) {
        if bytes.is_empty() {
            return;
        }
        match self.link.write(&[IoSlice::new(&bytes)]) {
            Ok(length) if length == bytes.len() => {}
            Ok(length) => {
                bytes.advance(length);
                self.pending_bytes = bytes.len();
                self.pending.push(bytes);
            }
            Err(_) => self.cut(),
        }
    }

    /// Writes as much of what waits as goes.
    fn push(&mut self) {
        while !self.pending.is_empty() {
            let slices: Vec<_> = self.pending.iter().take(PIECES).map(|piece| IoSlice::new(piece)).collect();
            let offered: usize = slices.iter().map(|slice| slice.len()).sum();
            let Ok(written) = self.link.write(&slices) else { return self.cut() };
            self.pending_bytes -= written;
            self.forget(written);
            if written < offered {
                return;
            }
        }
        self.pending = Vec::new();
    }

    /// Forgets what was written of what waited.
    fn forget(&mut self, mut written: usize) {
        let mut done = 0;
        for piece in &mut self.pending {
            let length = written.min(piece.len());
            piece.advance(length);
            written -= length;
            if !piece.is_empty() {
                break;
            }
            done += 1;
        }
        self.pending.drain(..done);
    }

    /// Whether it has come to be behind, which is said once until it has caught up.
    pub fn falls_behind(&mut self) -> bool {
        let behind = !self.pending.is_empty() || self.link.keeps_back();
        let falls = behind && !self.in_behind;
        self.in_behind |= behind;
        falls
    }

    /// Tries again, and says whether it is still behind.
    pub fn push_on(&mut self) -> bool {
        self.push();
        if self.link.keeps_back() && self.link.flush().is_err() {
            self.cut();
        }
        self.in_behind = !self.pending.is_empty() || self.link.keeps_back();
        self.in_behind
    }

    /// Says goodbye after what waits: it can be read only in order.
    pub fn close(&mut self, code: u16, now: Moment) {
        if self.goodbye.is_some() {
            return;
        }
        self.goodbye = Some(goodbye_by(now));
        let frame = frames::closing(code);
        self.pending_bytes += frame.len();
        self.pending.push(frame);
        self.push();
    }

    /// Ends the connection now. Its reader tells the loop that it is gone.
    pub fn cut(&mut self) {
        self.goodbye.get_or_insert(0);
        self.pending = Vec::new();
        self.pending_bytes = 0;
        self.reader.abort();
    }

    pub fn silence(&mut self, now: Moment, limits: &Limits) -> After {
        if let Some(by) = self.goodbye {
            return if now >= by { After::Cut } else { After::Nothing };
        }
        let silent = now.saturating_sub(self.link.heard());
        let (ping_after, join_within) = (millis(limits.ping_after), millis(limits.join_within));
        if silent >= 2 * ping_after || !self.joined && now >= self.opened + join_within {
            return After::Close;
        }
        if silent < ping_after {
            self.pinged = false;
            return After::Nothing;
        }
        if std::mem::replace(&mut self.pinged, true) { After::Nothing } else { After::Ping }
    }
}

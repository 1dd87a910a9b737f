//! What one viewer sends, from the join to the goodbye, with the limits that keep one viewer from being a burden to
//! others.

use bytes::Bytes;
use kernel::RoomId;
use serde_json::json;
use std::sync::Arc;

use super::{
    Inbound, Reply, Viewer, close,
    event::envelope,
    frames::{self, Decoder, Inward, Read},
    message::{self, MessageId, Said},
    room::Asking,
    running::{Running, Socket},
    shares::{Allowance, Leave, Place},
    time::Moment,
    writer::Order,
};

/// The viewer closes, and we agree (RFC 6455, section 7.4.1).
const NORMAL: u16 = 1000;
/// A message is refused because there were too many, of this viewer or of its address.
const TOO_MANY: &str = "too-many";

pub struct Reader {
    hub: Arc<Running>,
    socket: Socket,
    room: RoomId,
    viewer: Viewer,
    place: Place,
    asked: Moment,
    joined: bool,
    frames: Allowance,
    /// Refused one after the other.
    refused: u32,
}

/// Whether to read on.
enum Next {
    GoOn,
    Close(u16),
    /// The viewer has said goodbye.
    End,
}

impl Reader {
    pub fn new(
        hub: Arc<Running>,
        socket: Socket,
        room: RoomId,
        viewer: Viewer,
        place: Place,
        asked: Moment,
    ) -> Self {
        let (frames, refused) = (Allowance::default(), 0);
        Self { hub, socket, room, viewer, place, asked, joined: false, frames, refused }
    }

    /// Reads until the connection ends; `first` came with its request.
    pub async fn run(mut self, first: Bytes) {
        let mut decoder = Decoder::default();
        let largest = self.hub.limits.inbound_bytes;
        let mut read = decoder.read(&first, largest);
        // Be it empty, it is a piece of HTTP's buffer and keeps all of it: 16 KiB, four times what else a socket costs.
        drop(first);
        loop {
            match self.take(read).await {
                Next::GoOn => {}
                Next::Close(code) => {
                    self.close(code);
                    break;
                }
                Next::End => return self.close(NORMAL),
            }
            let Ok(Some(received)) = self.socket.0.receive(&mut decoder, largest).await else { return };
            self.socket.0.set_heard(self.hub.time.now());
            read = received;
        }
        // A connection that is closed before everything was read loses what was sent last, which says why. The
        // writer loop ends the wait.
        while let Ok(Some(read)) = self.socket.0.receive(&mut decoder, largest).await {
            if read.came.contains(&Inward::Close) {
                return;
            }
        }
    }

    fn close(&self, code: u16) {
        let link = self.socket.0.clone();
        self.hub.writer(&link).give(Order::Close { link: link.clone(), code });
    }

    async fn take(&mut self, read: Read) -> Next {
        let (now, limits) = (self.hub.time.now(), &self.hub.limits);
        for _ in 0..read.frames {
            if !self.frames.take(now, limits.frame_every, limits.frame_burst) {
                return Next::Close(close::FLOOD);
            }
        }
        for inward in read.came {
            let next = match inward {
                Inward::Text(text) => self.hear(&text).await,
                Inward::Ping(carried) => {
                    self.hub.tell_one(&self.socket, frames::pong(&carried));
                    Next::GoOn
                }
                Inward::Close => Next::End,
            };
            if !matches!(next, Next::GoOn) {
                return next;
            }
        }
        read.fault.map_or(Next::GoOn, |fault| Next::Close(fault.code()))
    }

    async fn hear(&mut self, text: &str) -> Next {
        let Ok(said) = message::read(text) else { return Next::Close(close::NOT_UNDERSTOOD) };
        match said {
            // The first message is a join, and no other is.
            Said::Join { .. } if self.joined => Next::Close(close::PROTOCOL),
            Said::Join { since } => {
                self.joined = true;
                let (socket, person) = (self.socket.clone(), self.viewer.person);
                self.hub.join(self.room, Asking { socket, person, asked: self.asked, since });
                Next::GoOn
            }
            _ if !self.joined => Next::Close(close::PROTOCOL),
            Said::Like { times } => self.like(times),
            Said::Other { id, inbound } => self.say(id, inbound).await,
        }
    }

    fn like(&mut self, times: u64) -> Next {
        let limits = &self.hub.limits;
        let leave = self.place.may_like(self.hub.time.now(), limits);
        if leave == Leave::Given {
            let times = times.min(limits.likes_at_once);
            self.hub.in_room(self.room, |room, _| room.like(times));
        }
        self.judge(leave)
    }

    async fn say(&mut self, id: Option<MessageId>, inbound: Inbound) -> Next {
        let leave = self.place.may_say(self.hub.time.now(), &self.hub.limits);
        let reply = if leave == Leave::Given {
            let reply = self.hub.source().inbound(self.room, &self.viewer, inbound).await;
            // While it was answered it could not be heard.
            self.socket.0.set_heard(self.hub.time.now());
            reply
        } else {
            Reply::Refused { error: TOO_MANY.into(), with: json!({}) }
        };
        match message::answer(&id, &reply) {
            Ok(d) => {
                let frame = frames::text(&envelope(self.room, None, "reply", &d));
                self.hub.tell_one(&self.socket, frame);
            }
            Err(error) => tracing::error!(%error, "a reply cannot be written"),
        }
        self.judge(leave)
    }

    /// Who goes on and on after being refused is sent away; not for what others of the same address do.
    fn judge(&mut self, leave: Leave) -> Next {
        match leave {
            Leave::Given => self.refused = 0,
            Leave::SpentByPerson => self.refused += 1,
            Leave::SpentByAddress => {}
        }
        if self.refused > self.hub.limits.refused_messages { Next::Close(close::FLOOD) } else { Next::GoOn }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if self.joined {
            let (socket, person) = (&self.socket, self.viewer.person);
            self.hub.in_room(self.room, |room, now| room.leave(now, socket, person));
        }
        let link = self.socket.0.clone();
        self.hub.writer(&link).give(Order::Gone { link: link.clone() });
    }
}

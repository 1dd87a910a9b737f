//! One browser's connection: packets and time in, packets and frames out. It owns no socket, so it never waits.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use str0m::net::{Protocol, Receive};
use str0m::{Event, IceConnectionState, Input, Output, Rtc};

use super::desk::{Desk, Packet, PeerId, Ticket};
use super::publisher::Publisher;
use super::socket::Outbox;
use super::viewer::Viewer;
use super::{CONNECT_WITHIN, LEAVE_WITHIN, UNHEARD_MAX};
use crate::room::relay::Relayed;

/// A browser sends so many packets at once at most before we look at the clock again.
const OUTPUTS_MAX: usize = 20_000;

pub(super) struct Peer {
    rtc: Rtc,
    role: Role,
    ticket: Ticket,
    desk: Arc<Desk>,
    /// Our address that the browser calls.
    called: Option<IpAddr>,
    stage: Stage,
    /// When it is gone if nothing happens.
    deadline: Instant,
    /// When str0m wants to be asked again.
    due: Instant,
}

/// What the connection is for.
pub(super) enum Role {
    In(Box<Publisher>),
    Out(Viewer),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Connecting,
    Connected,
    /// Goodbyes are on their way.
    Leaving,
}

impl Peer {
    pub(super) fn new(rtc: Rtc, role: Role, ticket: Ticket, desk: Arc<Desk>, now: Instant) -> Self {
        Self {
            rtc,
            role,
            ticket,
            desk,
            called: None,
            stage: Stage::Connecting,
            deadline: now + CONNECT_WITHIN,
            due: now,
        }
    }

    pub(super) fn id(&self) -> PeerId {
        self.ticket.id()
    }

    pub(super) fn viewer(&self) -> Option<&Viewer> {
        if let Role::Out(viewer) = &self.role { Some(viewer) } else { None }
    }

    /// When it must be looked at without anything having come.
    pub(super) fn due(&self) -> Instant {
        self.due.min(self.deadline)
    }

    pub(super) fn receive(&mut self, packet: &Packet, now: Instant) {
        let Some(ours) = self.candidate_for(packet.from) else { return };
        let Ok(received) = Receive::new(Protocol::Udp, packet.from, ours, &packet.bytes) else { return };
        let input = Input::Receive(now, received);
        // Also tells whether a greeting bears our password.
        if !self.rtc.accepts(&input) {
            return;
        }
        let is_greeting = packet.bytes.first().is_some_and(|first| *first < 4);
        if is_greeting {
            self.ticket.came_from(packet.from);
            self.called = packet.to;
        }
        if self.stage == Stage::Connected && matches!(self.role, Role::Out(_)) {
            self.deadline = now + UNHEARD_MAX;
        }
        if self.rtc.handle_input(input).is_err() {
            self.rtc.disconnect();
        }
    }

    /// The address of ours that a browser at this one was told: of the same kind as its own.
    fn candidate_for(&self, from: SocketAddr) -> Option<SocketAddr> {
        let ours = &self.desk.common.addresses;
        let kind = |address: &&SocketAddr| address.is_ipv4() == from.ip().to_canonical().is_ipv4();
        ours.iter().find(kind).or(ours.first()).copied()
    }

    /// A frame of the viewer's room. True if packets are waiting to be sent.
    pub(super) fn write(&mut self, relayed: &Relayed) -> bool {
        match &mut self.role {
            Role::Out(viewer) if self.stage == Stage::Connected => viewer.write(&mut self.rtc, relayed),
            _ => false,
        }
    }

    /// A frame was lost on the way to the viewer.
    pub(super) fn lost_a_frame(&mut self) {
        if let Role::Out(viewer) = &mut self.role {
            viewer.wait_for_key();
        }
    }

    /// Says goodbye.
    pub(super) fn leave(&mut self, now: Instant) {
        if self.stage == Stage::Leaving {
            return;
        }
        let was_connected = self.stage == Stage::Connected;
        self.stage = Stage::Leaving;
        self.deadline = now + LEAVE_WITHIN;
        if let Role::In(publisher) = &mut self.role {
            publisher.end(now);
        }
        if !was_connected || self.rtc.close().is_err() {
            self.rtc.disconnect();
        }
    }

    /// Lets the connection do what is due, and takes its packets. False when it is over.
    pub(super) fn run(&mut self, now: Instant, outbox: &mut Outbox, together_max: usize) -> bool {
        if now >= self.deadline {
            if self.stage == Stage::Leaving {
                return false;
            }
            self.leave(now);
        }
        if self.rtc.handle_input(Input::Timeout(now)).is_err() {
            self.rtc.disconnect();
        }
        for _ in 0..OUTPUTS_MAX {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(due)) => {
                    self.due = due;
                    break;
                }
                Ok(Output::Transmit(packet)) => {
                    outbox.push(packet.destination, self.called, &packet.contents, together_max);
                }
                Ok(Output::Event(event)) => self.take(event, now),
                Err(error) => {
                    tracing::debug!(%error, "a WebRTC connection broke");
                    self.rtc.disconnect();
                    break;
                }
            }
        }
        if let Role::In(publisher) = &mut self.role
            && self.stage == Stage::Connected
        {
            publisher.ask_for_key(&mut self.rtc, now);
            // The question goes out with the next round.
            self.due = self.due.min(publisher.due(now));
            if let Some(until) = publisher.silent_from() {
                self.deadline = until;
            }
        }
        self.rtc.is_alive()
    }

    fn take(&mut self, event: Event, now: Instant) {
        match event {
            Event::Connected if self.stage == Stage::Connecting => {
                self.stage = Stage::Connected;
                self.ticket.connected();
                self.deadline = now + UNHEARD_MAX;
                let may_stay = match &mut self.role {
                    Role::In(publisher) => publisher.begin(now),
                    Role::Out(viewer) => {
                        viewer.wait_for_key();
                        true
                    }
                };
                if !may_stay {
                    self.leave(now);
                }
            }
            Event::MediaData(media) => {
                if let Role::In(publisher) = &mut self.role
                    && !publisher.take(&media, now)
                {
                    self.leave(now);
                }
            }
            Event::KeyframeRequest(_) => {
                if let Role::Out(viewer) = &mut self.role {
                    viewer.wish_for_key();
                }
            }
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) => self.leave(now),
            Event::Closed => self.leave(now),
            _ => {}
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // Whatever ended it, a host that fell silent hears so when it looks.
        if let Role::In(publisher) = &mut self.role {
            publisher.end(Instant::now());
        }
    }
}

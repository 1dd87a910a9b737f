//! A task that owns connections: hears what comes for them, lets them run when they are due, and sends what they say.

use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Instant;

use tokio::sync::mpsc;
use tokio::time::sleep_until;

use super::desk::{Command, Commands, Desk, Packet, PeerId};
use super::peer::Peer;
use super::socket::{Outbox, Socket};
use crate::room::Room;
use crate::room::relay::{Ear, Heard, Tracks};

/// What is taken before anything is sent: fairness between those who send and those who wait.
const AT_ONCE: usize = 256;

/// What is gathered before it is sent.
const SENT_BYTES: usize = 1_024 * 1_024;

/// Runs until the desk is gone.
pub(super) async fn run(commands: Commands, socket: Arc<Socket>, _desk: Arc<Desk>) {
    let Commands { own, mut commands, mut packets } = commands;
    let mut worker = Worker::new(own);
    let mut outbox = Outbox::default();
    loop {
        let due = worker.next_due();
        tokio::select! {
            biased;
            command = commands.recv() => match command {
                Some(command) => worker.take(command),
                None => return,
            },
            packet = packets.recv() => match packet {
                Some(packet) => worker.receive(&packet),
                None => return,
            },
            () = sleep_until(due.into()) => {}
        }
        for _ in 0..AT_ONCE {
            match commands.try_recv() {
                Ok(command) => worker.take(command),
                Err(_) => break,
            }
        }
        for _ in 0..AT_ONCE {
            match packets.try_recv() {
                Ok(packet) => worker.receive(&packet),
                Err(_) => break,
            }
        }
        // A key frame for everyone is sent piece by piece, or it would have to be held for everyone at once.
        loop {
            let is_done = worker.run_due(&mut outbox, socket.together_max());
            if !outbox.is_empty() {
                outbox.flush(&socket).await;
            }
            if is_done {
                break;
            }
        }
    }
}

struct Worker {
    own: mpsc::Sender<Command>,
    peers: HashMap<PeerId, Slot>,
    audiences: HashMap<u64, Audience>,
    next_audience: u64,
    /// Who wants to run when, and who has to at once.
    due: BTreeSet<(Instant, PeerId)>,
    touched: Vec<PeerId>,
}

struct Slot {
    peer: Peer,
    /// Where it stands in the queue of those who want to run.
    queued: Instant,
    /// Whether it has to run at once.
    is_touched: bool,
}

/// This task's viewers of one room.
struct Audience {
    room: Arc<Room>,
    viewers: Vec<PeerId>,
    line: Arc<Line>,
}

/// What an ear and its audience share: the ear goes when this does.
#[derive(Default)]
struct Line {
    /// Whether the task was too busy for a frame.
    has_gap: AtomicBool,
}

struct OneEar {
    audience: u64,
    commands: mpsc::Sender<Command>,
    line: Weak<Line>,
}

impl Ear for OneEar {
    fn hear(&self, heard: &Heard) -> bool {
        let Some(line) = self.line.upgrade() else { return false };
        match self.commands.try_send(Command::Heard(self.audience, heard.clone())) {
            Ok(()) => true,
            Err(mpsc::error::TrySendError::Full(_)) => {
                line.has_gap.store(true, Ordering::Relaxed);
                true
            }
            Err(mpsc::error::TrySendError::Closed(_)) => false,
        }
    }
}

impl Worker {
    fn new(own: mpsc::Sender<Command>) -> Self {
        Self {
            own,
            peers: HashMap::new(),
            audiences: HashMap::new(),
            next_audience: 0,
            due: BTreeSet::new(),
            touched: Vec::new(),
        }
    }

    fn next_due(&self) -> Instant {
        let idle = std::time::Duration::from_secs(60);
        self.due.first().map_or_else(|| Instant::now() + idle, |(due, _)| *due)
    }

    fn take(&mut self, command: Command) {
        match command {
            Command::Join(peer) => self.join(*peer),
            Command::Leave(id) => self.with(id, |peer, now| peer.leave(now)),
            Command::Heard(audience, heard) => self.hear(audience, &heard),
        }
    }

    fn join(&mut self, peer: Peer) {
        let id = peer.id();
        if let Some(room) = peer.viewer().map(|viewer| viewer.seat().room().clone())
            && !self.seat(id, &room)
        {
            return;
        }
        let queued = peer.due();
        self.due.insert((queued, id));
        self.peers.insert(id, Slot { peer, queued, is_touched: true });
        self.touched.push(id);
    }

    fn touch(&mut self, id: PeerId) {
        let Some(slot) = self.peers.get_mut(&id) else { return };
        if !slot.is_touched {
            slot.is_touched = true;
            self.touched.push(id);
        }
    }

    /// Adds a viewer to the room's audience, which begins to listen with its first. False when the show is over.
    fn seat(&mut self, id: PeerId, room: &Arc<Room>) -> bool {
        if let Some(audience) = self.audiences.values_mut().find(|audience| Arc::ptr_eq(&audience.room, room))
        {
            audience.viewers.push(id);
            return true;
        }
        self.next_audience += 1;
        let line = Arc::new(Line::default());
        let ear =
            OneEar { audience: self.next_audience, commands: self.own.clone(), line: Arc::downgrade(&line) };
        if room.listen(Box::new(ear)).is_none() {
            return false;
        }
        let audience = Audience { room: room.clone(), viewers: vec![id], line };
        self.audiences.insert(self.next_audience, audience);
        true
    }

    fn hear(&mut self, audience: u64, heard: &Heard) {
        let Some(audience) = self.audiences.get(&audience) else { return };
        let viewers = audience.viewers.clone();
        if audience.line.has_gap.swap(false, Ordering::Relaxed) {
            for id in &viewers {
                self.with(*id, |peer, _| peer.lost_a_frame());
            }
        }
        match heard {
            Heard::Frame(relayed) => {
                for id in viewers {
                    let Some(slot) = self.peers.get_mut(&id) else { continue };
                    if slot.peer.write(relayed) {
                        self.touch(id);
                    }
                }
            }
            Heard::Tracks(tracks) => self.send_away(&viewers, Some(*tracks)),
            Heard::Over => self.send_away(&viewers, None),
        }
    }

    /// Says goodbye to those who cannot have what there is.
    fn send_away(&mut self, viewers: &[PeerId], tracks: Option<Tracks>) {
        for id in viewers {
            self.with(*id, |peer, now| {
                let stays =
                    tracks.is_some_and(|tracks| peer.viewer().is_some_and(|viewer| viewer.can_have(tracks)));
                if !stays {
                    peer.leave(now);
                }
            });
        }
    }

    fn receive(&mut self, packet: &Packet) {
        self.with(packet.peer, |peer, now| peer.receive(packet, now));
    }

    /// Does something with a connection. A fault in what reads strangers' packets ends that connection and no other.
    fn with(&mut self, id: PeerId, act: impl FnOnce(&mut Peer, Instant)) {
        let Some(slot) = self.peers.get_mut(&id) else { return };
        let now = Instant::now();
        if catch_unwind(AssertUnwindSafe(|| act(&mut slot.peer, now))).is_ok() {
            self.touch(id);
        } else {
            tracing::error!("a WebRTC connection panicked and was dropped");
            self.remove(id);
        }
    }

    /// Lets everyone run who is due or to whom something happened, until there is much to send. True when all have.
    fn run_due(&mut self, outbox: &mut Outbox, together_max: usize) -> bool {
        let now = Instant::now();
        while let Some((due, id)) = self.due.first().copied().filter(|(due, _)| *due <= now) {
            self.due.remove(&(due, id));
            self.touch(id);
        }
        while outbox.len() < SENT_BYTES {
            let Some(id) = self.touched.pop() else { return true };
            let Some(slot) = self.peers.get_mut(&id) else { continue };
            slot.is_touched = false;
            match catch_unwind(AssertUnwindSafe(|| slot.peer.run(now, outbox, together_max))) {
                Ok(true) => {
                    self.due.remove(&(slot.queued, id));
                    slot.queued = slot.peer.due();
                    self.due.insert((slot.queued, id));
                }
                Ok(false) => self.remove(id),
                Err(_) => {
                    tracing::error!("a WebRTC connection panicked and was dropped");
                    self.remove(id);
                }
            }
        }
        self.touched.is_empty()
    }

    fn remove(&mut self, id: PeerId) {
        let Some(slot) = self.peers.remove(&id) else { return };
        self.due.remove(&(slot.queued, id));
        if slot.peer.viewer().is_none() {
            return;
        }
        self.audiences.retain(|_, audience| {
            audience.viewers.retain(|viewer| *viewer != id);
            !audience.viewers.is_empty()
        });
    }
}

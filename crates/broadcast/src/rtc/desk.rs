//! Who is connected or about to be: gives out places, and tells whose a packet is.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use str0m::IceCreds;
use tokio::sync::mpsc;

use super::offer::Common;
use super::peer::Peer;
use super::{CONNECTING_MAX, CONNECTING_OF_ADDRESS_MAX, PEERS_MAX};
use crate::room::relay::Heard;

/// What waits for one task: a quarter of a second of a full house.
const COMMANDS_MAX: usize = 4_096;
const PACKETS_MAX: usize = 4_096;

/// Addresses that one connection may come from: a phone that goes from one network to the next.
const ADDRESSES_OF_PEER_MAX: usize = 8;

/// A connection's number in this process.
pub(super) type PeerId = u64;

/// What a task that owns connections is told.
pub(super) enum Command {
    Join(Box<Peer>),
    Leave(PeerId),
    /// Something of the room that the task gave this number.
    Heard(u64, Heard),
}

/// One datagram of a connection.
pub(super) struct Packet {
    pub(super) peer: PeerId,
    pub(super) from: SocketAddr,
    /// Which of our addresses it came to.
    pub(super) to: Option<IpAddr>,
    pub(super) bytes: Bytes,
}

/// What a task hears by.
pub(super) struct Commands {
    pub(super) own: mpsc::Sender<Command>,
    pub(super) commands: mpsc::Receiver<Command>,
    pub(super) packets: mpsc::Receiver<Packet>,
}

struct Task {
    commands: mpsc::Sender<Command>,
    packets: mpsc::Sender<Packet>,
}

pub(crate) struct Desk {
    pub(super) common: Common,
    tasks: Vec<Task>,
    next: AtomicU64,
    book: Arc<Mutex<Book>>,
}

#[derive(Default)]
struct Book {
    /// By the name that a browser calls us with, by the secret in the session's address, and by the browser's address.
    by_name: HashMap<String, PeerId>,
    by_session: HashMap<String, PeerId>,
    by_address: HashMap<SocketAddr, PeerId>,
    peers: HashMap<PeerId, Entry>,
    connecting: usize,
    connecting_of: HashMap<IpAddr, usize>,
}

struct Entry {
    task: usize,
    addresses: Vec<SocketAddr>,
}

impl Desk {
    pub(super) fn new(common: Common, tasks: usize) -> (Self, Vec<Commands>) {
        let mut senders = Vec::with_capacity(tasks);
        let receivers = (0..tasks.max(1)).map(|_| {
            let (own, commands) = mpsc::channel(COMMANDS_MAX);
            let (packets, arriving) = mpsc::channel(PACKETS_MAX);
            senders.push(Task { commands: own.clone(), packets });
            Commands { own, commands, packets: arriving }
        });
        let receivers: Vec<Commands> = receivers.collect();
        let desk = Self { common, tasks: senders, next: AtomicU64::new(1), book: Arc::default() };
        (desk, receivers)
    }

    /// A place for one more connection, until the ticket is dropped; `None` while there are too many.
    pub(super) fn enter(&self, from: Option<IpAddr>) -> Option<Ticket> {
        let mut book = lock(&self.book);
        let of_address = from.map_or(0, |from| book.connecting_of.get(&from).copied().unwrap_or(0));
        if book.peers.len() >= PEERS_MAX
            || book.connecting >= CONNECTING_MAX
            || of_address >= CONNECTING_OF_ADDRESS_MAX
        {
            return None;
        }
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let name = kernel::random_token();
        let session = kernel::random_token();
        let task = usize::try_from(id).unwrap_or(0) % self.tasks.len();
        book.by_name.insert(name.clone(), id);
        book.by_session.insert(session.clone(), id);
        book.peers.insert(id, Entry { task, addresses: Vec::new() });
        book.connecting += 1;
        if let Some(from) = from {
            *book.connecting_of.entry(from).or_default() += 1;
        }
        Some(Ticket { id, name, session, waits: Some(from), book: self.book.clone() })
    }

    /// Hands a connection to its task; false when that is overwhelmed.
    pub(super) fn join(&self, peer: Peer) -> bool {
        let Some(task) = self.task_of(peer.id()) else { return false };
        task.commands.try_send(Command::Join(Box::new(peer))).is_ok()
    }

    /// Ends the session with this secret; false if there is none.
    pub(super) fn leave(&self, session: &str) {
        let id = lock(&self.book).by_session.get(session).copied();
        if let Some((id, task)) = id.and_then(|id| Some((id, self.task_of(id)?))) {
            // A task that is overwhelmed hears of it when the browser says goodbye, or falls silent.
            let _ = task.commands.try_send(Command::Leave(id));
        }
    }

    fn task_of(&self, id: PeerId) -> Option<&Task> {
        let task = lock(&self.book).peers.get(&id)?.task;
        self.tasks.get(task)
    }

    /// Passes a datagram on to whom it belongs. Whose nobody is, is dropped here, before it costs anything.
    pub(super) fn deliver(&self, from: SocketAddr, to: Option<IpAddr>, bytes: &[u8]) {
        let found = {
            let book = lock(&self.book);
            // Only a greeting may come from where nobody came from before.
            let greeted = name_called(bytes).and_then(|name| book.by_name.get(name));
            let id = greeted.or_else(|| book.by_address.get(&from)).copied();
            id.and_then(|id| Some((id, book.peers.get(&id)?.task)))
        };
        let Some((peer, task)) = found else { return };
        let packet = Packet { peer, from, to, bytes: Bytes::copy_from_slice(bytes) };
        // Too much at once is lost, as on any network.
        let _ = self.tasks[task].packets.try_send(packet);
    }

    #[cfg(test)]
    pub(super) fn peers(&self) -> usize {
        lock(&self.book).peers.len()
    }
}

fn lock(book: &Mutex<Book>) -> MutexGuard<'_, Book> {
    book.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The name of ours in a greeting: the first half of a STUN message's USERNAME (RFC 8445, 7.2.2).
fn name_called(bytes: &[u8]) -> Option<&str> {
    // Messages begin with two zero bits; what else comes here does not. The cookie stands in bytes 4 to 8.
    if bytes.len() < 20 || bytes[0] > 3 || bytes[4..8] != [0x21, 0x12, 0xa4, 0x42] {
        return None;
    }
    let mut rest = &bytes[20..];
    loop {
        let (head, after) = rest.split_first_chunk::<4>()?;
        let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
        if head[..2] == [0, 6] {
            let both = std::str::from_utf8(after.get(..length)?).ok()?;
            return both.split(':').next();
        }
        rest = after.get(length.next_multiple_of(4)..)?;
    }
}

/// A connection's place, free again when dropped.
pub(super) struct Ticket {
    id: PeerId,
    name: String,
    session: String,
    /// Where it was asked from, while the connection has not come about.
    waits: Option<Option<IpAddr>>,
    book: Arc<Mutex<Book>>,
}

impl Ticket {
    pub(super) fn id(&self) -> PeerId {
        self.id
    }

    pub(super) fn session(&self) -> &str {
        &self.session
    }

    pub(super) fn credentials(&self) -> IceCreds {
        IceCreds { ufrag: self.name.clone(), pass: kernel::random_token() }
    }

    /// The connection has come about.
    pub(super) fn connected(&mut self) {
        let book = self.book.clone();
        self.no_longer_waits(&mut lock(&book));
    }

    fn no_longer_waits(&mut self, book: &mut Book) {
        let Some(from) = self.waits.take() else { return };
        book.connecting = book.connecting.saturating_sub(1);
        let Some(from) = from else { return };
        if let Some(count) = book.connecting_of.get_mut(&from) {
            *count -= 1;
            if *count == 0 {
                book.connecting_of.remove(&from);
            }
        }
    }

    /// Packets from there are this connection's: it has proved so.
    pub(super) fn came_from(&self, address: SocketAddr) {
        let mut book = lock(&self.book);
        if book.by_address.get(&address) == Some(&self.id) {
            return;
        }
        let Some(entry) = book.peers.get_mut(&self.id) else { return };
        entry.addresses.push(address);
        let oldest = (entry.addresses.len() > ADDRESSES_OF_PEER_MAX).then(|| entry.addresses.remove(0));
        book.by_address.insert(address, self.id);
        if let Some(oldest) = oldest {
            book.forget_address(oldest, self.id);
        }
    }
}

impl Book {
    fn forget_address(&mut self, address: SocketAddr, id: PeerId) {
        // Somebody else may be there by now.
        if self.by_address.get(&address) == Some(&id) {
            self.by_address.remove(&address);
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let book = self.book.clone();
        let mut book = lock(&book);
        self.no_longer_waits(&mut book);
        book.by_name.remove(&self.name);
        book.by_session.remove(&self.session);
        if let Some(entry) = book.peers.remove(&self.id) {
            for address in entry.addresses {
                book.forget_address(address, self.id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk() -> (Desk, Vec<Commands>) {
        Desk::new(Common::new(vec![([127, 0, 0, 1], 9).into()]).unwrap(), 2)
    }

    #[test]
    fn places_are_limited_and_free_again() {
        let (desk, _tasks) = desk();
        let home = Some(IpAddr::from([203, 0, 113, 7]));
        let mut inside: Vec<Ticket> =
            (0..CONNECTING_OF_ADDRESS_MAX).filter_map(|_| desk.enter(home)).collect();
        assert_eq!(inside.len(), CONNECTING_OF_ADDRESS_MAX);
        assert!(desk.enter(home).is_none(), "one address has only so many");
        assert!(desk.enter(Some(IpAddr::from([203, 0, 113, 8]))).is_some());
        inside[0].connected();
        assert!(desk.enter(home).is_some(), "who is connected does not wait");
        inside.extend((0..CONNECTING_MAX).filter_map(|_| desk.enter(None)));
        assert!(desk.enter(None).is_none(), "and all together have only so many");
        inside.clear();
        assert_eq!(desk.peers(), 0);
        assert!(desk.enter(home).is_some());
        let book = lock(&desk.book);
        assert!(book.by_name.is_empty() && book.by_session.is_empty() && book.connecting_of.is_empty());
    }

    #[test]
    fn addresses_are_bounded_and_go_with_their_connection() {
        let (desk, _tasks) = desk();
        let ticket = desk.enter(None).unwrap();
        let other = desk.enter(None).unwrap();
        for port in 1..100 {
            ticket.came_from(([192, 0, 2, 1], port).into());
        }
        other.came_from(([192, 0, 2, 1], 99).into());
        assert_eq!(lock(&desk.book).by_address.len(), ADDRESSES_OF_PEER_MAX);
        drop(ticket);
        assert_eq!(lock(&desk.book).by_address.len(), 1, "what the other has proved since stays");
    }

    #[test]
    fn a_greeting_names_whom_it_is_for() {
        let mut greeting = vec![0, 1, 0, 20, 0x21, 0x12, 0xa4, 0x42];
        greeting.extend([7; 12]);
        greeting.extend([0x80, 0x22, 0, 1, b'x', 0, 0, 0]);
        greeting.extend([0, 6, 0, 5]);
        greeting.extend(b"abc:d\0\0\0");
        assert_eq!(name_called(&greeting), Some("abc"));
        for length in 0..greeting.len() - 3 {
            assert_eq!(name_called(&greeting[..length]), None, "{length} bytes");
        }
        greeting[0] = 0x80;
        assert_eq!(name_called(&greeting), None);
    }
}

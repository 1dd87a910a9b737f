//! The UDP socket: packets in, and out again many at a time. Frames become packets of one length for one viewer, which
//! the system takes in a single call where it can (generic segmentation offload).

use std::io::{self, IoSliceMut};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use quinn_udp::{BATCH_SIZE, RecvMeta, Transmit, UdpSockRef, UdpSocketState};
use tokio::io::Interest;
use tokio::net::UdpSocket;
use tokio::time::timeout;

use super::desk::Desk;

/// No packet of WebRTC is longer.
const PACKET_BYTES_MAX: usize = 2_000;

/// What the system may hold for us, so that a key frame for everyone does not overrun it. It may give less.
const SYSTEM_BYTES: usize = 4 * 1_024 * 1_024;

/// What one call may take: a datagram's length has 16 bits.
const CALL_BYTES_MAX: usize = 60_000;

/// How long a full network is waited for before packets are lost.
const FULL_MAX: Duration = Duration::from_millis(20);

pub(super) struct Socket {
    io: UdpSocket,
    state: UdpSocketState,
}

impl Socket {
    pub(super) fn new(socket: std::net::UdpSocket) -> io::Result<Self> {
        let state = UdpSocketState::new(UdpSockRef::from(&socket))?;
        // They are wishes: a system that allows less still works.
        let _ = state.set_send_buffer_size(UdpSockRef::from(&socket), SYSTEM_BYTES);
        let _ = state.set_recv_buffer_size(UdpSockRef::from(&socket), SYSTEM_BYTES);
        socket.set_nonblocking(true)?;
        Ok(Self { io: UdpSocket::from_std(socket)?, state })
    }

    async fn receive(&self, buffers: &mut [Vec<u8>], metas: &mut [RecvMeta]) -> io::Result<usize> {
        let mut slices: Vec<IoSliceMut<'_>> =
            buffers.iter_mut().map(|buffer| IoSliceMut::new(buffer)).collect();
        loop {
            self.io.readable().await?;
            let received = self.io.try_io(Interest::READABLE, || {
                self.state.recv(UdpSockRef::from(&self.io), &mut slices, metas)
            });
            match received {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                other => return other,
            }
        }
    }

    fn try_send(&self, transmit: &Transmit<'_>) -> io::Result<()> {
        self.io.try_io(Interest::WRITABLE, || self.state.try_send(UdpSockRef::from(&self.io), transmit))
    }
}

/// Passes on what comes, for ever.
pub(super) async fn read(socket: Arc<Socket>, desk: Arc<Desk>) {
    // The system may put packets of one sender together, as many as it says.
    let length = PACKET_BYTES_MAX * socket.state.gro_segments();
    let mut buffers = vec![vec![0; length]; BATCH_SIZE];
    let mut metas = [RecvMeta::default(); BATCH_SIZE];
    loop {
        let count = match socket.receive(&mut buffers, &mut metas).await {
            Ok(count) => count,
            Err(error) => {
                // A packet of ours that found nobody, most likely; it says nothing of the others.
                tracing::debug!(%error, "a packet could not be received");
                tokio::task::yield_now().await;
                continue;
            }
        };
        for (buffer, meta) in buffers.iter().zip(&metas).take(count) {
            let received = buffer.get(..meta.len).unwrap_or_default();
            for packet in received.chunks(meta.stride.max(1)) {
                if packet.len() <= PACKET_BYTES_MAX {
                    desk.deliver(meta.addr, meta.dst_ip, packet);
                }
            }
        }
    }
}

/// Packets on their way out.
#[derive(Default)]
pub(super) struct Outbox {
    bytes: Vec<u8>,
    calls: Vec<Call>,
}

/// Packets of one length, but for the last, that go to one address.
struct Call {
    to: SocketAddr,
    from: Option<IpAddr>,
    segment: usize,
    packets: usize,
    start: usize,
    end: usize,
    /// Whether its last packet is shorter: nothing may follow it.
    is_closed: bool,
}

impl Outbox {
    pub(super) fn push(&mut self, to: SocketAddr, from: Option<IpAddr>, packet: &[u8], together_max: usize) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(packet);
        let end = self.bytes.len();
        if let Some(last) = self.calls.last_mut() {
            let fits = !last.is_closed
                && (last.to, last.from) == (to, from)
                && packet.len() <= last.segment
                && last.packets < together_max
                && end - last.start <= CALL_BYTES_MAX;
            if fits {
                last.packets += 1;
                last.end = end;
                last.is_closed = packet.len() < last.segment;
                return;
            }
        }
        self.calls.push(Call { to, from, segment: packet.len(), packets: 1, start, end, is_closed: false });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Bytes that wait.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// What waits, packet by packet.
    #[cfg(test)]
    pub(super) fn packets(&self) -> impl Iterator<Item = &[u8]> {
        self.calls.iter().flat_map(|call| self.bytes[call.start..call.end].chunks(call.segment))
    }

    /// Sends everything. What the network does not take in time is lost, as on any network.
    pub(super) async fn flush(&mut self, socket: &Socket) {
        for call in self.calls.drain(..) {
            let transmit = Transmit {
                destination: call.to,
                ecn: None,
                contents: &self.bytes[call.start..call.end],
                segment_size: (call.packets > 1).then_some(call.segment),
                src_ip: call.from,
            };
            match socket.try_send(&transmit) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let waiting = async {
                        while let Err(error) = socket.try_send(&transmit) {
                            if error.kind() != io::ErrorKind::WouldBlock
                                || socket.io.writable().await.is_err()
                            {
                                break;
                            }
                        }
                    };
                    if timeout(FULL_MAX, waiting).await.is_err() {
                        tracing::debug!(to = %call.to, "the network is full, packets are lost");
                    }
                }
                Err(error) => tracing::debug!(to = %call.to, %error, "a packet could not be sent"),
                Ok(()) => {}
            }
        }
        self.bytes.clear();
    }
}

impl Socket {
    /// How many packets of one length the system takes in one call.
    pub(super) fn together_max(&self) -> usize {
        self.state.max_gso_segments()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_of_one_length_go_together_and_the_shorter_last_one_with_them() {
        let mut outbox = Outbox::default();
        let (one, other) = (SocketAddr::from(([192, 0, 2, 1], 1)), SocketAddr::from(([192, 0, 2, 2], 2)));
        for length in [1_000, 1_000, 700, 1_000] {
            outbox.push(one, None, &vec![0; length], 64);
        }
        outbox.push(other, None, &[0; 1_000], 64);
        let calls: Vec<(usize, usize)> =
            outbox.calls.iter().map(|call| (call.packets, call.end - call.start)).collect();
        assert_eq!(calls, [(3, 2_700), (1, 1_000), (1, 1_000)]);
    }

    #[test]
    fn a_call_takes_no_more_than_the_system_does() {
        let mut outbox = Outbox::default();
        for _ in 0..200 {
            outbox.push(([192, 0, 2, 1], 1).into(), None, &[0; 1_200], 64);
        }
        assert!(
            outbox.calls.iter().all(|call| call.packets <= 64 && call.end - call.start <= CALL_BYTES_MAX)
        );
        assert_eq!(outbox.calls.iter().map(|call| call.packets).sum::<usize>(), 200);
        let mut singly = Outbox::default();
        singly.push(([192, 0, 2, 1], 1).into(), None, &[0; 10], 1);
        singly.push(([192, 0, 2, 1], 1).into(), None, &[0; 10], 1);
        assert_eq!(singly.calls.len(), 2, "where the system takes only one");
    }
}

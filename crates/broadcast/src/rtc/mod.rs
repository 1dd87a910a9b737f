//! WebRTC: a browser's camera in by WHIP (RFC 9725), pictures out at once by WHEP. The protocol itself is str0m, which
//! has no socket and no clock; here are the socket, the rooms and the limits.
//!
//! One UDP socket serves all. One task reads it and knows whose each packet is; as many tasks as there are cores own the
//! connections, encrypt and send. Browsers find us by the addresses in our answers (ICE lite), so nothing else, no STUN
//! or TURN server, is needed as long as one of the addresses can be reached.

mod clocks;
mod desk;
mod offer;
mod peer;
mod problem;
mod publisher;
mod routes;
mod socket;
#[cfg(test)]
mod tests;
mod viewer;
mod worker;

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

pub(crate) use self::desk::Desk;
pub(crate) use self::routes::routes;
use crate::hub::Broadcast;

/// From the offer to an encrypted connection. A phone on a bad network takes some seconds.
const CONNECT_WITHIN: Duration = Duration::from_secs(15);

/// A publisher that sends no frame for so long is gone, as with RTMP.
const SILENT_MAX: Duration = Duration::from_secs(10);

/// A viewer's browser sends something every few seconds, if only to say that it is still there (RFC 7675).
const UNHEARD_MAX: Duration = Duration::from_secs(30);

/// How long a goodbye may take.
const LEAVE_WITHIN: Duration = Duration::from_secs(1);

/// Connections of this process, and of them those that have not come about yet, from everyone and from one address.
const PEERS_MAX: usize = 4_096;
const CONNECTING_MAX: usize = 256;
const CONNECTING_OF_ADDRESS_MAX: usize = 16;

/// Whoever asks over HTTP, as far as the caller knows: put it into a request's extensions when a proxy stands before.
/// Without it the connection's own address counts.
#[derive(Clone, Copy, Debug)]
pub struct Caller(pub IpAddr);

/// How browsers reach this machine.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The addresses to tell browsers, with the port that the socket has: on a rented machine its public one, at home
    /// that of the network. Empty: the one the socket is bound to or, when it is bound to all, the one that is used
    /// towards the internet.
    pub announce: Vec<IpAddr>,
    /// Tasks that connections are spread over; 0 is one for each core.
    pub tasks: usize,
}

/// Lets browsers publish and watch over a socket: from this call on, until what it returns is dropped. It must be
/// called and awaited within a tokio runtime.
pub fn serve(
    socket: UdpSocket,
    settings: &Settings,
    broadcast: Broadcast,
) -> io::Result<impl Future<Output = ()> + Send + use<>> {
    let announced = announced(&socket, settings)?;
    let socket = Arc::new(socket::Socket::new(socket)?);
    let tasks = match settings.tasks {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        tasks => tasks,
    };
    let (desk, commands) = Desk::new(offer::Common::new(announced)?, tasks);
    let desk = Arc::new(desk);
    let mut running = tokio::task::JoinSet::new();
    for commands in commands {
        running.spawn(worker::run(commands, socket.clone(), desk.clone()));
    }
    running.spawn(socket::read(socket, desk.clone()));
    let open = Open { broadcast, desk };
    open.broadcast.set_desk(Some(open.desk.clone()));
    Ok(async move {
        let _open = open;
        // They run until they are dropped.
        while running.join_next().await.is_some() {}
    })
}

/// Takes the desk away when nobody serves it any more.
struct Open {
    broadcast: Broadcast,
    desk: Arc<Desk>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.broadcast.close_desk(&self.desk);
    }
}

fn announced(socket: &UdpSocket, settings: &Settings) -> io::Result<Vec<SocketAddr>> {
    let bound = socket.local_addr()?;
    let addresses = match settings.announce.as_slice() {
        [] if bound.ip().is_unspecified() => vec![address_towards_the_internet(bound.is_ipv6())],
        [] => vec![bound.ip()],
        told => told.to_vec(),
    };
    Ok(addresses.into_iter().map(|ip| SocketAddr::new(ip, bound.port())).collect())
}

/// The address that this machine would use. Nothing is sent: connecting a UDP socket only chooses a way.
fn address_towards_the_internet(v6: bool) -> IpAddr {
    let chosen = |from: IpAddr, to: IpAddr| {
        let socket = UdpSocket::bind((from, 0)).ok()?;
        socket.connect((to, 9)).ok()?;
        socket.local_addr().ok().map(|address| address.ip())
    };
    // Addresses that documents use as examples: like all others of the internet they lie behind the default way.
    let v4 = chosen(Ipv4Addr::UNSPECIFIED.into(), Ipv4Addr::new(192, 0, 2, 1).into());
    let documented = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into();
    let v6 = || if v6 { chosen(Ipv6Addr::UNSPECIFIED.into(), documented) } else { None };
    v4.or_else(v6).unwrap_or(Ipv4Addr::LOCALHOST.into())
}

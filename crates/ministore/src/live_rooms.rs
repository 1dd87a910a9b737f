//! The live rooms of this process: where encoders and browsers send their video, and what was set of it.

use std::net::{IpAddr, SocketAddr, UdpSocket};

use broadcast::{Limits, rtc, rtmp};
use live::Live;
use tokio::{net::TcpListener, task::JoinSet};
use web::App;

use crate::{
    cli::Outcome,
    settings::{self, Settings},
};

/// What turns a listener off.
const OFF: &str = "off";

/// What listens for video; it stops when this is dropped.
pub struct LiveRooms {
    live: Live,
    doors: JoinSet<()>,
}

impl LiveRooms {
    /// Lets publishers and viewers go, and keeps what they sent.
    pub async fn stop(mut self, app: &App) {
        self.doors.abort_all();
        self.live.stop(app).await;
    }
}

/// Begins; answers with the server's state that has the live rooms in it. `address` is the one that people reach.
pub async fn start(app: App, settings: &Settings, address: SocketAddr) -> Outcome<(App, LiveRooms)> {
    let mut doors = JoinSet::new();
    let takes_video = settings.server.role.takes_video();
    let rtmp = if takes_video { rtmp_listener(settings, address).await? } else { None };
    let rtc = if takes_video { rtc_socket(settings, address)? } else { None };
    let wanted = live::Settings {
        rtmp_url: match &rtmp {
            Some(listener) => rtmp_url(&settings.live, &app.platform.base_url, listener.local_addr()?.port()),
            None => settings.live.rtmp_url.clone(),
        },
        // Another process may take what this one does not.
        whip: rtc.is_some() || !takes_video,
        whep: (rtc.is_some() || !takes_video) && settings.live.whep,
        internal_url: settings.live.internal_url.clone(),
        video_elsewhere: !takes_video,
        external_hls: settings.live.external_hls.clone(),
        external_rtmp: settings.live.external_rtmp.clone(),
        video: Limits {
            kbps: settings.live.kbps_max,
            viewers: settings.live.viewers_max,
            webrtc_viewers: settings.live.webrtc_viewers_max,
            duration: live::rooms::LONGEST,
            ..Limits::default()
        },
        hub: live::hub::Limits { sockets: settings.live.sockets_max as usize, ..Default::default() },
    };
    let app = Live::start(app, wanted).await?;
    let live = Live::of(&app)?;
    if let Some(listener) = rtmp {
        tracing::info!(address = %listener.local_addr()?, "encoders may send (RTMP)");
        doors.spawn(rtmp::serve(listener, live.broadcast().clone()));
    }
    if let Some(socket) = rtc {
        let announce = addresses(&settings.live.rtc_announce)?;
        tracing::info!(address = %socket.local_addr()?, ?announce, "browsers may send and watch (WebRTC)");
        let rtc = rtc::Settings { announce, ..Default::default() };
        doors.spawn(rtc::serve(socket, &rtc, live.broadcast().clone())?);
    }
    Ok((app, LiveRooms { live, doors }))
}

/// Where a listener is meant to be: at its own address, at the server's with another port, or nowhere. A port of 0 is
/// any that is free, as the server's own.
fn place(asked: &str, server: SocketAddr, port: u16) -> Outcome<Option<(SocketAddr, bool)>> {
    match asked {
        OFF => Ok(None),
        "" => Ok(Some((SocketAddr::new(server.ip(), port), false))),
        address => {
            let address = address.parse().map_err(|_| format!("{address} is no address with a port"))?;
            Ok(Some((address, true)))
        }
    }
}

/// The server's address as it was asked for: what it listens on tells which machine may come in.
fn asked(settings: &Settings, address: SocketAddr) -> SocketAddr {
    settings.server.listen.parse().unwrap_or(address)
}

async fn rtmp_listener(settings: &Settings, address: SocketAddr) -> Outcome<Option<TcpListener>> {
    let server = asked(settings, address);
    let port = if server.port() == 0 { 0 } else { rtmp::PORT };
    let Some((at, named)) = place(&settings.live.rtmp_listen, server, port)? else { return Ok(None) };
    match TcpListener::bind(at).await {
        Ok(listener) => Ok(Some(listener)),
        Err(error) if named => Err(format!("live.rtmp_listen {at}: {error}").into()),
        Err(error) => {
            tracing::warn!(%at, %error, "encoders cannot send here: the port is taken (live.rtmp_listen)");
            Ok(None)
        }
    }
}

fn rtc_socket(settings: &Settings, address: SocketAddr) -> Outcome<Option<UdpSocket>> {
    // The same number as the server's, so that one rule of a firewall opens both.
    let server = asked(settings, address);
    let Some((at, named)) = place(&settings.live.rtc_listen, server, address.port())? else {
        return Ok(None);
    };
    match UdpSocket::bind(at) {
        Ok(socket) => Ok(Some(socket)),
        Err(error) if named => Err(format!("live.rtc_listen {at}: {error}").into()),
        Err(error) => {
            tracing::warn!(%at, %error, "browsers cannot send here: the port is taken (live.rtc_listen)");
            Ok(None)
        }
    }
}

/// Where encoders send to, as the studio shows it.
fn rtmp_url(settings: &settings::Live, base_url: &str, port: u16) -> String {
    if !settings.rtmp_url.is_empty() {
        return settings.rtmp_url.clone();
    }
    let host = base_url.split_once("://").map_or(base_url, |(_, host)| host);
    let host = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    if port == rtmp::PORT { format!("rtmp://{host}/live") } else { format!("rtmp://{host}:{port}/live") }
}

fn addresses(list: &str) -> Outcome<Vec<IpAddr>> {
    let each = list.split(',').map(str::trim).filter(|text| !text.is_empty());
    each.map(|text| text.parse().map_err(|_| format!("live.rtc_announce: {text} is no address").into()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_is_where_it_was_put_or_beside_the_server() {
        let server = "10.0.0.7:8080".parse().unwrap();
        assert_eq!(place("off", server, 1935).unwrap(), None);
        assert_eq!(place("", server, 1935).unwrap(), Some(("10.0.0.7:1935".parse().unwrap(), false)));
        let other = Some(("0.0.0.0:2000".parse().unwrap(), true));
        assert_eq!(place("0.0.0.0:2000", server, 1935).unwrap(), other);
        assert!(place("2000", server, 1935).is_err());
    }

    #[test]
    fn encoders_are_told_where_to_send() {
        let url = |base: &str, port| rtmp_url(&settings::Live::default(), base, port);
        assert_eq!(url("https://shop.example", 1935), "rtmp://shop.example/live");
        assert_eq!(url("http://127.0.0.1:8080", 4000), "rtmp://127.0.0.1:4000/live");
        assert_eq!(url("http://[::1]:8080", 1935), "rtmp://[::1]/live");
        let named = settings::Live { rtmp_url: "rtmp://in.example/x".into(), ..Default::default() };
        assert_eq!(rtmp_url(&named, "https://shop.example", 1935), "rtmp://in.example/x");
    }

    #[test]
    fn addresses_are_listed_with_commas() {
        assert_eq!(addresses("").unwrap(), Vec::<IpAddr>::new());
        let two: Vec<IpAddr> = vec!["203.0.113.7".parse().unwrap(), "2001:db8::7".parse().unwrap()];
        assert_eq!(addresses("203.0.113.7, 2001:db8::7").unwrap(), two);
        assert!(addresses("shop.example").is_err());
    }
}

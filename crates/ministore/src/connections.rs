//! Connections: accepted up to a limit, given up when they are slow to ask, closed gracefully.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo, http, response::Redirect};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto,
        graceful::{GracefulShutdown, Watcher},
    },
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
};
use tower::Service;

use crate::tls::Tls;

/// Connections at once; a page that waits for news holds one. Others wait in the system's queue.
const AT_ONCE: usize = 10_000;
/// Whoever needs longer to send the head of a request is not a browser.
const HEAD_WITHIN: Duration = Duration::from_secs(20);
/// An idle HTTP/2 connection is asked whether anyone is there, so that phones that went away do not hold places.
const ARE_YOU_THERE: Duration = Duration::from_secs(30);
/// After a failure to accept, such as too many open files, the others get time to finish.
const AFTER_FAILURE: Duration = Duration::from_millis(200);

/// Serves until `stopped` says so, then lets open requests finish. With `tls`, HTTPS; who comes with plain HTTP is
/// sent there.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    tls: Option<Https>,
    mut stopped: watch::Receiver<bool>,
) {
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let door = Door { http: http(), router, tls };
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { break };
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(AFTER_FAILURE).await;
                    continue;
                }
            },
            () = asked_to_stop(&mut stopped) => break,
        };
        let (door, watcher) = (door.clone(), graceful.watcher());
        tokio::spawn(async move {
            door.answer(stream, peer, watcher).await;
            drop(place);
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

/// TLS, and the way there for those who come without it.
#[derive(Clone)]
pub struct Https {
    tls: Tls,
    redirect: Router,
}

impl Https {
    pub fn new(tls: Tls, base_url: String) -> Self {
        let redirect = Router::new().fallback(async move |asked: http::Uri| {
            let path = asked.path_and_query().map_or("/", |path| path.as_str());
            Redirect::temporary(&format!("{base_url}{path}"))
        });
        Self { tls, redirect }
    }
}

/// What every connection needs.
#[derive(Clone)]
struct Door {
    http: auto::Builder<TokioExecutor>,
    router: Router,
    tls: Option<Https>,
}

fn http() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(ARE_YOU_THERE);
    builder
}

impl Door {
    async fn answer(self, stream: TcpStream, peer: SocketAddr, watcher: Watcher) {
        // Small answers must not wait for more; a socket that cannot be told so is slower, not wrong.
        let _ = stream.set_nodelay(true);
        let Some(https) = &self.tls else { return self.converse(stream, &self.router, peer, watcher).await };
        match tokio::time::timeout(HEAD_WITHIN, begins_with_tls(&stream)).await {
            Ok(Ok(true)) => {
                let handshake = tokio::time::timeout(HEAD_WITHIN, https.tls.acceptor.accept(stream));
                if let Ok(Ok(stream)) = handshake.await {
                    self.converse(stream, &self.router, peer, watcher).await;
                }
            }
            Ok(Ok(false)) => self.converse(stream, &https.redirect, peer, watcher).await,
            Ok(Err(_)) | Err(_) => {}
        }
    }

    async fn converse<S>(&self, stream: S, router: &Router, peer: SocketAddr, watcher: Watcher)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let router = router.clone();
        let service = service_fn(move |mut request: http::Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().call(request)
        });
        let connection = self.http.serve_connection_with_upgrades(TokioIo::new(stream), service);
        // Browsers break off all the time; there is nothing to do about it.
        let _ = watcher.watch(connection.into_owned()).await;
    }
}

/// A TLS conversation begins with a handshake record (RFC 8446 §5.1), no HTTP request does.
async fn begins_with_tls(stream: &TcpStream) -> std::io::Result<bool> {
    const HANDSHAKE: u8 = 22;
    let mut first = [0];
    Ok(stream.peek(&mut first).await? == 1 && first[0] == HANDSHAKE)
}

async fn asked_to_stop(stopped: &mut watch::Receiver<bool>) {
    // An error means that nobody is left who could ask.
    let _ = stopped.wait_for(|stop| *stop).await;
}

//! Connections: accepted up to a limit, given up when they are slow to ask, closed gracefully.

use std::{sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo, http};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
};
use tower::Service;

/// Connections at once; a page that waits for news holds one. Others wait in the system's queue.
const AT_ONCE: usize = 10_000;
/// Whoever needs longer to send the head of a request is not a browser.
const HEAD_WITHIN: Duration = Duration::from_secs(20);
/// After a failure to accept, such as too many open files, the others get time to finish.
const AFTER_FAILURE: Duration = Duration::from_millis(200);

/// Serves until `stopped` says so, then lets open requests finish.
pub async fn serve(listener: TcpListener, router: Router, mut stopped: watch::Receiver<bool>) {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN);
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(AT_ONCE));
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
        let router = router.clone();
        let service = service_fn(move |mut request: http::Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().call(request)
        });
        let connection = builder.serve_connection_with_upgrades(quick(stream), service);
        let connection = graceful.watch(connection.into_owned());
        tokio::spawn(async move {
            // Browsers break off all the time; there is nothing to do about it.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

async fn asked_to_stop(stopped: &mut watch::Receiver<bool>) {
    // An error means that nobody is left who could ask.
    let _ = stopped.wait_for(|stop| *stop).await;
}

fn quick(stream: TcpStream) -> TokioIo<TcpStream> {
    // Small answers must not wait for more; a socket that cannot be told so is slower, not wrong.
    let _ = stream.set_nodelay(true);
    TokioIo::new(stream)
}

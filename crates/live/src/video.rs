//! The addresses of the rooms' video, under `/media`. They stand outside the layers of pages: what is sent is compressed
//! already, and is asked for ten times a second by every viewer.

use axum::{
    Router,
    extract::{FromRequestParts, Request, State},
    http::{HeaderName, HeaderValue, header, request::Parts},
    middleware::{self, Next},
    response::Response,
};
use broadcast::rtc::Caller;
use people::sign_in::ComesFrom;
use web::App;

use crate::{
    Live,
    elsewhere::{self, Relay},
};

/// The routes of this process's video; none where there is no live room.
pub fn video(app: &App) -> Router {
    let Ok(live) = Live::of(app) else { return Router::new() };
    let routes = live.broadcast().routes();
    let desk = Desk { app: app.clone(), live, relay: elsewhere::relay() };
    Router::new().nest("/media", routes).layer(middleware::from_fn_with_state(desk, around))
}

#[derive(Clone)]
struct Desk {
    app: App,
    live: Live,
    relay: Relay,
}

async fn around(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let mut response = match elsewhere::holder(&desk.app, &desk.live, &parts).await {
        Some(holder) => elsewhere::ask(&desk.relay, &holder, Request::from_parts(parts, body)).await,
        None => {
            note_caller(&mut parts).await;
            next.run(Request::from_parts(parts, body)).await
        }
    };
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let nothing = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    headers.insert(HeaderName::from_static("content-security-policy"), nothing);
    response
}

/// Behind a proxy the connection's own address is the proxy's.
async fn note_caller(parts: &mut Parts) {
    let Ok(ComesFrom(address)) = ComesFrom::from_request_parts(parts, &()).await;
    if let Some(address) = address {
        parts.extensions.insert(Caller(address));
    }
}

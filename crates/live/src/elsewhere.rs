//! Video of rooms whose pictures come to another process: what is asked for here is asked for there. Any process can be
//! asked for any room, so that nothing in front of them needs to know where a room is.

use std::time::Duration;

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Response},
};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use kernel::RoomId;
use web::App;

use crate::{Live, rooms};

/// A question may be held for six seconds until there is something new.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);
/// Marks what was asked by another process, so that two that are wrong about each other do not go on asking.
const RELAYED: HeaderName = HeaderName::from_static("x-ministore-relayed");
/// Headers that are of one connection alone (RFC 9110 §7.6.1).
const OF_CONNECTION: [HeaderName; 6] = [
    header::CONNECTION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::HOST,
];

/// Asks other processes; it keeps some connections open.
pub(crate) type Relay = Client<HttpConnector, Body>;

pub(crate) fn relay() -> Relay {
    Client::builder(TokioExecutor::new()).build_http()
}

/// The process that has the pictures which this request is about, if it is not this one.
pub(crate) async fn holder(app: &App, live: &Live, asked: &Parts) -> Option<String> {
    let own = &live.settings().internal_url;
    if own.is_empty() || asked.headers.contains_key(RELAYED) {
        return None;
    }
    let (room, rest) = asked_for(asked.uri.path())?;
    // Recordings are in the shared files, and a host who comes here is let in here.
    if rest.contains("replay") || (rest == "whip" && asked.method == Method::POST) {
        return None;
    }
    if rooms::video_name(room).is_some_and(|name| live.broadcast().status(&name).is_some()) {
        return None;
    }
    let known = live.known(app, room).await.ok()??;
    let (holder, until) = known.holder?;
    (holder != *own && !holder.is_empty() && until > app.clock.now()).then_some(holder)
}

/// `/media/{room}/…`
fn asked_for(path: &str) -> Option<(RoomId, &str)> {
    let (room, rest) = path.strip_prefix("/media/")?.split_once('/')?;
    Some((room.parse().ok()?, rest))
}

/// Asks the other process, and passes its answer on as it comes.
pub(crate) async fn ask(relay: &Relay, holder: &str, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let Ok(uri) = format!("{holder}{path}").parse::<Uri>() else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    let mut asked = Request::new(body);
    *asked.method_mut() = parts.method;
    *asked.uri_mut() = uri;
    *asked.headers_mut() = end_to_end(parts.headers);
    asked.headers_mut().insert(RELAYED, HeaderValue::from_static("1"));
    match tokio::time::timeout(ANSWER_WITHIN, relay.request(asked)).await {
        Ok(Ok(answer)) => {
            let (parts, body) = answer.into_parts();
            let mut response = Response::new(Body::new(body));
            *response.status_mut() = parts.status;
            *response.headers_mut() = end_to_end(parts.headers);
            response
        }
        Ok(Err(error)) => {
            tracing::warn!(holder, %error, "the process with a room's pictures did not answer");
            StatusCode::BAD_GATEWAY.into_response()
        }
        Err(_) => StatusCode::GATEWAY_TIMEOUT.into_response(),
    }
}

fn end_to_end(mut headers: HeaderMap) -> HeaderMap {
    for name in OF_CONNECTION {
        headers.remove(name);
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_is_read_from_its_videos_address() {
        let room = RoomId::new();
        assert_eq!(asked_for(&format!("/media/{room}/index.m3u8")), Some((room, "index.m3u8")));
        assert_eq!(asked_for(&format!("/media/{room}/shw_1/live.m3u8")), Some((room, "shw_1/live.m3u8")));
        for other in ["/media/img_1/320.webp", "/media/", "/s/tea", "/media/x"] {
            assert_eq!(asked_for(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_of_a_connection_is_not_passed_on() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONNECTION, HeaderValue::from_static("keep-alive"));
        headers.insert(header::COOKIE, HeaderValue::from_static("a=b"));
        let passed = end_to_end(headers);
        assert!(passed.contains_key(header::COOKIE) && !passed.contains_key(header::CONNECTION));
    }
}

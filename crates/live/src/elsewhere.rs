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
    let is_alone = own.is_empty() && !live.settings().video_elsewhere;
    if is_alone || asked.headers.contains_key(RELAYED) {
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
    use axum::{Router, body::to_bytes, routing::get};
    use db::Db;
    use testkit::db_test;
    use tokio::net::TcpListener;
    use tower::ServiceExt;

    use super::*;
    use crate::{
        Settings,
        testing::{Stage, stage_with},
    };

    /// Another process, which says what it was asked.
    async fn other_process() -> String {
        let routes = Router::new().route(
            "/media/{*path}",
            get(async |request: Request| {
                let asked =
                    |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
                let (relayed, cookie) = (asked("x-ministore-relayed"), asked("cookie"));
                ([("content-type", "text/plain")], format!("{} {relayed:?} {cookie:?}", request.uri()))
            }),
        );
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, routes).await });
        format!("http://{address}")
    }

    async fn ask(stage: &Stage, path: &str, relayed: bool) -> (StatusCode, String) {
        let mut request = Request::get(path).header("cookie", "a=b");
        if relayed {
            request = request.header(RELAYED, "1");
        }
        let routes = crate::video(&stage.app);
        let answer = routes.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let status = answer.status();
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    #[db_test]
    async fn a_room_whose_pictures_are_elsewhere_is_asked_for_there(db: Db) {
        let settings = Settings { internal_url: "http://10.0.0.1:8080".into(), ..Settings::default() };
        let stage = stage_with(db, settings).await;
        let room = stage.live_room().await;
        let path = format!("/media/{}/index.m3u8?a=1", room.id);
        assert_eq!(ask(&stage, &path, false).await.0, StatusCode::NOT_FOUND, "nobody has its pictures");
        let (other, now) = (other_process().await, stage.app.clock.now());
        let held = stage.app.db.write(stage.store.id, async |tx| {
            rooms::still_here(tx, room.id, stage.store.id, &other, now).await
        });
        held.await.unwrap();
        // What is remembered of the room is good for two seconds.
        stage.advance(3);
        let (status, told) = ask(&stage, &path, false).await;
        assert_eq!((status, told), (StatusCode::OK, format!("{path} Some(\"1\") Some(\"a=b\")")));
        assert_eq!(ask(&stage, &path, true).await.0, StatusCode::NOT_FOUND, "it is not passed on twice");
        let replay = format!("/media/{}/{}/replay.m3u8", room.id, room.state.show().unwrap());
        assert_eq!(ask(&stage, &replay, false).await.0, StatusCode::NOT_FOUND, "recordings are everyone's");
        stage.advance(60);
        assert_eq!(ask(&stage, &path, false).await.0, StatusCode::NOT_FOUND, "it has said nothing for long");
    }

    #[db_test]
    async fn a_process_that_takes_no_video_asks_for_it_and_speaks_for_no_room(db: Db) {
        let settings = Settings { video_elsewhere: true, ..Settings::default() };
        let stage = stage_with(db, settings.clone()).await;
        let room = stage.live_room().await;
        let (other, now) = (other_process().await, stage.app.clock.now());
        let held = stage.app.db.write(stage.store.id, async |tx| {
            rooms::still_here(tx, room.id, stage.store.id, &other, now).await
        });
        held.await.unwrap();
        stage.advance(3);
        let path = format!("/media/{}/index.m3u8", room.id);
        assert_eq!(ask(&stage, &path, false).await.0, StatusCode::OK);
        // The process with the pictures is late to say so, and another one starts.
        stage.advance(60);
        Live::start(stage.without_live(), settings).await.unwrap();
        assert_eq!(stage.get(room.id).await.state.word(), "live");
    }

    #[db_test]
    async fn a_process_that_is_gone_costs_an_answer_and_no_more(db: Db) {
        let settings = Settings { internal_url: "http://10.0.0.1:8080".into(), ..Settings::default() };
        let stage = stage_with(db, settings).await;
        let room = stage.live_room().await;
        // Nobody listens on a port that was just let go.
        let gone =
            format!("http://{}", TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap());
        let now = stage.app.clock.now();
        let held = stage.app.db.write(stage.store.id, async |tx| {
            rooms::still_here(tx, room.id, stage.store.id, &gone, now).await
        });
        held.await.unwrap();
        stage.advance(3);
        let path = format!("/media/{}/index.m3u8", room.id);
        assert_eq!(ask(&stage, &path, false).await.0, StatusCode::BAD_GATEWAY);
    }

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

//! The request for a WebSocket (RFC 6455, section 4).

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use tungstenite::{
    error::{Error, ProtocolError},
    handshake::server::create_response_with_body,
};

/// The answer that switches protocols, or that refuses to.
pub fn answer(request: &Request, origin: &str) -> Response {
    if is_foreign(request.headers(), origin) {
        return StatusCode::FORBIDDEN.into_response();
    }
    create_response_with_body(request, Body::empty).unwrap_or_else(|error| match error {
        Error::Protocol(ProtocolError::MissingSecWebSocketVersionHeader) => {
            let version = HeaderValue::from_static("13");
            (StatusCode::UPGRADE_REQUIRED, [(header::SEC_WEBSOCKET_VERSION, version)]).into_response()
        }
        _ => StatusCode::BAD_REQUEST.into_response(),
    })
}

/// Browsers let any page open a socket and send our cookie with it; they say which page's site it was.
fn is_foreign(headers: &HeaderMap, own: &str) -> bool {
    let mut named = headers.get_all(header::ORIGIN).iter();
    named.any(|origin| !origin.as_bytes().eq_ignore_ascii_case(own.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "https://shop.example";

    fn answered(change: impl FnOnce(&mut HeaderMap)) -> Response {
        let mut request = Request::builder().uri("/s/tea/live/room/ws").body(Body::empty()).unwrap();
        let sent = [
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ("origin", OWN),
        ];
        for (name, value) in sent {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        change(request.headers_mut());
        answer(&request, OWN)
    }

    fn with(name: &'static str, value: &str) -> StatusCode {
        answered(|headers| {
            headers.insert(name, value.parse().unwrap());
        })
        .status()
    }

    #[test]
    fn a_right_request_switches_protocols() {
        let answer = answered(|_| {});
        assert_eq!(answer.status(), StatusCode::SWITCHING_PROTOCOLS);
        // The example of RFC 6455, section 1.3.
        assert_eq!(answer.headers()["sec-websocket-accept"], "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assert_eq!(answer.headers()["upgrade"], "websocket");
    }

    #[test]
    fn another_sites_page_is_refused_and_who_is_no_browser_is_not() {
        for foreign in
            ["https://evil.example", "http://shop.example", "https://shop.example.evil.example", "null"]
        {
            assert_eq!(with("origin", foreign), StatusCode::FORBIDDEN, "{foreign}");
        }
        assert_eq!(with("origin", "https://SHOP.example"), StatusCode::SWITCHING_PROTOCOLS);
        let two = answered(|headers| {
            headers.append("origin", HeaderValue::from_static("https://evil.example"));
        });
        assert_eq!(two.status(), StatusCode::FORBIDDEN);
        let program = answered(|headers| {
            headers.remove("origin");
        });
        assert_eq!(program.status(), StatusCode::SWITCHING_PROTOCOLS);
    }

    #[test]
    fn what_is_no_websocket_request_is_refused() {
        assert_eq!(with("upgrade", "h2c"), StatusCode::BAD_REQUEST);
        assert_eq!(with("connection", "close"), StatusCode::BAD_REQUEST);
        assert_eq!(with("sec-websocket-key", "short"), StatusCode::BAD_REQUEST);
        let old = answered(|headers| {
            headers.insert("sec-websocket-version", HeaderValue::from_static("8"));
        });
        assert_eq!(old.status(), StatusCode::UPGRADE_REQUIRED);
        assert_eq!(old.headers()["sec-websocket-version"], "13");
    }
}

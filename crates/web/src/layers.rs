//! What stands around every route: request ids, logs, counts, errors in words, security headers, compression.

use std::time::{Duration, Instant};

use axum::{
    Router,
    body::{Body, HttpBody as _},
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use kernel::random_token;
use serde::Deserialize;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, CompressionLevel},
    timeout::TimeoutLayer,
};

use crate::{
    App, Error, Form, Page, ProblemDetails, assets, csrf, error::Failure, error_page::Asked, idempotency,
    session,
};

/// The largest body of a route that says nothing else.
const LARGEST_BODY: usize = 1024 * 1024;
/// A request that takes longer is given up; the database's lanes bear that at any point.
const LONGEST_REQUEST: Duration = Duration::from_secs(30);

/// Routes of the toolkit itself: browser files, the language, health and numbers.
pub fn routes() -> Router<App> {
    crate::design::routes()
        .route("/static/{hash}/{*name}", get(assets::serve))
        .route("/language", post(choose_language))
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(async |State(app): State<App>| app.metrics.text()))
}

/// Puts the layers around all routes.
pub fn finish(routes: Router<App>, app: App) -> Router {
    let missing = async || Error::NotFound;
    routes
        .fallback(missing)
        .method_not_allowed_fallback(async || Error::Method)
        .layer(middleware::from_fn_with_state(app.clone(), idempotency::keep))
        .layer(middleware::from_fn(csrf::guard))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONGEST_REQUEST))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            Error::Internal("a handler panicked".into()).into_response()
        }))
        .layer(middleware::from_fn_with_state(app.clone(), around))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .with_state(app)
}

async fn ready(State(app): State<App>) -> Result<&'static str, Error> {
    app.db.read().await?.one::<i64>("select count(*) from leases", &[]).await?;
    Ok("ready\n")
}

#[derive(Deserialize)]
struct Language {
    lang: String,
    #[serde(default)]
    next: String,
}

async fn choose_language(
    State(app): State<App>,
    Form(chosen): Form<Language>,
) -> Result<impl IntoResponse, Error> {
    let locale = kernel::Locale::from_tag(&chosen.lang).ok_or(Error::BadRequest("error-bad-request"))?;
    let cookie = session::set_cookie(&app, "lang", locale.tag(), 60 * 60 * 24 * 365, false)?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(own_path(&chosen.next))))
}

/// A path of this server to go on to; anything else leads home, never to another site.
pub fn own_path(path: &str) -> &str {
    let own = path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\r', '\n', '\t']);
    if own { path } else { "/" }
}

async fn around(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = random_token()[..12].to_owned();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let route =
        request.extensions().get::<MatchedPath>().map_or("none".to_owned(), |p| p.as_str().to_owned());
    request.extensions_mut().insert(RequestId(id.clone()));
    let (parts, body) = request.into_parts();
    let asked = Asked::note(Page::bare(&parts, app.platform.demo), &method, &parts.uri, &parts.headers);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if let Some(error) = failure(&mut response) {
        response = explain(&app, &error, asked, &path, &id, response.status()).await;
    }
    let took = started.elapsed();
    let status = response.status().as_u16();
    app.metrics.answered(method.as_str(), &route, status, took);
    tracing::debug!(%method, path, status, id, took_us = took.as_micros() as u64, "answered");
    harden(&mut response, &app, &id);
    response
}

#[derive(Clone)]
struct RequestId(#[allow(dead_code, reason = "read by handlers that log")] String);

/// Says what went wrong, to a program or to a person.
async fn explain(
    app: &App,
    error: &Error,
    asked: Asked,
    path: &str,
    id: &str,
    status: StatusCode,
) -> Response {
    if let Error::Internal(cause) = error {
        tracing::error!(id, path, cause = %cause, "a request failed");
    }
    let mut response = if path.starts_with("/api/") || asked.wants_json() {
        let body =
            serde_json::to_vec(&ProblemDetails::of(error, asked.page().locale, id)).unwrap_or_default();
        ([(header::CONTENT_TYPE, "application/problem+json")], body).into_response()
    } else if matches!(error, Error::SignIn) {
        let next = asked.page().path().bytes().map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => (byte as char).to_string(),
            other => format!("%{other:02X}"),
        });
        return Redirect::to(&format!("/sign-in?next={}", next.collect::<String>())).into_response();
    } else {
        asked.explain(app, error, id).await
    };
    *response.status_mut() = status;
    response
}

/// The error behind an answer. A layer that gives a request up answers with a bare status: that is one too.
fn failure(response: &mut Response) -> Option<std::sync::Arc<Error>> {
    if let Some(Failure(error)) = response.extensions_mut().remove::<Failure>() {
        return Some(error);
    }
    let bare = response.body().size_hint().exact() == Some(0);
    (bare && response.status() == StatusCode::SERVICE_UNAVAILABLE).then(|| Error::Unavailable.into())
}

const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; \
    style-src-attr 'unsafe-inline'; script-src 'self'; media-src 'self' blob:; connect-src 'self'; object-src 'none'; \
    frame-ancestors 'self'; form-action 'self'; base-uri 'none'";

/// The policy of a page that plays video from another server; `None` if the address is one of ours.
pub fn content_security_policy_with(address: &str) -> Option<HeaderValue> {
    let (scheme, rest) = address.split_once("://")?;
    let host = rest.split('/').next()?;
    let also = |directive: &str| format!("{directive} {scheme}://{host}");
    let policy = CONTENT_SECURITY_POLICY
        .replace("media-src 'self'", &also("media-src 'self'"))
        .replace("connect-src 'self'", &also("connect-src 'self'"));
    HeaderValue::from_str(&policy).ok()
}

fn harden(response: &mut Response<Body>, app: &App, id: &str) {
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    // For browsers that do not know frame-ancestors.
    set(header::X_FRAME_OPTIONS, "SAMEORIGIN");
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "same-origin");
    set(
        HeaderName::from_static("permissions-policy"),
        "camera=(self), microphone=(self), geolocation=(self)",
    );
    // Pages show who is signed in and change with every order: keep them out of shared caches.
    set(header::CACHE_CONTROL, "private, no-cache");
    // A browser keeps to it for a year: not for a demo on an address that is something else tomorrow.
    if app.platform.is_https() && !app.platform.demo {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    // A page in a frame is drawn without its bars: a browser must not show one where it kept the other.
    if headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        headers.append(header::VARY, HeaderValue::from_static("sec-fetch-dest"));
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert("x-request-id", id);
    }
}

#[cfg(test)]
mod tests {
    use super::{content_security_policy_with, own_path};

    #[test]
    fn a_page_may_play_video_from_the_server_that_was_set_and_from_no_other() {
        assert_eq!(content_security_policy_with("/media/liv_1/index.m3u8"), None);
        let policy = content_security_policy_with("https://cdn.example/liv_1/index.m3u8").unwrap();
        let policy = policy.to_str().unwrap();
        assert!(policy.contains("connect-src 'self' https://cdn.example;"), "{policy}");
        assert!(policy.contains("media-src 'self' https://cdn.example blob:;"), "{policy}");
        assert!(policy.contains("script-src 'self';"), "{policy}");
    }

    #[test]
    fn the_way_back_never_leads_to_another_site() {
        assert_eq!(own_path("/s/tea/checkout/1?x=1"), "/s/tea/checkout/1?x=1");
        for wrong in
            ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "", "/a\r\nb"]
        {
            assert_eq!(own_path(wrong), "/", "{wrong:?}");
        }
    }
}

//! Another site's page must not act for a signed-in person. Browsers say where a request comes from, in
//! `Sec-Fetch-Site` and `Origin`; a request that changes something and carries our cookie must come from our
//! own pages. Programs send no cookie and are not concerned. See docs/decisions for why there are no form tokens.

use axum::{
    extract::Request,
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::Error;

pub(crate) async fn guard(request: Request, next: Next) -> Response {
    if is_foreign(request.method(), request.headers()) {
        tracing::warn!(path = request.uri().path(), "refused a request from another site");
        return Error::Conflict("error-other-site").into_response();
    }
    next.run(request).await
}

fn is_foreign(method: &Method, headers: &HeaderMap) -> bool {
    if method.is_safe() || !headers.contains_key(header::COOKIE) {
        return false;
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => !matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => origin.split_once("://").map(|(_, host)| host) != text("host"),
        // Every browser of the last years sends one of the two with a POST.
        (None, None) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn foreign(method: Method, pairs: &[(&'static str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        is_foreign(&method, &headers)
    }

    #[test]
    fn only_our_own_pages_may_change_things_with_the_cookie() {
        let cookie = ("cookie", "ministore_session=x");
        let host = ("host", "shop.example");
        assert!(!foreign(Method::GET, &[cookie, ("sec-fetch-site", "cross-site")]));
        assert!(!foreign(Method::POST, &[("authorization", "Bearer x")]));
        assert!(!foreign(Method::POST, &[cookie, ("sec-fetch-site", "same-origin")]));
        assert!(!foreign(Method::POST, &[cookie, host, ("origin", "https://shop.example")]));
        assert!(foreign(Method::POST, &[cookie, ("sec-fetch-site", "cross-site")]));
        assert!(
            foreign(Method::POST, &[cookie, ("sec-fetch-site", "same-site")]),
            "a sibling is another site"
        );
        assert!(foreign(Method::POST, &[cookie, host, ("origin", "https://evil.example")]));
        assert!(foreign(Method::POST, &[cookie, host, ("origin", "null")]));
        assert!(foreign(Method::DELETE, &[cookie]));
    }
}

//! A platform on which live rooms are switched off: nothing leads to them, and nobody can make one.

use axum::http::Method;
use ministore::wiring;

use crate::{
    site::{Site, difference},
    walk::FORM,
};

#[tokio::test(flavor = "multi_thread")]
async fn where_live_rooms_are_off_the_console_does_not_offer_them() {
    let mut site = Site::new().await;
    let link = "href=\"/console/lantern/live\"";
    assert!(site.get("/console/lantern", "merchant", "en").await.text().contains(link));
    site.app.parts = Default::default();
    site.router = wiring::router(site.app.clone());
    let home = site.get("/console/lantern", "merchant", "en").await;
    assert_eq!(home.status, 200);
    assert!(!home.text().contains(link), "a link to what is not there");
    let before = site.contents();
    for path in ["/console/lantern/live/now", "/console/lantern/live/new", "/api/v1/console/lantern/live"] {
        let answer = site.raw(&Method::POST, path, "merchant", FORM, b"title=Tea".to_vec()).await;
        assert_eq!(answer.status, 503, "{path}");
    }
    let after = site.contents();
    assert!(before == after, "{}", difference(&before, &after));
    let clerk = site.raw(&Method::POST, "/console/lantern/live/now", "stranger", FORM, Vec::new()).await;
    assert_eq!(clerk.status, 403, "who may not is told so");
}

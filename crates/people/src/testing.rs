//! What this crate's own tests begin with.

use db::Db;
use kernel::AccountId;
use web::App;

use crate::{Contact, accounts};

/// A server on the test's database, at the test's morning.
pub(crate) fn app(db: Db) -> App {
    App::for_tests(db, testkit::morning_clock(), std::env::temp_dir())
}

/// The account of this contact.
pub(crate) async fn account(app: &App, contact: &str) -> AccountId {
    let (contact, now) = (Contact::parse(contact).unwrap(), app.clock.now());
    let lane = db::LaneKey::PLATFORM;
    app.db.write(lane, async |tx| accounts::of_contact_or_new(tx, &contact, now).await).await.unwrap()
}

/// What was sent to people so far.
pub(crate) fn messages(app: &App) -> Vec<gateways::messages::Message> {
    match &app.messages {
        gateways::messages::Messages::Kept(kept) => kept.lock().unwrap().clone(),
        other => panic!("tests keep messages, not {other:?}"),
    }
}

/// Asks this crate's routes, with everything that stands around them.
pub(crate) async fn answer(
    app: &App,
    request: axum::extract::Request,
) -> (axum::http::StatusCode, axum::http::HeaderMap, String) {
    use tower::ServiceExt;
    let router = web::finish(crate::routes(), app.clone());
    let response = router.oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, headers, String::from_utf8(body.to_vec()).unwrap())
}

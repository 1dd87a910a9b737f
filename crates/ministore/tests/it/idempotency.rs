//! A POST with an `Idempotency-Key` is done once, however often and however quickly it is sent.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Request, header},
};

use crate::site::{Answer, Site};

async fn begin_application(site: &Site, key: &str, body: &str) -> Answer {
    let request = Request::post("/api/v1/applications")
        .header(header::CONTENT_TYPE, "application/json")
        .header("idempotency-key", key)
        .body(Body::from(body.to_owned()));
    site.send(request.unwrap(), "merchant").await.0
}

fn applications(site: &Site) -> usize {
    site.contents()["applications"].len()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_gives_the_same_answer_and_does_the_work_once() {
    let site = Arc::new(Site::new().await);
    let before = applications(&site);
    let first = begin_application(&site, "one", "{}").await;
    assert_eq!(first.status, 201, "{}", first.text());
    let again = begin_application(&site, "one", "{}").await;
    assert_eq!((again.status.as_u16(), again.json()), (201, first.json()));
    assert_eq!(applications(&site), before + 1);

    let other = begin_application(&site, "one", "{\"store_name\":\"Another\"}").await;
    assert_eq!(other.status, 422, "a key is for one request: {}", other.text());

    let mut at_once = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let site = site.clone();
        at_once.spawn(async move { begin_application(&site, "two", "{}").await.status.as_u16() });
    }
    let answers = at_once.join_all().await;
    assert!(answers.iter().all(|status| [201, 409].contains(status)), "{answers:?}");
    assert!(answers.contains(&201));
    assert_eq!(applications(&site), before + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_lets_its_key_go_and_a_stranger_has_their_own() {
    let site = Site::new().await;
    let before = applications(&site);
    let refused = begin_application(&site, "key", "{\"no_such_field\":1}").await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    let mended = begin_application(&site, "key", "{}").await;
    assert_eq!(mended.status, 201, "the key is free again: {}", mended.text());
    let request = Request::post("/api/v1/applications")
        .header(header::CONTENT_TYPE, "application/json")
        .header("idempotency-key", "key")
        .body(Body::from("{}"));
    let theirs = site.send(request.unwrap(), "stranger").await.0;
    assert_eq!(theirs.status, 201);
    assert_ne!(theirs.json(), mended.json(), "a key belongs to its account");
    assert_eq!(applications(&site), before + 2);
}

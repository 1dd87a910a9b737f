use axum::{
    body::Body,
    http::{Request, StatusCode, header},
    response::IntoResponse,
};
use db::Db;
use testkit::db_test;
use web::App;

use crate::{
    testing::{self, account},
    tokens,
};

/// Signs the account in and answers with its cookie.
async fn cookie(app: &App, contact: &str) -> String {
    let id = account(app, contact).await;
    let begun = web::session::begin(app, Some(id)).await.unwrap();
    let response = (begun, "").into_response();
    response.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned()
}

async fn send(app: &App, method: &str, path: &str, cookie: &str, form: &str) -> (StatusCode, String) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .header(header::COOKIE, cookie)
        .body(Body::from(form.to_owned()))
        .unwrap();
    let (status, _, body) = testing::answer(app, request).await;
    (status, body)
}

#[db_test]
async fn a_person_sees_themselves_and_changes_their_name(db: Db) {
    let app = testing::app(db);
    let mei = cookie(&app, "mei@example.com").await;
    assert_eq!(send(&app, "GET", "/me", "", "").await.0, StatusCode::SEE_OTHER, "sign in first");
    let (status, body) = send(&app, "GET", "/me", &mei, "").await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.contains("mei@example.com"), "{body}");
    let (status, body) = send(&app, "POST", "/me/name", &mei, "name=%00").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body.contains("name-error"), "{body}");
    assert_eq!(
        send(&app, "POST", "/me/name", &mei, "name=%E6%9E%97%E6%A2%85").await.0,
        StatusCode::SEE_OTHER
    );
    assert!(send(&app, "GET", "/me", &mei, "").await.1.contains("林梅"));
}

#[db_test]
async fn signing_out_everywhere_ends_every_browser_but_nobody_elses(db: Db) {
    let app = testing::app(db);
    let (here, there) = (cookie(&app, "mei@example.com").await, cookie(&app, "mei@example.com").await);
    let other = cookie(&app, "other@example.com").await;
    let others: Vec<uuid::Uuid> = app
        .db
        .read()
        .await
        .unwrap()
        .column("select s.id from sessions s join contacts c on c.account_id = s.account_id where c.contact = 'other@example.com'", &[])
        .await
        .unwrap();
    let foreign = kernel::SessionId::from_uuid(others[0]);
    let (status, _) = send(&app, "POST", &format!("/me/sessions/{foreign}"), &here, "").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(send(&app, "POST", "/me/sessions", &here, "").await.0, StatusCode::SEE_OTHER);
    for ended in [&here, &there] {
        assert_eq!(send(&app, "GET", "/me", ended, "").await.0, StatusCode::SEE_OTHER);
    }
    assert_eq!(send(&app, "GET", "/me", &other, "").await.0, StatusCode::OK);
}

#[db_test]
async fn a_token_is_shown_on_one_page_once(db: Db) {
    let app = testing::app(db);
    let mei = cookie(&app, "mei@example.com").await;
    let (status, body) = send(&app, "POST", "/me/tokens", &mei, "name=&days=30").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body.contains("name-error"), "{body}");
    let (status, body) = send(&app, "POST", "/me/tokens", &mei, "name=Till&days=30").await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.contains("mst_"), "{body}");
    let (_, body) = send(&app, "GET", "/me/tokens", &mei, "").await;
    assert!(body.contains("Till") && !body.contains("mst_"), "{body}");
    let id = account(&app, "mei@example.com").await;
    let token = tokens::list(&app, id).await.unwrap()[0].id;
    let revoke = format!("/me/tokens/{token}/revoke");
    assert_eq!(send(&app, "POST", &revoke, &mei, "").await.0, StatusCode::SEE_OTHER);
    assert!(!tokens::list(&app, id).await.unwrap()[0].is_good(app.clock.now()));
}

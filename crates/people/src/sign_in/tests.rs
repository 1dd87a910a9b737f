use std::net::IpAddr;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use db::Db;
use kernel::{Locale, SignInCodeId};
use testkit::db_test;

use super::*;
use crate::{
    accounts,
    testing::{self, account},
};

async fn asked(app: &App, contact: &str) -> SignInCodeId {
    ask(app, contact, None, Locale::English).await.unwrap()
}

/// The code as it was sent: the digits of the last message.
fn sent(app: &App) -> String {
    let message = testing::messages(app).pop().unwrap();
    message.text.chars().filter(char::is_ascii_digit).take(code::DIGITS).collect()
}

fn wrong(right: &str) -> String {
    let last = right.as_bytes()[5];
    format!("{}{}", &right[..5], if last == b'0' { '1' } else { '0' })
}

#[db_test]
async fn a_code_proves_its_contact_once(db: Db) {
    let app = testing::app(db);
    let id = asked(&app, "Mei@Example.com").await;
    let code = sent(&app);
    assert_eq!(testing::messages(&app)[0].to, "mei@example.com");
    let mei = prove(&app, id, &code, None, None).await.unwrap();
    assert!(matches!(prove(&app, id, &code, None, None).await, Err(ProveError::Gone)));
    let mut read = app.db.read().await.unwrap();
    assert!(accounts::contacts(&mut read, mei).await.unwrap()[0].verified_at.is_some());
    drop(read);
    let again = asked(&app, "mei@example.com").await;
    assert_eq!(prove(&app, again, &sent(&app), None, None).await.unwrap(), mei, "the same person again");
}

#[db_test]
async fn fifty_who_type_the_same_code_at_once_are_one_who_is_let_in(db: Db) {
    let app = testing::app(db);
    let id = asked(&app, "mei@example.com").await;
    let code = sent(&app);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (app, code) = (app.clone(), code.clone());
        tasks.spawn(async move { prove(&app, id, &code, None, None).await.is_ok() });
    }
    assert_eq!(tasks.join_all().await.into_iter().filter(|ok| *ok).count(), 1);
}

#[db_test]
async fn five_wrong_tries_end_a_code_also_all_at_once(db: Db) {
    let app = testing::app(db);
    let id = asked(&app, "mei@example.com").await;
    let right = sent(&app);
    match prove(&app, id, &wrong(&right), None, None).await {
        Err(ProveError::Wrong { tries_left }) => assert_eq!(tries_left, 4),
        other => panic!("{other:?}"),
    }
    assert!(matches!(prove(&app, id, "12", None, None).await, Err(ProveError::Invalid(_))), "costs no try");
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (app, wrong) = (app.clone(), wrong(&right));
        tasks.spawn(async move {
            matches!(prove(&app, id, &wrong, None, None).await, Err(ProveError::Wrong { .. }))
        });
    }
    let heard = tasks.join_all().await.into_iter().filter(|heard| *heard).count();
    assert_eq!(heard, 3, "four tries were left, and the last says that it was the last");
    assert!(matches!(prove(&app, id, &right, None, None).await, Err(ProveError::Gone)));
}

#[db_test]
async fn a_code_is_good_for_ten_minutes(db: Db) {
    let app = testing::app(db);
    let id = asked(&app, "mei@example.com").await;
    let code = sent(&app);
    app.clock.advance(jiff::SignedDuration::from_mins(10));
    assert!(matches!(prove(&app, id, &code, None, None).await, Err(ProveError::Gone)));
}

#[db_test]
async fn a_contact_gets_five_codes_an_hour_however_they_are_asked_for(db: Db) {
    let app = testing::app(db);
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..20u8 {
        let app = app.clone();
        let from = IpAddr::from([203, 0, 113, n]);
        tasks.spawn(async move { ask(&app, "mei@example.com", Some(from), Locale::English).await.is_ok() });
    }
    assert_eq!(tasks.join_all().await.into_iter().filter(|ok| *ok).count(), 5);
    assert_eq!(testing::messages(&app).len(), 5);
    asked(&app, "other@example.com").await;
    app.clock.advance(jiff::SignedDuration::from_mins(59));
    let early = ask(&app, "mei@example.com", None, Locale::English).await;
    assert!(matches!(early, Err(AskError::TooMany)));
    app.clock.advance(jiff::SignedDuration::from_mins(1));
    asked(&app, "mei@example.com").await;
}

#[db_test]
async fn one_address_cannot_ask_for_or_try_codes_without_end(db: Db) {
    let app = testing::app(db);
    let from = Some(IpAddr::from([203, 0, 113, 9]));
    let mut let_through = 0;
    for n in 0..40 {
        let asked = ask(&app, &format!("p{n}@example.com"), from, Locale::English).await;
        let_through += usize::from(asked.is_ok());
    }
    assert_eq!(let_through, code::PER_ADDRESS.times);
    let mut answered = 0;
    for _ in 0..40 {
        let tried = prove(&app, SignInCodeId::new(), "000000", None, from).await;
        answered += usize::from(matches!(tried, Err(ProveError::Gone)));
    }
    assert_eq!(answered, code::PER_ADDRESS.times);
}

#[db_test]
async fn the_link_in_the_log_makes_one_operator(db: Db) {
    let app = testing::app(db);
    let old = first_operator(&app).await.unwrap().unwrap();
    let link = first_operator(&app).await.unwrap().unwrap();
    let token = |link: &str| link.split_once("operator=").unwrap().1.to_owned();
    let signed_in = async |contact: &str, token: &str| {
        let id = asked(&app, contact).await;
        let account = prove(&app, id, &sent(&app), Some(token), None).await.unwrap();
        accounts::by_id(&mut app.db.read().await.unwrap(), account).await.unwrap().unwrap().operator
    };
    assert!(!signed_in("one@example.com", &token(&old)).await, "a new start voids the old link");
    assert!(!signed_in("two@example.com", "guessed").await);
    assert!(signed_in("three@example.com", &token(&link)).await);
    assert!(!signed_in("four@example.com", &token(&link)).await, "it is good once");
    assert_eq!(first_operator(&app).await.unwrap(), None);
}

#[db_test]
async fn what_is_over_is_swept(db: Db) {
    let app = testing::app(db);
    asked(&app, "mei@example.com").await;
    assert_eq!(sweep(&app).await.unwrap(), 0);
    app.clock.advance(jiff::SignedDuration::from_hours(25));
    assert_eq!(sweep(&app).await.unwrap(), 2, "a code and a count");
}

/// Sends a form and answers with status, headers and body.
async fn post(app: &App, path: &str, cookie: &str, form: &str) -> (StatusCode, header::HeaderMap, String) {
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .header(header::COOKIE, cookie)
        .body(Body::from(form.to_owned()))
        .unwrap();
    testing::answer(app, request).await
}

async fn get(app: &App, path: &str, cookie: &str) -> (StatusCode, header::HeaderMap, String) {
    testing::answer(app, Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap()).await
}

fn cookie_of(headers: &header::HeaderMap) -> String {
    let set = headers[header::SET_COOKIE].to_str().unwrap();
    set.split(';').next().unwrap().to_owned()
}

#[db_test]
async fn a_person_signs_in_on_two_pages_and_comes_back_to_where_they_were(db: Db) {
    let app = testing::app(db);
    let (status, _, body) = post(&app, "/sign-in", "", "contact=mei&next=/s/tea").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body.contains("contact-error") && body.contains("value=\"mei\""), "{body}");
    let (status, headers, _) =
        post(&app, "/sign-in", "", "contact=mei@example.com&next=/s/tea%3Fa%3Db%26c%3Dd").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let code_page = headers[header::LOCATION].to_str().unwrap().to_owned();
    let (status, _, body) = get(&app, &code_page, "").await;
    assert_eq!(status, StatusCode::OK);
    let code = sent(&app);
    assert!(
        !body.contains(&code) && !body.contains("data-demo-code"),
        "outside demo mode the code stays hidden"
    );
    let id = code_page.split_once("id=").unwrap().1.split('&').next().unwrap();
    let form = |code: &str| format!("id={id}&code={code}&next=/s/tea%3Fa%3Db%26c%3Dd");
    let (status, _, body) = post(&app, "/sign-in/code", "", &form(&wrong(&code))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body.contains("code-error"), "{body}");
    let (status, headers, _) = post(&app, "/sign-in/code", "", &form(&code)).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(headers[header::LOCATION], "/s/tea?a=b&c=d");
    let cookie = cookie_of(&headers);
    let (status, headers, _) = get(&app, "/sign-in?next=//evil.example", &cookie).await;
    assert_eq!((status, headers[header::LOCATION].to_str().unwrap()), (StatusCode::SEE_OTHER, "/"));
    let (_, headers, _) = post(&app, "/sign-out", &cookie, "").await;
    assert!(headers[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
    let (status, ..) = get(&app, "/me", &cookie).await;
    assert_ne!(status, StatusCode::OK, "the old cookie is worth nothing");
}

#[db_test]
async fn in_demo_mode_the_code_is_on_the_page_and_one_click_is_enough(db: Db) {
    let mut app = testing::app(db);
    std::sync::Arc::make_mut(&mut app.platform).demo = true;
    account(&app, "buyer@demo.example").await;
    let (_, headers, _) = post(&app, "/sign-in", "", "contact=mei@example.com").await;
    let (_, _, body) = get(&app, headers[header::LOCATION].to_str().unwrap(), "").await;
    assert!(body.contains(&format!("data-demo-code>{}<", sent(&app))), "{body}");
    let (_, _, body) = get(&app, "/sign-in", "").await;
    assert!(body.contains("value=\"buyer\"") && !body.contains("value=\"clerk\""), "{body}");
    let (status, headers, _) = post(&app, "/demo/sign-in", "", "who=buyer").await;
    assert_eq!((status, headers[header::LOCATION].to_str().unwrap()), (StatusCode::SEE_OTHER, "/me"));
    let (status, ..) = post(&app, "/demo/sign-in", "", "who=nobody").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[db_test]
async fn outside_demo_mode_nobody_signs_in_by_a_click(db: Db) {
    let app = testing::app(db);
    account(&app, "operator@demo.example").await;
    let (status, headers, _) = post(&app, "/demo/sign-in", "", "who=operator").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(!headers.contains_key(header::SET_COOKIE));
}

#[db_test]
async fn a_visitors_things_go_along_and_the_visitors_token_ends(db: Db) {
    use std::sync::Mutex;
    static TAKEN: Mutex<Vec<(kernel::SessionId, kernel::AccountId)>> = Mutex::new(Vec::new());
    let mut app = testing::app(db);
    app.on_sign_in = std::sync::Arc::new(vec![|_, session, account| {
        Box::pin(async move {
            TAKEN.lock().unwrap().push((session, account));
            Ok(())
        })
    }]);
    let visitor = web::session::begin(&app, None).await.unwrap();
    let visitor_id = visitor.id;
    let response = axum::response::IntoResponse::into_response((visitor, ""));
    let planted = cookie_of(response.headers());
    let id = asked(&app, "mei@example.com").await;
    let form = format!("id={id}&code={}", sent(&app));
    let (status, headers, _) = post(&app, "/sign-in/code", &planted, &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_ne!(cookie_of(&headers), planted, "the token is a new one");
    let taken = TAKEN.lock().unwrap().iter().filter(|(session, _)| *session == visitor_id).count();
    assert_eq!(taken, 1);
    let left: i64 = app.db.read().await.unwrap().one("select count(*) from sessions", &[]).await.unwrap();
    assert_eq!(left, 1, "only the new session is left");
}

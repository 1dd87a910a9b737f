use std::sync::Arc;

use ::stores::applications::{self, Answers, Application};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
    response::IntoResponse,
};
use db::{Db, Error, LaneKey, deadlines};
use kernel::{AccountId, ImageId, OrderId, StoreId};
use people::{Contact, accounts, alpha, audit};
use testkit::db_test;
use tower::ServiceExt;
use web::{App, Stage};

fn app(db: Db) -> App {
    let mut app = App::for_tests(db, testkit::morning_clock(), std::env::temp_dir());
    Arc::make_mut(&mut app.platform).stage = Stage::Public;
    app
}

async fn account(app: &App, contact: &str, operator: bool) -> AccountId {
    let (contact, now) = (Contact::parse(contact).unwrap(), app.clock.now());
    app.db
        .write(LaneKey::PLATFORM, async |tx| {
            let account = accounts::of_contact_or_new(tx, &contact, now).await?;
            accounts::verified(tx, &contact, now).await?;
            if operator {
                accounts::make_operator(tx, account).await?;
            }
            Ok::<_, Error>(account)
        })
        .await
        .unwrap()
}

async fn cookie(app: &App, account: AccountId) -> String {
    let response = (web::session::begin(app, Some(account)).await.unwrap(), "").into_response();
    response.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned()
}

/// An operator and their cookie.
async fn operator(app: &App) -> (AccountId, String) {
    let id = account(app, "operator@example.com", true).await;
    (id, cookie(app, id).await)
}

async fn send(
    app: &App,
    method: &str,
    cookie: &str,
    path: &str,
    kind: &str,
    body: &str,
) -> (StatusCode, String) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::COOKIE, cookie)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, kind)
        .body(Body::from(body.to_owned()))
        .unwrap();
    let (api, _) = crate::api().split_for_parts();
    let response = web::finish(crate::routes().merge(api), app.clone()).oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

const FORM: &str = "application/x-www-form-urlencoded";

async fn get(app: &App, cookie: &str, path: &str) -> (StatusCode, String) {
    send(app, "GET", cookie, path, FORM, "").await
}

async fn post(app: &App, cookie: &str, path: &str, form: &str) -> (StatusCode, String) {
    send(app, "POST", cookie, path, FORM, form).await
}

/// An application that waits for a decision.
async fn submitted(app: &App, contact: &str, n: usize) -> Application {
    let owner = account(app, contact, false).await;
    let (image, now) = (ImageId::new(), app.clock.now());
    app.db
        .write(owner, async |tx| {
            tx.execute(
                "insert into images (id, account_id, kind, width, height, created_at) values ($1, $2, 'licence', 8, 8, $3)",
                &[&image, &owner, &now],
            )
            .await
        })
        .await
        .unwrap();
    let text = |text: &str| Some(text.to_owned());
    let answers = Answers {
        subject: text("self-employed"),
        region: text("SG"),
        contact_name: text("Rose <b>Tan"),
        contact_email: text("rose@example.com"),
        legal_name: text("Rose Tan"),
        licence_number: text("53312345X"),
        licence_image: Some(image.to_string()),
        store_name: Some(format!("Auntie Rose {n}")),
        abbreviation: text("Rose"),
        handle: Some(format!("rose-{n}")),
        intro: text("Dumplings by hand."),
        return_name: text("Rose"),
        return_phone: text("+6561234567"),
        return_address: text("231 Bain Street, Singapore"),
        ..Answers::default()
    };
    let draft = applications::start(app, owner, answers).await.unwrap();
    applications::submit(app, owner, draft.id).await.unwrap()
}

const PAGES: [&str; 6] = [
    "/operator",
    "/operator/applications",
    "/operator/stores",
    "/operator/alpha",
    "/operator/jobs",
    "/operator/audit",
];

#[db_test]
async fn the_desk_is_there_for_operators_only(db: Db) {
    let app = app(db);
    let (_, desk) = operator(&app).await;
    let stranger = cookie(&app, account(&app, "rose@example.com", false).await).await;
    let seen = submitted(&app, "rose@example.com", 1).await;
    let review = format!("/operator/applications/{}", seen.id);
    for path in PAGES.iter().copied().chain([review.as_str()]) {
        let (status, body) = get(&app, &desk, path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        assert!(
            !body.contains("operator-") && !body.contains("applications-step"),
            "a word is missing: {path}"
        );
        assert_eq!(get(&app, &stranger, path).await.0, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(get(&app, "", path).await.0, StatusCode::SEE_OTHER, "{path}");
    }
    let store = StoreId::new();
    for (path, form) in [
        (format!("{review}/decide"), format!("version={}&do=approve", seen.version)),
        ("/operator/alpha/invite".into(), "contact=rose@example.com".into()),
        ("/operator/alpha/withdraw".into(), "contact=rose@example.com".into()),
        (format!("/operator/stores/{store}/pause"), "reason=No".into()),
        (format!("/operator/stores/{store}/reopen"), String::new()),
    ] {
        assert_eq!(post(&app, &stranger, &path, &form).await.0, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(post(&app, "", &path, &form).await.0, StatusCode::SEE_OTHER, "{path}");
    }
    let log = audit::list(&mut app.db.read().await.unwrap(), &audit::Filter::default()).await.unwrap();
    assert!(log.iter().all(|entry| entry.action.starts_with("application.s")), "nothing was done: {log:?}");
}

#[db_test]
async fn an_operator_refuses_one_field_and_approves_what_was_mended(db: Db) {
    let app = app(db);
    let (_, desk) = operator(&app).await;
    let seen = submitted(&app, "rose@example.com", 1).await;
    let path = format!("/operator/applications/{}", seen.id);
    let (_, body) = get(&app, &desk, &path).await;
    assert!(body.contains("Rose &#60;b&#62;Tan") || body.contains("Rose &lt;b&gt;Tan"), "{body}");
    assert!(body.contains("/media/img_") && body.contains("name=\"why_licence_number\""), "{body}");
    let decide = format!("{path}/decide");
    let with = |verdict: &str, whys: &str| format!("version={}&do={verdict}&{whys}", seen.version);
    let (status, body) = post(&app, &desk, &decide, &with("refuse", "why_intro=")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "a refusal says why: {body}");
    let (status, body) = post(&app, &desk, &decide, &with("approve", "why_intro=Too+short")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body.contains(">Too short</textarea>"), "what was typed is kept: {body}");
    let (status, _) = post(&app, &desk, &decide, &with("refuse", "why_licence_number=It+ends+in+Y")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, body) = get(&app, &desk, &path).await;
    assert!(body.contains("It ends in Y") && !body.contains("/decide\" disabled"), "{body}");
    assert!(get(&app, &desk, "/operator/applications?status=refused").await.1.contains("Auntie Rose 1"));

    let mend = Answers { licence_number: Some("53312345Y".into()), ..Answers::default() };
    applications::save(&app, seen.account_id, seen.id, mend).await.unwrap();
    let again = applications::submit(&app, seen.account_id, seen.id).await.unwrap();
    let (status, body) = post(&app, &desk, &decide, &with("approve", "")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "the page showed another version: {body}");
    let form = format!("version={}&do=approve&why_intro=", again.version);
    assert_eq!(post(&app, &desk, &decide, &form).await.0, StatusCode::SEE_OTHER);
    assert!(get(&app, &desk, &path).await.1.contains("href=\"/s/rose-1\""));
    assert!(get(&app, &desk, "/operator/stores").await.1.contains("Auntie Rose 1"));
    let (status, _) = post(&app, &desk, &decide, &form).await;
    assert_eq!(status, StatusCode::CONFLICT, "decided once");
}

#[db_test]
async fn programs_decide_too(db: Db) {
    let app = app(db);
    let (_, desk) = operator(&app).await;
    let stranger = cookie(&app, account(&app, "other@example.com", false).await).await;
    let (one, two) =
        (submitted(&app, "rose@example.com", 1).await, submitted(&app, "ann@example.com", 2).await);
    let list = "/api/v1/operator/applications";
    let json = "application/json";
    assert_eq!(get(&app, "", list).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(get(&app, &stranger, list).await.0, StatusCode::NOT_FOUND);
    let (status, body) = get(&app, &desk, list).await;
    assert!(status.is_success() && body.contains(&one.id.to_string()) && body.contains(&two.id.to_string()));
    assert_eq!(
        get(&app, &desk, &format!("{list}?status=nonsense")).await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let approve = format!("{list}/{}/approve", one.id);
    let version = format!("{{\"version\":{}}}", one.version);
    assert_eq!(send(&app, "POST", &stranger, &approve, json, &version).await.0, StatusCode::NOT_FOUND);
    let (status, body) = send(&app, "POST", &desk, &approve, json, &version).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    assert!(body.contains("\"rose-1\""), "{body}");
    let refuse = format!("{list}/{}/refuse", two.id);
    let none = format!("{{\"version\":{},\"reasons\":{{}}}}", two.version);
    let (status, body) = send(&app, "POST", &desk, &refuse, json, &none).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body.contains("\"reasons\""), "{body}");
    let why = format!("{{\"version\":{},\"reasons\":{{\"intro\":\"Say more.\"}}}}", two.version);
    assert_eq!(send(&app, "POST", &desk, &refuse, json, &why).await.0, StatusCode::NO_CONTENT);
    let (_, body) = get(&app, &desk, &format!("{list}/{}", two.id)).await;
    assert!(body.contains("Say more."), "{body}");
}

#[db_test]
async fn a_store_is_paused_with_a_reason_and_reopened(db: Db) {
    let app = app(db);
    let (operator, desk) = operator(&app).await;
    let seen = submitted(&app, "rose@example.com", 1).await;
    let store = applications::approve(&app, operator, seen.id, seen.version).await.unwrap();
    let path = |verb: &str| format!("/operator/stores/{}/{verb}", store.id);
    assert_eq!(post(&app, &desk, &path("pause"), "reason=+").await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let state =
        async || ::stores::by_id(&mut app.db.read().await.unwrap(), store.id).await.unwrap().unwrap().state;
    assert_eq!(state().await, ::stores::State::Open);
    for _ in 0..2 {
        assert_eq!(post(&app, &desk, &path("pause"), "reason=Fake+goods").await.0, StatusCode::SEE_OTHER);
    }
    assert_eq!(state().await, ::stores::State::Suspended);
    assert_eq!(post(&app, &desk, &path("reopen"), "").await.0, StatusCode::SEE_OTHER);
    assert_eq!(state().await, ::stores::State::Open);
    let filter = audit::Filter { store: Some(store.id), ..Default::default() };
    let log = audit::list(&mut app.db.read().await.unwrap(), &filter).await.unwrap();
    let actions: Vec<&str> = log.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["store.released", "store.suspended", "store.opened", "application.approved"]);
    assert_eq!(log[1].detail, "Fake goods");
    let missing = format!("/operator/stores/{}/pause", StoreId::new());
    assert_eq!(post(&app, &desk, &missing, "reason=No").await.0, StatusCode::NOT_FOUND);
    for (q, found) in
        [("ROSE", true), ("%25", false), ("_", false), ("nobody", false), ("%00", true), ("%5C", false)]
    {
        let (status, body) = get(&app, &desk, &format!("/operator/stores?q={q}")).await;
        assert_eq!((status, body.contains("Auntie Rose 1")), (StatusCode::OK, found), "{q}");
    }
}

#[db_test]
async fn the_waiting_list_is_worked_off(db: Db) {
    let mut app = app(db);
    Arc::make_mut(&mut app.platform).stage = Stage::Alpha;
    let (_, desk) = operator(&app).await;
    let mei = account(&app, "mei@example.com", false).await;
    alpha::join(&app, mei, "Noodles, by <hand>").await.unwrap();
    let (_, body) = get(&app, &desk, "/operator/alpha").await;
    assert!(body.contains("mei@example.com") && !body.contains("<hand>"), "{body}");
    let (status, body) = post(&app, &desk, "/operator/alpha/invite", "contact=mei").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body.contains("contact-error"), "{body}");
    post(&app, &desk, "/operator/alpha/invite", "contact=mei@example.com").await;
    let stands = async || alpha::standing(&app, &mut app.db.read().await.unwrap(), mei).await.unwrap();
    assert_eq!(stands().await, alpha::Standing::Invited);
    post(&app, &desk, "/operator/alpha/withdraw", "contact=mei@example.com").await;
    assert!(matches!(stands().await, alpha::Standing::Waiting(_)));
}

#[db_test]
async fn what_is_late_is_seen(db: Db) {
    let app = app(db);
    let (_, desk) = operator(&app).await;
    let (store, now) = (StoreId::new(), app.clock.now());
    app.db
        .write(store, async |tx| deadlines::set(tx, store, "order.pay-by", OrderId::new(), now).await)
        .await
        .unwrap();
    app.clock.advance(jiff::SignedDuration::from_mins(1));
    let (_, body) = get(&app, &desk, "/operator/jobs").await;
    assert!(body.contains("order.pay-by") && body.contains("data-tone=\"warn\""), "{body}");
    let (_, body) = get(&app, &desk, "/operator").await;
    assert!(body.contains("<span class=\"number\">1</span>"), "{body}");
}

#[db_test]
async fn the_log_is_filtered_and_bad_filters_are_refused_by_name(db: Db) {
    let app = app(db);
    let (operator, desk) = operator(&app).await;
    let now = app.clock.now();
    app.db
        .write(LaneKey::PLATFORM, async |tx| {
            for n in 0..audit::PAGE + 1 {
                audit::record(tx, operator, None, "test.done", format!("thing {n}"), "", now).await?;
            }
            audit::record(tx, None, None, "other.done", "thing x", "<script>", now).await
        })
        .await
        .unwrap();
    let (_, body) = get(&app, &desk, "/operator/audit").await;
    assert!(
        body.contains("thing x") && !body.contains("<script>\n") && body.contains("before=aud_"),
        "{body}"
    );
    assert!(!body.contains("><script>"), "{body}");
    let (_, body) = get(&app, &desk, "/operator/audit?action=test.done&subject=thing+7").await;
    assert!(body.contains("thing 7") && !body.contains("thing 8"), "{body}");
    let (_, body) = get(&app, &desk, &format!("/operator/audit?actor={operator}&action=other.done")).await;
    assert!(!body.contains("thing x"), "{body}");
    for wrong in ["store=x", "actor=sto_01", "before=../../"] {
        let (status, _) = get(&app, &desk, &format!("/operator/audit?{wrong}")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    let (status, _) = get(&app, &desk, "/operator/audit?subject=%00&action=%00x").await;
    assert_eq!(status, StatusCode::OK);
}

#[db_test]
async fn the_front_tells_the_fees_and_no_store(db: Db) {
    let app = app(db);
    let (operator, _) = operator(&app).await;
    let seen = submitted(&app, "rose@example.com", 1).await;
    applications::approve(&app, operator, seen.id, seen.version).await.unwrap();
    let (status, body) = get(&app, "", "/").await;
    assert_eq!(status, StatusCode::OK);
    assert!(!body.contains("Auntie Rose") && !body.contains(">front-"), "{body}");
    let (_, body) = get(&app, "", "/fees").await;
    for shown in ["S$0.00", "0.6 %", "S$68.50", "−S$0.41", "S$68.09", "S$13700.00", "−S$82.00"] {
        assert!(body.contains(shown) || body.replace(',', "").contains(shown), "{shown} is missing: {body}");
    }
    assert_eq!(get(&app, "", "/demo").await.0, StatusCode::NOT_FOUND);
    let mut town = app.clone();
    Arc::make_mut(&mut town.platform).demo = true;
    let (status, body) = get(&town, "", "/demo").await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.contains("/s/rose-1"), "{body}");
}

use std::{path::PathBuf, sync::Arc};

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use db::{Db, LaneKey};
use gateways::messages::Messages;
use kernel::{AccountId, ImageId, Problem};
use people::{Contact, accounts, alpha, audit, roles};
use testkit::db_test;
use tokio::task::JoinSet;
use tower::ServiceExt;
use web::Stage;

use super::*;
use crate::testing::cookie;

fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("ministore-applications-{}", uuid::Uuid::now_v7().simple()))
}

/// A server after the alpha.
fn app(db: Db) -> App {
    let mut app = App::for_tests(db, testkit::morning_clock(), folder());
    Arc::make_mut(&mut app.platform).stage = Stage::Public;
    app
}

async fn account(app: &App, contact: &str) -> AccountId {
    let (contact, now) = (Contact::parse(contact).unwrap(), app.clock.now());
    app.db
        .write(LaneKey::PLATFORM, async |tx| {
            let account = accounts::of_contact_or_new(tx, &contact, now).await?;
            accounts::verified(tx, &contact, now).await?;
            Ok::<_, Error>(account)
        })
        .await
        .unwrap()
}

async fn operator(app: &App) -> AccountId {
    let account = account(app, "operator@example.com").await;
    app.db.write(LaneKey::PLATFORM, async |tx| accounts::make_operator(tx, account).await).await.unwrap();
    account
}

/// A picture's record, as an upload leaves it.
async fn licence(app: &App, owner: AccountId) -> String {
    let (id, now) = (ImageId::new(), app.clock.now());
    app.db
        .write(owner, async |tx| {
            tx.execute(
                "insert into images (id, account_id, kind, width, height, created_at) values ($1, $2, 'licence', 800, 600, $3)",
                &[&id, &owner, &now],
            )
            .await
        })
        .await
        .unwrap();
    id.to_string()
}

async fn answers(app: &App, owner: AccountId, n: usize) -> Answers {
    let text = |text: &str| Some(text.to_owned());
    Answers {
        subject: text("company"),
        region: text("SG"),
        contact_name: text("Rose Tan"),
        contact_phone: text("+65 6123 4567"),
        legal_name: text("Rose Tan Foods Pte Ltd"),
        licence_number: text("5331 2345x"),
        licence_image: Some(licence(app, owner).await),
        store_name: Some(format!("Auntie Rose {n}")),
        abbreviation: text("Rose"),
        handle: Some(format!("rose-{n}")),
        intro: text("Dumplings folded by hand every morning."),
        return_name: text("Rose Tan"),
        return_phone: text("+6561234567"),
        return_address: text("Blk 231 Bain Street #01-07\nSingapore 180231"),
        ..Answers::default()
    }
}

async fn submitted(app: &App, owner: AccountId, n: usize) -> Application {
    let draft = start(app, owner, answers(app, owner, n).await).await.unwrap();
    submit(app, owner, draft.id).await.unwrap()
}

fn one(field: Field, text: &str) -> Answers {
    serde_json::from_value(serde_json::json!({ field.as_str(): text })).unwrap()
}

fn reason(field: &str, text: &str) -> Vec<(String, String)> {
    vec![(field.to_owned(), text.to_owned())]
}

async fn actions(app: &App, application: &Application) -> Vec<String> {
    let filter = audit::Filter { subject: Some(application.id.to_string()), ..Default::default() };
    let log = audit::list(&mut app.db.read().await.unwrap(), &filter).await.unwrap();
    log.into_iter().rev().map(|entry| entry.action).collect()
}

#[db_test]
async fn from_a_draft_by_way_of_a_refusal_to_an_open_store(db: Db) {
    let app = app(db);
    let (operator, rose) = (operator(&app).await, account(&app, "rose@example.com").await);
    let draft = start(&app, rose, one(Field::StoreName, "?")).await.unwrap();
    assert!(matches!(submit(&app, rose, draft.id).await, Err(SubmitError::Invalid(_))));
    save(&app, rose, draft.id, answers(&app, rose, 1).await).await.unwrap();
    let first = submit(&app, rose, draft.id).await.unwrap();
    let locked = save(&app, rose, draft.id, one(Field::Intro, "Another intro")).await;
    assert!(matches!(locked, Err(DraftError::NotAllowed(NotAllowed(Status::Submitted)))));

    let why = "The number on the picture ends in Y.";
    refuse(&app, operator, draft.id, first.version, reason("licence_number", why)).await.unwrap();
    let mut read = app.db.read().await.unwrap();
    let back = of_applicant(&mut read, rose, draft.id).await.unwrap().unwrap();
    assert_eq!(back.state.reasons().unwrap()[&Field::LicenceNumber], why);
    drop(read);
    let stale = approve(&app, operator, draft.id, back.version).await;
    assert!(matches!(stale, Err(ApproveError::NotAllowed(NotAllowed(Status::Refused)))));

    app.clock.advance(jiff::SignedDuration::from_hours(1));
    let mended = save(&app, rose, draft.id, one(Field::LicenceNumber, "53312345Y")).await.unwrap();
    assert!(mended.state.reasons().unwrap().is_empty(), "the reason goes with the change");
    let second = submit(&app, rose, draft.id).await.unwrap();
    let store = approve(&app, operator, draft.id, second.version).await.unwrap();

    let mut read = app.db.read().await.unwrap();
    let found = crate::by_handle(&mut read, "rose-1").await.unwrap().unwrap();
    assert_eq!((found.id, found.owner, found.currency), (store.id, rose, kernel::Currency::SGD));
    assert_eq!((found.name.as_str(), found.time_zone.as_str()), ("Auntie Rose 1", "Asia/Singapore"));
    assert_eq!(found.commission, app.platform.commission);
    assert_eq!(roles::role_of(&mut read, store.id, rose).await.unwrap(), Some(roles::Role::Owner));
    let over = of_applicant(&mut read, rose, draft.id).await.unwrap().unwrap();
    assert!(
        matches!(over.state, State::Approved { store: opened, by, .. } if opened == store.id && by == operator)
    );
    drop(read);
    let expected = ["started", "saved", "submitted", "refused", "saved", "submitted", "approved"]
        .map(|a| format!("application.{a}"));
    assert_eq!(actions(&app, &over).await, expected);
    let Messages::Kept(kept) = &app.messages else { panic!("tests keep messages") };
    let told: Vec<String> = kept.lock().unwrap().iter().map(|message| message.to.clone()).collect();
    assert_eq!(told, ["rose@example.com", "rose@example.com"]);
}

#[db_test]
async fn only_operators_decide_and_only_about_what_they_have_seen(db: Db) {
    let app = app(db);
    let (operator, rose) = (operator(&app).await, account(&app, "rose@example.com").await);
    let other = account(&app, "other@example.com").await;
    let seen = submitted(&app, rose, 1).await;
    for nobody in [rose, other] {
        let approved = approve(&app, nobody, seen.id, seen.version).await;
        assert!(matches!(approved, Err(ApproveError::NotOperator)));
        let refused = refuse(&app, nobody, seen.id, seen.version, reason("intro", "No")).await;
        assert!(matches!(refused, Err(RefuseError::NotOperator)));
    }
    assert!(matches!(withdraw(&app, other, seen.id).await, Err(SubmitError::NotFound)));
    assert!(matches!(save(&app, other, seen.id, Answers::default()).await, Err(DraftError::NotFound)));
    assert!(matches!(submit(&app, other, seen.id).await, Err(SubmitError::NotFound)));
    assert!(matches!(discard(&app, other, seen.id).await, Err(DraftError::NotFound)));

    withdraw(&app, rose, seen.id).await.unwrap();
    save(&app, rose, seen.id, one(Field::StoreName, "Something else")).await.unwrap();
    submit(&app, rose, seen.id).await.unwrap();
    let approved = approve(&app, operator, seen.id, seen.version).await;
    assert!(matches!(approved, Err(ApproveError::Changed)), "the name is another one now");
    let refused = refuse(&app, operator, seen.id, seen.version, reason("intro", "No")).await;
    assert!(matches!(refused, Err(RefuseError::Changed)));
}

#[db_test]
async fn an_operator_gives_reasons_by_field_or_refuses_nothing(db: Db) {
    let app = app(db);
    let (operator, rose) = (operator(&app).await, account(&app, "rose@example.com").await);
    let seen = submitted(&app, rose, 1).await;
    let long = "x".repeat(301);
    for (sent, field) in [
        (vec![], "reasons"),
        (reason("nonsense", "No"), "reasons.nonsense"),
        (reason("intro", " "), "reasons.intro"),
        (reason("intro", &long), "reasons.intro"),
    ] {
        match refuse(&app, operator, seen.id, seen.version, sent).await {
            Err(RefuseError::Invalid(invalid)) => assert!(invalid.of(field).is_some(), "{invalid:?}"),
            other => panic!("{other:?}"),
        }
    }
}

#[db_test]
async fn a_draft_that_was_never_submitted_is_nobodys_but_its_writers(db: Db) {
    let app = app(db);
    let rose = account(&app, "rose@example.com").await;
    let draft = start(&app, rose, Answers::default()).await.unwrap();
    let mut read = app.db.read().await.unwrap();
    assert!(for_operator(&mut read, draft.id).await.unwrap().is_none());
    drop(read);
    discard(&app, rose, draft.id).await.unwrap();
    assert!(matches!(discard(&app, rose, draft.id).await, Err(DraftError::NotFound)));
    let seen = submitted(&app, rose, 1).await;
    assert!(matches!(discard(&app, rose, seen.id).await, Err(DraftError::NotAllowed(_))));
}

#[db_test]
async fn one_application_approved_twenty_times_at_once_is_one_store(db: Db) {
    let app = app(db);
    let (operator, rose) = (operator(&app).await, account(&app, "rose@example.com").await);
    let seen = submitted(&app, rose, 1).await;
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let app = app.clone();
        tasks.spawn(async move { approve(&app, operator, seen.id, seen.version).await.is_ok() });
    }
    assert_eq!(tasks.join_all().await.into_iter().filter(|ok| *ok).count(), 1);
    let stores: i64 = app.db.read().await.unwrap().one("select count(*) from stores", &[]).await.unwrap();
    assert_eq!(stores, 1);
}

#[db_test]
async fn a_person_never_holds_more_stores_than_they_may(db: Db) {
    let app = app(db);
    let (operator, rose) = (operator(&app).await, account(&app, "rose@example.com").await);
    let mut waiting = Vec::new();
    for n in 0..6 {
        waiting.push(submitted(&app, rose, n).await);
    }
    let mut tasks = JoinSet::new();
    for seen in waiting {
        let app = app.clone();
        tasks.spawn(async move { approve(&app, operator, seen.id, seen.version).await });
    }
    let answers = tasks.join_all().await;
    let opened: Vec<_> = answers.iter().flatten().collect();
    assert_eq!(opened.len() as i64, app.platform.stores_per_person);
    assert!(answers.iter().flat_map(|a| a.as_ref().err()).all(|e| matches!(e, ApproveError::PersonLimit)));
    let draft = start(&app, rose, super::tests::answers(&app, rose, 9).await).await.unwrap();
    assert!(matches!(submit(&app, rose, draft.id).await, Err(SubmitError::PersonLimit)));

    let closed = opened[0].id;
    app.db.write(closed, async |tx| store_closed(tx, closed).await).await.unwrap();
    let seen = submit(&app, rose, draft.id).await.unwrap();
    approve(&app, operator, seen.id, seen.version).await.unwrap();
}

#[db_test]
async fn a_licence_never_holds_more_stores_than_it_may_whoever_uses_it(db: Db) {
    let mut app = app(db);
    Arc::make_mut(&mut app.platform).stores_per_licence = 4;
    let operator = operator(&app).await;
    let mut waiting = Vec::new();
    for n in 0..9 {
        let person = account(&app, &format!("p{n}@example.com")).await;
        waiting.push(submitted(&app, person, n).await);
    }
    let mut tasks = JoinSet::new();
    for seen in waiting {
        let app = app.clone();
        tasks.spawn(async move { approve(&app, operator, seen.id, seen.version).await });
    }
    let answers = tasks.join_all().await;
    assert_eq!(answers.iter().filter(|a| a.is_ok()).count(), 4);
    for error in answers.into_iter().filter_map(Result::err) {
        let ApproveError::Invalid(invalid) = error else { panic!("{error:?}") };
        assert_eq!(invalid.of("licence_number"), Some(&Problem::Rule("applications-licence-limit")));
    }
    let people: i64 = app
        .db
        .read()
        .await
        .unwrap()
        .one("select count(*) from store_holders where holder like 'person %'", &[])
        .await
        .unwrap();
    assert_eq!(people, 4, "who was refused by the licence's limit has used no place");
}

#[db_test]
async fn a_name_that_was_taken_meanwhile_is_told_and_costs_nothing(db: Db) {
    let app = app(db);
    let (operator, rose) = (operator(&app).await, account(&app, "rose@example.com").await);
    let other = account(&app, "other@example.com").await;
    let (first, second) = (submitted(&app, rose, 1).await, submitted(&app, other, 2).await);
    withdraw(&app, other, second.id).await.unwrap();
    save(&app, other, second.id, one(Field::StoreName, "AUNTIE ROSE 1")).await.unwrap();
    let second = submit(&app, other, second.id).await.unwrap();
    approve(&app, operator, first.id, first.version).await.unwrap();
    match approve(&app, operator, second.id, second.version).await {
        Err(ApproveError::Invalid(invalid)) => assert_eq!(invalid.of("store_name"), Some(&Problem::Taken)),
        other => panic!("{other:?}"),
    }
    let mut read = app.db.read().await.unwrap();
    let seen = for_operator(&mut read, second.id).await.unwrap().unwrap();
    assert_eq!(seen.state.status(), Status::Submitted);
    let checks = checks(&mut read, &app.platform, &seen).await.unwrap();
    assert!(checks.name_is_taken && !checks.handle_is_taken);
    assert_eq!((checks.by_person, checks.by_licence), ((0, 3), Some((1, 50))));
}

#[db_test]
async fn during_the_alpha_only_the_invited_apply(db: Db) {
    let mut app = app(db);
    Arc::make_mut(&mut app.platform).stage = Stage::Alpha;
    let (operator, rose) = (operator(&app).await, account(&app, "rose@example.com").await);
    assert!(matches!(start(&app, rose, Answers::default()).await, Err(DraftError::NotInvited)));
    alpha::invite(&app, operator, "rose@example.com", kernel::Locale::English).await.unwrap();
    let draft = start(&app, rose, answers(&app, rose, 1).await).await.unwrap();
    alpha::withdraw(&app, operator, "rose@example.com").await.unwrap();
    assert!(matches!(submit(&app, rose, draft.id).await, Err(SubmitError::NotInvited)));
}

#[db_test]
async fn a_licence_picture_must_be_ones_own(db: Db) {
    let app = app(db);
    let (rose, other) = (account(&app, "rose@example.com").await, account(&app, "other@example.com").await);
    let mut stolen = answers(&app, rose, 1).await;
    stolen.licence_image = Some(licence(&app, other).await);
    let draft = start(&app, rose, stolen).await.unwrap();
    match submit(&app, rose, draft.id).await {
        Err(SubmitError::Invalid(invalid)) => {
            assert_eq!(invalid.of("licence_image"), Some(&Problem::NotFound))
        }
        other => panic!("{other:?}"),
    }
}

#[db_test]
async fn a_person_has_few_applications_open(db: Db) {
    let app = app(db);
    let rose = account(&app, "rose@example.com").await;
    let mut tasks = JoinSet::new();
    for _ in 0..OPEN_MAX + 5 {
        let app = app.clone();
        tasks.spawn(async move { start(&app, rose, Answers::default()).await.is_ok() });
    }
    assert_eq!(tasks.join_all().await.into_iter().filter(|ok| *ok).count() as i64, OPEN_MAX);
}

// Pages.

async fn answer_to(app: &App, request: Request<Body>) -> (StatusCode, String, String) {
    let response = web::finish(routes(), app.clone()).oneshot(request).await.unwrap();
    let status = response.status();
    let to = response.headers().get(header::LOCATION).map_or("", |to| to.to_str().unwrap()).to_owned();
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, to, String::from_utf8(body.to_vec()).unwrap())
}

async fn get_page(app: &App, cookie: &str, path: &str) -> (StatusCode, String, String) {
    answer_to(app, Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap()).await
}

async fn post_form(app: &App, cookie: &str, path: &str, form: &str) -> (StatusCode, String, String) {
    let request = Request::post(path)
        .header(header::COOKIE, cookie)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    answer_to(app, request.body(Body::from(form.to_owned())).unwrap()).await
}

async fn post_step(
    app: &App,
    cookie: &str,
    path: &str,
    fields: &[(&str, &str)],
    picture: Option<&[u8]>,
) -> (StatusCode, String, String) {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(
            format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    if let Some(picture) = picture {
        body.extend(b"--b\r\ncontent-disposition: form-data; name=\"licence\"; filename=\"l.png\"\r\ncontent-type: image/png\r\n\r\n");
        body.extend(picture);
        body.extend(b"\r\n");
    }
    body.extend(b"--b--\r\n");
    let request = Request::post(path)
        .header(header::COOKIE, cookie)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
    answer_to(app, request.body(Body::from(body)).unwrap()).await
}

fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(400, 300).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[db_test]
async fn who_is_not_invited_sees_the_waiting_list_and_joins_it(db: Db) {
    let mut app = app(db);
    Arc::make_mut(&mut app.platform).stage = Stage::Alpha;
    let cookie = cookie(&app, account(&app, "rose@example.com").await).await;
    let (status, _, body) = get_page(&app, &cookie, "/console").await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        body.contains("action=\"/console/waiting\"") && !body.contains("action=\"/console/applications\"")
    );
    let (status, to, _) = post_form(&app, &cookie, "/console/applications", "").await;
    assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/console"), "no way around the page");
    let long = format!("note={}", "x".repeat(500));
    let (status, _, body) = post_form(&app, &cookie, "/console/waiting", &long).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body.contains("note-error"), "{body}");
    post_form(&app, &cookie, "/console/waiting", "note=Noodles").await;
    let (_, _, body) = get_page(&app, &cookie, "/console").await;
    assert!(body.contains("data-waiting-list") && !body.contains("action=\"/console/waiting\""), "{body}");
}

#[db_test]
async fn a_merchant_walks_through_the_form(db: Db) {
    let app = app(db);
    let (operator, rose) = (operator(&app).await, account(&app, "rose@example.com").await);
    let cookie = cookie(&app, rose).await;
    let (_, path, _) = post_form(&app, &cookie, "/console/applications", "").await;
    let (_, _, body) = get_page(&app, &cookie, &path).await;
    assert!(body.contains("value=\"rose@example.com\""), "what is known is filled in: {body}");
    let who =
        [("step", "who"), ("go", "next"), ("subject", "company"), ("region", "BR"), ("contact_name", "Rose")];
    let (status, to, _) = post_step(&app, &cookie, &path, &who, None).await;
    assert_eq!((status, to), (StatusCode::SEE_OTHER, format!("{path}?step=who&check=true")));
    let (_, _, body) = get_page(&app, &cookie, &format!("{path}?step=who&check=true")).await;
    assert!(body.contains("region-error") && body.contains("/api/docs"), "what can be had instead: {body}");
    let (_, to, _) =
        post_step(&app, &cookie, &path, &[("step", "who"), ("go", "next"), ("region", "SG")], None).await;
    assert_eq!(to, format!("{path}?step=licence"));
    let licence =
        [("step", "licence"), ("go", "next"), ("legal_name", "Rose Foods"), ("licence_number", "53312345X")];
    let (status, _, body) = post_step(&app, &cookie, &path, &licence, Some(b"not a picture")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body.contains("licence_image-error") && body.contains("Rose Foods"), "{body}");
    let (_, to, body) = post_step(&app, &cookie, &path, &licence, Some(&png())).await;
    assert_eq!(to, format!("{path}?step=store"), "{body}");
    let store = [
        ("step", "store"),
        ("go", "later"),
        ("store_name", "Auntie Rose"),
        ("abbreviation", "Rose"),
        ("handle", "rose"),
        ("intro", "Dumplings by hand."),
        ("currency", "SGD"),
        ("time_zone", "Asia/Singapore"),
    ];
    let (_, to, _) = post_step(&app, &cookie, &path, &store, None).await;
    assert_eq!(to, format!("{path}?step=store&saved=true"));
    let (_, _, body) = post_step(&app, &cookie, &path, &[("step", "check"), ("go", "submit")], None).await;
    assert!(body.contains("class=\"error\""), "the address is missing: {body}");
    let address = [
        ("step", "address"),
        ("go", "next"),
        ("return_name", "Rose"),
        ("return_phone", "+6561234567"),
        ("return_address", "231 Bain Street, Singapore 180231"),
    ];
    let (_, to, _) = post_step(&app, &cookie, &path, &address, None).await;
    assert_eq!(to, format!("{path}?step=check"));
    let (status, to, body) =
        post_step(&app, &cookie, &path, &[("step", "check"), ("go", "submit")], None).await;
    assert_eq!((status, to), (StatusCode::SEE_OTHER, path.clone()), "{body}");
    let (_, _, body) = get_page(&app, &cookie, &path).await;
    assert!(body.contains("data-status=\"submitted\""), "{body}");

    let id = path.rsplit('/').next().unwrap().parse().unwrap();
    let version = for_operator(&mut app.db.read().await.unwrap(), id).await.unwrap().unwrap().version;
    refuse(&app, operator, id, version, reason("intro", "Say more about the dumplings.")).await.unwrap();
    let (_, _, body) = get_page(&app, &cookie, &path).await;
    assert!(body.contains("Say more about the dumplings.") && body.contains("data-reason"), "{body}");
    assert!(body.contains("id=\"intro\""), "straight to the step that is to be mended");
    let mend = [("step", "store"), ("go", "next"), ("intro", "Dumplings folded by hand every morning.")];
    post_step(&app, &cookie, &path, &mend, None).await;
    post_step(&app, &cookie, &path, &[("step", "check"), ("go", "submit")], None).await;
    let version = for_operator(&mut app.db.read().await.unwrap(), id).await.unwrap().unwrap().version;
    approve(&app, operator, id, version).await.unwrap();
    let (_, _, body) = get_page(&app, &cookie, &path).await;
    assert!(body.contains("href=\"/s/rose\"") && body.contains("/console/rose/poster"), "{body}");
    let (_, _, body) = get_page(&app, &cookie, "/console").await;
    assert!(body.contains("href=\"/console/rose\""), "{body}");
}

#[db_test]
async fn nobody_opens_anothers_application(db: Db) {
    let app = app(db);
    let (rose, other) = (account(&app, "rose@example.com").await, account(&app, "other@example.com").await);
    let seen = submitted(&app, rose, 1).await;
    let (stranger, path) = (cookie(&app, other).await, format!("/console/applications/{}", seen.id));
    assert_eq!(get_page(&app, &stranger, &path).await.0, StatusCode::NOT_FOUND);
    let step = [("step", "who"), ("go", "next"), ("region", "SG")];
    assert_eq!(post_step(&app, &stranger, &path, &step, None).await.0, StatusCode::NOT_FOUND);
    for way in ["withdraw", "discard"] {
        assert_eq!(post_form(&app, &stranger, &format!("{path}/{way}"), "").await.0, StatusCode::NOT_FOUND);
    }
    let (status, to, _) = get_page(&app, "", &path).await;
    assert_eq!((status, to), (StatusCode::SEE_OTHER, format!("/sign-in?next={path}")));
    let unknown = [("step", "who"), ("go", "next"), ("operator", "true")];
    let (status, ..) = post_step(&app, &cookie(&app, rose).await, &path, &unknown, None).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "only fields of the form");
}

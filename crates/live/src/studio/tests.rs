//! The host's pages, as a browser sends and gets them.

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use db::Db;
use kernel::AccountId;
use testkit::db_test;
use tower::ServiceExt;

use super::*;
use crate::{
    auction, chat,
    giveaway::{self, Task},
    rooms::Ending,
    testing::{Stage, account, signed_in, stage},
};

/// What the host's browser gets: a status, where it is led, and the page.
async fn ask(stage: &Stage, app: &App, form: Option<&str>, path: &str) -> (StatusCode, String, String) {
    let request = match form {
        Some(_) => Request::post(path),
        None => Request::get(path),
    };
    let request = request
        .header("cookie", signed_in(app, stage.host).await)
        .header("accept-language", "en")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded");
    let body = Body::from(form.unwrap_or_default().to_owned());
    let routes = routes().merge(auction::routes()).merge(giveaway::routes());
    let answer = web::finish(routes, app.clone()).oneshot(request.body(body).unwrap()).await.unwrap();
    let led = answer.headers().get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned());
    let status = answer.status();
    let page = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (status, led.unwrap_or_default(), String::from_utf8_lossy(&page).into_owned())
}

async fn named(stage: &Stage, name: &str) -> AccountId {
    let person = account(&stage.app, &format!("{name}@example.com")).await;
    let renamed = async |tx: &mut db::Tx| people::accounts::rename(tx, person, name).await;
    stage.app.db.write(db::LaneKey::PLATFORM, renamed).await.unwrap();
    person
}

#[db_test]
async fn a_host_sees_who_won_what_and_how_to_reach_them(db: Db) {
    let stage = stage(db).await;
    let (room, _, sku) = stage.live_with(1).await;
    let (app, store, host) = (&stage.app, &stage.store, stage.host);
    let people = [named(&stage, "Mei").await, named(&stage, "Tan").await];
    let wanted =
        auction::Open { sku, start: 1_000, increment: 100, reserve: None, seconds: 60, fixed_end: false };
    let sold = auction::open(app, store, host, room.id, wanted).await.unwrap();
    auction::bid(app, store, room.id, sold.id, people[0], 1_000, None).await.unwrap();
    auction::bid(app, store, room.id, sold.id, people[1], 1_500, None).await.unwrap();
    for (prize, winners) in [("A teapot", 2), ("A cup", 1)] {
        let wanted = giveaway::Open {
            prize: prize.into(),
            winners,
            task: Task::Watch,
            keyword: String::new(),
            seconds: 60,
        };
        let drawn = giveaway::open(app, store.id, host, room.id, wanted).await.unwrap();
        for person in people {
            giveaway::enter(app, store.id, room.id, drawn.id, person).await.unwrap();
        }
    }
    stage.advance(60);
    stage.run_deadlines().await;
    let path = format!("/console/rose/live/{}/winners", room.id);
    let (_, _, page) = ask(&stage, app, None, &path).await;
    let times = |words: &str| page.matches(words).count();
    assert_eq!(times("Won by Tan."), 1, "{page}");
    assert!(page.contains("Winning price") && page.contains("S$15.00") && !page.contains("Starting price"));
    // Both have won the teapot, one of them the cup.
    assert_eq!(times("<strong>Mei</strong>") + times("<strong>Tan</strong>"), 3);
    assert_eq!(times("mei@example.com") + times("tan@example.com"), 4);
    let back = |to: &str| format!("href=\"/console/rose/live/{}/{to}\"", room.id);
    assert!(page.contains(&back("studio")) && !page.contains(&back("report")));
    rooms::end(app, store.id, Some(host), room.id, Ending::Host).await.unwrap();
    let (_, _, page) = ask(&stage, app, None, &path).await;
    assert!(page.contains(&back("report")), "what came of a room that is over");
}

#[db_test]
async fn without_a_script_a_form_leads_back_to_where_it_stands(db: Db) {
    let stage = stage(db).await;
    let (room, _, sku) = stage.live_with(1).await;
    let auction = format!("sku={sku}&price=10&increment=1&seconds=60");
    for (verb, form, place) in [
        ("announce", "text=Ten+left", "tools-panel"),
        ("comment-orders", "on=true", "tools-panel"),
        ("auction", auction.as_str(), "tools-panel"),
        ("giveaway", "prize=Cup&winners=1&task=watch&seconds=60", "tools-panel"),
        ("say", "text=Hello", "chat-panel"),
    ] {
        let path = format!("/console/rose/live/{}/{verb}", room.id);
        let (status, led, page) = ask(&stage, &stage.app, Some(form), &path).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{verb}: {page}");
        assert_eq!(led, format!("/console/rose/live/{}/studio#{place}", room.id), "{verb}");
    }
}

#[db_test]
async fn where_live_rooms_are_off_nothing_is_made(db: Db) {
    let stage = stage(db).await;
    let room = stage.live_room().await;
    let off = stage.without_live();
    let told = stage.kinds(room.id).await;
    for (form, path) in [
        (None, "/console/rose/live".to_owned()),
        (Some(""), "/console/rose/live/now".to_owned()),
        (Some("text=Hello"), format!("/console/rose/live/{}/announce", room.id)),
    ] {
        let (status, _, _) = ask(&stage, &off, form, &path).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
    }
    assert_eq!(stage.kinds(room.id).await, told);
    let rooms = "select count(*) from live_rooms";
    assert_eq!(stage.app.db.read().await.unwrap().one::<i64>(rooms, &[]).await.unwrap(), 1);
}

#[db_test]
async fn whoever_has_a_part_keeps_order_and_does_nothing_else(db: Db) {
    let stage = stage(db).await;
    let (app, room) = (&stage.app, stage.live_room().await);
    let loud = named(&stage, "Loud").await;
    let said = chat::say(app, &room, loud, "Buy followers from me").await.unwrap();
    let (part, host) = (Some(chat::Part::Moderator), stage.host);
    chat::give_part(app, stage.store.id, host, room.id, stage.buyer, part).await.unwrap();
    let post = async |person: AccountId, deed: &str, form: String| {
        let request = Request::post(format!("/console/rose/live/{}/{deed}", room.id))
            .header("cookie", signed_in(app, person).await)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded");
        let request = request.body(Body::from(form)).unwrap();
        let answer = web::finish(routes(), app.clone()).oneshot(request).await.unwrap();
        let led = answer.headers().get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned());
        (answer.status(), led.unwrap_or_default())
    };
    let about = format!("message={}", said.id);
    let forbidden = (StatusCode::FORBIDDEN, String::new());
    assert_eq!(post(loud, "delete", about.clone()).await, forbidden);
    let back = format!("/s/rose/live/{}", room.id);
    for deed in ["pin-comment", "mute", "delete", "ban"] {
        let done = post(stage.buyer, deed, about.clone()).await;
        assert_eq!(done, (StatusCode::SEE_OTHER, back.clone()), "{deed}");
    }
    let seen = chat::recent(&mut app.db.read().await.unwrap(), &stage.get(room.id).await).await.unwrap();
    assert!(seen.is_empty() && chat::say(app, &room, loud, "Again").await.is_err());
    for (deed, form) in
        [("announce", "text=Mine"), ("end", ""), ("part", about.as_str()), ("words", "words=tea")]
    {
        assert_eq!(post(stage.buyer, deed, form.to_owned()).await, forbidden, "{deed}");
    }
}

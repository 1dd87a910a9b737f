//! Giveaways on both engines: everyone is in once, and it is drawn once.

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use db::Db;
use kernel::AccountId;
use stores::followers;
use testkit::db_test;
use tokio::task::JoinSet;
use tower::ServiceExt;

use super::*;
use crate::{
    ToolError,
    chat::{self, Measure},
    report,
    rooms::{self, Ending, Room},
    takes_part::NotForYou,
    testing::{Stage, account, stage},
};

struct Show {
    stage: Stage,
    room: Room,
    giveaway: Giveaway,
}

fn prize(task: Task) -> Open {
    Open { prize: "A teapot".into(), winners: 2, task, keyword: "Lucky Tea!".into(), seconds: 60 }
}

async fn show(db: Db, task: Task) -> Show {
    let stage = stage(db).await;
    let room = stage.live_room().await;
    let giveaway = open(&stage.app, stage.store.id, stage.host, room.id, prize(task)).await.unwrap();
    Show { stage, room, giveaway }
}

impl Show {
    async fn enter(&self, account: AccountId) -> Result<Entry, EnterError> {
        enter(&self.stage.app, self.stage.store.id, self.room.id, self.giveaway.id, account).await
    }

    async fn draw(&self) -> Giveaway {
        let (app, store, host) = (&self.stage.app, self.stage.store.id, self.stage.host);
        close(app, store, host, self.room.id, self.giveaway.id).await.unwrap()
    }

    async fn now(&self) -> Giveaway {
        let mut read = self.stage.app.db.read().await.unwrap();
        get(&mut read, self.stage.store.id, self.room.id, self.giveaway.id).await.unwrap().unwrap()
    }

    async fn winners(&self) -> Vec<Winning> {
        winners(&mut self.stage.app.db.read().await.unwrap(), &self.giveaway).await.unwrap()
    }

    async fn list(&self) -> String {
        list(&mut self.stage.app.db.read().await.unwrap(), &self.giveaway).await.unwrap()
    }
}

#[db_test]
async fn the_seal_comes_first_and_the_draw_follows_from_seed_and_list(db: Db) {
    let show = show(db, Task::Watch).await;
    let told = show.stage.story(show.room.id).await;
    let opened = told.last().unwrap().d.get();
    assert!(opened.contains(&show.giveaway.commitment) && !opened.contains(&show.giveaway.seed));
    assert!(show.giveaway.revealed().is_none());
    for number in 0..10 {
        let entrant = account(&show.stage.app, &format!("e{number}@example.com")).await;
        assert_eq!(show.enter(entrant).await.unwrap().number, number + 1);
    }
    show.stage.advance(60);
    show.stage.run_deadlines().await;
    let drawn = show.now().await;
    let (seed, list_hash) = drawn.revealed().unwrap();
    let list = show.list().await;
    assert_eq!(lots::hash(seed), show.giveaway.commitment);
    assert_eq!(lots::hash(&list), list_hash);
    let expected: Vec<i64> =
        lots::draw(seed, list_hash, 10, 2).iter().map(|place| *place as i64 + 1).collect();
    let winners = show.winners().await;
    assert_eq!(winners.iter().map(|winner| winner.number).collect::<Vec<_>>(), expected);
    let told: serde_json::Value =
        serde_json::from_str(show.stage.story(show.room.id).await.last().unwrap().d.get()).unwrap();
    assert_eq!((told["state"].as_str(), told["entries"].as_i64()), (Some("drawn"), Some(10)));
    assert_eq!(told["winners"][0]["entry"].as_str(), Some(winners[0].id.to_string().as_str()));
    assert!(list.lines().count() == 10 && !list.contains("example.com"), "{list}");
}

#[db_test]
async fn whoever_presses_ten_times_is_in_once(db: Db) {
    let show = Arc::new(show(db, Task::Watch).await);
    let mut entrants = Vec::new();
    for number in 0..20 {
        entrants.push(account(&show.stage.app, &format!("e{number}@example.com")).await);
    }
    let mut tasks = JoinSet::new();
    for entrant in entrants {
        for _ in 0..10 {
            let show = show.clone();
            tasks.spawn(async move { (entrant, show.enter(entrant).await.unwrap()) });
        }
    }
    let mut entries = std::collections::HashMap::new();
    for (entrant, entry) in tasks.join_all().await {
        assert_eq!(entries.entry(entrant).or_insert_with(|| entry.clone()), &entry);
    }
    assert_eq!(show.now().await.entries, 20);
    let numbers: Vec<String> =
        show.list().await.lines().map(|line| line.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(numbers, (1..=20).map(|number| number.to_string()).collect::<Vec<_>>(), "without a gap");
}

#[db_test]
async fn it_is_drawn_once_and_who_enters_meanwhile_is_in_or_out(db: Db) {
    let show = Arc::new(show(db, Task::Watch).await);
    let mut tasks = JoinSet::new();
    for number in 0..30 {
        let entrant = account(&show.stage.app, &format!("e{number}@example.com")).await;
        let show = show.clone();
        tasks.spawn(async move { show.enter(entrant).await.map(|entry| entry.number) });
    }
    let mut draws = JoinSet::new();
    for _ in 0..8 {
        let show = show.clone();
        draws.spawn(async move { show.draw().await.list_hash.unwrap() });
    }
    let hashes = draws.join_all().await;
    let mut came = 0;
    for entered in tasks.join_all().await {
        match entered {
            Ok(_) => came += 1,
            Err(EnterError::Over) => {}
            Err(error) => panic!("{error}"),
        }
    }
    assert!(hashes.iter().all(|hash| *hash == hashes[0]), "all see the same draw");
    let drawn = show.now().await;
    assert_eq!(drawn.entries, came);
    assert_eq!(drawn.revealed().unwrap().1, lots::hash(&show.list().await), "nobody came on the list after");
    assert_eq!(show.winners().await.len() as i64, came.min(2));
    assert_eq!(show.stage.kinds(show.room.id).await.iter().filter(|kind| **kind == "giveaway").count(), 2);
}

#[db_test]
async fn a_word_in_the_chat_is_an_entry(db: Db) {
    let show = show(db, Task::Comment).await;
    let (app, buyer) = (&show.stage.app, show.stage.buyer);
    assert!(matches!(show.enter(buyer).await, Err(EnterError::SayTheWord)));
    chat::say(app, &show.room, buyer, "how much is it?").await.unwrap();
    assert_eq!(show.now().await.entries, 0);
    show.stage.advance(5);
    chat::say(app, &show.room, buyer, "i am LUCKY, tea please").await.unwrap();
    show.stage.advance(5);
    chat::say(app, &show.room, buyer, "lucky tea!!").await.unwrap();
    assert_eq!(show.now().await.entries, 1);
    assert_eq!(show.enter(buyer).await.unwrap().number, 1, "who is in may press too");
    chat::say(app, &show.room, show.stage.host, "say lucky tea").await.unwrap();
    assert_eq!(show.now().await.entries, 1, "the host's own words are none");
}

#[db_test]
async fn neither_staff_nor_the_banned_take_part_and_nobody_after_the_draw(db: Db) {
    let show = show(db, Task::Watch).await;
    let stage = &show.stage;
    assert!(matches!(show.enter(stage.host).await, Err(EnterError::NotForYou(_))));
    let banned = account(&stage.app, "bad@example.com").await;
    chat::treat(&stage.app, stage.store.id, stage.host, show.room.id, banned, Measure::Ban).await.unwrap();
    assert!(matches!(show.enter(banned).await, Err(EnterError::NotForYou(_))));
    let (_, other) = stage.stranger().await;
    let elsewhere = enter(&stage.app, other.id, show.room.id, show.giveaway.id, stage.buyer).await;
    assert!(matches!(elsewhere, Err(EnterError::NotFound)));
    rooms::end(&stage.app, stage.store.id, Some(stage.host), show.room.id, Ending::Host).await.unwrap();
    let drawn = show.now().await;
    assert_eq!((drawn.state, drawn.entries), (State::Drawn, 0), "the end of the room is the draw");
    assert!(show.winners().await.is_empty());
    assert!(matches!(show.enter(stage.buyer).await, Err(EnterError::Over)));
}

#[db_test]
async fn what_is_wrong_is_said_on_its_field(db: Db) {
    let stage = stage(db).await;
    let room = stage.live_room().await;
    let wrong = Open { prize: " ".into(), winners: 0, task: Task::Comment, keyword: "!?".into(), seconds: 1 };
    match open(&stage.app, stage.store.id, stage.host, room.id, wrong).await {
        Err(ToolError::Invalid(invalid)) => {
            for field in ["prize", "winners", "keyword", "seconds"] {
                assert!(invalid.of(field).is_some(), "{field}: {invalid:?}");
            }
        }
        other => panic!("{other:?}"),
    }
    for _ in 0..OPEN_MAX {
        open(&stage.app, stage.store.id, stage.host, room.id, prize(Task::Watch)).await.unwrap();
    }
    let fourth = open(&stage.app, stage.store.id, stage.host, room.id, prize(Task::Watch)).await;
    assert!(matches!(fourth, Err(ToolError::Refused("giveaway-too-many"))));
}

/// The list as a browser gets it that knows `etag`.
async fn ask_for_list(show: &Show, etag: &str) -> (StatusCode, String, String, usize) {
    let address = format!("/s/rose/live/{}/giveaways/{}/list.txt", show.room.id, show.giveaway.id);
    let request = Request::get(address).header(header::IF_NONE_MATCH, etag).body(Body::empty()).unwrap();
    let answer = web::finish(routes(), show.stage.app.clone()).oneshot(request).await.unwrap();
    let of = |name| answer.headers()[name].to_str().unwrap().to_owned();
    let (status, etag, keep) = (answer.status(), of(header::ETAG), of(header::CACHE_CONTROL));
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (status, etag, keep, String::from_utf8_lossy(&body).lines().count())
}

#[db_test]
async fn the_list_is_not_sent_twice_to_who_has_it(db: Db) {
    let show = show(db, Task::Watch).await;
    show.enter(show.stage.buyer).await.unwrap();
    let (status, first, keep, lines) = ask_for_list(&show, "").await;
    assert_eq!((status, keep.as_str(), lines), (StatusCode::OK, "private, no-cache", 1));
    assert_eq!(ask_for_list(&show, &first).await.0, StatusCode::NOT_MODIFIED);
    show.enter(account(&show.stage.app, "tan@example.com").await).await.unwrap();
    assert_eq!(
        (ask_for_list(&show, &first).await.0, ask_for_list(&show, &first).await.3),
        (StatusCode::OK, 2)
    );
    show.draw().await;
    let (status, last, keep, _) = ask_for_list(&show, &first).await;
    assert_eq!(status, StatusCode::OK);
    assert!(keep.contains("immutable"), "{keep}");
    assert_eq!(ask_for_list(&show, &last).await.0, StatusCode::NOT_MODIFIED);
}

#[db_test]
async fn a_page_reads_no_more_entries_than_it_shows(db: Db) {
    let show = show(db, Task::Watch).await;
    for number in 0..5 {
        show.enter(account(&show.stage.app, &format!("e{number}@example.com")).await).await.unwrap();
    }
    let shown = entries(&mut show.stage.app.db.read().await.unwrap(), &show.giveaway, 3).await.unwrap();
    assert_eq!(shown.iter().map(|entry| entry.number).collect::<Vec<_>>(), [1, 2, 3]);
}

#[db_test]
async fn everyone_is_told_when_it_was_drawn(db: Db) {
    let show = show(db, Task::Watch).await;
    show.stage.advance(5);
    show.draw().await;
    let told = show.stage.story(show.room.id).await;
    let told: serde_json::Value = serde_json::from_str(told.last().unwrap().d.get()).unwrap();
    assert_eq!(told["drawn_at"], show.stage.app.clock.now().as_millisecond());
    assert!(told["ends_at"].as_i64() > told["drawn_at"].as_i64(), "which was before its time");
}

#[db_test]
async fn whoever_enters_by_following_follows_and_the_room_has_won_them(db: Db) {
    let show = show(db, Task::Follow).await;
    let (app, store) = (&show.stage.app, show.stage.store.id);
    let won = async || {
        let mut read = app.db.read().await.unwrap();
        let room = rooms::get(&mut read, store, show.room.id).await.unwrap().unwrap();
        report::overview(&mut read, &room).await.unwrap().followers
    };
    let old = account(app, "old@example.com").await;
    followers::follow(app, store, old, None).await.unwrap();
    for entrant in [old, show.stage.buyer, show.stage.buyer] {
        show.enter(entrant).await.unwrap();
        let mut read = app.db.read().await.unwrap();
        assert!(followers::is_following(&mut read, store, entrant).await.unwrap());
    }
    assert_eq!((show.now().await.entries, won().await), (2, 1), "who followed before was won elsewhere");
    let refused = show.enter(show.stage.host).await;
    assert!(matches!(refused, Err(EnterError::NotForYou(NotForYou::Staff))));
    let mut read = app.db.read().await.unwrap();
    assert!(!followers::is_following(&mut read, store, show.stage.host).await.unwrap(), "nor follows by it");
    drop(read);
    followers::unfollow(app, store, show.stage.buyer).await.unwrap();
    assert_eq!((show.now().await.entries, won().await), (2, 0), "the list stays what it is");
}

use std::time::Duration;

use db::Db;
use kernel::AccountId;
use serde_json::json;
use testkit::db_test;
use tokio::task::JoinSet;

use super::*;
use crate::{
    hub::{Event, Reply},
    rooms::{self, Ending},
    testing::{Stage, account, stage},
};

async fn says(stage: &Stage, room: &Room, by: AccountId, text: &str) -> Result<Seen, SayError> {
    say(&stage.app, room, by, text).await.map(|said| said.state)
}

fn unheard(said: Result<Seen, SayError>) -> Option<rules::Unheard> {
    match said {
        Err(SayError::Unheard(unheard)) => Some(unheard),
        _ => None,
    }
}

#[db_test]
async fn what_is_said_is_told_in_the_order_in_which_it_was_kept(db: Db) {
    let stage = stage(db).await;
    let room = stage.live_room().await;
    let mut tasks = JoinSet::new();
    for number in 0..30 {
        let person = account(&stage.app, &format!("p{number}@example.com")).await;
        let (app, room) = (stage.app.clone(), room.clone());
        tasks.spawn(async move { say(&app, &room, person, &format!("Hello {number}")).await.unwrap().text });
    }
    let mut said = tasks.join_all().await;
    let story = stage.story(room.id).await;
    let seqs: Vec<i64> = story.iter().map(|event| event.at.seq).collect();
    assert_eq!(seqs, (1..=31).collect::<Vec<_>>(), "no number is missing and none comes twice");
    let told: Vec<String> = story[1..]
        .iter()
        .map(|event| {
            serde_json::from_str::<serde_json::Value>(event.d.get()).unwrap()["text"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    let recent = recent(&mut stage.app.db.read().await.unwrap(), &stage.get(room.id).await).await.unwrap();
    assert_eq!(recent.len(), 30);
    let mut sorted = told.clone();
    sorted.sort();
    said.sort();
    assert_eq!(sorted, said, "each is told once");
}

#[db_test]
async fn nobody_talks_before_the_start_or_after_the_end(db: Db) {
    let stage = stage(db).await;
    let room = stage.room().await;
    assert_eq!(unheard(says(&stage, &room, stage.buyer, "hi").await), Some(rules::Unheard::Closed));
    rooms::start(&stage.app, &stage.store, stage.host, room.id).await.unwrap();
    assert_eq!(says(&stage, &room, stage.buyer, "hi").await.unwrap(), Seen::Shown);
    rooms::end(&stage.app, stage.store.id, Some(stage.host), room.id, Ending::Host).await.unwrap();
    assert_eq!(unheard(says(&stage, &room, stage.buyer, "bye").await), Some(rules::Unheard::Closed));
}

#[db_test]
async fn slow_mode_and_mutes_hold_for_buyers_and_not_for_staff(db: Db) {
    let stage = stage(db).await;
    let room = stage.live_room().await;
    rooms::slow(&stage.app, stage.store.id, room.id, 10).await.unwrap();
    says(&stage, &room, stage.buyer, "one").await.unwrap();
    assert_eq!(
        unheard(says(&stage, &room, stage.buyer, "two").await),
        Some(rules::Unheard::Slow { wait_ms: 10_000 })
    );
    says(&stage, &room, stage.host, "one").await.unwrap();
    says(&stage, &room, stage.host, "two").await.unwrap();
    stage.advance(10);
    says(&stage, &room, stage.buyer, "two").await.unwrap();
    let mute = Measure::Mute(Duration::from_secs(600));
    treat(&stage.app, stage.store.id, stage.host, room.id, stage.buyer, mute).await.unwrap();
    stage.advance(599);
    assert!(matches!(
        unheard(says(&stage, &room, stage.buyer, "x").await),
        Some(rules::Unheard::Muted { .. })
    ));
    stage.advance(1);
    says(&stage, &room, stage.buyer, "three").await.unwrap();
    let staff = treat(&stage.app, stage.store.id, stage.host, room.id, stage.owner, mute).await;
    assert!(matches!(staff, Err(ModerateError::Staff)));
    let long = Measure::Mute(Duration::from_secs(24 * 3600 + 1));
    let long = treat(&stage.app, stage.store.id, stage.host, room.id, stage.buyer, long).await;
    assert!(matches!(long, Err(ModerateError::Invalid(_))));
}

#[db_test]
async fn a_ban_holds_in_all_rooms_of_the_store(db: Db) {
    let stage = stage(db).await;
    let (room, other) = (stage.live_room().await, stage.live_room().await);
    says(&stage, &room, stage.buyer, "one").await.unwrap();
    treat(&stage.app, stage.store.id, stage.host, room.id, stage.buyer, Measure::Ban).await.unwrap();
    for room in [&room, &other] {
        assert_eq!(unheard(says(&stage, room, stage.buyer, "two").await), Some(rules::Unheard::Banned));
    }
    let banned: Vec<_> = stage.story(room.id).await.iter().filter_map(Event::banned).collect();
    assert_eq!(banned, [stage.buyer.uuid()], "processes that hear of it late learn it from the story");
    let mut read = stage.app.db.read().await.unwrap();
    assert!(is_banned(&mut read, stage.store.id, stage.buyer).await.unwrap());
    assert_eq!(silenced(&mut read, stage.store.id, room.id, stage.app.clock.now()).await.unwrap().len(), 1);
    drop(read);
    treat(&stage.app, stage.store.id, stage.host, other.id, stage.buyer, Measure::Unban).await.unwrap();
    stage.advance(1);
    says(&stage, &room, stage.buyer, "three").await.unwrap();
}

#[db_test]
async fn who_is_shadowed_talks_to_nobody(db: Db) {
    let stage = stage(db).await;
    let room = stage.live_room().await;
    treat(&stage.app, stage.store.id, stage.host, room.id, stage.buyer, Measure::Shadow).await.unwrap();
    assert_eq!(says(&stage, &room, stage.buyer, "buy elsewhere").await.unwrap(), Seen::Hidden);
    assert_eq!(stage.kinds(room.id).await, ["live_state"]);
    treat(&stage.app, stage.store.id, stage.host, room.id, stage.buyer, Measure::Unshadow).await.unwrap();
    stage.advance(1);
    assert_eq!(says(&stage, &room, stage.buyer, "sorry").await.unwrap(), Seen::Shown);
}

#[db_test]
async fn blocked_words_are_the_stores_own(db: Db) {
    let stage = stage(db).await;
    let room = stage.live_room().await;
    let wanted = ["Bad Word!".to_owned(), " ".to_owned(), "bad word".to_owned()];
    set_words(&stage.app, stage.store.id, stage.host, &wanted).await.unwrap();
    let kept = words(&mut stage.app.db.read().await.unwrap(), stage.store.id).await.unwrap();
    assert_eq!(kept, ["badword"]);
    assert_eq!(says(&stage, &room, stage.buyer, "such a BADWORD").await.unwrap(), Seen::Hidden);
    set_words(&stage.app, stage.store.id, stage.host, &[]).await.unwrap();
    stage.advance(1);
    assert_eq!(says(&stage, &room, stage.buyer, "such a badword indeed").await.unwrap(), Seen::Shown);
}

#[db_test]
async fn a_link_of_a_new_account_waits_for_a_moderator(db: Db) {
    let stage = stage(db).await;
    let room = stage.live_room().await;
    let new = account(&stage.app, "new@example.com").await;
    let held = say(&stage.app, &room, new, "see www.example.com").await.unwrap();
    assert_eq!(held.state, Seen::Held);
    assert_eq!(stage.kinds(room.id).await, ["live_state"]);
    let waiting = list(&mut stage.app.db.read().await.unwrap(), stage.store.id, room.id, Seen::Held, None)
        .await
        .unwrap();
    assert_eq!(waiting.len(), 1);
    release(&stage.app, stage.store.id, stage.host, room.id, held.id).await.unwrap();
    release(&stage.app, stage.store.id, stage.host, room.id, held.id).await.unwrap();
    assert_eq!(stage.kinds(room.id).await, ["live_state", "chat"]);
}

#[db_test]
async fn what_is_taken_down_is_gone_for_who_comes_later_too(db: Db) {
    let stage = stage(db).await;
    let room = stage.live_room().await;
    let (store, host) = (stage.store.id, stage.host);
    let said = say(&stage.app, &room, stage.buyer, "nonsense").await.unwrap();
    pin(&stage.app, store, host, room.id, Some(said.id)).await.unwrap();
    let top = pinned(&mut stage.app.db.read().await.unwrap(), &stage.get(room.id).await).await.unwrap();
    assert_eq!(top.unwrap().text, "nonsense");
    delete(&stage.app, store, host, room.id, said.id).await.unwrap();
    delete(&stage.app, store, host, room.id, said.id).await.unwrap();
    assert_eq!(
        stage.kinds(room.id).await,
        ["live_state", "chat", "pin_comment", "pin_comment", "chat_delete"]
    );
    let now = stage.get(room.id).await;
    let mut read = stage.app.db.read().await.unwrap();
    assert!(recent(&mut read, &now).await.unwrap().is_empty());
    assert!(pinned(&mut read, &now).await.unwrap().is_none());
    drop(read);
    let (stranger, other) = stage.stranger().await;
    let theirs = delete(&stage.app, other.id, stranger, room.id, said.id).await;
    assert!(matches!(theirs, Err(ModerateError::NotFound)));
    let gone = pin(&stage.app, store, host, room.id, Some(said.id)).await;
    assert!(matches!(gone, Err(ModerateError::NotFound)));
}

#[db_test]
async fn parts_are_given_and_taken(db: Db) {
    let stage = stage(db).await;
    let room = stage.live_room().await;
    let (store, host) = (stage.store.id, stage.host);
    give_part(&stage.app, store, host, room.id, stage.buyer, Some(Part::Moderator)).await.unwrap();
    let part =
        async || part_of(&mut stage.app.db.read().await.unwrap(), store, room.id, stage.buyer).await.unwrap();
    assert_eq!(part().await, Some(Part::Moderator));
    rooms::slow(&stage.app, store, room.id, 60).await.unwrap();
    says(&stage, &room, stage.buyer, "one").await.unwrap();
    says(&stage, &room, stage.buyer, "two").await.unwrap();
    give_part(&stage.app, store, host, room.id, stage.buyer, None).await.unwrap();
    assert_eq!(part().await, None);
    assert!(unheard(says(&stage, &room, stage.buyer, "three").await).is_some());
}

#[db_test]
async fn the_socket_says_why_someone_was_not_heard(db: Db) {
    let stage = stage(db).await;
    let room = stage.live_room().await;
    let heard = async |by, d| hear(&stage.app, room.id, by, &d).await;
    let refused = |error: &str, with| Reply::Refused { error: error.into(), with };
    assert_eq!(heard(None, json!({"text": "hi"})).await, refused("chat-sign-in", json!({})));
    assert_eq!(heard(Some(stage.buyer), json!({"text": 5})).await, refused("chat-empty", json!({})));
    assert_eq!(heard(Some(stage.buyer), json!({"text": "hi"})).await, Reply::Done(json!({"held": false})));
    assert_eq!(heard(Some(stage.buyer), json!({"text": "hi"})).await, refused("chat-same", json!({})));
    rooms::slow(&stage.app, stage.store.id, room.id, 5).await.unwrap();
    assert_eq!(
        heard(Some(stage.buyer), json!({"text": "ho"})).await,
        refused("chat-slow", json!({"wait": 5000}))
    );
}

#[db_test]
async fn a_number_is_a_wish_where_the_host_takes_comments_for_orders(db: Db) {
    let stage = stage(db).await;
    let (room, _, _) = stage.live_with(3).await;
    let by = async |person: AccountId, text: &str| {
        stage.advance(60);
        let Reply::Done(answer) = hear(&stage.app, room.id, Some(person), &json!({ "text": text })).await
        else {
            panic!("{text} was refused")
        };
        answer["wish"].clone()
    };
    assert_eq!(by(stage.buyer, "1 x2").await, json!(null), "it is off at first");
    rooms::take_comment_orders(&stage.app, stage.store.id, room.id, true).await.unwrap();
    assert_eq!(by(stage.buyer, "1 x2").await, json!({ "number": 1, "pieces": 2 }));
    assert_eq!(by(stage.buyer, "要1").await, json!({ "number": 1, "pieces": 1 }));
    assert_eq!(by(stage.buyer, "2").await, json!(null), "nothing of that number stands there");
    assert_eq!(by(stage.buyer, "1 is lovely").await, json!(null));
    assert_eq!(by(stage.host, "1").await, json!(null), "the host counts");
    let said = recent(&mut stage.app.db.read().await.unwrap(), &stage.get(room.id).await).await.unwrap();
    assert_eq!(said.len(), 6, "each is a comment like any other");
    rooms::take_comment_orders(&stage.app, stage.store.id, room.id, false).await.unwrap();
    assert_eq!(by(stage.buyer, "1").await, json!(null));
    let (_, other) = stage.stranger().await;
    let not_theirs = rooms::take_comment_orders(&stage.app, other.id, room.id, true).await;
    assert!(not_theirs.is_err());
}

#[db_test]
async fn what_was_said_is_said_also_when_its_wish_cannot_be_looked_up(db: Db) {
    let stage = stage(db).await;
    let (room, _, _) = stage.live_with(3).await;
    rooms::take_comment_orders(&stage.app, stage.store.id, room.id, true).await.unwrap();
    let sql = async |text: &str| {
        stage.app.db.write(stage.store.id, async |tx| tx.execute(text, &[]).await).await.unwrap();
    };
    sql("alter table live_shelf rename to lost_shelf").await;
    let heard = hear(&stage.app, room.id, Some(stage.buyer), &json!({ "text": "1" })).await;
    assert_eq!(heard, Reply::Done(json!({ "held": false })));
    assert_eq!(stage.kinds(room.id).await.last(), Some(&"chat"));
}

#[db_test]
async fn in_a_rehearsal_only_the_staff_talk(db: Db) {
    let stage = stage(db).await;
    let room = stage.room().await;
    rooms::rehearse(&stage.app, stage.store.id, stage.host, room.id).await.unwrap();
    let waiting = say(&stage.app, &stage.get(room.id).await, stage.buyer, "hello?").await;
    assert!(matches!(waiting, Err(SayError::Unheard(rules::Unheard::Closed))), "{waiting:?}");
    say(&stage.app, &stage.get(room.id).await, stage.host, "one, two").await.unwrap();
}

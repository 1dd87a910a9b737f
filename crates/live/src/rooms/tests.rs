use std::{collections::BTreeSet, net::IpAddr};

use broadcast::{Admit, Name, News, Playing, Publishing, Refusal, Report, Source};
use db::Db;
use kernel::{Invalid, Problem, RoomId, Timestamp};
use people::roles;
use testkit::db_test;
use tokio::task::JoinSet;

use super::*;
use crate::{
    story::Keeper,
    testing::{Stage, account, stage},
};

fn plan() -> Plan {
    Plan::now("Tea time")
}

fn problem<T>(refused: Result<T, ScheduleError>, field: &str) -> Option<Problem> {
    match refused {
        Err(ScheduleError::Invalid(invalid)) => invalid.of(field).cloned(),
        _ => None,
    }
}

fn at(stage: &Stage, minutes: i64) -> Timestamp {
    stage.app.clock.now() + jiff::SignedDuration::from_mins(minutes)
}

#[db_test]
async fn a_plan_is_kept_or_every_mistake_is_told(db: Db) {
    let stage = stage(db).await;
    let later = Plan { starts_at: Some(at(&stage, 60)), ..plan() };
    let room = schedule(&stage.app, &stage.store, stage.host, later.clone()).await.unwrap();
    assert_eq!((room.state, room.title.as_str()), (State::Scheduled, "Tea time"));
    assert_eq!(room.starts_at, later.starts_at.unwrap());
    let wrong = Plan {
        title: "x".repeat(31),
        cover: Some(kernel::ImageId::new()),
        host: Some(stage.buyer),
        starts_at: Some(at(&stage, 9)),
        planned_minutes: 29,
        ..plan()
    };
    let refused = schedule(&stage.app, &stage.store, stage.host, wrong).await;
    let Err(ScheduleError::Invalid(Invalid(errors))) = refused else { panic!("{refused:?}") };
    let fields: BTreeSet<&str> = errors.iter().map(|error| &*error.field).collect();
    assert_eq!(fields, BTreeSet::from(["title", "cover", "host", "starts_at", "planned_minutes"]));
    let long = Plan { planned_minutes: 24 * 60 + 1, ..plan() };
    let long = schedule(&stage.app, &stage.store, stage.host, long).await;
    assert_eq!(problem(long, "planned_minutes"), Some(Problem::TooLarge(24 * 60)));
}

#[db_test]
async fn a_room_is_found_in_its_store_and_in_no_other(db: Db) {
    let stage = stage(db).await;
    let room = stage.room().await;
    let (stranger, other) = stage.stranger().await;
    let mut read = stage.app.db.read().await.unwrap();
    assert!(get(&mut read, other.id, room.id).await.unwrap().is_none());
    drop(read);
    assert!(matches!(start(&stage.app, &other, stranger, room.id).await, Err(MoveError::NotFound)));
    let ended = end(&stage.app, other.id, Some(stranger), room.id, Ending::Host).await;
    assert!(matches!(ended, Err(MoveError::NotFound)));
    assert!(matches!(new_key(&stage.app, other.id, stranger, room.id).await, Err(MoveError::NotFound)));
    assert_eq!(stage.get(room.id).await.state, State::Scheduled);
}

#[db_test]
async fn fifty_starts_at_once_make_one_show(db: Db) {
    let stage = stage(db).await;
    let room = stage.room().await;
    let mut tasks = JoinSet::new();
    for _ in 0..50 {
        let (app, store, host) = (stage.app.clone(), stage.store.clone(), stage.host);
        tasks.spawn(async move { start(&app, &store, host, room.id).await.unwrap().state.show() });
    }
    let shows: BTreeSet<_> = tasks.join_all().await.into_iter().collect();
    assert_eq!(shows.len(), 1);
    assert_eq!(stage.kinds(room.id).await, ["live_state"]);
    let mut read = stage.app.db.read().await.unwrap();
    let started: i64 =
        read.one("select count(*) from audit where action = 'live.started'", &[]).await.unwrap();
    assert_eq!(started, 1);
}

#[db_test]
async fn an_end_and_a_start_at_once_leave_one_story(db: Db) {
    let stage = stage(db).await;
    let room = stage.room().await;
    let mut tasks = JoinSet::new();
    for place in 0..20 {
        let (app, store, host) = (stage.app.clone(), stage.store.clone(), stage.host);
        tasks.spawn(async move {
            match place % 3 {
                0 => start(&app, &store, host, room.id).await.map(|_| ()),
                1 => end(&app, store.id, Some(host), room.id, Ending::Host).await.map(|_| ()),
                _ => cancel(&app, store.id, Some(host), room.id, Ending::Host).await.map(|_| ()),
            }
        });
    }
    for outcome in tasks.join_all().await {
        assert!(matches!(outcome, Ok(()) | Err(MoveError::NotAllowed(_))), "{outcome:?}");
    }
    let over = stage.get(room.id).await;
    let waiting: i64 = stage
        .app
        .db
        .read()
        .await
        .unwrap()
        .one("select count(*) from deadlines where subject = $1", &[&room.id])
        .await
        .unwrap();
    match over.state {
        State::Ended { .. } | State::Cancelled { .. } => assert_eq!(waiting, 0, "nothing is left to happen"),
        State::Live { .. } => assert_eq!(waiting, 2),
        other => panic!("{other:?}"),
    }
}

#[db_test]
async fn a_rehearsal_leaves_nothing_in_the_story(db: Db) {
    let stage = stage(db).await;
    let room = stage.room().await;
    let rehearsal = rehearse(&stage.app, stage.store.id, stage.host, room.id).await.unwrap();
    announce(&stage.app, stage.store.id, stage.host, room.id, "One two, one two").await.unwrap();
    assert_eq!(stage.kinds(room.id).await, ["announce"]);
    let live = start(&stage.app, &stage.store, stage.host, room.id).await.unwrap();
    assert_ne!(live.state.show(), rehearsal.state.show(), "its pictures stay with the staff");
    assert_eq!((live.epoch, live.announcement.as_str()), (rehearsal.epoch + 1, ""));
    assert_eq!(stage.kinds(room.id).await, ["live_state"]);
}

#[db_test]
async fn a_store_has_a_bounded_number_of_rooms(db: Db) {
    let stage = stage(db).await;
    for _ in 0..LIVE_MAX {
        stage.live_room().await;
    }
    let room = stage.room().await;
    assert!(matches!(start(&stage.app, &stage.store, stage.host, room.id).await, Err(MoveError::Full)));
    for _ in 1..COMING_MAX {
        stage.room().await;
    }
    let full = schedule(&stage.app, &stage.store, stage.host, plan()).await;
    assert!(matches!(full, Err(ScheduleError::Full)));
}

#[db_test]
async fn a_host_who_never_comes_is_given_up(db: Db) {
    let stage = stage(db).await;
    let later = Plan { starts_at: Some(at(&stage, 60)), ..plan() };
    let room = schedule(&stage.app, &stage.store, stage.host, later).await.unwrap();
    stage.advance(60 * 60 + 29 * 60);
    stage.run_deadlines().await;
    assert_eq!(stage.get(room.id).await.state, State::Scheduled);
    stage.advance(60);
    stage.run_deadlines().await;
    stage.run_deadlines().await;
    assert!(matches!(stage.get(room.id).await.state, State::Cancelled { why: Ending::NoShow, .. }));
    assert_eq!(stage.kinds(room.id).await, ["live_state"], "it happened once");
}

#[db_test]
async fn who_rehearses_is_there(db: Db) {
    let stage = stage(db).await;
    let room = stage.room().await;
    rehearse(&stage.app, stage.store.id, stage.host, room.id).await.unwrap();
    stage.advance(31 * 60);
    stage.run_deadlines().await;
    assert_eq!(stage.get(room.id).await.state.step(), Step::Rehearsal);
    stage.advance(31 * 60);
    stage.run_deadlines().await;
    assert_eq!(stage.get(room.id).await.state.step(), Step::Cancelled, "but not beyond what was planned");
}

#[db_test]
async fn those_who_asked_are_told_once_and_again_when_the_time_changes(db: Db) {
    let stage = stage(db).await;
    let later = Plan { starts_at: Some(at(&stage, 60)), ..plan() };
    let room = schedule(&stage.app, &stage.store, stage.host, later.clone()).await.unwrap();
    let other = account(&stage.app, "lin@example.com").await;
    for person in [stage.buyer, other] {
        remind(&stage.app, stage.store.id, person, room.id, true).await.unwrap();
        remind(&stage.app, stage.store.id, person, room.id, true).await.unwrap();
    }
    remind(&stage.app, stage.store.id, other, room.id, false).await.unwrap();
    let mut read = stage.app.db.read().await.unwrap();
    assert_eq!(reminders(&mut read, stage.store.id, room.id).await.unwrap(), 1);
    assert!(is_reminded(&mut read, stage.store.id, room.id, stage.buyer).await.unwrap());
    drop(read);
    stage.advance(49 * 60);
    stage.run_deadlines().await;
    assert!(stage.messages().is_empty());
    stage.advance(60);
    stage.run_deadlines().await;
    stage.run_deadlines().await;
    let told = stage.messages();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].to, "mei@example.com");
    assert!(told[0].text.contains(&format!("/s/rose/live/{}", room.id)), "{}", told[0].text);
    let moved = Plan { starts_at: Some(at(&stage, 120)), ..later };
    edit(&stage.app, &stage.store, stage.host, room.id, moved).await.unwrap();
    stage.advance(110 * 60);
    stage.run_deadlines().await;
    assert_eq!(stage.messages().len(), 1, "of the new time");
}

#[db_test]
async fn nobody_is_reminded_of_a_room_that_was_called_off(db: Db) {
    let stage = stage(db).await;
    let later = Plan { starts_at: Some(at(&stage, 60)), ..plan() };
    let room = schedule(&stage.app, &stage.store, stage.host, later).await.unwrap();
    remind(&stage.app, stage.store.id, stage.buyer, room.id, true).await.unwrap();
    cancel(&stage.app, stage.store.id, Some(stage.host), room.id, Ending::Host).await.unwrap();
    stage.advance(60 * 60);
    stage.run_deadlines().await;
    assert!(stage.messages().is_empty());
    let late = remind(&stage.app, stage.store.id, stage.buyer, room.id, true).await;
    assert!(matches!(late, Err(MoveError::NotAllowed(_))));
}

/// This process has the room's pictures.
async fn shows(stage: &Stage, room: RoomId) {
    let (store, now) = (stage.store.id, stage.app.clock.now());
    stage.app.db.write(store, async |tx| still_here(tx, room, store, "", now).await).await.unwrap();
}

#[db_test]
async fn who_asks_in_the_last_minutes_is_told_at_once_and_not_again(db: Db) {
    let stage = stage(db).await;
    let (app, store) = (&stage.app, stage.store.id);
    let later = Plan { starts_at: Some(at(&stage, 60)), ..plan() };
    let room = schedule(app, &stage.store, stage.host, later).await.unwrap();
    stage.advance(51 * 60);
    stage.run_deadlines().await;
    remind(app, store, stage.buyer, room.id, true).await.unwrap();
    stage.run_deadlines().await;
    assert_eq!(stage.messages().len(), 1);
    stores::followers::follow(app, store, stage.buyer, None).await.unwrap();
    let room = start(app, &stage.store, stage.host, room.id).await.unwrap();
    shows(&stage, room.id).await;
    stage.advance(20);
    stage.run_deadlines().await;
    assert!(stage.messages().is_empty(), "they know");
}

#[db_test]
async fn a_crowd_is_told_bit_by_bit(db: Db) {
    let stage = stage(db).await;
    let (app, store) = (&stage.app, stage.store.id);
    for number in 0..230 {
        let follower = account(app, &format!("f{number}@example.com")).await;
        stores::followers::follow(app, store, follower, None).await.unwrap();
    }
    let room = stage.live_room().await;
    shows(&stage, room.id).await;
    stage.advance(20);
    let mut told = BTreeSet::new();
    for most in [100, 100, 30, 0] {
        stage.run_deadlines().await;
        let messages = stage.messages();
        assert_eq!(messages.len(), most);
        told.extend(messages.into_iter().map(|message| message.to));
    }
    assert_eq!(told.len(), 230);
}

#[db_test]
async fn nobody_goes_live_in_a_store_that_was_stopped_meanwhile(db: Db) {
    let stage = stage(db).await;
    let (app, store) = (&stage.app, stage.store.id);
    let room = stage.room().await;
    let sql = "update stores set suspended = $2 where id = $1";
    app.db.write(store, async |tx| tx.execute(sql, &[&store, &true]).await).await.unwrap();
    // The page was opened before.
    let refused = start(app, &stage.store, stage.host, room.id).await;
    assert!(matches!(refused, Err(MoveError::Closed)));
}

#[db_test]
async fn followers_hear_once_that_the_store_is_live(db: Db) {
    let stage = stage(db).await;
    let (app, store) = (&stage.app, stage.store.id);
    let reminded = account(app, "reminded@example.com").await;
    for follower in [stage.buyer, reminded] {
        stores::followers::follow(app, store, follower, None).await.unwrap();
    }
    // Over before anyone was called.
    let room = stage.live_room().await;
    stage.advance(19);
    stage.run_deadlines().await;
    end(app, store, Some(stage.host), room.id, Ending::Host).await.unwrap();
    stage.advance(60);
    stage.run_deadlines().await;
    assert!(stage.messages().is_empty(), "{:?}", stage.messages());
    // Who asked for a reminder has had it.
    let later = Plan { starts_at: Some(at(&stage, 60)), ..plan() };
    let room = schedule(app, &stage.store, stage.host, later).await.unwrap();
    remind(app, store, reminded, room.id, true).await.unwrap();
    start(app, &stage.store, stage.host, room.id).await.unwrap();
    stage.advance(20);
    stage.run_deadlines().await;
    assert!(stage.messages().is_empty(), "nothing is to be seen yet");
    shows(&stage, room.id).await;
    stage.advance(20);
    for _ in 0..2 {
        stage.run_deadlines().await;
    }
    let told = stage.messages();
    let told_to: BTreeSet<&str> = told.iter().map(|message| message.to.as_str()).collect();
    let both = BTreeSet::from(["mei@example.com", "reminded@example.com"]);
    assert_eq!((told.len(), told_to), (2, both), "it began before the reminder came, so both are told now");
    assert!(told[0].text.contains(&format!("/s/rose/live/{}", room.id)), "{}", told[0].text);
    end(app, store, Some(stage.host), room.id, Ending::Host).await.unwrap();
    // The same evening again, and the next day.
    for (hours, messages) in [(2, 0), (12, 2)] {
        stage.advance(hours * 60 * 60);
        let room = stage.live_room().await;
        shows(&stage, room.id).await;
        stage.advance(20);
        stage.run_deadlines().await;
        assert_eq!(stage.messages().len(), messages);
        end(app, store, Some(stage.host), room.id, Ending::Host).await.unwrap();
    }
}

#[db_test]
async fn a_room_that_has_begun_keeps_its_plan(db: Db) {
    let stage = stage(db).await;
    let room = stage.live_room().await;
    let changed = edit(&stage.app, &stage.store, stage.host, room.id, Plan::now("Other")).await;
    assert!(matches!(changed, Err(EditError::Move(MoveError::NotAllowed(NotAllowed(Step::Live))))));
}

// Publishing and watching.

fn keeper(stage: &Stage) -> Keeper {
    let keeper = Keeper::default();
    keeper.set(stage.app.clone());
    keeper
}

async fn publish(stage: &Stage, key: &str, room: Option<RoomId>) -> Result<broadcast::Grant, Refusal> {
    let name = room.map(|room| Name::new(&room.to_string()).unwrap());
    let from: Option<IpAddr> = None;
    keeper(stage).publish(Publishing { key, room: name.as_ref(), source: Source::Rtmp, from }).await
}

#[db_test]
async fn a_key_opens_its_room_until_there_is_a_new_one(db: Db) {
    let stage = stage(db).await;
    let (room, other) = (stage.room().await, stage.room().await);
    let first = new_key(&stage.app, stage.store.id, stage.host, room.id).await.unwrap();
    let grant = publish(&stage, &first, None).await.unwrap();
    assert_eq!(grant.room.as_str(), room.id.to_string());
    assert!(!grant.record, "a rehearsal is not recorded");
    assert_eq!(
        stage.get(room.id).await.state.step(),
        Step::Rehearsal,
        "who sends before the start rehearses"
    );
    assert_eq!(publish(&stage, &first, Some(other.id)).await.unwrap_err(), Refusal::NotAllowed);
    let second = new_key(&stage.app, stage.store.id, stage.host, room.id).await.unwrap();
    assert_eq!(publish(&stage, &first, None).await.unwrap_err(), Refusal::NotAllowed);
    let live = start(&stage.app, &stage.store, stage.host, room.id).await.unwrap();
    let grant = publish(&stage, &second, Some(room.id)).await.unwrap();
    assert_eq!(grant.show.as_str(), live.state.show().unwrap().to_string());
    assert!(grant.record);
    end(&stage.app, stage.store.id, Some(stage.host), room.id, Ending::Host).await.unwrap();
    assert_eq!(publish(&stage, &second, None).await.unwrap_err(), Refusal::NotAllowed);
    let text: Vec<String> = stage
        .app
        .db
        .read()
        .await
        .unwrap()
        .column("select key_hash from live_rooms where key_hash is not null", &[])
        .await
        .unwrap();
    assert!(!text.contains(&first) && !text.contains(&second), "the key itself is nowhere");
}

#[db_test]
async fn a_pass_is_good_as_long_as_its_holder_may_host(db: Db) {
    let stage = stage(db).await;
    let room = stage.live_room().await;
    let (hosts, buyers) = (pass(&stage.app, room.id, stage.host), pass(&stage.app, room.id, stage.buyer));
    assert!(publish(&stage, &hosts, Some(room.id)).await.is_ok());
    assert_eq!(publish(&stage, &buyers, Some(room.id)).await.unwrap_err(), Refusal::NotAllowed);
    let other = stage.room().await;
    assert_eq!(publish(&stage, &hosts, Some(other.id)).await.unwrap_err(), Refusal::NotAllowed);
    let now = stage.app.clock.now();
    roles::dismiss(&stage.app.db, now, stage.owner, stage.store.id, stage.host).await.unwrap();
    assert_eq!(publish(&stage, &hosts, Some(room.id)).await.unwrap_err(), Refusal::NotAllowed);
}

#[db_test]
async fn a_rehearsal_is_watched_by_the_staff_alone(db: Db) {
    let stage = stage(db).await;
    let room = stage.room().await;
    let name = Name::new(&room.id.to_string()).unwrap();
    let play = async |token: Option<&str>| {
        let mut headers = axum::http::HeaderMap::new();
        if let Some(token) = token {
            headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
        }
        let asked = Playing { room: &name, show: None, replay: false, headers: &headers };
        keeper(&stage).play(asked).await.is_ok()
    };
    let token = async |account| people::tokens::create(&stage.app, account, "test", 1).await.unwrap().token;
    let (host, buyer) = (token(stage.host).await, token(stage.buyer).await);
    assert!(!play(Some(&host)).await, "there is nothing to watch");
    rehearse(&stage.app, stage.store.id, stage.host, room.id).await.unwrap();
    assert!(play(Some(&host)).await);
    assert!(!play(Some(&buyer)).await);
    assert!(!play(None).await);
    start(&stage.app, &stage.store, stage.host, room.id).await.unwrap();
    assert!(play(None).await);
}

// The video's reports.

async fn hear(stage: &Stage, room: &Room, news: News) {
    let report = Report {
        room: Name::new(&room.id.to_string()).unwrap(),
        show: Name::new(&room.state.show().unwrap().to_string()).unwrap(),
        at: stage.app.clock.now(),
        news,
    };
    follow::heard(&stage.app, &report).await.unwrap();
}

#[db_test]
async fn a_host_who_comes_back_goes_on_and_one_who_does_not_has_ended(db: Db) {
    let stage = stage(db).await;
    let room = stage.live_room().await;
    hear(&stage, &room, News::Started).await;
    hear(&stage, &room, News::Lost).await;
    assert_eq!(stage.get(room.id).await.state.word(), "lost");
    stage.advance(59);
    stage.run_deadlines().await;
    hear(&stage, &room, News::Resumed).await;
    assert_eq!(stage.get(room.id).await.state.word(), "live");
    hear(&stage, &room, News::Lost).await;
    hear(&stage, &room, News::Lost).await;
    stage.advance(60);
    stage.run_deadlines().await;
    hear(&stage, &room, News::Ended(broadcast::Ending::NotResumed)).await;
    assert!(matches!(stage.get(room.id).await.state, State::Ended { why: Ending::NotResumed, .. }));
    let told = stage.story(room.id).await;
    let states: Vec<&str> = told.iter().map(|event| event.d.get().split('"').nth(3).unwrap()).collect();
    assert_eq!(states, ["live", "live", "lost", "live", "lost", "ended"]);
}

#[db_test]
async fn reports_of_another_show_change_nothing(db: Db) {
    let stage = stage(db).await;
    let room = stage.room().await;
    let rehearsal = rehearse(&stage.app, stage.store.id, stage.host, room.id).await.unwrap();
    start(&stage.app, &stage.store, stage.host, room.id).await.unwrap();
    hear(&stage, &rehearsal, News::Lost).await;
    hear(&stage, &rehearsal, News::Ended(broadcast::Ending::NotResumed)).await;
    assert_eq!(stage.get(room.id).await.state.word(), "live");
}

#[db_test]
async fn a_room_whose_process_died_waits_for_its_host_and_then_ends(db: Db) {
    let stage = stage(db).await;
    let (room, waiting) = (stage.live_room().await, stage.live_room().await);
    let key = new_key(&stage.app, stage.store.id, stage.host, room.id).await.unwrap();
    publish(&stage, &key, None).await.unwrap();
    hear(&stage, &room, News::Started).await;
    stage.advance(30);
    // The next process starts.
    recover(&stage.app, "").await.unwrap();
    assert_eq!(stage.get(room.id).await.state.word(), "lost");
    assert_eq!(stage.get(waiting.id).await.state.word(), "live", "it had no pictures to lose");
    publish(&stage, &key, None).await.unwrap();
    hear(&stage, &room, News::Started).await;
    assert_eq!(stage.get(room.id).await.state.word(), "live");
    recover(&stage.app, "").await.unwrap();
    stage.advance(60);
    stage.run_deadlines().await;
    assert!(matches!(stage.get(room.id).await.state, State::Ended { why: Ending::NotResumed, .. }));
}

#[db_test]
async fn a_process_that_says_it_has_the_pictures_keeps_the_room(db: Db) {
    let stage = stage(db).await;
    let room = stage.live_room().await;
    let key = new_key(&stage.app, stage.store.id, stage.host, room.id).await.unwrap();
    publish(&stage, &key, None).await.unwrap();
    hear(&stage, &room, News::Started).await;
    for _ in 0..10 {
        stage.advance(40);
        let (store, now) = (stage.store.id, stage.app.clock.now());
        stage.app.db.write(store, async |tx| still_here(tx, room.id, store, "", now).await).await.unwrap();
        stage.run_deadlines().await;
        assert_eq!(stage.get(room.id).await.state.word(), "live");
    }
    // It says nothing any more.
    stage.advance(45 + 60);
    stage.run_deadlines().await;
    assert_eq!(stage.get(room.id).await.state.step(), Step::Ended);
}

#[db_test]
async fn a_store_that_an_operator_stops_is_off_the_air(db: Db) {
    let stage = stage(db).await;
    let shown = stage.live_room().await;
    let rehearsed = rehearse(&stage.app, stage.store.id, stage.host, stage.room().await.id).await.unwrap();
    let planned = stage.room().await;
    let states = async || {
        let [shown, rehearsed, planned] = [&shown, &rehearsed, &planned].map(|room| stage.get(room.id));
        [shown.await.state, rehearsed.await.state, planned.await.state]
    };
    let set = async |suspended: bool| {
        let (store, now) = (stage.store.id, stage.app.clock.now());
        let set = async |tx: &mut db::Tx| {
            tx.execute("update stores set suspended = $2 where id = $1", &[&store, &suspended]).await?;
            db::outbox::add(tx, Some(store), &stores::StoreSuspended {}, now).await
        };
        stage.app.db.write(store, set).await.unwrap();
        stage.tell().await;
    };
    // The event comes when the store goes on already.
    set(false).await;
    assert_eq!(states().await.map(State::step), [Step::Live, Step::Rehearsal, Step::Scheduled]);
    set(true).await;
    let [State::Ended { why: Ending::TakenDown, .. }, State::Scheduled, State::Scheduled] = states().await
    else {
        panic!("{:?}", states().await)
    };
}

#[db_test]
async fn no_show_lasts_longer_than_a_day(db: Db) {
    let stage = stage(db).await;
    let room = stage.live_room().await;
    hear(&stage, &room, News::Started).await;
    for _ in 0..24 * 60 {
        let (store, now) = (stage.store.id, stage.app.clock.now());
        stage.app.db.write(store, async |tx| still_here(tx, room.id, store, "", now).await).await.unwrap();
        stage.advance(60);
        if stage.app.clock.now().as_second() % 3_600 == 0 {
            stage.run_deadlines().await;
        }
    }
    stage.run_deadlines().await;
    assert!(matches!(stage.get(room.id).await.state, State::Ended { why: Ending::Longest, .. }));
}

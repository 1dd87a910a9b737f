use db::Db;
use serde_json::Value;
use testkit::db_test;

use super::*;
use crate::{
    chat,
    hub::Source,
    rooms::{self, Ending, backstage},
    shelf,
    testing::{Stage, stage},
};

fn keeper(stage: &Stage) -> Keeper {
    let keeper = Keeper::default();
    keeper.set(stage.app.clone());
    keeper
}

async fn shown(stage: &Stage, id: RoomId) -> Option<(Position, Value)> {
    let snapshot = keeper(stage).snapshot(id).await.unwrap()?;
    Some((snapshot.at, serde_json::from_str(snapshot.d.get()).unwrap()))
}

#[db_test]
async fn who_comes_in_sees_the_room_as_it_is(db: Db) {
    let stage = stage(db).await;
    let (room, product, sku) = stage.live_with(3).await;
    let (store, host) = (stage.store.id, stage.host);
    shelf::set_live_price(&stage.app, &stage.store, host, room.id, sku, Some(400)).await.unwrap();
    shelf::pin(&stage.app, store, host, room.id, 1).await.unwrap();
    rooms::announce(&stage.app, store, host, room.id, "Ten left").await.unwrap();
    let said = chat::say(&stage.app, &room, stage.buyer, "How big is it?").await.unwrap();
    chat::pin(&stage.app, store, host, room.id, Some(said.id)).await.unwrap();
    let (at, d) = shown(&stage, room.id).await.unwrap();
    assert_eq!(at, Position::new(2, 7));
    assert_eq!((d["state"].as_str(), d["slow"].as_i64()), (Some("live"), Some(0)));
    assert_eq!(d["currency"], serde_json::json!({"code": "SGD", "digits": 2, "symbol": "S$"}));
    let item = &d["shelf"][0];
    assert_eq!(
        (item["number"].as_i64(), item["product"].as_str()),
        (Some(1), Some(product.to_string().as_str()))
    );
    assert_eq!(
        (item["price"].as_i64(), item["live_price"].as_i64(), item["left"].as_i64()),
        (Some(500), Some(400), Some(3))
    );
    assert_eq!(item["skus"][0]["sku"].as_str(), Some(sku.to_string().as_str()));
    assert_eq!(d["pinned"]["number"].as_i64(), Some(1));
    assert_eq!(d["announcement"].as_str(), Some("Ten left"));
    assert_eq!(d["chat"][0]["text"].as_str(), Some("How big is it?"));
    assert_eq!(d["comment"]["id"].as_str(), Some(said.id.to_string().as_str()));
}

#[db_test]
async fn a_comment_that_was_made_while_the_room_was_read_comes_once(db: Db) {
    let stage = stage(db).await;
    let room = stage.live_room().await;
    chat::say(&stage.app, &room, stage.buyer, "first").await.unwrap();
    let read_before = stage.get(room.id).await;
    stage.advance(1);
    chat::say(&stage.app, &room, stage.buyer, "second").await.unwrap();
    let mut read = stage.app.db.read().await.unwrap();
    let shown = snapshot_for_buyers(&stage.app, &mut read, &read_before, stage.store.currency).await.unwrap();
    assert_eq!(shown.chat.iter().map(|said| said.text.as_str()).collect::<Vec<_>>(), ["first"]);
    let at = Position::new(read_before.epoch, read_before.seq);
    let told = events_after(&mut read, stage.store.id, room.id, at, 10).await.unwrap();
    assert_eq!(told.len(), 1, "and the second is told after it");
}

#[db_test]
async fn who_comes_back_gets_what_was_missed_in_order_and_no_other_epochs(db: Db) {
    let stage = stage(db).await;
    let room = stage.live_room().await;
    for text in ["one", "two", "three"] {
        rooms::announce(&stage.app, stage.store.id, stage.host, room.id, text).await.unwrap();
    }
    let keeper = keeper(&stage);
    let after = async |epoch, seq, limit| {
        keeper.events_after(room.id, Position::new(epoch, seq), limit).await.unwrap()
    };
    let missed = after(2, 2, 10).await.unwrap();
    assert_eq!(missed.iter().map(|event| event.at.seq).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(after(2, 0, 2).await.unwrap().len(), 2);
    assert!(after(2, 4, 10).await.unwrap().is_empty());
    assert!(after(1, 0, 10).await.is_none());
    assert!(keeper.events_after(RoomId::new(), Position::new(1, 0), 10).await.unwrap().is_none());
}

#[db_test]
async fn what_the_staff_try_is_seen_backstage_alone(db: Db) {
    let stage = stage(db).await;
    let room = stage.room().await;
    let (store, host) = (stage.store.id, stage.host);
    let (product, _) = stage.product("Plum tea", 500, &[3]).await;
    shelf::add(&stage.app, store, host, room.id, &[product]).await.unwrap();
    rooms::rehearse(&stage.app, store, host, room.id).await.unwrap();
    shelf::pin(&stage.app, store, host, room.id, 1).await.unwrap();
    rooms::announce(&stage.app, store, host, room.id, "One two").await.unwrap();
    chat::say(&stage.app, &room, host, "Can you hear me?").await.unwrap();
    let (_, front) = shown(&stage, room.id).await.unwrap();
    assert_eq!(front["state"].as_str(), Some("scheduled"));
    for hidden in ["pinned", "announcement", "comment", "show"] {
        assert!(front[hidden].is_null(), "{hidden}: {}", front[hidden]);
    }
    assert_eq!(front["chat"].as_array().unwrap().len(), 0);
    assert_eq!(front["shelf"].as_array().unwrap().len(), 1, "what will be sold is no secret");
    let (at, back) = shown(&stage, backstage(room.id)).await.unwrap();
    assert_eq!((back["state"].as_str(), back["pinned"]["number"].as_i64()), (Some("rehearsal"), Some(1)));
    assert_eq!(back["chat"].as_array().unwrap().len(), 1);
    let keeper = keeper(&stage);
    let start = Position::new(at.epoch, 0);
    assert!(keeper.events_after(room.id, start, 10).await.unwrap().unwrap().is_empty());
    assert_eq!(keeper.events_after(backstage(room.id), start, 10).await.unwrap().unwrap().len(), 4);
    let mut read = stage.app.db.read().await.unwrap();
    let room = rooms::get(&mut read, store, room.id).await.unwrap().unwrap();
    assert_eq!(rooms::side(&mut read, &room, Some(host)).await.unwrap(), backstage(room.id));
    assert_eq!(rooms::side(&mut read, &room, Some(stage.buyer)).await.unwrap(), room.id);
    assert_eq!(rooms::side(&mut read, &room, None).await.unwrap(), room.id);
}

#[db_test]
async fn a_room_that_is_over_cannot_be_joined(db: Db) {
    let stage = stage(db).await;
    let room = stage.live_room().await;
    assert!(shown(&stage, room.id).await.is_some());
    rooms::end(&stage.app, stage.store.id, Some(stage.host), room.id, Ending::Host).await.unwrap();
    assert!(shown(&stage, room.id).await.is_none());
    assert!(shown(&stage, RoomId::new()).await.is_none());
}

#[db_test]
async fn what_fails_tells_nothing(db: Db) {
    let stage = stage(db).await;
    let room = stage.live_room().await;
    let failed = Live::change(&stage.app, stage.store.id, room.id, async |_, story: &mut Story| {
        story.add(EventKind::Announce, None, &payload::Announce { text: "never" })?;
        Err::<(), _>(Error::Busy)
    })
    .await;
    assert!(failed.is_err());
    assert_eq!(stage.kinds(room.id).await, ["live_state"]);
    stage.tell().await;
}

#[db_test]
async fn old_events_are_forgotten(db: Db) {
    let stage = stage(db).await;
    let room = stage.live_room().await;
    stage.advance(23 * 3_600);
    rooms::announce(&stage.app, stage.store.id, stage.host, room.id, "Still here").await.unwrap();
    stage.advance(2 * 3_600);
    assert_eq!(crate::sweep(&stage.app).await.unwrap(), 1);
    assert_eq!(stage.kinds(room.id).await, ["announce"]);
}

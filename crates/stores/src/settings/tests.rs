use axum::http::StatusCode;
use db::Db;
use people::{
    audit,
    roles::{self, Role},
};
use testkit::db_test;

use super::{PauseError, pause, reopen};
use crate::{
    store::{self, State},
    testing::{Shop, shop},
};

const FORM: &str = "application/x-www-form-urlencoded";
const SETTINGS: &str = "/console/plum/settings";

async fn state(shop: &Shop) -> State {
    store::by_id(&mut shop.app.db.read().await.unwrap(), shop.store.id).await.unwrap().unwrap().state
}

/// What the operator's console does.
async fn suspend(shop: &Shop, suspended: bool) {
    let id = shop.store.id;
    let sql = "update stores set suspended = $2 where id = $1";
    shop.app.db.write(id, async |tx| tx.execute(sql, &[&id, &suspended]).await).await.unwrap();
}

#[db_test]
async fn a_merchant_pauses_and_reopens_and_the_log_says_so_once(db: Db) {
    let shop = shop(db, "plum").await;
    let token = shop.token(shop.owner).await;
    let (status, body) = shop.get(SETTINGS, Some(&token)).await;
    assert_eq!(status, StatusCode::OK);
    for shown in ["/s/plum", "SGD", "Asia/Singapore", "Singapore · SG", "0.6 %", "settings/pause"] {
        assert!(body.contains(shown), "{shown} is missing: {body}");
    }
    for _ in 0..2 {
        let done = shop.send("POST", &format!("{SETTINGS}/pause"), &token, FORM, "").await.0;
        assert_eq!((done, state(&shop).await), (StatusCode::SEE_OTHER, State::Paused));
    }
    assert!(shop.get(SETTINGS, Some(&token)).await.1.contains("settings/reopen"));
    let opening = "/api/v1/stores/plum/opening";
    let done = shop.send("PUT", opening, &token, "application/json", r#"{"open":true}"#).await.0;
    assert_eq!((done, state(&shop).await), (StatusCode::NO_CONTENT, State::Open));
    let filter = audit::Filter { store: Some(shop.store.id), ..Default::default() };
    let log = audit::list(&mut shop.app.db.read().await.unwrap(), &filter).await.unwrap();
    let moves = log.iter().filter(|entry| entry.subject == shop.store.id.to_string());
    let actions: Vec<&str> = moves.map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["store.reopened", "store.paused"]);
}

#[db_test]
async fn what_an_operator_stopped_is_not_the_merchants_to_open(db: Db) {
    let shop = shop(db, "plum").await;
    let token = shop.token(shop.owner).await;
    for before in [State::Open, State::Paused] {
        if before == State::Paused {
            pause(&shop.app.db, shop.app.clock.now(), shop.owner, shop.store.id).await.unwrap();
        }
        suspend(&shop, true).await;
        assert_eq!(state(&shop).await, State::Suspended);
        let reopened = shop.send("POST", &format!("{SETTINGS}/reopen"), &token, FORM, "").await.0;
        assert_eq!((reopened, state(&shop).await), (StatusCode::CONFLICT, State::Suspended));
        let (_, body) = shop.get(SETTINGS, Some(&token)).await;
        assert!(!body.contains("settings/reopen") && !body.contains("settings/pause"), "{body}");
        assert_eq!(shop.get("/s/plum", None).await.0, StatusCode::OK, "buyers may still look");
        suspend(&shop, false).await;
        assert_eq!(state(&shop).await, before, "as its merchant left it");
    }
}

#[db_test]
async fn only_who_runs_the_store_pauses_it(db: Db) {
    let plum = shop(db.clone(), "plum").await;
    let pear = shop(db, "pear").await;
    let (db, now, store) = (&plum.app.db, plum.app.clock.now(), plum.store.id);
    let clerk = roles::appoint(db, now, plum.owner, store, "clerk@tea.example", Role::Clerk).await.unwrap();
    for who in [clerk, pear.owner] {
        let token = plum.token(who).await;
        assert_eq!(plum.get(SETTINGS, Some(&token)).await.0, StatusCode::FORBIDDEN);
        let path = format!("{SETTINGS}/pause");
        assert_eq!(plum.send("POST", &path, &token, FORM, "").await.0, StatusCode::FORBIDDEN);
        let refused = pause(db, now, who, store).await;
        assert!(matches!(refused, Err(PauseError::NotAllowed)), "also past the page");
    }
    let manager = roles::appoint(db, now, plum.owner, store, "m@tea.example", Role::Manager).await.unwrap();
    pause(db, now, manager, store).await.unwrap();
    reopen(db, now, manager, store).await.unwrap();
    assert_eq!(state(&plum).await, State::Open);
}

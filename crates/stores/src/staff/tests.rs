use axum::http::StatusCode;
use db::Db;
use people::{
    audit,
    roles::{self, Role},
};
use testkit::db_test;

use crate::{
    store::tests::account,
    testing::{Shop, shop},
};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";
const STAFF: &str = "/console/plum/staff";
const API: &str = "/api/v1/stores/plum/staff";

/// A person of this role in the store, and their token.
async fn hired(shop: &Shop, contact: &str, role: Role) -> (kernel::AccountId, String) {
    let now = shop.app.clock.now();
    let who = roles::appoint(&shop.app.db, now, shop.owner, shop.store.id, contact, role).await.unwrap();
    (who, shop.token(who).await)
}

async fn role(shop: &Shop, who: kernel::AccountId) -> Option<Role> {
    roles::role_of(&mut shop.app.db.read().await.unwrap(), shop.store.id, who).await.unwrap()
}

#[db_test]
async fn an_owner_adds_changes_and_removes_on_the_page(db: Db) {
    let shop = shop(db, "plum").await;
    let token = shop.token(shop.owner).await;
    let (status, _, body) = shop.send("POST", STAFF, &token, FORM, "contact=mei&role=clerk").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body.contains("contact-error") && body.contains("value=\"mei\""), "{body}");
    let (status, _, _) = shop.send("POST", STAFF, &token, FORM, "contact=mei@tea.example&role=king").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let (status, headers, _) =
        shop.send("POST", STAFF, &token, FORM, "contact=mei@tea.example&role=clerk").await;
    assert_eq!(
        (status, headers["location"].to_str().unwrap()),
        (StatusCode::SEE_OTHER, "/console/plum/staff?done=added")
    );
    let mei = account(&shop.app.db, "mei@tea.example").await;
    assert_eq!(role(&shop, mei).await, Some(Role::Clerk));
    let (status, body) = shop.get(STAFF, Some(&token)).await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.contains("m…@tea.example") && !body.contains("mei@tea.example"), "masked: {body}");
    let row = format!("{STAFF}/{mei}");
    assert_eq!(shop.send("POST", &row, &token, FORM, "role=manager").await.0, StatusCode::SEE_OTHER);
    assert_eq!(role(&shop, mei).await, Some(Role::Manager));
    assert_eq!(shop.send("POST", &format!("{row}/remove"), &token, FORM, "").await.0, StatusCode::SEE_OTHER);
    assert_eq!(role(&shop, mei).await, None);
    assert_eq!(shop.send("POST", &row, &token, FORM, "role=clerk").await.0, StatusCode::NOT_FOUND);
    let filter = audit::Filter { store: Some(shop.store.id), ..Default::default() };
    let log = audit::list(&mut shop.app.db.read().await.unwrap(), &filter).await.unwrap();
    let actions: Vec<&str> = log.iter().map(|entry| entry.action.as_str()).take(3).collect();
    assert_eq!(actions, ["staff.dismissed", "staff.changed", "staff.appointed"]);
}

#[db_test]
async fn the_last_owner_stays(db: Db) {
    let shop = shop(db, "plum").await;
    let token = shop.token(shop.owner).await;
    let own = format!("{STAFF}/{}", shop.owner);
    let (_, body) = shop.get(STAFF, Some(&token)).await;
    assert!(!body.contains(&own), "nothing is offered that would be refused: {body}");
    let (status, _, body) = shop.send("POST", &format!("{own}/remove"), &token, FORM, "").await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(body.contains("role=\"alert\""), "{body}");
    assert_eq!(shop.send("POST", &own, &token, FORM, "role=clerk").await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let path = format!("{API}/{}", shop.owner);
    assert_eq!(shop.send("DELETE", &path, &token, JSON, "").await.0, StatusCode::CONFLICT);
    assert_eq!(role(&shop, shop.owner).await, Some(Role::Owner));
    hired(&shop, "second@tea.example", Role::Owner).await;
    let (status, headers, _) = shop.send("POST", &format!("{own}/remove"), &token, FORM, "").await;
    assert_eq!((status, headers["location"].to_str().unwrap()), (StatusCode::SEE_OTHER, "/console"));
    assert_eq!(role(&shop, shop.owner).await, None);
}

#[db_test]
async fn a_manager_reaches_only_clerks_and_hosts(db: Db) {
    let shop = shop(db, "plum").await;
    let (manager, token) = hired(&shop, "manager@tea.example", Role::Manager).await;
    let (clerk, _) = hired(&shop, "clerk@tea.example", Role::Clerk).await;
    for (contact, wanted) in [("new@tea.example", "manager"), ("plum@example.com", "clerk")] {
        let form = format!("contact={contact}&role={wanted}");
        let (status, _, body) = shop.send("POST", STAFF, &token, FORM, form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{contact} {wanted}");
        assert!(body.contains("class=\"error\""), "{body}");
    }
    let owner = format!("{STAFF}/{}", shop.owner);
    assert_eq!(
        shop.send("POST", &owner, &token, FORM, "role=host").await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        shop.send("POST", &format!("{owner}/remove"), &token, FORM, "").await.0,
        StatusCode::FORBIDDEN
    );
    let raise = format!("{STAFF}/{manager}");
    assert_eq!(
        shop.send("POST", &raise, &token, FORM, "role=owner").await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        shop.send("POST", &format!("{STAFF}/{clerk}"), &token, FORM, "role=host").await.0,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        (role(&shop, shop.owner).await, role(&shop, clerk).await),
        (Some(Role::Owner), Some(Role::Host))
    );
}

#[db_test]
async fn clerks_and_strangers_are_kept_out_and_anyone_may_leave(db: Db) {
    let plum = shop(db.clone(), "plum").await;
    let pear = shop(db, "pear").await;
    let stranger = plum.token(pear.owner).await;
    let (clerk, token) = hired(&plum, "clerk@tea.example", Role::Clerk).await;
    for token in [&token, &stranger] {
        assert_eq!(plum.get(STAFF, Some(token)).await.0, StatusCode::FORBIDDEN);
        assert_eq!(plum.get(API, Some(token)).await.0, StatusCode::FORBIDDEN);
        let form = "contact=friend@tea.example&role=clerk";
        assert_eq!(plum.send("POST", STAFF, token, FORM, form).await.0, StatusCode::FORBIDDEN);
        let body = r#"{"contact":"friend@tea.example","role":"clerk"}"#;
        assert_eq!(plum.send("PUT", API, token, JSON, body).await.0, StatusCode::FORBIDDEN);
        let owner = format!("{API}/{}", plum.owner);
        assert_eq!(plum.send("DELETE", &owner, token, JSON, "").await.0, StatusCode::FORBIDDEN);
    }
    let members = roles::members(&mut plum.app.db.read().await.unwrap(), plum.store.id).await.unwrap();
    assert_eq!(members.len(), 2, "nothing changed");
    assert_eq!(
        plum.send("DELETE", &format!("{API}/{clerk}"), &token, JSON, "").await.0,
        StatusCode::NO_CONTENT
    );
    assert_eq!(role(&plum, clerk).await, None);
    let elsewhere = format!("/api/v1/stores/pear/staff/{}", plum.owner);
    let other = plum.send("DELETE", &elsewhere, &stranger, JSON, "").await.0;
    assert_eq!(other, StatusCode::NOT_FOUND, "a person of another store");
}

#[db_test]
async fn programs_manage_staff_too(db: Db) {
    let shop = shop(db, "plum").await;
    let token = shop.token(shop.owner).await;
    let body = r#"{"contact":"+65 9123 4567","role":"host"}"#;
    let (status, _, body) = shop.send("PUT", API, &token, JSON, body).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let host = account(&shop.app.db, "+6591234567").await;
    assert!(body.contains(&host.to_string()), "{body}");
    let path = format!("{API}/{host}");
    assert_eq!(shop.send("PUT", &path, &token, JSON, r#"{"role":"clerk"}"#).await.0, StatusCode::NO_CONTENT);
    let (_, body) = shop.get(API, Some(&token)).await;
    let list: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (&list[1]["role"], &list[1]["contact"], &list[1]["signed_in"]),
        (&"clerk".into(), &"+65…67".into(), &false.into())
    );
    let (status, _, body) = shop.send("PUT", API, &token, JSON, r#"{"contact":"x","role":"host"}"#).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && body.contains("\"contact\""), "{body}");
    assert_eq!(shop.send("DELETE", &path, &token, JSON, "").await.0, StatusCode::NO_CONTENT);
    assert_eq!(shop.send("DELETE", &path, &token, JSON, "").await.0, StatusCode::NOT_FOUND);
}

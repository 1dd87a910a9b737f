use std::sync::Arc;

use db::{Db, LaneKey};
use kernel::Locale;
use testkit::db_test;

use super::*;
use crate::{
    Contact, accounts,
    testing::{self, account},
};

async fn proved(app: &App, contact: &str) -> AccountId {
    let id = account(app, contact).await;
    let (contact, now) = (Contact::parse(contact).unwrap(), app.clock.now());
    app.db.write(LaneKey::PLATFORM, async |tx| accounts::verified(tx, &contact, now).await).await.unwrap();
    id
}

async fn operator(app: &App) -> AccountId {
    let id = proved(app, "operator@example.com").await;
    app.db.write(LaneKey::PLATFORM, async |tx| accounts::make_operator(tx, id).await).await.unwrap();
    id
}

async fn stands(app: &App, account: AccountId) -> Standing {
    standing(app, &mut app.db.read().await.unwrap(), account).await.unwrap()
}

#[db_test]
async fn who_is_not_invited_waits_until_an_operator_invites_them(db: Db) {
    let app = testing::app(db);
    let (operator, mei) = (operator(&app).await, proved(&app, "mei@example.com").await);
    assert_eq!(stands(&app, mei).await, Standing::Uninvited);
    join(&app, mei, "Tea and buns").await.unwrap();
    let since = app.clock.now();
    app.clock.advance(jiff::SignedDuration::from_hours(1));
    join(&app, mei, "Tea, buns and cakes").await.unwrap();
    assert_eq!(stands(&app, mei).await, Standing::Waiting(since), "joining again keeps the place");
    let list = waiting(&mut app.db.read().await.unwrap()).await.unwrap();
    assert_eq!((list[0].contact.as_str(), list[0].note.as_str()), ("mei@example.com", "Tea, buns and cakes"));

    let refused = invite(&app, mei, "mei@example.com", Locale::English).await;
    assert!(matches!(refused, Err(InviteError::NotAllowed)), "nobody invites themselves");
    invite(&app, operator, "Mei@Example.com", Locale::English).await.unwrap();
    invite(&app, operator, "mei@example.com", Locale::English).await.unwrap();
    assert_eq!(stands(&app, mei).await, Standing::Invited);
    let mut read = app.db.read().await.unwrap();
    assert!(waiting(&mut read).await.unwrap().is_empty());
    assert_eq!(invitations(&mut read).await.unwrap()[0].name.as_deref(), Some("m…"));
    assert_eq!(testing::messages(&app).len(), 1, "invited twice, told once");
    drop(read);

    withdraw(&app, operator, "mei@example.com").await.unwrap();
    assert_eq!(stands(&app, mei).await, Standing::Waiting(since));
}

#[db_test]
async fn an_invitation_counts_only_for_a_contact_that_was_proved(db: Db) {
    let app = testing::app(db);
    let operator = operator(&app).await;
    let someone = account(&app, "mei@example.com").await;
    invite(&app, operator, "mei@example.com", Locale::English).await.unwrap();
    assert_eq!(stands(&app, someone).await, Standing::Uninvited);
    assert_eq!(proved(&app, "mei@example.com").await, someone);
    assert_eq!(stands(&app, someone).await, Standing::Invited);
}

#[db_test]
async fn after_the_alpha_everyone_may_apply(db: Db) {
    let mut app = testing::app(db);
    let mei = account(&app, "mei@example.com").await;
    assert!(!stands(&app, mei).await.may_apply());
    Arc::make_mut(&mut app.platform).stage = Stage::Public;
    assert_eq!(stands(&app, mei).await, Standing::Public);
}

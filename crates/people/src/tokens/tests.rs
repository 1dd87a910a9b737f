use db::Db;
use testkit::db_test;

use super::*;
use crate::testing::{self, account};

#[db_test]
async fn a_token_is_told_once_and_ends_when_it_runs_out_or_is_revoked(db: Db) {
    let app = testing::app(db);
    let mei = account(&app, "mei@example.com").await;
    let short = create(&app, mei, " till ", 1).await.unwrap();
    let long = create(&app, mei, "script", 30).await.unwrap();
    let kept: Vec<String> =
        app.db.read().await.unwrap().column("select token_hash from api_tokens", &[]).await.unwrap();
    assert!(!kept.contains(&short.token) && !kept.contains(&long.token));
    app.clock.advance(jiff::SignedDuration::from_hours(25));
    let now = app.clock.now();
    let good = |tokens: Vec<Token>| -> Vec<ApiTokenId> {
        tokens.iter().filter(|token| token.is_good(now)).map(|token| token.id).collect()
    };
    assert_eq!(good(list(&app, mei).await.unwrap()), [long.id]);
    revoke(&app, mei, long.id).await.unwrap();
    revoke(&app, mei, long.id).await.unwrap();
    assert!(good(list(&app, mei).await.unwrap()).is_empty());
}

#[db_test]
async fn nobody_sees_or_revokes_anothers_token(db: Db) {
    let app = testing::app(db);
    let (mei, other) = (account(&app, "mei@example.com").await, account(&app, "other@example.com").await);
    let token = create(&app, mei, "till", 30).await.unwrap();
    assert!(list(&app, other).await.unwrap().is_empty());
    assert!(matches!(revoke(&app, other, token.id).await, Err(Error::NotFound)));
    assert!(list(&app, mei).await.unwrap()[0].is_good(app.clock.now()));
}

#[db_test]
async fn a_token_has_a_name_an_end_and_few_sisters(db: Db) {
    let app = testing::app(db);
    let mei = account(&app, "mei@example.com").await;
    for (name, days, field) in [("", 30, "name"), ("a\nb", 30, "name"), ("a", 0, "days"), ("a", 367, "days")]
    {
        match create(&app, mei, name, days).await {
            Err(CreateError::Invalid(invalid)) => assert!(invalid.of(field).is_some()),
            other => panic!("{other:?}"),
        }
    }
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..TOKENS_MAX + 10 {
        let app = app.clone();
        tasks.spawn(async move { create(&app, mei, "a", 1).await.is_ok() });
    }
    let made = tasks.join_all().await.into_iter().filter(|made| *made).count();
    assert_eq!(made as i64, TOKENS_MAX);
}

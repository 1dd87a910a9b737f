use db::Db;
use kernel::{Problem, SessionId, SkuId};
use testkit::db_test;

use super::*;
use crate::testing::shop;

#[db_test]
async fn a_visitors_basket_and_checkout_survive_signing_in(db: Db) {
    let shop = shop(db).await;
    let (tea, cup) = (shop.sku("Tea", 500, 2000).await, shop.sku("Cup", 700, 50).await);
    let (visitor, account) = (SessionId::new(), shop.buyer);
    add(&shop.app, &shop.store, visitor.uuid(), tea, 600).await.unwrap();
    add(&shop.app, &shop.store, visitor.uuid(), cup, 1).await.unwrap();
    add(&shop.app, &shop.store, account.uuid(), tea, 500).await.unwrap();
    let what = crate::checkout::What::Basket;
    let source = crate::checkout::Source::Store;
    let begun = crate::checkout::begin(&shop.app, &shop.store, visitor.uuid(), what, source).await.unwrap();
    for _ in 0..2 {
        carry_over(shop.app.clone(), visitor, account).await.unwrap();
    }
    let mut read = shop.app.db.read().await.unwrap();
    let mine = lines(&mut read, shop.store.id, account.uuid()).await.unwrap();
    let of = |sku: SkuId| mine.iter().find(|line| line.sku == sku).map(|line| line.quantity);
    assert_eq!((of(tea), of(cup)), (Some(PIECES_MAX), Some(1)), "added up, to the most a line may have");
    assert!(lines(&mut read, shop.store.id, visitor.uuid()).await.unwrap().is_empty());
    let checkout = crate::checkout::get(&mut read, shop.store.id, account.uuid(), begun).await.unwrap();
    assert!(checkout.is_some());
    assert!(crate::checkout::get(&mut read, shop.store.id, visitor.uuid(), begun).await.unwrap().is_none());
}

#[db_test]
async fn a_basket_never_holds_more_than_there_is_or_may_be(db: Db) {
    let shop = shop(db).await;
    let (store, owner) = (&shop.store, shop.buyer.uuid());
    let tea = shop.sku("Tea", 500, 3).await;
    let plenty = shop.sku("Rice", 100, 5000).await;
    assert!(matches!(add(&shop.app, store, owner, tea, 4).await, Err(AddError::SoldOut(3))));
    add(&shop.app, store, owner, tea, 3).await.unwrap();
    assert!(
        matches!(add(&shop.app, store, owner, tea, 1).await, Err(AddError::SoldOut(3))),
        "with what is in"
    );
    for wrong in [0, -1, PIECES_MAX + 1, i64::MAX, i64::MIN] {
        assert!(
            matches!(add(&shop.app, store, owner, plenty, wrong).await, Err(AddError::Invalid(_))),
            "{wrong}"
        );
    }
    add(&shop.app, store, owner, plenty, PIECES_MAX).await.unwrap();
    let full = add(&shop.app, store, owner, plenty, 1).await;
    assert!(
        matches!(full, Err(AddError::Invalid(i)) if i.of("quantity") == Some(&Problem::TooLarge(PIECES_MAX)))
    );
    assert!(matches!(add(&shop.app, store, owner, SkuId::new(), 1).await, Err(AddError::NotSold)));
    set(&shop.app, store, owner, tea, 1).await.unwrap();
    assert!(matches!(set(&shop.app, store, owner, tea, 4).await, Err(SetError::SoldOut(3))));
    set(&shop.app, store, owner, tea, 0).await.unwrap();
    assert!(matches!(set(&shop.app, store, owner, tea, 1).await, Err(SetError::NotFound)));
    assert_eq!(pieces(&mut shop.app.db.read().await.unwrap(), store.id, owner).await.unwrap(), PIECES_MAX);
}

#[db_test]
async fn a_basket_takes_two_hundred_lines_and_no_more(db: Db) {
    let shop = shop(db).await;
    let owner = shop.buyer.uuid();
    for n in 0..LINES_MAX {
        let sku = shop.sku(&format!("Thing {n}"), 100 + n, 10).await;
        add(&shop.app, &shop.store, owner, sku, 1).await.unwrap();
    }
    let one_more = shop.sku("One more", 100, 10).await;
    assert!(matches!(add(&shop.app, &shop.store, owner, one_more, 1).await, Err(AddError::Full)));
    let basket = look(&mut shop.app.db.read().await.unwrap(), &shop.store, owner).await.unwrap();
    assert_eq!(basket.lines.len() as i64, LINES_MAX);
    assert_eq!(basket.goods(&shop.store).minor, (0..LINES_MAX).map(|n| 100 + n).sum::<i64>());
}

#[db_test]
async fn what_can_no_longer_be_bought_is_said_and_stops_the_checkout(db: Db) {
    let shop = shop(db).await;
    let owner = shop.buyer.uuid();
    let (tea, cup, pot) =
        (shop.sku("Tea", 500, 5).await, shop.sku("Cup", 700, 5).await, shop.sku("Pot", 900, 5).await);
    for sku in [tea, cup, pot] {
        add(&shop.app, &shop.store, owner, sku, 3).await.unwrap();
    }
    shop.app
        .db
        .write(shop.store.id, async |tx| {
            tx.execute("update skus set available = 2 where id = $1", &[&tea]).await?;
            tx.execute("update skus set available = 0 where id = $1", &[&cup]).await?;
            tx.execute("update skus set on_sale = $2 where id = $1", &[&pot, &false]).await
        })
        .await
        .unwrap();
    let basket = look(&mut shop.app.db.read().await.unwrap(), &shop.store, owner).await.unwrap();
    let trouble: Vec<_> = basket.lines.iter().map(|line| line.trouble).collect();
    assert!(trouble.contains(&Some(Trouble::Only(2))));
    assert!(trouble.contains(&Some(Trouble::SoldOut)));
    assert!(trouble.contains(&Some(Trouble::NotSold)));
    assert!(!basket.is_ready());
    let what = crate::checkout::What::Basket;
    let begun =
        crate::checkout::begin(&shop.app, &shop.store, owner, what, crate::checkout::Source::Store).await;
    assert!(matches!(begun, Err(crate::checkout::BeginError::Trouble)));
}

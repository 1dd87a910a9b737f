use axum::http::StatusCode;
use db::Db;
use kernel::Problem;
use testkit::db_test;

use super::*;
use crate::{
    shelves, stock,
    testing::{Shop, multipart, shop},
};

async fn found(shop: &Shop, text: &str, sort: Sort) -> Vec<String> {
    let query = Query { text: text.into(), sort, ..Default::default() };
    let found = find(&mut shop.app.db.read().await.unwrap(), shop.store.id, &query).await.unwrap();
    found.cards.into_iter().map(|card| card.title).collect()
}

async fn on_shelf(shop: &Shop, title: &str, price: i64) -> ProductId {
    let mut draft = shop.tea(3).await;
    draft.contents.title = title.into();
    draft.contents.axes.clear();
    draft.skus.truncate(1);
    draft.skus[0].choice.clear();
    draft.skus[0].terms = Terms { price, code: String::new(), ..draft.skus[0].terms.clone() };
    let (db, now) = (&shop.app.db, shop.app.clock.now());
    let id = create(db, now, shop.owner, &shop.store, draft).await.unwrap();
    publish(db, now, shop.owner, &shop.store, id).await.unwrap();
    id
}

#[db_test]
async fn buyers_see_the_published_words_and_todays_prices(db: Db) {
    let shop = shop(db, "plum").await;
    let (id, skus) = shop.tea_on_shelf(5).await;
    let (db, now, store) = (&shop.app.db, shop.app.clock.now(), &shop.store);
    let mut draft = shop.tea(5).await;
    draft.contents.title = "Pear tea".into();
    draft.contents.axes[0].values.push("Huge".into());
    draft.skus[0].terms.price = 450;
    draft.skus[0].stock = Some((5, 9));
    draft.skus[1].stock = None;
    draft.skus.push(DraftSku {
        choice: vec!["Huge".into()],
        terms: Terms { price: 900, ..Default::default() },
        stock: None,
    });
    save(db, now, shop.owner, store, id, draft).await.unwrap();
    let shown = show(&mut db.read().await.unwrap(), store.id, id).await.unwrap().unwrap();
    assert_eq!(shown.contents.title, "Plum tea 梅子茶", "words wait for publishing");
    let prices: Vec<_> =
        shown.skus.iter().map(|sku| (sku.options.as_str(), sku.price, sku.available)).collect();
    assert_eq!(prices, [("Small", 450, 9), ("Large", 600, 5)], "prices and stock do not");
    assert_eq!(shown.skus[0].id, skus[0], "a SKU stays itself");
    let (product, _) = get(&mut db.read().await.unwrap(), store.id, id).await.unwrap().unwrap();
    assert!(product.has_changes());
    publish(db, now, shop.owner, store, id).await.unwrap();
    let shown = show(&mut db.read().await.unwrap(), store.id, id).await.unwrap().unwrap();
    assert_eq!((shown.contents.title.as_str(), shown.skus.len()), ("Pear tea", 3));
}

#[db_test]
async fn a_stock_typed_on_an_old_page_does_not_undo_a_sale(db: Db) {
    let shop = shop(db, "plum").await;
    let (id, skus) = shop.tea_on_shelf(5).await;
    let (db, now, store) = (&shop.app.db, shop.app.clock.now(), &shop.store);
    let order = kernel::OrderId::new();
    db.write(store.id, async |tx| stock::reserve(tx, store.id, order, &[(skus[0], 3)], now).await)
        .await
        .unwrap();
    let mut draft = shop.tea(5).await;
    // The merchant saw 5 and leaves it at 5; of the other they want two less.
    draft.skus[0].stock = Some((5, 5));
    draft.skus[1].stock = Some((5, 3));
    save(db, now, shop.owner, store, id, draft).await.unwrap();
    let sellable = sellable(&mut db.read().await.unwrap(), store.id, &skus).await.unwrap();
    assert_eq!((sellable[0].available, sellable[1].available), (2, 3));
}

#[db_test]
async fn a_product_uses_only_pictures_of_its_own_store(db: Db) {
    let plum = shop(db.clone(), "plum").await;
    let pear = shop(db, "pear").await;
    let draft = pear.tea(1).await;
    let (db, now) = (&plum.app.db, plum.app.clock.now());
    let refused = create(db, now, plum.owner, &plum.store, draft).await;
    match refused {
        Err(SaveError::Invalid(invalid)) => assert_eq!(invalid.of("images.0"), Some(&Problem::NotFound)),
        other => panic!("{other:?}"),
    }
    let (id, skus) = plum.tea_on_shelf(1).await;
    let mut read = db.read().await.unwrap();
    assert!(show(&mut read, pear.store.id, id).await.unwrap().is_none());
    assert!(sellable(&mut read, pear.store.id, &skus).await.unwrap().is_empty());
    drop(read);
    let terms = Terms { price: 1, ..Default::default() };
    let stranger = change_terms(db, now, pear.owner, &pear.store, skus[0], terms).await;
    assert!(matches!(stranger, Err(TermsError::NotFound)));
    let stranger = publish(db, now, pear.owner, &pear.store, id).await;
    assert!(matches!(stranger, Err(PublishError::NotFound)));
}

#[db_test]
async fn search_finds_parts_of_words_in_any_script(db: Db) {
    let shop = shop(db, "plum").await;
    for (title, price) in [("Plum tea 梅子茶", 500), ("Oolong 乌龙茶", 300), ("100% plums_dried", 900)]
    {
        on_shelf(&shop, title, price).await;
    }
    assert_eq!(found(&shop, "", Sort::Price).await, ["Oolong 乌龙茶", "Plum tea 梅子茶", "100% plums_dried"]);
    assert_eq!(found(&shop, "茶", Sort::Price).await, ["Oolong 乌龙茶", "Plum tea 梅子茶"]);
    assert_eq!(found(&shop, "子茶", Sort::Price).await, ["Plum tea 梅子茶"]);
    assert_eq!(found(&shop, "ＬＵＭ", Sort::Price).await, ["Plum tea 梅子茶", "100% plums_dried"]);
    assert_eq!(found(&shop, "0% p", Sort::Price).await, ["100% plums_dried"]);
    for nothing in ["%x", "_ea", "茶子", "zz", "plum  oolong"] {
        assert!(found(&shop, nothing, Sort::Price).await.is_empty(), "{nothing}");
    }
}

#[db_test]
async fn pages_of_a_list_meet_without_gap_or_repetition(db: Db) {
    let shop = shop(db, "plum").await;
    for n in 0..(2 * SHOWN + 3) {
        on_shelf(&shop, &format!("Cup number {n}"), 100 + n % 5).await;
    }
    for sort in Sort::ALL {
        let mut titles = std::collections::BTreeSet::new();
        let mut after = None;
        let mut pages = 0;
        loop {
            let query = Query { sort, after: after.take(), text: "cup".into(), ..Default::default() };
            let found = find(&mut shop.app.db.read().await.unwrap(), shop.store.id, &query).await.unwrap();
            pages += 1;
            for card in found.cards {
                assert!(titles.insert(card.title.clone()), "{} came twice", card.title);
            }
            after = found.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!((titles.len() as i64, pages), (2 * SHOWN + 3, 3), "{sort:?}");
    }
}

#[db_test]
async fn a_product_goes_only_where_its_state_allows(db: Db) {
    let shop = shop(db, "plum").await;
    let (db, now, store, owner) = (&shop.app.db, shop.app.clock.now(), &shop.store, shop.owner);
    let draft = create(db, now, owner, store, shop.tea(1).await).await.unwrap();
    assert!(matches!(take_off(db, now, owner, store, draft).await, Err(MoveError::NotAllowed(State::Draft))));
    discard(db, now, owner, store, draft).await.unwrap();
    assert!(get(&mut db.read().await.unwrap(), store.id, draft).await.unwrap().is_none());
    let (id, skus) = shop.tea_on_shelf(1).await;
    assert!(matches!(discard(db, now, owner, store, id).await, Err(MoveError::NotAllowed(State::OnShelf))));
    take_off(db, now, owner, store, id).await.unwrap();
    take_off(db, now, owner, store, id).await.unwrap();
    assert!(found(&shop, "", Sort::Sales).await.is_empty());
    assert!(!sellable(&mut db.read().await.unwrap(), store.id, &skus).await.unwrap()[0].on_shelf);
    put_back(db, now, owner, store, id).await.unwrap();
    assert_eq!(found(&shop, "", Sort::Sales).await.len(), 1);
    assert!(matches!(remove(db, now, owner, store, id, "no").await, Err(MoveError::Invalid(_))));
    remove(db, now, owner, store, id, "Counterfeit goods").await.unwrap();
    assert!(matches!(publish(db, now, owner, store, id).await, Err(PublishError::Removed)));
    assert!(matches!(put_back(db, now, owner, store, id).await, Err(MoveError::NotAllowed(State::Removed))));
    restore(db, now, owner, store, id).await.unwrap();
    put_back(db, now, owner, store, id).await.unwrap();
}

#[db_test]
async fn a_product_without_a_picture_cannot_be_published(db: Db) {
    let shop = shop(db, "plum").await;
    let (db, now, store, owner) = (&shop.app.db, shop.app.clock.now(), &shop.store, shop.owner);
    let mut draft = shop.tea(1).await;
    draft.contents.images.clear();
    let id = create(db, now, owner, store, draft).await.unwrap();
    match publish(db, now, owner, store, id).await {
        Err(PublishError::Invalid(invalid)) => assert_eq!(invalid.of("images"), Some(&Problem::TooFew(1))),
        other => panic!("{other:?}"),
    }
}

#[db_test]
async fn the_editor_works_without_script(db: Db) {
    let shop = shop(db, "plum").await;
    let token = shop.token(shop.owner).await;
    let new = "/console/plum/products/new";
    let base = [
        ("title", "Iced tea"),
        ("axis", "Size"),
        ("values", "S, L"),
        ("axis", "Ice"),
        ("values", "Less, Full"),
        ("axis", ""),
        ("values", ""),
    ];
    // Asking for the table shows a line for each combination, and saves nothing.
    let mut table = base.to_vec();
    table.push(("do", "table"));
    let (kind, body) = multipart(&table, &[("images", &crate::testing::png(4, 4))]);
    let (status, _, page) = shop.send("POST", new, &token, &kind, body).await;
    assert_eq!((status, page.matches("name=\"choice\"").count()), (StatusCode::OK, 4));
    let image = page.split("name=\"order\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    // A wrong price is told at its field, and what was typed stays.
    let choices = ["[\"S\",\"Less\"]", "[\"S\",\"Full\"]", "[\"L\",\"Less\"]", "[\"L\",\"Full\"]"];
    let mut wrong = base.to_vec();
    wrong.extend([("order", image.as_str()), ("do", "publish")]);
    for choice in choices {
        wrong.extend([
            ("choice", choice),
            ("sold", choice),
            ("price", "cheap"),
            ("stock", "5"),
            ("stock_was", "0"),
        ]);
    }
    let (kind, body) = multipart(&wrong, &[]);
    let (status, _, page) = shop.send("POST", new, &token, &kind, body).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("value=\"cheap\" inputmode=\"decimal\" aria-invalid=\"true\""), "{page}");
    let right: Vec<_> =
        wrong.iter().map(|(name, text)| (*name, if *text == "cheap" { "4.50" } else { text })).collect();
    let (kind, body) = multipart(&right, &[]);
    let (status, headers, _) = shop.send("POST", new, &token, &kind, body).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let address = headers["location"].to_str().unwrap().to_owned();
    assert!(address.ends_with("?done=published"));
    let (status, page) = shop.get(&address, Some(&token)).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("4.50"));
    assert_eq!(found(&shop, "iced", Sort::Sales).await, ["Iced tea"]);
}

#[db_test]
async fn every_page_is_shown_to_who_may_see_it(db: Db) {
    let shop = shop(db, "plum").await;
    let (id, skus) = shop.tea_on_shelf(3).await;
    let shelf = shelves::list(&mut shop.app.db.read().await.unwrap(), shop.store.id).await.unwrap()[0].id;
    shelves::place(&shop.app.db, shop.store.id, id, &[shelf]).await.unwrap();
    let branch =
        crate::branches::list(&mut shop.app.db.read().await.unwrap(), shop.store.id).await.unwrap()[0].id;
    let owner = shop.token(shop.owner).await;
    let stranger = shop.token(crate::store::tests::account(&shop.app.db, "who@example.com").await).await;
    let contact = "clerk@example.com";
    let now = shop.app.clock.now();
    let clerk = people::roles::appoint(
        &shop.app.db,
        now,
        shop.owner,
        shop.store.id,
        contact,
        people::roles::Role::Clerk,
    );
    let clerk = shop.token(clerk.await.unwrap()).await;
    for path in [
        "/s/plum",
        "/s/plum/shelf",
        "/s/plum/shelf?q=tea&sort=price",
        &format!("/s/plum/shelf?shelf={shelf}"),
        &format!("/s/plum/p/{id}"),
        "/s/plum/qr.svg",
        "/s/plum/manifest.webmanifest",
        "/api/v1/stores/plum",
        "/api/v1/stores/plum/products",
        "/api/v1/stores/plum/branches",
        &format!("/api/v1/stores/plum/products/{id}"),
    ] {
        let (status, body) = shop.get(path, None).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        assert!(!body.contains("stores-") && !body.contains("catalog-"), "a key without words in {path}");
    }
    let (_, page) = shop.get("/s/plum", None).await;
    assert!(page.contains("Plum tea 梅子茶"), "the shelf stands on the home page");
    let for_owner = [
        "products",
        "products/new",
        &format!("products/{id}"),
        &format!("products/{id}/stock"),
        "page",
        "page/preview",
        "poster",
        "branches",
        "branches/new",
        &format!("branches/{branch}"),
        "shelves",
        &format!("shelves/{shelf}"),
    ];
    for path in for_owner {
        let path = format!("/console/plum/{path}");
        let (status, body) = shop.get(&path, Some(&owner)).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        assert_eq!(shop.get(&path, Some(&stranger)).await.0, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(shop.get(&path, None).await.0, StatusCode::SEE_OTHER, "{path}");
        let clerk_may = path.ends_with("/products") || path.ends_with("/stock") || path.ends_with("/poster");
        let wanted = if clerk_may { StatusCode::OK } else { StatusCode::FORBIDDEN };
        assert_eq!(shop.get(&path, Some(&clerk)).await.0, wanted, "{path}");
    }
    let (status, _, body) = shop
        .send(
            "POST",
            &format!("/api/v1/stores/plum/skus/{}/stock", skus[0]),
            &clerk,
            "application/json",
            "{\"change\":2}",
        )
        .await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, "{\"available\":5}"));
    for (method, path) in
        [("PUT", "page"), ("POST", "page/publish"), ("POST", "products"), ("POST", "branches")]
    {
        let (status, ..) = shop
            .send(method, &format!("/api/v1/stores/plum/{path}"), &stranger, "application/json", "{}")
            .await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(shop.get("/s/nobody", None).await.0, StatusCode::NOT_FOUND);
    assert_eq!(shop.get("/s/plum/p/prd_nonsense", None).await.0, StatusCode::NOT_FOUND);
}

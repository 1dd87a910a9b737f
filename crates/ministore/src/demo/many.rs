//! A store as full as stores get, for `cargo xtask bench pages`.

use kernel::ImageId;
use stores::catalog::{Axis, Contents, Draft, DraftSku, Terms, publish_many};
use web::App;

use super::{chance::Chance, shops::SHOPS};
use crate::cli::Outcome;

/// Products of one transaction.
const AT_ONCE: usize = 500;
const KINDS: [&str; 10] = [
    "Oolong",
    "Dumplings",
    "Moon Cake",
    "Teapot",
    "Jasmine Tea",
    "Rice Ball",
    "Noodles",
    "Honey",
    "Custard",
    "Tea Towel",
];
const SORTS: [&str; 10] = [
    "Amber",
    "Morning",
    "Old Street",
    "Festival",
    "Winter",
    "Harbour",
    "Garden",
    "Lotus",
    "Smoked",
    "Double",
];

/// Puts `count` more products on the first shop's shelf, each with two SKUs.
pub async fn many_products(app: &App, count: usize) -> Outcome<()> {
    if count == 0 {
        return Ok(());
    }
    let mut read = app.db.read().await?;
    let store = stores::by_handle(&mut read, SHOPS[0].key).await?.ok_or("the town has no shops")?;
    let pictures: Vec<ImageId> = read
        .column(
            "select distinct image_id from products where store_id = $1 and image_id is not null",
            &[&store.id],
        )
        .await?;
    drop(read);
    // It can be made again, so nobody waits for the disk.
    let db = app.db.relaxed()?;
    let mut chance = Chance::new(0x3a27);
    for from in (0..count).step_by(AT_ONCE) {
        let numbers = from..count.min(from + AT_ONCE);
        let drafts = numbers.map(|number| draft(&mut chance, &pictures, number)).collect();
        publish_many(&db, app.clock.now(), store.owner, &store, drafts).await?;
    }
    Ok(())
}

fn draft(chance: &mut Chance, pictures: &[ImageId], number: usize) -> Draft {
    let kind = KINDS[number % KINDS.len()];
    let sort = SORTS[number / KINDS.len() % SORTS.len()];
    let price = chance.between(300, 9_000);
    let sku = |size: &str, price: i64, stock: i64| DraftSku {
        choice: vec![size.to_owned()],
        terms: Terms {
            price,
            code: format!("N{number}-{}", &size[..1]),
            weight_grams: 300,
            ..Terms::default()
        },
        stock: Some((0, stock)),
    };
    let contents = Contents {
        title: format!("{sort} {kind} No. {}", number + 1),
        subtitle: "One of very many".into(),
        description: format!("{sort} {kind}, as it has always been made. Keep cool and dry."),
        images: chance.pick(pictures).into_iter().copied().collect(),
        axes: vec![Axis { name: "Size".into(), values: vec!["Regular".into(), "Large".into()] }],
        ..Contents::default()
    };
    let skus = vec![
        sku("Regular", price, chance.between(1, 500)),
        sku("Large", price + 150, chance.between(1, 500)),
    ];
    Draft { contents, skus }
}

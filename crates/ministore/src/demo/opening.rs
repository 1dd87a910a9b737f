//! How the shops came to be: each applied, was approved, wrote its page and put its goods on the shelves.

use std::collections::HashMap;

use futures_util::future::try_join_all;
use jiff::SignedDuration;
use kernel::{AccountId, BranchId, ImageId, ProductId, SkuId, Timestamp};
use people::roles::{self, Role};
use stores::{
    Store,
    applications::{self, Answers},
    branches,
    catalog::{self, Axis, Contents, Draft, DraftSku, Terms},
    hours::{Hours, spans},
    images::{self, Kind},
    page::{self, Freight},
    shelves, stock,
};
use web::App;

use super::{
    chance::Chance,
    goods::{self, Language, Product, ShopGoods},
    past,
    people::{CLERK, KEEPERS, MANAGER, arrive},
    shops::{Place, SHOPS, Shop},
};
use crate::cli::Outcome;

/// A shop that is open, with what the fortnight's orders need of it.
pub(super) struct Opened {
    pub(super) shop: &'static Shop,
    pub(super) store: Store,
    pub(super) branches: Vec<BranchId>,
    /// Who hands over.
    pub(super) clerk: AccountId,
    pub(super) wares: Vec<Ware>,
}

/// Something on the shelf.
pub(super) struct Ware {
    pub(super) slug: String,
    pub(super) product: ProductId,
    /// With the options' text.
    pub(super) skus: Vec<(SkuId, String)>,
}

impl Opened {
    /// The SKUs of a product; of all products if it is not named.
    pub(super) fn skus(&self, slug: &str) -> Vec<SkuId> {
        let wares = self.wares.iter().filter(|ware| slug.is_empty() || ware.slug == slug);
        wares.flat_map(|ware| ware.skus.iter().map(|(sku, _)| *sku)).collect()
    }
}

/// A picture of the demo's folder, as a picture of `store` or of the person alone.
pub(super) async fn hang(
    app: &App,
    actor: AccountId,
    store: Option<&Store>,
    kind: Kind,
    path: &str,
) -> Outcome<ImageId> {
    let bytes = goods::picture(path)?;
    let store = store.map(|store| store.id);
    Ok(images::keep(&app.db, &app.files, app.clock.now(), actor, store, kind, &bytes).await?)
}

/// The application, its approval two days later, and the store that it opens.
pub(super) async fn approve(
    app: &App,
    operator: AccountId,
    shop: &'static Shop,
    goods: &ShopGoods,
    at: Timestamp,
) -> Outcome<Store> {
    let applying = past(app, at);
    let keeper = &KEEPERS[shop.keeper];
    let owner = arrive(&applying, keeper, at).await?;
    let licence = hang(&applying, owner, None, Kind::Licence, "licence.webp").await?;
    let text = |text: &str| Some(text.to_owned());
    let answers = Answers {
        subject: text("company"),
        region: text(shop.region),
        contact_name: text(keeper.name),
        contact_phone: text(shop.phone),
        contact_email: text(shop.email),
        legal_name: text(shop.legal_name),
        licence_number: text(shop.licence_number),
        licence_image: Some(licence.to_string()),
        store_name: text(goods.name.of(shop.language)),
        abbreviation: text(goods.abbreviation.of(shop.language)),
        handle: text(shop.key),
        intro: text(goods.intro.of(shop.language)),
        currency: text(&goods.currency),
        time_zone: text(shop.time_zone),
        return_name: text(keeper.name),
        return_phone: text(shop.phone),
        return_address: text(shop.branches[0].address),
    };
    let begun = applications::start(&applying, owner, answers).await?;
    let submitted =
        applications::submit(&past(app, at + SignedDuration::from_mins(40)), owner, begun.id).await?;
    let deciding = past(app, at + SignedDuration::from_hours(47));
    Ok(applications::approve(&deciding, operator, submitted.id, submitted.version).await?)
}

/// Everything between an empty store and its first order.
pub(super) async fn furnish(
    app: &App,
    shop: &'static Shop,
    goods: &ShopGoods,
    store: Store,
) -> Outcome<Opened> {
    let pictures = hang_all(app, goods, &store).await?;
    write_page(app, shop, goods, &store, &pictures).await?;
    let branches = put_up_signs(app, shop, &store).await?;
    let clerk = hire(app, shop, &store).await?;
    let wares = stock_up(app, shop, goods, &store, &pictures).await?;
    arrange(app, shop, goods, &store, &wares).await?;
    Ok(Opened { shop, store, branches, clerk, wares })
}

/// Pictures by their file's name.
type Pictures = HashMap<String, ImageId>;

async fn hang_all(app: &App, goods: &ShopGoods, store: &Store) -> Outcome<Pictures> {
    let mut names: Vec<&String> = goods.products.iter().flat_map(|product| &product.pictures).collect();
    names.push(&goods.cover);
    names.extend(&goods.ambience);
    let hung = names.into_iter().map(async |name| {
        let image = hang(app, store.owner, Some(store), Kind::Picture, &format!("goods/{name}")).await?;
        Outcome::Ok((name.clone(), image))
    });
    // All at once, so that they share the waiting for the disk.
    Ok(try_join_all(hung).await?.into_iter().collect())
}

fn found(pictures: &Pictures, name: &str) -> Outcome<ImageId> {
    Ok(*pictures.get(name).ok_or_else(|| format!("{name} does not hang in the shop"))?)
}

async fn write_page(
    app: &App,
    shop: &Shop,
    goods: &ShopGoods,
    store: &Store,
    pictures: &Pictures,
) -> Outcome<()> {
    let mut read = app.db.read().await?;
    let first = page::live(&mut read, store.id).await?;
    drop(read);
    let gallery = goods.ambience.iter().map(|name| found(pictures, name)).collect::<Outcome<_>>()?;
    let contents = page::StorePage {
        announcement: shop.announcement.into(),
        // As people write it; the application kept it in the form in which numbers are compared.
        phone: shop.phone.into(),
        hours: Hours::parse(&shop.hours.map(str::to_owned), "")?,
        cover: Some(found(pictures, &goods.cover)?),
        gallery,
        accent: goods.accent.clone(),
        freight: Freight { fee: shop.freight.0, free_above: Some(shop.freight.1) },
        ..first
    };
    page::save(&app.db, app.clock.now(), store.id, contents).await?;
    Ok(page::publish(&app.db, app.clock.now(), store.owner, store.id).await?)
}

/// The first branch came with the application and gets its sign; the others are opened.
async fn put_up_signs(app: &App, shop: &Shop, store: &Store) -> Outcome<Vec<BranchId>> {
    let mut read = app.db.read().await?;
    let mut there = branches::list(&mut read, store.id).await?.into_iter().map(|branch| branch.id);
    drop(read);
    let (now, mut all) = (app.clock.now(), Vec::new());
    for place in shop.branches {
        let said = said_of(place)?;
        all.push(match there.next() {
            Some(id) => {
                branches::update(&app.db, now, store.owner, store.id, id, said).await?;
                id
            }
            None => branches::create(&app.db, now, store.owner, store.id, said).await?,
        });
    }
    Ok(all)
}

fn said_of(place: &Place) -> Outcome<branches::Place> {
    let week = spans(place.hours).map_err(|problem| format!("{}: {problem:?}", place.name))?;
    let own_hours = Hours { week: std::array::from_fn(|_| week.clone()), special: Vec::new() };
    Ok(branches::Place {
        name: place.name.into(),
        address: place.address.into(),
        phone: place.phone.into(),
        latitude: Some(place.latitude),
        longitude: Some(place.longitude),
        hours: (!week.is_empty()).then_some(own_hours),
        pick_up: true,
        slot_minutes: place.slot_minutes,
        slot_capacity: place.slot_capacity,
    })
}

/// The first shop has a clerk and a manager; in the others the keeper does everything.
async fn hire(app: &App, shop: &Shop, store: &Store) -> Outcome<AccountId> {
    if shop.keeper > 0 {
        return Ok(store.owner);
    }
    let now = app.clock.now();
    for (who, role) in [(&MANAGER, Role::Manager), (&CLERK, Role::Clerk)] {
        arrive(app, who, now).await?;
        roles::appoint(&app.db, now, store.owner, store.id, who.contact, role).await?;
    }
    arrive(app, &CLERK, now).await
}

async fn stock_up(
    app: &App,
    shop: &Shop,
    goods: &ShopGoods,
    store: &Store,
    pictures: &Pictures,
) -> Outcome<Vec<Ware>> {
    let mut chance = Chance::new(0x5ea5_0000 + shop.keeper as u64);
    let mut wares = Vec::with_capacity(goods.products.len());
    // The last in the list is published first: what is new stands in front.
    for (place, product) in goods.products.iter().enumerate().rev() {
        let draft = draft_of(shop, place, product, pictures, &mut chance)?;
        // One after the other, within the day before the doors open.
        let now = app.clock.now() + SignedDuration::from_mins(100 * (goods.products.len() - place) as i64);
        let id = catalog::create(&app.db, now, store.owner, store, draft)
            .await
            .map_err(|error| format!("{}: {error:?}", product.slug))?;
        catalog::publish(&app.db, now, store.owner, store, id).await?;
        let shown =
            catalog::show(&mut app.db.read().await?, store.id, id).await?.ok_or("it is not on the shelf")?;
        let skus = shown.skus.into_iter().map(|sku| (sku.id, sku.options)).collect();
        wares.push(Ware { slug: product.slug.clone(), product: id, skus });
    }
    wares.reverse();
    Ok(wares)
}

fn draft_of(
    shop: &Shop,
    place: usize,
    product: &Product,
    pictures: &Pictures,
    chance: &mut Chance,
) -> Outcome<Draft> {
    let language = shop.language;
    let axes = product.options.iter().map(|option| Axis {
        name: option.name.of(language).to_owned(),
        values: option.values.iter().map(|value| value.name.of(language).to_owned()).collect(),
    });
    let contents = Contents {
        title: product.title.of(language).into(),
        subtitle: product.subtitle.of(language).into(),
        description: product.description.of(language).into(),
        images: product.pictures.iter().map(|name| found(pictures, name)).collect::<Outcome<_>>()?,
        axes: axes.collect(),
        ..Contents::default()
    };
    let weight = shop.weights.iter().find(|(category, _)| *category == product.category);
    let mut skus = Vec::new();
    for (number, values) in product.variants().into_iter().enumerate() {
        let delta: i64 = values.iter().map(|value| value.delta).sum();
        let picture = values.iter().find_map(|value| value.picture.as_deref());
        skus.push(DraftSku {
            choice: values.iter().map(|value| value.name.of(language).to_owned()).collect(),
            terms: Terms {
                price: product.price + delta,
                list_price: product.list_price.map(|price| price + delta),
                code: format!("{}-{:02}{:02}", shop.key[..2].to_uppercase(), place + 1, number + 1),
                weight_grams: weight.map_or(0, |(_, grams)| *grams),
                image: picture.map(|name| found(pictures, name)).transpose()?,
            },
            stock: Some((0, chance.between(shop.stock.0, shop.stock.1))),
        });
    }
    Ok(Draft { contents, skus })
}

/// A shelf for each category, in the order of the goods; the first shelf has the best of them.
async fn arrange(app: &App, shop: &Shop, goods: &ShopGoods, store: &Store, wares: &[Ware]) -> Outcome<()> {
    let mut read = app.db.read().await?;
    let first = shelves::list(&mut read, store.id).await?.into_iter().next();
    drop(read);
    let of_category = |key: &str| -> Vec<ProductId> {
        let pairs = goods.products.iter().zip(wares).filter(|(product, _)| product.category == key);
        pairs.map(|(_, ware)| ware.product).collect()
    };
    if let Some(first) = first {
        let name = match shop.language {
            Language::English => "Favourites",
            Language::Chinese => "人气推荐",
        };
        shelves::rename(&app.db, store.id, first.id, name).await?;
        let soon_gone = |ware: &&Ware| shop.scarce.contains(&(ware.slug.as_str(), "", 0));
        let best = wares.iter().filter(|ware| !soon_gone(ware)).take(6);
        let best: Vec<ProductId> = best.map(|ware| ware.product).collect();
        shelves::arrange(&app.db, store.id, first.id, &best).await?;
    }
    for category in &goods.categories {
        let name = category.name.of(shop.language);
        let shelf = shelves::create(&app.db, app.clock.now(), store.id, name).await?;
        shelves::arrange(&app.db, store.id, shelf, &of_category(&category.key)).await?;
    }
    Ok(())
}

/// The merchant counts what is there: some of it is scarce, some gone. One product is still being written.
pub(super) async fn take_stock(app: &App, opened: &Opened) -> Outcome<()> {
    let (store, now) = (&opened.store, app.clock.now());
    for (slug, part, left) in opened.shop.scarce {
        let ware = opened.wares.iter().find(|ware| ware.slug == *slug).ok_or(*slug)?;
        let counted: Vec<SkuId> =
            ware.skus.iter().filter(|(_, text)| text.contains(part)).map(|(sku, _)| *sku).collect();
        if counted.is_empty() {
            return Err(format!("{slug} has no options like {part}").into());
        }
        let mut read = app.db.read().await?;
        let sellable = catalog::sellable(&mut read, store.id, &counted).await?;
        drop(read);
        for sku in sellable {
            stock::adjust(&app.db, now, store.owner, store.id, sku.sku_id, left - sku.available).await?;
        }
    }
    if opened.shop.key == SHOPS[0].key {
        catalog::create(&app.db, now, store.owner, store, begun_product()).await?;
    }
    Ok(())
}

/// A product without pictures, so not on the shelf yet.
fn begun_product() -> Draft {
    let contents = Contents {
        title: "Osmanthus Jelly".into(),
        subtitle: "From next week".into(),
        description: "Clear jelly with osmanthus flowers and wolfberries. Pictures to follow.".into(),
        ..Contents::default()
    };
    let terms = Terms { price: 420, code: "LA-1301".into(), weight_grams: 180, ..Terms::default() };
    Draft { contents, skus: vec![DraftSku { choice: Vec::new(), terms, stock: Some((0, 24)) }] }
}

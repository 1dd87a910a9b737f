//! What buyers see of the catalog: the shelf and a product.

use askama::Template;
use axum::{Router, extract::State, response::IntoResponse, routing::get};
use kernel::{ImageId, Money, ProductId, ShelfId};
use serde::{Deserialize, Serialize};
use web::{App, Error, Page, Path, ShopFrame, html};

use super::{Card, Query, Shown, Sku, Sort};
use crate::{
    branches, images,
    page::qr::{self, ShareCard},
    shelves::{self, Shelf},
    store::Store,
    storefront::Storefront,
};

/// So few pieces that a buyer should know.
const FEW: i64 = 10;
/// The most of one SKU that a buyer puts in at once.
const QUANTITY_MAX: i64 = 99;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/s/{handle}/shelf", get(shelf))
        .route("/s/{handle}/p/{product}", get(product))
        .route("/s/{handle}/p/{product}/qr.svg", get(qr_svg))
        .route("/s/{handle}/p/{product}/qr.png", get(qr_png))
}

/// A product in a list, in words.
pub(crate) struct CardWords {
    pub href: String,
    pub title: String,
    pub image: Option<String>,
    pub price: String,
    /// There are dearer SKUs.
    pub is_from: bool,
    pub was: Option<String>,
    pub sold: i64,
    pub in_stock: bool,
}

impl CardWords {
    pub(crate) fn of(store: &Store, card: Card) -> Self {
        let money = |minor| Money::new(minor, store.currency).to_string();
        CardWords {
            href: format!("/s/{}/p/{}", store.handle, card.id),
            title: card.title,
            image: card.image_id.map(|image| images::address(image, 320)),
            price: money(card.price_from),
            is_from: card.price_to > card.price_from,
            was: card.list_price.map(money),
            sold: card.sold,
            in_stock: card.in_stock,
        }
    }
}

#[derive(Template)]
#[template(path = "catalog/shelf.html")]
struct ShelfPage {
    page: Page,
    shop: ShopFrame,
    groups: Vec<Way>,
    sorts: Vec<Way>,
    chosen: Option<ShelfId>,
    text: String,
    sort: &'static str,
    cards: Vec<CardWords>,
    next: Option<String>,
}

/// A link to this list with one thing changed.
struct Way {
    href: String,
    label: String,
    is_current: bool,
}

fn sort_key(sort: Sort) -> &'static str {
    match sort {
        Sort::Sales => "catalog-sort-sales",
        Sort::Newest => "catalog-sort-newest",
        Sort::Price => "catalog-sort-price",
    }
}

/// The address of a list.
fn list_address(
    store: &Store,
    text: &str,
    shelf: Option<ShelfId>,
    sort: Sort,
    after: Option<&str>,
) -> String {
    let mut address = format!("/s/{}/shelf?sort={}", store.handle, sort.as_str());
    if let Some(shelf) = shelf {
        address.push_str(&format!("&shelf={shelf}"));
    }
    if !text.is_empty() {
        address.push_str(&format!("&q={}", percent(text)));
    }
    if let Some(after) = after {
        address.push_str(&format!("&after={after}"));
    }
    address
}

/// Text as it may stand in a query.
pub(crate) fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => out.push(byte as char),
            other => out.push_str(&format!("%{other:02X}")),
        }
        out
    })
}

#[derive(Deserialize)]
struct ShelfQuery {
    #[serde(default)]
    q: String,
    shelf: Option<ShelfId>,
    #[serde(default)]
    sort: Sort,
    after: Option<String>,
}

async fn shelf(
    State(app): State<App>,
    front: Storefront,
    page: Page,
    web::Query(asked): web::Query<ShelfQuery>,
) -> Result<impl IntoResponse, Error> {
    let mut read = app.db.read().await?;
    let query = Query { text: asked.q.clone(), shelf: asked.shelf, sort: asked.sort, after: asked.after };
    let found = super::find(&mut read, front.store.id, &query).await?;
    let shelves = shelves::list(&mut read, front.store.id).await?;
    drop(read);
    let store = &front.store;
    let (text, chosen, sort) = (asked.q, asked.shelf, asked.sort);
    let way = |label: String, shelf, sort, is_current| Way {
        href: list_address(store, &text, shelf, sort, None),
        label,
        is_current,
    };
    let all = way(page.tr("catalog-all").to_string(), None, sort, chosen.is_none());
    let one = |shelf: Shelf| way(shelf.name, Some(shelf.id), sort, chosen == Some(shelf.id));
    html(&ShelfPage {
        shop: front.frame(&app, &page, "shelf").await?,
        groups: [all].into_iter().chain(shelves.into_iter().map(one)).collect(),
        sorts: Sort::ALL.map(|s| way(page.tr(sort_key(s)).to_string(), chosen, s, s == sort)).into(),
        next: found.next.map(|after| list_address(store, &text, chosen, sort, Some(&after))),
        cards: found.cards.into_iter().map(|card| CardWords::of(store, card)).collect(),
        sort: sort.as_str(),
        chosen,
        page,
        text,
    })
}

#[derive(Template)]
#[template(path = "catalog/product.html")]
struct ProductPage {
    page: Page,
    shop: ShopFrame,
    product: Shown,
    notice: Option<&'static str>,
    /// Whether something can be put into a basket now.
    can_buy: bool,
    choices: Vec<Choice>,
    picker: String,
    price: String,
    was: Option<String>,
    stock: String,
    /// So few are left that the page says so louder.
    few: bool,
    share: ShareCard,
    freight: Option<String>,
    free_above: Option<String>,
    pick_up: bool,
}

/// A SKU for the form without script.
struct Choice {
    id: String,
    options: String,
    price: String,
    stock: String,
    can_buy: bool,
}

/// What `sku-picker.js` reads.
#[derive(Serialize)]
struct Picker<'p> {
    axes: Vec<PickerAxis<'p>>,
    skus: Vec<PickerSku>,
}
#[derive(Serialize)]
struct PickerAxis<'p> {
    name: &'p str,
    values: Vec<PickerValue<'p>>,
}
#[derive(Serialize)]
struct PickerValue<'p> {
    label: &'p str,
}
#[derive(Serialize)]
struct PickerSku {
    id: String,
    values: Vec<usize>,
    price: String,
    was: String,
    stock: String,
    few: bool,
    max: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
}

/// A picture in the gallery, large and small.
struct Picture {
    large: String,
    middle: String,
    small: String,
}

impl ProductPage {
    fn pictures(&self) -> Vec<Picture> {
        let picture = |image: &ImageId| Picture {
            large: images::address(*image, 1600),
            middle: images::address(*image, 800),
            small: images::address(*image, 320),
        };
        self.product.contents.images.iter().map(picture).collect()
    }
    fn details(&self) -> Vec<String> {
        self.product.contents.detail_images.iter().map(|image| images::address(*image, 1600)).collect()
    }
}

#[derive(Deserialize)]
struct ProductQuery {
    /// `gone`: the buyer wanted more than there is now.
    #[serde(default)]
    said: String,
}

async fn product(
    State(app): State<App>,
    front: Storefront,
    page: Page,
    Path((_, id)): Path<(String, ProductId)>,
    web::Query(asked): web::Query<ProductQuery>,
) -> Result<impl IntoResponse, Error> {
    let mut read = app.db.read().await?;
    let product = super::show(&mut read, front.store.id, id).await?.ok_or(Error::NotFound)?;
    let pick_up = branches::any_pick_up(&mut read, front.store.id).await?;
    drop(read);
    let shop = front.frame(&app, &page, "shelf").await?;
    let whole_address = address(&app, &front, id);
    let mut shown = product_page(page, shop, front, product, pick_up, whole_address);
    if asked.said == "gone" {
        shown.notice = shown.notice.or(Some("catalog-said-gone"));
    }
    html(&shown)
}

/// Where a product is found, from anywhere.
fn address(app: &App, front: &Storefront, product: ProductId) -> String {
    format!("{}/s/{}/p/{product}", app.platform.base_url, front.store.handle)
}

/// The product's address, if it has a page.
async fn shown_address(app: &App, front: &Storefront, product: ProductId) -> Result<String, Error> {
    let mut read = app.db.read().await?;
    super::show(&mut read, front.store.id, product).await?.ok_or(Error::NotFound)?;
    Ok(address(app, front, product))
}

async fn qr_svg(
    State(app): State<App>,
    front: Storefront,
    Path((_, id)): Path<(String, ProductId)>,
) -> Result<impl IntoResponse, Error> {
    qr::svg_file(&shown_address(&app, &front, id).await?)
}

async fn qr_png(
    State(app): State<App>,
    front: Storefront,
    Path((_, id)): Path<(String, ProductId)>,
) -> Result<impl IntoResponse, Error> {
    qr::png_file(&shown_address(&app, &front, id).await?)
}

fn product_page(
    page: Page,
    shop: ShopFrame,
    front: Storefront,
    product: Shown,
    pick_up: bool,
    whole_address: String,
) -> ProductPage {
    let Storefront { store, live } = &front;
    let money = |minor| Money::new(minor, store.currency).to_string();
    let open = product.on_shelf() && store.state.takes_orders();
    let stock = |sku: &Sku| stock_words(&page, if open { sku.available } else { 0 });
    let first = product.skus.iter().find(|sku| sku.available > 0).or(product.skus.first());
    let choices: Vec<Choice> = product
        .skus
        .iter()
        .map(|sku| Choice {
            id: sku.id.to_string(),
            options: sku.options.clone(),
            price: money(sku.price),
            stock: stock(sku),
            can_buy: open && sku.available > 0,
        })
        .collect();
    let range = product.skus.iter().map(|sku| sku.price);
    let (least, most) = (range.clone().min().unwrap_or(0), range.max().unwrap_or(0));
    let price = if least == most { money(least) } else { format!("{} – {}", money(least), money(most)) };
    let list_price = first.and_then(|sku| sku.list_price).filter(|_| least == most);
    let freight = live.freight;
    ProductPage {
        picker: picker(&product, open, &money, &stock),
        can_buy: choices.iter().any(|choice| choice.can_buy),
        stock: first.map(&stock).unwrap_or_default(),
        few: first.is_some_and(|sku| open && (1..=FEW).contains(&sku.available)),
        share: ShareCard {
            address: whole_address,
            title: product.contents.title.clone(),
            price: Some(price.clone()),
            words: String::new(),
            picture: product.contents.images.first().map(|image| images::address(*image, 800)),
        },
        notice: front.notice().or((!product.on_shelf()).then_some("catalog-is-off")),
        was: list_price.map(money),
        freight: (freight.fee > 0).then(|| money(freight.fee)),
        free_above: freight.free_above.filter(|_| freight.fee > 0).map(money),
        choices,
        price,
        pick_up,
        product,
        shop,
        page,
    }
}

fn stock_words(page: &Page, available: i64) -> String {
    match available {
        ..=0 => page.tr("catalog-sold-out").to_string(),
        1..=FEW => page.tr("catalog-few-left").with("count", available).to_string(),
        _ => page.tr("catalog-in-stock").to_string(),
    }
}

/// The picker's data as it may stand inside a script element.
fn picker(
    product: &Shown,
    open: bool,
    money: &impl Fn(i64) -> String,
    stock: &impl Fn(&Sku) -> String,
) -> String {
    let axes = &product.contents.axes;
    let places = |sku: &Sku| -> Option<Vec<usize>> {
        sku.choice.iter().zip(axes).map(|(value, axis)| axis.values.iter().position(|v| v == value)).collect()
    };
    let skus = product.skus.iter().filter_map(|sku| {
        Some(PickerSku {
            id: sku.id.to_string(),
            values: places(sku)?,
            price: money(sku.price),
            was: sku.list_price.map(money).unwrap_or_default(),
            stock: stock(sku),
            few: open && (1..=FEW).contains(&sku.available),
            max: if open { sku.available.min(QUANTITY_MAX) } else { 0 },
            image: sku.image.map(|image| images::address(image, 800)),
        })
    });
    let axes = axes.iter().map(|axis| PickerAxis {
        name: &axis.name,
        values: axis.values.iter().map(|label| PickerValue { label }).collect(),
    });
    let data = Picker { axes: axes.collect(), skus: skus.collect() };
    // No text of a merchant may end the element that holds it.
    serde_json::to_string(&data).unwrap_or_default().replace('<', "\\u003c")
}

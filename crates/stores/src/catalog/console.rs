//! The merchant's products: list, editor, shelf state and stock.

use askama::Template;
use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use kernel::{Invalid, Money, ProductId, SkuId};
use people::roles::Permission;
use serde::Deserialize;
use web::{App, ConsoleFrame, Error, Form, Multipart, Page, Path, html};

use super::{
    Listed, Product, Sku, State as Place,
    editor::{Do, Editor},
    pages::percent,
};
use crate::{
    console::{Allowed, Console, may},
    images::{self, Sent},
    shelves::{self, Shelf},
    stock,
};

/// Rows of the stock ledger that are shown.
const LEDGER_SHOWN: i64 = 50;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/console/{handle}/products", get(list))
        .route("/console/{handle}/products/new", get(new).post(create).layer(images::body_limit()))
        .route("/console/{handle}/products/{product}", get(edit).post(save).layer(images::body_limit()))
        .route("/console/{handle}/products/{product}/off", post(take_off))
        .route("/console/{handle}/products/{product}/on", post(put_back))
        .route("/console/{handle}/products/{product}/discard", post(discard))
        .route("/console/{handle}/products/{product}/stock", get(stock_page))
        .route("/console/{handle}/products/{product}/stock/{sku}", post(adjust))
}

#[derive(Deserialize)]
struct ListQuery {
    #[serde(default)]
    q: String,
    state: Option<String>,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "catalog/list.html")]
struct ListPage {
    page: Page,
    frame: ConsoleFrame,
    handle: String,
    text: String,
    state: Option<Place>,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    next: Option<String>,
    may_edit: bool,
}

struct Tab {
    href: String,
    label: &'static str,
    count: Option<i64>,
    is_current: bool,
}

struct Row {
    href: String,
    title: String,
    image: Option<String>,
    state: &'static str,
    tone: &'static str,
    has_changes: bool,
    price: String,
    available: i64,
    sold: i64,
}

pub(super) const fn state_key(state: Place) -> (&'static str, &'static str) {
    match state {
        Place::Draft => ("catalog-state-draft", "info"),
        Place::OnShelf => ("catalog-state-on-shelf", "good"),
        Place::OffShelf => ("catalog-state-off-shelf", "warn"),
        Place::Removed => ("catalog-state-removed", "bad"),
    }
}

async fn list(
    State(app): State<App>,
    console: Allowed<may::EditStock>,
    page: Page,
    web::Query(asked): web::Query<ListQuery>,
) -> Result<impl IntoResponse, Error> {
    let store = &console.store;
    let base = format!("/console/{}/products", store.handle);
    let state = asked.state.as_deref().and_then(Place::from_text);
    let mut read = app.db.read().await?;
    let (listed, next) = super::list(&mut read, store.id, state, &asked.q, asked.after.as_deref()).await?;
    let mut tabs =
        vec![Tab { href: base.clone(), label: "catalog-all", count: None, is_current: state.is_none() }];
    for one in Place::ALL {
        let count = super::counts(&mut read, store.id, *one).await?;
        if *one == Place::Removed && count == 0 {
            continue;
        }
        let href = format!("{base}?state={}", one.as_str());
        tabs.push(Tab {
            href,
            label: state_key(*one).0,
            count: Some(count),
            is_current: state == Some(*one),
        });
    }
    drop(read);
    let may_edit = console.may(Permission::EditGoods);
    let row = |listed: Listed| {
        let money = |minor| Money::new(minor, store.currency).to_string();
        let (mut state, mut tone) = state_key(listed.state);
        if listed.state == Place::OnShelf && listed.available == 0 {
            (state, tone) = ("catalog-sold-out", "bad");
        }
        let last = if may_edit { "" } else { "/stock" };
        Row {
            href: format!("{base}/{}{last}", listed.id),
            title: listed.title,
            image: listed.image_id.map(|image| images::address(image, 320)),
            state,
            tone,
            has_changes: listed.has_changes,
            price: match listed.price_to > listed.price_from {
                true => format!("{} – {}", money(listed.price_from), money(listed.price_to)),
                false => money(listed.price_from),
            },
            available: listed.available,
            sold: listed.sold,
        }
    };
    let query = format!("?q={}&state={}", percent(&asked.q), state.map_or("", |state| state.as_str()));
    html(&ListPage {
        frame: console.frame(&page, "products"),
        handle: store.handle.clone(),
        tabs,
        rows: listed.into_iter().map(row).collect(),
        next: next.map(|after| format!("{base}{query}&after={after}")),
        may_edit,
        text: asked.q,
        state,
        page,
    })
}

#[derive(Deserialize)]
struct Flash {
    done: Option<String>,
}

impl Flash {
    /// The key of what was done, said once after the redirect.
    fn key(&self) -> Option<&'static str> {
        Some(match self.done.as_deref()? {
            "saved" => "catalog-done-saved",
            "published" => "catalog-done-published",
            "off" => "catalog-done-off",
            "on" => "catalog-done-on",
            "stock" => "catalog-done-stock",
            _ => return None,
        })
    }
}

#[derive(Template)]
#[template(path = "catalog/editor.html")]
struct EditorPage {
    page: Page,
    frame: ConsoleFrame,
    handle: String,
    action: String,
    product: Option<Product>,
    editor: Editor,
    invalid: Invalid,
    /// The key of why the form is shown again though nothing is wrong with a field.
    notice: Option<&'static str>,
    flash: Option<&'static str>,
    shelves: Vec<Shelf>,
    symbol: &'static str,
    time_zone: String,
}

impl EditorPage {
    fn state(&self) -> (&'static str, &'static str) {
        self.product.as_ref().map_or(("catalog-state-draft", "info"), |product| state_key(product.state))
    }
    /// What is wrong with a field, in words.
    fn problem(&self, field: &str) -> Option<String> {
        self.page.problem(&self.invalid, field)
    }
    /// All that is wrong and belongs to no field with a place of its own.
    fn others(&self) -> Vec<String> {
        let shown = |field: &str| matches!(field, "title" | "subtitle" | "description" | "images" | "axes");
        let others = self.invalid.0.iter().filter(|e| !shown(&e.field) && !e.field.starts_with("skus."));
        others.filter_map(|e| self.page.problem(&self.invalid, &e.field)).collect()
    }
    fn picture(&self, image: &kernel::ImageId) -> String {
        images::address(*image, 320)
    }
    /// What is wrong with a field of a line of the table.
    fn sku_problem(&self, line: &usize, field: &str) -> Option<String> {
        let sold = self.editor.rows.get(*line).is_some_and(|row| row.is_sold);
        let place = self.editor.place_in_draft(*line);
        sold.then(|| self.problem(&format!("skus.{place}.{field}"))).flatten()
    }
}

async fn page_of(
    app: &App,
    console: &Console,
    page: Page,
    product: Option<Product>,
    editor: Editor,
    invalid: Invalid,
) -> Result<EditorPage, Error> {
    let shelves = shelves::list(&mut app.db.read().await?, console.store.id).await?;
    let base = format!("/console/{}/products", console.store.handle);
    let last = product.as_ref().map_or("new".to_owned(), |product| product.id.to_string());
    Ok(EditorPage {
        frame: console.frame(&page, "products"),
        handle: console.store.handle.clone(),
        action: format!("{base}/{last}"),
        symbol: console.store.currency.symbol(),
        time_zone: console.store.time_zone.clone(),
        notice: None,
        flash: None,
        product,
        editor,
        invalid,
        shelves,
        page,
    })
}

async fn new(
    State(app): State<App>,
    console: Allowed<may::EditGoods>,
    page: Page,
) -> Result<impl IntoResponse, Error> {
    let shelves = shelves::list(&mut app.db.read().await?, console.store.id).await?;
    let editor = Editor::blank(shelves.first().map(|shelf| shelf.id));
    html(&page_of(&app, &console, page, None, editor, Invalid::new()).await?)
}

async fn edit(
    State(app): State<App>,
    console: Allowed<may::EditGoods>,
    page: Page,
    Path((_, id)): Path<(String, ProductId)>,
    web::Query(flash): web::Query<Flash>,
) -> Result<impl IntoResponse, Error> {
    let mut read = app.db.read().await?;
    let (product, skus) = super::get(&mut read, console.store.id, id).await?.ok_or(Error::NotFound)?;
    let stands = shelves::of_product(&mut read, console.store.id, id).await?;
    drop(read);
    let editor = Editor::of(&console.store, &product, &skus, stands);
    let view = page_of(&app, &console, page, Some(product), editor, Invalid::new()).await?;
    html(&EditorPage { flash: flash.key(), ..view })
}

async fn create(
    State(app): State<App>,
    console: Allowed<may::EditGoods>,
    page: Page,
    form: Multipart,
) -> Result<Response, Error> {
    take(&app, console.into_console(), page, None, Sent::read(form).await?).await
}

async fn save(
    State(app): State<App>,
    console: Allowed<may::EditGoods>,
    page: Page,
    Path((_, id)): Path<(String, ProductId)>,
    form: Multipart,
) -> Result<Response, Error> {
    let sent = Sent::read(form).await?;
    let found = super::get(&mut app.db.read().await?, console.store.id, id).await?;
    let (product, _) = found.ok_or(Error::NotFound)?;
    take(&app, console.into_console(), page, Some(product), sent).await
}

/// Takes the editor's form: shows it again with a new table or with what is wrong, or saves, or saves and publishes.
async fn take(
    app: &App,
    console: Console,
    page: Page,
    product: Option<Product>,
    sent: Sent,
) -> Result<Response, Error> {
    let store = &console.store;
    let now = app.clock.now();
    let mut invalid = Invalid::new();
    let mut editor = Editor::sent(&sent);
    for name in ["images", "detail_images"] {
        match sent.keep(app, now, console.actor(), store.id, name).await {
            Ok(kept) => editor.add_pictures(name, kept),
            Err(Error::Invalid(errors)) => invalid.0.extend(errors.0),
            Err(other) => return Err(other),
        }
    }
    let is_new_table = editor.fit_table();
    let wanted = editor.wanted(&sent);
    if wanted == Do::Again || is_new_table || !invalid.0.is_empty() {
        let notice = (is_new_table && wanted != Do::Again).then_some("catalog-table-changed");
        let status = if wanted == Do::Again { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        let view = page_of(app, &console, page, product, editor, invalid).await?;
        return Ok((status, html(&EditorPage { notice, ..view })?).into_response());
    }
    let saved = keep(app, &console, product.as_ref().map(|product| product.id), &editor, wanted).await;
    match saved {
        Ok(id) => {
            let done = if wanted == Do::Publish { "published" } else { "saved" };
            let address = format!("/console/{}/products/{id}?done={done}", store.handle);
            Ok(Redirect::to(&address).into_response())
        }
        Err(Error::Invalid(errors)) => {
            let view = page_of(app, &console, page, product, editor, errors).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, html(&view)?).into_response())
        }
        Err(other) => Err(other),
    }
}

async fn keep(
    app: &App,
    console: &Console,
    id: Option<ProductId>,
    editor: &Editor,
    wanted: Do,
) -> Result<ProductId, Error> {
    let (store, actor, now) = (&console.store, console.actor(), app.clock.now());
    let draft = editor.draft(store)?;
    if wanted == Do::Publish {
        // Before anything is saved: whoever presses Publish wants both or neither.
        draft.contents.clone().checked()?.ready()?;
    }
    let id = match id {
        Some(id) => {
            super::save(&app.db, now, actor, store, id, draft).await?;
            id
        }
        None => super::create(&app.db, now, actor, store, draft).await?,
    };
    shelves::place(&app.db, store.id, id, &editor.shelves).await?;
    if wanted == Do::Publish {
        super::publish(&app.db, now, actor, store, id).await?;
    }
    Ok(id)
}

fn back(console: &Console, rest: &str) -> Redirect {
    Redirect::to(&format!("/console/{}/products{rest}", console.store.handle))
}

async fn take_off(
    State(app): State<App>,
    console: Allowed<may::EditGoods>,
    Path((_, id)): Path<(String, ProductId)>,
) -> Result<impl IntoResponse, Error> {
    super::take_off(&app.db, app.clock.now(), console.actor(), &console.store, id).await?;
    Ok(back(&console, &format!("/{id}?done=off")))
}

async fn put_back(
    State(app): State<App>,
    console: Allowed<may::EditGoods>,
    Path((_, id)): Path<(String, ProductId)>,
) -> Result<impl IntoResponse, Error> {
    super::put_back(&app.db, app.clock.now(), console.actor(), &console.store, id).await?;
    Ok(back(&console, &format!("/{id}?done=on")))
}

async fn discard(
    State(app): State<App>,
    console: Allowed<may::EditGoods>,
    Path((_, id)): Path<(String, ProductId)>,
) -> Result<impl IntoResponse, Error> {
    super::discard(&app.db, app.clock.now(), console.actor(), &console.store, id).await?;
    Ok(back(&console, ""))
}

#[derive(Template)]
#[template(path = "catalog/stock.html")]
struct StockPage {
    page: Page,
    frame: ConsoleFrame,
    action: String,
    back: String,
    title: String,
    skus: Vec<Sku>,
    ledger: Vec<LedgerRow>,
    flash: Option<&'static str>,
}

struct LedgerRow {
    at: String,
    options: String,
    change: String,
    after: i64,
    reason: &'static str,
    who: String,
}

const fn reason_key(reason: stock::Reason) -> &'static str {
    match reason {
        stock::Reason::Opening => "catalog-reason-opening",
        stock::Reason::Correction => "catalog-reason-correction",
        stock::Reason::Reserved => "catalog-reason-reserved",
        stock::Reason::Timeout => "catalog-reason-timeout",
        stock::Reason::Cancelled => "catalog-reason-cancelled",
        stock::Reason::Refunded => "catalog-reason-refunded",
        stock::Reason::Returned => "catalog-reason-returned",
        stock::Reason::Sold => "catalog-reason-sold",
        stock::Reason::Held => "catalog-reason-held",
        stock::Reason::Unheld => "catalog-reason-unheld",
    }
}

async fn stock_page(
    State(app): State<App>,
    console: Allowed<may::EditStock>,
    page: Page,
    Path((_, id)): Path<(String, ProductId)>,
    web::Query(flash): web::Query<Flash>,
) -> Result<impl IntoResponse, Error> {
    let mut read = app.db.read().await?;
    let (product, skus) = super::get(&mut read, console.store.id, id).await?.ok_or(Error::NotFound)?;
    let entries = stock::ledger_of(&mut read, console.store.id, id, LEDGER_SHOWN).await?;
    drop(read);
    let base = format!("/console/{}/products", console.store.handle);
    let row = |entry: stock::Entry| LedgerRow {
        at: page.date_time(entry.at, &console.store.time_zone),
        options: skus
            .iter()
            .find(|sku| sku.id == entry.sku_id)
            .map(|s| s.options.clone())
            .unwrap_or_default(),
        change: format!("{:+}", entry.change),
        after: entry.available_after,
        reason: reason_key(entry.reason),
        who: entry.order_id.map(|order| order.to_string()).or(entry.actor_name).unwrap_or_default(),
    };
    let ledger = entries.into_iter().map(row).collect();
    let may_edit = console.may(Permission::EditGoods);
    html(&StockPage {
        frame: console.frame(&page, "products"),
        action: format!("{base}/{id}/stock"),
        back: if may_edit { format!("{base}/{id}") } else { base },
        title: product.draft.title,
        flash: flash.key(),
        ledger,
        skus,
        page,
    })
}

#[derive(Deserialize)]
struct Adjust {
    change: i64,
}

async fn adjust(
    State(app): State<App>,
    console: Allowed<may::EditStock>,
    Path((_, id, sku)): Path<(String, ProductId, SkuId)>,
    Form(sent): Form<Adjust>,
) -> Result<impl IntoResponse, Error> {
    stock::adjust(&app.db, app.clock.now(), console.actor(), console.store.id, sku, sent.change).await?;
    Ok(back(&console, &format!("/{id}/stock?done=stock")))
}

//! The checkout's page: how, where, when, what it costs and why.

use std::borrow::Borrow;

use askama::Template;
use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use db::Read;
use jiff::civil::Date;
use kernel::{AccountId, AddressId, BranchId, CheckoutId, Invalid, Money, Timestamp};
use serde::Deserialize;
use stores::{
    Store, Storefront,
    branches::{self, Branch},
    images,
    special_prices::Kind,
};
use web::{App, Error, Form, Page, Path, Query, ShopFrame, html, see_other};

use super::{BeginError, OfferedSlot, Source, What};
use crate::{
    addresses::{self, Address, Details, Recipient},
    basket::{BasketLine, Wanted},
    orders::{self, Choice, Method, Place, PlaceError},
    payments,
    pricing::{Quote, Reason},
};

/// The key of what is said when the price is another than the buyer saw.
const PRICE_CHANGED: &str = "checkout-price-changed";

pub fn routes() -> Router<App> {
    Router::new()
        .route("/s/{handle}/checkout", post(begin))
        .route("/s/{handle}/checkout/{checkout}", get(show))
        .route("/s/{handle}/checkout/{checkout}/place", get(back_to_it).post(place))
}

async fn begin(State(app): State<App>, page: Page, front: Storefront) -> Result<Response, Error> {
    let handle = &front.store.handle;
    let owner = page.owner().ok_or(Error::Conflict("checkout-basket-empty"))?;
    match super::begin(&app, &front.store, owner, What::Basket, Source::Store).await {
        Ok(id) => Ok(see_other(&format!("/s/{handle}/checkout/{id}")).into_response()),
        Err(BeginError::Trouble | BeginError::Empty) => {
            Ok(see_other(&format!("/s/{handle}/basket?said=trouble")).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

#[derive(Deserialize)]
struct Of {
    checkout: CheckoutId,
}

/// What is chosen so far: in the address when looking, in the form when placing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Chosen {
    /// `delivery` or `pick_up`.
    way: String,
    branch: Option<BranchId>,
    day: Option<Date>,
    /// The start of the slot.
    slot: String,
    /// An address of the book, or `new`.
    address: String,
    name: String,
    phone: String,
    region: String,
    lines: String,
    postcode: String,
    note: String,
    method: String,
    total: Option<i64>,
}

#[derive(Template)]
#[template(path = "checkout/checkout.html")]
struct CheckoutPage {
    page: Page,
    shop: ShopFrame,
    checkout: CheckoutId,
    time_zone: String,
    chosen: Chosen,
    pick_up: bool,
    can_pick_up: bool,
    branches: Vec<Branch>,
    branch: Option<Branch>,
    days: Vec<Date>,
    day: Option<Date>,
    slots: Vec<OfferedSlot>,
    addresses: Vec<Address>,
    lines: Vec<BasketLine>,
    quote: Quote,
    /// A piece costs more than was shown in the live room.
    special_over: bool,
    /// What was won is paid online, by its deadline.
    online_only: bool,
    invalid: Invalid,
    problem: Option<&'static str>,
}

impl CheckoutPage {
    fn money(&self, minor: impl Borrow<i64>) -> Money {
        Money::new(*minor.borrow(), self.quote.currency)
    }
    fn picture(&self, line: &BasketLine) -> Option<String> {
        line.sellable.image.map(|image| images::address(image, 320))
    }
    /// The circumstance in which a line costs less.
    fn special(&self, line: &BasketLine) -> Option<&'static str> {
        let special = line.priced().special?;
        Some(crate::words::reason(special.reason))
    }
    fn is_day(&self, day: &Date) -> bool {
        self.day == Some(*day)
    }
    fn is_slot(&self, offered: &OfferedSlot) -> bool {
        self.chosen.slot == offered.slot.starts_at.to_string()
    }
    fn is_branch(&self, branch: &Branch) -> bool {
        self.branch.as_ref().is_some_and(|chosen| chosen.id == branch.id)
    }
    fn is_address(&self, address: &Address) -> bool {
        self.chosen.address == address.id.to_string()
    }
    fn is_new_address(&self) -> bool {
        self.chosen.address == "new" || self.addresses.is_empty()
    }
    fn error(&self, field: &str) -> Option<String> {
        self.page.problem(&self.invalid, field)
    }
    fn weekday(&self, day: &Date) -> &'static str {
        crate::words::weekday(*day)
    }
    fn reason(&self, reason: &Reason) -> &'static str {
        crate::words::reason(*reason)
    }
    fn reason_why(&self, reason: &Reason) -> Option<&'static str> {
        crate::words::reason_why(*reason)
    }
}

/// Leads to where what cannot be ordered can be mended. Inside a frame there is no way around the shop: what is gone is
/// said there, and the page around it goes on.
async fn mend(
    read: &mut Read,
    page: &Page,
    store: &Store,
    buyer: AccountId,
    wanted: &[Wanted],
) -> Result<Response, Error> {
    if page.framed() {
        return Err(Error::Conflict("checkout-sold-out"));
    }
    let mend = super::where_to_mend(read, store, buyer.uuid(), wanted).await?;
    Ok(see_other(&mend).into_response())
}

async fn show(
    State(app): State<App>,
    page: Page,
    front: Storefront,
    Path(Of { checkout }): Path<Of>,
    Query(chosen): Query<Chosen>,
) -> Result<Response, Error> {
    draw(&app, page, front, checkout, chosen, Invalid::new(), None).await
}

/// The form's own address, visited: whoever reloads or comes back to a page of mistakes sees the checkout again.
async fn back_to_it(
    page: Page,
    Path((handle, checkout)): Path<(String, CheckoutId)>,
) -> Result<Response, Error> {
    page.signed_in()?;
    Ok(see_other(&format!("/s/{handle}/checkout/{checkout}")).into_response())
}

async fn draw(
    app: &App,
    page: Page,
    front: Storefront,
    id: CheckoutId,
    mut chosen: Chosen,
    invalid: Invalid,
    problem: Option<&'static str>,
) -> Result<Response, Error> {
    let account = page.signed_in()?.account_id;
    let (store, now) = (&front.store, app.clock.now());
    let shop = front.frame(app, &page, "basket").await?;
    let mut read = app.db.read().await?;
    let checkout = super::get(&mut read, store.id, account.uuid(), id).await?.ok_or(Error::NotFound)?;
    if let Some(order) = orders::of_checkout(&mut read, store.id, id).await? {
        return Ok(see_other(&format!("/s/{}/orders/{}", store.handle, order.id)).into_response());
    }
    let wanted = &checkout.lines.0;
    let lines = super::priced_lines(&mut read, store, wanted, checkout.source, account.uuid(), now).await?;
    if lines.len() < wanted.len() || lines.iter().any(|line| line.trouble.is_some()) {
        return mend(&mut read, &page, store, account, wanted).await;
    }
    let all = branches::list(&mut read, store.id).await?;
    let places: Vec<Branch> = all.into_iter().filter(|branch| branch.pick_up).collect();
    let pick_up = chosen.way == "pick_up" && !places.is_empty();
    let branch = chosen.branch.and_then(|id| places.iter().find(|b| b.id == id)).or(places.first()).cloned();
    let offered = match &branch {
        Some(branch) if pick_up => super::offered(&mut read, store, &front.live, branch, now).await?,
        _ => Vec::new(),
    };
    let date = |at: Timestamp| at.to_zoned_datetime(store.zone()).date();
    let mut days: Vec<Date> = offered.iter().map(|offered| date(offered.slot.starts_at)).collect();
    days.dedup();
    let day = chosen.day.filter(|day| days.contains(day)).or(days.first().copied());
    let slots = offered.into_iter().filter(|o| Some(date(o.slot.starts_at)) == day).collect();
    let addresses = addresses::list(&mut read, account).await?;
    if chosen.address.is_empty()
        && let Some(last) = addresses.first()
    {
        chosen.address = last.id.to_string();
        if pick_up && chosen.name.is_empty() && chosen.phone.is_empty() {
            (chosen.name, chosen.phone) = (last.name.clone(), last.phone.clone());
        }
    }
    let quote = super::quote(store, &lines, super::freight(&front.live, !pick_up))?;
    let special_over = super::costs_more(&checkout, &lines);
    let status = if invalid.0.is_empty() && problem.is_none() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let shown = CheckoutPage {
        shop,
        checkout: id,
        time_zone: store.time_zone.clone(),
        can_pick_up: !places.is_empty(),
        branches: places,
        page,
        chosen,
        pick_up,
        branch,
        days,
        day,
        slots,
        addresses,
        online_only: lines.iter().any(|line| line.offer.special().is_some_and(|s| s.kind == Kind::Won)),
        lines,
        quote,
        special_over,
        invalid,
        // That the special price is over says more than that the price has changed.
        problem: problem.filter(|problem| !(special_over && *problem == PRICE_CHANGED)),
    };
    Ok((status, html(&shown)?).into_response())
}

/// The form as a choice, or what is missing in it.
fn choice(chosen: &Chosen) -> Result<Choice, Invalid> {
    use kernel::Problem;
    if chosen.way == "pick_up" {
        let recipient = Recipient { name: chosen.name.clone(), phone: chosen.phone.clone() };
        let branch = chosen.branch.ok_or_else(|| Invalid::field("branch", Problem::Required))?;
        if chosen.slot.is_empty() {
            return Err(Invalid::field("slot", Problem::Required));
        }
        let starts_at = chosen.slot.parse().map_err(|_| Invalid::field("slot", Problem::NotAChoice))?;
        return Ok(Choice::PickUp { recipient, branch, starts_at });
    }
    match chosen.address.as_str() {
        "" | "new" => Ok(Choice::DeliveryNew(Details {
            name: chosen.name.clone(),
            phone: chosen.phone.clone(),
            region: chosen.region.clone(),
            lines: chosen.lines.clone(),
            postcode: chosen.postcode.clone(),
        })),
        id => match id.parse::<AddressId>() {
            Ok(id) => Ok(Choice::DeliveryTo(id)),
            Err(_) => Err(Invalid::field("address", Problem::NotFound)),
        },
    }
}

async fn place(
    State(app): State<App>,
    page: Page,
    front: Storefront,
    Path(Of { checkout }): Path<Of>,
    Form(chosen): Form<Chosen>,
) -> Result<Response, Error> {
    let buyer = page.signed_in()?.account_id;
    let method = if chosen.method == Method::InStore.as_str() { Method::InStore } else { Method::Online };
    let placed = match choice(&chosen) {
        Err(invalid) => Err(PlaceError::Invalid(invalid)),
        Ok(choice) => {
            let (note, expected_total) = (chosen.note.clone(), chosen.total);
            let command = Place { checkout, choice, method, note, expected_total };
            orders::place(&app, &front.store, buyer, command).await
        }
    };
    let order = match placed {
        Ok(order) => order,
        Err(PlaceError::Invalid(invalid)) => {
            return draw(&app, page, front, checkout, chosen, invalid, None).await;
        }
        Err(PlaceError::PriceChanged(_)) => {
            return draw(&app, page, front, checkout, chosen, Invalid::new(), Some(PRICE_CHANGED)).await;
        }
        Err(PlaceError::SlotFull) => {
            return draw(&app, page, front, checkout, chosen, Invalid::new(), Some("checkout-slot-full"))
                .await;
        }
        Err(PlaceError::SoldOut { .. } | PlaceError::NotSold(_)) => {
            let mut read = app.db.read().await?;
            let found = super::get(&mut read, front.store.id, buyer.uuid(), checkout).await?;
            let wanted = found.ok_or(Error::NotFound)?.lines.0;
            return mend(&mut read, &page, &front.store, buyer, &wanted).await;
        }
        Err(other) => return Err(other.into()),
    };
    let own = format!("/s/{}/orders/{}", front.store.handle, order.id);
    if order.state.step() != orders::Step::Unpaid {
        return Ok(see_other(&own).into_response());
    }
    // The order stands whatever the provider says: if it cannot be asked now, the order's page offers to pay again.
    match payments::start(&app, &front.store, buyer, order.id).await {
        Ok(payment) => Ok(see_other(payment.pay_url.as_deref().unwrap_or(&own)).into_response()),
        Err(error) => {
            tracing::warn!(order = %order.id, %error, "a payment could not be begun");
            Ok(see_other(&own).into_response())
        }
    }
}

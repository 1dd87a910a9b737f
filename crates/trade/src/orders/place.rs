//! Places an order: a checkout becomes at most one, with its stock held, its slot booked and its price frozen.
//!
//! Facts are read first; the transaction then only writes, and each write is guarded by what it assumes, so that the
//! lane is held as shortly as can be.

use db::{Error, Tx, deadlines, outbox};
use kernel::{
    AccountId, AddressId, BranchId, CheckoutId, Invalid, OrderId, Problem, SkuId, Timestamp, random_digits,
};
use stores::{
    Store, branches,
    page::{self, StorePage},
    special_prices::{self, Kind, Special, TakeError},
    stock,
};
use web::App;

use super::{Actor, DEADLINE, Fulfilment, Method, Order, OrderLine, OrderPlaced, State, rows};
use crate::{
    addresses::{self, Details, Recipient},
    basket::{self, BasketLine, Trouble},
    checkout::{self, Checkout, Slot},
    pricing::Quote,
};

/// Columns of a note to the store.
const NOTE_MAX: i64 = 200;
/// The pick-up code: 40 bits that only the buyer and the database know.
const CODE_DIGITS: usize = 12;
/// Random digits after the date in an order's number.
const NUMBER_DIGITS: usize = 8;
/// A number or code that is taken is drawn again; this often in a row is no accident.
const DRAWS: usize = 5;

/// What the buyer chose at checkout.
#[derive(Clone, Debug)]
pub struct Place {
    pub checkout: CheckoutId,
    pub choice: Choice,
    pub method: Method,
    pub note: String,
    /// The total the buyer was shown. If it is no longer right they are asked again and nothing is placed.
    pub expected_total: Option<i64>,
}

/// How the buyer wants to get it.
#[derive(Clone, Debug)]
pub enum Choice {
    /// To an address of their book.
    DeliveryTo(AddressId),
    /// To a new address, which the book then keeps.
    DeliveryNew(Details),
    PickUp {
        recipient: Recipient,
        branch: BranchId,
        starts_at: Timestamp,
    },
}

/// Why no order was placed; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    #[error("there is no such checkout")]
    NotFound,
    #[error("the store takes no orders now")]
    Closed,
    /// Something in it is no longer sold.
    #[error("{0} is no longer sold")]
    NotSold(String),
    #[error("only {available} of {title} are left")]
    SoldOut { title: String, available: i64 },
    /// The price is not what the buyer saw: it was changed, or a special price is over.
    #[error("the total is now {0}")]
    PriceChanged(i64),
    #[error("the slot is full")]
    SlotFull,
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<PlaceError> for web::Error {
    fn from(error: PlaceError) -> Self {
        match error {
            PlaceError::NotFound => web::Error::NotFound,
            PlaceError::Closed => web::Error::Conflict("checkout-store-closed"),
            PlaceError::NotSold(_) => web::Error::Conflict("checkout-not-sold"),
            PlaceError::SoldOut { .. } => web::Error::Conflict("checkout-sold-out"),
            PlaceError::PriceChanged(_) => web::Error::Conflict("checkout-price-changed"),
            PlaceError::SlotFull => web::Error::Conflict("checkout-slot-full"),
            PlaceError::Invalid(invalid) => invalid.into(),
            PlaceError::Db(error) => error.into(),
        }
    }
}

/// Everything that was read before anything is written.
struct Prepared {
    checkout: Checkout,
    lines: Vec<BasketLine>,
    quote: Quote,
    fulfilment: Fulfilment,
    /// How many orders the branch takes in a slot.
    slot_capacity: i64,
    note: String,
    new_address: Option<Details>,
}

/// Places the order, or answers with the one that the checkout already became.
pub async fn place(app: &App, store: &Store, buyer: AccountId, command: Place) -> Result<Order, PlaceError> {
    let checkout = command.checkout;
    match place_once(app, store, buyer, command).await {
        Ok(order) => Ok(order),
        // What refused this one may be what the same checkout's order took a moment ago.
        Err(refused) => {
            let became = rows::by_checkout(&mut app.db.read().await?, store.id, checkout).await?;
            became.filter(|order| order.buyer_id == buyer).ok_or(refused)
        }
    }
}

async fn place_once(app: &App, store: &Store, buyer: AccountId, command: Place) -> Result<Order, PlaceError> {
    let now = app.clock.now();
    let mut read = app.db.read().await?;
    let checkout = checkout::get(&mut read, store.id, buyer.uuid(), command.checkout).await?;
    let checkout = checkout.ok_or(PlaceError::NotFound)?;
    if let Some(done) = rows::by_checkout(&mut read, store.id, checkout.id).await? {
        return Ok(done);
    }
    let prepared = prepare(&mut read, store, buyer, &command, checkout, now).await?;
    // Readers are few; whoever waits for the lane must not keep one.
    drop(read);
    let mut draws = 0;
    loop {
        let order = draw(store, buyer, &command, &prepared, now)?;
        match app.db.write(store.id, async |tx| write(tx, &order, &prepared, now).await).await {
            Ok(order) => return Ok(order),
            Err(NotWritten::SpecialOver) => break,
            Err(NotWritten::Place(PlaceError::Db(error))) if is_drawn_twice(&error) && draws < DRAWS => {
                draws += 1
            }
            Err(NotWritten::Place(error)) => return Err(error),
        }
    }
    // Someone was faster: what it costs now is a new question, which only the buyer can answer.
    let mut read = app.db.read().await?;
    let again = Place { expected_total: Some(prepared.quote.total), ..command };
    let now_costs = prepare(&mut read, store, buyer, &again, prepared.checkout, now).await?;
    Err(PlaceError::PriceChanged(now_costs.quote.total))
}

/// Why a prepared order was not written after all.
enum NotWritten {
    /// A special price ended, or was used up, since it was looked at.
    SpecialOver,
    Place(PlaceError),
}

impl From<PlaceError> for NotWritten {
    fn from(error: PlaceError) -> Self {
        NotWritten::Place(error)
    }
}

impl From<Error> for NotWritten {
    fn from(error: Error) -> Self {
        NotWritten::Place(error.into())
    }
}

fn is_drawn_twice(error: &Error) -> bool {
    error.is_unique("orders__store_id__number") || error.is_unique("orders__store_id__pick_up_code")
}

async fn prepare(
    read: &mut db::Read,
    store: &Store,
    buyer: AccountId,
    command: &Place,
    checkout: Checkout,
    now: Timestamp,
) -> Result<Prepared, PlaceError> {
    if !store.state.takes_orders() {
        return Err(PlaceError::Closed);
    }
    let wanted = &checkout.lines.0;
    let lines = checkout::priced_lines(read, store, wanted, checkout.source, buyer.uuid(), now).await?;
    for line in &lines {
        let title = || line.sellable.title.clone();
        match line.trouble {
            None => {}
            Some(Trouble::NotSold) => return Err(PlaceError::NotSold(title())),
            Some(Trouble::SoldOut) => return Err(PlaceError::SoldOut { title: title(), available: 0 }),
            Some(Trouble::Only(available)) => return Err(PlaceError::SoldOut { title: title(), available }),
        }
    }
    if lines.len() < checkout.lines.0.len() {
        return Err(PlaceError::NotSold(String::new()));
    }
    let page = page::live(read, store.id).await?;
    let (fulfilment, slot_capacity, new_address) =
        fulfil(read, store, buyer, &page, &command.choice, now).await?;
    // A parcel cannot be paid at a counter, and what was won is paid by its deadline.
    if command.method == Method::InStore && (!fulfilment.is_pick_up() || won(&lines).is_some()) {
        return Err(Invalid::field("method", Problem::NotAChoice).into());
    }
    let quote = checkout::quote(store, &lines, checkout::freight(&page, !fulfilment.is_pick_up()))?;
    let as_seen = match command.expected_total {
        Some(expected) => expected == quote.total,
        None => !checkout::costs_more(&checkout, &lines),
    };
    if !as_seen {
        return Err(PlaceError::PriceChanged(quote.total));
    }
    let note = kernel::paragraph(&command.note, 0, NOTE_MAX).map_err(|p| Invalid::field("note", p))?;
    Ok(Prepared { checkout, lines, quote, fulfilment, slot_capacity, note, new_address })
}

/// What its buyer has won, if that is what is ordered.
fn won(lines: &[BasketLine]) -> Option<&Special> {
    lines.iter().filter_map(|line| line.offer.special()).find(|special| special.kind == Kind::Won)
}

/// Checks the choice against the book, the branch and its hours.
async fn fulfil(
    read: &mut db::Read,
    store: &Store,
    buyer: AccountId,
    page: &StorePage,
    choice: &Choice,
    now: Timestamp,
) -> Result<(Fulfilment, i64, Option<Details>), PlaceError> {
    match choice {
        Choice::DeliveryTo(id) => {
            let address = addresses::get(read, buyer, *id).await?;
            let address = address.ok_or_else(|| Invalid::field("address", Problem::NotFound))?;
            Ok((Fulfilment::Delivery { address: address.details() }, 0, None))
        }
        Choice::DeliveryNew(details) => {
            let address = details.clone().checked()?;
            Ok((Fulfilment::Delivery { address: address.clone() }, 0, Some(address)))
        }
        Choice::PickUp { recipient, branch, starts_at } => {
            let recipient = recipient.clone().checked()?;
            let branch = branches::get(read, store.id, *branch).await?;
            let branch = branch.ok_or_else(|| Invalid::field("branch", Problem::NotFound))?;
            let slots = checkout::branch_slots(store, page, &branch, now);
            let slot: Option<Slot> = slots.into_iter().find(|slot| slot.starts_at == *starts_at);
            let slot = slot.ok_or_else(|| Invalid::field("slot", Problem::NotAChoice))?;
            let fulfilment = Fulfilment::PickUp {
                recipient,
                branch_id: branch.id,
                branch_name: branch.name,
                branch_address: branch.address,
                starts_at: slot.starts_at,
                ends_at: slot.ends_at,
            };
            Ok((fulfilment, branch.slot_capacity, None))
        }
    }
}

/// The order with a number and a code drawn for it.
fn draw(
    store: &Store,
    buyer: AccountId,
    command: &Place,
    prepared: &Prepared,
    now: Timestamp,
) -> Result<Order, PlaceError> {
    let mut state = State::placed(command.method, prepared.fulfilment.way(), now)
        .map_err(|_| Invalid::field("method", Problem::NotAChoice))?;
    if let Some(pay_by) = won(&prepared.lines).and_then(|special| special.ends_at) {
        state = state.paid_at_latest(pay_by);
    }
    let day = now.to_zoned_datetime(store.zone()).strftime("%y%m%d").to_string();
    Ok(Order {
        store_id: store.id,
        id: OrderId::new(),
        number: format!("{day}-{}", random_digits(NUMBER_DIGITS)),
        checkout_id: prepared.checkout.id,
        buyer_id: buyer,
        state,
        fulfilment: prepared.fulfilment.clone(),
        pick_up_code: prepared.fulfilment.is_pick_up().then(|| random_digits(CODE_DIGITS)),
        method: command.method,
        note: prepared.note.clone(),
        source: prepared.checkout.source,
        currency: store.currency,
        charges: prepared.quote.charges.clone(),
        total: prepared.quote.total,
        paid: 0,
        refunded: 0,
        placed_at: now,
        moved_at: now,
    })
}

fn order_lines(prepared: &Prepared) -> Vec<OrderLine> {
    let lines = prepared.lines.iter().zip(&prepared.quote.shares).zip(1i64..);
    let line = |((line, share), number): ((&BasketLine, &crate::pricing::Share), i64)| OrderLine {
        line: number,
        sku_id: line.sellable.sku_id,
        product_id: line.sellable.product_id,
        title: line.sellable.title.clone(),
        options: line.sellable.options.clone(),
        image: line.sellable.image,
        quantity: line.quantity,
        unit_price: line.priced().shown_price(),
        goods: share.goods,
        discount: share.discount,
        freight: share.freight,
        shipped: 0,
    };
    lines.map(line).collect()
}

/// Writes the order with all that hangs on it. The unique checkout comes first: of many who place the same one, the
/// first writes and the others find what it wrote, before any of them touches stock.
async fn write(tx: &mut Tx, order: &Order, prepared: &Prepared, now: Timestamp) -> Result<Order, NotWritten> {
    let (store, checkout) = (order.store_id, &prepared.checkout);
    if !rows::insert(tx, order).await? {
        return Ok(rows::by_checkout(tx, store, checkout.id).await?.ok_or(Error::Missing)?);
    }
    take_specials(tx, order, &prepared.lines, now).await?;
    let wanted: Vec<(SkuId, i64)> = prepared.lines.iter().map(|l| (l.sellable.sku_id, l.quantity)).collect();
    stock::reserve(tx, store, order.id, &wanted, now).await.map_err(|error| match error {
        stock::ReserveError::SoldOut { sku, available } => {
            let line = prepared.lines.iter().find(|line| line.sellable.sku_id == sku);
            let title = line.map(|line| line.sellable.title.clone()).unwrap_or_default();
            PlaceError::SoldOut { title, available }
        }
        stock::ReserveError::Db(error) => PlaceError::Db(error),
    })?;
    if let Some((branch, starts_at)) = order.fulfilment.slot()
        && !checkout::book(tx, store, branch, starts_at, prepared.slot_capacity).await?
    {
        return Err(PlaceError::SlotFull.into());
    }
    rows::insert_lines(tx, store, order.id, &order_lines(prepared)).await?;
    let actor = Actor::Buyer(order.buyer_id).parts();
    rows::insert_move(tx, order, actor, None, order.state.step(), "", now).await?;
    if let Some(due_at) = order.state.due_at() {
        deadlines::set(tx, store, DEADLINE, order.id, due_at).await?;
    }
    let (buyer, number, source) = (order.buyer_id, order.number.clone(), order.source);
    let event = OrderPlaced { order: order.id, buyer, number, source };
    outbox::add(tx, Some(store), &event, now).await?;
    if checkout.from_basket {
        basket::take_out(tx, store, order.buyer_id.uuid(), checkout.created_at).await?;
    }
    if let Some(address) = &prepared.new_address {
        addresses::remember(tx, order.buyer_id, address, now).await?;
    }
    Ok(order.clone())
}

/// Takes the order's pieces at their special prices; what was put aside for its buyer comes back to be reserved next.
async fn take_specials(
    tx: &mut Tx,
    order: &Order,
    lines: &[BasketLine],
    now: Timestamp,
) -> Result<(), NotWritten> {
    for line in lines {
        let Some(special) = line.offer.special() else { continue };
        let (store, buyer) = (order.store_id, order.buyer_id);
        match special_prices::take(tx, store, special.id, order.id, buyer, line.quantity, now).await {
            Ok(()) => {}
            Err(TakeError::Over | TakeError::TooMany) => return Err(NotWritten::SpecialOver),
            Err(TakeError::Db(error)) => return Err(error.into()),
        }
        if let Some(hold) = special.hold_id
            && !stock::hand_over(tx, store, hold, order.id, now).await?
        {
            return Err(NotWritten::SpecialOver);
        }
    }
    Ok(())
}

//! SQL of `orders`, `order_lines`, `order_moves` and `parcels`.

use std::sync::LazyLock;

use db::{Error, FromRow, Json, Read, Row, Tx, row};
use kernel::{
    AccountId, CheckoutId, Currency, ImageId, Money, OrderId, ParcelId, ProductId, RoomId, SkuId, StoreId,
    Timestamp,
};

use super::{
    ActorKind, CancelReason, Fulfilment, Method, MoveId, State, Step, Way,
    room::{MinuteSales, ProductSales, RoomSales},
};
use crate::{checkout::Source, pricing::Charge};

/// An order without its lines.
#[derive(Clone, Debug)]
pub struct Order {
    pub store_id: StoreId,
    pub id: OrderId,
    /// What people call it.
    pub number: String,
    pub checkout_id: CheckoutId,
    pub buyer_id: AccountId,
    pub state: State,
    pub fulfilment: Fulfilment,
    /// Only what is picked up has one.
    pub pick_up_code: Option<String>,
    pub method: Method,
    pub note: String,
    pub source: Source,
    pub currency: Currency,
    pub charges: Vec<Charge>,
    /// Minor units.
    pub total: i64,
    pub paid: i64,
    pub refunded: i64,
    pub placed_at: Timestamp,
    pub moved_at: Timestamp,
}

impl Order {
    pub fn money(&self) -> Money {
        Money::new(self.total, self.currency)
    }
    pub fn way(&self) -> Way {
        self.fulfilment.way()
    }
}

impl FromRow for Order {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let (step, due_at, reason) =
            (row.get::<Step>("state")?, row.get("due_at")?, row.get::<Option<CancelReason>>("reason")?);
        let state = State::from_parts(step, due_at, reason).ok_or_else(|| Error::Column {
            column: "state".into(),
            reason: format!("{} without what belongs to it", step.as_str()),
        })?;
        Ok(Order {
            store_id: row.get("store_id")?,
            id: row.get("id")?,
            number: row.get("number")?,
            checkout_id: row.get("checkout_id")?,
            buyer_id: row.get("buyer_id")?,
            state,
            fulfilment: row.get::<Json<Fulfilment>>("fulfilment")?.0,
            pick_up_code: row.get("pick_up_code")?,
            method: row.get("method")?,
            note: row.get("note")?,
            source: Source::from_row(row)?,
            currency: row.get("currency")?,
            charges: row.get::<Json<Vec<Charge>>>("charges")?.0,
            total: row.get("total")?,
            paid: row.get("paid")?,
            refunded: row.get("refunded")?,
            placed_at: row.get("placed_at")?,
            moved_at: row.get("moved_at")?,
        })
    }
}

row! {
    /// One line of an order, as it was sold.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct OrderLine {
        pub line: i64,
        pub sku_id: SkuId,
        pub product_id: ProductId,
        pub title: String,
        pub options: String,
        pub image: Option<ImageId>,
        pub quantity: i64,
        pub unit_price: i64,
        /// The line's own shares of the price, frozen when the order was placed.
        pub goods: i64,
        /// Taken off the goods by special prices.
        pub discount: i64,
        pub freight: i64,
        /// Pieces that have left.
        pub shipped: i64,
    }
}

row! {
    /// One move of an order: who, when, why.
    #[derive(Clone, Debug)]
    pub struct Move {
        pub at: Timestamp,
        pub actor: ActorKind,
        pub actor_id: Option<AccountId>,
        pub from_state: Option<Step>,
        pub to_state: Step,
        pub why: String,
    }
}

row! {
    /// Part of an order, on its way.
    #[derive(Clone, Debug)]
    pub struct Parcel {
        pub id: ParcelId,
        pub carrier: String,
        pub tracking: String,
        pub contents: Json<Vec<Packed>>,
        pub at: Timestamp,
    }
}

/// So many pieces of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Packed {
    pub line: i64,
    pub quantity: i64,
}

macro_rules! select {
    ($rest:expr) => {
        concat!(
            "select store_id, id, number, checkout_id, buyer_id, state, reason, due_at, fulfilment, pick_up_code, method, note, \
             source, source_room, source_product, currency, charges, total, paid, refunded, placed_at, moved_at from orders ",
            $rest
        )
    };
}

pub(super) async fn get(read: &mut Read, store: StoreId, id: OrderId) -> Result<Option<Order>, Error> {
    read.query_opt(select!("where store_id = $1 and id = $2"), &[&store, &id]).await
}

pub(super) async fn by_checkout(
    read: &mut Read,
    store: StoreId,
    checkout: CheckoutId,
) -> Result<Option<Order>, Error> {
    read.query_opt(select!("where store_id = $1 and checkout_id = $2"), &[&store, &checkout]).await
}

pub(super) async fn by_code(read: &mut Read, store: StoreId, code: &str) -> Result<Option<Order>, Error> {
    read.query_opt(select!("where store_id = $1 and pick_up_code = $2"), &[&store, &code]).await
}

/// Inserts the order unless its checkout has one already; answers whether it did.
pub(super) async fn insert(tx: &mut Tx, order: &Order) -> Result<bool, Error> {
    let rows = tx
        .execute(
            "insert into orders (store_id, id, number, checkout_id, buyer_id, state, due_at, fulfilment, recipient, branch_id,
                pick_up_code, method, note, source, source_room, source_product, currency, charges, total, placed_at, moved_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $20)
             on conflict (store_id, checkout_id) do nothing",
            &[
                &order.store_id,
                &order.id,
                &order.number,
                &order.checkout_id,
                &order.buyer_id,
                &order.state.step(),
                &order.state.due_at(),
                &Json(&order.fulfilment),
                &order.fulfilment.searched(),
                &order.fulfilment.branch(),
                &order.pick_up_code,
                &order.method,
                &order.note,
                &order.source.kind(),
                &order.source.room(),
                &order.source.product(),
                &order.currency,
                &Json(&order.charges),
                &order.total,
                &order.placed_at,
            ],
        )
        .await?;
    Ok(rows == 1)
}

/// Lines that one statement inserts at most.
const AT_ONCE: usize = 8;
/// The statements that insert one line, two, and so on.
static INSERT_LINES: LazyLock<[String; AT_ONCE]> = LazyLock::new(|| {
    std::array::from_fn(|last| {
        let line = |row: usize| {
            let numbers: Vec<String> = (1..=11).map(|n| format!("${}", 2 + row * 11 + n)).collect();
            format!("($1, $2, {})", numbers.join(", "))
        };
        let lines: Vec<String> = (0..=last).map(line).collect();
        format!(
            "insert into order_lines (store_id, order_id, line, sku_id, product_id, title, options, image, quantity, unit_price, goods, discount, freight)
             values {}",
            lines.join(", ")
        )
    })
});

/// All lines in a few statements: a basket of 200 lines should not cost 200 of them.
pub(super) async fn insert_lines(
    tx: &mut Tx,
    store: StoreId,
    order: OrderId,
    lines: &[OrderLine],
) -> Result<(), Error> {
    for lines in lines.chunks(AT_ONCE) {
        let mut params: Vec<&dyn db::ToCell> = vec![&store, &order];
        for line in lines {
            params.extend_from_slice(&[
                &line.line,
                &line.sku_id,
                &line.product_id,
                &line.title,
                &line.options,
                &line.image,
                &line.quantity,
                &line.unit_price,
                &line.goods,
                &line.discount,
                &line.freight,
            ]);
        }
        tx.execute(&INSERT_LINES[lines.len() - 1], &params).await?;
    }
    Ok(())
}

pub(super) async fn lines(read: &mut Read, store: StoreId, order: OrderId) -> Result<Vec<OrderLine>, Error> {
    read.query(
        "select line, sku_id, product_id, title, options, image, quantity, unit_price, goods, discount, freight, shipped
         from order_lines where store_id = $1 and order_id = $2 order by line",
        &[&store, &order],
    )
    .await
}

/// Adds to what has left of a line; answers whether so much was still there.
pub(super) async fn add_shipped(
    tx: &mut Tx,
    store: StoreId,
    order: OrderId,
    packed: Packed,
) -> Result<bool, Error> {
    let rows = tx
        .execute(
            "update order_lines set shipped = shipped + $4
             where store_id = $1 and order_id = $2 and line = $3 and shipped + $4 <= quantity",
            &[&store, &order, &packed.line, &packed.quantity],
        )
        .await?;
    Ok(rows == 1)
}

/// Moves the order on, if it is still where the caller saw it.
pub(super) async fn set_state(
    tx: &mut Tx,
    order: &Order,
    next: State,
    now: Timestamp,
) -> Result<bool, Error> {
    let rows = tx
        .execute(
            "update orders set state = $4, reason = $5, due_at = $6, moved_at = $7
             where store_id = $1 and id = $2 and state = $3",
            &[
                &order.store_id,
                &order.id,
                &order.state.step(),
                &next.step(),
                &next.reason(),
                &next.due_at(),
                &now,
            ],
        )
        .await?;
    Ok(rows == 1)
}

pub(super) async fn insert_move(
    tx: &mut Tx,
    order: &Order,
    actor: (ActorKind, Option<AccountId>),
    from: Option<Step>,
    to: Step,
    why: &str,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "insert into order_moves (store_id, order_id, id, at, actor, actor_id, from_state, to_state, why)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[&order.store_id, &order.id, &MoveId::new(), &now, &actor.0, &actor.1, &from, &to, &why],
    )
    .await?;
    Ok(())
}

pub(super) async fn moves(read: &mut Read, store: StoreId, order: OrderId) -> Result<Vec<Move>, Error> {
    read.query(
        "select at, actor, actor_id, from_state, to_state, why from order_moves
         where store_id = $1 and order_id = $2 order by id",
        &[&store, &order],
    )
    .await
}

pub(super) async fn add_paid(tx: &mut Tx, store: StoreId, order: OrderId, amount: i64) -> Result<(), Error> {
    tx.execute(
        "update orders set paid = paid + $3 where store_id = $1 and id = $2",
        &[&store, &order, &amount],
    )
    .await?;
    Ok(())
}

pub(super) async fn add_refunded(
    tx: &mut Tx,
    store: StoreId,
    order: OrderId,
    amount: i64,
) -> Result<(), Error> {
    tx.execute(
        "update orders set refunded = refunded + $3 where store_id = $1 and id = $2",
        &[&store, &order, &amount],
    )
    .await?;
    Ok(())
}

pub(super) async fn insert_parcel(
    tx: &mut Tx,
    store: StoreId,
    order: OrderId,
    parcel: &Parcel,
) -> Result<(), Error> {
    tx.execute(
        "insert into parcels (store_id, order_id, id, carrier, tracking, contents, at) values ($1, $2, $3, $4, $5, $6, $7)",
        &[&store, &order, &parcel.id, &parcel.carrier, &parcel.tracking, &parcel.contents, &parcel.at],
    )
    .await?;
    Ok(())
}

pub(super) async fn parcels(read: &mut Read, store: StoreId, order: OrderId) -> Result<Vec<Parcel>, Error> {
    read.query(
        "select id, carrier, tracking, contents, at from parcels where store_id = $1 and order_id = $2 order by id",
        &[&store, &order],
    )
    .await
}

/// A buyer's orders of all stores, newest first, from before `before`.
pub(super) async fn of_buyer(
    read: &mut Read,
    buyer: AccountId,
    before: Timestamp,
    most: i64,
) -> Result<Vec<Order>, Error> {
    read.query(
        select!("where buyer_id = $1 and placed_at < $2 order by placed_at desc, id desc limit $3"),
        &[&buyer, &before, &most],
    )
    .await
}

/// A store's orders, newest first, from before `before`; of one state if `step` is given.
pub(super) async fn of_store(
    read: &mut Read,
    store: StoreId,
    step: Option<Step>,
    before: Timestamp,
    most: i64,
) -> Result<Vec<Order>, Error> {
    match step {
        Some(step) => {
            read.query(
                select!(
                    "where store_id = $1 and state = $2 and placed_at < $3 order by placed_at desc, id desc limit $4"
                ),
                &[&store, &step, &before, &most],
            )
            .await
        }
        None => {
            read.query(
                select!("where store_id = $1 and placed_at < $2 order by placed_at desc, id desc limit $3"),
                &[&store, &before, &most],
            )
            .await
        }
    }
}

/// Orders whose number, or whose recipient's name or phone, contains the words.
pub(super) async fn search(
    read: &mut Read,
    store: StoreId,
    words: &str,
    most: i64,
) -> Result<Vec<Order>, Error> {
    let escaped = words.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    read.query(
        select!(
            "where store_id = $1 and (number like $2 escape '\\' or recipient like $2 escape '\\') order by placed_at desc, id desc limit $3"
        ),
        &[&store, &format!("%{escaped}%"), &most],
    )
    .await
}

row! {
    /// How many orders are in a state, and since when the oldest waits.
    #[derive(Clone, Debug)]
    pub struct Waiting {
        pub state: Step,
        pub orders: i64,
        pub since: Timestamp,
    }
}

/// The states in which someone must do something.
pub(super) async fn waiting(read: &mut Read, store: StoreId) -> Result<Vec<Waiting>, Error> {
    read.query(
        "select state, count(*) as orders, min(moved_at) as since from orders
         where store_id = $1 and state in ('awaiting_acceptance', 'preparing', 'to_ship', 'part_shipped', 'ready_for_pick_up', 'unpaid')
         group by state",
        &[&store],
    )
    .await
}

row! {
    /// An order's own number and picture, for lists.
    #[derive(Clone, Debug)]
    pub struct Glance {
        pub order_id: OrderId,
        pub title: String,
        pub image: Option<ImageId>,
        pub quantity: i64,
    }
}

/// The lines of one order, as far as a list shows them.
pub(super) async fn glances(read: &mut Read, store: StoreId, order: OrderId) -> Result<Vec<Glance>, Error> {
    read.query(
        "select order_id, title, image, quantity from order_lines where store_id = $1 and order_id = $2 order by line limit 4",
        &[&store, &order],
    )
    .await
}

row! {
    /// What a store took in between two moments.
    #[derive(Clone, Debug, Default)]
    pub struct Takings {
        pub orders: i64,
        pub paid: i64,
    }
}

/// Orders placed between the two moments and what was paid for them.
pub(super) async fn takings(
    read: &mut Read,
    store: StoreId,
    from: Timestamp,
    to: Timestamp,
) -> Result<Takings, Error> {
    read.query_one(
        "select count(*) as orders, cast(coalesce(sum(paid - refunded), 0) as bigint) as paid from orders
         where store_id = $1 and placed_at >= $2 and placed_at < $3 and state not in ('cancelled', 'refunded', 'unpaid')",
        &[&store, &from, &to],
    )
    .await
}

row! {
    /// What one order brought.
    pub(super) struct Paid {
        pub placed_at: Timestamp,
        pub paid: i64,
    }
}

/// What each order placed since then brought.
pub(super) async fn paid_since(read: &mut Read, store: StoreId, from: Timestamp) -> Result<Vec<Paid>, Error> {
    read.query(
        "select placed_at, paid - refunded as paid from orders
         where store_id = $1 and placed_at >= $2 and paid > refunded",
        &[&store, &from],
    )
    .await
}

/// The orders of a room, each with how many pieces it has, as sums of one key.
macro_rules! sales {
    ($key:literal, $rest:literal) => {
        concat!(
            "select ",
            $key,
            "count(*) as orders, cast(coalesce(sum(case when o.paid > 0 then 1 else 0 end), 0) as bigint) as paid,
                cast(coalesce(sum(case when o.paid > 0 then (select sum(l.quantity) from order_lines l
                    where l.store_id = o.store_id and l.order_id = o.id) else 0 end), 0) as bigint) as pieces,
                cast(coalesce(sum(o.paid - o.refunded), 0) as bigint) as revenue
             from orders o where o.store_id = $1 and o.source_room = $2",
            $rest
        )
    };
}

pub(super) async fn sales_of_room(read: &mut Read, store: StoreId, room: RoomId) -> Result<RoomSales, Error> {
    read.query_one(sales!("", ""), &[&store, &room]).await
}

pub(super) async fn sales_by_product(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
) -> Result<Vec<ProductSales>, Error> {
    read.query(
        sales!(
            "o.source_product as product_id, ",
            " group by o.source_product order by revenue desc, orders desc, product_id"
        ),
        &[&store, &room],
    )
    .await
}

pub(super) async fn sales_by_minute(
    read: &mut Read,
    store: StoreId,
    room: RoomId,
) -> Result<Vec<MinuteSales>, Error> {
    read.query(sales!("o.placed_at / 60000 * 60000 as minute, ", " group by 1 order by 1"), &[&store, &room])
        .await
}

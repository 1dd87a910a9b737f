//! A parcel leaves. An order may go in several; when the last piece has left, the order is shipped.

use db::{Error, Json};
use kernel::{AccountId, Invalid, OrderId, ParcelId, Problem};
use stores::Store;
use web::App;

use super::{Actor, MoveError, NotAllowed, Order, Packed, Parcel, moves, rows};

const CARRIER_MAX: i64 = 40;
const TRACKING_MAX: i64 = 40;
/// The most parcels of one order.
const PARCELS_MAX: usize = 50;

/// A parcel to be sent.
#[derive(Clone, Debug)]
pub struct Ship {
    pub carrier: String,
    pub tracking: String,
    /// What is in it; nothing said: all that is left.
    pub contents: Vec<Packed>,
}

/// Why nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum ShipError {
    #[error("there is no such order")]
    NotFound,
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<MoveError> for ShipError {
    fn from(error: MoveError) -> Self {
        match error {
            MoveError::NotFound => ShipError::NotFound,
            MoveError::NotAllowed(error) => ShipError::NotAllowed(error),
            MoveError::Db(error) => ShipError::Db(error),
        }
    }
}

impl From<ShipError> for web::Error {
    fn from(error: ShipError) -> Self {
        match error {
            ShipError::NotFound => web::Error::NotFound,
            ShipError::NotAllowed(_) => web::Error::Conflict("orders-not-allowed"),
            ShipError::Invalid(invalid) => invalid.into(),
            ShipError::Db(error) => error.into(),
        }
    }
}

pub async fn ship(
    app: &App,
    store: &Store,
    staff: AccountId,
    id: OrderId,
    command: Ship,
) -> Result<Order, ShipError> {
    let now = app.clock.now();
    let mut invalid = Invalid::new();
    let carrier = invalid.take("carrier", kernel::line(&command.carrier, 1, CARRIER_MAX));
    let tracking = invalid.take("tracking", kernel::line(&command.tracking, 1, TRACKING_MAX));
    invalid.done()?;
    app.db
        .write(store.id, async |tx| {
            let order = rows::get(tx, store.id, id).await?.ok_or(ShipError::NotFound)?;
            // Whether it may be sent at all comes before what is wrong with the contents.
            order.state.ship(true, now)?;
            if rows::parcels(tx, store.id, id).await?.len() >= PARCELS_MAX {
                return Err(Invalid::field("contents", Problem::TooMany(PARCELS_MAX as i64)).into());
            }
            let lines = rows::lines(tx, store.id, id).await?;
            let left =
                lines.iter().map(|line| Packed { line: line.line, quantity: line.quantity - line.shipped });
            let left: Vec<Packed> = left.filter(|packed| packed.quantity > 0).collect();
            let contents = if command.contents.is_empty() { left.clone() } else { command.contents.clone() };
            for (place, packed) in contents.iter().enumerate() {
                let field = || format!("contents.{place}.quantity");
                if packed.quantity < 1 {
                    return Err(Invalid::field(field(), Problem::TooSmall(1)).into());
                }
                if !rows::add_shipped(tx, store.id, id, *packed).await? {
                    let most = left.iter().find(|l| l.line == packed.line).map_or(0, |l| l.quantity);
                    return Err(Invalid::field(field(), Problem::TooLarge(most)).into());
                }
            }
            let sent: i64 = contents.iter().map(|packed| packed.quantity).sum();
            let all = sent == left.iter().map(|packed| packed.quantity).sum::<i64>();
            let why = format!("{carrier} {tracking}");
            let parcel = Parcel { id: ParcelId::new(), carrier, tracking, contents: Json(contents), at: now };
            rows::insert_parcel(tx, store.id, id, &parcel).await?;
            let next = order.state.ship(all, now)?;
            Ok(moves::make(tx, &order, next, Actor::Staff(staff), &why, now).await?)
        })
        .await
}

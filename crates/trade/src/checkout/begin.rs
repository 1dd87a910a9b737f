//! Begins a checkout from the basket, or for one thing that is bought at once.

use db::{Error, Json};
use kernel::{CheckoutId, Invalid, Problem, SkuId};
use stores::{Store, special_prices::Offer};
use uuid::Uuid;
use web::App;

use super::{Checkout, Source, rows};
use crate::basket::{self, BasketLine, LINES_MAX, PIECES_MAX, Wanted};

/// What is to be ordered.
#[derive(Clone, Copy, Debug)]
pub enum What {
    /// Everything in the basket.
    Basket,
    /// One thing, leaving the basket alone. `shown`: what the buyer was shown that a piece costs, if it may have changed
    /// since, as in a live room; whoever is charged more than that is told so.
    BuyNow { sku: SkuId, quantity: i64, shown: Option<i64> },
}

/// Why no checkout was begun.
#[derive(Debug, thiserror::Error)]
pub enum BeginError {
    #[error("the basket is empty")]
    Empty,
    /// Something is sold out or no longer sold; the basket's page says what.
    #[error("some lines cannot be bought")]
    Trouble,
    #[error("the store takes no orders now")]
    Closed,
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<BeginError> for web::Error {
    fn from(error: BeginError) -> Self {
        match error {
            BeginError::Empty => web::Error::Conflict("checkout-basket-empty"),
            BeginError::Trouble => web::Error::Conflict("checkout-trouble"),
            BeginError::Closed => web::Error::Conflict("checkout-store-closed"),
            BeginError::Invalid(invalid) => invalid.into(),
            BeginError::Db(error) => error.into(),
        }
    }
}

/// Begins a checkout. The lines are frozen; prices and stock are looked at again when the order is placed.
pub async fn begin(
    app: &App,
    store: &Store,
    owner: Uuid,
    what: What,
    source: Source,
) -> Result<CheckoutId, BeginError> {
    if !store.state.takes_orders() {
        return Err(BeginError::Closed);
    }
    let mut read = app.db.read().await?;
    let wanted = match what {
        What::Basket => basket::lines(&mut read, store.id, owner).await?,
        What::BuyNow { quantity, .. } if quantity < 1 => {
            return Err(Invalid::field("quantity", Problem::TooSmall(1)).into());
        }
        What::BuyNow { quantity, .. } if quantity > PIECES_MAX => {
            return Err(Invalid::field("quantity", Problem::TooLarge(PIECES_MAX)).into());
        }
        What::BuyNow { sku, quantity, .. } => vec![Wanted { sku, quantity }],
    };
    if wanted.is_empty() {
        return Err(BeginError::Empty);
    }
    if wanted.len() as i64 > LINES_MAX {
        return Err(Invalid::field("lines", Problem::TooMany(LINES_MAX)).into());
    }
    let now = app.clock.now();
    let lines = super::priced_lines(&mut read, store, &wanted, source, owner, now).await?;
    drop(read);
    if lines.len() < wanted.len() && matches!(what, What::BuyNow { .. }) {
        return Err(Invalid::field("sku", Problem::NotFound).into());
    }
    if lines.len() < wanted.len() || lines.iter().any(|line| line.trouble.is_some()) {
        return Err(BeginError::Trouble);
    }
    let seen_price = match what {
        What::BuyNow { shown, .. } => fits(&lines, source)?.map(|price| shown.unwrap_or(price)),
        What::Basket => None,
    };
    let checkout = Checkout {
        id: CheckoutId::new(),
        owner_id: owner,
        lines: Json(wanted),
        from_basket: matches!(what, What::Basket),
        source,
        seen_price,
        created_at: now,
    };
    app.db.write(store.id, async |tx| rows::insert(tx, store.id, &checkout).await).await?;
    Ok(checkout.id)
}

/// What a piece costs of something that is bought from a live room, if the room shows it and there are so many pieces at
/// its special price.
fn fits(lines: &[BasketLine], source: Source) -> Result<Option<i64>, Invalid> {
    let (Source::Live { product, .. }, [line]) = (source, lines) else { return Ok(None) };
    if line.sellable.product_id != product {
        return Err(Invalid::field("sku", Problem::NotFound));
    }
    match line.offer {
        Offer::Only(pieces) => Err(Invalid::field("quantity", Problem::TooLarge(pieces))),
        Offer::Usual | Offer::Special(_) => Ok(Some(line.paid_price())),
    }
}

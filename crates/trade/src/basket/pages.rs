//! The basket's page, and the forms that fill it from a product's page.

use std::borrow::Borrow;

use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use kernel::{Money, SkuId};
use serde::Deserialize;
use stores::{Storefront, images};
use uuid::Uuid;
use web::{App, Error, Form, Page, Path, Query, ShopFrame, html, see_other, session};

use super::{AddError, Basket, SetError, Trouble};
use crate::checkout::{self, BeginError, Source, What};

pub fn routes() -> Router<App> {
    Router::new()
        .route("/s/{handle}/basket", get(show).post(put_in))
        .route("/s/{handle}/basket/lines/{sku}", post(change))
        .route("/s/{handle}/buy-now", post(buy_now))
}

#[derive(Template)]
#[template(path = "basket/basket.html")]
struct BasketPage {
    page: Page,
    shop: ShopFrame,
    basket: Basket,
    goods: Money,
    takes_orders: bool,
    said: Option<Said>,
}

impl BasketPage {
    fn price(&self, minor: impl Borrow<i64>) -> Money {
        Money::new(*minor.borrow(), self.goods.currency)
    }
    fn picture(&self, line: &super::BasketLine) -> Option<String> {
        line.sellable.image.map(|image| images::address(image, 320))
    }
    /// The most pieces the line's stepper offers.
    fn most(&self, line: &super::BasketLine) -> i64 {
        line.sellable.available.clamp(line.quantity.min(super::PIECES_MAX), super::PIECES_MAX)
    }
}

/// What the page says about what was just tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Said {
    Added,
    SoldOut,
    NotSold,
    Full,
    Quantity,
    Trouble,
}

impl Said {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Said::Added => "added",
            Said::SoldOut => "sold-out",
            Said::NotSold => "not-sold",
            Said::Full => "full",
            Said::Quantity => "quantity",
            Said::Trouble => "trouble",
        }
    }
    const fn key(self) -> &'static str {
        match self {
            Said::Added => "basket-said-added",
            Said::SoldOut => "basket-said-sold-out",
            Said::NotSold => "basket-said-not-sold",
            Said::Full => "basket-full",
            Said::Quantity => "basket-said-quantity",
            Said::Trouble => "basket-said-trouble",
        }
    }
    const fn tone(self) -> &'static str {
        if matches!(self, Said::Added) { "good" } else { "bad" }
    }
}

#[derive(Deserialize)]
struct Asked {
    said: Option<Said>,
}

async fn show(
    State(app): State<App>,
    page: Page,
    front: Storefront,
    Query(asked): Query<Asked>,
) -> Result<impl IntoResponse, Error> {
    let shop = front.frame(&app, &page, "basket").await?;
    let basket = match page.owner() {
        Some(owner) => super::look(&mut app.db.read().await?, &front.store, owner).await?,
        None => Basket::default(),
    };
    html(&BasketPage {
        shop,
        goods: basket.goods(&front.store),
        takes_orders: front.store.state.takes_orders(),
        said: asked.said,
        page,
        basket,
    })
}

#[derive(Deserialize)]
struct Chosen {
    sku: SkuId,
    #[serde(default = "one")]
    quantity: i64,
}

fn one() -> i64 {
    1
}

/// The visitor's session or account; a visitor without a session gets one now, as there is something to keep.
async fn owner_of(app: &App, page: &Page) -> Result<(Uuid, Option<session::Begun>), Error> {
    match page.owner() {
        Some(owner) => Ok((owner, None)),
        None => {
            let (id, begun) = session::ensure(app, page).await?;
            Ok((id.uuid(), begun))
        }
    }
}

fn back(handle: &str, said: Said, begun: Option<session::Begun>) -> Response {
    let address = format!("/s/{handle}/basket?said={}", said.as_str());
    match begun {
        Some(begun) => (begun, see_other(&address)).into_response(),
        None => see_other(&address).into_response(),
    }
}

async fn put_in(
    State(app): State<App>,
    page: Page,
    front: Storefront,
    Form(chosen): Form<Chosen>,
) -> Result<Response, Error> {
    let (owner, begun) = owner_of(&app, &page).await?;
    let said = match super::add(&app, &front.store, owner, chosen.sku, chosen.quantity).await {
        Ok(_) => Said::Added,
        Err(AddError::SoldOut(_)) => Said::SoldOut,
        Err(AddError::NotSold) => Said::NotSold,
        Err(AddError::Full) => Said::Full,
        Err(AddError::Invalid(_)) => Said::Quantity,
        Err(AddError::Db(error)) => return Err(error.into()),
    };
    Ok(back(&front.store.handle, said, begun))
}

#[derive(Deserialize)]
struct LineOf {
    sku: SkuId,
}

#[derive(Deserialize)]
struct Change {
    #[serde(default)]
    quantity: i64,
    remove: Option<String>,
}

async fn change(
    State(app): State<App>,
    page: Page,
    front: Storefront,
    Path(LineOf { sku }): Path<LineOf>,
    Form(change): Form<Change>,
) -> Result<Response, Error> {
    let owner = page.owner().ok_or(Error::NotFound)?;
    let quantity = if change.remove.is_some() { 0 } else { change.quantity };
    let handle = &front.store.handle;
    match super::set(&app, &front.store, owner, sku, quantity).await {
        Ok(()) | Err(SetError::NotFound) => Ok(see_other(&format!("/s/{handle}/basket")).into_response()),
        Err(SetError::SoldOut(_)) => Ok(back(handle, Said::SoldOut, None)),
        Err(SetError::Invalid(_)) => Ok(back(handle, Said::Quantity, None)),
        Err(SetError::Db(error)) => Err(error.into()),
    }
}

async fn buy_now(
    State(app): State<App>,
    page: Page,
    front: Storefront,
    Form(chosen): Form<Chosen>,
) -> Result<Response, Error> {
    let (owner, begun) = owner_of(&app, &page).await?;
    let what = What::BuyNow { sku: chosen.sku, quantity: chosen.quantity, shown: None };
    match checkout::begin(&app, &front.store, owner, what, Source::Store).await {
        Ok(id) => {
            let address = see_other(&format!("/s/{}/checkout/{id}", front.store.handle));
            Ok(match begun {
                Some(begun) => (begun, address).into_response(),
                None => address.into_response(),
            })
        }
        Err(BeginError::Trouble) => {
            let wanted = [super::Wanted { sku: chosen.sku, quantity: chosen.quantity }];
            let mut read = app.db.read().await?;
            let mend = checkout::where_to_mend(&mut read, &front.store, owner, &wanted).await?;
            Ok((begun, see_other(&mend)).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

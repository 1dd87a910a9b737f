//! Announces a flash sale.

use std::time::Duration;

use db::deadlines;
use kernel::{AccountId, Invalid, Problem, RoomId, SkuId, Timestamp};
use stores::{
    Store,
    special_prices::{self, Kind, NewSpecial, SetError, Special},
};
use web::App;

use super::{
    AT_ONCE_MAX, COUNTDOWN_MAX, COUNTDOWN_MIN, MINUTES_MAX, OVER, Sale, State, of_room,
    rows::{self, SaleRow},
};
use crate::{
    Live, ToolError,
    hub::EventKind,
    rooms::{self, NotAllowed},
    shelf,
    story::payload::ItemSku,
    within::within,
};

/// A flash sale to be announced.
#[derive(Clone, Debug)]
pub struct NewSale {
    pub sku: SkuId,
    /// Minor units.
    pub price: i64,
    /// Pieces, all buyers together and each.
    pub quota: i64,
    pub per_buyer: Option<i64>,
    pub countdown_seconds: i64,
    pub minutes: i64,
}

impl From<SetError> for ToolError {
    fn from(error: SetError) -> Self {
        match error {
            SetError::NotFound => Invalid::field("sku", Problem::NotFound).into(),
            SetError::Invalid(invalid) => invalid.into(),
            SetError::Db(error) => error.into(),
        }
    }
}

/// Announces it: everyone sees the countdown, and what it will cost. The room must be live.
pub async fn begin(
    app: &App,
    store: &Store,
    actor: AccountId,
    id: RoomId,
    new: NewSale,
) -> Result<Sale, ToolError> {
    let now = app.clock.now();
    Live::change(app, store.id, id, async |tx, story| {
        let room = rooms::get(tx, store.id, id).await?.ok_or(ToolError::NotFound)?;
        if !room.state.is_live() {
            return Err(NotAllowed(room.state.step()).into());
        }
        if of_room(tx, &room).await?.len() >= AT_ONCE_MAX {
            return Err(ToolError::Refused("live-flash-too-many"));
        }
        let items = shelf::items(tx, &room).await?;
        let found = items.iter().find_map(|item| {
            let sku = item.skus.iter().find(|sku| sku.sku == new.sku)?;
            Some((item.number, sku))
        });
        let Some((number, sku)) = found else {
            return Err(Invalid::field("sku", Problem::NotFound).into());
        };
        check(&new, sku)?;
        let special = special_prices::set(tx, store, Some(actor), special(&new, id, now), now).await?;
        let row = SaleRow { id: special.id, room_id: id, sku_id: new.sku, number, state: State::Open };
        rows::insert(tx, store.id, &row).await.map_err(|error| {
            let taken = error.is_unique("live_flash_sales__store_id__room_id__sku_id");
            if taken { twice() } else { error.into() }
        })?;
        deadlines::set(tx, store.id, OVER, special.id, ends_at(&special)).await?;
        let sale = Sale::of(row, special);
        story.add(EventKind::FlashSale, Some(actor), &sale.payload())?;
        Ok(sale)
    })
    .await
}

fn twice() -> ToolError {
    Invalid::field("sku", Problem::Rule("live-flash-twice")).into()
}

fn ends_at(special: &Special) -> Timestamp {
    special.ends_at.unwrap_or(special.starts_at)
}

fn special(new: &NewSale, room: RoomId, now: Timestamp) -> NewSpecial {
    let seconds = |count: i64| Duration::from_secs(count.unsigned_abs());
    let starts_at = now + seconds(new.countdown_seconds);
    NewSpecial {
        kind: Kind::Flash,
        starts_at,
        ends_at: Some(starts_at + seconds(60 * new.minutes)),
        quota: Some(new.quota),
        per_buyer: new.per_buyer,
        ..NewSpecial::live(new.sku, new.price, room, now)
    }
}

/// What is wrong with it beyond what is wrong with any special price.
fn check(new: &NewSale, sku: &ItemSku) -> Result<(), Invalid> {
    let mut invalid = Invalid::new();
    invalid.take("countdown_seconds", within(new.countdown_seconds, COUNTDOWN_MIN, COUNTDOWN_MAX));
    invalid.take("minutes", within(new.minutes, 1, MINUTES_MAX));
    invalid.take("quota", within(new.quota, 1, sku.left));
    if let Some(per_buyer) = new.per_buyer {
        invalid.take("per_buyer", within(per_buyer, 1, new.quota.max(1)));
    }
    let usual = sku.live_price.unwrap_or(sku.price);
    let price = if new.price >= usual { Err(Problem::Rule("live-flash-below")) } else { Ok(()) };
    invalid.take("price", within(new.price, 1, i64::MAX).and(price));
    invalid.done()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(new: &NewSale, left: i64, live_price: Option<i64>) -> Vec<(String, Problem)> {
        let sku = ItemSku { sku: new.sku, options: String::new(), price: 500, live_price, left };
        let wrong = check(new, &sku).err().map(|Invalid(wrong)| wrong).unwrap_or_default();
        wrong.into_iter().map(|error| (error.field.into_owned(), error.problem)).collect()
    }

    #[test]
    fn every_mistake_is_told_on_its_field() {
        let good = NewSale {
            sku: SkuId::new(),
            price: 300,
            quota: 10,
            per_buyer: Some(2),
            countdown_seconds: 10,
            minutes: 20,
        };
        assert_eq!(problems(&good, 10, Some(301)), []);
        let wrong = NewSale {
            price: 0,
            quota: 0,
            per_buyer: Some(2),
            countdown_seconds: 9,
            minutes: 0,
            ..good.clone()
        };
        let fields: Vec<_> = problems(&wrong, 10, None).into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["countdown_seconds", "minutes", "quota", "per_buyer", "price"]);
        let large = NewSale { price: 300, quota: 11, countdown_seconds: 301, minutes: 21, ..good };
        assert_eq!(
            problems(&large, 10, Some(300)),
            [
                ("countdown_seconds".into(), Problem::TooLarge(300)),
                ("minutes".into(), Problem::TooLarge(20)),
                ("quota".into(), Problem::TooLarge(10)),
                ("price".into(), Problem::Rule("live-flash-below")),
            ],
            "a flash sale is below what the room pays anyway, and of pieces that are there"
        );
    }
}

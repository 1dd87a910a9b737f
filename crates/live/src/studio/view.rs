//! What the studio's templates show, in the page's words rather than the domain's.

use kernel::{Currency, Money, ProductId, SkuId, Timestamp};

use crate::{
    chat,
    story::payload::{self, Item},
};

/// A room's shelf, to pin from or to arrange.
pub(super) struct Shelf {
    /// The room's address in the console: `/console/tea/live/room_…`.
    pub base: String,
    /// The page it stands on.
    pub here: String,
    pub symbol: &'static str,
    pub lines: Vec<Line>,
    pub is_arranging: bool,
    pub may_stop_arranging: bool,
    /// The number of the product whose live price is being set.
    pub editing: Option<i64>,
    /// What was looked for, and what of the catalog fits.
    pub words: String,
    pub found: Vec<Found>,
}

/// A product that stands on it.
pub(super) struct Line {
    pub number: i64,
    pub product: ProductId,
    pub title: String,
    pub image: Option<String>,
    pub price: Money,
    pub list_price: Option<Money>,
    pub live_price: Option<Money>,
    pub left: i64,
    pub is_sold_out: bool,
    pub is_pinned: bool,
    pub skus: Vec<Sku>,
}

pub(super) struct Sku {
    pub id: SkuId,
    pub options: String,
    pub price: Money,
    pub left: i64,
    /// Without a symbol, as it is typed.
    pub price_plain: String,
    pub live_price_plain: String,
}

/// A product of the catalog that could stand there.
pub(super) struct Found {
    pub id: ProductId,
    pub title: String,
    pub image: Option<String>,
    pub price: Money,
    pub in_stock: bool,
    pub is_there: bool,
}

impl Shelf {
    pub fn is_full(&self) -> bool {
        self.lines.len() as i64 >= crate::shelf::PRODUCTS_MAX
    }
    pub fn is_editing(&self, number: impl std::borrow::Borrow<i64>) -> bool {
        self.editing == Some(*number.borrow())
    }
    /// This page again, to go on arranging, with what was looked for.
    pub fn here_finding(&self) -> String {
        format!("{}?arrange=1&q={}", self.here, percent(&self.words))
    }
}

impl Line {
    pub fn of(item: &Item, currency: Currency, pinned: Option<ProductId>) -> Self {
        let money = |minor| Money::new(minor, currency);
        Self {
            number: item.number,
            product: item.product,
            title: item.title.clone(),
            image: item.image.clone(),
            price: money(item.price),
            list_price: item.list_price.map(money),
            live_price: item.live_price.map(money),
            left: item.left,
            is_sold_out: item.sold_out,
            is_pinned: pinned == Some(item.product),
            skus: item
                .skus
                .iter()
                .map(|sku| Sku {
                    id: sku.sku,
                    options: sku.options.clone(),
                    price: money(sku.price),
                    left: sku.left,
                    price_plain: money(sku.price).plain(),
                    live_price_plain: sku.live_price.map(|price| money(price).plain()).unwrap_or_default(),
                })
                .collect(),
        }
    }
    /// Whether this is the first of it that can be sold.
    pub fn is_first_left(&self, sku: &Sku) -> bool {
        self.skus.iter().find(|sku| sku.left > 0).is_some_and(|first| first.id == sku.id)
    }
    pub fn has_live_price(&self) -> bool {
        self.live_price.is_some()
    }
    /// What a buyer in the room pays, at least.
    pub fn price_words(&self) -> String {
        self.live_price.unwrap_or(self.price).to_string()
    }
    /// What it costs otherwise, struck out.
    pub fn was_words(&self) -> Option<String> {
        let was = if self.live_price.is_some() { Some(self.price) } else { self.list_price };
        was.map(|money| money.to_string())
    }
}

/// A comment.
pub(super) struct Said {
    pub id: String,
    pub name: String,
    pub text: String,
    pub staff: bool,
}

impl From<payload::Chat> for Said {
    fn from(chat: payload::Chat) -> Self {
        Self { id: chat.id.to_string(), name: chat.name, text: chat.text, staff: chat.staff }
    }
}

impl From<chat::Said> for Said {
    fn from(said: chat::Said) -> Self {
        Self { id: said.id.to_string(), name: said.name, text: said.text, staff: said.staff }
    }
}

impl From<payload::Comment> for Said {
    fn from(comment: payload::Comment) -> Self {
        Self { id: comment.id.to_string(), name: comment.name, text: comment.text, staff: false }
    }
}

/// A selling tool that is under way.
pub(super) struct Running {
    pub icon: &'static str,
    pub title: String,
    pub words: String,
    /// What is counted down to.
    pub until: Option<Timestamp>,
    /// How the host ends it, if they may.
    pub end: Option<End>,
}

/// A button that ends something.
pub(super) struct End {
    pub address: String,
    /// The keys of what it says, and of what is asked first.
    pub words: &'static str,
    pub sure: Option<&'static str>,
}

/// A text inside an address.
fn percent(text: &str) -> String {
    let write = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(write).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_offered_first_is_what_can_be_sold() {
        let sku = |left| payload::ItemSku {
            sku: SkuId::new(),
            options: String::new(),
            price: 500,
            live_price: None,
            left,
        };
        let item = Item {
            number: 1,
            product: ProductId::new(),
            title: "Tea".into(),
            image: None,
            price: 500,
            list_price: None,
            live_price: None,
            left: 3,
            sold_out: false,
            skus: vec![sku(0), sku(2), sku(1)],
        };
        let line = Line::of(&item, Currency::SGD, None);
        let first: Vec<bool> = line.skus.iter().map(|sku| line.is_first_left(sku)).collect();
        assert_eq!(first, [false, true, false]);
    }
}

//! What the town's shops sell, as it is written in `demo/goods.json`, and their pictures.

use std::borrow::Cow;

use rust_embed::RustEmbed;
use serde::Deserialize;

use crate::cli::Outcome;

#[derive(RustEmbed)]
#[folder = "demo"]
struct Files;

/// The bytes of a picture in the folder `demo`.
pub(super) fn picture(path: &str) -> Outcome<Cow<'static, [u8]>> {
    Ok(Files::get(path).ok_or_else(|| format!("the demo town has no picture {path}"))?.data)
}

/// Every shop's goods.
pub(super) fn all() -> Outcome<Vec<ShopGoods>> {
    let file = Files::get("goods.json").ok_or("the demo town has no goods.json")?;
    let goods: Goods = serde_json::from_slice(&file.data)?;
    Ok(goods.shops)
}

/// Which of the two texts a shop uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    English,
    Chinese,
}

/// A text in both languages.
#[derive(Deserialize)]
pub(super) struct Words {
    en: String,
    zh: String,
}

impl Words {
    pub(super) fn of(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::Chinese => &self.zh,
        }
    }
}

#[derive(Deserialize)]
struct Goods {
    shops: Vec<ShopGoods>,
}

#[derive(Deserialize)]
pub(super) struct ShopGoods {
    /// Also the shop's handle.
    pub(super) key: String,
    pub(super) name: Words,
    pub(super) abbreviation: Words,
    pub(super) intro: Words,
    pub(super) currency: String,
    pub(super) accent: String,
    pub(super) cover: String,
    pub(super) ambience: Vec<String>,
    pub(super) categories: Vec<Category>,
    pub(super) products: Vec<Product>,
}

#[derive(Deserialize)]
pub(super) struct Category {
    pub(super) key: String,
    pub(super) name: Words,
}

#[derive(Deserialize)]
pub(super) struct Product {
    pub(super) slug: String,
    pub(super) title: Words,
    pub(super) subtitle: Words,
    pub(super) description: Words,
    pub(super) category: String,
    /// Minor units; a variant adds the deltas of its values.
    pub(super) price: i64,
    pub(super) list_price: Option<i64>,
    #[serde(default)]
    pub(super) options: Vec<Choice>,
    pub(super) pictures: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Choice {
    pub(super) name: Words,
    pub(super) values: Vec<Value>,
}

#[derive(Deserialize)]
pub(super) struct Value {
    pub(super) name: Words,
    pub(super) delta: i64,
    /// Shown when the value is chosen.
    pub(super) picture: Option<String>,
}

impl Product {
    /// Every combination of option values, the first option varying slowest: what `Contents::variants` gives too.
    pub(super) fn variants(&self) -> Vec<Vec<&Value>> {
        let mut all: Vec<Vec<&Value>> = vec![Vec::new()];
        for option in &self.options {
            let longer =
                |begun: Vec<_>| option.values.iter().map(move |value| [begun.clone(), vec![value]].concat());
            all = all.into_iter().flat_map(longer).collect();
        }
        all
    }
}

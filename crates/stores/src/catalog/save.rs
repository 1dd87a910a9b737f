//! Saving a product: its words, pictures and options as a draft, its prices and stocks at once.

use std::collections::HashMap;

use db::{Db, Error, Tx};
use kernel::{AccountId, Invalid, Problem, ProductId, SkuId, Timestamp};

use super::{
    Contents, Product, Sku, State, Terms, Variant,
    product::{STOCK_MAX, options_text, within},
    rows::{self, Digest},
    search,
};
use crate::{images, stock, store::Store};

/// A product as its merchant wants it.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub contents: Contents,
    /// Prices and stocks by choice. A variant that is new needs one; what is said of a choice that is not sold is ignored.
    pub skus: Vec<DraftSku>,
}

/// What is to hold for one choice.
#[derive(Clone, Debug, Default)]
pub struct DraftSku {
    pub choice: Variant,
    pub terms: Terms,
    /// The stock the merchant saw and the stock they want: the difference is what is counted in or out, so that
    /// what was sold meanwhile stays sold. `None` leaves it.
    pub stock: Option<(i64, i64)>,
}

/// Why a product was not saved; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    #[error("no such product")]
    NotFound,
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<SaveError> for web::Error {
    fn from(error: SaveError) -> Self {
        match error {
            SaveError::NotFound => web::Error::NotFound,
            SaveError::Invalid(invalid) => invalid.into(),
            SaveError::Db(error) => error.into(),
        }
    }
}

/// A new product, as a draft.
pub async fn create(
    db: &Db,
    now: Timestamp,
    actor: AccountId,
    store: &Store,
    draft: Draft,
) -> Result<ProductId, SaveError> {
    let draft = checked(store, draft)?;
    let id = ProductId::new();
    db.write(store.id, async |tx| {
        check_pictures(tx, store, &draft).await?;
        rows::insert(tx, store.id, id, &draft.contents, now).await?;
        put_skus(tx, now, actor, store, id, &draft).await?;
        refresh(tx, store, id).await?;
        Ok(id)
    })
    .await
}

/// Saves the draft of a product that is there. Buyers see its new prices and stocks at once, the rest when published.
pub async fn save(
    db: &Db,
    now: Timestamp,
    actor: AccountId,
    store: &Store,
    id: ProductId,
    draft: Draft,
) -> Result<(), SaveError> {
    let draft = checked(store, draft)?;
    db.write(store.id, async |tx| {
        rows::product(tx, store.id, id).await?.ok_or(SaveError::NotFound)?;
        check_pictures(tx, store, &draft).await?;
        rows::save_draft(tx, store.id, id, &draft.contents, now).await?;
        put_skus(tx, now, actor, store, id, &draft).await?;
        refresh(tx, store, id).await?;
        Ok(())
    })
    .await
}

/// Every rule that needs no database.
pub(super) fn checked(store: &Store, draft: Draft) -> Result<Draft, Invalid> {
    let mut invalid = Invalid::new();
    let contents = draft.contents.checked().unwrap_or_else(|errors| {
        invalid.0.extend(errors.0);
        Contents::default()
    });
    let skus = draft
        .skus
        .into_iter()
        .enumerate()
        .map(|(place, sku)| {
            let terms = sku.terms.checked(store.currency, &format!("skus.{place}."), &mut invalid);
            if let Some((saw, wants)) = sku.stock {
                invalid.take(format!("skus.{place}.stock"), within(wants, 0, STOCK_MAX));
                invalid.take(format!("skus.{place}.stock"), within(saw, 0, STOCK_MAX));
            }
            DraftSku { terms, ..sku }
        })
        .collect();
    invalid.done()?;
    Ok(Draft { contents, skus })
}

pub(super) async fn check_pictures(tx: &mut Tx, store: &Store, draft: &Draft) -> Result<(), SaveError> {
    let mut invalid = Invalid::new();
    images::check_own(tx, store.id, "images", &draft.contents.images, &mut invalid).await?;
    images::check_own(tx, store.id, "detail_images", &draft.contents.detail_images, &mut invalid).await?;
    for (place, sku) in draft.skus.iter().enumerate() {
        if let Some(image) = sku.terms.image {
            images::check_own(tx, store.id, &format!("skus.{place}.image"), &[image], &mut invalid).await?;
        }
    }
    Ok(invalid.done()?)
}

/// Sets the terms of each variant of the draft, makes those that are new, and counts stock in or out.
pub(super) async fn put_skus(
    tx: &mut Tx,
    now: Timestamp,
    actor: AccountId,
    store: &Store,
    product: ProductId,
    draft: &Draft,
) -> Result<(), SaveError> {
    let mut there: HashMap<Variant, Sku> =
        rows::skus(tx, store.id, product).await?.into_iter().map(|sku| (sku.choice.clone(), sku)).collect();
    let wanted: HashMap<&Variant, (usize, &DraftSku)> =
        draft.skus.iter().enumerate().map(|(place, sku)| (&sku.choice, (place, sku))).collect();
    for (position, variant) in draft.contents.variants().into_iter().enumerate() {
        let before = there.remove(&variant);
        let (place, wanted) = match (wanted.get(&variant), &before) {
            (Some(wanted), _) => *wanted,
            (None, Some(_)) => continue,
            (None, None) => {
                return Err(
                    Invalid::field(format!("skus.{}.price", draft.skus.len()), Problem::Required).into()
                );
            }
        };
        let id = before.as_ref().map_or_else(SkuId::new, |sku| sku.id);
        let sku = with_terms(id, variant, &wanted.terms);
        let reason = if before.is_some() {
            rows::set_terms(tx, store.id, &sku, Some(position as i64)).await?;
            stock::Reason::Correction
        } else {
            rows::insert_sku(tx, store.id, product, &sku, position as i64).await?;
            stock::Reason::Opening
        };
        if let Some((saw, wants)) = wanted.stock {
            let change = if before.is_some() { wants - saw } else { wants };
            stock::change(tx, now, actor, store.id, id, change, reason)
                .await?
                .map_err(|problem| Invalid::field(format!("skus.{place}.stock"), problem))?;
        }
    }
    Ok(())
}

/// A SKU with nothing in stock.
pub(super) fn with_terms(id: SkuId, choice: Variant, terms: &Terms) -> Sku {
    Sku {
        id,
        options: options_text(&choice),
        choice,
        code: terms.code.clone(),
        price: terms.price,
        list_price: terms.list_price,
        weight_grams: terms.weight_grams,
        image: terms.image,
        available: 0,
        sold: 0,
        on_sale: false,
    }
}

/// Brings what lists, search and orders read into step with the product: which SKUs are on sale, the price range,
/// title, picture and grams. Everything that changes a product ends with it.
pub(super) async fn refresh(tx: &mut Tx, store: &Store, id: ProductId) -> Result<(), Error> {
    let product: Product = rows::product(tx, store.id, id).await?.ok_or(Error::Missing)?;
    let contents = product.live.as_ref().unwrap_or(&product.draft);
    let variants = contents.variants();
    let on_shelf = product.state == State::OnShelf;
    let skus = rows::skus(tx, store.id, id).await?;
    let mut shown = Vec::with_capacity(variants.len());
    for sku in &skus {
        let is_shown = variants.contains(&sku.choice);
        rows::set_on_sale(tx, store.id, sku.id, on_shelf && is_shown).await?;
        if is_shown {
            shown.push(sku);
        }
    }
    let prices = || shown.iter().map(|sku| sku.price);
    let codes = shown.iter().map(|sku| sku.code.as_str()).filter(|code| !code.is_empty());
    let words: Vec<&str> =
        [contents.title.as_str(), contents.subtitle.as_str()].into_iter().chain(codes).collect();
    let digest = Digest {
        title: contents.title.clone(),
        subtitle: contents.subtitle.clone(),
        image: contents.images.first().copied(),
        search: search::fold(&words.join(" ")),
        price_from: prices().min().unwrap_or(0),
        price_to: prices().max().unwrap_or(0),
    };
    // Most changes are of prices, and leave the words as they are.
    if rows::search_text(tx, store.id, id).await? != digest.search {
        rows::set_grams(tx, store.id, id, search::grams(&digest.search)).await?;
    }
    rows::set_digest(tx, store.id, id, &digest).await
}

//! The document of a product and its limits. Pure rules.

use std::collections::HashSet;

use kernel::{Currency, ImageId, Invalid, Problem};
use serde::{Deserialize, Serialize};

/// Columns: a CJK character counts two.
pub const TITLE_MIN: i64 = 3;
pub const TITLE_MAX: i64 = 60;
pub const SUBTITLE_MAX: i64 = 18;
pub const DESCRIPTION_MAX: i64 = 2_000;
pub const HEAD_IMAGES_MIN: usize = 1;
pub const HEAD_IMAGES_MAX: usize = 9;
pub const DETAIL_IMAGES_MAX: usize = 50;
pub const AXES_MAX: usize = 3;
pub const AXIS_NAME_MAX: i64 = 20;
pub const VALUE_MAX: i64 = 30;
pub const VALUES_MAX: usize = 50;
pub const SKUS_MAX: usize = 200;
pub const CODE_MAX: i64 = 20;
pub const WEIGHT_MAX_GRAMS: i64 = 1_000_000;
/// Of the currency's main unit, so that a yen and a dollar have the same number of digits before the point.
pub const PRICE_MAX_MAIN_UNITS: i64 = 10_000_000;
pub const STOCK_MAX: i64 = 10_000_000;
/// Between values, where people read a choice.
const BETWEEN: &str = " · ";

/// The highest price in minor units.
pub const fn price_max(currency: Currency) -> i64 {
    PRICE_MAX_MAIN_UNITS * 10i64.pow(currency.exponent())
}

/// One way in which the SKUs differ, such as size, and its values in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Axis {
    pub name: String,
    pub values: Vec<String>,
}

/// One combination of values, one of each axis. A product without axes has one variant with no values.
pub type Variant = Vec<String>;

/// What a product says. Old documents must still be read: new fields need a default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Contents {
    pub title: String,
    pub subtitle: String,
    pub description: String,
    /// Head images, the first is the one in lists.
    pub images: Vec<ImageId>,
    pub detail_images: Vec<ImageId>,
    pub axes: Vec<Axis>,
    /// The combinations that are sold. Empty: all of them.
    pub variants: Vec<Variant>,
}

impl Contents {
    /// Checks what a draft must already keep: limits, but not yet completeness. Texts come back trimmed.
    pub fn checked(mut self) -> Result<Self, Invalid> {
        let mut invalid = Invalid::new();
        self.title = invalid.take("title", kernel::line(&self.title, TITLE_MIN, TITLE_MAX));
        self.subtitle = invalid.take("subtitle", kernel::line(&self.subtitle, 0, SUBTITLE_MAX));
        self.description =
            invalid.take("description", kernel::paragraph(&self.description, 0, DESCRIPTION_MAX));
        if self.images.len() > HEAD_IMAGES_MAX {
            invalid.add("images", Problem::TooMany(HEAD_IMAGES_MAX as i64));
        }
        if self.detail_images.len() > DETAIL_IMAGES_MAX {
            invalid.add("detail_images", Problem::TooMany(DETAIL_IMAGES_MAX as i64));
        }
        self.check_axes(&mut invalid);
        invalid.done()?;
        Ok(self)
    }

    /// What is missing before buyers may see it.
    pub fn ready(&self) -> Result<(), Invalid> {
        if self.images.len() < HEAD_IMAGES_MIN {
            return Err(Invalid::field("images", Problem::TooFew(HEAD_IMAGES_MIN as i64)));
        }
        Ok(())
    }

    fn check_axes(&mut self, invalid: &mut Invalid) {
        if self.axes.len() > AXES_MAX {
            return invalid.add("axes", Problem::TooMany(AXES_MAX as i64));
        }
        let mut names = HashSet::new();
        for (place, axis) in self.axes.iter_mut().enumerate() {
            axis.name =
                invalid.take(format!("axes.{place}.name"), kernel::line(&axis.name, 1, AXIS_NAME_MAX));
            if !axis.name.is_empty() && !names.insert(axis.name.clone()) {
                invalid.add(format!("axes.{place}.name"), Problem::Taken);
            }
            if axis.values.is_empty() {
                invalid.add(format!("axes.{place}.values"), Problem::TooFew(1));
            }
            if axis.values.len() > VALUES_MAX {
                invalid.add(format!("axes.{place}.values"), Problem::TooMany(VALUES_MAX as i64));
                continue;
            }
            let mut values = HashSet::new();
            for value in &mut axis.values {
                let field = || format!("axes.{place}.values");
                match kernel::line(value, 1, VALUE_MAX) {
                    Ok(good) if values.insert(good.clone()) => *value = good,
                    Ok(_) => invalid.add(field(), Problem::Taken),
                    Err(problem) => invalid.add(field(), problem),
                }
            }
        }
        let count = self.axes.iter().try_fold(1usize, |all, axis| all.checked_mul(axis.values.len()));
        let count = if self.variants.is_empty() { count } else { Some(self.variants.len()) };
        if count.is_none_or(|count| count > SKUS_MAX) {
            return invalid.add("axes", Problem::TooMany(SKUS_MAX as i64));
        }
        self.check_variants(invalid);
    }

    fn check_variants(&self, invalid: &mut Invalid) {
        let mut seen = HashSet::new();
        for (place, variant) in self.variants.iter().enumerate() {
            let fits = variant.len() == self.axes.len()
                && variant.iter().zip(&self.axes).all(|(value, axis)| axis.values.contains(value));
            if !fits {
                invalid.add(format!("variants.{place}"), Problem::NotAChoice);
            } else if !seen.insert(variant) {
                invalid.add(format!("variants.{place}"), Problem::Taken);
            }
        }
    }

    /// The combinations that are sold, in the order of the axes' values.
    pub fn variants(&self) -> Vec<Variant> {
        let mut all: Vec<Variant> = vec![Vec::new()];
        for axis in &self.axes {
            all = all
                .into_iter()
                .flat_map(|begun| {
                    axis.values.iter().map(move |value| {
                        let mut longer = begun.clone();
                        longer.push(value.clone());
                        longer
                    })
                })
                .collect();
        }
        if !self.variants.is_empty() {
            let sold: HashSet<&Variant> = self.variants.iter().collect();
            all.retain(|variant| sold.contains(variant));
        }
        all
    }

    /// Every picture it names.
    pub fn pictures(&self) -> Vec<ImageId> {
        self.images.iter().chain(&self.detail_images).copied().collect()
    }
}

/// A choice as people read it.
pub fn options_text(variant: &[String]) -> String {
    variant.join(BETWEEN)
}

/// What can be changed of a SKU at once, beside its stock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// Minor units.
    pub price: i64,
    pub list_price: Option<i64>,
    pub code: String,
    pub weight_grams: i64,
    pub image: Option<ImageId>,
}

impl Terms {
    /// The terms with the code trimmed; errors are told under `prefix`, such as `skus.2.`.
    pub fn checked(mut self, currency: Currency, prefix: &str, invalid: &mut Invalid) -> Self {
        let most = price_max(currency);
        invalid.take(format!("{prefix}price"), within(self.price, 1, most));
        if let Some(list_price) = self.list_price {
            let above = match within(list_price, 1, most) {
                Ok(()) if list_price <= self.price => Err(Problem::Rule("catalog-list-price-above")),
                other => other,
            };
            invalid.take(format!("{prefix}list_price"), above);
        }
        self.code = invalid.take(format!("{prefix}code"), kernel::line(&self.code, 0, CODE_MAX));
        invalid.take(format!("{prefix}weight_grams"), within(self.weight_grams, 0, WEIGHT_MAX_GRAMS));
        self
    }
}

/// Whether a number lies within its limits.
pub fn within(number: i64, least: i64, most: i64) -> Result<(), Problem> {
    match number {
        _ if number < least => Err(Problem::TooSmall(least)),
        _ if number > most => Err(Problem::TooLarge(most)),
        _ => Ok(()),
    }
}

#[cfg(test)]
#[path = "product_tests.rs"]
mod tests;

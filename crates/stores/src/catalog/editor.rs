//! The product editor's form: what was typed, as it was typed, and the draft that it means. No SQL.

use kernel::{ImageId, Invalid, Money, Problem, ShelfId};

use super::{
    Axis, Contents, Draft, DraftSku, Product, Sku, Terms, Variant,
    product::{AXES_MAX, SKUS_MAX, options_text},
};
use crate::{images::Sent, store::Store};

/// What the pressed button asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Do {
    /// Show the form again: a picture was taken away, or the table is to follow the options.
    Again,
    Save,
    Publish,
}

/// The form as it was typed.
#[derive(Clone, Debug, Default)]
pub(super) struct Editor {
    pub title: String,
    pub subtitle: String,
    pub description: String,
    pub images: Vec<ImageId>,
    pub detail_images: Vec<ImageId>,
    /// Always [`AXES_MAX`] of them; those without a name are not there.
    pub axes: Vec<TypedAxis>,
    pub rows: Vec<TypedRow>,
    pub shelves: Vec<ShelfId>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct TypedAxis {
    pub name: String,
    /// Separated by commas.
    pub values: String,
}

/// A line of the table of variants.
#[derive(Clone, Debug, Default)]
pub(super) struct TypedRow {
    pub choice: Variant,
    pub is_sold: bool,
    pub price: String,
    pub list_price: String,
    pub stock: String,
    /// The stock that stood in the field when the page was made.
    pub stock_was: String,
    pub code: String,
    pub weight: String,
}

impl TypedRow {
    /// The choice as a hidden field carries it.
    pub fn key(&self) -> String {
        serde_json::to_string(&self.choice).unwrap_or_default()
    }
    pub fn options(&self) -> String {
        options_text(&self.choice)
    }
}

impl Editor {
    /// A form with nothing in it but one line for the price.
    pub fn blank(shelf: Option<ShelfId>) -> Self {
        let mut editor = Editor { shelves: shelf.into_iter().collect(), ..Default::default() };
        editor.axes.resize_with(AXES_MAX, TypedAxis::default);
        editor.fit_table();
        editor
    }

    /// The form of a product that is there.
    pub fn of(store: &Store, product: &Product, skus: &[Sku], shelves: Vec<ShelfId>) -> Self {
        let plain = |minor| Money::new(minor, store.currency).plain();
        let draft = &product.draft;
        let mut axes: Vec<TypedAxis> = draft
            .axes
            .iter()
            .map(|axis| TypedAxis { name: axis.name.clone(), values: axis.values.join(", ") })
            .collect();
        axes.resize_with(AXES_MAX, TypedAxis::default);
        let rows = skus.iter().map(|sku| TypedRow {
            choice: sku.choice.clone(),
            is_sold: true,
            price: plain(sku.price),
            list_price: sku.list_price.map(plain).unwrap_or_default(),
            stock: sku.available.to_string(),
            stock_was: sku.available.to_string(),
            code: sku.code.clone(),
            weight: sku.weight_grams.to_string(),
        });
        let mut editor = Editor {
            title: draft.title.clone(),
            subtitle: draft.subtitle.clone(),
            description: draft.description.clone(),
            images: draft.images.clone(),
            detail_images: draft.detail_images.clone(),
            rows: rows.collect(),
            axes,
            shelves,
        };
        let sold: Vec<Variant> = editor.rows.iter().map(|row| row.choice.clone()).collect();
        editor.fit_table();
        for row in &mut editor.rows {
            row.is_sold = sold.contains(&row.choice);
        }
        editor
    }

    /// The form as it was sent, without the files that came with it.
    pub fn sent(sent: &Sent) -> Self {
        let column = |name| sent.all(name).take(SKUS_MAX).map(str::to_owned).collect::<Vec<_>>();
        let (prices, list_prices, stocks) = (column("price"), column("list_price"), column("stock"));
        let (were, codes, weights) = (column("stock_was"), column("code"), column("weight"));
        let at = |column: &[String], place: usize| column.get(place).cloned().unwrap_or_default();
        let rows = column("choice").into_iter().enumerate().map(|(place, key)| TypedRow {
            choice: serde_json::from_str(&key).unwrap_or_default(),
            is_sold: sent.all("sold").any(|sold| sold == key),
            price: at(&prices, place),
            list_price: at(&list_prices, place),
            stock: at(&stocks, place),
            stock_was: at(&were, place),
            code: at(&codes, place),
            weight: at(&weights, place),
        });
        let names = sent.all("axis").zip(sent.all("values")).take(AXES_MAX);
        let mut axes: Vec<TypedAxis> = names
            .map(|(name, values)| TypedAxis { name: name.to_owned(), values: values.to_owned() })
            .collect();
        axes.resize_with(AXES_MAX, TypedAxis::default);
        let removed = sent.images("remove");
        let kept = |name| -> Vec<ImageId> {
            sent.images(name).into_iter().filter(|image| !removed.contains(image)).collect()
        };
        Editor {
            title: sent.text("title").to_owned(),
            subtitle: sent.text("subtitle").to_owned(),
            description: sent.text("description").to_owned(),
            images: kept("order"),
            detail_images: kept("detail_order"),
            rows: rows.collect(),
            axes,
            shelves: sent.all("shelf").filter_map(|shelf| shelf.parse().ok()).collect(),
        }
    }

    /// Which button was pressed.
    pub fn wanted(&self, sent: &Sent) -> Do {
        match sent.text("do") {
            _ if sent.all("remove").next().is_some() => Do::Again,
            "table" => Do::Again,
            "publish" => Do::Publish,
            _ => Do::Save,
        }
    }

    pub fn add_pictures(&mut self, field: &str, pictures: Vec<ImageId>) {
        let place = if field == "images" { &mut self.images } else { &mut self.detail_images };
        place.extend(pictures);
    }

    fn contents(&self) -> Contents {
        let axes =
            self.axes.iter().filter(|axis| !axis.name.trim().is_empty() || !axis.values.trim().is_empty());
        let values = |text: &str| {
            let parts = text.split([',', '，', '、']).map(str::trim).filter(|part| !part.is_empty());
            parts.map(str::to_owned).collect()
        };
        Contents {
            title: self.title.clone(),
            subtitle: self.subtitle.clone(),
            description: self.description.clone(),
            images: self.images.clone(),
            detail_images: self.detail_images.clone(),
            axes: axes
                .map(|axis| Axis { name: axis.name.trim().to_owned(), values: values(&axis.values) })
                .collect(),
            variants: Vec::new(),
        }
    }

    /// Makes the table follow the options: a line for each combination, with what was typed for it, or else with what the
    /// first line says. Answers whether lines had to be added to a table that was there.
    pub fn fit_table(&mut self) -> bool {
        let contents = self.contents();
        let count =
            contents.axes.iter().try_fold(1usize, |all, axis| all.checked_mul(axis.values.len().max(1)));
        if count.is_none_or(|count| count > SKUS_MAX) {
            // Saving will say that these are too many; a table of millions of lines helps nobody.
            return false;
        }
        let was_there = !self.rows.is_empty();
        let pattern = self.rows.first().cloned().unwrap_or_default();
        let mut typed = std::mem::take(&mut self.rows);
        let mut added = false;
        for choice in contents.variants() {
            let row = match typed.iter().position(|row| row.choice == choice) {
                Some(place) => typed.swap_remove(place),
                None => {
                    added = true;
                    TypedRow {
                        choice,
                        is_sold: true,
                        price: pattern.price.clone(),
                        list_price: pattern.list_price.clone(),
                        weight: pattern.weight.clone(),
                        stock: "0".into(),
                        stock_was: "0".into(),
                        code: String::new(),
                    }
                }
            };
            self.rows.push(row);
        }
        added && was_there
    }

    /// Where the line stands in the draft's list of SKUs: lines that are not sold are left out of it.
    pub fn place_in_draft(&self, line: usize) -> usize {
        self.rows.iter().take(line).filter(|row| row.is_sold).count()
    }

    /// The draft that the form means, or what in it is not a number.
    pub fn draft(&self, store: &Store) -> Result<Draft, Invalid> {
        let mut invalid = Invalid::new();
        let mut contents = self.contents();
        let sold: Vec<Variant> =
            self.rows.iter().filter(|row| row.is_sold).map(|row| row.choice.clone()).collect();
        if sold.is_empty() {
            invalid.add("axes", Problem::TooFew(1));
        }
        if sold.len() < self.rows.len() {
            contents.variants = sold;
        }
        let money =
            |text: &str| Money::parse(text, store.currency).map(|m| m.minor).ok_or(Problem::NotANumber);
        let whole = |text: &str| text.trim().parse::<i64>().map_err(|_| Problem::NotANumber);
        let mut skus = Vec::with_capacity(self.rows.len());
        for (place, row) in self.rows.iter().filter(|row| row.is_sold).enumerate() {
            let field = |name| format!("skus.{place}.{name}");
            let empty = |text: &str| text.trim().is_empty();
            let price = if empty(&row.price) { Err(Problem::Required) } else { money(&row.price) };
            let list_price = if empty(&row.list_price) { Ok(None) } else { money(&row.list_price).map(Some) };
            let or_zero = |text: &str| if empty(text) { Ok(0) } else { whole(text) };
            let stock = invalid.take(field("stock"), or_zero(&row.stock));
            let saw = or_zero(&row.stock_was).unwrap_or(0);
            skus.push(DraftSku {
                choice: row.choice.clone(),
                terms: Terms {
                    price: invalid.take(field("price"), price),
                    list_price: invalid.take(field("list_price"), list_price),
                    code: row.code.clone(),
                    weight_grams: invalid.take(field("weight_grams"), or_zero(&row.weight)),
                    image: None,
                },
                stock: Some((saw, stock)),
            });
        }
        invalid.done()?;
        Ok(Draft { contents, skus })
    }
}

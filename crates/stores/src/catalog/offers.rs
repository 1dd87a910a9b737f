//! Some products as they can be bought now, for a list that is shown elsewhere and often: one question for all.

use db::{Error, Read, ToCell, row};
use kernel::{ImageId, ProductId, SkuId, StoreId};

/// A product of a list, with its SKUs that are on sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub product: ProductId,
    pub title: String,
    pub image: Option<ImageId>,
    pub on_shelf: bool,
    pub skus: Vec<OfferSku>,
}

/// One way to buy it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferSku {
    pub id: SkuId,
    /// The chosen values as people read them; empty for a product without options.
    pub options: String,
    /// Minor units.
    pub price: i64,
    pub list_price: Option<i64>,
    pub available: i64,
}

row! {
    struct Line {
        product: ProductId,
        title: String,
        image_id: Option<ImageId>,
        on_shelf: bool,
        sku: Option<SkuId>,
        options: Option<String>,
        price: Option<i64>,
        list_price: Option<i64>,
        available: Option<i64>,
    }
}

/// The texts of the statements differ only in length, so that few are compiled.
const AT_ONCE: usize = 20;

/// The products of this store among `products`, in their order. One that was taken off the shelf is there, without SKUs.
pub async fn offers(read: &mut Read, store: StoreId, products: &[ProductId]) -> Result<Vec<Offer>, Error> {
    let mut offers = Vec::with_capacity(products.len());
    for wanted in products.chunks(AT_ONCE) {
        let mut params: Vec<&dyn ToCell> = vec![&store];
        // A chunk that is not full names its first product again.
        params.extend((0..AT_ONCE).map(|place| wanted.get(place).unwrap_or(&wanted[0]) as &dyn ToCell));
        let places: Vec<String> = (2..AT_ONCE + 2).map(|place| format!("${place}")).collect();
        let sql = format!(
            "select p.id as product, p.title, p.image_id, p.state = 'on_shelf' as on_shelf,
                k.id as sku, k.options, k.price, k.list_price, k.available
             from products p left join skus k on k.store_id = p.store_id and k.product_id = p.id and k.on_sale
             where p.store_id = $1 and p.id in ({}) order by p.id, k.position, k.id",
            places.join(", ")
        );
        let lines: Vec<Line> = read.query(&sql, &params).await?;
        offers.extend(wanted.iter().filter_map(|product| offer(*product, &lines)));
    }
    Ok(offers)
}

fn offer(product: ProductId, lines: &[Line]) -> Option<Offer> {
    let own = lines.iter().filter(|line| line.product == product);
    let first = own.clone().next()?;
    let skus = own.filter_map(|line| {
        Some(OfferSku {
            id: line.sku?,
            options: line.options.clone()?,
            price: line.price?,
            list_price: line.list_price,
            available: line.available?,
        })
    });
    Some(Offer {
        product,
        title: first.title.clone(),
        image: first.image_id,
        on_shelf: first.on_shelf,
        skus: if first.on_shelf { skus.collect() } else { Vec::new() },
    })
}

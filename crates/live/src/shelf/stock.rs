//! What is left of a room's goods. Each SKU that goes, and comes again, is told once; numbers in between are shown in
//! passing.

use std::collections::BTreeSet;

use db::Error;
use kernel::{ProductId, RoomId, SkuId, StoreId};
use stores::catalog::{self, Offer};
use web::App;

use super::rows;
use crate::{
    Live,
    hub::{EventKind, Passing, PassingKey},
    rooms,
    story::payload::{Restock, SoldOut, Stock},
};

/// The stock or the state of some products has changed: tells the live rooms that show them. Looking twice tells
/// nothing twice.
pub async fn changed(app: &App, store: StoreId, products: &[ProductId]) -> Result<(), Error> {
    let products: BTreeSet<ProductId> = products.iter().copied().collect();
    for product in products {
        let rooms = rows::rooms_with(&mut app.db.read().await?, store, product).await?;
        for room in rooms {
            look(app, store, room, product).await?;
        }
    }
    Ok(())
}

/// The same after something was done that took a piece or gave one back: it is done, whether or not it can be told now.
/// A room that was not told finds out when it looks at its goods the next time.
pub(crate) async fn tell_changed(app: &App, store: StoreId, product: ProductId) {
    if let Err(error) = changed(app, store, &[product]).await {
        tracing::error!(%error, %product, "what is left of a product could not be told");
    }
}

async fn look(app: &App, store: StoreId, id: RoomId, product: ProductId) -> Result<(), Error> {
    let told = Live::change(app, store, id, async |tx, story| {
        let Some(room) = rooms::get(tx, store, id).await? else { return Ok(None) };
        let standing = rows::standing(tx, store, id).await?;
        let Some(there) = standing.into_iter().find(|there| there.product_id == product) else {
            return Ok(None);
        };
        let offers = catalog::offers(tx, store, &[product]).await?;
        let Some(offer) = offers.into_iter().next() else { return Ok(None) };
        let change = compare(&there.sold_out.0, &offer);
        let number = there.number;
        for sku in &change.gone {
            story.add(EventKind::SoldOut, None, &SoldOut { number, sku: Some(*sku) })?;
        }
        if change.all_gone {
            story.add(EventKind::SoldOut, None, &SoldOut { number, sku: None })?;
        }
        for (sku, left) in &change.back {
            story.add(EventKind::Restock, None, &Restock { number, sku: *sku, left: *left })?;
        }
        if !change.is_nothing() {
            rows::set_sold_out(tx, &room, product, &change.out).await?;
        }
        Ok::<_, Error>(Some((number, offer)))
    })
    .await?;
    if let (Some((number, offer)), Ok(live)) = (told, Live::of(app)) {
        for sku in &offer.skus {
            let left = Stock { sku: sku.id, number, left: sku.available };
            match Passing::new(PassingKey::Stock(sku.id), app.clock.now().as_millisecond(), &left) {
                Ok(passing) => live.pass(id, passing),
                Err(error) => tracing::error!(%error, "a stock could not be written as JSON"),
            }
        }
    }
    Ok(())
}

/// What is different from what the room was told.
#[derive(Debug, Default, PartialEq, Eq)]
struct Difference {
    gone: Vec<SkuId>,
    /// Whether with them the last of the item is gone.
    all_gone: bool,
    back: Vec<(SkuId, i64)>,
    /// What is sold out now.
    out: Vec<SkuId>,
}

impl Difference {
    fn is_nothing(&self) -> bool {
        self.gone.is_empty() && self.back.is_empty()
    }
}

fn compare(told: &[SkuId], offer: &Offer) -> Difference {
    let out: Vec<SkuId> = offer.skus.iter().filter(|sku| sku.available == 0).map(|sku| sku.id).collect();
    let gone: Vec<SkuId> = out.iter().filter(|sku| !told.contains(sku)).copied().collect();
    let back = offer.skus.iter().filter(|sku| sku.available > 0 && told.contains(&sku.id));
    Difference {
        all_gone: !gone.is_empty() && out.len() == offer.skus.len(),
        back: back.map(|sku| (sku.id, sku.available)).collect(),
        gone,
        out,
    }
}

#[cfg(test)]
mod tests {
    use stores::catalog::OfferSku;

    use super::*;

    fn offer(stocks: &[(SkuId, i64)]) -> Offer {
        let sku = |(id, available): &(SkuId, i64)| OfferSku {
            id: *id,
            options: String::new(),
            price: 100,
            list_price: None,
            available: *available,
        };
        Offer {
            product: ProductId::new(),
            title: "Tea".into(),
            image: None,
            on_shelf: true,
            skus: stocks.iter().map(sku).collect(),
        }
    }

    #[test]
    fn what_goes_and_what_comes_is_told_once() {
        let (one, two) = (SkuId::new(), SkuId::new());
        assert!(compare(&[], &offer(&[(one, 3), (two, 1)])).is_nothing());
        let first = compare(&[], &offer(&[(one, 0), (two, 1)]));
        assert_eq!((first.gone.as_slice(), first.all_gone), (&[one][..], false));
        assert!(compare(&first.out, &offer(&[(one, 0), (two, 1)])).is_nothing());
        let second = compare(&first.out, &offer(&[(one, 0), (two, 0)]));
        assert_eq!((second.gone.as_slice(), second.all_gone), (&[two][..], true));
        let back = compare(&second.out, &offer(&[(one, 5), (two, 0)]));
        assert_eq!((back.back.as_slice(), back.out.as_slice()), (&[(one, 5)][..], &[two][..]));
        assert!(compare(&back.out, &offer(&[(one, 5), (two, 0)])).is_nothing());
    }
}

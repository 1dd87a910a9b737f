//! Making shelves, ordering them, and putting products on them.

use std::collections::HashSet;

use db::{Db, Error, Tx};
use kernel::{Invalid, Problem, ProductId, ShelfId, StoreId, Timestamp};

use super::{NAME_MAX, PRODUCTS_MAX, SHELVES_MAX, Shelf, rows};

/// Why the shelves stayed as they were.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("no such shelf")]
    NotFound,
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<WriteError> for web::Error {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::NotFound => web::Error::NotFound,
            WriteError::Invalid(invalid) => invalid.into(),
            WriteError::Db(error) => error.into(),
        }
    }
}

fn taken(error: Error) -> WriteError {
    if error.is_unique("shelves__store_id__name") {
        return Invalid::field("name", Problem::Taken).into();
    }
    error.into()
}

fn checked_name(name: &str) -> Result<String, Invalid> {
    kernel::line(name, 1, NAME_MAX).map_err(|problem| Invalid::field("name", problem))
}

/// A new shelf, after those that are there.
pub async fn create(db: &Db, now: Timestamp, store: StoreId, name: &str) -> Result<ShelfId, WriteError> {
    let name = checked_name(name)?;
    let id = ShelfId::new();
    db.write(store, async |tx| {
        let there = rows::list(tx, store).await?;
        if there.len() as i64 >= SHELVES_MAX {
            return Err(Invalid::field("name", Problem::TooMany(SHELVES_MAX)).into());
        }
        let position = there.last().map_or(0, |last| last.position + 1);
        rows::insert(tx, store, &Shelf { id, name, position }, now).await.map_err(taken)?;
        Ok(id)
    })
    .await
}

pub async fn rename(db: &Db, store: StoreId, shelf: ShelfId, name: &str) -> Result<(), WriteError> {
    let name = checked_name(name)?;
    db.write(store, async |tx| match rows::rename(tx, store, shelf, &name).await.map_err(taken)? {
        0 => Err(WriteError::NotFound),
        _ => Ok(()),
    })
    .await
}

/// Takes the shelf away; its products stay products.
pub async fn delete(db: &Db, store: StoreId, shelf: ShelfId) -> Result<(), WriteError> {
    db.write(store, async |tx| match rows::delete(tx, store, shelf).await? {
        0 => Err(WriteError::NotFound),
        _ => Ok(()),
    })
    .await
}

/// Puts the shelves into this order; those not named come after, as they were.
pub async fn order(db: &Db, store: StoreId, wanted: &[ShelfId]) -> Result<(), WriteError> {
    db.write(store, async |tx| {
        let mut shelves = rows::list(tx, store).await?;
        let place = |id| wanted.iter().position(|other| *other == id).unwrap_or(usize::MAX);
        shelves.sort_by_key(|shelf| place(shelf.id));
        for (position, shelf) in shelves.iter().enumerate() {
            rows::set_position(tx, store, shelf.id, position as i64).await?;
        }
        Ok(())
    })
    .await
}

/// What stands on the shelf from now on, in this order.
pub async fn arrange(
    db: &Db,
    store: StoreId,
    shelf: ShelfId,
    products: &[ProductId],
) -> Result<(), WriteError> {
    if products.len() as i64 > PRODUCTS_MAX {
        return Err(Invalid::field("products", Problem::TooMany(PRODUCTS_MAX)).into());
    }
    db.write(store, async |tx| {
        rows::get(tx, store, shelf).await?.ok_or(WriteError::NotFound)?;
        rows::clear(tx, store, shelf).await?;
        let mut seen = HashSet::new();
        for (position, product) in products.iter().enumerate() {
            let field = || format!("products.{position}");
            if !seen.insert(*product) {
                return Err(Invalid::field(field(), Problem::Taken).into());
            }
            if !rows::has_product(tx, store, *product).await? {
                return Err(Invalid::field(field(), Problem::NotFound).into());
            }
            rows::put(tx, store, shelf, *product, position as i64).await?;
        }
        Ok(())
    })
    .await
}

/// The product stands on these shelves and no others; where it is new, at the end.
pub async fn place(
    db: &Db,
    store: StoreId,
    product: ProductId,
    shelves: &[ShelfId],
) -> Result<(), WriteError> {
    db.write(store, async |tx| {
        if !rows::has_product(tx, store, product).await? {
            return Err(WriteError::NotFound);
        }
        for shelf in rows::list(tx, store).await? {
            if shelves.contains(&shelf.id) {
                put_at_end(tx, store, shelf.id, product).await?;
            } else {
                rows::take_away(tx, store, shelf.id, product).await?;
            }
        }
        Ok(())
    })
    .await
}

async fn put_at_end(
    tx: &mut Tx,
    store: StoreId,
    shelf: ShelfId,
    product: ProductId,
) -> Result<(), WriteError> {
    let (count, next) = rows::end(tx, store, shelf).await?;
    if count >= PRODUCTS_MAX {
        return Err(Invalid::field("shelves", Problem::TooMany(PRODUCTS_MAX)).into());
    }
    Ok(rows::put(tx, store, shelf, product, next).await?)
}

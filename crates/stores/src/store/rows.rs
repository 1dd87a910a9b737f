//! SQL of `stores`.

use db::{Error, FromRow, Json, Read, Row, Tx};
use kernel::{AccountId, BasisPoints, StoreId};

use super::{State, Store, handle::name_key};
use crate::{page::StorePage, storefront::Storefront};

impl FromRow for Store {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let commission: i64 = row.get("commission")?;
        Ok(Store {
            id: row.get("id")?,
            handle: row.get("handle")?,
            name: row.get("name")?,
            abbreviation: row.get("abbreviation")?,
            state: row.get("state")?,
            region: row.get("region")?,
            currency: row.get("currency")?,
            time_zone: row.get("time_zone")?,
            owner: row.get("owner_id")?,
            // The table holds it between 0 and 10,000.
            commission: BasisPoints(u32::try_from(commission).unwrap_or(0)),
            created_at: row.get("created_at")?,
        })
    }
}

/// A store `s` with the rest of a query, which may ask for more columns.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select s.id, s.handle, s.name, s.abbreviation, \
             case when s.suspended then 'suspended' else s.state end as state, \
             s.region, s.currency, s.time_zone, s.owner_id, s.commission, s.created_at",
            $rest
        )
    };
}
pub(crate) use select;

pub(super) async fn by_handle(read: &mut Read, handle: &str) -> Result<Option<Store>, Error> {
    read.query_opt(select!(" from stores s where s.handle = $1"), &[&handle]).await
}

/// A store and the live copy of its page, which nearly every page of a buyer needs together.
impl FromRow for Storefront {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Storefront { store: Store::from_row(row)?, live: row.get::<Json<StorePage>>("live")?.0 })
    }
}

pub(super) async fn with_page(read: &mut Read, handle: &str) -> Result<Option<Storefront>, Error> {
    read.query_opt(
        select!(", p.live from stores s join store_pages p on p.store_id = s.id where s.handle = $1"),
        &[&handle],
    )
    .await
}

pub(super) async fn by_id(read: &mut Read, id: StoreId) -> Result<Option<Store>, Error> {
    read.query_opt(select!(" from stores s where s.id = $1"), &[&id]).await
}

/// The stores in which this account works, the newest first.
pub async fn of_member(read: &mut Read, account: AccountId) -> Result<Vec<Store>, Error> {
    read.query(
        select!(" from stores s join staff m on m.store_id = s.id where m.account_id = $1 order by s.created_at desc"),
        &[&account],
    )
    .await
}

/// The merchant's own choice; what an operator decided stands beside it.
pub(crate) async fn set_state(tx: &mut Tx, store: StoreId, from: State, to: State) -> Result<bool, Error> {
    let rows = tx
        .execute("update stores set state = $3 where id = $1 and state = $2", &[&store, &from, &to])
        .await?;
    Ok(rows == 1)
}

pub(super) async fn insert(tx: &mut Tx, store: &Store) -> Result<(), Error> {
    tx.execute(
        "insert into stores (id, handle, name, name_key, abbreviation, state, region, currency, time_zone, owner_id, commission, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        &[
            &store.id,
            &store.handle,
            &store.name,
            &name_key(&store.name),
            &store.abbreviation,
            &store.state,
            &store.region,
            &store.currency,
            &store.time_zone,
            &store.owner,
            &i64::from(store.commission.0),
            &store.created_at,
        ],
    )
    .await?;
    Ok(())
}

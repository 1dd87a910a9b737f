//! Opening a store: everything that must be there for it to be at its address at once.

use db::{Error, Tx};
use kernel::{AccountId, BasisPoints, Currency, Invalid, Problem, StoreId, Timestamp};
use people::roles;

use super::{
    State, Store,
    handle::{ABBREVIATION_MAX, ABBREVIATION_MIN, handle, name},
    rows,
};
use crate::{branches, page, shelves};

/// What is known of a store when it opens.
#[derive(Clone, Debug)]
pub struct NewStore {
    pub handle: String,
    pub name: String,
    pub abbreviation: String,
    pub intro: String,
    pub region: String,
    pub currency: Currency,
    pub time_zone: String,
    pub owner: AccountId,
    pub commission: BasisPoints,
    pub phone: String,
    pub email: String,
    /// Its first branch, if there is a place to go to.
    pub address: Option<NewAddress>,
}

/// A place; coordinates in millionths of a degree (latitude, longitude).
#[derive(Clone, Debug)]
pub struct NewAddress {
    pub text: String,
    pub coordinates: Option<(i64, i64)>,
}

/// Why a store could not be opened; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A field breaks a rule. `name` or `handle` with [`Problem::Taken`]: another store has it.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Db(#[from] Error),
}

/// Creates the store with its page, its owner's place on the staff, its first shelf and, if there is an
/// address, its first branch.
pub async fn open(tx: &mut Tx, new: NewStore, now: Timestamp) -> Result<Store, OpenError> {
    let mut invalid = Invalid::new();
    let store = Store {
        id: StoreId::new(),
        handle: invalid.take("handle", handle(&new.handle)),
        name: invalid.take("name", name(&new.name)),
        abbreviation: invalid
            .take("abbreviation", kernel::line(&new.abbreviation, ABBREVIATION_MIN, ABBREVIATION_MAX)),
        state: State::Open,
        region: new.region,
        currency: new.currency,
        time_zone: new.time_zone,
        owner: new.owner,
        commission: new.commission,
        created_at: now,
    };
    if jiff::tz::TimeZone::get(&store.time_zone).is_err() {
        invalid.add("time_zone", Problem::NotAChoice);
    }
    if store.commission.0 > 10_000 {
        invalid.add("commission", Problem::TooLarge(10_000));
    }
    let contents = page::StorePage::first(&new.intro, &new.phone, &new.email);
    let contents = contents.unwrap_or_else(|errors| {
        invalid.0.extend(errors.0);
        page::StorePage::default()
    });
    invalid.done()?;
    rows::insert(tx, &store).await.map_err(|error| match &error {
        taken if taken.is_unique("stores__handle") => Invalid::field("handle", Problem::Taken).into(),
        taken if taken.is_unique("stores__name_key") => Invalid::field("name", Problem::Taken).into(),
        _ => OpenError::Db(error),
    })?;
    roles::first_owner(tx, store.id, store.owner, now).await?;
    page::create(tx, store.id, &contents, now).await?;
    shelves::create_default(tx, store.id, now).await?;
    if let Some(address) = &new.address {
        branches::create_first(tx, &store, address, &new.phone).await.map_err(|error| match error {
            branches::WriteError::Invalid(invalid) => OpenError::Invalid(invalid),
            branches::WriteError::Db(error) => OpenError::Db(error),
            branches::WriteError::NotFound => OpenError::Db(Error::Missing),
        })?;
    }
    Ok(store)
}

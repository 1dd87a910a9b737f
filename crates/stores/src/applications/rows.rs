//! The SQL of applications; a question of an applicant begins with their account.

use db::{Error, FromRow, Json, Read, Row, Tx, row};
use kernel::{AccountId, ApplicationId, ImageId, StoreId, Timestamp};

use super::{
    application::{Application, Reasons, State, Status},
    form::Form,
};

/// How many applications an operator is shown at once.
const LIST_MAX: i64 = 200;

impl FromRow for Application {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let Json(form): Json<Form> = row.get("form")?;
        Ok(Application {
            id: row.get("id")?,
            account_id: row.get("account_id")?,
            version: row.get("version")?,
            form,
            state: state(row)?,
            times_submitted: row.get("times_submitted")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
        })
    }
}

fn state(row: &Row<'_>) -> Result<State, Error> {
    Ok(match row.get("status")? {
        Status::Draft => State::Draft,
        Status::Submitted => State::Submitted { at: row.get("submitted_at")? },
        Status::Refused => {
            let Json(reasons): Json<Reasons> = row.get("reasons")?;
            State::Refused { at: row.get("decided_at")?, by: row.get("decided_by")?, reasons }
        }
        Status::Approved => State::Approved {
            at: row.get("decided_at")?,
            by: row.get("decided_by")?,
            store: row.get("store_id")?,
        },
    })
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, account_id, version, form, status, reasons, store_id, submitted_at, decided_at, decided_by, \
             times_submitted, created_at, updated_at from applications ",
            $rest
        )
    };
}

pub(super) async fn of_applicant(
    read: &mut Read,
    account: AccountId,
    id: ApplicationId,
) -> Result<Option<Application>, Error> {
    read.query_opt(select!("where account_id = $1 and id = $2"), &[&account, &id]).await
}

pub(super) async fn list_of_applicant(
    read: &mut Read,
    account: AccountId,
) -> Result<Vec<Application>, Error> {
    read.query(select!("where account_id = $1 order by id desc"), &[&account]).await
}

/// Applications that are not decided.
pub(super) async fn count_open(read: &mut Read, account: AccountId) -> Result<i64, Error> {
    read.one(
        "select count(*) from applications where account_id = $1 and status <> $2",
        &[&account, &Status::Approved],
    )
    .await
}

/// For operators only: any application that was ever handed in.
pub(super) async fn for_operator(read: &mut Read, id: ApplicationId) -> Result<Option<Application>, Error> {
    read.query_opt(select!("where id = $1 and times_submitted > 0"), &[&id]).await
}

/// For operators only: the longest waiting first while they wait, else the latest first.
pub(super) async fn list_for_operator(read: &mut Read, status: Status) -> Result<Vec<Application>, Error> {
    let sql = match status {
        Status::Submitted => select!("where status = $1 order by submitted_at, id limit $2"),
        _ => select!("where status = $1 and times_submitted > 0 order by updated_at desc, id limit $2"),
    };
    read.query(sql, &[&status, &LIST_MAX]).await
}

pub(super) async fn count(read: &mut Read, status: Status) -> Result<i64, Error> {
    read.one("select count(*) from applications where status = $1", &[&status]).await
}

pub(super) async fn insert(tx: &mut Tx, new: &Application) -> Result<(), Error> {
    tx.execute(
        "insert into applications (account_id, id, version, form, status, reasons, times_submitted, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, 0, $7, $7)",
        &[
            &new.account_id,
            &new.id,
            &new.version,
            &Json(&new.form),
            &new.state.status(),
            &Json(Reasons::new()),
            &new.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// Writes the application's next version, unless someone else did in the meantime.
pub(super) async fn update(tx: &mut Tx, next: &Application, now: Timestamp) -> Result<(), Error> {
    let (submitted_at, decided_at, decided_by, store) = match &next.state {
        State::Draft => (None, None, None, None),
        State::Submitted { at } => (Some(*at), None, None, None),
        State::Refused { at, by, .. } => (None, Some(*at), Some(*by), None),
        State::Approved { at, by, store } => (None, Some(*at), Some(*by), Some(*store)),
    };
    let rows = tx
        .execute(
            "update applications set version = version + 1, form = $4, status = $5, reasons = $6,
                submitted_at = coalesce($7, submitted_at), decided_at = coalesce($8, decided_at),
                decided_by = coalesce($9, decided_by), store_id = $10, times_submitted = $11, updated_at = $12
             where account_id = $1 and id = $2 and version = $3",
            &[
                &next.account_id,
                &next.id,
                &next.version,
                &Json(&next.form),
                &next.state.status(),
                &Json(next.state.reasons().cloned().unwrap_or_default()),
                &submitted_at,
                &decided_at,
                &decided_by,
                &store,
                &next.times_submitted,
                &now,
            ],
        )
        .await?;
    if rows == 1 { Ok(()) } else { Err(Error::Busy) }
}

pub(super) async fn delete_draft(tx: &mut Tx, account: AccountId, id: ApplicationId) -> Result<bool, Error> {
    let rows = tx
        .execute(
            "delete from applications where account_id = $1 and id = $2 and status = $3 and times_submitted = 0",
            &[&account, &id, &Status::Draft],
        )
        .await?;
    Ok(rows == 1)
}

/// Whether the applicant uploaded this picture, as a licence.
pub(super) async fn owns_licence(read: &mut Read, account: AccountId, image: ImageId) -> Result<bool, Error> {
    let rows: i64 = read
        .one(
            "select count(*) from images where account_id = $1 and id = $2 and kind = 'licence'",
            &[&account, &image],
        )
        .await?;
    Ok(rows == 1)
}

pub(super) async fn name_is_taken(read: &mut Read, name_key: &str) -> Result<bool, Error> {
    let rows: i64 = read.one("select count(*) from stores where name_key = $1", &[&name_key]).await?;
    Ok(rows > 0)
}

pub(super) async fn handle_is_taken(read: &mut Read, handle: &str) -> Result<bool, Error> {
    let rows: i64 = read.one("select count(*) from stores where handle = $1", &[&handle]).await?;
    Ok(rows > 0)
}

/// Stores that this person or licence holds.
pub(super) async fn held(read: &mut Read, holder: &str) -> Result<i64, Error> {
    Ok(read.opt("select stores from store_holders where holder = $1", &[&holder]).await?.unwrap_or(0))
}

/// Counts one more store for the holder, unless that would be more than `most`.
pub(super) async fn hold(tx: &mut Tx, holder: &str, most: i64) -> Result<bool, Error> {
    if most < 1 {
        return Ok(false);
    }
    let rows = tx
        .execute(
            "insert into store_holders (holder, stores) values ($1, 1)
             on conflict (holder) do update set stores = store_holders.stores + 1 where store_holders.stores < $2",
            &[&holder, &most],
        )
        .await?;
    Ok(rows == 1)
}

pub(super) async fn let_go(tx: &mut Tx, holder: &str) -> Result<(), Error> {
    tx.execute("update store_holders set stores = stores - 1 where holder = $1 and stores > 0", &[&holder])
        .await?;
    Ok(())
}

pub(super) async fn of_store(read: &mut Read, store: StoreId) -> Result<Option<Application>, Error> {
    read.query_opt(select!("where store_id = $1"), &[&store]).await
}

row! {
    /// A store's name and address, for the link on an approved application.
    #[derive(Clone, Debug)]
    pub struct Opened {
        pub handle: String,
        pub name: String,
    }
}

pub(super) async fn opened(read: &mut Read, store: StoreId) -> Result<Option<Opened>, Error> {
    read.query_opt("select handle, name from stores where id = $1", &[&store]).await
}

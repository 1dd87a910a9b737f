//! What can go wrong in a database, told the same for both engines.

/// An error of the database.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// A row with this key is there already. The name is that of the unique index: `table__column__column`.
    #[error("the unique index {0} refuses the row")]
    Unique(String),
    /// Two writers got into each other's way; trying again helps.
    #[error("the database is busy")]
    Busy,
    /// The database does not answer.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// A column is not there or holds something else.
    #[error("column {column}: {reason}")]
    Column { column: String, reason: String },
    /// Nothing where exactly one row was expected.
    #[error("a row was expected and none was found")]
    Missing,
    #[error("{0}")]
    Other(String),
}

impl Error {
    /// Whether the unique index of this name refused the row.
    pub fn is_unique(&self, index: &str) -> bool {
        matches!(self, Error::Unique(name) if name == index)
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ffi;
        let rusqlite::Error::SqliteFailure(code, message) = &error else {
            return Error::Other(error.to_string());
        };
        let message = message.clone().unwrap_or_default();
        match code.extended_code {
            ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY => {
                Error::Unique(index_name(&message))
            }
            _ => match code.code {
                rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked => Error::Busy,
                rusqlite::ErrorCode::DiskFull | rusqlite::ErrorCode::CannotOpen => {
                    Error::Unavailable(message)
                }
                _ => Error::Other(error.to_string()),
            },
        }
    }
}

/// SQLite names the columns (`UNIQUE constraint failed: orders.store_id, orders.checkout_id`), PostgreSQL the
/// index. Our indexes are named so that both give `orders__store_id__checkout_id`.
fn index_name(message: &str) -> String {
    let columns = message.rsplit(": ").next().unwrap_or_default();
    let mut name = String::new();
    for column in columns.split(", ") {
        let (table, column) = column.split_once('.').unwrap_or(("", column));
        if name.is_empty() {
            name.push_str(table);
        }
        name.push_str("__");
        name.push_str(column);
    }
    name
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        use tokio_postgres::error::SqlState;
        let Some(answer) = error.as_db_error() else {
            return if error.is_closed() {
                Error::Unavailable(error.to_string())
            } else {
                Error::Other(deep(&error))
            };
        };
        match answer.code() {
            &SqlState::UNIQUE_VIOLATION => Error::Unique(answer.constraint().unwrap_or_default().to_owned()),
            &SqlState::T_R_DEADLOCK_DETECTED | &SqlState::T_R_SERIALIZATION_FAILURE => Error::Busy,
            &SqlState::ADMIN_SHUTDOWN | &SqlState::CRASH_SHUTDOWN | &SqlState::CANNOT_CONNECT_NOW => {
                Error::Unavailable(answer.message().to_owned())
            }
            code => Error::Other(format!("{} ({})", answer.message(), code.code())),
        }
    }
}

/// The drivers hide the cause behind `source`.
fn deep(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

impl From<deadpool_postgres::PoolError> for Error {
    fn from(error: deadpool_postgres::PoolError) -> Self {
        Error::Unavailable(deep(&error))
    }
}

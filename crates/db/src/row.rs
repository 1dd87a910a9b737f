//! Rows become structs by column name.

use crate::{Cell, Error, FromCell};

/// One row of an answer.
pub struct Row<'a>(pub(crate) Inner<'a>);

pub(crate) enum Inner<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

impl Row<'_> {
    /// The value of the column of this name.
    pub fn get<T: FromCell>(&self, column: &str) -> Result<T, Error> {
        let wrong = |reason: String| Error::Column { column: column.to_owned(), reason };
        let cell = match self.0 {
            Inner::Sqlite(row) => Cell::from_sqlite(row.get_ref(column).map_err(|e| wrong(e.to_string()))?),
            Inner::Postgres(row) => row.try_get::<_, Cell<'_>>(column).map_err(|e| e.to_string()),
        };
        cell.and_then(T::from_cell).map_err(wrong)
    }

    /// The value of the first column, for answers that have only one.
    pub(crate) fn first<T: FromCell>(&self) -> Result<T, Error> {
        let wrong = |reason: String| Error::Column { column: "the first".into(), reason };
        let cell = match self.0 {
            Inner::Sqlite(row) => Cell::from_sqlite(row.get_ref(0).map_err(|e| wrong(e.to_string()))?),
            Inner::Postgres(row) => row.try_get::<_, Cell<'_>>(0).map_err(|e| e.to_string()),
        };
        cell.and_then(T::from_cell).map_err(wrong)
    }
}

/// A struct that a row can become.
pub trait FromRow: Sized {
    fn from_row(row: &Row<'_>) -> Result<Self, Error>;
}

/// Defines a struct whose fields are read from the columns of their names.
#[macro_export]
macro_rules! row {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$doc:meta])* $fvis:vis $field:ident : $type:ty),* $(,)? }) => {
        $(#[$meta])*
        $vis struct $name { $($(#[$doc])* $fvis $field: $type),* }
        impl $crate::FromRow for $name {
            fn from_row(row: &$crate::Row<'_>) -> Result<Self, $crate::Error> {
                Ok(Self { $($field: row.get(stringify!($field))?),* })
            }
        }
    };
}

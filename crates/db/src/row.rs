//! Rows become structs by column name.

use crate::{Cell, Error, FromCell};

/// One row of an answer.
pub struct Row<'a> {
    inner: Inner<'a>,
    /// The column after the one that was read last. Structs are mostly read in the order of their columns, so the
    /// wanted name is mostly there and need not be looked for.
    next: std::cell::Cell<usize>,
}

pub(crate) enum Inner<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

impl<'a> Row<'a> {
    pub(crate) fn new(inner: Inner<'a>) -> Self {
        Self { inner, next: std::cell::Cell::new(0) }
    }

    /// The value of the column of this name.
    pub fn get<T: FromCell>(&self, column: &str) -> Result<T, Error> {
        self.at(column)
            .and_then(|at| self.value(at))
            .map_err(|reason| Error::Column { column: column.to_owned(), reason })
    }

    /// The value of the first column, for answers that have only one.
    pub(crate) fn first<T: FromCell>(&self) -> Result<T, Error> {
        self.value(0).map_err(|reason| Error::Column { column: "the first".into(), reason })
    }

    /// Where the column of this name is.
    fn at(&self, column: &str) -> Result<usize, String> {
        let expected = self.next.get();
        let at = match &self.inner {
            Inner::Sqlite(row) => {
                let statement: &rusqlite::Statement<'_> = row.as_ref();
                match statement.column_name(expected) {
                    Ok(name) if name == column => expected,
                    _ => statement.column_index(column).map_err(|error| error.to_string())?,
                }
            }
            Inner::Postgres(row) => match row.columns().get(expected) {
                Some(found) if found.name() == column => expected,
                _ => {
                    let found = row.columns().iter().position(|found| found.name() == column);
                    found.ok_or("no such column")?
                }
            },
        };
        self.next.set(at + 1);
        Ok(at)
    }

    fn value<T: FromCell>(&self, at: usize) -> Result<T, String> {
        let cell = match self.inner {
            Inner::Sqlite(row) => Cell::from_sqlite(row.get_ref(at).map_err(|error| error.to_string())?),
            Inner::Postgres(row) => row.try_get::<_, Cell<'_>>(at).map_err(|error| error.to_string()),
        };
        cell.and_then(T::from_cell)
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

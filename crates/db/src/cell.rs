//! Values on their way between our types and the two drivers. A type that can be kept says so once, here or by
//! [`text_enum!`](crate::text_enum), and works on both engines.

use std::error::Error as StdError;

use bytes::BytesMut;
use kernel::{Currency, Id, Kind, Timestamp};
use rusqlite::types::{ToSqlOutput, ValueRef};
use serde::{Serialize, de::DeserializeOwned};
use tokio_postgres::types::{self as pg, IsNull};
use uuid::Uuid;

/// One value. Times are milliseconds since 1970 as a bigint: the same order and precision on both engines.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Text(std::borrow::Cow<'a, str>),
    Uuid(Uuid),
}

/// A type that can be a parameter.
pub trait ToCell: Sync {
    fn to_cell(&self) -> Cell<'_>;
}

/// A type that can be read from a column; the error says what was expected.
pub trait FromCell: Sized {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String>;
}

/// What the column held instead.
fn not<T>(wanted: &str, cell: &Cell<'_>) -> Result<T, String> {
    Err(format!("expected {wanted}, found {cell:?}"))
}

impl ToCell for i64 {
    fn to_cell(&self) -> Cell<'_> {
        Cell::Int(*self)
    }
}
impl FromCell for i64 {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        match cell {
            Cell::Int(value) => Ok(value),
            other => not("a whole number", &other),
        }
    }
}

impl ToCell for bool {
    fn to_cell(&self) -> Cell<'_> {
        Cell::Bool(*self)
    }
}
impl FromCell for bool {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        match cell {
            Cell::Bool(value) => Ok(value),
            Cell::Int(value) => Ok(value != 0),
            other => not("true or false", &other),
        }
    }
}

impl ToCell for str {
    fn to_cell(&self) -> Cell<'_> {
        Cell::Text(self.into())
    }
}
impl ToCell for &str {
    fn to_cell(&self) -> Cell<'_> {
        Cell::Text((*self).into())
    }
}
impl ToCell for String {
    fn to_cell(&self) -> Cell<'_> {
        Cell::Text(self.into())
    }
}
impl FromCell for String {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        match cell {
            Cell::Text(value) => Ok(value.into_owned()),
            other => not("text", &other),
        }
    }
}

impl ToCell for Uuid {
    fn to_cell(&self) -> Cell<'_> {
        Cell::Uuid(*self)
    }
}
impl FromCell for Uuid {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        match cell {
            Cell::Uuid(value) => Ok(value),
            other => not("a UUID", &other),
        }
    }
}

impl<K: Kind> ToCell for Id<K> {
    fn to_cell(&self) -> Cell<'_> {
        Cell::Uuid(self.uuid())
    }
}
impl<K: Kind> FromCell for Id<K> {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        Uuid::from_cell(cell).map(Id::from_uuid)
    }
}

impl ToCell for Timestamp {
    fn to_cell(&self) -> Cell<'_> {
        Cell::Int(self.as_millisecond())
    }
}
impl FromCell for Timestamp {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        Timestamp::from_millisecond(i64::from_cell(cell)?).map_err(|error| error.to_string())
    }
}

impl ToCell for Currency {
    fn to_cell(&self) -> Cell<'_> {
        Cell::Text(self.code().into())
    }
}
impl FromCell for Currency {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        let code = String::from_cell(cell)?;
        Currency::from_code(&code).ok_or_else(|| format!("unknown currency {code}"))
    }
}

impl<T: ToCell> ToCell for Option<T> {
    fn to_cell(&self) -> Cell<'_> {
        self.as_ref().map_or(Cell::Null, ToCell::to_cell)
    }
}
impl<T: FromCell> FromCell for Option<T> {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        if cell == Cell::Null { Ok(None) } else { T::from_cell(cell).map(Some) }
    }
}

/// A document kept as JSON text. Its shape is the type's; a change of the type must still read old rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T: Serialize + Sync> ToCell for Json<T> {
    fn to_cell(&self) -> Cell<'_> {
        // Our documents have text keys and no failing `Serialize`; the literal keeps a slip visible in the row.
        Cell::Text(serde_json::to_string(&self.0).unwrap_or_else(|_| "\"unserialisable\"".into()).into())
    }
}
impl<T: DeserializeOwned> FromCell for Json<T> {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        serde_json::from_str(&String::from_cell(cell)?).map(Json).map_err(|error| error.to_string())
    }
}

/// An enum without data that is kept as text: defines it with `as_str`, `from_text`, serde and both columns' traits.
#[macro_export]
macro_rules! text_enum {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $text)] $variant),* }
        impl $name {
            pub const ALL: &[$name] = &[$($name::$variant),*];
            pub const fn as_str(self) -> &'static str { match self { $($name::$variant => $text),* } }
            pub fn from_text(text: &str) -> Option<Self> { match text { $($text => Some($name::$variant),)* _ => None } }
        }
        impl $crate::ToCell for $name {
            fn to_cell(&self) -> $crate::Cell<'_> { $crate::Cell::Text(self.as_str().into()) }
        }
        impl $crate::FromCell for $name {
            fn from_cell(cell: $crate::Cell<'_>) -> Result<Self, String> {
                let text = <String as $crate::FromCell>::from_cell(cell)?;
                Self::from_text(&text).ok_or_else(|| format!("unknown {} {text}", stringify!($name)))
            }
        }
    };
}

impl rusqlite::ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Cell::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Cell::Bool(value) => ToSqlOutput::Borrowed(ValueRef::Integer(i64::from(*value))),
            Cell::Int(value) => ToSqlOutput::Borrowed(ValueRef::Integer(*value)),
            Cell::Text(value) => ToSqlOutput::Borrowed(ValueRef::Text(value.as_bytes())),
            Cell::Uuid(value) => ToSqlOutput::Borrowed(ValueRef::Blob(value.as_bytes())),
        })
    }
}

impl<'a> Cell<'a> {
    pub(crate) fn from_sqlite(value: ValueRef<'a>) -> Result<Self, String> {
        Ok(match value {
            ValueRef::Null => Cell::Null,
            ValueRef::Integer(value) => Cell::Int(value),
            ValueRef::Text(value) => Cell::Text(str::from_utf8(value).map_err(|e| e.to_string())?.into()),
            ValueRef::Blob(value) => Cell::Uuid(Uuid::from_slice(value).map_err(|e| e.to_string())?),
            ValueRef::Real(value) => return Err(format!("found the inexact number {value}")),
        })
    }
}

impl pg::ToSql for Cell<'_> {
    fn to_sql(&self, ty: &pg::Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self {
            Cell::Null => Ok(IsNull::Yes),
            Cell::Bool(value) => value.to_sql_checked(ty, out),
            Cell::Int(value) if *ty == pg::Type::INT4 => i32::try_from(*value)?.to_sql_checked(ty, out),
            Cell::Int(value) => value.to_sql_checked(ty, out),
            Cell::Text(value) => value.to_sql_checked(ty, out),
            Cell::Uuid(value) => value.to_sql_checked(ty, out),
        }
    }
    fn accepts(_: &pg::Type) -> bool {
        true
    }
    pg::to_sql_checked!();
}

impl<'a> pg::FromSql<'a> for Cell<'a> {
    fn from_sql(ty: &pg::Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(match *ty {
            pg::Type::BOOL => Cell::Bool(bool::from_sql(ty, raw)?),
            pg::Type::INT8 => Cell::Int(i64::from_sql(ty, raw)?),
            pg::Type::INT4 => Cell::Int(i32::from_sql(ty, raw)?.into()),
            pg::Type::UUID => Cell::Uuid(Uuid::from_sql(ty, raw)?),
            pg::Type::TEXT | pg::Type::VARCHAR | pg::Type::NAME => {
                Cell::Text(<&str>::from_sql(ty, raw)?.into())
            }
            _ => return Err(format!("columns of type {ty} are not used here; cast to bigint or text").into()),
        })
    }
    fn from_sql_null(_: &pg::Type) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Cell::Null)
    }
    fn accepts(_: &pg::Type) -> bool {
        true
    }
}

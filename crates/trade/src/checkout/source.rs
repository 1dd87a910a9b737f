//! Where the buyer came from. Orders remember it, those who hear of them are told, and a live room's prices hang on it.

use db::{Error, Row, text_enum};
use kernel::{ProductId, RoomId};
use serde::{Deserialize, Serialize};

/// Where the buyer came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source {
    /// The store's own pages.
    #[default]
    Store,
    /// A program.
    Api,
    /// A live room, where the buyer was shown this product.
    Live { room: RoomId, product: ProductId },
}

text_enum! {
    /// The name of a source, as it is kept.
    pub enum SourceKind { Store = "store", Api = "api", Live = "live" }
}

impl Source {
    pub fn kind(&self) -> SourceKind {
        match self {
            Source::Store => SourceKind::Store,
            Source::Api => SourceKind::Api,
            Source::Live { .. } => SourceKind::Live,
        }
    }
    pub fn room(&self) -> Option<RoomId> {
        match self {
            Source::Live { room, .. } => Some(*room),
            Source::Store | Source::Api => None,
        }
    }
    pub fn product(&self) -> Option<ProductId> {
        match self {
            Source::Live { product, .. } => Some(*product),
            Source::Store | Source::Api => None,
        }
    }

    /// The source that was kept in the columns `source`, `source_room` and `source_product`.
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let kind: SourceKind = row.get("source")?;
        let (room, product) = (row.get("source_room")?, row.get("source_product")?);
        match (kind, room, product) {
            (SourceKind::Store, None, None) => Ok(Source::Store),
            (SourceKind::Api, None, None) => Ok(Source::Api),
            (SourceKind::Live, Some(room), Some(product)) => Ok(Source::Live { room, product }),
            _ => Err(Error::Column {
                column: "source".into(),
                reason: format!("{} without what belongs to it", kind.as_str()),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_told_as_a_program_reads_it() {
        let (room, product) = (RoomId::new(), ProductId::new());
        let live = Source::Live { room, product };
        let told = serde_json::to_value(live).unwrap();
        let expected =
            serde_json::json!({"kind": "live", "room": room.to_string(), "product": product.to_string()});
        assert_eq!(told, expected);
        assert_eq!(serde_json::from_value::<Source>(told).unwrap(), live);
        assert_eq!(serde_json::to_string(&Source::Store).unwrap(), r#"{"kind":"store"}"#);
    }
}

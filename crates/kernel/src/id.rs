//! Typed ids. Inside they are UUID version 7, so rows that are made together lie together; outside they carry
//! a prefix that says what they name, in the TypeID encoding: `ord_01jdqz8p5fe9kadz3m4xh6w2cr`.

use std::{fmt, marker::PhantomData, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// What an id names.
pub trait Kind: 'static {
    const PREFIX: &'static str;
}

/// The id of a `K`. An `Id<Order>` is never taken for an `Id<Store>`.
pub struct Id<K>(Uuid, PhantomData<fn() -> K>);

/// The text is not an id of the wanted kind.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not an id that starts with {prefix}_")]
pub struct IdError {
    pub prefix: &'static str,
}

macro_rules! kinds {
    ($($kind:ident $id:ident $prefix:literal $doc:literal;)*) => {
        /// The things that have ids.
        pub mod kinds { $( #[doc = $doc] pub struct $kind; impl super::Kind for $kind { const PREFIX: &'static str = $prefix; } )* }
        $( #[doc = $doc] pub type $id = Id<kinds::$kind>; )*
    };
}

kinds! {
    Account AccountId "acc" "A person: buyer, merchant, clerk and operator are what an account may do.";
    Session SessionId "ses" "One browser of one person, or of a visitor.";
    SignInCode SignInCodeId "sic" "A code that was sent to a contact.";
    ApiToken ApiTokenId "tok" "A key for programs.";
    Audit AuditId "aud" "One line of the audit log.";
    Application ApplicationId "app" "A request to open a store.";
    Store StoreId "sto" "A store.";
    Branch BranchId "bra" "A physical place of a store.";
    Image ImageId "img" "An uploaded picture.";
    Product ProductId "prd" "A product (SPU).";
    Sku SkuId "sku" "A variant of a product that can be bought.";
    Shelf ShelfId "shf" "A named, ordered list of products.";
    Checkout CheckoutId "chk" "A buyer's intention to order; it becomes at most one order.";
    Order OrderId "ord" "An order.";
    Payment PaymentId "pay" "One attempt to pay an order.";
    Refund RefundId "rfd" "Money on its way back to a buyer.";
    Charge ChargeId "chg" "What the sandbox provider calls a payment.";
    Parcel ParcelId "pcl" "Part of an order, handed to a carrier.";
    Address AddressId "adr" "An entry of a buyer's address book.";
    Ledger LedgerId "led" "One balanced transaction of the ledger.";
    Room RoomId "liv" "A live room: one broadcast with its shelf and its talk.";
    Event EventId "evt" "One event of the outbox.";
}

impl<K> Id<K> {
    /// A new id, later than every id this process made before it.
    #[allow(clippy::new_without_default, reason = "a default id would be a surprise")]
    pub fn new() -> Self {
        Self::from_uuid(Uuid::now_v7())
    }
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> std::hash::Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Crockford's base 32 in lower case: no i, l, o or u.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 128 bits in groups of five.
const ENCODED: usize = 26;

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = self.0.as_u128();
        let mut text = [0u8; ENCODED];
        for (place, letter) in text.iter_mut().rev().enumerate() {
            *letter = ALPHABET[(bits >> (5 * place) & 31) as usize];
        }
        write!(f, "{}_{}", K::PREFIX, str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl<K: Kind> FromStr for Id<K> {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let wrong = IdError { prefix: K::PREFIX };
        let encoded = text.strip_prefix(K::PREFIX).and_then(|rest| rest.strip_prefix('_')).ok_or(wrong)?;
        let fits = encoded.len() == ENCODED && encoded.as_bytes()[0] <= b'7';
        let mut bits = 0u128;
        for letter in encoded.bytes() {
            let five = ALPHABET.iter().position(|known| *known == letter).filter(|_| fits);
            bits = bits << 5 | five.ok_or(IdError { prefix: K::PREFIX })? as u128;
        }
        Ok(Self::from_uuid(Uuid::from_u128(bits)))
    }
}

impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_id_survives_its_text(bits: u128) {
            let id = OrderId::from_uuid(Uuid::from_u128(bits));
            prop_assert_eq!(id.to_string().parse::<OrderId>(), Ok(id));
        }
        #[test]
        fn any_text_is_refused_or_read_exactly(text in "\\PC*") {
            if let Ok(id) = text.parse::<OrderId>() { prop_assert_eq!(id.to_string(), text) }
        }
    }

    #[test]
    fn another_kind_and_a_too_large_number_are_refused() {
        let store = StoreId::new().to_string();
        assert!(store.parse::<OrderId>().is_err());
        assert!("ord_8zzzzzzzzzzzzzzzzzzzzzzzzz".parse::<OrderId>().is_err(), "that is 130 bits");
        assert!("ord_7zzzzzzzzzzzzzzzzzzzzzzzzz".parse::<OrderId>().is_ok());
    }
}

//! The words every crate shares: money, ids, time, locale, checked text. No I/O and no framework.

mod clock;
mod field;
mod id;
mod locale;
mod money;
mod secret;
mod text;

pub use clock::{Clock, Timestamp};
pub use field::{FieldError, Invalid, Problem};
pub use id::{
    AccountId, AddressId, ApiTokenId, ApplicationId, AuditId, BranchId, ChargeId, CheckoutId, EventId,
    ImageId, LedgerId, OrderId, ParcelId, PaymentId, ProductId, RefundId, RoomId, SessionId, ShelfId,
    SignInCodeId, SkuId, StoreId,
};
pub use id::{Id, IdError, Kind, kinds};
pub use locale::Locale;
pub use money::{BasisPoints, Currency, Money, MoneyError, share_out};
pub use secret::{random_digits, random_token};
pub use text::{columns, line, paragraph};

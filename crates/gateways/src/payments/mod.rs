//! Who moves the buyer's money: one contract, and the sandbox that keeps it.
//!
//! Every call names our own payment id (`reference`), so an answer that was lost on the way can be asked for
//! again. None of these may be called while a database transaction is open.

mod sandbox;
mod signature;

use async_trait::async_trait;
use kernel::{Money, PaymentId, RefundId, Timestamp};

pub use sandbox::{Behaviour, Sandbox, SandboxCharge};

/// What we ask to be paid.
#[derive(Clone, Debug)]
pub struct NewCharge {
    /// Our id of the attempt. Asking twice with the same one gives the same charge.
    pub reference: PaymentId,
    /// What the buyer reads on the provider's page.
    pub description: String,
    pub amount: Money,
    /// Where the buyer's browser goes afterwards, whatever happened.
    pub return_url: String,
    /// After this the provider no longer takes the money.
    pub expires_at: Timestamp,
}

/// What the provider answers to a new charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// The provider's own name for it.
    pub provider_reference: String,
    /// Where the buyer pays.
    pub pay_url: String,
}

/// How far a charge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChargeState {
    /// The buyer may still pay.
    Pending,
    Succeeded,
    Failed,
    /// Closed by us or by its time; it can no longer be paid.
    Closed,
}

/// What the provider knows about a charge: the answer to a query and the content of a notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub reference: PaymentId,
    pub state: ChargeState,
    /// What was in fact charged; the caller compares it with what was asked.
    pub amount: Money,
}

/// Money to give back.
#[derive(Clone, Debug)]
pub struct NewRefund {
    /// Our id. Asking twice with the same one gives the money back once.
    pub reference: RefundId,
    pub payment: PaymentId,
    pub amount: Money,
}

/// A message from the provider whose signature holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Unique at this provider; the same event may be told many times.
    pub event_id: String,
    pub outcome: Outcome,
}

/// A message as it goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Signed {
    /// The value of the header, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

#[derive(Debug, thiserror::Error)]
pub enum PaymentError {
    /// The provider has no such charge; asked again later it may.
    #[error("the provider does not know this payment")]
    Unknown,
    /// The provider understood and says no; asking again does not help.
    #[error("the provider refuses: {0}")]
    Refused(&'static str),
    /// Nobody knows whether it happened; ask with a query.
    #[error("the provider cannot be reached: {0}")]
    Unreachable(String),
    /// The signature does not belong to the bytes.
    #[error("the message is not from the provider: {0}")]
    Forged(&'static str),
}

impl From<db::Error> for PaymentError {
    fn from(error: db::Error) -> Self {
        PaymentError::Unreachable(error.to_string())
    }
}

/// A payment provider.
#[async_trait]
pub trait PaymentProvider: Send + Sync {
    /// The name under which payments remember it.
    fn name(&self) -> &'static str;
    /// Asks to be paid.
    async fn create(&self, charge: &NewCharge, now: Timestamp) -> Result<Created, PaymentError>;
    /// Asks how far a charge is; finds what a lost notification would have told.
    async fn query(&self, reference: PaymentId, now: Timestamp) -> Result<Outcome, PaymentError>;
    /// Sees to it that the charge can no longer be paid, and tells how it ended: it may have been paid a moment before.
    async fn close(&self, reference: PaymentId, now: Timestamp) -> Result<Outcome, PaymentError>;
    /// Gives money back; `Ok` means that it is on its way for certain. Answers with the provider's name for it.
    async fn refund(&self, refund: &NewRefund, now: Timestamp) -> Result<String, PaymentError>;
    /// Checks the signature over the raw bytes and reads the message. There is no default: a provider that does not
    /// verify cannot be written by forgetting.
    async fn verify_notification(
        &self,
        message: &Signed,
        now: Timestamp,
    ) -> Result<Notification, PaymentError>;
}

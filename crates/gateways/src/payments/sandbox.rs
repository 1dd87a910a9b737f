//! The sandbox: a payment provider for trying things out. It behaves like a real one across the whole contract,
//! with its own memory, its own pay page, and buyers who fail, walk away, or whose notification is lost.

use async_trait::async_trait;
use db::{Db, LaneKey, row, text_enum};
use kernel::{ChargeId, Currency, Money, PaymentId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    ChargeState, Created, NewCharge, NewRefund, Notification, Outcome, PaymentError, PaymentProvider, Signed,
    signature,
};

/// The header that carries the signature.
const SIGNATURE: &str = "Sandbox-Signature";

/// The sandbox provider; its memory is in the database, so any process may be asked.
#[derive(Clone)]
pub struct Sandbox {
    db: Db,
}

text_enum! {
    /// How far a charge of the sandbox is.
    pub enum Progress { Pending = "pending", Succeeded = "succeeded", Failed = "failed", Closed = "closed" }
}

text_enum! {
    /// What the buyer chooses on the sandbox's pay page. (Walking away is choosing nothing.)
    pub enum Behaviour {
        Succeed = "succeed",
        Fail = "fail",
        /// The money is taken, and the notification that says so never arrives.
        LoseNotification = "lose_notification",
    }
}

row! {
    /// A charge as the sandbox's pay page shows it.
    #[derive(Clone, Debug)]
    pub struct SandboxCharge {
        pub id: ChargeId,
        pub merchant_reference: String,
        pub description: String,
        pub amount: i64,
        pub currency: Currency,
        pub state: Progress,
        pub return_url: String,
        pub expires_at: Timestamp,
    }
}

impl SandboxCharge {
    pub fn money(&self) -> Money {
        Money::new(self.amount, self.currency)
    }
    /// Whether the buyer can still choose.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.state == Progress::Pending && now < self.expires_at
    }
    fn outcome(&self, now: Timestamp) -> Result<Outcome, PaymentError> {
        let state = match self.state {
            Progress::Pending if now >= self.expires_at => ChargeState::Closed,
            Progress::Pending => ChargeState::Pending,
            Progress::Succeeded => ChargeState::Succeeded,
            Progress::Failed => ChargeState::Failed,
            Progress::Closed => ChargeState::Closed,
        };
        let reference = self.merchant_reference.parse().map_err(|_| PaymentError::Unknown)?;
        Ok(Outcome { reference, state, amount: self.money() })
    }
}

const COLUMNS: &str = "id, merchant_reference, description, amount, currency, state, return_url, expires_at";

/// The message the sandbox sends when a charge is decided.
#[derive(Serialize, Deserialize)]
struct Message {
    event_id: String,
    payment: PaymentId,
    state: String,
    amount: i64,
    currency: Currency,
}

impl Sandbox {
    pub const NAME: &'static str = "sandbox";

    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// The charge, for its pay page.
    pub async fn charge(&self, id: ChargeId) -> Result<Option<SandboxCharge>, PaymentError> {
        let sql = format!("select {COLUMNS} from sandbox_charges where id = $1");
        Ok(self.db.read().await?.query_opt(&sql, &[&id]).await?)
    }

    /// The buyer's choice on the pay page. Answers with the notification to send, if it is to arrive at all;
    /// choosing a second time changes nothing and sends nothing.
    pub async fn choose(
        &self,
        id: ChargeId,
        behaviour: Behaviour,
        now: Timestamp,
    ) -> Result<Option<Signed>, PaymentError> {
        let state = match behaviour {
            Behaviour::Fail => Progress::Failed,
            Behaviour::Succeed | Behaviour::LoseNotification => Progress::Succeeded,
        };
        let sql = format!(
            "update sandbox_charges set state = $2 where id = $1 and state = 'pending' and expires_at > $3 returning {COLUMNS}"
        );
        let decided = self
            .db
            .write(LaneKey::PLATFORM, async |tx| {
                tx.query_opt::<SandboxCharge>(&sql, &[&id, &state, &now]).await
            })
            .await?;
        match decided {
            Some(charge) if behaviour != Behaviour::LoseNotification => {
                Ok(Some(self.notification(&charge, now).await?))
            }
            _ => Ok(None),
        }
    }

    async fn notification(&self, charge: &SandboxCharge, now: Timestamp) -> Result<Signed, PaymentError> {
        let message = Message {
            // One decision, one event: told again it has the same name.
            event_id: format!("{}.{}", charge.id, charge.state.as_str()),
            payment: charge.merchant_reference.parse().map_err(|_| PaymentError::Unknown)?,
            state: charge.state.as_str().into(),
            amount: charge.amount,
            currency: charge.currency,
        };
        let body = serde_json::to_vec(&message).map_err(|e| PaymentError::Unreachable(e.to_string()))?;
        let header = signature::sign(&self.secret().await?, &body, now);
        Ok(Signed { headers: vec![(SIGNATURE.into(), header)], body })
    }

    /// The signing key. The first who needs it makes it, and everyone uses the one that was kept.
    async fn secret(&self) -> Result<String, PaymentError> {
        let kept = "select secret from sandbox_keys where name = 'notifications'";
        if let Some(secret) = self.db.read().await?.opt(kept, &[]).await? {
            return Ok(secret);
        }
        let fresh = kernel::random_token();
        let secret = self
            .db
            .write(LaneKey::PLATFORM, async |tx| {
                tx.execute(
                    "insert into sandbox_keys (name, secret) values ('notifications', $1) on conflict (name) do nothing",
                    &[&fresh],
                )
                .await?;
                tx.one(kept, &[]).await
            })
            .await?;
        Ok(secret)
    }

    async fn by_reference(&self, reference: PaymentId) -> Result<SandboxCharge, PaymentError> {
        let sql = format!("select {COLUMNS} from sandbox_charges where merchant_reference = $1");
        let found = self.db.read().await?.query_opt(&sql, &[&reference.to_string()]).await?;
        found.ok_or(PaymentError::Unknown)
    }
}

#[async_trait]
impl PaymentProvider for Sandbox {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    async fn create(&self, charge: &NewCharge, now: Timestamp) -> Result<Created, PaymentError> {
        let id = self
            .db
            .write(LaneKey::PLATFORM, async |tx| {
                // The update that changes nothing makes RETURNING answer for a repeated request too.
                tx.one::<ChargeId>(
                    "insert into sandbox_charges (id, merchant_reference, description, amount, currency, state, return_url, created_at, expires_at)
                     values ($1, $2, $3, $4, $5, 'pending', $6, $7, $8)
                     on conflict (merchant_reference) do update set return_url = sandbox_charges.return_url returning id",
                    &[
                        &ChargeId::new(),
                        &charge.reference.to_string(),
                        &charge.description,
                        &charge.amount.minor,
                        &charge.amount.currency,
                        &charge.return_url,
                        &now,
                        &charge.expires_at,
                    ],
                )
                .await
            })
            .await?;
        Ok(Created { provider_reference: id.to_string(), pay_url: format!("/pay/sandbox/{id}") })
    }

    async fn query(&self, reference: PaymentId, now: Timestamp) -> Result<Outcome, PaymentError> {
        self.by_reference(reference).await?.outcome(now)
    }

    async fn close(&self, reference: PaymentId, now: Timestamp) -> Result<Outcome, PaymentError> {
        self.db
            .write(LaneKey::PLATFORM, async |tx| {
                tx.execute(
                    "update sandbox_charges set state = 'closed' where merchant_reference = $1 and state = 'pending'",
                    &[&reference.to_string()],
                )
                .await
            })
            .await?;
        self.query(reference, now).await
    }

    async fn refund(&self, refund: &NewRefund, now: Timestamp) -> Result<String, PaymentError> {
        let name = refund.reference.to_string();
        let given = self
            .db
            .write(LaneKey::PLATFORM, async |tx| {
                let charge: Option<ChargeId> = tx
                    .opt(
                        "update sandbox_charges set refunded = refunded + $2
                         where merchant_reference = $1 and state = 'succeeded' and currency = $3 and refunded + $2 <= amount
                           and not exists (select 1 from sandbox_refunds where reference = $4) returning id",
                        &[&refund.payment.to_string(), &refund.amount.minor, &refund.amount.currency, &name],
                    )
                    .await?;
                let Some(charge) = charge else {
                    let before: Option<i64> =
                        tx.opt("select amount from sandbox_refunds where reference = $1", &[&name]).await?;
                    return Ok(before == Some(refund.amount.minor));
                };
                tx.execute(
                    "insert into sandbox_refunds (reference, charge_id, amount, at) values ($1, $2, $3, $4)",
                    &[&name, &charge, &refund.amount.minor, &now],
                )
                .await?;
                Ok::<_, db::Error>(true)
            })
            .await?;
        if given { Ok(name) } else { Err(PaymentError::Refused("more than was paid")) }
    }

    async fn verify_notification(
        &self,
        message: &Signed,
        now: Timestamp,
    ) -> Result<Notification, PaymentError> {
        let header = message.header(SIGNATURE).ok_or(PaymentError::Forged("there is no signature"))?;
        signature::verify(&self.secret().await?, header, &message.body, now).map_err(PaymentError::Forged)?;
        let told: Message = serde_json::from_slice(&message.body)
            .map_err(|_| PaymentError::Forged("the message cannot be read"))?;
        let state = match Progress::from_text(&told.state) {
            Some(Progress::Succeeded) => ChargeState::Succeeded,
            Some(Progress::Failed) => ChargeState::Failed,
            Some(Progress::Closed) => ChargeState::Closed,
            Some(Progress::Pending) | None => {
                return Err(PaymentError::Forged("the message tells of no decision"));
            }
        };
        let outcome =
            Outcome { reference: told.payment, state, amount: Money::new(told.amount, told.currency) };
        Ok(Notification { event_id: told.event_id, outcome })
    }
}

#[cfg(test)]
mod tests {
    use testkit::db_test;

    use super::*;

    fn charge() -> NewCharge {
        NewCharge {
            reference: PaymentId::new(),
            description: "Order 1".into(),
            amount: Money::new(1250, Currency::SGD),
            return_url: "/back".into(),
            expires_at: "2026-03-03T02:30:00Z".parse().unwrap(),
        }
    }

    #[db_test]
    async fn the_same_reference_is_charged_once(db: Db) {
        let (sandbox, now, asked) = (Sandbox::new(db), testkit::morning_clock().now(), charge());
        let first = sandbox.create(&asked, now).await.unwrap();
        assert_eq!(sandbox.create(&asked, now).await.unwrap(), first);
    }

    #[db_test]
    async fn a_decision_is_made_once_and_its_notification_verifies(db: Db) {
        let (sandbox, now, asked) = (Sandbox::new(db), testkit::morning_clock().now(), charge());
        let created = sandbox.create(&asked, now).await.unwrap();
        let id: ChargeId = created.provider_reference.parse().unwrap();
        let message = sandbox.choose(id, Behaviour::Succeed, now).await.unwrap().unwrap();
        assert_eq!(sandbox.choose(id, Behaviour::Fail, now).await.unwrap(), None, "it is decided");
        let heard = sandbox.verify_notification(&message, now).await.unwrap();
        assert_eq!(heard.outcome, sandbox.query(asked.reference, now).await.unwrap());
        assert_eq!(heard.outcome.state, ChargeState::Succeeded);
        let mut forged = message.clone();
        let cheaper = String::from_utf8(message.body).unwrap().replace("1250", "1");
        forged.body = cheaper.into_bytes();
        assert!(matches!(sandbox.verify_notification(&forged, now).await, Err(PaymentError::Forged(_))));
        forged.headers.clear();
        assert!(matches!(sandbox.verify_notification(&forged, now).await, Err(PaymentError::Forged(_))));
    }

    #[db_test]
    async fn a_lost_notification_is_silent_but_the_query_tells(db: Db) {
        let (sandbox, now, asked) = (Sandbox::new(db), testkit::morning_clock().now(), charge());
        let id: ChargeId = sandbox.create(&asked, now).await.unwrap().provider_reference.parse().unwrap();
        assert_eq!(sandbox.choose(id, Behaviour::LoseNotification, now).await.unwrap(), None);
        assert_eq!(sandbox.query(asked.reference, now).await.unwrap().state, ChargeState::Succeeded);
        assert_eq!(sandbox.close(asked.reference, now).await.unwrap().state, ChargeState::Succeeded);
    }

    #[db_test]
    async fn a_charge_cannot_be_paid_after_its_time_or_its_closing(db: Db) {
        let (sandbox, now, asked) = (Sandbox::new(db), testkit::morning_clock().now(), charge());
        let id: ChargeId = sandbox.create(&asked, now).await.unwrap().provider_reference.parse().unwrap();
        assert_eq!(sandbox.choose(id, Behaviour::Succeed, asked.expires_at).await.unwrap(), None);
        assert_eq!(
            sandbox.query(asked.reference, asked.expires_at).await.unwrap().state,
            ChargeState::Closed
        );
        assert_eq!(sandbox.close(asked.reference, now).await.unwrap().state, ChargeState::Closed);
        assert_eq!(sandbox.choose(id, Behaviour::Succeed, now).await.unwrap(), None);
    }

    #[db_test]
    async fn refunds_are_given_once_and_never_exceed_the_charge(db: Db) {
        let (sandbox, now, asked) = (Sandbox::new(db), testkit::morning_clock().now(), charge());
        let id: ChargeId = sandbox.create(&asked, now).await.unwrap().provider_reference.parse().unwrap();
        let refund = |minor| NewRefund {
            reference: kernel::RefundId::new(),
            payment: asked.reference,
            amount: Money::new(minor, Currency::SGD),
        };
        let first = refund(1000);
        assert!(sandbox.refund(&first, now).await.is_err(), "nothing is paid yet");
        sandbox.choose(id, Behaviour::Succeed, now).await.unwrap();
        for _ in 0..3 {
            sandbox.refund(&first, now).await.unwrap();
        }
        assert!(sandbox.refund(&refund(251), now).await.is_err(), "one more than was paid");
        sandbox.refund(&refund(250), now).await.unwrap();
    }
}

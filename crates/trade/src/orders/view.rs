//! An order as its pages show it, the buyer's and the merchant's: facts, and which words say them.

use std::borrow::Borrow;

use db::{Error, Read};
use kernel::{Money, Timestamp};
use qrcode::{QrCode, render::svg};
use stores::{Store, images};

use super::{CancelReason, Fulfilment, Move, Order, OrderLine, Parcel, State, Step, rows};
use crate::{
    payments::{self, Refund, RefundReason, RefundState},
    pricing::Charge,
    words,
};

/// Everything about one order.
pub(super) struct View {
    pub order: Order,
    pub lines: Vec<OrderLine>,
    /// Oldest first.
    pub moves: Vec<Move>,
    pub parcels: Vec<Parcel>,
    pub time_zone: String,
    pub now: Timestamp,
    /// The last attempt to pay did not succeed.
    pub payment_failed: bool,
    /// Money that came when the order wanted none any more.
    pub unwanted: Vec<Refund>,
    /// Whether the buyer reads this, or the store.
    pub for_buyer: bool,
}

impl View {
    pub async fn of(read: &mut Read, store: &Store, order: Order, now: Timestamp) -> Result<View, Error> {
        let lines = rows::lines(read, store.id, order.id).await?;
        let moves = rows::moves(read, store.id, order.id).await?;
        let parcels = rows::parcels(read, store.id, order.id).await?;
        let payment_failed = if order.state.step() == Step::Unpaid {
            let last = payments::of_order(read, store.id, order.id).await?.pop();
            last.is_some_and(|payment| payment.state == payments::PaymentState::Failed)
        } else {
            false
        };
        let unwanted = payments::unwanted(read, store.id, order.id).await?;
        let time_zone = store.time_zone.clone();
        let for_buyer = false;
        Ok(View { order, lines, moves, parcels, time_zone, now, payment_failed, unwanted, for_buyer })
    }

    /// The same, as the buyer reads it.
    pub fn told_to_buyer(self) -> View {
        View { for_buyer: true, ..self }
    }

    pub fn step(&self) -> Step {
        self.order.state.step()
    }
    pub fn is(&self, step: &str) -> bool {
        self.step().as_str() == step
    }
    pub fn step_words(&self) -> &'static str {
        words::step(self.step())
    }
    pub fn tone(&self) -> &'static str {
        words::tone(self.step())
    }
    pub fn buyer_tone(&self) -> &'static str {
        words::buyer_tone(self.step())
    }
    /// What is told about money that was not wanted.
    pub fn unwanted_words(&self, refund: &Refund) -> &'static str {
        let back = refund.state == RefundState::Done;
        match (refund.why == RefundReason::Surplus, self.for_buyer, back) {
            (false, true, false) => "orders-late-goes-back",
            (false, true, true) => "orders-late-went-back",
            (false, false, false) => "orders-late-goes-back-merchant",
            (false, false, true) => "orders-late-went-back-merchant",
            (true, true, false) => "orders-twice-goes-back",
            (true, true, true) => "orders-twice-went-back",
            (true, false, false) => "orders-twice-goes-back-merchant",
            (true, false, true) => "orders-twice-went-back-merchant",
        }
    }
    pub fn reason_words(&self) -> Option<&'static str> {
        match self.order.state.reason() {
            Some(CancelReason::Buyer) if self.for_buyer => Some("orders-reason-you"),
            reason => reason.map(words::cancel_reason),
        }
    }
    /// Whether the order ended without any money having come.
    pub fn was_free(&self) -> bool {
        self.order.paid == 0 && self.unwanted.is_empty()
    }
    pub fn money(&self, minor: impl Borrow<i64>) -> Money {
        Money::new(*minor.borrow(), self.order.currency)
    }
    pub fn charge_words(&self, charge: &Charge) -> &'static str {
        words::reason(charge.reason)
    }
    pub fn charge_why(&self, charge: &Charge) -> Option<&'static str> {
        words::reason_why(charge.reason)
    }
    pub fn picture(&self, line: &OrderLine) -> Option<String> {
        line.image.map(|image| images::address(image, 320))
    }
    pub fn left(&self, line: &OrderLine) -> i64 {
        line.quantity - line.shipped
    }

    /// When something happens by itself, and the clock that counts down to it.
    pub fn due_at(&self) -> Option<Timestamp> {
        self.order.state.due_at()
    }
    /// `12:31`, until something happens by itself.
    pub fn countdown(&self) -> String {
        let left = self.due_at().map_or(0, |due| due.duration_since(self.now).as_secs().max(0));
        match (left / 3600, left / 60 % 60, left % 60) {
            (0, minutes, seconds) => format!("{minutes:02}:{seconds:02}"),
            (hours, minutes, seconds) => format!("{hours}:{minutes:02}:{seconds:02}"),
        }
    }
    /// Whether the deadline is near enough to be counted down.
    pub fn counts_down(&self) -> bool {
        self.due_at().is_some_and(|due| due.duration_since(self.now).as_hours() < 24)
    }

    /// The steps of the whole way, and which of them is now.
    pub fn way(&self) -> Vec<(&'static str, &'static str)> {
        use Step::*;
        let steps: &[(Step, &'static str)] = if self.order.fulfilment.is_pick_up() {
            &[
                (Unpaid, "orders-way-paid"),
                (AwaitingAcceptance, "orders-way-accepted"),
                (Preparing, "orders-way-ready"),
                (ReadyForPickUp, "orders-way-picked-up"),
            ]
        } else {
            &[(Unpaid, "orders-way-paid"), (ToShip, "orders-way-shipped"), (Shipped, "orders-way-received")]
        };
        let here = match self.step() {
            PartShipped => ToShip,
            other => other,
        };
        let at = steps.iter().position(|(step, _)| *step == here).unwrap_or(steps.len());
        let skip = usize::from(self.order.method == super::Method::InStore);
        let mark = |place: usize| match place.cmp(&at) {
            std::cmp::Ordering::Less => "done",
            std::cmp::Ordering::Equal => "now",
            std::cmp::Ordering::Greater => "later",
        };
        let rest = steps.iter().enumerate().skip(skip).map(|(place, (_, key))| (*key, mark(place)));
        std::iter::once(("orders-way-placed", "done")).chain(rest).collect()
    }
    /// Whether the order still goes somewhere.
    pub fn goes_on(&self) -> bool {
        !matches!(self.step(), Step::Completed | Step::Cancelled | Step::Refunded)
    }

    /// The words of a move.
    pub fn move_words(&self, made: &Move) -> &'static str {
        match (made.from_state, made.why.as_str()) {
            (None, _) => "orders-move-placed",
            (_, "late-payment") => "orders-move-late-payment",
            (_, "surplus-returned") => "orders-move-surplus-returned",
            (Some(Step::Unpaid), _) if !matches!(made.to_state, Step::Cancelled) => "orders-move-paid",
            (Some(Step::AwaitingAcceptance), _) if made.to_state == Step::Preparing => "orders-move-accepted",
            _ => words::step(made.to_state),
        }
    }
    /// What is said under a move: a parcel's carrier, a merchant's reason.
    pub fn move_why<'m>(&self, made: &'m Move) -> Option<&'m str> {
        let code = matches!(made.why.as_str(), "" | "late-payment" | "surplus-returned");
        (!code).then_some(made.why.as_str())
    }
    pub fn actor_words(&self, made: &Move) -> &'static str {
        match made.actor {
            super::ActorKind::Buyer if self.for_buyer => "orders-actor-you",
            super::ActorKind::Buyer => "orders-actor-buyer",
            super::ActorKind::Staff => "orders-actor-staff",
            super::ActorKind::Clock => "orders-actor-clock",
            super::ActorKind::Provider => "orders-actor-provider",
        }
    }

    pub fn pick_up(&self) -> Option<PickUp<'_>> {
        match &self.order.fulfilment {
            Fulfilment::PickUp { branch_name, branch_address, starts_at, ends_at, .. } => {
                let (starts_at, ends_at) = (*starts_at, *ends_at);
                Some(PickUp { branch: branch_name, address: branch_address, starts_at, ends_at })
            }
            Fulfilment::Delivery { .. } => None,
        }
    }
    pub fn delivery(&self) -> Option<&crate::addresses::Details> {
        match &self.order.fulfilment {
            Fulfilment::Delivery { address } => Some(address),
            Fulfilment::PickUp { .. } => None,
        }
    }
    /// What a page that frames this one is told.
    pub fn tells(&self) -> &'static str {
        match self.step() {
            Step::Cancelled | Step::Refunded => "",
            _ if self.order.paid > 0 => "order-paid",
            _ => "order-placed",
        }
    }
    pub fn source_words(&self) -> &'static str {
        words::source(self.order.source.kind())
    }
    pub fn pays_in_store(&self) -> bool {
        self.order.method == super::Method::InStore
    }
    pub fn buyer_may_cancel(&self) -> bool {
        self.order.state.cancel(super::Canceller::Buyer).is_ok()
    }
    pub fn merchant_may_cancel(&self) -> bool {
        self.order.state.cancel(super::Canceller::Merchant { sold_out: false }).is_ok()
    }
    pub fn may_ship(&self) -> bool {
        matches!(self.order.state, State::ToShip | State::PartShipped)
    }

    /// The code as people read it aloud: in fours.
    pub fn code(&self) -> Option<String> {
        let ready = self.step() == Step::ReadyForPickUp;
        self.order.pick_up_code.as_deref().filter(|_| ready).map(in_fours)
    }
    /// The code as a picture: an address of the store's till, so that any scanner finds its way.
    pub fn qr(&self, base_url: &str, handle: &str) -> Option<String> {
        let code = self.order.pick_up_code.as_deref().filter(|_| self.step() == Step::ReadyForPickUp)?;
        let text = format!("{base_url}/console/{handle}/pick-up/{code}");
        let qr = QrCode::new(text.as_bytes()).ok()?;
        let picture = qr.render::<svg::Color>().min_dimensions(240, 240).quiet_zone(false).build();
        // The declaration belongs to files, not to a picture within a page.
        Some(picture.split_once("?>").map_or(picture.clone(), |(_, svg)| svg.to_owned()))
    }
}

/// Where and when something is fetched.
pub(super) struct PickUp<'v> {
    pub branch: &'v str,
    pub address: &'v str,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
}

/// `482719360042` as `4827 1936 0042`.
pub(super) fn in_fours(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_shown_in_fours() {
        assert_eq!(in_fours("482719360042"), "4827 1936 0042");
        assert_eq!(in_fours(""), "");
    }
}

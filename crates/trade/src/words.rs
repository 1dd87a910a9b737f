//! Which key says what: rules name things by enums, pages by keys.

use jiff::civil::{Date, Weekday};

use crate::{
    checkout::SourceKind,
    ledger::Kind,
    orders::{CancelReason, Step},
    pricing::Reason,
};

/// A day of the week in a few letters.
pub(crate) fn weekday(day: Date) -> &'static str {
    match day.weekday() {
        Weekday::Monday => "checkout-mon",
        Weekday::Tuesday => "checkout-tue",
        Weekday::Wednesday => "checkout-wed",
        Weekday::Thursday => "checkout-thu",
        Weekday::Friday => "checkout-fri",
        Weekday::Saturday => "checkout-sat",
        Weekday::Sunday => "checkout-sun",
    }
}

/// What a charge is for.
pub(crate) fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Goods => "checkout-goods",
        Reason::Live => "pricing-live",
        Reason::Flash => "pricing-flash",
        Reason::Won => "pricing-won",
        Reason::Freight | Reason::FreightFree | Reason::PickUp => "checkout-freight",
    }
}

/// Why a charge is nothing.
pub(crate) fn reason_why(reason: Reason) -> Option<&'static str> {
    match reason {
        Reason::Goods | Reason::Live | Reason::Flash | Reason::Won | Reason::Freight => None,
        Reason::FreightFree => Some("checkout-freight-free"),
        Reason::PickUp => Some("checkout-freight-pick-up"),
    }
}

/// Where the buyer of an order came from.
pub(crate) fn source(source: SourceKind) -> &'static str {
    match source {
        SourceKind::Store => "orders-source-store",
        SourceKind::Api => "orders-source-api",
        SourceKind::Live => "orders-source-live",
    }
}

/// Where an order is.
pub(crate) fn step(step: Step) -> &'static str {
    match step {
        Step::Unpaid => "orders-step-unpaid",
        Step::AwaitingAcceptance => "orders-step-awaiting-acceptance",
        Step::Preparing => "orders-step-preparing",
        Step::ToShip => "orders-step-to-ship",
        Step::PartShipped => "orders-step-part-shipped",
        Step::Shipped => "orders-step-shipped",
        Step::ReadyForPickUp => "orders-step-ready",
        Step::Completed => "orders-step-completed",
        Step::Cancelled => "orders-step-cancelled",
        Step::Refunded => "orders-step-refunded",
    }
}

/// How urgent that is, as a colour.
pub(crate) fn tone(step: Step) -> &'static str {
    match step {
        Step::Unpaid => "warn",
        Step::AwaitingAcceptance => "bad",
        Step::Preparing | Step::ToShip | Step::PartShipped | Step::Shipped => "info",
        Step::ReadyForPickUp | Step::Completed => "good",
        Step::Cancelled | Step::Refunded => "",
    }
}

/// The same for the buyer, to whom the merchant's waiting work is no alarm.
pub(crate) fn buyer_tone(step: Step) -> &'static str {
    if step == Step::AwaitingAcceptance { "info" } else { tone(step) }
}

/// Why an order came to nothing.
pub(crate) fn cancel_reason(reason: CancelReason) -> &'static str {
    match reason {
        CancelReason::Buyer => "orders-reason-buyer",
        CancelReason::Merchant => "orders-reason-merchant",
        CancelReason::SoldOut => "orders-reason-sold-out",
        CancelReason::Timeout => "orders-reason-timeout",
        CancelReason::NotAccepted => "orders-reason-not-accepted",
        CancelReason::NoShow => "orders-reason-no-show",
    }
}

/// What a line of a statement is.
pub(crate) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Payment => "money-kind-payment",
        Kind::Commission => "money-kind-commission",
        Kind::Refund => "money-kind-refund",
        Kind::CommissionBack => "money-kind-commission-back",
        Kind::Completion => "money-kind-completion",
        Kind::Cash => "money-kind-cash",
    }
}

use proptest::prelude::*;

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_772_503_200 + seconds).unwrap()
}

const NOON: i64 = 0;
const SLOT_ENDS: i64 = 5 * 3600;

fn pick_up() -> Way {
    Way::PickUp { slot_ends: at(SLOT_ENDS) }
}

/// Everything that can be done to an order.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Pay,
    Accept,
    Ready,
    Redeem,
    Ship(bool),
    Confirm,
    Cancel(Canceller),
    Lapse(i64),
    Refund,
}

fn act(state: State, way: Way, deed: Deed, now: Timestamp) -> Result<State, NotAllowed> {
    match deed {
        Deed::Pay => state.pay(way, now),
        Deed::Accept => state.accept(),
        Deed::Ready => state.ready(way, now),
        Deed::Redeem => state.redeem(),
        Deed::Ship(all) => state.ship(all, now),
        Deed::Confirm => state.confirm(),
        Deed::Cancel(by) => state.cancel(by),
        Deed::Lapse(after) => Ok(state.lapse(now + Duration::from_secs(after.unsigned_abs()))),
        Deed::Refund => state.refund(),
    }
}

#[test]
fn a_delivery_goes_from_paid_to_confirmed() {
    let placed = State::placed(Method::Online, Way::Delivery, at(NOON)).unwrap();
    assert_eq!(placed, State::Unpaid { pay_by: at(1800) });
    let paid = placed.pay(Way::Delivery, at(60)).unwrap();
    assert_eq!(paid, State::ToShip);
    let part = paid.ship(false, at(60)).unwrap();
    assert_eq!(part, State::PartShipped);
    let shipped = part.ship(true, at(60)).unwrap();
    assert_eq!(shipped, State::Shipped { confirm_by: at(60) + CONFIRM_WITHIN });
    assert_eq!(shipped.confirm(), Ok(State::Completed));
    assert_eq!(shipped.lapse(at(60) + CONFIRM_WITHIN), State::Completed, "silence confirms");
}

#[test]
fn a_pick_up_is_accepted_made_ready_and_redeemed() {
    let placed = State::placed(Method::InStore, pick_up(), at(NOON)).unwrap();
    assert_eq!(placed, State::AwaitingAcceptance { accept_by: at(SLOT_ENDS) }, "not beyond the slot");
    let ready = placed.accept().unwrap().ready(pick_up(), at(60)).unwrap();
    assert_eq!(ready, State::ReadyForPickUp { collect_by: at(SLOT_ENDS) + KEEP_READY });
    assert_eq!(ready.redeem(), Ok(State::Completed));
    assert_eq!(ready.lapse(at(SLOT_ENDS) + KEEP_READY), State::Cancelled(CancelReason::NoShow));
    assert_eq!(placed.redeem(), Err(NotAllowed(Step::AwaitingAcceptance)), "not before it is ready");
}

#[test]
fn a_parcel_is_not_paid_at_the_counter() {
    assert!(State::placed(Method::InStore, Way::Delivery, at(NOON)).is_err());
}

#[test]
fn a_deadline_that_has_not_come_changes_nothing() {
    let placed = State::placed(Method::Online, pick_up(), at(NOON)).unwrap();
    assert_eq!(placed.lapse(at(1799)), placed);
    assert_eq!(placed.lapse(at(1800)), State::Cancelled(CancelReason::Timeout));
    assert_eq!(placed.lapse(at(1_000_000)), State::Cancelled(CancelReason::Timeout), "also when late");
}

#[test]
fn a_buyer_cannot_cancel_what_is_being_made_or_sent() {
    let cancel = |state: State, by| state.cancel(by).is_ok();
    let merchant = Canceller::Merchant { sold_out: true };
    let sent = State::Shipped { confirm_by: at(1) };
    assert!(cancel(State::ToShip, Canceller::Buyer));
    assert!(!cancel(State::Preparing, Canceller::Buyer) && cancel(State::Preparing, merchant));
    assert!(!cancel(sent, Canceller::Buyer) && !cancel(sent, merchant));
    assert!(!cancel(State::PartShipped, merchant), "goods are on their way");
    assert_eq!(State::ToShip.cancel(merchant), Ok(State::Cancelled(CancelReason::SoldOut)));
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = prop_oneof![
        Just(Deed::Pay),
        Just(Deed::Accept),
        Just(Deed::Ready),
        Just(Deed::Redeem),
        any::<bool>().prop_map(Deed::Ship),
        Just(Deed::Confirm),
        Just(Deed::Cancel(Canceller::Buyer)),
        any::<bool>().prop_map(|sold_out| Deed::Cancel(Canceller::Merchant { sold_out })),
        (0i64..3_000_000).prop_map(Deed::Lapse),
        Just(Deed::Refund),
    ];
    proptest::collection::vec(deed, 0..30)
}

proptest! {
    /// Whatever is tried in whatever order: an end stays an end, goods leave only once and only after the money or
    /// a yes, and every state survives its three columns.
    #[test]
    fn no_order_of_deeds_breaks_a_rule(deeds in deeds(), delivery: bool, in_store: bool) {
        let way = if delivery { Way::Delivery } else { pick_up() };
        let method = if in_store && !delivery { Method::InStore } else { Method::Online };
        let mut state = State::placed(method, way, at(NOON)).unwrap();
        let (mut paid, mut ended) = (false, None);
        for deed in deeds {
            let before = state;
            match act(state, way, deed, at(NOON)) {
                Ok(next) => state = next,
                Err(NotAllowed(step)) => { prop_assert_eq!(step, before.step()); continue; }
            }
            if matches!(deed, Deed::Pay) { prop_assert!(!paid, "paid twice"); paid = true; }
            prop_assert_eq!(State::from_parts(state.step(), state.due_at(), state.reason()), Some(state));
            if state != before && matches!(state.step(), Step::ToShip | Step::Shipped | Step::PartShipped) {
                prop_assert!(paid, "sent unpaid");
            }
            if method == Method::Online && state.step() == Step::Completed { prop_assert!(paid, "given away"); }
            match ended {
                Some(Step::Cancelled) => prop_assert!(matches!(state.step(), Step::Cancelled | Step::Refunded)),
                Some(end) => prop_assert_eq!(state.step(), end),
                None => {}
            }
            if matches!(state.step(), Step::Completed | Step::Cancelled | Step::Refunded) { ended = Some(state.step()); }
        }
    }
}

//! What became of the town's orders: courses that they take, and which orders there are.

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use kernel::SkuId;

use super::{
    chance::Chance,
    opening::Opened,
    people::{BUYERS, SINGAPOREANS},
};

/// Something that happens to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Pay,
    PayInVain,
    Accept,
    Ready,
    HandOver,
    ShipSome,
    ShipRest,
    Confirm,
    BuyerCancels,
    MerchantCancels,
    RunsOut,
    /// Nobody does anything until the order's deadline.
    Lapse,
}

/// The life of an order: so many minutes after it was placed, this happens. What lies ahead of now has not happened.
#[derive(Debug)]
pub(super) struct Course {
    pub(super) delivery: bool,
    pub(super) in_store: bool,
    pub(super) acts: &'static [(i64, Act)],
}

const fn pick_up(acts: &'static [(i64, Act)]) -> Course {
    Course { delivery: false, in_store: false, acts }
}
const fn counter(acts: &'static [(i64, Act)]) -> Course {
    Course { delivery: false, in_store: true, acts }
}
const fn delivery(acts: &'static [(i64, Act)]) -> Course {
    Course { delivery: true, in_store: false, acts }
}

use Act::*;

const DAY: i64 = 24 * 60;

static PICKED_UP: Course = pick_up(&[(2, Pay), (9, Accept), (35, Ready), (70, HandOver)]);
static PICKED_UP_LATER: Course =
    pick_up(&[(1, PayInVain), (4, Pay), (20, Accept), (60, Ready), (130, HandOver)]);
static PAID_AT_COUNTER: Course = counter(&[(6, Accept), (30, Ready), (65, HandOver)]);
static DELIVERED: Course = delivery(&[(3, Pay), (290, ShipRest), (2 * DAY + 200, Confirm)]);
static DELIVERED_IN_PARTS: Course =
    delivery(&[(3, Pay), (310, ShipSome), (DAY + 280, ShipRest), (4 * DAY + 120, Confirm)]);
static UNPAID_PICK_UP: Course = pick_up(&[]);
static UNPAID_DELIVERY: Course = delivery(&[(1, PayInVain)]);
static NEVER_PAID: Course = delivery(&[(2, Lapse)]);
static THOUGHT_BETTER: Course = pick_up(&[(3, BuyerCancels)]);
static AWAITING: Course = pick_up(&[(1, Pay)]);
static AWAITING_AT_COUNTER: Course = counter(&[]);
static NOT_ACCEPTED: Course = pick_up(&[(2, Pay), (3, Lapse)]);
static REFUSED: Course = counter(&[(7, MerchantCancels)]);
static PREPARING: Course = pick_up(&[(2, Pay), (8, Accept)]);
static READY: Course = pick_up(&[(1, Pay), (7, Accept), (40, Ready)]);
static NO_SHOW: Course = counter(&[(12, Accept), (45, Ready), (46, Lapse)]);
static TO_SHIP: Course = delivery(&[(2, Pay)]);
static PART_SHIPPED: Course = delivery(&[(2, Pay), (240, ShipSome)]);
static SHIPPED: Course = delivery(&[(2, Pay), (260, ShipRest)]);
static REFUNDED_TO_BUYER: Course = delivery(&[(2, Pay), (50, BuyerCancels)]);
static RAN_OUT: Course = pick_up(&[(2, Pay), (11, RunsOut)]);

/// An order to be placed.
pub(super) struct Plan {
    pub(super) at: Timestamp,
    /// Place among the buyers.
    pub(super) buyer: usize,
    pub(super) lines: Vec<(SkuId, i64)>,
    /// Place among the branches.
    pub(super) branch: usize,
    /// The slot begins at least so many minutes after the order.
    pub(super) slot_in: i64,
    pub(super) note: &'static str,
    pub(super) course: &'static Course,
}

/// An order of the present: so many minutes ago, by whom, what (a product and its pieces), and how it goes.
struct Recent(i64, usize, &'static [(&'static str, i64)], &'static Course);

/// The first shop has every state twice: for the buyer one can sign in as, and for others.
const LANTERN: &[Recent] = &[
    Recent(4, 0, &[("bubble-tea", 2), ("dango", 3)], &UNPAID_PICK_UP),
    Recent(9, 4, &[("honey", 1)], &UNPAID_DELIVERY),
    Recent(8, 0, &[("dumplings", 2)], &AWAITING),
    Recent(13, 5, &[("noodles", 1), ("shaved-ice", 1)], &AWAITING),
    Recent(17, 3, &[("prawns", 1)], &AWAITING_AT_COUNTER),
    Recent(34, 0, &[("noodles", 2), ("rice-ball", 2)], &PREPARING),
    Recent(41, 6, &[("bubble-tea", 4)], &PREPARING),
    Recent(95, 0, &[("moon-cake", 2)], &READY),
    Recent(120, 7, &[("dumplings", 1), ("bubble-tea", 1)], &READY),
    Recent(75, 2, &[("custard", 2)], &RAN_OUT),
    Recent(150, 8, &[("shaved-ice", 2)], &PICKED_UP),
    Recent(185, 1, &[("rice-ball", 3)], &PAID_AT_COUNTER),
    Recent(240, 9, &[("bubble-tea", 1)], &PICKED_UP),
    Recent(265, 0, &[("dumplings", 1), ("bubble-tea", 1)], &PICKED_UP),
    Recent(200, 0, &[("teapot", 1)], &TO_SHIP),
    Recent(330, 4, &[("honey", 2), ("moon-cake", 1)], &TO_SHIP),
    Recent(390, 3, &[("dango", 2)], &THOUGHT_BETTER),
    Recent(22 * 60, 0, &[("honey", 2), ("teapot", 1)], &PART_SHIPPED),
    Recent(26 * 60, 0, &[("honey", 1)], &SHIPPED),
    Recent(29 * 60, 0, &[("prawns", 1)], &THOUGHT_BETTER),
    Recent(31 * 60, 0, &[("teapot", 1)], &REFUNDED_TO_BUYER),
    Recent(33 * 60, 6, &[("prawns", 6)], &REFUSED),
    Recent(50 * 60, 2, &[("honey", 1)], &NEVER_PAID),
    Recent(54 * 60, 7, &[("dumplings", 8)], &NOT_ACCEPTED),
    Recent(5 * 24 * 60, 8, &[("noodles", 1)], &NO_SHOW),
];

const OLLIE: &[Recent] = &[
    Recent(6, 3, &[("birthday-cake", 1)], &UNPAID_PICK_UP),
    Recent(11, 0, &[("bagel", 2), ("coffee", 1)], &AWAITING),
    Recent(48, 1, &[("sandwich", 2)], &PREPARING),
    Recent(110, 5, &[("baguette", 2), ("cookie", 1)], &READY),
    Recent(170, 8, &[("croissant", 4)], &PICKED_UP),
    Recent(215, 4, &[("coffee", 2), ("doughnut", 2)], &PAID_AT_COUNTER),
    Recent(300, 9, &[("cupcake", 1)], &PICKED_UP_LATER),
    Recent(360, 2, &[("cookie", 2)], &TO_SHIP),
    Recent(28 * 60, 0, &[("apple-pie", 1)], &RAN_OUT),
    Recent(46 * 60, 6, &[("pancakes", 1)], &NEVER_PAID),
];

const FERN: &[Recent] = &[
    Recent(12, 11, &[("tulips", 1)], &UNPAID_DELIVERY),
    Recent(70, 10, &[("cactus", 1), ("candle", 2)], &TO_SHIP),
    Recent(140, 12, &[("bouquet", 1)], &READY),
    Recent(250, 13, &[("sunflower", 2)], &PICKED_UP),
    Recent(23 * 60, 11, &[("teacup", 2), ("basket", 1)], &PART_SHIPPED),
    Recent(30 * 60, 10, &[("mirror", 1)], &SHIPPED),
    Recent(52 * 60, 12, &[("print", 1)], &REFUNDED_TO_BUYER),
];

const STITCH: &[Recent] = &[
    Recent(18, 7, &[("umbrella", 1)], &UNPAID_DELIVERY),
    Recent(60, 0, &[("tee", 2), ("jeans", 1)], &TO_SHIP),
    Recent(160, 5, &[("hat", 1)], &READY),
    Recent(280, 9, &[("scarf", 1)], &PICKED_UP_LATER),
    Recent(25 * 60, 0, &[("backpack", 1)], &SHIPPED),
    Recent(27 * 60, 3, &[("shoe", 1), ("sunglasses", 1)], &PART_SHIPPED),
    Recent(49 * 60, 8, &[("dress", 1)], &NEVER_PAID),
];

fn recent(key: &str) -> &'static [Recent] {
    match key {
        "lantern" => LANTERN,
        "ollie" => OLLIE,
        "fern" => FERN,
        _ => STITCH,
    }
}

/// How many days the town has been selling.
pub(super) const DAYS: i64 = 13;
/// How many days were much like today, and how many minutes back today's orders reach.
const LIKE_TODAY: i64 = 2;
const TODAY: i64 = 400;
/// When people order, in hours of the shop's day; all shops are open then.
const HOURS: (i64, i64) = (12, 17);
const NOTES: [&str; 8] = ["", "", "", "", "Less ice, please", "Please ring twice", "No cutlery", ""];
const NOTES_CHINESE: [&str; 4] = ["", "", "麻烦包装仔细一点", "放门口快递柜即可"];

/// A shop's orders of the last fortnight, drawn in full before the first is placed.
pub(super) fn plans(opened: &Opened, now: Timestamp) -> Vec<Plan> {
    let mut chance = Chance::new(0x0b4e_0000 + opened.shop.keeper as u64);
    let zone = opened.store.zone();
    let today = zone.to_datetime(now).date();
    let mut plans = Vec::new();
    for ago in (1..=DAYS).rev() {
        // The town gets busier, and busier still at weekends.
        let date = today.saturating_sub(jiff::Span::new().days(ago));
        let busy = i64::from(date.weekday().to_monday_zero_offset() > 4) + i64::from(ago < 6);
        for _ in 0..opened.shop.orders_a_day + busy {
            plans.extend(day_plan(opened, &mut chance, &zone, date));
        }
    }
    for recent in recent(opened.shop.key) {
        for ago in 1..=LIKE_TODAY {
            plans.extend(day_like_today(opened, &mut chance, now, recent, ago));
        }
        let Recent(minutes, buyer, wares, course) = recent;
        let lines = drawn(opened, &mut chance, wares);
        let at = now - SignedDuration::from_mins(*minutes);
        // Whoever presses buttons in the demo should not have to hurry: what awaits an answer is for later today.
        let slot_in = if course.acts.len() < 2 { 300 } else { 25 };
        plans.push(Plan { at, buyer: *buyer, lines, branch: 0, slot_in, note: "", course });
    }
    plans
}

/// A SKU of each product, with its pieces.
fn drawn(opened: &Opened, chance: &mut Chance, wares: &[(&str, i64)]) -> Vec<(SkuId, i64)> {
    let pick = |(slug, pieces): &(&str, i64)| Some((*chance.pick(&opened.skus(slug))?, *pieces));
    wares.iter().filter_map(pick).collect()
}

/// At about the time of an order of today somebody ordered the day before too, mostly: the console compares today with
/// yesterday by the same time.
fn day_like_today(
    opened: &Opened,
    chance: &mut Chance,
    now: Timestamp,
    recent: &Recent,
    ago: i64,
) -> Option<Plan> {
    let (Recent(minutes, _, wares, course), skipped) = (recent, chance.between(0, 10) < 2);
    let lines = drawn(opened, chance, wares);
    let (buyer, later) = (buyer(opened, chance), chance.between(0, 20));
    let course = match (course.delivery, chance.between(0, 2)) {
        (true, _) => &DELIVERED,
        (false, 0) => &PICKED_UP,
        (false, _) => &PAID_AT_COUNTER,
    };
    let at = now - SignedDuration::from_mins(minutes + later + ago * DAY);
    let plan = Plan { at, buyer, lines, branch: 0, slot_in: 25, note: "", course };
    (*minutes < TODAY && !skipped).then_some(plan)
}

/// One of those who live near the shop.
fn buyer(opened: &Opened, chance: &mut Chance) -> usize {
    let near = if opened.store.region == "CN" { SINGAPOREANS..BUYERS.len() } else { 0..SINGAPOREANS };
    chance.between(near.start as i64, near.end as i64) as usize
}

/// One order of a day that has passed; nothing where clocks skip its time.
fn day_plan(opened: &Opened, chance: &mut Chance, zone: &TimeZone, date: Date) -> Option<Plan> {
    let in_shanghai = opened.store.region == "CN";
    let (hour, minute) = (chance.between(HOURS.0, HOURS.1), chance.between(0, 60));
    let buyer = buyer(opened, chance);
    let skus = opened.skus("");
    let mut lines: Vec<(SkuId, i64)> = Vec::new();
    for _ in 0..chance.between(1, 4) {
        let (sku, pieces) = (*chance.pick(&skus)?, chance.between(1, 3));
        if lines.iter().all(|(other, _)| *other != sku) {
            lines.push((sku, pieces));
        }
    }
    let picked_up = chance.between(0, 10) < opened.shop.picked_up_of_ten;
    let course = match (picked_up, chance.between(0, 12)) {
        (true, 0) => &THOUGHT_BETTER,
        (true, 1..=4) => &PAID_AT_COUNTER,
        (true, 5 | 6) => &PICKED_UP_LATER,
        (true, _) => &PICKED_UP,
        (false, 0) => &NEVER_PAID,
        (false, 1 | 2) if lines.len() > 1 => &DELIVERED_IN_PARTS,
        (false, _) => &DELIVERED,
    };
    let branch = chance.between(0, opened.branches.len() as i64) as usize;
    let notes: &[&str] = if in_shanghai { &NOTES_CHINESE } else { &NOTES };
    let note = chance.pick(notes)?;
    let at = zone.to_ambiguous_timestamp(date.at(hour as i8, minute as i8, 0, 0)).compatible().ok()?;
    Some(Plan { at, buyer, lines, branch, slot_in: 25, note, course })
}

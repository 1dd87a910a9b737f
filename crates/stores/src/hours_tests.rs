use proptest::prelude::*;

use super::*;

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn daily(text: &str) -> Hours {
    Hours { week: std::array::from_fn(|_| spans(text).unwrap()), special: Vec::new() }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn lunch_breaks_and_closing_times_are_told() {
    let hours = daily("09:00-12:00, 14:00-22:00");
    let zone = zone("Asia/Singapore");
    assert_eq!(
        hours.at(at("2026-03-03T02:00:00Z"), &zone),
        Now::Open { until: Some(at("2026-03-03T04:00:00Z")) }
    );
    assert_eq!(
        hours.at(at("2026-03-03T04:00:00Z"), &zone),
        Now::Closed { until: Some(at("2026-03-03T06:00:00Z")) }
    );
    assert_eq!(
        hours.at(at("2026-03-03T14:00:00Z"), &zone),
        Now::Closed { until: Some(at("2026-03-04T01:00:00Z")) }
    );
    assert_eq!(Hours::default().at(at("2026-03-03T02:00:00Z"), &zone), Now::Untold);
}

#[test]
fn a_bar_closes_after_midnight() {
    let hours = daily("18:00-02:00");
    let zone = zone("Asia/Singapore");
    // One in the morning belongs to yesterday evening.
    assert_eq!(
        hours.at(at("2026-03-02T17:00:00Z"), &zone),
        Now::Open { until: Some(at("2026-03-02T18:00:00Z")) }
    );
    assert_eq!(
        hours.at(at("2026-03-02T18:00:00Z"), &zone),
        Now::Closed { until: Some(at("2026-03-03T10:00:00Z")) }
    );
    assert_eq!(hours.day_text(0), "18:00-02:00");
}

#[test]
fn a_shop_that_never_closes_says_no_time() {
    let zone = zone("Asia/Shanghai");
    assert_eq!(daily("0:00-24:00").at(at("2026-03-03T02:00:00Z"), &zone), Now::Open { until: None });
    assert_eq!(daily("06:00-06:00").at(at("2026-03-03T02:00:00Z"), &zone), Now::Open { until: None });
}

#[test]
fn special_days_hold_over_the_week() {
    let week = std::array::from_fn(|_| "10:00-20:00".to_owned());
    let hours = Hours::parse(&week, "2026-03-03 closed\n2026-03-04 12:00-14:00\n").unwrap();
    let zone = zone("Asia/Singapore");
    assert_eq!(
        hours.at(at("2026-03-03T03:00:00Z"), &zone),
        Now::Closed { until: Some(at("2026-03-04T04:00:00Z")) }
    );
    assert_eq!(hours.special_text(), "2026-03-03 closed\n2026-03-04 12:00-14:00");
    let closed_for_good = Hours { week: Default::default(), special: hours.special };
    assert_eq!(closed_for_good.at(at("2026-03-10T00:00:00Z"), &zone), Now::Closed { until: None });
}

#[test]
fn clocks_that_change_move_the_hours_with_them() {
    let berlin = zone("Europe/Berlin");
    let hours = daily("01:00-05:00");
    // 2026-03-29: 02:00 becomes 03:00, the shop is open for three hours; 2026-10-25: for five.
    let length = |date: &str| {
        let open = hours.open_on(date.parse().unwrap(), &berlin);
        (open[0].1.as_second() - open[0].0.as_second()) / 3600
    };
    assert_eq!((length("2026-03-28"), length("2026-03-29"), length("2026-10-25")), (4, 3, 5));
    // A span within the skipped hour keeps its length and comes after the gap.
    let skipped = daily("02:10-02:40").open_on("2026-03-29".parse().unwrap(), &berlin);
    assert_eq!(skipped, [(at("2026-03-29T01:10:00Z"), at("2026-03-29T01:40:00Z"))]);
}

#[test]
fn what_is_not_hours_is_refused() {
    for wrong in [
        "9-12",
        "09:00",
        "25:00-26:00",
        "09:60-10:00",
        "24:00-25:00",
        "a:b-c:d",
        "09:00-12:00-13:00",
        "٠٩:٠٠-١٠:٠٠",
    ] {
        assert_eq!(spans(wrong), Err(Problem::Rule("stores-hours-form")), "{wrong}");
    }
    assert_eq!(spans("09:00-12:00, 11:00-13:00"), Err(Problem::Rule("stores-hours-overlap")));
    assert_eq!(spans("1:00-2:00,3:00-4:00,5:00-6:00,7:00-8:00,9:00-10:00"), Err(Problem::TooMany(4)));
    assert_eq!(
        spans("9:00–12:00，14：00至18:00").map(|s| spans_text(&s)).as_deref(),
        Ok("09:00-12:00, 14:00-18:00")
    );
    assert_eq!(special_days("tomorrow"), Err(Problem::Rule("stores-special-days-form")));
    assert_eq!(special_days("2026-01-01\n2026-01-01"), Err(Problem::Rule("stores-special-days-twice")));
    let wild =
        Hours { week: std::array::from_fn(|_| vec![Span { opens: 65_535, closes: 0 }]), special: vec![] };
    assert_eq!(wild.check().unwrap_err().0.len(), 7);
}

fn any_spans() -> impl Strategy<Value = Vec<Span>> {
    proptest::collection::btree_set(0u16..1440, 0..8).prop_map(|ends| {
        let ends: Vec<u16> = ends.into_iter().collect();
        ends.chunks_exact(2).map(|pair| Span { opens: pair[0], closes: pair[1] }).collect()
    })
}

proptest! {
    #[test]
    fn typed_hours_survive_their_text(day in any_spans()) {
        prop_assert_eq!(spans(&spans_text(&day)), Ok(day));
    }

    /// Whatever the hours and the zone: open means within a span, and what is promised for `until` comes true.
    #[test]
    fn the_promise_of_the_door_is_kept(
        week in proptest::array::uniform7(any_spans()),
        seconds in 1_750_000_000i64..1_800_000_000,
        which in 0usize..5,
    ) {
        let zone = zone(["Asia/Singapore", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu"][which]);
        let hours = Hours { week, special: Vec::new() };
        let moment = Timestamp::from_second(seconds).unwrap();
        let second = jiff::SignedDuration::from_secs(1);
        match hours.at(moment, &zone) {
            Now::Untold => prop_assert!(hours.is_untold()),
            Now::Open { until: None } => prop_assert!(false, "these spans end at midnight at the latest"),
            Now::Open { until: Some(until) } => {
                prop_assert!(until > moment);
                let just_before = matches!(hours.at(until - second, &zone), Now::Open { .. });
                prop_assert!(just_before);
                let after = matches!(hours.at(until, &zone), Now::Closed { .. });
                prop_assert!(after);
            }
            Now::Closed { until } => {
                prop_assert!(until.is_some(), "a week that opens at all opens within two");
                let until = until.unwrap();
                prop_assert!(until > moment);
                let just_before = matches!(hours.at(until - second, &zone), Now::Closed { .. });
                prop_assert!(just_before);
                let after = matches!(hours.at(until, &zone), Now::Open { .. });
                prop_assert!(after);
            }
        }
    }

    #[test]
    fn no_text_breaks_the_reader(text in "\\PC{0,40}") {
        let _ = spans(&text);
        let _ = special_days(&text);
    }
}

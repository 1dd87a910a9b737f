//! Opening hours: spans of each weekday, days that differ, and what follows from them at a moment. Pure rules;
//! the time zone is passed in, so that summer time is the zone's business and not ours.

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
    tz::TimeZone,
};
use kernel::{Invalid, Problem, Timestamp};
use serde::{Deserialize, Serialize};

/// Minutes of a day.
const DAY: u16 = 24 * 60;
pub const SPANS_PER_DAY: usize = 4;
pub const SPECIAL_DAYS_MAX: usize = 60;
/// How far ahead the next opening is looked for.
const LOOK_AHEAD_DAYS: i64 = 14;

/// A time of being open, in minutes after midnight. `closes` may reach into the next day, up to 24 hours in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub opens: u16,
    pub closes: u16,
}

/// A date on which the week's hours do not hold; without spans the store is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecialDay {
    pub date: Date,
    pub spans: Vec<Span>,
}

/// Weekly hours, Monday first, and the days that differ.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    pub week: [Vec<Span>; 7],
    #[serde(default)]
    pub special: Vec<SpecialDay>,
}

/// What hours say about a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Now {
    /// The merchant has not told any hours.
    Untold,
    /// Open; `until` is when it closes, `None` if it does not within two weeks.
    Open { until: Option<Timestamp> },
    /// Closed; `until` is when it opens, `None` if it does not within two weeks.
    Closed { until: Option<Timestamp> },
}

impl Hours {
    /// Whether no hours were told at all.
    pub fn is_untold(&self) -> bool {
        self.special.is_empty() && self.week.iter().all(Vec::is_empty)
    }

    /// The spans of a date, by the special day if it is one.
    pub fn of_date(&self, date: Date) -> &[Span] {
        match self.special.iter().find(|special| special.date == date) {
            Some(special) => &special.spans,
            None => &self.week[date.weekday().to_monday_zero_offset() as usize],
        }
    }

    /// When it is open from this date's spans, as moments. Where the clocks go forward a span can vanish, and then
    /// it is not there.
    pub fn open_on(&self, date: Date, zone: &TimeZone) -> Vec<(Timestamp, Timestamp)> {
        let mut open: Vec<_> = self
            .of_date(date)
            .iter()
            .filter_map(|span| {
                let opens = moment(date, span.opens, zone)?;
                let closes = moment(date, span.closes, zone)?;
                (opens < closes).then_some((opens, closes))
            })
            .collect();
        open.sort();
        open
    }

    /// What holds at `at`.
    pub fn at(&self, at: Timestamp, zone: &TimeZone) -> Now {
        if self.is_untold() {
            return Now::Untold;
        }
        let today = zone.to_datetime(at).date();
        // Yesterday's last span may reach into today.
        let mut spans = Vec::new();
        for ahead in -1..=LOOK_AHEAD_DAYS {
            if let Ok(date) = today.checked_add(ahead.days()) {
                spans.extend(self.open_on(date, zone));
            }
        }
        let Some(current) = spans.iter().position(|(opens, closes)| *opens <= at && at < *closes) else {
            return Now::Closed {
                until: spans.iter().map(|(opens, _)| *opens).filter(|opens| *opens > at).min(),
            };
        };
        // Spans that touch are one for the person at the door.
        let mut until = spans[current].1;
        while let Some((_, later)) = spans.iter().find(|(opens, closes)| *opens <= until && until < *closes) {
            until = *later;
        }
        let horizon = moment(today.saturating_add(LOOK_AHEAD_DAYS.days()), 0, zone);
        Now::Open { until: Some(until).filter(|until| horizon.is_none_or(|horizon| *until < horizon)) }
    }

    /// Reads the week as people type it, a line for each day such as `09:00-12:00, 14:00-22:00`, and special days, a
    /// line for each such as `2026-12-25 closed`. Errors are told under `hours.0` … `hours.6` and `special_days`.
    pub fn parse(week: &[String; 7], special: &str) -> Result<Hours, Invalid> {
        let mut invalid = Invalid::new();
        let mut hours = Hours::default();
        for (day, text) in week.iter().enumerate() {
            hours.week[day] = invalid.take(format!("hours.{day}"), spans(text));
        }
        hours.special = invalid.take("special_days", special_days(special));
        invalid.done()?;
        Ok(hours)
    }

    /// Checks hours that came as a document.
    pub fn check(&self) -> Result<(), Invalid> {
        let mut invalid = Invalid::new();
        for (day, spans) in self.week.iter().enumerate() {
            invalid.take(format!("hours.{day}"), check_spans(spans));
        }
        if self.special.len() > SPECIAL_DAYS_MAX {
            invalid.add("special_days", Problem::TooMany(SPECIAL_DAYS_MAX as i64));
        }
        for (place, special) in self.special.iter().enumerate() {
            let twice = self.special[..place].iter().any(|earlier| earlier.date == special.date);
            let checked = if twice { Err(Problem::Taken) } else { check_spans(&special.spans) };
            invalid.take(format!("special_days.{place}"), checked);
        }
        invalid.done()
    }

    /// A weekday's spans, as typed.
    pub fn day_text(&self, day: usize) -> String {
        self.week.get(day).map(|spans| spans_text(spans)).unwrap_or_default()
    }

    /// The special days, as typed.
    pub fn special_text(&self) -> String {
        let line = |special: &SpecialDay| match special.spans.as_slice() {
            [] => format!("{} closed", special.date),
            spans => format!("{} {}", special.date, spans_text(spans)),
        };
        self.special.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

/// The weekdays in our order.
pub const WEEK: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// `minutes` after midnight of `date` on the clock of `zone`.
fn moment(date: Date, minutes: u16, zone: &TimeZone) -> Option<Timestamp> {
    let date = date.checked_add(i64::from(minutes / DAY).days()).ok()?;
    let of_day = minutes % DAY;
    let at = date.at((of_day / 60) as i8, (of_day % 60) as i8, 0, 0);
    // A time that the clocks skip is read as the same distance after the gap; one that comes twice, the first.
    zone.to_ambiguous_timestamp(at).compatible().ok()
}

fn check_spans(spans: &[Span]) -> Result<(), Problem> {
    if spans.len() > SPANS_PER_DAY {
        return Err(Problem::TooMany(SPANS_PER_DAY as i64));
    }
    let mut last = 0;
    for span in spans {
        if span.opens >= DAY || span.closes <= span.opens || span.closes - span.opens > DAY {
            return Err(Problem::Rule("stores-hours-form"));
        }
        if span.opens < last {
            return Err(Problem::Rule("stores-hours-overlap"));
        }
        last = span.closes;
    }
    Ok(())
}

/// Reads `09:00-12:00, 14:00-22:00`; empty is closed. `22:00-02:00` ends on the next day.
pub fn spans(text: &str) -> Result<Vec<Span>, Problem> {
    let form = Problem::Rule("stores-hours-form");
    let mut spans = Vec::new();
    // People type what their keyboard has: commas, dashes and colons of either width.
    let text =
        text.replace(['，', '、', ';'], ",").replace(['–', '—', '~', '－', '至'], "-").replace('：', ":");
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (opens, closes) = part.split_once('-').ok_or(form.clone())?;
        let opens = clock(opens).filter(|opens| *opens < DAY).ok_or(form.clone())?;
        let mut closes = clock(closes).ok_or(form.clone())?;
        if closes <= opens {
            closes += DAY;
        }
        spans.push(Span { opens, closes });
    }
    spans.sort_by_key(|span| span.opens);
    check_spans(&spans)?;
    Ok(spans)
}

/// `9:05` or `24:00`, in minutes.
fn clock(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let number = |text: &str, most: usize| {
        let digits = !text.is_empty() && text.len() <= most && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse::<u16>().ok()).flatten()
    };
    let (hours, minutes) = (number(hours, 2)?, number(minutes, 2).filter(|_| minutes.len() == 2)?);
    (minutes < 60 && hours * 60 + minutes <= DAY).then_some(hours * 60 + minutes)
}

fn special_days(text: &str) -> Result<Vec<SpecialDay>, Problem> {
    let form = Problem::Rule("stores-special-days-form");
    let mut days: Vec<SpecialDay> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (date, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let date = date.parse::<Date>().map_err(|_| form.clone())?;
        let spans = match rest.trim() {
            "" | "closed" | "休息" => Vec::new(),
            text => spans(text)?,
        };
        if days.iter().any(|day| day.date == date) {
            return Err(Problem::Rule("stores-special-days-twice"));
        }
        days.push(SpecialDay { date, spans });
    }
    if days.len() > SPECIAL_DAYS_MAX {
        return Err(Problem::TooMany(SPECIAL_DAYS_MAX as i64));
    }
    days.sort_by_key(|day| day.date);
    Ok(days)
}

/// Spans as people read and type them.
pub fn spans_text(spans: &[Span]) -> String {
    let clock = |minutes: u16| match minutes {
        DAY => "24:00".to_owned(),
        _ => format!("{:02}:{:02}", minutes % DAY / 60, minutes % 60),
    };
    let text = |span: &Span| format!("{}-{}", clock(span.opens), clock(span.closes));
    spans.iter().map(text).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
#[path = "hours_tests.rs"]
mod tests;

//! Asking the source for what is missing: one question at a time, and not again at once after a failure.

use super::{Act, Kept, Room};
use crate::hub::{
    Event, Position, Snapshot,
    event::envelope,
    frames,
    time::{Moment, millis},
};

/// Events that are asked for at once. A room that misses more is renewed by a snapshot.
pub const EVENTS_AT_ONCE: usize = 100;
/// A missing event may be on its way for so long before the source is asked.
const PATIENCE: Moment = 40;
/// An answer that takes longer is given up.
const ANSWER_WITHIN: Moment = 10_000;
/// After a failure, twice as long after each further one.
const PAUSE: Moment = 250;
const LONGEST_PAUSE: Moment = 4_000;
/// After so many looks at which the source did not have an event that is known to be missing, a snapshot is asked for.
const VAIN_LOOKS: u32 = 3;

/// What was asked and how it went.
#[derive(Debug, Default)]
pub(super) struct Errand {
    number: u64,
    /// When the present question was asked.
    asked: Option<Moment>,
    failures: u32,
    not_before: Moment,
    /// Since when an event is missing.
    behind_since: Option<Moment>,
    /// How often the source has said which events there are.
    looks: u64,
    vain_looks: u32,
    look_not_before: Moment,
}

impl Errand {
    pub(super) fn looks(&self) -> u64 {
        self.looks
    }

    fn may_ask(&self, now: Moment) -> bool {
        now >= self.not_before && self.asked.is_none_or(|asked| now >= asked + ANSWER_WITHIN)
    }

    fn ask(&mut self, now: Moment) -> u64 {
        self.number += 1;
        self.asked = Some(now);
        self.number
    }

    /// Whether this question may still be answered.
    pub(super) fn waits_for(&self, errand: u64, now: Moment) -> bool {
        errand == self.number && self.asked.is_some_and(|asked| now < asked + ANSWER_WITHIN)
    }

    /// An answer is here. One that was given up is welcome too, but ends no other question.
    fn answered(&mut self, errand: u64) {
        if errand == self.number {
            self.asked = None;
        }
    }

    fn failed(&mut self, now: Moment) {
        self.not_before = now + pause(self.failures);
        self.failures += 1;
    }
}

fn pause(before: u32) -> Moment {
    (PAUSE << before.min(8)).min(LONGEST_PAUSE)
}

impl<S: Clone + PartialEq> Room<S> {
    pub(super) fn ask_for_what_is_missing(&mut self, now: Moment) {
        let behind = self.story.is_behind();
        let since = self.errand.behind_since.take().unwrap_or(now);
        self.errand.behind_since = behind.then_some(since);
        let is_of_use = !self.is_empty() || self.ending.is_some();
        if !is_of_use || !self.errand.may_ask(now) {
            return;
        }
        if let Some(after) = self.earliest_missed() {
            let errand = self.errand.ask(now);
            self.joiners.iter_mut().for_each(|joiner| joiner.asks_by(errand));
            self.acts.push(Act::FetchEvents { errand, after });
            return;
        }
        if self.renew || self.joiners.iter().any(|joiner| joiner.needs_snapshot) {
            let age = millis(self.limits.snapshot_age);
            if self.snapshot.as_ref().is_some_and(|kept| now < kept.taken + age) {
                return;
            }
            let errand = self.errand.ask(now);
            self.acts.push(Act::FetchSnapshot { errand });
            return;
        }
        let Some(after) = self.story.last() else { return };
        let is_due = if behind {
            now >= since + PATIENCE && now >= self.errand.look_not_before
        } else {
            now >= self.heard + millis(self.limits.look_after)
        };
        if is_due {
            let errand = self.errand.ask(now);
            self.acts.push(Act::FetchEvents { errand, after });
        }
    }

    /// Where the one stands who has been away longest, of those who are to be told what they missed.
    fn earliest_missed(&self) -> Option<Position> {
        self.joiners.iter().filter_map(|joiner| joiner.misses_after()).min()
    }

    /// The source's answer: the room as it is, or that it may not be watched; an error is `None`.
    pub fn snapshot_came(&mut self, now: Moment, errand: u64, answer: Option<Option<Snapshot>>) {
        self.errand.answered(errand);
        match answer {
            Some(Some(snapshot)) => self.take_snapshot(now, snapshot),
            Some(None) => {
                self.renew = false;
                self.snapshot = None;
                self.close();
            }
            None => self.errand.failed(now),
        }
        self.settle(now);
    }

    fn take_snapshot(&mut self, now: Moment, Snapshot { at, d }: Snapshot) {
        let last = self.story.last();
        if last.is_some_and(|last| at.epoch < last.epoch) {
            // Read before the story started over.
            self.errand.failed(now);
            return;
        }
        self.errand.failures = 0;
        let frame = frames::text(&envelope(self.id, Some(at), "snapshot", &d));
        self.snapshot = Some(Kept { at, frame: frame.clone(), taken: now });
        let renew = std::mem::take(&mut self.renew);
        match last {
            None => self.story.begin_at(at),
            Some(last) if at.epoch > last.epoch || renew && at > last => {
                self.story.begin_at(at);
                self.acts.push(Act::Tell { frame, in_passing: false });
            }
            Some(last) if at > last => self.story.hint(at),
            // Who hinted at more was mistaken.
            Some(_) => self.story.forget_hint(),
        }
        self.heard = now;
        self.errand.vain_looks = 0;
    }

    /// The source's answer: the events after the one that was told last, or after what a joiner knows, or that the
    /// story has started over; an error is `None`.
    pub fn events_came(&mut self, now: Moment, errand: u64, answer: Option<Option<Vec<Event>>>) {
        self.errand.answered(errand);
        match answer {
            Some(Some(events)) => self.take_events(now, events),
            Some(None) => self.renew = true,
            None => self.errand.failed(now),
        }
        self.settle(now);
    }

    fn take_events(&mut self, now: Moment, events: Vec<Event>) {
        let before = self.story.last();
        let is_full = events.len() >= EVENTS_AT_ONCE;
        let (earlier, later): (Vec<_>, Vec<_>) =
            events.into_iter().partition(|event| before.is_some_and(|last| event.at <= last));
        let is_of_joiners = !earlier.is_empty();
        let earlier = earlier.into_iter().map(|event| self.remembered(event, now)).collect();
        self.story.recall(earlier, self.limits.ring_events);
        for event in later {
            self.story.take(event);
        }
        while let Some(event) = self.story.next() {
            self.deliver(now, event);
        }
        self.errand.failures = 0;
        if is_full && is_of_joiners {
            // What they missed filled the answer, which says nothing of what comes after it.
            return;
        }
        self.heard = now;
        self.errand.looks += 1;
        if is_full {
            self.renew = true;
            return;
        }
        if self.story.last() == before && self.story.is_behind() {
            // The source does not have it yet, or it never was.
            self.errand.look_not_before = now + pause(self.errand.vain_looks);
            self.errand.vain_looks += 1;
            self.renew |= self.story.is_holding() && self.errand.vain_looks.is_multiple_of(VAIN_LOOKS);
        } else {
            self.errand.vain_looks = 0;
        }
        if !self.story.is_holding() {
            self.story.forget_hint();
        }
    }
}

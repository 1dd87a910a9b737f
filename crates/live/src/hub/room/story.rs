//! The order of a room's events: what was told, what waits for an earlier one, what is known to be missing.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use uuid::Uuid;

use crate::hub::{Event, Position, time::Moment};

/// Events that wait for an earlier one. When there are more, the latest are let go and fetched again.
const HELD: usize = 512;

/// An event that was told, kept for those who come back.
#[derive(Debug)]
pub struct Told {
    pub at: Position,
    /// Its frame, unless it is for nobody's eyes.
    pub frame: Option<Bytes>,
    pub by: Option<Uuid>,
    /// Left out in a crowd: only who caused it has seen it.
    pub sampled_out: bool,
    pub told: Moment,
}

impl Told {
    /// The frame, if this person was shown it.
    pub fn frame_for(&self, person: Uuid) -> Option<&Bytes> {
        self.frame.as_ref().filter(|_| !self.sampled_out || self.by == Some(person))
    }
}

/// Ends each event with the same position it has in the database, and never shows a later one before an earlier one.
#[derive(Debug, Default)]
pub struct Story {
    /// What was told last; nothing is known before the first snapshot.
    last: Option<Position>,
    ring: VecDeque<Told>,
    /// The position after which the ring has everything.
    floor: i64,
    held: BTreeMap<Position, Event>,
    /// Someone knows of this position, so it must exist.
    hint: Option<Position>,
}

impl Story {
    pub fn last(&self) -> Option<Position> {
        self.last
    }

    /// Goes on from here, whatever was before.
    pub fn begin_at(&mut self, at: Position) {
        self.last = Some(at);
        self.ring.clear();
        self.floor = at.seq;
        self.held.retain(|held, _| *held > at);
    }

    /// Takes an event in, unless it was told already.
    pub fn take(&mut self, event: Event) {
        if self.last.is_some_and(|last| event.at <= last) {
            return;
        }
        self.held.insert(event.at, event);
        if self.held.len() > HELD
            && let Some((at, _)) = self.held.pop_last()
        {
            self.hint(at);
        }
    }

    /// The next event, once nothing is missing before it.
    pub fn next(&mut self) -> Option<Event> {
        let last = self.last?;
        self.held.remove(&Position::new(last.epoch, last.seq.checked_add(1)?))
    }

    /// Notes that the event from [`Story::next`] was told.
    pub fn told(&mut self, told: Told, at_most: usize) {
        self.last = Some(told.at);
        self.ring.push_back(told);
        while self.ring.len() > at_most {
            self.forget_first();
        }
    }

    /// Forgets what was told before a time.
    pub fn forget_before(&mut self, time: Moment) {
        while self.ring.front().is_some_and(|first| first.told < time) {
            self.forget_first();
        }
    }

    fn forget_first(&mut self) {
        if let Some(first) = self.ring.pop_front() {
            self.floor = first.at.seq;
        }
    }

    /// What was told after a position; `None` when that is not known any more, or not yet.
    pub fn told_after(&self, at: Position) -> Option<impl Iterator<Item = &Told>> {
        let last = self.last?;
        let is_kept = at.epoch == last.epoch && (self.floor..=last.seq).contains(&at.seq);
        is_kept.then(|| self.ring.iter().skip_while(move |told| told.at <= at))
    }

    /// Whether what is kept begins at most so many events after a position of its own story.
    pub fn begins_soon_after(&self, at: Position, at_most: usize) -> bool {
        let missing = self.floor.saturating_sub(at.seq);
        self.last.is_some_and(|last| last.epoch == at.epoch) && missing > 0 && missing <= at_most as i64
    }

    /// Takes in what was told before that which is kept, if nothing is missing between. Beyond so many nothing more is
    /// taken: whoever was away longer gets a snapshot.
    pub fn recall(&mut self, earlier: Vec<Told>, at_most: usize) {
        let Some(last) = self.last.filter(|_| self.ring.len() <= at_most) else { return };
        let before = |told: &Told| told.at.epoch == last.epoch && told.at.seq <= self.floor;
        let earlier: Vec<_> = earlier.into_iter().filter(before).collect();
        let Some(first) = earlier.first().map(|told| told.at.seq) else { return };
        if (first..=self.floor).eq(earlier.iter().map(|told| told.at.seq)) {
            self.floor = first.saturating_sub(1);
            earlier.into_iter().rev().for_each(|told| self.ring.push_front(told));
        }
    }

    /// Someone knows of a position.
    pub fn hint(&mut self, at: Position) {
        self.hint = self.hint.max(Some(at));
    }

    /// The source knows of no such position as was hinted at.
    pub fn forget_hint(&mut self) {
        self.hint = None;
    }

    /// Whether something is missing.
    pub fn is_behind(&self) -> bool {
        self.last.is_some() && (!self.held.is_empty() || self.hint > self.last)
    }

    /// Whether an event is here that waits for another.
    pub fn is_holding(&self) -> bool {
        !self.held.is_empty()
    }

    /// Whether the story has started over: what is held cannot be reached from here.
    pub fn has_started_over(&self) -> bool {
        let known = self.held.last_key_value().map(|(at, _)| *at).max(self.hint);
        known.zip(self.last).is_some_and(|(known, last)| known.epoch > last.epoch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(seq: i64) -> Told {
        Told { at: Position::new(1, seq), frame: None, by: None, sampled_out: false, told: 0 }
    }

    #[test]
    fn what_is_recalled_for_those_who_come_back_has_a_limit_too() {
        const AT_MOST: usize = 10;
        let mut story = Story::default();
        story.begin_at(Position::new(1, 1_000));
        for seq in 1_001..=1_010 {
            story.told(told(seq), AT_MOST);
        }
        for first in (1..1_000).rev().step_by(5) {
            story.recall((first..=story.floor).map(told).collect(), AT_MOST);
            assert!(story.ring.len() <= AT_MOST + 5, "{} are kept", story.ring.len());
        }
        assert!(
            story.told_after(Position::new(1, 998)).is_some(),
            "who was away for a moment is told what they missed"
        );
        story.told(told(1_011), AT_MOST);
        assert_eq!(story.ring.len(), AT_MOST);
    }
}

//! Joining: a viewer gets what it missed or a snapshot, and from then on everything.

use bytes::Bytes;
use uuid::Uuid;

use super::{Act, Asking, EVENTS_AT_ONCE, Room};
use crate::hub::{
    Position, close,
    event::envelope,
    frames,
    time::{Moment, millis},
};
use serde_json::value::RawValue;

/// Someone who waits to join.
#[derive(Debug)]
pub(super) struct Joiner<S> {
    pub(super) asking: Asking<S>,
    /// A snapshot must be fetched for it.
    pub(super) needs_snapshot: bool,
    /// What it missed is to be fetched.
    needs_missed: bool,
    /// The question by which that is fetched.
    errand: Option<u64>,
    /// It came from a node that knew more; so many looks at the source had been done when it said so.
    looks: Option<u64>,
    /// It is being closed, and stays here until it is gone.
    is_refused: bool,
}

impl<S> Joiner<S> {
    pub(super) fn refuse(&mut self) {
        self.is_refused = true;
        self.needs_snapshot = false;
        self.needs_missed = false;
    }

    /// After what the events are missing that are to be fetched for it.
    pub(super) fn misses_after(&self) -> Option<Position> {
        self.asking.since.filter(|_| self.needs_missed)
    }

    /// This question fetches what it missed, if it waits for that.
    pub(super) fn asks_by(&mut self, errand: u64) {
        if std::mem::take(&mut self.needs_missed) {
            self.errand = Some(errand);
        }
    }
}

impl<S: Clone + PartialEq> Room<S> {
    /// Someone wants to join.
    pub fn join(&mut self, now: Moment, asking: Asking<S>) {
        let refused = if self.crowd.is_dismissed(asking.person, asking.asked) {
            Some(close::NOT_ALLOWED)
        } else {
            self.over.then_some(close::OVER)
        };
        if let Some(code) = refused {
            self.acts.push(Act::Close { socket: asking.socket.clone(), code });
        }
        if self.is_empty() {
            // Nobody has looked for events while nobody was here.
            self.heard = 0;
        }
        let is_refused = refused.is_some();
        self.joiners.push(Joiner {
            asking,
            needs_snapshot: false,
            needs_missed: false,
            errand: None,
            looks: None,
            is_refused,
        });
        self.settle(now);
    }

    /// A socket is gone that wanted to join, or had.
    pub fn leave(&mut self, now: Moment, socket: &S, person: Uuid) {
        let waiting = self.joiners.len();
        self.joiners.retain(|joiner| joiner.asking.socket != *socket);
        if self.joiners.len() == waiting {
            self.crowd.leave(person);
        }
        if self.is_empty() {
            self.empty_since = now;
        }
    }

    /// Gives those who wait what is there for them.
    pub(super) fn seat(&mut self, now: Moment) {
        for mut joiner in std::mem::take(&mut self.joiners) {
            let frames = if joiner.is_refused { None } else { self.frames_for(now, &mut joiner) };
            match frames {
                Some(frames) => {
                    self.crowd.join(joiner.asking.person);
                    self.acts.push(Act::Attach { socket: joiner.asking.socket, frames });
                }
                None => self.joiners.push(joiner),
            }
        }
    }

    /// The frames that bring a joiner to where the room is; `None` while they are not there.
    fn frames_for(&mut self, now: Moment, joiner: &mut Joiner<S>) -> Option<Vec<Bytes>> {
        (joiner.needs_snapshot, joiner.needs_missed) = (false, false);
        let last = self.story.last();
        if let Some((since, last)) =
            joiner.asking.since.zip(last).filter(|(since, last)| since.epoch == last.epoch)
        {
            if since > last {
                if self.errand.looks() > *joiner.looks.get_or_insert(self.errand.looks()) {
                    // The source knows of no such position.
                    joiner.asking.since = None;
                } else {
                    self.story.hint(since);
                    return None;
                }
            } else if let Some(missed) = self.story.told_after(since) {
                let person = joiner.asking.person;
                let mut frames: Vec<_> = missed.filter_map(|told| told.frame_for(person)).cloned().collect();
                frames.push(frames::text(&envelope(self.id, Some(last), "resumed", RawValue::NULL)));
                return Some(frames);
            } else if self.story.begins_soon_after(since, EVENTS_AT_ONCE) {
                match joiner.errand {
                    None => joiner.needs_missed = true,
                    // The source did not have it all.
                    Some(errand) if !self.errand.waits_for(errand, now) => {
                        return self.snapshot_for(now, joiner);
                    }
                    Some(_) => {}
                }
                return None;
            }
        }
        self.snapshot_for(now, joiner)
    }

    fn snapshot_for(&mut self, now: Moment, joiner: &mut Joiner<S>) -> Option<Vec<Bytes>> {
        let (person, last) = (joiner.asking.person, self.story.last());
        let fresh = self.snapshot.as_ref().filter(|kept| now < kept.taken + millis(self.limits.snapshot_age));
        if let Some((kept, last)) = fresh.zip(last).filter(|(kept, last)| kept.at.epoch == last.epoch) {
            if kept.at > last {
                // It holds events that the room has yet to tell, and would be told them again.
                self.story.hint(kept.at);
                return None;
            }
            if let Some(since) = self.story.told_after(kept.at) {
                let since = since.filter_map(|told| told.frame_for(person)).cloned();
                return Some(std::iter::once(kept.frame.clone()).chain(since).collect());
            }
        }
        joiner.needs_snapshot = true;
        None
    }
}

//! What one room's sockets get in one sweep. Nearly all get the same bytes, which are laid out once.

use std::{collections::HashMap, sync::OnceLock};

use bytes::{Bytes, BytesMut};
use uuid::Uuid;

#[derive(Default)]
pub struct Batch {
    frames: Vec<Common>,
    all: OnceLock<Bytes>,
    /// For single places and single people, each with the number of common frames before it.
    for_one: HashMap<usize, Vec<Own>>,
    for_person: HashMap<Uuid, Vec<Own>>,
    /// Who has joined in the middle: what was told before is contained in their first frames.
    joined: HashMap<usize, Joined>,
    /// Frames of any kind.
    told: usize,
}

struct Common {
    frame: Bytes,
    in_passing: bool,
}

struct Own {
    /// Common frames before it, and frames of any kind.
    after: usize,
    number: usize,
    frame: Bytes,
}

#[derive(Clone, Copy, Default)]
struct Joined {
    after: usize,
    number: usize,
}

impl Batch {
    pub fn tell(&mut self, frame: Bytes, in_passing: bool) {
        self.told += 1;
        self.frames.push(Common { frame, in_passing });
    }

    pub fn attach(&mut self, place: usize, frames: Vec<Bytes>) {
        self.joined.insert(place, Joined { after: self.frames.len(), number: self.told });
        frames.into_iter().for_each(|frame| self.tell_one(place, frame));
    }

    pub fn tell_one(&mut self, place: usize, frame: Bytes) {
        let own = self.own(frame);
        self.for_one.entry(place).or_default().push(own);
    }

    pub fn tell_person(&mut self, person: Uuid, frame: Bytes) {
        let own = self.own(frame);
        self.for_person.entry(person).or_default().push(own);
    }

    fn own(&mut self, frame: Bytes) -> Own {
        self.told += 1;
        Own { after: self.frames.len(), number: self.told, frame }
    }

    /// Whether more is in it than for single places.
    pub fn is_for_everyone(&self) -> bool {
        !self.frames.is_empty() || !self.for_person.is_empty()
    }

    /// The places it names.
    pub fn named(&self) -> Vec<usize> {
        self.for_one.keys().copied().collect()
    }

    /// Whether a place gets something else than everyone.
    pub fn is_special(&self, place: usize, person: Uuid) -> bool {
        self.for_one.contains_key(&place)
            || !self.for_person.is_empty() && self.for_person.contains_key(&person)
    }

    /// Every common frame, in one piece.
    pub fn all(&self) -> &Bytes {
        self.all.get_or_init(|| match self.frames.as_slice() {
            [only] => only.frame.clone(),
            frames => {
                let length = frames.iter().map(|common| common.frame.len()).sum();
                let mut all = BytesMut::with_capacity(length);
                frames.iter().for_each(|common| all.extend_from_slice(&common.frame));
                all.freeze()
            }
        })
    }

    /// The frames of one place in their order. Who has not joined gets only its own; who has fallen behind nothing in
    /// passing.
    pub fn frames_for(&self, place: usize, person: Uuid, joined: bool, behind: bool) -> Vec<Bytes> {
        let from = self.joined.get(&place).copied().unwrap_or_default();
        let mut own: Vec<&Own> = self.for_one.get(&place).into_iter().flatten().collect();
        if joined {
            let for_person = self.for_person.get(&person).into_iter().flatten();
            own.extend(for_person.filter(|own| own.number > from.number));
            own.sort_by_key(|own| own.number);
        }
        let mut own = own.into_iter().peekable();
        let mut frames = Vec::new();
        for number in 0..=self.frames.len() {
            while let Some(next) = own.next_if(|own| own.after <= number) {
                frames.push(next.frame.clone());
            }
            if let Some(common) = self.frames.get(number)
                && joined
                && number >= from.after
                && !(behind && common.in_passing)
            {
                frames.push(common.frame.clone());
            }
        }
        frames
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANYONE: Uuid = Uuid::nil();
    const LIN: Uuid = Uuid::from_u128(1);

    fn batch() -> Batch {
        let mut batch = Batch::default();
        batch.tell_one(3, "hello 3".into());
        batch.tell("one".into(), false);
        batch.tell_person(LIN, "for lin".into());
        batch.attach(7, vec!["snapshot".into(), "missed".into()]);
        batch.tell("in passing".into(), true);
        batch.tell_one(7, "reply".into());
        batch.tell_person(LIN, "again".into());
        batch.tell("two".into(), false);
        batch
    }

    fn frames(place: usize, person: Uuid, joined: bool, behind: bool) -> Vec<Bytes> {
        batch().frames_for(place, person, joined, behind)
    }

    #[test]
    fn everyone_gets_everything_in_one_piece() {
        let batch = batch();
        assert!(batch.is_for_everyone() && !batch.is_special(1, ANYONE));
        assert_eq!(batch.all(), "onein passingtwo");
        assert_eq!(batch.frames_for(1, ANYONE, true, false).concat(), batch.all()[..]);
    }

    #[test]
    fn what_is_for_one_stands_where_it_was_said() {
        assert_eq!(frames(3, ANYONE, true, false), ["hello 3", "one", "in passing", "two"]);
        assert_eq!(frames(1, LIN, true, false), ["one", "for lin", "in passing", "again", "two"]);
    }

    #[test]
    fn who_joins_gets_only_what_comes_after_its_first_frames() {
        assert_eq!(frames(7, ANYONE, true, false), ["snapshot", "missed", "in passing", "reply", "two"]);
        let of_lin = frames(7, LIN, true, false);
        assert_eq!(of_lin, ["snapshot", "missed", "in passing", "reply", "again", "two"]);
        assert_eq!(frames(3, LIN, false, false), ["hello 3"], "who has not joined gets its own");
    }

    #[test]
    fn who_is_behind_gets_nothing_in_passing() {
        assert_eq!(frames(1, ANYONE, true, true), ["one", "two"]);
    }

    #[test]
    fn a_batch_for_single_places_names_them() {
        let mut batch = Batch::default();
        batch.tell_one(9, "pong".into());
        assert!(!batch.is_for_everyone());
        assert_eq!(batch.named(), [9]);
    }
}

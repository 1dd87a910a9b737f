//! Who watches at this node, and what the room is told of the crowd: how many there are, and their likes.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use crate::hub::time::Moment;

/// The crowd's number is told so often when it changes, and to the other nodes in any case.
const VIEWERS_EVERY: Moment = 2_000;
/// And so often when it does not: a page takes a minute of silence for a connection that broke.
const VIEWERS_AT_LEAST: Moment = 20_000;
/// Likes are summed for so long.
const LIKES_EVERY: Moment = 250;
/// The source hears so often what is kept of the crowd.
const COUNTED_EVERY: Moment = 10_000;
/// A dismissal also holds for a socket that asked shortly after it: who may watch was looked up before.
const LATE_DISMISSAL: Moment = 1_000;
/// A socket has asked or is joined long before that.
const DISMISSAL_KEPT: Moment = 60_000;

#[derive(Debug, Default)]
pub struct Crowd {
    /// Sockets of each person.
    people: HashMap<Uuid, u32>,
    dismissed: HashMap<Uuid, Moment>,
    told: Option<u64>,
    told_at: Moment,
    viewers_at: Moment,
    likes: Likes,
    counted_at: Moment,
    had_people: bool,
}

#[derive(Debug, Default)]
struct Likes {
    /// Given here, and not told to the other nodes.
    given: u64,
    /// Given at other nodes, and not shown.
    heard: u64,
    /// Given here, and not counted.
    uncounted: u64,
    at: Moment,
}

/// What is to be told.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// To the other nodes: that so many watch here.
    pub here: Option<u64>,
    /// To everyone who watches here.
    pub viewers: Option<u64>,
    pub likes: Option<u64>,
    /// To the other nodes, of these likes.
    pub likes_here: Option<u64>,
    /// To the source: viewers and likes.
    pub counted: Option<(u64, u64)>,
}

impl Crowd {
    pub fn join(&mut self, person: Uuid) {
        *self.people.entry(person).or_default() += 1;
    }

    pub fn leave(&mut self, person: Uuid) {
        if let Some(sockets) = self.people.get_mut(&person) {
            *sockets -= 1;
            if *sockets == 0 {
                self.people.remove(&person);
            }
        }
    }

    pub fn people(&self) -> u64 {
        self.people.len() as u64
    }

    pub fn persons(&self) -> HashSet<Uuid> {
        self.people.keys().copied().collect()
    }

    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    pub fn dismiss(&mut self, now: Moment, person: Uuid) {
        self.dismissed.insert(person, now);
    }

    /// Whether a socket that asked at a time was dismissed since.
    pub fn is_dismissed(&self, person: Uuid, asked: Moment) -> bool {
        self.dismissed.get(&person).is_some_and(|at| asked <= at + LATE_DISMISSAL)
    }

    pub fn like(&mut self, times: u64) {
        self.likes.given += times;
        self.likes.uncounted += times;
    }

    pub fn hear_likes(&mut self, times: u64) {
        self.likes.heard = self.likes.heard.saturating_add(times);
    }

    /// What is due, when so many watch at the other nodes.
    pub fn due(&mut self, now: Moment, elsewhere: u64) -> Due {
        let mut due = Due::default();
        if now >= self.viewers_at + VIEWERS_EVERY {
            self.viewers_at = now;
            let here = self.people();
            // The last who leaves is told too, once.
            due.here = (here > 0 || self.had_people).then_some(here);
            self.had_people = here > 0;
            let all = here + elsewhere;
            if here > 0 && (self.told != Some(all) || now >= self.told_at + VIEWERS_AT_LEAST) {
                (self.told, self.told_at) = (Some(all), now);
                due.viewers = Some(all);
            }
            self.dismissed.retain(|_, at| now < *at + DISMISSAL_KEPT);
        }
        if now >= self.likes.at + LIKES_EVERY {
            self.likes.at = now;
            let given = std::mem::take(&mut self.likes.given);
            let all = given.saturating_add(std::mem::take(&mut self.likes.heard));
            due.likes_here = (given > 0).then_some(given);
            due.likes = (all > 0 && !self.is_empty()).then_some(all);
        }
        if now >= self.counted_at + COUNTED_EVERY {
            self.counted_at = now;
            due.counted = self.count();
        }
        due
    }

    /// What has not been counted; nothing of a room where nothing is.
    pub fn count(&mut self) -> Option<(u64, u64)> {
        let likes = std::mem::take(&mut self.likes.uncounted);
        (likes > 0 || !self.is_empty()).then(|| (self.people(), likes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crowd_of(people: u128) -> Crowd {
        let mut crowd = Crowd::default();
        (0..people).for_each(|person| crowd.join(Uuid::from_u128(person)));
        crowd
    }

    #[test]
    fn a_person_on_two_devices_is_one_viewer() {
        let mut crowd = crowd_of(2);
        crowd.join(Uuid::from_u128(1));
        assert_eq!(crowd.people(), 2);
        crowd.leave(Uuid::from_u128(1));
        assert_eq!(crowd.people(), 2);
        crowd.leave(Uuid::from_u128(1));
        crowd.leave(Uuid::from_u128(1));
        assert_eq!(crowd.people(), 1);
    }

    #[test]
    fn the_number_of_viewers_is_told_when_it_changes_and_sometimes_when_not() {
        let mut crowd = crowd_of(3);
        let mut told = Vec::new();
        for now in (0..=50_000).step_by(50) {
            if now == 11_950 {
                crowd.join(Uuid::from_u128(99));
            }
            let elsewhere = if now < 20_000 { 5 } else { 7 };
            told.extend(crowd.due(now, elsewhere).viewers.map(|viewers| (now, viewers)));
        }
        assert_eq!(told, [(2_000, 8), (12_000, 9), (20_000, 11), (40_000, 11)]);
    }

    #[test]
    fn the_other_nodes_hear_every_two_seconds_until_the_last_has_left() {
        let mut crowd = crowd_of(1);
        assert_eq!(crowd.due(2_000, 0).here, Some(1));
        assert_eq!(crowd.due(3_999, 0).here, None);
        assert_eq!(crowd.due(4_000, 0).here, Some(1));
        crowd.leave(Uuid::from_u128(0));
        assert_eq!(crowd.due(6_000, 0).here, Some(0));
        assert_eq!(crowd.due(8_000, 0).here, None);
    }

    #[test]
    fn likes_are_summed_and_each_is_told_once() {
        let mut crowd = crowd_of(1);
        crowd.due(250, 0);
        (0..100).for_each(|_| crowd.like(3));
        crowd.hear_likes(11);
        assert_eq!(crowd.due(499, 0).likes, None);
        let due = crowd.due(500, 0);
        assert_eq!((due.likes, due.likes_here), (Some(311), Some(300)));
        crowd.hear_likes(5);
        let due = crowd.due(750, 0);
        assert_eq!((due.likes, due.likes_here), (Some(5), None), "what others gave is not passed back");
        let due = crowd.due(10_000, 0);
        assert_eq!(due.counted, Some((1, 300)), "each node counts its own");
        assert_eq!(crowd.due(20_000, 0).counted, Some((1, 0)));
    }
}

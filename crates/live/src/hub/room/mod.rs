//! One room at this node, without sockets, tasks or a clock: it is told what happens and when, and says what is to be
//! done. So every order of events can be tried in a test.
//!
//! `S` stands for a viewer's socket.

mod crowd;
mod fetch;
mod passing;
mod seats;
mod story;

pub use fetch::EVENTS_AT_ONCE;

use std::{collections::HashSet, sync::Arc};

use bytes::Bytes;
use kernel::RoomId;
use serde_json::value::RawValue;
use uuid::Uuid;

use self::{crowd::Crowd, fetch::Errand, passing::Passings, seats::Joiner, story::Story, story::Told};
use super::{
    Event, EventKind, Limits, Passing, Position, close,
    event::envelope,
    frames,
    peers::Word,
    shares::Allowance,
    time::{Moment, millis},
};

/// A room that is over waits so long for its last events, should they be missing.
const LAST_EVENTS_WITHIN: Moment = 3_000;

/// What is to be done, in this order.
#[derive(Debug)]
pub enum Act<S> {
    /// Everyone who joined gets the frame; what is in passing not who has fallen behind.
    Tell {
        frame: Bytes,
        in_passing: bool,
    },
    TellPerson {
        person: Uuid,
        frame: Bytes,
    },
    /// The socket has joined: it gets these frames, and then what is told from now on.
    Attach {
        socket: S,
        frames: Vec<Bytes>,
    },
    Close {
        socket: S,
        code: u16,
    },
    ClosePerson {
        person: Uuid,
        code: u16,
    },
    CloseAll {
        code: u16,
    },
    FetchSnapshot {
        errand: u64,
    },
    FetchEvents {
        errand: u64,
        after: Position,
    },
    Count {
        viewers: u64,
        likes: u64,
    },
    /// To the other nodes.
    Send(Word),
}

/// Who wants to join.
#[derive(Clone, Debug)]
pub struct Asking<S> {
    pub socket: S,
    pub person: Uuid,
    /// When the socket was asked for: who was dismissed since must not come in by it.
    pub asked: Moment,
    pub since: Option<Position>,
}

/// A snapshot that serves everyone who joins for a while.
#[derive(Debug)]
struct Kept {
    at: Position,
    frame: Bytes,
    taken: Moment,
}

#[derive(Debug)]
pub struct Room<S> {
    id: RoomId,
    limits: Arc<Limits>,
    story: Story,
    snapshot: Option<Kept>,
    joiners: Vec<Joiner<S>>,
    errand: Errand,
    /// Everyone needs a snapshot: the story has started over, or too much of it is missing.
    renew: bool,
    crowd: Crowd,
    passings: Passings,
    chat: Allowance,
    /// When something was last heard of the story.
    heard: Moment,
    empty_since: Moment,
    /// It is over, and until when missing events are waited for.
    ending: Option<Moment>,
    /// It stays over unless its story starts over.
    over: bool,
    acts: Vec<Act<S>>,
}

impl<S: Clone + PartialEq> Room<S> {
    pub fn new(id: RoomId, limits: Arc<Limits>, now: Moment) -> Self {
        Self {
            id,
            limits,
            story: Story::default(),
            snapshot: None,
            joiners: Vec::new(),
            errand: Errand::default(),
            renew: false,
            crowd: Crowd::default(),
            passings: Passings::default(),
            chat: Allowance::default(),
            heard: now,
            empty_since: now,
            ending: None,
            over: false,
            acts: Vec::new(),
        }
    }

    /// What the last calls have left to do.
    pub fn acts(&mut self) -> Vec<Act<S>> {
        std::mem::take(&mut self.acts)
    }

    /// People who watch at this node.
    pub fn people(&self) -> u64 {
        self.crowd.people()
    }

    /// What is known of the story at this node.
    pub fn last(&self) -> Option<Position> {
        self.story.last()
    }

    /// Whether nobody has been here for so long that nobody will ask for what the room remembers.
    pub fn is_forgotten(&self, now: Moment) -> bool {
        self.is_empty() && now >= self.empty_since + millis(self.limits.ring_age)
    }

    fn is_empty(&self) -> bool {
        self.crowd.is_empty() && self.joiners.is_empty()
    }

    /// An event was told, here or at another node.
    pub fn tell(&mut self, now: Moment, event: Event) {
        // A room that nobody has joined yet begins with a snapshot, which holds what was told before.
        if self.story.last().is_some() || !self.is_empty() {
            self.story.take(event);
            self.settle(now);
        }
    }

    pub fn pass(&mut self, now: Moment, passing: Passing) {
        let of = passing.of;
        if let Some(d) = self.passings.take(now, passing) {
            self.show(of.as_str(), &d);
        }
    }

    /// Shows everyone something in passing.
    fn show(&mut self, kind: &str, d: &RawValue) {
        if !self.crowd.is_empty() {
            let frame = frames::text(&envelope(self.id, None, kind, d));
            self.acts.push(Act::Tell { frame, in_passing: true });
        }
    }

    fn show_number(&mut self, kind: &str, name: &str, number: u64) {
        if let Ok(d) = serde_json::value::to_raw_value(&std::collections::BTreeMap::from([(name, number)])) {
            self.show(kind, &d);
        }
    }

    pub fn persons(&self) -> HashSet<Uuid> {
        self.crowd.persons()
    }

    pub fn tell_person(&mut self, person: Uuid, kind: &str, d: &RawValue) {
        let frame = frames::text(&envelope(self.id, None, kind, d));
        self.acts.push(Act::TellPerson { person, frame });
    }

    pub fn like(&mut self, times: u64) {
        self.crowd.like(times);
    }

    pub fn hear_likes(&mut self, times: u64) {
        self.crowd.hear_likes(times);
    }

    /// Someone knows of this position.
    pub fn hint(&mut self, now: Moment, at: Position) {
        self.story.hint(at);
        self.settle(now);
    }

    pub fn dismiss(&mut self, now: Moment, person: Uuid) {
        self.crowd.dismiss(now, person);
        self.joiners.iter_mut().filter(|joiner| joiner.asking.person == person).for_each(Joiner::refuse);
        self.acts.push(Act::ClosePerson { person, code: close::NOT_ALLOWED });
    }

    /// The room is over, after its last event.
    pub fn end(&mut self, now: Moment) {
        self.ending.get_or_insert(now + LAST_EVENTS_WITHIN);
        self.settle(now);
    }

    /// A moment has passed, in which so many watch at the other nodes.
    pub fn tick(&mut self, now: Moment, elsewhere: u64) {
        for (of, d) in self.passings.due(now) {
            self.show(of.as_str(), &d);
        }
        let due = self.crowd.due(now, elsewhere);
        if let Some(count) = due.viewers {
            self.show_number("viewers", "count", count);
        }
        if let Some(more) = due.likes {
            self.show_number("likes", "more", more);
        }
        if let Some(times) = due.likes_here {
            self.acts.push(Act::Send(Word::Likes { times }));
        }
        if let Some(viewers) = due.here {
            self.acts.push(Act::Send(Word::Here { viewers, at: self.story.last() }));
        }
        if let Some((viewers, likes)) = due.counted {
            self.acts.push(Act::Count { viewers, likes });
        }
        self.story.forget_before(now.saturating_sub(millis(self.limits.ring_age)));
        self.settle(now);
    }

    /// What the source has not heard of the crowd.
    pub fn count(&mut self) {
        if let Some((viewers, likes)) = self.crowd.count() {
            self.acts.push(Act::Count { viewers, likes });
        }
    }

    /// Does everything that has become possible.
    fn settle(&mut self, now: Moment) {
        while let Some(event) = self.story.next() {
            self.deliver(now, event);
        }
        if self.story.has_started_over() {
            self.renew = true;
            self.over = false;
        }
        let complete = !self.story.is_behind() && !self.renew;
        if self.ending.is_some_and(|until| complete || now >= until) {
            self.ending = None;
            self.over = true;
            self.close();
        }
        self.seat(now);
        self.ask_for_what_is_missing(now);
    }

    /// Sends everyone away, those who wait to join with the others.
    fn close(&mut self) {
        self.joiners.iter_mut().for_each(Joiner::refuse);
        self.acts.push(Act::CloseAll { code: close::OVER });
    }

    /// Tells the next event.
    fn deliver(&mut self, now: Moment, event: Event) {
        let limits = &self.limits;
        let pause = std::time::Duration::from_secs(1) / limits.chat_per_second.max(1);
        let sampled_out =
            event.may_be_sampled() && !self.chat.take(now, pause, limits.chat_per_second.max(1));
        self.heard = now;
        let banned = event.banned();
        let told = Told { sampled_out, ..self.remembered(event, now) };
        match (&told.frame, &told.by, sampled_out) {
            (Some(frame), _, false) => {
                self.acts.push(Act::Tell { frame: frame.clone(), in_passing: false });
            }
            (Some(frame), Some(person), true) => {
                self.acts.push(Act::TellPerson { person: *person, frame: frame.clone() });
            }
            (Some(_), None, true) => {}
            (None, ..) => {
                if let Some(person) = banned {
                    self.dismiss(now, person);
                }
            }
        }
        self.story.told(told, self.limits.ring_events);
    }

    /// An event as it is kept for those who come back.
    fn remembered(&self, Event { at, kind, by, d }: Event, now: Moment) -> Told {
        let frame =
            (kind != EventKind::Ban).then(|| frames::text(&envelope(self.id, Some(at), kind.as_str(), &d)));
        Told { at, frame, by, sampled_out: false, told: now }
    }
}

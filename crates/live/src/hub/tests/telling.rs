//! Whatever order, repetition and loss there is in what is told: every viewer sees every event once and in order, or a
//! snapshot instead, and ends with what is true.

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use kernel::RoomId;
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{fuzz, shop::Story};
use crate::hub::{
    Event, EventKind, Limits, Position,
    room::{Act, Asking, EVENTS_AT_ONCE, Room},
    time::Moment,
};

/// What can happen. Numbers choose among what there is.
#[derive(Clone, Debug)]
enum Step {
    /// A price is set, and on the disk.
    Price {
        of: u8,
        price: i64,
    },
    Chat {
        by: u8,
    },
    StartOver,
    /// Something that once happened is told, perhaps again, perhaps late, perhaps of a story that is over.
    Tell {
        which: usize,
    },
    /// The latest is told.
    TellLatest,
    Join {
        viewer: u8,
    },
    /// Goes, and comes back with what it knew.
    ComeBack {
        viewer: u8,
    },
    Leave {
        viewer: u8,
    },
    /// A viewer, or a node, says that it knows of something.
    Hint {
        seq: i64,
    },
    /// The source answers one of the questions with what was true when it was asked, with what is true now, or not.
    Answer {
        which: usize,
        stale: bool,
        fails: bool,
    },
    Pass {
        milliseconds: u16,
    },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..4_u8, 0..1000_i64).prop_map(|(of, price)| Step::Price { of, price }),
        3 => (0..4_u8).prop_map(|by| Step::Chat { by }),
        1 => Just(Step::StartOver),
        4 => any::<usize>().prop_map(|which| Step::Tell { which }),
        4 => Just(Step::TellLatest),
        3 => (0..4_u8).prop_map(|viewer| Step::Join { viewer }),
        2 => (0..4_u8).prop_map(|viewer| Step::ComeBack { viewer }),
        1 => (0..4_u8).prop_map(|viewer| Step::Leave { viewer }),
        1 => (0..300_i64).prop_map(|seq| Step::Hint { seq }),
        5 => (any::<usize>(), any::<bool>(), proptest::bool::weighted(0.2))
            .prop_map(|(which, stale, fails)| Step::Answer { which, stale, fails }),
        3 => (1..3_000_u16).prop_map(|milliseconds| Step::Pass { milliseconds }),
    ]
}

/// A viewer's page: it believes what it is shown.
#[derive(Debug, Default)]
struct Page {
    at: Option<Position>,
    prices: BTreeMap<String, Value>,
    /// Whether the room has taken it in, so that it gets everything.
    attached: bool,
}

/// A socket: whose, and which of that person's.
type Socket = (u8, usize);

struct World {
    story: Story,
    happened: Vec<Event>,
    room: Room<Socket>,
    now: Moment,
    pages: BTreeMap<u8, (Socket, Page)>,
    sockets: usize,
    /// Questions to the source, with what was true when they were asked.
    asked: Vec<(Question, Story)>,
}

#[derive(Clone, Copy)]
enum Question {
    Snapshot(u64),
    Events(u64, Position),
}

fn person(viewer: u8) -> Uuid {
    Uuid::from_u128(viewer.into())
}

impl World {
    fn new(limits: Limits) -> Self {
        Self {
            story: Story::default(),
            happened: Vec::new(),
            room: Room::new(RoomId::new(), Arc::new(limits), 0),
            now: 0,
            pages: BTreeMap::new(),
            sockets: 0,
            asked: Vec::new(),
        }
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::Price { of, price } => {
                let d = json!({ "of": of.to_string(), "price": price });
                self.happened.push(self.story.happen(EventKind::Price, &d));
            }
            Step::Chat { by } => {
                let mut said = self.story.happen(EventKind::Chat, &json!({ "text": "hello" }));
                said.by = Some(person(by));
                *self.story.events.last_mut().unwrap() = said.clone();
                self.happened.push(said);
            }
            Step::StartOver => self.story.start_over(),
            Step::Tell { which } if !self.happened.is_empty() => {
                let event = self.happened[which % self.happened.len()].clone();
                self.room.tell(self.now, event);
            }
            Step::TellLatest => {
                if let Some(event) = self.happened.last() {
                    self.room.tell(self.now, event.clone());
                }
            }
            Step::Tell { .. } => {}
            Step::Join { viewer } => self.join(viewer, Page::default()),
            Step::ComeBack { viewer } => {
                if let Some(page) = self.leave(viewer) {
                    self.join(viewer, Page { attached: false, ..page });
                }
            }
            Step::Leave { viewer } => {
                self.leave(viewer);
            }
            Step::Hint { seq } => self.room.hint(self.now, Position::new(self.story.epoch, seq)),
            Step::Answer { which, stale, fails } if !self.asked.is_empty() => {
                let (question, then) = self.asked.swap_remove(which % self.asked.len());
                let story = if stale { then } else { self.story.clone() };
                self.answer(question, (!fails).then_some(story));
            }
            Step::Answer { .. } => {}
            Step::Pass { milliseconds } => {
                self.now += Moment::from(milliseconds);
                self.room.tick(self.now, 0);
            }
        }
        self.act();
    }

    fn join(&mut self, viewer: u8, page: Page) {
        if let Some(before) = self.leave(viewer) {
            drop(before);
        }
        self.sockets += 1;
        let (socket, since) = ((viewer, self.sockets), page.at);
        self.pages.insert(viewer, (socket, page));
        self.room.join(self.now, Asking { socket, person: person(viewer), asked: self.now, since });
    }

    fn leave(&mut self, viewer: u8) -> Option<Page> {
        let (socket, page) = self.pages.remove(&viewer)?;
        self.room.leave(self.now, &socket, person(viewer));
        Some(page)
    }

    fn answer(&mut self, question: Question, story: Option<Story>) {
        match question {
            Question::Snapshot(errand) => {
                self.room.snapshot_came(self.now, errand, story.map(|story| story.snapshot()));
            }
            Question::Events(errand, after) => {
                let events = story.map(|story| story.events_after(after, EVENTS_AT_ONCE));
                self.room.events_came(self.now, errand, events);
            }
        }
    }

    fn act(&mut self) {
        for act in self.room.acts() {
            match act {
                Act::Tell { frame, in_passing: false } => self.show(&frame, |page, _| page.attached),
                Act::TellPerson { person: to, frame } => {
                    self.show(&frame, |page, viewer| page.attached && person(viewer) == to);
                }
                Act::Attach { socket, frames } => {
                    if let Some((current, page)) = self.pages.get_mut(&socket.0)
                        && *current == socket
                    {
                        assert!(!std::mem::replace(&mut page.attached, true), "attached twice");
                        frames.iter().for_each(|frame| read(&self.happened, socket.0, page, frame));
                    }
                }
                Act::FetchSnapshot { errand } => {
                    self.asked.push((Question::Snapshot(errand), self.story.clone()));
                }
                Act::FetchEvents { errand, after } => {
                    self.asked.push((Question::Events(errand, after), self.story.clone()));
                }
                Act::Tell { in_passing: true, .. } | Act::Count { .. } | Act::Send(_) => {}
                Act::Close { .. } | Act::ClosePerson { .. } | Act::CloseAll { .. } => {
                    panic!("nobody was to be closed")
                }
            }
        }
    }

    fn show(&mut self, frame: &Bytes, sees: impl Fn(&Page, u8) -> bool) {
        for (viewer, (_, page)) in &mut self.pages {
            if sees(page, *viewer) {
                read(&self.happened, *viewer, page, frame);
            }
        }
    }

    /// Nothing more happens or is lost, and the source answers: everyone must come to see the truth.
    fn calm_down(&mut self) {
        for _ in 0..60 {
            while let Some((question, _)) = self.asked.pop() {
                self.answer(question, Some(self.story.clone()));
                self.act();
            }
            self.step(&Step::Pass { milliseconds: 500 });
        }
        for (viewer, (_, page)) in &self.pages {
            assert!(page.attached, "{viewer} still waits");
            assert_eq!(page.prices, self.story.prices(), "{viewer} sees other prices");
            assert_eq!(page.at.map(|at| at.epoch), Some(self.story.epoch));
        }
    }
}

/// What the page makes of a message. It must not have to repair anything.
fn read(happened: &[Event], viewer: u8, page: &mut Page, frame: &Bytes) {
    let start = match frame[1] {
        126 => 4,
        127 => 10,
        _ => 2,
    };
    let message: Value = serde_json::from_slice(&frame[start..]).unwrap();
    let (Some(epoch), Some(seq)) = (message["epoch"].as_i64(), message["seq"].as_i64()) else { return };
    let at = Position::new(epoch, seq);
    match message["type"].as_str().unwrap() {
        "snapshot" => {
            assert!(page.at.is_none_or(|before| !page.attached || at > before), "set back by a snapshot");
            page.prices = serde_json::from_value(message["d"]["prices"].clone()).unwrap();
        }
        "resumed" => assert!(page.at <= Some(at)),
        kind => {
            let before = page.at.expect("an event before a snapshot");
            assert_eq!(before.epoch, epoch, "an event of another story");
            assert!(seq > before.seq, "again, or after a later one");
            let skipped = happened.iter().filter(|event| before < event.at && event.at < at);
            let may_be_left_out =
                |event: &Event| event.kind == EventKind::Chat && event.by != Some(person(viewer));
            assert!(skipped.clone().all(may_be_left_out), "{viewer} has missed something before {at:?}");
            if kind == "price" {
                let of = message["d"]["of"].as_str().unwrap().to_owned();
                page.prices.insert(of, message["d"]["price"].clone());
            }
        }
    }
    page.at = Some(at);
}

/// Small limits, so that every one of them is met.
fn limits() -> impl Strategy<Value = Limits> {
    (1..40_usize, 1..4_u32, 1..2_000_u64).prop_map(|(ring_events, chat_per_second, age)| Limits {
        ring_events,
        chat_per_second,
        snapshot_age: std::time::Duration::from_millis(age),
        ring_age: std::time::Duration::from_millis(10 * age),
        ..Limits::default()
    })
}

fn enough() -> ProptestConfig {
    let cases = u32::try_from(fuzz::cases() / 33).unwrap_or(u32::MAX);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(enough())]

    #[test]
    fn every_viewer_ends_with_what_is_true(limits in limits(), steps in prop::collection::vec(step(), 1..150)) {
        let mut world = World::new(limits);
        for step in &steps {
            world.step(step);
        }
        world.calm_down();
    }
}

#[test]
fn a_room_that_has_missed_very_much_is_renewed_at_once() {
    let mut world = World::new(Limits::default());
    world.step(&Step::Join { viewer: 1 });
    world.step(&Step::Answer { which: 0, stale: false, fails: false });
    for price in 0..3 * EVENTS_AT_ONCE as i64 {
        world.step(&Step::Price { of: 1, price });
    }
    world.step(&Step::TellLatest);
    world.calm_down();
}

#[test]
fn events_that_are_told_backwards_are_shown_forwards_without_asking() {
    let mut world = World::new(Limits::default());
    world.step(&Step::Join { viewer: 1 });
    world.step(&Step::Answer { which: 0, stale: false, fails: false });
    for price in 0..50 {
        world.step(&Step::Price { of: 1, price });
    }
    for which in (0..50).rev() {
        world.step(&Step::Tell { which });
    }
    assert!(world.asked.is_empty());
    assert_eq!(world.pages[&1].1.at, Some(Position::new(0, 50)));
}

//! What the nodes' hubs tell each other. Each keeps the truth by asking its source, so that a lost letter costs a late
//! look and a strange one nothing.

use std::collections::HashMap;

use kernel::RoomId;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{Event, Passing, Position, time::Moment};

/// A node that was not heard for so long counts nobody; it tells every two seconds.
const HEARD_WITHIN: Moment = 7_000;

/// From one node to the others.
#[derive(Debug, Serialize, Deserialize)]
pub struct Letter {
    pub node: Uuid,
    pub room: RoomId,
    pub word: Word,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    Event(Event),
    Passing(Passing),
    Person {
        person: Uuid,
        kind: String,
        d: Box<RawValue>,
    },
    Dismiss {
        person: Uuid,
    },
    Likes {
        times: u64,
    },
    /// So many watch here, and the room's story is known up to there.
    Here {
        viewers: u64,
        at: Option<Position>,
    },
    /// The room is over after this.
    End {
        at: Option<Position>,
    },
}

/// How many watch at the other nodes.
#[derive(Debug, Default)]
pub struct Elsewhere(HashMap<RoomId, HashMap<Uuid, (u64, Moment)>>);

impl Elsewhere {
    pub fn hear(&mut self, now: Moment, room: RoomId, node: Uuid, viewers: u64) {
        let nodes = self.0.entry(room).or_default();
        if viewers == 0 {
            nodes.remove(&node);
        } else {
            nodes.insert(node, (viewers, now));
        }
    }

    pub fn viewers(&self, room: RoomId) -> u64 {
        let nodes = self.0.get(&room).into_iter().flat_map(HashMap::values);
        nodes.map(|(viewers, _)| *viewers).fold(0, u64::saturating_add)
    }

    /// Forgets the nodes that have fallen silent.
    pub fn forget_silent(&mut self, now: Moment) {
        self.0.retain(|_, nodes| {
            nodes.retain(|_, (_, heard)| now < *heard + HEARD_WITHIN);
            !nodes.is_empty()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::{EventKind, PassingKey};
    use kernel::SkuId;

    fn carried(word: Word) -> String {
        let letter = Letter { node: Uuid::from_u128(1), room: RoomId::new(), word };
        let carried: Letter = serde_json::from_slice(&serde_json::to_vec(&letter).unwrap()).unwrap();
        assert_eq!((carried.node, carried.room), (letter.node, letter.room));
        format!("{:?}", carried.word)
    }

    #[test]
    fn every_word_arrives_as_it_was_sent() {
        let event =
            Event::new(Position::new(1, 7), EventKind::Price, &[1, 2]).unwrap().by(Uuid::from_u128(3));
        let d = serde_json::value::to_raw_value("你").unwrap();
        let words = || {
            [
                Word::Event(event.clone()),
                Word::Passing(Passing::new(PassingKey::Stock(SkuId::from_uuid(Uuid::nil())), 7, &3).unwrap()),
                Word::Passing(Passing::new(PassingKey::Orders, 7, &3).unwrap()),
                Word::Person { person: Uuid::nil(), kind: "coupon".into(), d: d.clone() },
                Word::Dismiss { person: Uuid::nil() },
                Word::Likes { times: 3 },
                Word::Here { viewers: 7, at: Some(Position::new(1, 7)) },
                Word::End { at: None },
            ]
        };
        for (sent, same) in words().into_iter().zip(words()) {
            assert_eq!(carried(sent), format!("{same:?}"));
        }
    }

    #[test]
    fn a_node_that_fell_silent_counts_nobody() {
        let (mut elsewhere, room) = (Elsewhere::default(), RoomId::new());
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        elsewhere.hear(0, room, one, 3);
        elsewhere.hear(0, room, other, 4);
        elsewhere.hear(2_000, room, one, 5);
        assert_eq!(elsewhere.viewers(room), 9);
        elsewhere.forget_silent(HEARD_WITHIN);
        assert_eq!(elsewhere.viewers(room), 5);
        elsewhere.hear(8_000, room, one, 0);
        elsewhere.forget_silent(8_000);
        assert_eq!((elsewhere.viewers(room), elsewhere.0.len()), (0, 0));
    }
}

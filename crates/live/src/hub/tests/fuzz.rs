//! Whatever bytes come: nothing panics, nothing grows, and it does not matter how the network cuts them. The cases are
//! made from right ones by a seeded mutator, so that a failure can be repeated; `FUZZ_CASES` sets how many there are.

use std::sync::Arc;

use super::{
    client::frame,
    shop::{Node, Shop},
};
use crate::hub::{
    Limits,
    frames::{Decoder, Inward},
    message,
    peers::Letter,
};

const CASES: u64 = 20_000;
const LARGEST: usize = 1024;

pub fn cases() -> u64 {
    std::env::var("FUZZ_CASES").map_or(CASES, |cases| cases.parse().expect("FUZZ_CASES is a number"))
}

/// Numbers that look random and are the same in each run (SplitMix64 by Sebastiano Vigna, public domain).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.roll() % limit.max(1) as u64) as usize
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

const MESSAGES: [&str; 9] = [
    r#"{"type":"join","d":{"since":{"epoch":1,"seq":42}}}"#,
    r#"{"type":"join"}"#,
    r#"{"type":"like","d":{"times":7}}"#,
    r#"{"type":"chat","id":"7","d":{"text":"你好, how much is the 茶?"}}"#,
    r#"{"type":"chat","id":7,"d":{"text":"\u4f60\ud83d\ude00"}}"#,
    r#"{"type":"bid","id":18446744073709551615,"d":{"amount":1e309,"max":-0.0}}"#,
    r#"{"id":null,"d":[[[[[[[[{"a":{}}]]]]]]]],"type":"x"}"#,
    r#"{"type":"join","type":"like","d":null}"#,
    r#"  {"type" : "join" , "d" : {"since" : null}}  "#,
];
const LETTERS: [&str; 4] = [
    r#"{"node":"00000000-0000-0000-0000-000000000001","room":"liv_00000000000000000000000001","word":{"event":{"at":{"epoch":1,"seq":2},"kind":"chat","by":null,"d":{"a":1}}}}"#,
    r#"{"node":"00000000-0000-0000-0000-000000000001","room":"liv_00000000000000000000000001","word":{"here":{"viewers":3,"at":null}}}"#,
    r#"{"node":"00000000-0000-0000-0000-000000000001","room":"liv_00000000000000000000000001","word":{"passing":{"of":"Orders","rank":7,"d":{}}}}"#,
    r#"{"node":"00000000-0000-0000-0000-000000000001","room":"liv_00000000000000000000000001","word":{"dismiss":{"person":"00000000-0000-0000-0000-000000000001"}}}"#,
];
const FIRST_BYTES: [u8; 12] = [0x81, 0x01, 0x00, 0x80, 0x89, 0x8a, 0x88, 0x82, 0x09, 0xc1, 0x8b, 0x83];

/// Bytes as a viewer might send them: some frames, then something goes wrong with them.
fn sent(dice: &mut Dice) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..=dice.below(6) {
        let mut payload = dice.pick(&MESSAGES).as_bytes().to_vec();
        if dice.below(3) == 0 {
            mutate(dice, &mut payload);
        }
        let first = if dice.below(2) == 0 { 0x81 } else { *dice.pick(&FIRST_BYTES) };
        if dice.below(4) == 0 {
            payload.truncate(dice.below(126));
        }
        bytes.extend(frame(first, &payload));
    }
    if dice.below(2) == 0 {
        mutate(dice, &mut bytes);
    }
    bytes
}

fn mutate(dice: &mut Dice, bytes: &mut Vec<u8>) {
    const TELLING: [u8; 10] = [0, 1, 0x7e, 0x7f, 0x80, 0xfe, 0xff, b'"', b'{', b'\\'];
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len());
        match dice.below(7) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << dice.below(8),
            1 if !bytes.is_empty() => bytes[at] = *dice.pick(&TELLING),
            2 if !bytes.is_empty() => drop(bytes.remove(at)),
            3 => bytes.insert(at, *dice.pick(&TELLING)),
            4 => bytes.truncate(at),
            5 => {
                let part = bytes[at..bytes.len().min(at + 40)].to_vec();
                bytes.splice(at..at, part);
            }
            _ => bytes.extend(std::iter::repeat_n(*dice.pick(&TELLING), dice.below(2 * LARGEST))),
        }
    }
}

#[test]
fn no_bytes_break_the_reading_of_frames_and_messages() {
    let mut dice = Dice(0x6d69_6e69_7374_6f72);
    let (mut understood, mut faults) = (0, 0);
    for case in 0..cases() {
        let bytes = sent(&mut dice);
        let whole = Decoder::default().read(&bytes, LARGEST);
        let mut decoder = Decoder::default();
        let (mut came, mut fault, mut rest) = (Vec::new(), None, &bytes[..]);
        while !rest.is_empty() && fault.is_none() {
            let (piece, after) = rest.split_at(1 + dice.below(rest.len().min(64)));
            let read = decoder.read(piece, LARGEST);
            came.extend(read.came);
            (fault, rest) = (read.fault, after);
            assert!(decoder.held() <= 2 * LARGEST + 64, "case {case} makes it hold {}", decoder.held());
        }
        assert_eq!((&came, fault), (&whole.came, whole.fault), "case {case} depends on how it is cut");
        faults += u64::from(fault.is_some());
        for inward in came {
            match inward {
                Inward::Text(text) => understood += u64::from(message::read(&text).is_ok()),
                Inward::Ping(carried) => assert!(carried.len() <= 125),
                Inward::Close => {}
            }
        }
    }
    // Otherwise the mutator makes only rubbish, or none.
    assert!(understood > cases() / 4 && faults > cases() / 10, "{understood} understood, {faults} faults");
}

#[test]
fn no_letter_breaks_a_node() {
    let mut dice = Dice(7);
    for _ in 0..cases() / 4 {
        let mut letter = dice.pick(&LETTERS).as_bytes().to_vec();
        mutate(&mut dice, &mut letter);
        let _ = serde_json::from_slice::<Letter>(&letter);
    }
    for letter in LETTERS {
        serde_json::from_str::<Letter>(letter).expect("the unchanged ones are right");
    }
}

#[tokio::test]
async fn a_room_stands_whatever_its_viewers_send() {
    let shop = Arc::<Shop>::default();
    let limits = Limits { sockets_per_person: 1_000_000, ..Limits::default() };
    let node = Node::new(&shop, limits).await;
    let mut lin = node.watch(1).await;
    let mut dice = Dice(99);
    let cases = cases() / 200;
    for seq in 1..=cases {
        let mut strange = node.connect(2).await;
        strange.send(&frame(0x81, br#"{"type":"join"}"#)).await;
        strange.try_send(&sent(&mut dice)).await;
        strange.try_send(&frame(0x88, b"")).await;
        if dice.below(2) == 0 {
            strange.finish().await;
        }
        node.tell(shop.price("tea", seq as i64));
        assert_eq!(lin.read_until("price").await["seq"], seq);
    }
    drop(lin);
    node.pass(6_000);
    while node.hub.sockets() > 0 {
        node.pass(1_000);
        tokio::task::yield_now().await;
    }
}

//! A film that needs no encoder: 3.2 seconds, 25 pictures a second, a key frame every 1.6 seconds, and sound that fills
//! it to the last sample.

use broadcast::media::Codec;
use bytes::{BufMut, Bytes, BytesMut};

use super::video_track;

pub const PICTURES: u16 = 80;
pub const PACKETS: u32 = 150;
const KEY_EVERY: u16 = 40;

const VIDEO: u8 = 9;
const AUDIO: u8 = 8;

/// The whole film as FLV.
pub fn flv() -> Bytes {
    let Codec::Avc(avc) = video_track() else { panic!("no H.264") };
    let mut file = BytesMut::from(&b"FLV\x01\x05\0\0\0\x09\0\0\0\0"[..]);
    tag(&mut file, VIDEO, 0, &[&[0x17, 0, 0, 0, 0][..], &avc.record].concat());
    tag(&mut file, AUDIO, 0, &[0xaf, 0, 0x11, 0x90]);
    let mut packets = 0..PACKETS;
    for number in 0..PICTURES {
        let ms = u32::from(number) * 40;
        tag(&mut file, VIDEO, ms, &picture_tag(number));
        // RTMP's and FLV's times are whole milliseconds.
        while packets.start < PACKETS && packets.start * 1_024 / 48 < ms + 40 {
            tag(&mut file, AUDIO, packets.start * 1_024 / 48, &[0xaf, 1, 0x21, 0x10, 0x05]);
            packets.next();
        }
    }
    file.freeze()
}

/// A picture that says in its bytes which one it is.
pub fn nal(number: u16) -> [u8; 7] {
    let [high, low] = number.to_be_bytes();
    [0, 0, 0, 3, if number.is_multiple_of(KEY_EVERY) { 0x65 } else { 0x41 }, high, low]
}

fn picture_tag(number: u16) -> Vec<u8> {
    let kind = if number.is_multiple_of(KEY_EVERY) { 0x17 } else { 0x27 };
    [&[kind, 1, 0, 0, 0][..], &nal(number)].concat()
}

pub fn tag(file: &mut BytesMut, kind: u8, ms: u32, body: &[u8]) {
    let [highest, high, middle, low] = ms.to_be_bytes();
    file.put_u8(kind);
    file.put_uint(body.len() as u64, 3);
    file.put_slice(&[high, middle, low, highest, 0, 0, 0]);
    file.put_slice(body);
    file.put_u32(body.len() as u32 + 11);
}

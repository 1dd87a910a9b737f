//! WebSocket frames (RFC 6455, section 5): written once for everyone, and read without a buffer that stays with the
//! socket. Most viewers never send more than a pong.

use std::io::Cursor;

use bytes::Bytes;
use tungstenite::protocol::frame::{
    FrameHeader,
    coding::{Control, Data, OpCode},
};

use super::close;

/// What a ping, a pong or a close may carry (section 5.5).
const CONTROL_BYTES: u64 = 125;
/// Pieces of one message. No browser cuts so small a message at all.
const FRAGMENTS: u32 = 32;

/// A whole text message.
pub fn text(message: &[u8]) -> Bytes {
    frame(OpCode::Data(Data::Text), message)
}

pub fn ping() -> Bytes {
    frame(OpCode::Control(Control::Ping), &[])
}

/// The answer to a ping, with what it carried.
pub fn pong(carried: &[u8]) -> Bytes {
    frame(OpCode::Control(Control::Pong), carried)
}

pub fn closing(code: u16) -> Bytes {
    frame(OpCode::Control(Control::Close), &code.to_be_bytes())
}

fn frame(opcode: OpCode, payload: &[u8]) -> Bytes {
    let header = FrameHeader { opcode, ..FrameHeader::default() };
    let length = payload.len() as u64;
    let mut frame = Vec::with_capacity(header.len(length) + payload.len());
    // Writing into memory does not fail.
    let _ = header.format(length, &mut frame);
    frame.extend_from_slice(payload);
    Bytes::from(frame)
}

/// What a viewer sent.
#[derive(Debug, PartialEq, Eq)]
pub enum Inward {
    Text(String),
    Ping(Vec<u8>),
    Close,
}

/// Why the rest cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Protocol,
    NotText,
    TooLarge,
}

impl Fault {
    pub const fn code(self) -> u16 {
        match self {
            Self::Protocol => close::PROTOCOL,
            Self::NotText => close::NOT_UNDERSTOOD,
            Self::TooLarge => close::TOO_LARGE,
        }
    }
}

/// What some received bytes came to. What came whole before a fault counts.
#[derive(Debug, Default)]
pub struct Read {
    pub came: Vec<Inward>,
    /// Frames of any kind, since also those that say nothing cost something.
    pub frames: u32,
    pub fault: Option<Fault>,
}

/// Reads one socket's frames. It holds memory only in the middle of a frame or of a message in fragments.
#[derive(Debug, Default)]
pub struct Decoder {
    /// The beginning of a frame whose end has not come.
    rest: Vec<u8>,
    message: Option<Box<Fragments>>,
}

#[derive(Debug)]
struct Fragments {
    bytes: Vec<u8>,
    count: u32,
}

impl Decoder {
    /// Takes received bytes. Messages may have `largest` bytes. After a fault nothing more can be read.
    pub fn read(&mut self, bytes: &[u8], largest: usize) -> Read {
        let mut read = Read::default();
        if self.rest.is_empty() {
            let done = self.read_frames(bytes, largest, &mut read);
            self.rest = bytes[done..].to_vec();
        } else {
            self.rest.extend_from_slice(bytes);
            let all = std::mem::take(&mut self.rest);
            let done = self.read_frames(&all, largest, &mut read);
            self.rest = if done == 0 { all } else { all[done..].to_vec() };
        }
        if read.fault.is_some() {
            *self = Self::default();
        }
        read
    }

    /// Bytes that are kept.
    #[cfg(test)]
    pub fn held(&self) -> usize {
        self.rest.len() + self.message.as_ref().map_or(0, |message| message.bytes.len())
    }

    /// Reads the frames that are whole and says how many bytes they had.
    fn read_frames(&mut self, bytes: &[u8], largest: usize, read: &mut Read) -> usize {
        let mut done = 0;
        loop {
            match self.read_frame(&bytes[done..], largest) {
                Ok(Some((length, inward))) => {
                    done += length;
                    read.frames += 1;
                    read.came.extend(inward);
                }
                Ok(None) => return done,
                Err(fault) => {
                    read.fault = Some(fault);
                    return done;
                }
            }
        }
    }

    /// One frame's length and what it completes; `None` while its end is missing.
    fn read_frame(&mut self, bytes: &[u8], largest: usize) -> Result<Option<(usize, Option<Inward>)>, Fault> {
        let mut cursor = Cursor::new(bytes);
        let parsed = FrameHeader::parse(&mut cursor).map_err(|_| Fault::Protocol)?;
        let Some((header, length)) = parsed else { return Ok(None) };
        self.admit(&header, length, largest)?;
        let Some(mask) = header.mask else { return Err(Fault::Protocol) };
        let start = usize::try_from(cursor.position()).map_err(|_| Fault::Protocol)?;
        let end = start + usize::try_from(length).map_err(|_| Fault::TooLarge)?;
        let Some(masked) = bytes.get(start..end) else { return Ok(None) };
        let payload: Vec<u8> =
            masked.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
        let inward = match header.opcode {
            OpCode::Data(_) => self.join(payload, header.is_final)?,
            OpCode::Control(Control::Ping) => Some(Inward::Ping(payload)),
            OpCode::Control(Control::Close) => Some(Inward::Close),
            OpCode::Control(_) => None,
        };
        Ok(Some((end, inward)))
    }

    /// Whether such a frame may come now. Its length is judged before its bytes are waited for.
    fn admit(&self, header: &FrameHeader, length: u64, largest: usize) -> Result<(), Fault> {
        if header.rsv1 || header.rsv2 || header.rsv3 {
            return Err(Fault::Protocol);
        }
        let so_far = match (header.opcode, &self.message) {
            (OpCode::Control(kind), _) => {
                let half_a_code = kind == Control::Close && length == 1;
                let fits = header.is_final && length <= CONTROL_BYTES && !half_a_code;
                return if fits { Ok(()) } else { Err(Fault::Protocol) };
            }
            (OpCode::Data(Data::Text), None) => 0,
            (OpCode::Data(Data::Binary), None) => return Err(Fault::NotText),
            (OpCode::Data(Data::Continue), Some(message)) if message.count < FRAGMENTS => message.bytes.len(),
            (OpCode::Data(_), _) => return Err(Fault::Protocol),
        };
        let fits = length.checked_add(so_far as u64).is_some_and(|sum| sum <= largest as u64);
        if fits { Ok(()) } else { Err(Fault::TooLarge) }
    }

    fn join(&mut self, payload: Vec<u8>, is_final: bool) -> Result<Option<Inward>, Fault> {
        let whole = match self.message.take() {
            None if is_final => payload,
            None => {
                self.message = Some(Box::new(Fragments { bytes: payload, count: 1 }));
                return Ok(None);
            }
            Some(mut message) => {
                message.bytes.extend_from_slice(&payload);
                message.count += 1;
                if !is_final {
                    self.message = Some(message);
                    return Ok(None);
                }
                message.bytes
            }
        };
        String::from_utf8(whole).map(|text| Some(Inward::Text(text))).map_err(|_| Fault::NotText)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LARGEST: usize = 64;
    const MASK: [u8; 4] = [7, 99, 180, 255];

    /// A client's frame: first byte as given, masked.
    fn sent(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut frame = vec![first];
        match payload.len() {
            length @ 0..126 => frame.push(0x80 | length as u8),
            length => {
                frame.push(0x80 | 126);
                frame.extend((length as u16).to_be_bytes());
            }
        }
        frame.extend(MASK);
        frame.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        frame
    }

    fn read(bytes: &[u8]) -> Read {
        Decoder::default().read(bytes, LARGEST)
    }

    fn said(text: &str) -> Inward {
        Inward::Text(text.to_owned())
    }

    #[test]
    fn lengths_are_written_in_their_three_sizes() {
        assert_eq!(&text(b"hi")[..], b"\x81\x02hi");
        assert_eq!(text(&[b'x'; 126])[..4], [0x81, 126, 0, 126]);
        assert_eq!(text(&[b'x'; 65_536])[..10], [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
        assert_eq!(&closing(close::TOO_SLOW)[..], [0x88, 2, 0x0f, 0xa2]);
    }

    #[test]
    fn frames_are_read_however_the_network_cuts_them() {
        let sent =
            [sent(0x81, b"one"), sent(0x89, b"?"), sent(0x01, b"tw"), sent(0x8a, b""), sent(0x80, b"o")];
        let all = sent.concat();
        for cut in 1..=all.len() {
            let mut decoder = Decoder::default();
            let came: Vec<_> = all.chunks(cut).flat_map(|piece| decoder.read(piece, LARGEST).came).collect();
            assert_eq!(came, [said("one"), Inward::Ping(b"?".to_vec()), said("two")], "in pieces of {cut}");
            assert_eq!(decoder.held(), 0);
        }
        assert_eq!(read(&all).frames, 5);
    }

    #[test]
    fn what_came_whole_before_a_fault_counts() {
        let read = read(&[sent(0x81, b"one"), vec![0x81, 0x02, b'n', b'o']].concat());
        assert_eq!((read.came, read.fault), (vec![said("one")], Some(Fault::Protocol)));
    }

    #[test]
    fn a_giant_is_refused_by_its_head_and_never_waited_for() {
        assert_eq!(read(&sent(0x81, &[b'x'; LARGEST])).fault, None);
        assert_eq!(read(&[0x81, 0x80 | 126, 0, LARGEST as u8 + 1]).fault, None, "the mask has not come yet");
        assert_eq!(read(&sent(0x81, &[b'x'; LARGEST + 1])[..8]).fault, Some(Fault::TooLarge));
        let mut endless = vec![0x81, 0xff];
        endless.extend(u64::MAX.to_be_bytes());
        endless.extend(MASK);
        assert_eq!(read(&endless).fault, Some(Fault::TooLarge));
        let in_pieces = [sent(0x01, &[b'x'; LARGEST]), sent(0x80, b"x")].concat();
        assert_eq!(read(&in_pieces).fault, Some(Fault::TooLarge));
    }

    #[test]
    fn a_message_in_too_many_pieces_is_refused() {
        let mut pieces = sent(0x01, b"");
        (1..FRAGMENTS).for_each(|_| pieces.extend(sent(0x00, b"")));
        assert_eq!(read(&pieces).fault, None);
        pieces.extend(sent(0x00, b""));
        assert_eq!(read(&pieces).fault, Some(Fault::Protocol));
    }

    #[test]
    fn what_the_standard_forbids_is_a_fault() {
        let unmasked = vec![0x81, 0x01, b'x'];
        let protocol = [
            unmasked,
            sent(0xc1, b"compressed"),
            sent(0x83, b"reserved"),
            sent(0x8b, b"reserved"),
            sent(0x09, b"a ping in pieces"),
            sent(0x89, &[0; 126]),
            sent(0x88, b"1"),
            sent(0x80, b"goes on with nothing"),
            [sent(0x01, b"open"), sent(0x81, b"another")].concat(),
        ];
        for bytes in protocol {
            assert_eq!(read(&bytes).fault, Some(Fault::Protocol), "{bytes:x?}");
        }
        assert_eq!(read(&sent(0x82, b"binary")).fault, Some(Fault::NotText));
        assert_eq!(read(&sent(0x81, &[0xff, 0xfe])).fault, Some(Fault::NotText));
        let cut_letter = [sent(0x01, &[0xe4, 0xbd]), sent(0x80, &[0xa0])].concat();
        assert_eq!(read(&cut_letter).came, [said("你")], "a letter may be cut between fragments");
    }
}

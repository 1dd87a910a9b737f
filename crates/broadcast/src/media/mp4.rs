//! Fragmented MP4 (CMAF, ISO 14496-12): one header for a track set, then a fragment for each part. Codec
//! configurations pass through byte for byte.

use bytes::{BufMut, Bytes, BytesMut};

use super::{Codec, Frame, Kind};

/// Sample flags of ISO 14496-12 8.8.3.1: depends on no other frame; depends on others and is no sync point.
const BEGINS_HERE: u32 = 0x0200_0000;
const NEEDS_OTHERS: u32 = 0x0101_0000;

/// No rotation, no scaling.
const IDENTITY: [u32; 9] = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x4000_0000];

/// Video is always track 1 and audio track 2.
fn track_id(kind: Kind) -> u32 {
    match kind {
        Kind::Video => 1,
        Kind::Audio => 2,
    }
}

/// The header that a player needs before the first fragment.
pub fn header(tracks: &[&Codec]) -> Bytes {
    let mut out = BytesMut::with_capacity(1_500);
    boxed(&mut out, b"ftyp", |out| {
        out.put_slice(b"iso6");
        out.put_u32(0);
        out.put_slice(b"iso6cmfcmp41");
    });
    boxed(&mut out, b"moov", |out| {
        full(out, b"mvhd", 0, 0, |out| {
            put_all(out, &[0, 0, 1_000, 0, 0x10000]);
            out.put_u16(0x100);
            out.put_bytes(0, 10);
            put_all(out, &IDENTITY);
            out.put_bytes(0, 24);
            out.put_u32(3);
        });
        for codec in tracks {
            track(out, codec);
        }
        boxed(out, b"mvex", |out| {
            for codec in tracks {
                full(out, b"trex", 0, 0, |out| put_all(out, &[track_id(codec.kind()), 1, 0, 0, 0]));
            }
        });
    });
    out.freeze()
}

/// One `moof` with a run for each kind that has frames, and their bytes behind it.
pub fn fragment(number: u32, runs: [(Kind, &[Frame]); 2]) -> Bytes {
    let payload: usize = runs.iter().flat_map(|(_, frames)| *frames).map(|frame| frame.data.len() + 16).sum();
    let mut out = BytesMut::with_capacity(payload + 256);
    // Where each run begins in `mdat` is only known when `moof` is complete.
    let mut offsets = Vec::with_capacity(2);
    boxed(&mut out, b"moof", |out| {
        full(out, b"mfhd", 0, 0, |out| out.put_u32(number));
        for (kind, frames) in runs {
            let Some(first) = frames.first() else { continue };
            boxed(out, b"traf", |out| {
                full(out, b"tfhd", 0, 0x02_0000, |out| out.put_u32(track_id(kind)));
                full(out, b"tfdt", 1, 0, |out| out.put_u64(first.dts));
                full(out, b"trun", 1, 0x0f01, |out| {
                    out.put_u32(frames.len() as u32);
                    offsets.push((out.len(), bytes_of(frames)));
                    out.put_u32(0);
                    frames.iter().for_each(|frame| put_sample(out, frame));
                });
            });
        }
    });
    let mut offset = out.len() as u32 + 8;
    for (at, length) in offsets {
        out[at..at + 4].copy_from_slice(&offset.to_be_bytes());
        offset += length;
    }
    boxed(&mut out, b"mdat", |out| {
        for frame in runs.iter().flat_map(|(_, frames)| *frames) {
            out.put_slice(&frame.data);
        }
    });
    out.freeze()
}

fn bytes_of(frames: &[Frame]) -> u32 {
    frames.iter().map(|frame| frame.data.len() as u32).sum()
}

fn put_sample(out: &mut BytesMut, frame: &Frame) {
    out.put_u32(frame.duration);
    out.put_u32(frame.data.len() as u32);
    out.put_u32(if frame.key { BEGINS_HERE } else { NEEDS_OTHERS });
    out.put_i32(frame.cts);
}

fn track(out: &mut BytesMut, codec: &Codec) {
    let video = match codec {
        Codec::Avc(config) => Some((u32::from(config.width), u32::from(config.height))),
        Codec::Aac(_) | Codec::Opus { .. } => None,
    };
    let (width, height) = video.unwrap_or((0, 0));
    boxed(out, b"trak", |out| {
        full(out, b"tkhd", 0, 3, |out| {
            put_all(out, &[0, 0, track_id(codec.kind()), 0, 0, 0, 0, 0]);
            out.put_u16(if video.is_some() { 0 } else { 0x100 });
            out.put_u16(0);
            put_all(out, &IDENTITY);
            put_all(out, &[width << 16, height << 16]);
        });
        boxed(out, b"mdia", |out| {
            // 0x55c4 is "und", no language.
            full(out, b"mdhd", 0, 0, |out| put_all(out, &[0, 0, codec.timescale(), 0, 0x55c4_0000]));
            full(out, b"hdlr", 0, 0, |out| {
                out.put_u32(0);
                out.put_slice(if video.is_some() { b"vide" } else { b"soun" });
                out.put_bytes(0, 13);
            });
            boxed(out, b"minf", |out| media_information(out, codec));
        });
    });
}

fn media_information(out: &mut BytesMut, codec: &Codec) {
    match codec.kind() {
        Kind::Video => full(out, b"vmhd", 0, 1, |out| out.put_u64(0)),
        Kind::Audio => full(out, b"smhd", 0, 0, |out| out.put_u32(0)),
    }
    boxed(out, b"dinf", |out| {
        full(out, b"dref", 0, 0, |out| {
            out.put_u32(1);
            full(out, b"url ", 0, 1, |_| {});
        });
    });
    boxed(out, b"stbl", |out| {
        full(out, b"stsd", 0, 0, |out| {
            out.put_u32(1);
            sample_entry(out, codec);
        });
        // Empty tables: every sample is in a fragment.
        full(out, b"stts", 0, 0, |out| out.put_u32(0));
        full(out, b"stsc", 0, 0, |out| out.put_u32(0));
        full(out, b"stsz", 0, 0, |out| out.put_u64(0));
        full(out, b"stco", 0, 0, |out| out.put_u32(0));
    });
}

fn sample_entry(out: &mut BytesMut, codec: &Codec) {
    match codec {
        Codec::Avc(config) => boxed(out, b"avc1", |out| {
            out.put_bytes(0, 6);
            out.put_u16(1);
            out.put_bytes(0, 16);
            out.put_u16(config.width);
            out.put_u16(config.height);
            // 72 dots an inch, one frame a sample, no name, 24 bits deep.
            put_all(out, &[0x48_0000, 0x48_0000, 0]);
            out.put_u16(1);
            out.put_bytes(0, 32);
            out.put_u16(0x18);
            out.put_u16(0xffff);
            boxed(out, b"avcC", |out| out.put_slice(&config.record));
        }),
        Codec::Aac(config) => boxed(out, b"mp4a", |out| {
            audio_entry(out, config.channels, config.rate);
            full(out, b"esds", 0, 0, |out| out.put_slice(&elementary_stream(&config.record)));
        }),
        Codec::Opus { channels } => boxed(out, b"Opus", |out| {
            audio_entry(out, *channels, 48_000);
            boxed(out, b"dOps", |out| {
                out.put_u8(0);
                out.put_u8(*channels);
                // libopus' usual delay in samples, the rate, no gain, the plain mapping.
                out.put_u16(312);
                out.put_u32(48_000);
                out.put_i16(0);
                out.put_u8(0);
            });
        }),
    }
}

fn audio_entry(out: &mut BytesMut, channels: u8, rate: u32) {
    out.put_bytes(0, 6);
    out.put_u16(1);
    out.put_u64(0);
    out.put_u16(u16::from(channels));
    out.put_u16(16);
    out.put_u32(0);
    // 16.16 fixed point: higher rates do not fit, and the codec's own configuration decides.
    out.put_u32(rate.min(0xffff) << 16);
}

/// The descriptors of ISO 14496-1 7.2.6 that MP4 wraps AAC's configuration in.
fn elementary_stream(config: &[u8]) -> BytesMut {
    let mut decoder = BytesMut::new();
    // 0x40: AAC; 0x15: an audio stream.
    decoder.put_slice(&[0x40, 0x15, 0, 0, 0]);
    put_all(&mut decoder, &[0, 0]);
    descriptor(&mut decoder, 5, config);
    let mut stream = BytesMut::new();
    stream.put_slice(&[0, 0, 0]);
    descriptor(&mut stream, 4, &decoder);
    descriptor(&mut stream, 6, &[2]);
    let mut out = BytesMut::new();
    descriptor(&mut out, 3, &stream);
    out
}

/// Lengths are written in four bytes of seven bits; a configuration of at most 64 bytes keeps them in the last.
fn descriptor(out: &mut BytesMut, tag: u8, body: &[u8]) {
    out.put_slice(&[tag, 0x80, 0x80, 0x80, body.len() as u8]);
    out.put_slice(body);
}

fn boxed(out: &mut BytesMut, name: &[u8; 4], body: impl FnOnce(&mut BytesMut)) {
    let start = out.len();
    out.put_u32(0);
    out.put_slice(name);
    body(out);
    let length = (out.len() - start) as u32;
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
}

fn full(out: &mut BytesMut, name: &[u8; 4], version: u8, flags: u32, body: impl FnOnce(&mut BytesMut)) {
    boxed(out, name, |out| {
        out.put_u32(u32::from(version) << 24 | flags);
        body(out);
    });
}

fn put_all(out: &mut BytesMut, words: &[u32]) {
    words.iter().for_each(|word| out.put_u32(*word));
}

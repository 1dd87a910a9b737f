//! The MP4 boxes, read by a library that did not write them.

use std::io::Cursor;

use bytes::Bytes;
use mp4_atom::{Any, Codec, Mdat, Moof, Moov, ReadFrom};

use crate::support::encoder::{Encoder, Habits};
use crate::support::playlist::Playlist;
use crate::support::{Studio, name};

/// All boxes; every byte must belong to one.
pub fn boxes(bytes: &Bytes) -> Vec<Any> {
    let mut cursor = Cursor::new(bytes.as_ref());
    let mut found = Vec::new();
    while let Some(any) = Option::<Any>::read_from(&mut cursor).unwrap() {
        assert!(!matches!(any, Any::Unknown(..)), "{any:?}");
        found.push(any);
    }
    found
}

pub fn check_header(bytes: &Bytes) -> Moov {
    let mut boxes = boxes(bytes).into_iter();
    assert!(matches!(boxes.next(), Some(Any::Ftyp(_))));
    let Some(Any::Moov(moov)) = boxes.next() else { panic!("no moov") };
    for track in &moov.trak {
        assert_eq!(track.mdia.minf.stbl.stsd.codecs.len(), 1);
        assert!(!matches!(track.mdia.minf.stbl.stsd.codecs[0], Codec::Unknown(..)));
    }
    let extended: Vec<u32> = moov.mvex.as_ref().unwrap().trex.iter().map(|trex| trex.track_id).collect();
    let tracks: Vec<u32> = moov.trak.iter().map(|track| track.tkhd.track_id).collect();
    assert_eq!(extended, tracks);
    moov
}

/// Checks fragments that follow each other: no track's time has a hole, every sample's bytes are in `mdat`. Gives the
/// samples of the video and the sound.
pub fn check_fragments(bytes: &Bytes, ends: &mut [Option<u64>; 2]) -> [usize; 2] {
    let mut samples = [0, 0];
    for pair in boxes(bytes).chunks(2) {
        let [Any::Moof(moof), Any::Mdat(mdat)] = pair else { panic!("no pairs of moof and mdat") };
        check_fragment(moof, mdat, ends, &mut samples);
    }
    samples
}

fn check_fragment(moof: &Moof, mdat: &Mdat, ends: &mut [Option<u64>; 2], samples: &mut [usize; 2]) {
    let mut length = 0;
    for traf in &moof.traf {
        let track = traf.tfhd.track_id as usize - 1;
        let mut time = traf.tfdt.as_ref().unwrap().base_media_decode_time;
        if let Some(end) = ends[track] {
            assert_eq!(time, end, "track {track} continues");
        }
        for entry in traf.trun.iter().flat_map(|trun| &trun.samples) {
            assert!(entry.duration.unwrap() > 0);
            time += u64::from(entry.duration.unwrap());
            length += entry.size.unwrap() as usize;
            samples[track] += 1;
        }
        ends[track] = Some(time);
    }
    assert_eq!(length, mdat.data.len());
}

#[tokio::test(start_paused = true)]
async fn headers_parts_and_segments_are_what_they_say() {
    let studio = Studio::new();
    let publication = studio.publish().await;
    let mut encoder = Encoder::new(Habits::obs());
    encoder.begin(&publication).unwrap();
    encoder.send_until(8_000, &publication).unwrap();
    studio.broadcast.end(&name("stall"));
    let playlist = Playlist::parse(&studio.viewer.text("/stall/show-1/live.m3u8").await);
    let moov = check_header(&studio.viewer.bytes("/stall/show-1/init1.mp4").await);
    assert_eq!(moov.trak.len(), 2);
    let (mut whole, mut in_parts) = ([None; 2], [None; 2]);
    let mut samples = 0;
    for segment in &playlist.segments {
        let bytes = studio.viewer.bytes(&format!("/stall/show-1/{}", segment.uri)).await;
        samples += check_fragments(&bytes, &mut whole)[0];
        let mut joined = Vec::new();
        for part in &segment.parts {
            let bytes = studio.viewer.bytes(&format!("/stall/show-1/{}", part.uri)).await;
            check_fragments(&bytes, &mut in_parts);
            joined.extend_from_slice(&bytes);
        }
        assert!(segment.parts.is_empty() || joined == bytes, "a segment is its parts");
    }
    assert_eq!(samples, 241, "every picture, also the last");
}

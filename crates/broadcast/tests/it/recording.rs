//! What was recorded plays, whatever happened to the program.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use axum::http::StatusCode;
use broadcast::{Audience, Broadcast, Limits, Phase, Recording, Recordings};
use gateways::files::Files;
use kernel::Clock;

use crate::mp4::{check_fragments, check_header};
use crate::support::encoder::{Encoder, Habits};
use crate::support::playlist::Playlist;
use crate::support::{KEY, OneKey, Studio, Viewer, asked, name};

const REPLAY: &str = "/stall/show-1/replay.m3u8";
const FOLDER: &str = "BROADCAST_TEST_FOLDER";

fn broadcast_in(folder: &Path) -> Broadcast {
    let admit = OneKey::default();
    let recordings = Recordings::new(Files::local(folder.to_owned()));
    Broadcast::new(Arc::new(admit), recordings, Clock::system())
}

/// Plays a recording from end to end; gives how many pictures it has.
async fn play(viewer: &Viewer) -> usize {
    samples(viewer).await[0]
}

/// Plays a recording from end to end; gives how many pictures it has, and packets of sound.
pub async fn samples(viewer: &Viewer) -> [usize; 2] {
    let playlist = Playlist::parse(&viewer.text(REPLAY).await);
    let (mut samples, mut ends, mut map) = ([0, 0], [None; 2], String::new());
    for segment in &playlist.segments {
        if segment.map != map {
            check_header(&viewer.bytes(&format!("/stall/show-1/{}", segment.map)).await);
            map.clone_from(&segment.map);
        }
        if segment.starts_anew {
            ends = [None; 2];
        }
        let more = check_fragments(&viewer.bytes(&format!("/stall/show-1/{}", segment.uri)).await, &mut ends);
        samples = [samples[0] + more[0], samples[1] + more[1]];
    }
    samples
}

#[tokio::test]
async fn a_show_can_be_watched_again_from_its_beginning() {
    let studio = Studio::new();
    let publication = studio.publish().await;
    let mut encoder = Encoder::new(Habits::obs());
    encoder.begin(&publication).unwrap();
    encoder.send_until(31_000, &publication).unwrap();
    studio.broadcast.end(&name("stall"));
    studio.broadcast.close().await;
    let playlist = Playlist::parse(&studio.viewer.text(REPLAY).await);
    assert_eq!((playlist.kind.as_deref(), playlist.ended), (Some("VOD"), true));
    assert_eq!(play(&studio.viewer).await, 931, "every picture");
    let recordings = studio.broadcast.recordings();
    recordings.delete(&name("show-1")).await.unwrap();
    assert_eq!(studio.viewer.get(REPLAY).await.status, StatusCode::NOT_FOUND);
    let left = files_in(studio.folder.path());
    assert_eq!(left, 0, "nothing is left over");
}

fn files_in(folder: &Path) -> usize {
    let folders = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    folders.map(|folder| std::fs::read_dir(folder).unwrap().count()).sum()
}

#[tokio::test(start_paused = true)]
async fn a_recording_stops_at_its_limit_and_the_show_goes_on() {
    let limits = Limits { recording_bytes: 20_000, ..Limits::default() };
    let studio = Studio::with(limits, Audience::Everyone);
    let publication = studio.publish().await;
    let mut encoder = Encoder::new(Habits::obs());
    encoder.begin(&publication).unwrap();
    let status = studio.broadcast.status(&name("stall")).unwrap();
    let recordings = studio.broadcast.recordings();
    let mut bytes = 0;
    for round in 1..100 {
        tokio::time::advance(std::time::Duration::from_secs(2)).await;
        encoder.send_until(round * 2_000, &publication).unwrap();
        // The disk keeps up with a show that goes on in no time, as long as it writes at all.
        for _ in 0..200 {
            let entries = recordings.entries(&name("show-1")).await.unwrap();
            bytes = entries.iter().map(|entry| entry.bytes).sum();
            if entries.len() as u64 + 1 >= round {
                break;
            }
        }
        if status.borrow().recording == Recording::Full {
            break;
        }
    }
    assert_eq!((status.borrow().recording, status.borrow().phase), (Recording::Full, Phase::Live));
    assert!((10_000..=20_000).contains(&bytes), "{bytes} bytes");
    play(&studio.viewer).await;
}

#[tokio::test]
async fn after_a_kill_everything_that_was_named_plays_and_the_show_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "recording::records_until_it_is_killed", "--ignored", "--nocapture"])
        .env(FOLDER, folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "kept 6"), "the child records");
    child.kill().unwrap();
    child.wait().unwrap();

    let broadcast = broadcast_in(folder.path());
    let viewer = Viewer(broadcast.routes());
    let entries = broadcast.recordings().entries(&name("show-1")).await.unwrap().len();
    assert!(entries >= 6);
    let before = play(&viewer).await;
    assert!(before >= 6 * 59, "{before} pictures");
    // The host comes back to the next process.
    let publication = broadcast.publish(asked(KEY)).await.unwrap();
    let mut encoder = Encoder::new(Habits::obs());
    encoder.begin(&publication).unwrap();
    encoder.send_until(6_000, &publication).unwrap();
    broadcast.close().await;
    assert_eq!(play(&viewer).await, before + 181);
    let playlist = Playlist::parse(&viewer.text(REPLAY).await);
    assert!(playlist.segments[entries].starts_anew);
}

/// Not a test of its own: the program that the one above kills.
#[tokio::test]
#[ignore = "run by the test that kills it"]
async fn records_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let broadcast = broadcast_in(Path::new(&folder));
    let publication = broadcast.publish(asked(KEY)).await.unwrap();
    let mut encoder = Encoder::new(Habits::obs());
    encoder.begin(&publication).unwrap();
    for round in 1.. {
        encoder.send_until(round * 2_000, &publication).unwrap();
        let kept = loop {
            // One segment at a time, so that none is lost on the way to the disk.
            let kept = broadcast.recordings().entries(&name("show-1")).await.unwrap().len() as u64;
            if kept + 1 >= round {
                break kept;
            }
        };
        println!("kept {kept}");
    }
}

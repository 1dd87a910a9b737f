//! A film of our own plays like a host's broadcast, over and over.

use std::time::Duration;

use broadcast::flv::FlvError;
use broadcast::reel::{self, Film, FilmError};
use broadcast::{Name, Phase, Publishing, Recordings, Source, Stop};
use bytes::{Bytes, BytesMut};
use gateways::files::Files;
use kernel::Timestamp;
use tokio::task::JoinHandle;
use tokio::time::{Instant, advance, sleep};

use crate::mp4::{check_fragments, check_header};
use crate::support::film::{self, PACKETS, PICTURES};
use crate::support::playlist::Playlist;
use crate::support::{KEY, Studio, Viewer, name};

const LIVE: &str = "/stall/show-1/live.m3u8";

fn the_film() -> Film {
    Film::from_flv(film::flv()).unwrap()
}

/// Begins to play, as if the film had begun at a moment.
async fn play(studio: &Studio, began: Instant) -> JoinHandle<Stop> {
    let asked = Publishing { key: KEY, room: None, source: Source::Reel, from: None };
    let publication = studio.broadcast.publish(asked).await.unwrap();
    tokio::spawn(async move { reel::play(&publication, &the_film(), began).await })
}

/// What can be watched: how many pictures and packets, and all bytes. No track has a hole.
async fn watched(viewer: &Viewer, playlist: &Playlist, show: &Name) -> ([usize; 2], Vec<u8>) {
    let (mut samples, mut ends, mut all) = ([0, 0], [None; 2], Vec::new());
    let closed = playlist.segments.iter().map(|segment| &segment.uri);
    for uri in closed.chain(playlist.open.iter().map(|part| &part.uri)) {
        let bytes = viewer.bytes(&format!("/stall/{show}/{uri}")).await;
        let more = check_fragments(&bytes, &mut ends);
        samples = [samples[0] + more[0], samples[1] + more[1]];
        all.extend_from_slice(&bytes);
    }
    (samples, all)
}

fn shows(bytes: &[u8], picture: u16) -> bool {
    bytes.windows(7).any(|window| window == film::nal(picture))
}

#[test]
fn a_film_knows_how_long_it_is() {
    assert_eq!(the_film().duration(), Duration::from_millis(3_200));
}

#[tokio::test(start_paused = true)]
async fn a_film_plays_as_the_clock_goes_and_begins_anew_without_a_seam() {
    let studio = Studio::new();
    let playing = play(&studio, Instant::now()).await;
    sleep(Duration::from_millis(9_990)).await;
    let playlist = Playlist::parse(&studio.viewer.text(LIVE).await);
    assert!(playlist.segments.iter().all(|segment| !segment.starts_anew), "three rounds, no seam");
    let (samples, _) = watched(&studio.viewer, &playlist, &name("show-1")).await;
    // The part in the making is not seen yet.
    assert!((245..=250).contains(&samples[0]), "ten seconds and no more: {} pictures", samples[0]);
    assert!((458..=469).contains(&samples[1]), "and the sound with them: {} packets", samples[1]);
    let status = studio.broadcast.status(&name("stall")).unwrap().borrow().clone();
    assert_eq!((status.phase, status.source), (Phase::Live, Source::Reel));
    assert_eq!(status.health.advice, [], "as a good encoder sends");
    playing.abort();
}

#[tokio::test(start_paused = true)]
async fn whoever_knows_when_it_began_knows_what_is_shown() {
    let studio = Studio::new();
    let began = Instant::now();
    sleep(Duration::from_millis(4_000)).await;
    // Begun anew in the second round, 0.8 s into it: its next key frame is due 0.8 s later.
    let playing = play(&studio, began).await;
    sleep(Duration::from_millis(790)).await;
    assert_eq!(studio.broadcast.status(&name("stall")).unwrap().borrow().phase, Phase::Waiting);
    sleep(Duration::from_millis(500)).await;
    let playlist = Playlist::parse(&studio.viewer.text(LIVE).await);
    let (_, bytes) = watched(&studio.viewer, &playlist, &name("show-1")).await;
    assert!(shows(&bytes, 40) && !shows(&bytes, 39), "it is joined at that key frame");
    playing.abort();
}

#[tokio::test(start_paused = true)]
async fn after_a_sleep_of_the_machine_it_goes_on_with_what_is_shown_now() {
    let studio = Studio::new();
    let playing = play(&studio, Instant::now()).await;
    sleep(Duration::from_millis(2_000)).await;
    advance(Duration::from_secs(32)).await;
    sleep(Duration::from_millis(1_500)).await;
    let playlist = Playlist::parse(&studio.viewer.text(LIVE).await);
    let anew = playlist.segments.iter().filter(|segment| segment.starts_anew).count();
    assert_eq!(anew + usize::from(playlist.open_starts_anew), 1, "what was missed is left out");
    let shown: u64 = playlist.segments.iter().map(|segment| segment.duration).sum();
    assert!(shown < 600_000, "{shown}");
    playing.abort();
}

#[tokio::test(start_paused = true)]
async fn it_stops_when_the_show_is_over_or_a_host_comes() {
    let studio = Studio::new();
    let playing = play(&studio, Instant::now()).await;
    sleep(Duration::from_secs(1)).await;
    let host = studio.publish().await;
    assert_eq!(playing.await.unwrap(), Stop::TakenOver);
    drop(host);
    let playing = play(&studio, Instant::now()).await;
    sleep(Duration::from_secs(1)).await;
    studio.broadcast.end(&name("stall"));
    assert_eq!(playing.await.unwrap(), Stop::Ended);
}

#[test]
fn what_is_no_film_is_not_played() {
    let whole = film::flv();
    let read = |file: Bytes| Film::from_flv(file).map(|film| film.duration());
    assert_eq!(read(Bytes::new()), Err(FilmError::NotFlv));
    assert_eq!(read(Bytes::from_static(b"GIF89a..........")), Err(FilmError::NotFlv));
    assert_eq!(read(whole.slice(..whole.len() - 1)), Err(FilmError::NotFlv), "cut off");
    assert_eq!(read(whole.slice(..13)), Err(FilmError::NoPictures));
    let mut mp3 = BytesMut::from(&whole[..]);
    film::tag(&mut mp3, 8, 3_200, &[0x2f, 0, 0]);
    assert_eq!(read(mp3.freeze()), Err(FilmError::Flv(FlvError::Encoding)));
}

#[tokio::test]
async fn a_recording_of_a_film_needs_no_show() {
    let studio = Studio::new();
    let recordings = Recordings::new(Files::local(studio.folder.path().to_owned()));
    let (show, at) = (name("show-1"), "2026-11-20T12:00:00Z".parse::<Timestamp>().unwrap());
    reel::record(&recordings, &show, &the_film(), 3, at).await.unwrap();
    let playlist = Playlist::parse(&studio.viewer.text("/stall/show-1/replay.m3u8").await);
    assert_eq!((playlist.kind.as_deref(), playlist.ended), (Some("VOD"), true));
    assert!(playlist.segments.iter().all(|segment| !segment.starts_anew));
    check_header(&studio.viewer.bytes("/stall/show-1/replay-init1.mp4").await);
    let (samples, _) = watched(&studio.viewer, &playlist, &show).await;
    assert_eq!(samples, [3 * usize::from(PICTURES), 3 * PACKETS as usize], "every picture and packet");
    let entries = recordings.entries(&show).await.unwrap();
    assert_eq!(entries[0].at, at);
    let ticks: u64 = entries.iter().map(|entry| entry.ticks).sum();
    assert_eq!(ticks, 3 * 3_200 * 90, "to the last tick");
    let again = reel::record(&recordings, &show, &the_film(), 1, at).await;
    assert_eq!(again.unwrap_err().kind(), std::io::ErrorKind::AlreadyExists, "it is not written over");
    recordings.delete(&show).await.unwrap();
    assert_eq!(recordings.entries(&show).await.unwrap(), []);
}

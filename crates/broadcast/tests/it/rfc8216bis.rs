//! Whole broadcasts, part for part, against the rules of RFC 8216bis for low-latency playlists.

use crate::support::encoder::{Encoder, Habits};
use crate::support::playlist::Playlist;
use crate::support::{Studio, Viewer, advance, name};
use axum::http::StatusCode;

const LIVE: &str = "/stall/show-1/live.m3u8";

/// Follows a room as a player does and checks each version of its playlist.
struct Checker {
    viewer: Viewer,
    last: Option<Playlist>,
    versions: usize,
}

impl Checker {
    fn new(viewer: &Viewer) -> Self {
        Self { viewer: viewer.clone(), last: None, versions: 0 }
    }

    async fn look(&mut self) -> &Playlist {
        let text = self.viewer.text(LIVE).await;
        let playlist = Playlist::parse(&text);
        playlist.check_live();
        if let Some(last) = &self.last {
            playlist.check_after(last);
            if last.open != playlist.open || last.segments != playlist.segments {
                self.versions += 1;
                self.fetch(last).await;
            }
        }
        self.last.insert(playlist)
    }

    /// 6.2.2: what a player saw a moment ago can still be loaded, though it may have left the playlist.
    async fn fetch(&self, seen: &Playlist) {
        let oldest = seen.segments.first().map(|segment| segment.uri.clone());
        let parts = seen.segments.iter().flat_map(|segment| &segment.parts).chain(&seen.open);
        let first_part = parts.clone().next().map(|part| part.uri.clone());
        let last_part = parts.last().map(|part| part.uri.clone());
        for uri in [oldest, first_part, last_part].into_iter().flatten() {
            self.viewer.bytes(&format!("/stall/show-1/{uri}")).await;
        }
    }
}

/// Broadcasts for some time and looks at the playlist after every frame.
async fn follow(studio: &Studio, habits: Habits, ms: u64) -> Checker {
    let mut checker = Checker::new(&studio.viewer);
    follow_on(studio, &mut checker, habits, ms).await;
    checker
}

async fn follow_on(studio: &Studio, checker: &mut Checker, habits: Habits, ms: u64) {
    let publication = studio.publish().await;
    let mut encoder = Encoder::new(habits);
    encoder.begin(&publication).unwrap();
    let mut last = 0;
    loop {
        let (frame, at) = encoder.next();
        if at > ms {
            break;
        }
        tokio::time::advance(std::time::Duration::from_millis(at - last)).await;
        advance(&studio.clock, (at - last) as i64);
        last = at;
        publication.push(frame).unwrap();
        checker.look().await;
    }
}

#[tokio::test(start_paused = true)]
async fn every_usual_frame_rate_and_key_frame_interval_keeps_to_the_rules() {
    for frame_us in [16_667, 20_000, 33_333, 40_000, 41_708, 66_667, 100_000] {
        for key_ms in [500, 1_000, 2_000, 3_300, 8_300] {
            let studio = Studio::new();
            let key_every = (key_ms * 1_000 / frame_us).max(1);
            let habits = Habits { frame_us, key_every, whole_ms: true, sound: true };
            let checker = follow(&studio, habits, 30_000).await;
            assert!(checker.versions > 100, "{habits:?}: {} versions", checker.versions);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_part_is_a_fifth_of_a_second_and_a_segment_two_seconds() {
    let studio = Studio::new();
    let checker = follow(&studio, Habits::obs(), 20_000).await;
    let playlist = checker.last.unwrap();
    for segment in &playlist.segments {
        assert!(segment.duration.abs_diff(200_000) < 200, "{segment:?}");
        assert!(segment.parts.is_empty() || segment.parts.len() == 10);
        assert!(segment.parts.first().is_none_or(|part| part.independent));
    }
    assert_eq!(playlist.segments.len(), 8);
}

#[tokio::test(start_paused = true)]
async fn a_host_who_comes_back_continues_the_same_playlist() {
    let studio = Studio::new();
    let mut checker = follow(&studio, Habits::obs(), 7_300).await;
    for (wait_s, habits) in [
        (20, Habits::obs()),
        (5, Habits { frame_us: 40_000, key_every: 50, ..Habits::obs() }),
        (5, Habits { sound: false, ..Habits::obs() }),
    ] {
        tokio::time::advance(std::time::Duration::from_secs(wait_s)).await;
        advance(&studio.clock, wait_s as i64 * 1_000);
        follow_on(&studio, &mut checker, habits, 9_000).await;
        let playlist = checker.look().await;
        assert!(playlist.segments.iter().any(|segment| segment.starts_anew), "after {wait_s} s");
    }
    assert_eq!(checker.look().await.segments.last().map(|segment| segment.map.clone()).unwrap(), "init2.mp4");
    studio.broadcast.end(&name("stall"));
    assert!(checker.look().await.ended);
}

#[tokio::test(start_paused = true)]
async fn a_publishers_clock_may_jump() {
    let studio = Studio::new();
    let publication = studio.publish().await;
    let mut checker = Checker::new(&studio.viewer);
    send_with_jumps(&publication, &mut checker).await;
    let playlist = checker.look().await;
    assert_eq!(playlist.segments.iter().filter(|segment| segment.starts_anew).count(), 2);
}

/// Forty seconds on, and back again to the beginning.
async fn send_with_jumps(publication: &broadcast::Publication, checker: &mut Checker) {
    let habits = Habits { sound: false, ..Habits::obs() };
    Encoder::new(habits).begin(publication).unwrap();
    publication.expect_no_sound().unwrap();
    for base in [0, 40_000 * 90, 0] {
        let mut encoder = Encoder::new(habits);
        for _ in 0..140 {
            let (mut frame, _) = encoder.next();
            frame.dts += base;
            publication.push(frame).unwrap();
            checker.look().await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_multivariant_playlist_names_the_codecs_and_leads_to_the_show() {
    let studio = Studio::new();
    let _publication = {
        let publication = studio.publish().await;
        let mut encoder = Encoder::new(Habits::obs());
        encoder.begin(&publication).unwrap();
        encoder.send_until(1_000, &publication).unwrap();
        publication
    };
    let text = studio.viewer.text("/stall/index.m3u8").await;
    assert!(
        text.contains("CODECS=\"avc1.64001e,mp4a.40.2\",RESOLUTION=640x360\nshow-1/live.m3u8\n"),
        "{text}"
    );
    assert!(text.contains("BANDWIDTH=8000000"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_reload_waits_for_exactly_what_it_asks() {
    let studio = Studio::new();
    let publication = studio.publish().await;
    let mut encoder = Encoder::new(Habits::obs());
    encoder.begin(&publication).unwrap();
    encoder.send_until(2_700, &publication).unwrap();
    let before = Playlist::parse(&studio.viewer.text(LIVE).await);
    let open = before.sequence + before.segments.len() as u64;
    let parts = before.open.len();
    for query in [
        format!("_HLS_msn={open}"),
        format!("_HLS_msn={open}&_HLS_part={parts}"),
        // A part that the segment before ended without is the first of the open one, which is there.
        format!("_HLS_msn={}&_HLS_part=99", open),
    ] {
        let viewer = studio.viewer.clone();
        let address = format!("{LIVE}?{query}");
        let waiting = tokio::spawn(async move { viewer.get(&address).await });
        tokio::task::yield_now().await;
        assert_eq!(waiting.is_finished(), query.ends_with("99"), "{query}");
        waiting.abort();
    }
    let now = format!("{LIVE}?_HLS_msn={}&_HLS_part=99", open - 1);
    assert_eq!(studio.viewer.get(&now).await.status, StatusCode::OK);

    let viewer = studio.viewer.clone();
    let address = format!("{LIVE}?_HLS_msn={open}&_HLS_part={parts}");
    let waiting = tokio::spawn(async move { viewer.text(&address).await });
    let hint = format!("/stall/show-1/{}", before.hint.clone().unwrap());
    let viewer = studio.viewer.clone();
    let hinted = tokio::spawn(async move { viewer.bytes(&hint).await });
    tokio::task::yield_now().await;
    encoder.send_until(3_000, &publication).unwrap();
    let after = Playlist::parse(&waiting.await.unwrap());
    assert!(after.open.len() > parts);
    assert!(!hinted.await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_question_too_far_ahead_or_without_its_segment_is_refused() {
    let studio = Studio::new();
    let publication = studio.publish().await;
    let mut encoder = Encoder::new(Habits::obs());
    encoder.begin(&publication).unwrap();
    encoder.send_until(2_700, &publication).unwrap();
    let playlist = Playlist::parse(&studio.viewer.text(LIVE).await);
    let last = playlist.sequence + playlist.segments.len() as u64 - 1;
    for query in [
        format!("_HLS_msn={}", last + 3),
        format!("_HLS_msn={}&_HLS_part={}", last + 1, playlist.open.len() + 15),
        "_HLS_part=0".to_owned(),
        "_HLS_msn=x".to_owned(),
    ] {
        let answer = studio.viewer.get(&format!("{LIVE}?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
    }
    // The host sends nothing more: the one who waits is told after three target durations.
    let answer = studio.viewer.get(&format!("{LIVE}?_HLS_msn={}", last + 2)).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    studio.broadcast.end(&name("stall"));
    let answer = studio.viewer.get(&format!("{LIVE}?_HLS_msn={}", last + 9)).await;
    assert_eq!(answer.status, StatusCode::OK, "6.2.5.2: ignored when the end is told");
}

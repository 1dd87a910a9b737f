//! Hosts who come, go, come back, and stay too long; and what they are told.

use std::time::Duration;

use broadcast::{
    Advice, Audience, Ending, Limits, News, Phase, PublishError, RESUME_WITHIN, Refusal, Status, Stop,
};

use crate::support::encoder::{Encoder, Habits};
use crate::support::{KEY, Studio, advance, asked, name};

fn status(studio: &Studio) -> Status {
    studio.broadcast.status(&name("stall")).unwrap().borrow().as_ref().clone()
}

async fn go_live(studio: &Studio) -> broadcast::Publication {
    let publication = studio.publish().await;
    let mut encoder = Encoder::new(Habits::obs());
    encoder.begin(&publication).unwrap();
    encoder.send_until(1_500, &publication).unwrap();
    publication
}

/// Lets time pass and everyone who waited for it act.
async fn pass(studio: &Studio, by: Duration) {
    advance(&studio.clock, by.as_millis() as i64);
    tokio::time::advance(by).await;
    for _ in 0..8 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_host_has_a_minute_to_come_back() {
    let studio = Studio::new();
    let mut reports = studio.broadcast.reports();
    drop(go_live(&studio).await);
    assert_eq!(status(&studio).phase, Phase::Lost);
    pass(&studio, RESUME_WITHIN - Duration::from_secs(1)).await;
    let back = go_live(&studio).await;
    pass(&studio, Duration::from_secs(120)).await;
    assert_eq!(status(&studio).phase, Phase::Live, "time stops counting when the host is back");
    drop(back);
    pass(&studio, RESUME_WITHIN + Duration::from_secs(1)).await;
    assert_eq!(status(&studio).phase, Phase::Ended(Ending::NotResumed));
    let too_late = studio.broadcast.publish(asked(KEY)).await.err();
    assert_eq!(too_late, Some(PublishError::Stopped(Stop::Ended)));
    let mut news = Vec::new();
    while let Ok(report) = reports.try_recv() {
        news.push(report.news);
    }
    let ended = News::Ended(Ending::NotResumed);
    assert_eq!(news, [News::Started, News::Lost, News::Resumed, News::Lost, ended]);
}

#[tokio::test(start_paused = true)]
async fn a_show_ends_when_its_time_is_up() {
    let studio =
        Studio::with(Limits { duration: Duration::from_secs(600), ..Limits::default() }, Audience::Everyone);
    let publication = go_live(&studio).await;
    pass(&studio, Duration::from_secs(599)).await;
    assert_eq!(status(&studio).phase, Phase::Live);
    pass(&studio, Duration::from_secs(2)).await;
    assert_eq!(status(&studio).phase, Phase::Ended(Ending::Duration));
    assert_eq!(publication.describe(crate::support::video_track()), Err(Stop::Ended));
    pass(&studio, Duration::from_secs(61)).await;
    assert!(studio.broadcast.status(&name("stall")).is_none(), "forgotten some time after its end");
}

#[tokio::test(start_paused = true)]
async fn only_the_key_opens_the_room() {
    let studio = Studio::new();
    let refused = studio.broadcast.publish(asked("another")).await.err();
    assert_eq!(refused, Some(PublishError::Refused(Refusal::NotAllowed)));
    assert!(studio.broadcast.status(&name("stall")).is_none());
}

#[tokio::test(start_paused = true)]
async fn the_newest_connection_of_a_host_counts() {
    let studio = Studio::new();
    let old = go_live(&studio).await;
    let new = go_live(&studio).await;
    assert_eq!(old.push(crate::support::packet(0)), Err(Stop::TakenOver));
    drop(old);
    assert_eq!(status(&studio).phase, Phase::Live, "the old one's end is no loss");
    drop(new);
    assert_eq!(status(&studio).phase, Phase::Lost);
}

#[tokio::test(start_paused = true)]
async fn a_host_is_advised_on_what_comes_in() {
    let good = Habits::obs();
    for (habits, cts, advice) in [
        (good, 0, vec![]),
        (good, 3_000, vec![Advice::NoBFrames]),
        (Habits { key_every: 250, ..good }, 0, vec![Advice::KeyFramesEvery2Seconds]),
        (Habits { sound: false, ..good }, 0, vec![Advice::NoSound]),
        (Habits { frame_us: 100_000, key_every: 20, ..good }, 0, vec![Advice::FewFrames]),
    ] {
        let studio = Studio::new();
        let publication = studio.publish().await;
        let mut encoder = Encoder::new(habits);
        encoder.begin(&publication).unwrap();
        let mut last = 0;
        loop {
            let (mut frame, at) = encoder.next();
            if at > 10_000 {
                break;
            }
            tokio::time::advance(Duration::from_millis(at - last)).await;
            last = at;
            frame.cts = if frame.dts / 3_000 % 2 == 0 { cts } else { 0 };
            publication.push(frame).unwrap();
        }
        let health = status(&studio).health;
        assert_eq!(health.advice, advice, "{habits:?}: {health:?}");
        assert_eq!((health.width, health.height), (640, 360));
        let expected = 10_000_000 / habits.frame_us as u32;
        assert!(health.frames_per_10_seconds.abs_diff(expected) <= expected / 20, "{health:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_room_whose_sound_stops_goes_on_without_it_and_has_it_again_when_it_comes_back() {
    let studio = Studio::new();
    let publication = studio.publish().await;
    let mut encoder = Encoder::new(Habits::obs());
    encoder.begin(&publication).unwrap();
    loop {
        let (frame, at) = encoder.next();
        if at > 20_000 {
            break;
        }
        // The microphone is unplugged from the fourth second to the twelfth.
        let is_unplugged = frame.kind == broadcast::media::Kind::Audio && (4_000..12_000).contains(&at);
        if !is_unplugged {
            publication.push(frame).unwrap();
        }
    }
    let index = studio.viewer.text("/stall/index.m3u8").await;
    assert!(index.contains("mp4a"), "{index}");
    let live = studio.viewer.text("/stall/show-1/live.m3u8").await;
    let maps: Vec<&str> = live.lines().filter(|line| line.starts_with("#EXT-X-MAP")).collect();
    assert_eq!(maps.last(), Some(&"#EXT-X-MAP:URI=\"init3.mp4\""), "{live}");
}

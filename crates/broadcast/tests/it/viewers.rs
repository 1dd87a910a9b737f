//! Who may watch, what may be kept on the way, and how many.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use broadcast::{Audience, Limits, Publication};

use crate::support::Studio;
use crate::support::encoder::{Encoder, Habits};
use crate::support::playlist::Playlist;

async fn live(studio: &Studio) -> Publication {
    let publication = studio.publish().await;
    let mut encoder = Encoder::new(Habits::obs());
    encoder.begin(&publication).unwrap();
    encoder.send_until(5_000, &publication).unwrap();
    publication
}

/// One address of each kind, all of which are there.
async fn addresses(studio: &Studio) -> Vec<String> {
    let playlist = Playlist::parse(&studio.viewer.text("/stall/show-1/live.m3u8").await);
    let segment = &playlist.segments[0];
    let below = ["live.m3u8", &segment.map, &segment.uri, &playlist.open[0].uri];
    let mut addresses: Vec<String> = below.iter().map(|file| format!("/stall/show-1/{file}")).collect();
    addresses.push("/stall/index.m3u8".to_owned());
    addresses
}

#[tokio::test(start_paused = true)]
async fn a_stranger_finds_nothing_at_any_address() {
    let studio = Studio::new();
    let _publication = live(&studio).await;
    for address in addresses(&studio).await {
        let request = Request::get(&address).header("stranger", "yes").body(Body::empty()).unwrap();
        let answer = studio.viewer.ask(request).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
        assert!(answer.body.is_empty());
    }
    for nowhere in
        ["/stall/show-2/live.m3u8", "/other/index.m3u8", "/stall/show-1/init9.mp4", "/stall/show-1/p1.0.m4s"]
    {
        assert_eq!(studio.viewer.get(nowhere).await.status, StatusCode::NOT_FOUND, "{nowhere}");
    }
}

#[tokio::test(start_paused = true)]
async fn caches_keep_what_never_changes_and_only_if_everyone_may_see_it() {
    for audience in [Audience::Everyone, Audience::OnlyThem] {
        let studio = Studio::with(Limits::default(), audience);
        let _publication = live(&studio).await;
        for address in addresses(&studio).await {
            let answer = studio.viewer.get(&address).await;
            let wanted = match audience {
                Audience::OnlyThem => "private, no-store",
                Audience::Everyone if address.ends_with(".m3u8") => "no-cache",
                Audience::Everyone => "public, max-age=3600, immutable",
            };
            assert_eq!(answer.headers[header::CACHE_CONTROL], wanted, "{address}");
            assert!(!answer.headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_full_room_says_so_and_has_room_again_when_someone_leaves() {
    let studio = Studio::with(Limits { viewers: 2, ..Limits::default() }, Audience::Everyone);
    let _publication = live(&studio).await;
    let playlist = Playlist::parse(&studio.viewer.text("/stall/show-1/live.m3u8").await);
    let hint = format!("/stall/show-1/{}", playlist.hint.unwrap());
    let mut waiting = Vec::new();
    for _ in 0..4 {
        let (viewer, hint) = (studio.viewer.clone(), hint.clone());
        waiting.push(tokio::spawn(async move { viewer.get(&hint).await }));
        tokio::task::yield_now().await;
    }
    assert_eq!(studio.broadcast.viewers(&crate::support::name("stall")), 2);
    let turned_away = studio.viewer.get(&hint).await;
    assert_eq!(turned_away.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(turned_away.headers[header::RETRY_AFTER], "1");
    for viewer in waiting {
        viewer.abort();
        let _ = viewer.await;
    }
    assert_eq!(studio.broadcast.viewers(&crate::support::name("stall")), 0);
}

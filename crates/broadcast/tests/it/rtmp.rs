//! RTMP over a real socket: encoders that behave, and those that do not.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::support::playlist::Playlist;
use crate::support::rtmp::{self, Client};
use crate::support::{KEY, Studio, name};
use broadcast::{Audience, Broadcast, Limits, News, Phase, Status, Trouble};
use tokio::io::DuplexStream;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// A studio with an RTMP door.
async fn open(studio: &Studio) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(broadcast::rtmp::serve(listener, studio.broadcast.clone()));
    address
}

async fn until(status: &mut watch::Receiver<Arc<Status>>, is_so: impl Fn(&Status) -> bool) -> Arc<Status> {
    status.wait_for(|status| is_so(status)).await.unwrap().clone()
}

fn status(broadcast: &Broadcast) -> watch::Receiver<Arc<Status>> {
    broadcast.status(&name("stall")).unwrap()
}

async fn live(studio: &Studio, address: SocketAddr) -> Client {
    let mut client = Client::publish(address, KEY).await;
    client.hear("NetStream.Publish.Start").await;
    client.send(&[rtmp::video_header(), rtmp::audio_header()].concat()).await;
    for index in 0..30 {
        client
            .send(&[rtmp::picture(index * 33, index % 15 == 0, 400), rtmp::packet(index * 33)].concat())
            .await;
    }
    until(&mut status(&studio.broadcast), |status| status.phase == Phase::Live).await;
    client
}

#[tokio::test]
async fn what_an_encoder_sends_can_be_watched() {
    let studio = Studio::new();
    let mut reports = studio.broadcast.reports();
    let address = open(&studio).await;
    let mut client = live(&studio, address).await;
    assert_eq!(reports.recv().await.unwrap().news, News::Started);
    let playlist = Playlist::parse(&studio.viewer.text("/stall/show-1/live.m3u8").await);
    assert!(!playlist.open.is_empty() || !playlist.segments.is_empty());
    let close = rtmp::command(&["deleteStream".into(), 6.0.into(), rtmp_null(), 1.0.into()]);
    client.send(&close).await;
    assert_eq!(reports.recv().await.unwrap().news, News::Lost);
    client.hear_the_end().await;
}

fn rtmp_null() -> broadcast::rtmp::amf::Value {
    broadcast::rtmp::amf::Value::Null
}

#[tokio::test]
async fn a_wrong_key_is_told_and_shown_the_door() {
    let studio = Studio::new();
    let address = open(&studio).await;
    let mut client = Client::publish(address, "wrong-key").await;
    client.hear("NetStream.Publish.BadName").await;
    client.hear_the_end().await;
    assert!(studio.broadcast.status(&name("stall")).is_none());
}

#[tokio::test]
async fn the_host_who_comes_back_takes_the_place_of_a_connection_that_hangs() {
    let studio = Studio::new();
    let address = open(&studio).await;
    let mut hanging = live(&studio, address).await;
    let mut back = Client::publish(address, KEY).await;
    back.hear("NetStream.Publish.Start").await;
    // The old one learns with its next picture, and cannot disturb the new one.
    hanging.send(&rtmp::picture(2_000, true, 400)).await;
    hanging.hear_the_end().await;
    assert_ne!(status(&studio.broadcast).borrow().phase, Phase::Lost);
}

#[tokio::test]
async fn the_host_hears_why_it_was_cut_off() {
    let small = Limits { long_side: 320, short_side: 240, ..Limits::default() };
    for (limits, sent, trouble) in [
        (small, rtmp::video_header(), Trouble::PictureTooLarge),
        (Limits::default(), rtmp::message(6, 9, 0, &[0x12, 0, 0]), Trouble::Encoding),
        (Limits::default(), rtmp::message(6, 9, 0, &[0x17, 0, 0, 0, 0, 9, 9, 9]), Trouble::Malformed),
        (Limits::default(), vec![0xc9], Trouble::Malformed),
        (Limits { kbps: 10, ..Limits::default() }, two_pictures_of(20_000), Trouble::TooManyBits),
        (Limits { memory_bytes: 30_000, ..Limits::default() }, many_pictures(), Trouble::TooMuchMemory),
    ] {
        let studio = Studio::with(limits, Audience::Everyone);
        let address = open(&studio).await;
        let mut client = Client::publish(address, KEY).await;
        client.hear("NetStream.Publish.Start").await;
        client.send(&sent).await;
        let cut = until(&mut status(&studio.broadcast), |status| status.trouble.is_some()).await;
        assert_eq!((cut.trouble, cut.phase), (Some(trouble), Phase::Lost));
        client.hear_the_end().await;
    }
}

fn two_pictures_of(bytes: usize) -> Vec<u8> {
    [rtmp::video_header(), rtmp::picture(0, true, bytes), rtmp::picture(33, false, bytes)].concat()
}

fn many_pictures() -> Vec<u8> {
    let pictures = (0..120).flat_map(|index| rtmp::picture(index * 33, index == 0, 1_000));
    [rtmp::video_header(), rtmp::audio_header()].concat().into_iter().chain(pictures).collect()
}

/// A conversation without a socket: the test's clock runs on only when both sides wait.
fn call(studio: &Studio) -> Client<DuplexStream> {
    let (ours, theirs) = tokio::io::duplex(1_024 * 1_024);
    let broadcast = studio.broadcast.clone();
    tokio::spawn(async move { broadcast::rtmp::converse(theirs, None, &broadcast).await });
    Client { stream: ours }
}

#[tokio::test(start_paused = true)]
async fn who_falls_silent_is_shown_the_door() {
    let studio = Studio::new();
    call(&studio).hear_the_end().await;
    let mut half = call(&studio);
    half.send(&rtmp::greeting()[..700]).await;
    half.hear_the_end().await;
    let mut greeted = call(&studio);
    greeted.greet().await;
    greeted.hear_the_end().await;
    let mut published = call(&studio);
    published.greet().await;
    published.send(&[rtmp::connect(), rtmp::publish(KEY)].concat()).await;
    published.hear("NetStream.Publish.Start").await;
    published.hear_the_end().await;
    assert_eq!(status(&studio.broadcast).borrow().trouble, Some(Trouble::Silent));
}

#[tokio::test(start_paused = true)]
async fn who_drips_or_never_listens_is_shown_the_door() {
    let studio = Studio::new();
    let mut dripping = call(&studio);
    let mut sent = 0;
    for byte in rtmp::greeting() {
        tokio::time::advance(std::time::Duration::from_millis(500)).await;
        if tokio::io::AsyncWriteExt::write_all(&mut dripping.stream, &[byte]).await.is_err() {
            break;
        }
        sent += 1;
    }
    assert!(sent < 40, "{sent} bytes were taken, one each half second");
    // This one asks without end and takes no answer: the pipe is full after some bytes.
    let (mut ours, theirs) = tokio::io::duplex(4_096);
    let broadcast = studio.broadcast.clone();
    let conversation = tokio::spawn(async move { broadcast::rtmp::converse(theirs, None, &broadcast).await });
    let asking = async {
        let asked = [rtmp::greeting(), rtmp::echo(), rtmp::connect().repeat(200)].concat();
        tokio::io::AsyncWriteExt::write_all(&mut ours, &asked).await
    };
    let (_, outcome) = tokio::join!(asking, conversation);
    assert!(outcome.unwrap().is_err());
}

#[tokio::test]
async fn floods_before_publishing_are_cut_short() {
    let studio = Studio::new();
    let address = open(&studio).await;
    let nested = [10, 0, 0, 0, 1].repeat(3_000);
    let giant = [3, 0, 0, 0, 0xff, 0xff, 0xff, 20, 0, 0, 0, 0];
    let pings = rtmp::message(2, 4, 0, &[0; 6]).repeat(20_000);
    let early = [rtmp::connect(), rtmp::video_header(), rtmp::picture(0, true, 15_000)].concat();
    for flood in [rtmp::message(3, 20, 0, &nested), giant.to_vec(), pings, early.repeat(40)] {
        let mut client = Client::call(address).await;
        client.greet().await;
        // The other side may close while we still send.
        let _ = tokio::io::AsyncWriteExt::write_all(&mut client.stream, &flood).await;
        client.hear_the_end().await;
    }
    // And everyone else is served.
    live(&studio, address).await;
}

#[tokio::test]
async fn one_address_has_only_so_many_places() {
    let studio = Studio::new();
    let address = open(&studio).await;
    let mut inside = Vec::new();
    for _ in 0..16 {
        let mut client = Client::call(address).await;
        client.greet().await;
        inside.push(client);
    }
    let mut one_more = Client::call(address).await;
    one_more.hear_the_end().await;
    inside.pop();
    // The place is free as soon as the server has noticed.
    loop {
        let mut client = Client::call(address).await;
        let greeted = tokio::io::AsyncWriteExt::write_all(&mut client.stream, &rtmp::greeting()).await;
        let mut first = [0];
        let answer = tokio::io::AsyncReadExt::read(&mut client.stream, &mut first).await;
        if greeted.is_ok() && matches!(answer, Ok(1)) {
            break;
        }
    }
}

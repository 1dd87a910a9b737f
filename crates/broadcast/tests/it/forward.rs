//! A room's video on another server: one of ours, which checks all that it is sent. `ffmpeg.rs` has another kind.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use broadcast::media::{Codec, Frame};
use broadcast::{
    Admit, Audience, Broadcast, Grant, News, Phase, Playing, Publication, Publishing, Recordings, Refusal,
};
use bytes::Bytes;
use gateways::files::Files;
use kernel::Clock;
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use crate::recording::samples;
use crate::support::encoder::{Encoder, Habits};
use crate::support::{KEY, Studio, name, packet, picture, video_track};

/// Far more than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Opens this studio to encoders, at an address that was open before or at a new one.
async fn open(studio: &Studio, at: Option<SocketAddr>) -> (SocketAddr, JoinHandle<()>) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind(at.unwrap_or("127.0.0.1:0".parse().unwrap())).unwrap();
    let listener: TcpListener = socket.listen(8).unwrap();
    let address = listener.local_addr().unwrap();
    (address, tokio::spawn(broadcast::rtmp::serve(listener, studio.broadcast.clone())))
}

fn that_forwards(to: SocketAddr, key: &str) -> Studio {
    Studio::that_forwards(&format!("rtmp://{to}/live/{key}"))
}

/// Sends at a real encoder's pace, in a task of its own, until the show is over.
fn send(publication: Publication) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut encoder = Encoder::new(Habits { key_every: 15, ..Habits::obs() });
        encoder.begin(&publication).unwrap();
        let began = Instant::now();
        loop {
            let ms = began.elapsed().as_millis() as u64;
            if encoder.send_until(ms, &publication).is_err() {
                return;
            }
            sleep(Duration::from_millis(20)).await;
        }
    })
}

async fn live(broadcast: &Broadcast) {
    let found = async {
        loop {
            if let Some(mut status) = broadcast.status(&name("stall")) {
                status.wait_for(|status| status.phase == Phase::Live).await.unwrap();
                return;
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, found).await.unwrap();
}

#[tokio::test]
async fn all_that_comes_here_is_watched_there_until_the_show_is_over() {
    let there = Studio::on_the_wall_clock();
    let mut told = there.broadcast.reports();
    let (address, _door) = open(&there, None).await;
    let here = that_forwards(address, KEY);
    let sending = send(here.publish().await);
    live(&here.broadcast).await;
    live(&there.broadcast).await;
    assert_eq!(told.recv().await.unwrap().news, News::Started);
    sleep(Duration::from_secs(3)).await;
    here.broadcast.end(&name("stall"));
    sending.await.unwrap();
    assert_eq!(told.recv().await.unwrap().news, News::Lost, "there it is told that nothing more comes");
    let codecs = |studio: &Studio| {
        let status = studio.broadcast.status(&name("stall")).unwrap();
        let health = status.borrow().health.clone();
        (health.video_codec, health.audio_codec, health.width, health.height)
    };
    assert_eq!(codecs(&here), codecs(&there));
    there.broadcast.close().await;
    here.broadcast.close().await;
    assert_eq!(samples(&there.viewer).await, samples(&here.viewer).await, "every picture and all sound");
}

#[tokio::test]
async fn a_cameras_sound_gets_there_too() {
    let there = Studio::on_the_wall_clock();
    let (address, _door) = open(&there, None).await;
    let here = that_forwards(address, KEY);
    let publication = here.publish().await;
    publication.describe(video_track()).unwrap();
    publication.describe(Codec::Opus { channels: 2 }).unwrap();
    // Twenty milliseconds each.
    let sound =
        |index| Frame { data: Bytes::from_static(&[0xfc, 0xff, 0xfe]), duration: 960, ..packet(index * 960) };
    for index in 0..50 {
        publication.push(picture(index * 1_800, index % 25 == 0)).unwrap();
        publication.push(sound(index)).unwrap();
    }
    live(&there.broadcast).await;
    here.broadcast.end(&name("stall"));
    let mut status = there.broadcast.status(&name("stall")).unwrap();
    let status = timeout(PATIENCE, status.wait_for(|status| status.phase == Phase::Lost))
        .await
        .unwrap()
        .unwrap()
        .clone();
    assert_eq!(status.health.audio_codec.as_deref(), Some("opus"));
    there.broadcast.close().await;
    assert_eq!(samples(&there.viewer).await, [50, 50]);
}

#[tokio::test]
async fn a_server_that_was_away_gets_the_rest() {
    let there = Studio::on_the_wall_clock();
    let (address, door) = open(&there, None).await;
    let here = that_forwards(address, KEY);
    let sending = send(here.publish().await);
    live(&there.broadcast).await;
    let mut status = there.broadcast.status(&name("stall")).unwrap();
    door.abort();
    assert!(door.await.unwrap_err().is_cancelled());
    // The conversation goes on without its door; ending the room there is what cuts it.
    there.broadcast.end(&name("stall"));
    timeout(PATIENCE, status.wait_for(|status| matches!(status.phase, Phase::Ended(_))))
        .await
        .unwrap()
        .unwrap();
    drop(status);
    let again = Studio::on_the_wall_clock();
    let _door = open(&again, Some(address)).await;
    live(&again.broadcast).await;
    assert!(!sending.is_finished(), "here nobody noticed");
    here.broadcast.end(&name("stall"));
    sending.await.unwrap();
}

/// Lets nobody in, and counts who asked.
#[derive(Default)]
struct Nobody(AtomicUsize);

#[async_trait]
impl Admit for Nobody {
    async fn publish(&self, _: Publishing<'_>) -> Result<Grant, Refusal> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Err(Refusal::NotAllowed)
    }

    async fn play(&self, _: Playing<'_>) -> Result<Audience, Refusal> {
        Err(Refusal::NotAllowed)
    }
}

#[tokio::test]
async fn a_server_that_refuses_is_asked_again_and_harms_nobody() {
    let (nobody, folder) = (Arc::new(Nobody::default()), tempfile::tempdir().unwrap());
    let recordings = Recordings::new(Files::local(folder.path().to_owned()));
    let there = Broadcast::new(nobody.clone(), recordings, Clock::system());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let here = that_forwards(listener.local_addr().unwrap(), "any-key");
    let _door = tokio::spawn(broadcast::rtmp::serve(listener, there));
    let sending = send(here.publish().await);
    let again = async {
        while nobody.0.load(Ordering::Relaxed) < 2 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, again).await.unwrap();
    live(&here.broadcast).await;
    assert!(!sending.is_finished());
    here.broadcast.end(&name("stall"));
    sending.await.unwrap();
}

#[tokio::test]
async fn a_server_that_takes_nothing_harms_nobody() {
    // Connections are made and never accepted.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let here = that_forwards(silent.local_addr().unwrap(), KEY);
    let publication = here.publish().await;
    let mut encoder = Encoder::new(Habits::obs());
    encoder.begin(&publication).unwrap();
    for second in 1..=60 {
        encoder.send_until(second * 1_000, &publication).unwrap();
        sleep(Duration::from_millis(10)).await;
    }
    here.broadcast.end(&name("stall"));
    here.broadcast.close().await;
    assert_eq!(samples(&here.viewer).await[0], 1_801, "every picture, whatever becomes of it there");
}

//! A real encoder and a real reader: ffmpeg pushes by RTMP as OBS would, ffprobe reads what was made of it. On Debian
//! `apt-get install ffmpeg`; `cargo xtask test` does it.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use broadcast::{Advice, Phase, Recording};
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::time::timeout;

use crate::mp4::{check_fragments, check_header};
use crate::support::playlist::Playlist;
use crate::support::{KEY, Studio, name};

/// Far more than ffmpeg takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Pictures that are sent: five seconds at 30 a second.
const PICTURES: usize = 150;

fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

async fn run(mut command: Command) -> String {
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .await
        .unwrap_or_else(|error| panic!("this test needs {name} (Debian: apt-get install ffmpeg): {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// What OBS sends by its defaults for streaming, with or without B-frames.
fn push(to: &str, b_frames: u32) -> Command {
    let mut ffmpeg = program("ffmpeg");
    let picture = format!("testsrc2=size=640x360:rate=30:duration={}", PICTURES / 30);
    ffmpeg.args(["-loglevel", "error", "-re", "-f", "lavfi", "-i", &picture]);
    ffmpeg.args(["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-shortest"]);
    ffmpeg.args([
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-pix_fmt",
        "yuv420p",
        "-g",
        "60",
        "-b:v",
        "800k",
    ]);
    ffmpeg.args(["-bf", &b_frames.to_string(), "-c:a", "aac", "-ac", "2", "-f", "flv", to]);
    ffmpeg
}

/// The recording as one file, as a player joins it.
async fn download(studio: &Studio, to: &Path) -> Playlist {
    let playlist = Playlist::parse(&studio.viewer.text("/stall/show-1/replay.m3u8").await);
    let header = studio.viewer.bytes(&format!("/stall/show-1/{}", playlist.segments[0].map)).await;
    assert_eq!(check_header(&header).trak.len(), 2);
    let (mut file, mut ends) = (header.to_vec(), [None; 2]);
    for segment in &playlist.segments {
        let bytes = studio.viewer.bytes(&format!("/stall/show-1/{}", segment.uri)).await;
        check_fragments(&bytes, &mut ends);
        file.extend_from_slice(&bytes);
    }
    std::fs::write(to, file).unwrap();
    playlist
}

/// Decoding all of a file finds what a header cannot tell.
async fn decode(file: &Path) {
    let mut decode = program("ffmpeg");
    decode.args(["-v", "error", "-xerror", "-i"]).arg(file).args(["-f", "null", "-"]);
    run(decode).await;
}

async fn pushed_pictures_arrive(b_frames: u32) {
    let studio = Studio::on_the_wall_clock();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(broadcast::rtmp::serve(listener, studio.broadcast.clone()));
    run(push(&format!("rtmp://{address}/live/{KEY}"), b_frames)).await;

    let mut statuses = studio.broadcast.status(&name("stall")).unwrap();
    let status = statuses.wait_for(|status| status.phase == Phase::Lost).await.unwrap().clone();
    assert_eq!(status.health.b_frames, b_frames > 0);
    assert_eq!(status.health.advice.contains(&Advice::NoBFrames), b_frames > 0);
    assert_eq!(status.health.key_frame_ms, Some(2_000));
    assert_eq!((status.health.width, status.health.height, status.recording), (640, 360, Recording::On));
    studio.broadcast.end(&name("stall"));
    studio.broadcast.close().await;

    let file = studio.folder.path().join("show.mp4");
    let playlist = download(&studio, &file).await;
    assert_eq!(playlist.segments.iter().filter(|segment| segment.starts_anew).count(), 0);
    let mut ffprobe = program("ffprobe");
    ffprobe.args(["-v", "warning", "-count_frames", "-show_entries", "stream=codec_name,nb_read_frames"]);
    ffprobe.args(["-of", "csv=p=0"]).arg(&file);
    let said = run(ffprobe).await;
    assert!(said.contains(&format!("h264,{PICTURES}")), "{said}");
    assert!(said.contains("aac,"), "{said}");
    decode(&file).await;
}

#[tokio::test]
async fn an_encoder_without_b_frames_is_recorded_to_the_last_picture() {
    pushed_pictures_arrive(0).await;
}

#[tokio::test]
async fn an_encoder_with_b_frames_is_too_and_is_advised() {
    pushed_pictures_arrive(2).await;
}

#[tokio::test]
async fn what_is_sent_on_is_what_came() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("there.flv");
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let there = format!("rtmp://127.0.0.1:{port}/live/stall");
    let mut server = program("ffmpeg");
    server.args(["-v", "error", "-listen", "1", "-i", &there, "-c", "copy"]).arg(&file);
    let server = tokio::spawn(run(server));
    // It takes one connection only, so that a question whether it listens would be that one.
    let listens = format!(":{port:04X} 00000000:0000 0A");
    let listening = async {
        while !std::fs::read_to_string("/proc/net/tcp").unwrap().contains(&listens) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, listening).await.unwrap();

    let here = Studio::that_forwards(&there);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(broadcast::rtmp::serve(listener, here.broadcast.clone()));
    run(push(&format!("rtmp://{address}/live/{KEY}"), 2)).await;
    here.broadcast.end(&name("stall"));
    timeout(PATIENCE, server).await.unwrap().unwrap();

    let mut ffprobe = program("ffprobe");
    ffprobe.args([
        "-v",
        "warning",
        "-count_frames",
        "-show_entries",
        "stream=codec_name,has_b_frames,nb_read_frames",
    ]);
    ffprobe.args(["-of", "csv=p=0"]).arg(&file);
    let said = run(ffprobe).await;
    assert!(said.contains(&format!("h264,2,{PICTURES}")), "{said}");
    assert!(said.contains("aac,"), "{said}");
    decode(&file).await;
}

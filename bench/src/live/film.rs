//! What is sent: a moving picture with the clock in it, drawn here and encoded by ffmpeg as a host's encoder would. For
//! crowds, who do not look, it is encoded once and sent again and again, so that the encoder takes nothing from them.

use super::clock;
use crate::Outcome;
use kernel::Clock;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

pub const WIDTH: usize = 640;
pub const HEIGHT: usize = 360;
pub const FRAMES_PER_SECOND: u32 = 30;
/// Video and sound together: 1.1 Mbit/s.
const VIDEO_KBPS: u32 = 1_000;
const SOUND_KBPS: u32 = 100;
/// How high the bars of the clock stand.
const CLOCK_ROWS: usize = 40;
/// What moves below them, and how many pixels in a frame: enough for the encoder to need its bits.
const GRAIN: usize = 251;
const STEP: usize = 3;
/// A film of this length is sent again and again.
pub const FILM_SECONDS: u32 = 20;
const FILM_FRAMES: u32 = FILM_SECONDS * FRAMES_PER_SECOND;

/// The usual distance of key frames, in seconds; what hosts are asked for.
pub const KEY_SECONDS: u32 = 2;

/// An encoder that sends; it stops when dropped.
pub struct Sending {
    ffmpeg: Child,
    drawing: Option<JoinHandle<()>>,
}

impl Drop for Sending {
    fn drop(&mut self) {
        let _ = self.ffmpeg.kill();
        let _ = self.ffmpeg.wait();
        if let Some(drawing) = self.drawing.take() {
            // Its pipe is closed.
            let _ = drawing.join();
        }
    }
}

/// Draws the clock and sends it by RTMP, with a key frame each `key_seconds`.
pub fn send_clock(to: &str, key_seconds: u32) -> Outcome<Sending> {
    let mut ffmpeg = ffmpeg();
    ffmpeg.args(pictures_in()).args(["-f", "lavfi", "-i", "sine=frequency=330:sample_rate=48000"]);
    ffmpeg.args(["-map", "0:v", "-map", "1:a"]).args(encoding(key_seconds, "main"));
    ffmpeg.args(["-c:a", "aac", "-b:a", &format!("{SOUND_KBPS}k"), "-ac", "2"]);
    ffmpeg.args(["-flush_packets", "1", "-f", "flv", to]);
    let mut child = ffmpeg.stdin(Stdio::piped()).spawn()?;
    let pipe = child.stdin.take().ok_or("no standard input")?;
    let drawing = std::thread::spawn(move || draw_in_time(pipe));
    Ok(Sending { ffmpeg: child, drawing: Some(drawing) })
}

/// Sends a film by RTMP again and again, without encoding anything.
pub fn send_film(film: &Path, to: &str) -> Outcome<Sending> {
    let mut ffmpeg = ffmpeg();
    ffmpeg.args(["-re", "-stream_loop", "-1", "-i"]).arg(film);
    ffmpeg.args(["-c", "copy", "-flush_packets", "1", "-f", "flv", to]);
    Ok(Sending { ffmpeg: ffmpeg.stdin(Stdio::null()).spawn()?, drawing: None })
}

/// A film for [`send_film`].
pub fn encode_film(folder: &Path) -> Outcome<PathBuf> {
    let file = folder.join("film.flv");
    let mut ffmpeg = ffmpeg();
    ffmpeg.args(pictures_in()).args(["-f", "lavfi", "-i", "sine=frequency=330:sample_rate=48000"]);
    ffmpeg.args(["-map", "0:v", "-map", "1:a"]).args(encoding(KEY_SECONDS, "main"));
    ffmpeg.args(["-c:a", "aac", "-b:a", &format!("{SOUND_KBPS}k"), "-ac", "2", "-shortest"]);
    draw_all(ffmpeg.args(["-f", "flv"]).arg(&file))?;
    Ok(file)
}

/// A film as bare H.264 that browsers could send, each picture after a delimiter.
pub fn encode_pictures(folder: &Path) -> Outcome<Vec<u8>> {
    let file = folder.join("film.h264");
    let mut ffmpeg = ffmpeg();
    ffmpeg.args(pictures_in()).args(encoding(KEY_SECONDS, "baseline"));
    draw_all(ffmpeg.args(["-x264-params", "aud=1", "-f", "h264"]).arg(&file))?;
    Ok(std::fs::read(file)?)
}

fn ffmpeg() -> Command {
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-y", "-nostats"]);
    ffmpeg.stdout(Stdio::null()).stderr(Stdio::null());
    ffmpeg
}

fn pictures_in() -> Vec<String> {
    let words = format!(
        "-probesize 32 -analyzeduration 0 -f rawvideo -pix_fmt yuv420p -video_size {WIDTH}x{HEIGHT} \
         -framerate {FRAMES_PER_SECOND} -i pipe:0"
    );
    words.split(' ').map(str::to_owned).collect()
}

/// As the studio asks hosts to set up OBS.
fn encoding(key_seconds: u32, profile: &str) -> Vec<String> {
    let key = key_seconds * FRAMES_PER_SECOND;
    let words = format!(
        "-c:v libx264 -preset veryfast -tune zerolatency -profile:v {profile} -pix_fmt yuv420p -bf 0 -g {key} \
         -keyint_min {key} -sc_threshold 0 -b:v {VIDEO_KBPS}k -maxrate {VIDEO_KBPS}k -bufsize {VIDEO_KBPS}k \
         -threads 1"
    );
    words.split(' ').map(str::to_owned).collect()
}

fn draw_all(ffmpeg: &mut Command) -> Outcome {
    let mut child = ffmpeg.stdin(Stdio::piped()).spawn()?;
    let mut pipe = child.stdin.take().ok_or("no standard input")?;
    let mut picture = Picture::new();
    for number in 0..FILM_FRAMES {
        picture.draw(number, u64::from(number) * 1_000 / u64::from(FRAMES_PER_SECOND));
        pipe.write_all(&picture.bytes)?;
    }
    drop(pipe);
    if !child.wait()?.success() {
        return Err("ffmpeg could not encode the film".into());
    }
    Ok(())
}

/// Until the pipe is closed.
fn draw_in_time(mut pipe: ChildStdin) {
    let (clock, began) = (Clock::system(), Instant::now());
    let mut picture = Picture::new();
    for number in 0_u32.. {
        let due = began + Duration::from_secs(1) * number / FRAMES_PER_SECOND;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        picture.draw(number, u64::try_from(clock.now().as_millisecond()).unwrap_or_default());
        if pipe.write_all(&picture.bytes).is_err() {
            return;
        }
    }
}

/// A picture as planes of brightness and colour (4:2:0).
struct Picture {
    bytes: Vec<u8>,
    /// A line that is longer than wide, to be moved.
    grain: Vec<u8>,
}

impl Picture {
    fn new() -> Self {
        let mut seed = 0x2545_f491_u32;
        let grain = (0..2 * WIDTH * GRAIN).map(|index| {
            // Marsaglia's xorshift: the same picture on every machine.
            seed ^= seed << 13;
            seed ^= seed >> 17;
            seed ^= seed << 5;
            (90 + index / 7 % 60) as u8 + (seed >> 24) as u8 / 8
        });
        Self { bytes: vec![128; WIDTH * HEIGHT * 3 / 2], grain: grain.collect() }
    }

    fn draw(&mut self, number: u32, now: u64) {
        let bars = clock::bars(now);
        let mut line = [0; WIDTH];
        for (column, pixel) in line.iter_mut().enumerate() {
            *pixel = if bars[column * clock::BARS / WIDTH] { 235 } else { 16 };
        }
        for (row, pixels) in self.bytes[..WIDTH * HEIGHT].chunks_exact_mut(WIDTH).enumerate() {
            if row < CLOCK_ROWS {
                pixels.copy_from_slice(&line);
                continue;
            }
            let moved = (number as usize * STEP + row * GRAIN) % (self.grain.len() - WIDTH);
            pixels.copy_from_slice(&self.grain[moved..moved + WIDTH]);
        }
    }
}

//! Viewers of one room by low-latency HLS, many in one thread: each has a playlist's reload waiting all the time and
//! fetches each part as soon as it is told of it, as hls.js does.

use super::{
    ask::Site,
    http1::Line,
    playlist::{self, Part},
};
use crate::{Failure, Outcome};
use hdrhistogram::Histogram;
use mio::{Events, Poll, Registry, Token};
use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

/// So many come at once, and then as many again.
const AT_ONCE: usize = 25;
const APART: Duration = Duration::from_millis(20);
/// A part is in time when it is there before the next one is made.
const IN_TIME: Duration = Duration::from_millis(200);

/// What all viewers saw in some time.
pub struct Seen {
    pub parts: u64,
    /// Of the viewer who got the fewest.
    pub fewest: u64,
    /// Parts that were made in this time.
    pub made: u64,
    pub missed: u64,
    pub bytes: u64,
    /// From when the first of all viewers was told of a part until another has it, in microseconds.
    pub delays: Histogram<u64>,
    pub late: u64,
    pub gone: u64,
    pub first_failure: Option<Failure>,
}

pub struct Crowd {
    poll: Poll,
    site: Site,
    /// The show's folder.
    folder: String,
    viewers: Vec<Viewer>,
    board: Board,
    buffer: Vec<u8>,
}

/// What they all know.
struct Board {
    told_first: HashMap<Part, Instant>,
    parts: u64,
    missed: u64,
    late: u64,
    delays: Histogram<u64>,
}

struct Viewer {
    playlist: Line,
    parts: Line,
    last: Option<Part>,
    /// To be fetched, the one that is being fetched first.
    wanted: VecDeque<Part>,
    got: u64,
    is_gone: bool,
}

impl Crowd {
    /// A crowd of nobody before a room's video.
    pub fn before(site: &Site, room: &str) -> Outcome<Self> {
        let index = site.get(&format!("/media/{room}/index.m3u8"))?.expect(200)?;
        let index = index.text().into_owned();
        let live = index.lines().find_map(|line| line.strip_suffix("live.m3u8"));
        let folder = format!("/media/{room}/{}", live.ok_or("the index leads to no playlist")?);
        let board =
            Board { told_first: HashMap::new(), parts: 0, missed: 0, late: 0, delays: microseconds()? };
        let (poll, buffer) = (Poll::new()?, vec![0; 256 * 1024]);
        Ok(Self { poll, site: site.clone(), folder, viewers: Vec::new(), board, buffer })
    }

    /// More viewers come, until there are so many.
    pub fn grow(&mut self, count: usize) -> Outcome {
        while self.viewers.len() < count {
            for _ in 0..AT_ONCE.min(count - self.viewers.len()) {
                let (number, registry) = (self.viewers.len(), self.poll.registry());
                let viewer = Viewer::enter(&self.site, &self.folder, registry, number)?;
                self.viewers.push(viewer);
            }
            self.live_on(APART)?;
        }
        Ok(())
    }

    /// Watches for some time, and says what was seen in it.
    pub fn watch(&mut self, length: Duration) -> Outcome<Seen> {
        for viewer in &mut self.viewers {
            (viewer.got, viewer.playlist.bytes, viewer.parts.bytes) = (0, 0, 0);
        }
        (self.board.parts, self.board.missed, self.board.late) = (0, 0, 0);
        self.board.delays.reset();
        let began = Instant::now();
        let first_failure = self.live_on(length)?;
        let made = self.board.told_first.values().filter(|told| **told >= began).count() as u64;
        Ok(Seen {
            parts: self.board.parts,
            fewest: self.viewers.iter().map(|viewer| viewer.got).min().unwrap_or_default(),
            made,
            missed: self.board.missed,
            bytes: self.viewers.iter().map(|viewer| viewer.playlist.bytes + viewer.parts.bytes).sum(),
            delays: self.board.delays.clone(),
            late: self.board.late,
            gone: self.viewers.iter().filter(|viewer| viewer.is_gone).count() as u64,
            first_failure,
        })
    }

    /// Who fails is gone; the first reason is told.
    fn live_on(&mut self, length: Duration) -> Outcome<Option<Failure>> {
        let (until, mut first_failure) = (Instant::now() + length, None);
        let mut events = Events::with_capacity(4096);
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(first_failure);
            }
            self.poll.poll(&mut events, Some(left.min(Duration::from_millis(50))))?;
            for event in &events {
                let Token(token) = event.token();
                let viewer = &mut self.viewers[token / 2];
                if viewer.is_gone {
                    continue;
                }
                let heard = viewer.hear(token % 2 == 1, &self.folder, &mut self.buffer, &mut self.board);
                if let Err(failure) = heard {
                    viewer.is_gone = true;
                    first_failure.get_or_insert(failure);
                }
            }
        }
    }
}

impl Viewer {
    fn enter(site: &Site, folder: &str, registry: &Registry, number: usize) -> Outcome<Self> {
        let mut playlist = Line::open(site, registry, Token(2 * number), true)?;
        let parts = Line::open(site, registry, Token(2 * number + 1), false)?;
        playlist.ask(&asked(folder, "live.m3u8"))?;
        Ok(Self { playlist, parts, last: None, wanted: VecDeque::new(), got: 0, is_gone: false })
    }

    fn hear(&mut self, of_parts: bool, folder: &str, buffer: &mut [u8], board: &mut Board) -> Outcome {
        if of_parts {
            if self.parts.read(buffer)? {
                self.take_part(board);
                self.fetch_next(folder)?;
            }
        } else if self.playlist.read(buffer)? {
            let fetches = !self.wanted.is_empty();
            let next = self.take_playlist(board)?;
            let Part { segment, number } = next;
            let reload = format!("live.m3u8?_HLS_msn={segment}&_HLS_part={number}");
            self.playlist.ask(&asked(folder, &reload))?;
            if !fetches {
                self.fetch_next(folder)?;
            }
        }
        Ok(())
    }

    /// Wants what is new, and says which part comes next.
    fn take_playlist(&mut self, board: &mut Board) -> Outcome<Part> {
        let text = std::str::from_utf8(&self.playlist.body)?;
        let (parts, next) = playlist::news(text, self.last).ok_or("a playlist without a next part")?;
        let now = Instant::now();
        for part in parts {
            board.missed += u64::from(self.last.is_some_and(|last| !last.is_before(part)));
            board.told_first.entry(part).or_insert(now);
            self.last = Some(part);
            self.wanted.push_back(part);
        }
        Ok(next)
    }

    fn take_part(&mut self, board: &mut Board) {
        let Some(part) = self.wanted.pop_front() else { return };
        self.got += 1;
        board.parts += 1;
        let delay = board.told_first.get(&part).map_or(Duration::ZERO, Instant::elapsed);
        board.late += u64::from(delay > IN_TIME);
        board.delays.saturating_record(u64::try_from(delay.as_micros()).unwrap_or(u64::MAX));
    }

    fn fetch_next(&mut self, folder: &str) -> Outcome {
        match self.wanted.front() {
            Some(part) => self.parts.ask(&asked(folder, &part.file())),
            None => Ok(()),
        }
    }
}

/// As Chromium asks for it.
fn asked(folder: &str, file: &str) -> String {
    format!(
        "GET {folder}{file} HTTP/1.1\r\nHost: bench\r\nConnection: keep-alive\r\n\
         User-Agent: Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36\r\n\
         Accept: */*\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n\
         Accept-Encoding: gzip, deflate, br\r\nAccept-Language: en-GB\r\n\r\n"
    )
}

fn microseconds() -> Outcome<Histogram<u64>> {
    Ok(Histogram::new_with_bounds(1, 120_000_000, 3)?)
}

//! Writes a show's segments as they are completed, on a task of its own: a slow disk never holds up the room.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use futures_util::future::try_join_all;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::index::{Entry, PAGE_LINES, write_page};
use super::{Recordings, header_key, page_key, segment_key};
use crate::hls::segment::Segment;
use crate::name::Name;
use crate::room::status::Recording;

/// Segments that wait for the disk: about half a minute, after which the recording has a gap.
const QUEUE: usize = 16;

/// The room's end of a recording.
pub(crate) struct Recorder {
    queue: mpsc::Sender<Arc<Segment>>,
    state: Arc<AtomicU8>,
}

const ON: u8 = 0;
const FULL: u8 = 1;
const FAILING: u8 = 2;

impl Recorder {
    /// Begins a show's recording, or goes on where it stopped.
    pub(crate) fn begin(recordings: Recordings, show: Name, bytes_max: u64) -> (Self, JoinHandle<()>) {
        let (queue, segments) = mpsc::channel(QUEUE);
        let state = Arc::new(AtomicU8::new(ON));
        let writer =
            Writer { recordings, show, bytes_max, state: state.clone(), place: None, has_gap: false };
        (Self { queue, state }, tokio::spawn(writer.run(segments)))
    }

    pub(crate) fn keep(&mut self, segment: Arc<Segment>) {
        if self.queue.try_send(segment).is_err() {
            self.state.store(FAILING, Ordering::Relaxed);
        }
    }

    pub(crate) fn state(&self) -> Recording {
        match self.state.load(Ordering::Relaxed) {
            ON => Recording::On,
            FULL => Recording::Full,
            _ => Recording::Failing,
        }
    }

    /// What is queued is still written.
    pub(crate) fn finish(self) {}
}

/// Writes a recording that is known from its beginning to its end: the segments together, then the index.
pub(crate) async fn write_whole(
    recordings: &Recordings,
    show: &Name,
    segments: &[Arc<Segment>],
) -> io::Result<()> {
    if !recordings.entries(show).await?.is_empty() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let files = &recordings.files;
    let mut headers: Vec<&Segment> = segments.iter().map(AsRef::as_ref).collect();
    headers.dedup_by_key(|segment| segment.header.number);
    for segment in headers {
        files.put(&header_key(show, segment.header.number)?, &segment.header.bytes).await?;
    }
    for (batch, first) in segments.chunks(QUEUE).zip((0..).step_by(QUEUE)) {
        let put = batch
            .iter()
            .zip(first..)
            .map(async |(segment, number)| files.put(&segment_key(show, number)?, &joined(segment)).await);
        try_join_all(put).await?;
    }
    let entry = |segment: &Arc<Segment>| Entry {
        header: segment.header.number,
        ticks: segment.ticks(),
        bytes: segment.bytes() as u64,
        at: segment.at,
        discontinuity: segment.discontinuity,
    };
    let entries: Vec<Entry> = segments.iter().map(entry).collect();
    for (page, number) in entries.chunks(PAGE_LINES).zip(0..) {
        files.put(&page_key(show, number)?, write_page(page).as_bytes()).await?;
    }
    Ok(())
}

/// A segment as it is kept.
fn joined(segment: &Segment) -> Vec<u8> {
    segment.parts.iter().flat_map(|part| part.bytes.iter().copied()).collect()
}

struct Writer {
    recordings: Recordings,
    show: Name,
    bytes_max: u64,
    state: Arc<AtomicU8>,
    /// Known once the index was read.
    place: Option<Place>,
    /// Whether something between the last written segment and the next is missing.
    has_gap: bool,
}

/// Where the recording stands.
struct Place {
    next: u64,
    bytes: u64,
    /// The entries of the last page.
    page: Vec<Entry>,
    /// Headers of earlier runs of the program; this run's follow them.
    headers_before: u32,
    header_written: u32,
    last_live: Option<u64>,
}

impl Writer {
    async fn run(mut self, mut segments: mpsc::Receiver<Arc<Segment>>) {
        while let Some(segment) = segments.recv().await {
            if self.state.load(Ordering::Relaxed) == FULL {
                continue;
            }
            match self.write(&segment).await {
                Ok(state) => self.state.store(state, Ordering::Relaxed),
                Err(error) => {
                    tracing::error!(show = %self.show, %error, "a segment could not be recorded");
                    self.has_gap = true;
                    self.state.store(FAILING, Ordering::Relaxed);
                }
            }
        }
    }

    async fn write(&mut self, segment: &Segment) -> io::Result<u8> {
        if self.place.is_none() {
            self.place = Some(self.find_place().await?);
        }
        let (files, show) = (&self.recordings.files, &self.show);
        let Some(place) = &mut self.place else { return Ok(FAILING) };
        let length = segment.bytes() as u64;
        if place.bytes + length > self.bytes_max {
            return Ok(FULL);
        }
        let header = place.headers_before + segment.header.number;
        if place.header_written != header {
            files.put(&header_key(show, header)?, &segment.header.bytes).await?;
            place.header_written = header;
        }
        files.put(&segment_key(show, place.next)?, &joined(segment)).await?;
        // The first segment after a restart, or after one that was lost on the way, follows nothing.
        let follows = place.last_live.is_some_and(|last| last + 1 == segment.number) && !self.has_gap;
        let discontinuity = segment.discontinuity || place.next > 0 && !follows;
        let entry = Entry { header, ticks: segment.ticks(), bytes: length, at: segment.at, discontinuity };
        if place.page.len() == PAGE_LINES {
            place.page.clear();
        }
        place.page.push(entry);
        let page = (place.next / PAGE_LINES as u64) as u32;
        if let Err(error) = files.put(&page_key(show, page)?, write_page(&place.page).as_bytes()).await {
            // The index on disk does not name it: the next segment takes its place.
            place.page.pop();
            return Err(error);
        }
        place.next += 1;
        place.bytes += length;
        place.last_live = Some(segment.number);
        self.has_gap = false;
        Ok(ON)
    }

    async fn find_place(&self) -> io::Result<Place> {
        let entries = self.recordings.entries(&self.show).await?;
        let on_last_page = entries.len() % PAGE_LINES;
        Ok(Place {
            next: entries.len() as u64,
            bytes: entries.iter().map(|entry| entry.bytes).sum(),
            headers_before: entries.iter().map(|entry| entry.header).max().unwrap_or(0),
            header_written: 0,
            page: entries[entries.len() - on_last_page..].to_vec(),
            last_live: None,
        })
    }
}

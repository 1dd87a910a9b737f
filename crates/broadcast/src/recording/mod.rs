//! Recordings: each segment of a show is a file, and an index names them. A segment is on disk before the index names
//! it, so whatever happens to the program, all that the index names plays.

mod index;
mod recorder;
pub(crate) mod replay;

use std::io;

use bytes::Bytes;
use gateways::files::{Files, Key};

pub use self::index::Entry;
use self::index::{PAGE_LINES, read_page};
pub(crate) use self::recorder::{Recorder, write_whole};
use crate::name::Name;

/// The recordings of all shows.
#[derive(Clone, Debug)]
pub struct Recordings {
    files: Files,
}

impl Recordings {
    pub fn new(files: Files) -> Self {
        Self { files }
    }

    /// What was recorded of a show, in order; empty if nothing was.
    pub async fn entries(&self, show: &Name) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for page in 0.. {
            let read = self.page(show, page).await?;
            let is_last = read.len() < PAGE_LINES;
            entries.extend(read);
            if is_last {
                break;
            }
        }
        Ok(entries)
    }

    async fn page(&self, show: &Name, page: u32) -> io::Result<Vec<Entry>> {
        let Some(bytes) = self.files.get(&page_key(show, page)?).await? else { return Ok(Vec::new()) };
        let entries = std::str::from_utf8(&bytes).ok().and_then(read_page);
        entries
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the index of a recording is damaged"))
    }

    pub(crate) async fn segment(&self, show: &Name, number: u64) -> io::Result<Option<Bytes>> {
        self.files.get(&segment_key(show, number)?).await
    }

    pub(crate) async fn header(&self, show: &Name, number: u32) -> io::Result<Option<Bytes>> {
        self.files.get(&header_key(show, number)?).await
    }

    /// Removes all of a show's recording. Cut short, it can be called again: the index goes last, from its end.
    pub async fn delete(&self, show: &Name) -> io::Result<()> {
        let entries = self.entries(show).await?;
        for number in 0..entries.len() as u64 {
            self.files.delete(&segment_key(show, number)?).await?;
        }
        for header in 1..=entries.iter().map(|entry| entry.header).max().unwrap_or(0) {
            self.files.delete(&header_key(show, header)?).await?;
        }
        for page in (0..=entries.len() / PAGE_LINES).rev() {
            self.files.delete(&page_key(show, page as u32)?).await?;
        }
        Ok(())
    }
}

fn segment_key(show: &Name, number: u64) -> io::Result<Key> {
    key(format!("live-{show}.{number}.m4s"))
}

fn header_key(show: &Name, number: u32) -> io::Result<Key> {
    key(format!("live-{show}.header-{number}.mp4"))
}

fn page_key(show: &Name, page: u32) -> io::Result<Key> {
    key(format!("live-{show}.index-{page}"))
}

/// Names are made of what keys are made of, so this does not fail.
fn key(text: String) -> io::Result<Key> {
    Key::new(text).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))
}

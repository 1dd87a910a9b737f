//! Where pictures are kept. A key is made by us and is never a path that someone sent.

use std::path::PathBuf;

/// The file store: a folder of this machine.
#[derive(Clone, Debug)]
pub struct Files {
    folder: PathBuf,
}

impl Files {
    pub fn local(folder: PathBuf) -> Self {
        Self { folder }
    }
}

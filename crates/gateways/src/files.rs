//! Where pictures are kept. A key is made by us and is never a path that someone sent.

use std::{
    io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;
use tokio::io::AsyncWriteExt;

/// The name of a file: lower-case letters, digits, `_`, `-` and single dots. It cannot leave the store's folder.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key(String);

/// The text cannot be a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a file's key has only lower-case letters, digits, _, - and single dots")]
pub struct KeyError;

/// The longest key; file systems take 255 bytes.
const KEY_MAX: usize = 120;

impl Key {
    pub fn new(text: impl Into<String>) -> Result<Self, KeyError> {
        let text = text.into();
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-' | b'.');
        let good = (1..=KEY_MAX).contains(&text.len())
            && text.bytes().all(plain)
            && !text.starts_with('.')
            && !text.contains("..");
        if good { Ok(Self(text)) } else { Err(KeyError) }
    }

    /// One of 256 folders: a folder with a million entries is slow to work with.
    fn folder(&self) -> String {
        let sum = self.0.bytes().fold(0u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte));
        format!("{sum:02x}")
    }
}

/// The file store: a folder of this machine.
#[derive(Clone, Debug)]
pub struct Files {
    folder: PathBuf,
}

impl Files {
    pub fn local(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Keeps `bytes` under `key`. `Ok` means that they are on disk, whole: nobody ever reads half a file.
    pub async fn put(&self, key: &Key, bytes: &[u8]) -> io::Result<()> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let folder = self.folder.join(key.folder());
        tokio::fs::create_dir_all(&folder).await?;
        let unique = NEXT.fetch_add(1, Ordering::Relaxed);
        let begun = folder.join(format!(".{}.{}.{unique}", key.0, std::process::id()));
        let written = write_and_rename(&begun, &folder.join(&key.0), bytes).await;
        if written.is_err() {
            let _ = tokio::fs::remove_file(&begun).await;
        }
        written?;
        // The rename itself is on disk only once its folder is.
        tokio::fs::File::open(&folder).await?.sync_all().await
    }

    /// The bytes of a key, if it is there.
    pub async fn get(&self, key: &Key) -> io::Result<Option<Bytes>> {
        match tokio::fs::read(self.folder.join(key.folder()).join(&key.0)).await {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes a key; one that is not there is removed already.
    pub async fn delete(&self, key: &Key) -> io::Result<()> {
        match tokio::fs::remove_file(self.folder.join(key.folder()).join(&key.0)).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

async fn write_and_rename(begun: &Path, done: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = tokio::fs::File::create(begun).await?;
    file.write_all(bytes).await?;
    file.sync_all().await?;
    drop(file);
    tokio::fs::rename(begun, done).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_never_a_path() {
        assert!(Key::new("img_01jdqz8p5fe9kadz3m4xh6w2cr-800.webp").is_ok());
        for wrong in
            ["", ".", "..", "../etc/passwd", "a/b", "a\\b", ".hidden", "a..b", "A", "a b", "a\0b", "é"]
        {
            assert_eq!(Key::new(wrong), Err(KeyError), "{wrong:?}");
        }
        assert_eq!(Key::new("a".repeat(121)), Err(KeyError));
    }

    #[tokio::test]
    async fn what_is_put_is_got_and_nothing_is_left_over() {
        let folder = std::env::temp_dir().join(format!("files-{}", uuid::Uuid::now_v7()));
        let files = Files::local(folder.clone());
        let key = Key::new("a-1.webp").unwrap();
        assert_eq!(files.get(&key).await.unwrap(), None);
        files.put(&key, b"one").await.unwrap();
        files.put(&key, b"two").await.unwrap();
        assert_eq!(files.get(&key).await.unwrap().as_deref(), Some(&b"two"[..]));
        let inside = std::fs::read_dir(folder.join(key.folder())).unwrap().count();
        assert_eq!(inside, 1, "no unfinished file stays");
        files.delete(&key).await.unwrap();
        files.delete(&key).await.unwrap();
        assert_eq!(files.get(&key).await.unwrap(), None);
        std::fs::remove_dir_all(folder).unwrap();
    }
}

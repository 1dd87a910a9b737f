//! `backup` and `restore`: everything in one tar file. The database is copied as of one moment, also while the
//! platform runs; pictures are written once and never changed, so they can be copied at any time after it.

use std::{
    fs::File,
    path::{Component, Path},
};

use db::Target;

use crate::cli::{Outcome, Place, target};

/// The parts of a data folder that are the platform; the rest is locks and leftovers.
const PARTS: [&str; 2] = ["ministore.toml", "secret.key"];
const DATABASE: &str = "ministore.db";
const DUMP: &str = "ministore.pgdump";
const FILES: &str = "files";

/// Writes a back-up of `place` to `file`.
pub async fn write(place: &Place, file: &Path) -> Outcome<()> {
    let (folder, settings) = (place.folder()?, place.settings()?);
    let out = File::options().write(true).create_new(true).open(file);
    let out = out.map_err(|error| format!("{}: {error}", file.display()))?;
    let work = tempfile::tempdir()?;
    let mut tar = tar::Builder::new(out);
    match target(&folder, &settings)? {
        Target::Sqlite(database) => {
            let copy = work.path().join(DATABASE);
            db::copy_sqlite(&database, &copy)?;
            tar.append_path_with_name(&copy, DATABASE)?;
        }
        Target::Postgres(url) => {
            let dump = work.path().join(DUMP);
            tool("pg_dump", &["--format=custom", "--file", &dump.to_string_lossy(), &url])?;
            tar.append_path_with_name(&dump, DUMP)?;
        }
    }
    for part in PARTS {
        if folder.join(part).exists() {
            tar.append_path_with_name(folder.join(part), part)?;
        }
    }
    if folder.join(FILES).exists() {
        tar.append_dir_all(FILES, folder.join(FILES))?;
    }
    tar.into_inner()?.sync_all()?;
    println!("Everything is in {}.", file.display());
    Ok(())
}

/// Puts a back-up into the empty folder of `place`.
pub async fn restore(place: &Place, file: &Path) -> Outcome<()> {
    let folder = place.folder()?;
    if std::fs::read_dir(&folder)?.next().is_some() {
        return Err(
            format!("{} is not empty; restore into a new folder with --data", folder.display()).into()
        );
    }
    let mut tar =
        tar::Archive::new(File::open(file).map_err(|error| format!("{}: {error}", file.display()))?);
    for entry in tar.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.into_owned();
        let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
        let known = path.starts_with(FILES)
            || PARTS.iter().chain([&DATABASE, &DUMP]).any(|part| path == Path::new(part));
        if !plain
            || !known
            || !(entry.header().entry_type().is_file() || entry.header().entry_type().is_dir())
        {
            return Err(format!(
                "{} is not a back-up of Ministore: it holds {}",
                file.display(),
                path.display()
            )
            .into());
        }
        entry.unpack_in(&folder)?;
    }
    let dump = folder.join(DUMP);
    if dump.exists() {
        let Target::Postgres(url) = target(&folder, &place.settings()?)? else {
            return Err("this back-up is of a PostgreSQL database: name an empty one with --database".into());
        };
        tool("pg_restore", &["--exit-on-error", "--no-owner", "--dbname", &url, &dump.to_string_lossy()])?;
        std::fs::remove_file(dump)?;
    } else if !folder.join(DATABASE).exists() {
        return Err(format!("{} holds no database", file.display()).into());
    }
    println!("Restored into {}. Look it over with `ministore doctor`.", folder.display());
    Ok(())
}

/// Runs one of PostgreSQL's own tools, which know best how to copy it.
fn tool(name: &str, arguments: &[&str]) -> Outcome<()> {
    let status = std::process::Command::new(name).args(arguments).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{name} stopped with {status}").into()),
        Err(error) => Err(format!("{name}: {error}; it comes with PostgreSQL's client tools").into()),
    }
}

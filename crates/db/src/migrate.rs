//! Migrations: plain SQL that runs on both engines, in the order of their numbers, frozen once released.

use std::path::Path;

use tokio_postgres::NoTls;

use crate::{Error, Promise, sqlite};

mod embedded {
    refinery::embed_migrations!("migrations");
}

fn failed(error: refinery::Error) -> Error {
    Error::Other(format!("the migrations stopped: {error}"))
}

pub(crate) fn known() -> usize {
    embedded::migrations::runner().get_migrations().len()
}

/// A number that changes with the migrations, for those who keep a migrated database ready.
pub fn schema_fingerprint() -> u64 {
    let checksums =
        embedded::migrations::runner().get_migrations().iter().map(|m| m.checksum()).collect::<Vec<_>>();
    checksums.iter().fold(checksums.len() as u64, |all, one| all.rotate_left(7) ^ one)
}

pub(crate) fn sqlite(file: &Path) -> Result<usize, Error> {
    let mut conn = sqlite::open_writer(file, Promise::OnDisk)?;
    let report = embedded::migrations::runner().set_grouped(true).run(&mut conn).map_err(failed)?;
    Ok(report.applied_migrations().len())
}

pub(crate) async fn postgres(url: &str) -> Result<usize, Error> {
    let (mut client, connection) = tokio_postgres::connect(url, NoTls).await?;
    let driver = tokio::spawn(connection);
    // Two nodes that start at once must not both create the tables.
    client.batch_execute("select pg_advisory_lock(7307309)").await?;
    let report =
        embedded::migrations::runner().set_grouped(true).run_async(&mut client).await.map_err(failed)?;
    drop(client);
    let _ = driver.await;
    Ok(report.applied_migrations().len())
}

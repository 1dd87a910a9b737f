//! A fresh database for each test.

use std::{future::Future, sync::OnceLock};

use db::{Db, Target};
use tokio_postgres::NoTls;
use uuid::Uuid;

fn run<F: Future<Output = ()>>(test: impl FnOnce() -> F) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    runtime.block_on(async { test().await });
}

/// Runs `test` on a fresh SQLite file.
pub fn on_sqlite<F: Future<Output = ()>>(test: impl FnOnce(Db) -> F) {
    let folder = tempfile::tempdir().unwrap();
    run(|| async {
        // A test's rows need not survive a power cut, and thousands of them would wait for the disk.
        let db = Db::open(&Target::Sqlite(folder.path().join("test.db"))).await.unwrap().relaxed().unwrap();
        db.migrate().await.unwrap();
        test(db).await;
    });
}

/// Runs `test` on a fresh PostgreSQL database, copied from a migrated template.
pub fn on_postgres<F: Future<Output = ()>>(test: impl FnOnce(Db) -> F) {
    let server = std::env::var("MINISTORE_TEST_POSTGRES").expect(
        "MINISTORE_TEST_POSTGRES is not set: run the tests with `cargo xtask test`, which starts PostgreSQL",
    );
    run(|| async {
        let name = format!("test_{}", Uuid::now_v7().simple());
        let template = template(&server).await;
        admin(&server, &format!("create database {name} template {template}")).await;
        let db = Db::open(&Target::Postgres(database_url(&server, &name))).await.unwrap().relaxed().unwrap();
        test(db).await;
        admin(&server, &format!("drop database {name} with (force)")).await;
    });
}

/// The migrated database that others are copied from, made once per set of migrations for all test processes.
async fn template(server: &str) -> String {
    static NAME: OnceLock<String> = OnceLock::new();
    if let Some(name) = NAME.get() {
        return name.clone();
    }
    let name = format!("template_{:016x}", db::schema_fingerprint());
    let (client, connection) = tokio_postgres::connect(server, NoTls).await.unwrap();
    let driver = tokio::spawn(connection);
    client.batch_execute("select pg_advisory_lock(7307310)").await.unwrap();
    let there = client.query_opt("select 1 from pg_database where datname = $1", &[&name]).await.unwrap();
    if there.is_none() {
        // Under another name until it is complete: a test process may be killed in the middle.
        let half = format!("{name}_half");
        client.batch_execute(&format!("drop database if exists {half}")).await.unwrap();
        client.batch_execute(&format!("create database {half}")).await.unwrap();
        let db = Db::open(&Target::Postgres(database_url(server, &half))).await.unwrap();
        db.migrate().await.unwrap();
        drop(db);
        client.batch_execute(&format!("alter database {half} rename to {name}")).await.unwrap();
    }
    drop(client);
    let _ = driver.await;
    NAME.get_or_init(|| name).clone()
}

async fn admin(server: &str, sql: &str) {
    let (client, connection) = tokio_postgres::connect(server, NoTls).await.unwrap();
    let driver = tokio::spawn(connection);
    client.batch_execute(sql).await.unwrap();
    drop(client);
    let _ = driver.await;
}

/// The server's address with another database: `postgres://user@host:port/NAME?host=/socket`.
fn database_url(server: &str, name: &str) -> String {
    let (base, options) =
        server.split_once('?').map_or((server, None), |(base, options)| (base, Some(options)));
    let start = base.find("://").map_or(0, |at| at + 3);
    let host = base[start..].find('/').map_or(base, |slash| &base[..start + slash]);
    match options {
        Some(options) => format!("{host}/{name}?{options}"),
        None => format!("{host}/{name}"),
    }
}

//! What the disk and SQLite would allow: a bare loop on one thread that writes the very rows which the verb wrote
//! into another copy of the same database, so many orders to a transaction.

use crate::Outcome;
use rusqlite::{Connection, OptionalExtension, params_from_iter, types::Value};
use std::path::Path;
use std::time::{Duration, Instant};

/// Each order has one row of its own in each of these.
const TABLES: [&str; 6] = ["orders", "stock_changes", "order_lines", "order_moves", "deadlines", "outbox"];

/// The same pragmas as the server's own writer (crates/db/src/sqlite.rs).
const PRAGMAS: &str = "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;
    pragma cache_size = -16000; pragma wal_autocheckpoint = 4000; pragma temp_store = memory;";

const TAKE: &str = "update skus set available = available - ?3
    where store_id = ?1 and id = ?2 and on_sale and available >= ?3 returning available";

/// What orders left in the tables.
pub struct Rows {
    /// For each table the rows in the order in which they were written, so the n-th of each belong together.
    tables: Vec<Vec<Vec<Value>>>,
    /// Store, SKU and pieces that each order took.
    taken: Vec<[Value; 3]>,
}

/// How many rows each table has before anything is ordered.
pub struct Before([i64; TABLES.len()]);

pub fn before(file: &Path) -> Outcome<Before> {
    let conn = Connection::open(file)?;
    let mut last = [0; TABLES.len()];
    for (last, table) in last.iter_mut().zip(TABLES) {
        *last =
            conn.query_row(&format!("select coalesce(max(rowid), 0) from {table}"), [], |row| row.get(0))?;
    }
    Ok(Before(last))
}

/// Reads what `orders` orders wrote; refuses if they wrote anything but a row to each table.
pub fn written(file: &Path, before: &Before, orders: usize) -> Outcome<Rows> {
    let conn = Connection::open(file)?;
    let mut tables = Vec::new();
    for (table, last) in TABLES.iter().zip(before.0) {
        let mut statement =
            conn.prepare(&format!("select * from {table} where rowid > ?1 order by rowid"))?;
        let columns = statement.column_count();
        let rows = statement.query_map([last], |row| (0..columns).map(|column| row.get(column)).collect())?;
        let rows: Vec<Vec<Value>> = rows.collect::<Result<_, _>>()?;
        if rows.len() != orders {
            return Err(format!("{orders} orders left {} rows in {table}", rows.len()).into());
        }
        tables.push(rows);
    }
    let mut statement = conn.prepare("select store_id, sku_id, quantity from order_lines order by rowid")?;
    let taken = statement.query_map([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]))?;
    let taken = taken.collect::<Result<_, _>>()?;
    Ok(Rows { tables, taken })
}

/// Writes the rows of all orders, `batch` orders to a transaction, and says how long that took.
pub fn write(file: &Path, rows: &Rows, batch: usize) -> Outcome<Duration> {
    let conn = Connection::open(file)?;
    conn.execute_batch(PRAGMAS)?;
    let mut take = conn.prepare(TAKE)?;
    let mut inserts = Vec::new();
    for (table, rows) in TABLES.iter().zip(&rows.tables) {
        let places = vec!["?"; rows.first().map_or(0, Vec::len)].join(", ");
        inserts.push(conn.prepare(&format!("insert into {table} values ({places})"))?);
    }
    let orders: Vec<usize> = (0..rows.taken.len()).collect();
    let started = Instant::now();
    for some in orders.chunks(batch) {
        conn.execute_batch("begin immediate")?;
        for &order in some {
            let left: Option<i64> =
                take.query_row(params_from_iter(&rows.taken[order]), |row| row.get(0)).optional()?;
            left.ok_or("the raw loop ran out of stock")?;
            for (insert, rows) in inserts.iter_mut().zip(&rows.tables) {
                insert.execute(params_from_iter(&rows[order]))?;
            }
        }
        conn.execute_batch("commit")?;
    }
    Ok(started.elapsed())
}

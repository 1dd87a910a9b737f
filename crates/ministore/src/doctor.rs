//! `doctor`: looks whether everything is in order, and says what to do where it is not.

use db::Db;

use crate::cli::{Outcome, Place, target};

/// Looks and reports; an error if anything is wrong.
pub async fn run(place: Place) -> Outcome<()> {
    let mut report = Report::default();
    let folder = place.folder()?;
    report.note("data folder", writable(&folder));
    let settings = match place.settings() {
        Ok(settings) => settings,
        Err(error) => {
            report.note("settings", Err(error.to_string()));
            return report.done();
        }
    };
    report.note("settings", Ok(format!("listen on {}", settings.server.listen)));
    let db = Db::open(&target(&folder, &settings)?).await;
    let db = match db {
        Ok(db) => db,
        Err(error) => {
            report.note("database", Err(error.to_string()));
            return report.done();
        }
    };
    let engine = db.engine().to_owned();
    report.note("database", db.check().await.map(|()| engine).map_err(|error| error.to_string()));
    let missing = db.migrations_missing().await.map_err(|error| error.to_string());
    report.note("tables", missing.and_then(up_to_date));
    if !report.failed {
        for (name, sql) in RULES {
            report.note(name, holds(&db, sql).await);
        }
    }
    report.done()
}

/// Rules that every database keeps, each as a count of what breaks it.
const RULES: &[(&str, &str)] = &[
    (
        "the ledger balances to zero",
        "select count(*) from (select 1 as unbalanced from ledger_entries
            group by store_id, id, currency having sum(amount) <> 0) broken",
    ),
    (
        "stock is the sum of its changes",
        "select count(*) from skus s where s.available <> (select cast(coalesce(sum(c.change), 0) as bigint)
            from stock_changes c where c.store_id = s.store_id and c.sku_id = s.id)",
    ),
    (
        "every order holds its stock",
        "select count(*) from order_lines l where not exists (select 1 from stock_changes c
            where c.store_id = l.store_id and c.order_id = l.order_id and c.sku_id = l.sku_id and c.change < 0)",
    ),
    (
        "a cancelled order gave its stock back",
        "select count(*) from orders o where o.state = 'cancelled' and 0 <> (select cast(coalesce(sum(c.change), 0) as bigint)
            from stock_changes c where c.store_id = o.store_id and c.order_id = o.id)",
    ),
    (
        "every order has its lines",
        "select count(*) from orders o where not exists (select 1 from order_lines l
            where l.store_id = o.store_id and l.order_id = o.id)",
    ),
    (
        "what was paid is what the ledger says",
        "select count(*) from orders o where o.method = 'online' and o.paid <> (select cast(coalesce(sum(e.amount), 0) as bigint)
            from ledger_entries e where e.store_id = o.store_id and e.order_id = o.id and e.kind = 'payment' and e.amount > 0)
            and not exists (select 1 from refunds r where r.store_id = o.store_id and r.order_id = o.id)",
    ),
];

async fn holds(db: &Db, sql: &str) -> Result<String, String> {
    let mut read = db.read().await.map_err(|error| error.to_string())?;
    match read.one::<i64>(sql, &[]).await {
        Ok(0) => Ok("holds".into()),
        Ok(count) => Err(format!("broken {count} times")),
        Err(error) => Err(error.to_string()),
    }
}

fn up_to_date(missing: usize) -> Result<String, String> {
    if missing == 0 {
        Ok("up to date".into())
    } else {
        Err(format!("{missing} migrations are missing: run `ministore migrate`"))
    }
}

fn writable(folder: &std::path::Path) -> Result<String, String> {
    let probe =
        tempfile::NamedTempFile::new_in(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    drop(probe);
    Ok(folder.display().to_string())
}

#[derive(Default)]
struct Report {
    failed: bool,
}

impl Report {
    fn note(&mut self, what: &str, outcome: Result<String, String>) {
        match outcome {
            Ok(text) => println!("ok    {what}: {text}"),
            Err(text) => {
                self.failed = true;
                println!("WRONG {what}: {text}");
            }
        }
    }
    fn done(self) -> Outcome<()> {
        if self.failed { Err("not everything is in order".into()) } else { Ok(()) }
    }
}

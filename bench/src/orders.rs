//! Orders through the verb `trade::orders::place`, as a page or the API calls it, beside a bare loop of the same
//! writes. Nothing is between the callers and the verb; the database is a file on the disk, every commit synced.

use crate::{
    Outcome, raw,
    shop::{self, Shop},
};
use hdrhistogram::Histogram;
use kernel::CheckoutId;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use trade::orders::{Choice, Method, Place, place};
use web::App;

const AT_ONCE: [usize; 4] = [1, 16, 64, 256];
/// Each measurement is made so often, verb and bare loop in turn; the one in the middle is shown.
const ROUNDS: usize = 3;
const BUYERS: usize = 1_000;
const MANY_PRODUCTS: usize = 10_000;

/// What the project asks of itself at 256 at once.
const GOAL_SHARE: f64 = 0.60;
const GOAL_P99: Duration = Duration::from_millis(60);

const ABOUT: &str = "\
Each order: one buyer's checkout of one piece, sent to an address of their book, to be paid online. The checkouts
were begun before; what is measured is the verb: it reads checkout, goods, store page and address, prices the lines,
takes the stock and writes the order with its line, stock change, move, deadline and event, and answers when that is
on the disk (`synchronous = full`). *Raw* is a single thread that writes the very rows the verb wrote, by prepared
statements, into another copy of the same database, as many orders to a transaction as were at once; it reads nothing,
decides nothing and makes nothing up. The middle one of three rounds, verb and raw in turn.

| goods | at once | orders | orders/s | p50 ms | p99 ms | slowest ms | raw orders/s | of raw |
|---|--:|--:|--:|--:|--:|--:|--:|--:|";

/// One run of the verb.
struct Run {
    times: Histogram<u64>,
    elapsed: Duration,
}

/// A line of the table.
struct Figures {
    run: Run,
    raw_elapsed: Duration,
}

pub fn run(arguments: &[String]) -> Outcome {
    let at_once = match arguments {
        [] => AT_ONCE.to_vec(),
        some => some.iter().map(|number| number.parse()).collect::<Result<_, _>>()?,
    };
    let folder = tempfile::tempdir()?;
    println!("{ABOUT}");
    let mut verdicts = Vec::new();
    for (goods, products) in [("one hot product", 1), ("10,000 products", MANY_PRODUCTS)] {
        let prepared = Prepared::new(folder.path(), products, orders_for(usize::MAX))?;
        for &at_once in &at_once {
            let figures = prepared.measure(at_once)?;
            println!("{}", figures.row(goods, at_once));
            if at_once == 256 {
                verdicts.push(figures.verdict(goods));
            }
        }
    }
    println!("\n{}", verdicts.join("\n"));
    Ok(())
}

/// Enough for a steady 99th percentile, and over in seconds.
fn orders_for(at_once: usize) -> usize {
    if at_once == 1 { 4_000 } else { 24_000 }
}

/// A database in which everything is ready to be ordered; each run works on a copy of it.
struct Prepared {
    file: std::path::PathBuf,
    shop: Arc<Shop>,
    checkouts: Arc<Vec<CheckoutId>>,
}

impl Prepared {
    fn new(folder: &Path, products: usize, checkouts: usize) -> Outcome<Self> {
        let file = folder.join(format!("prepared-{products}.db"));
        let (shop, checkouts) = runtime()?.block_on(async {
            let app = shop::open(&file).await?;
            let shop = Shop::new(&app, products, BUYERS).await?;
            let checkouts = shop.checkouts(&app, checkouts).await?;
            Outcome::Ok((shop, checkouts))
        })?;
        Ok(Self { file, shop: Arc::new(shop), checkouts: Arc::new(checkouts) })
    }

    fn measure(&self, at_once: usize) -> Outcome<Figures> {
        let orders = orders_for(at_once);
        let (mut runs, mut raws) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let own = self.file.with_extension("verb");
            copy(&self.file, &own)?;
            let before = raw::before(&own)?;
            runs.push(self.place(&own, at_once, orders)?);
            let written = raw::written(&own, &before, orders)?;
            copy(&self.file, &own)?;
            raws.push(raw::write(&own, &written, at_once)?);
            remove(&own)?;
        }
        runs.sort_by_key(|run| run.elapsed);
        raws.sort();
        Ok(Figures { run: runs.swap_remove(ROUNDS / 2), raw_elapsed: raws.swap_remove(ROUNDS / 2) })
    }

    /// Places the first `orders` checkouts, so many at once.
    fn place(&self, file: &Path, at_once: usize, orders: usize) -> Outcome<Run> {
        runtime()?.block_on(async {
            let app = shop::open(file).await?;
            let next = Arc::new(AtomicUsize::new(0));
            let started = Instant::now();
            let callers: Vec<_> = (0..at_once)
                .map(|_| {
                    let (app, shop) = (app.clone(), self.shop.clone());
                    let (checkouts, next) = (self.checkouts.clone(), next.clone());
                    tokio::spawn(async move { one_caller(&app, &shop, &checkouts[..orders], &next).await })
                })
                .collect();
            let mut taken = Vec::with_capacity(orders);
            for caller in callers {
                taken.extend(caller.await?.map_err(|failure| failure.to_string())?);
            }
            let elapsed = started.elapsed();
            let mut times = microseconds()?;
            taken.into_iter().for_each(|microseconds| times.saturating_record(microseconds));
            Ok(Run { times, elapsed })
        })
    }
}

/// How long each of the caller's orders took, in microseconds.
async fn one_caller(
    app: &App,
    shop: &Shop,
    checkouts: &[CheckoutId],
    next: &AtomicUsize,
) -> Result<Vec<u64>, Box<dyn std::error::Error + Send + Sync>> {
    let mut times = Vec::new();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let Some(&checkout) = checkouts.get(number) else { return Ok(times) };
        let buyer = shop.buyer(number);
        let command = Place {
            checkout,
            choice: Choice::DeliveryTo(buyer.address),
            method: Method::Online,
            note: String::new(),
            expected_total: None,
        };
        let asked = Instant::now();
        place(app, &shop.store, buyer.account, command).await?;
        times.push(u64::try_from(asked.elapsed().as_micros())?);
    }
}

/// The runtime that the server has.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

/// From one microsecond to two minutes, true to three digits.
fn microseconds() -> Result<Histogram<u64>, hdrhistogram::CreationError> {
    Histogram::new_with_bounds(1, 120_000_000, 3)
}

fn copy(from: &Path, to: &Path) -> Outcome {
    remove(to)?;
    Ok(db::copy_sqlite(from, to)?)
}

/// Removes the database with what lies beside it.
fn remove(file: &Path) -> Outcome {
    for end in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(end);
        match std::fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

impl Figures {
    fn per_second(&self) -> f64 {
        self.run.times.len() as f64 / self.run.elapsed.as_secs_f64()
    }

    fn raw_per_second(&self) -> f64 {
        self.run.times.len() as f64 / self.raw_elapsed.as_secs_f64()
    }

    fn share(&self) -> f64 {
        self.per_second() / self.raw_per_second()
    }

    fn p99(&self) -> Duration {
        Duration::from_micros(self.run.times.value_at_quantile(0.99))
    }

    fn row(&self, goods: &str, at_once: usize) -> String {
        let milliseconds = |microseconds: u64| microseconds as f64 / 1000.0;
        format!(
            "| {goods} | {at_once} | {} | {:.0} | {:.2} | {:.2} | {:.2} | {:.0} | {:.0} % |",
            self.run.times.len(),
            self.per_second(),
            milliseconds(self.run.times.value_at_quantile(0.50)),
            milliseconds(self.run.times.value_at_quantile(0.99)),
            milliseconds(self.run.times.max()),
            self.raw_per_second(),
            100.0 * self.share(),
        )
    }

    fn verdict(&self, goods: &str) -> String {
        let said = |met: bool| if met { "met" } else { "missed" };
        format!(
            "Goals at 256 at once, {goods}: at least {:.0} % of raw: {} ({:.0} %); p99 of at most {} ms: {} ({:.1} ms).",
            100.0 * GOAL_SHARE,
            said(self.share() >= GOAL_SHARE),
            100.0 * self.share(),
            GOAL_P99.as_millis(),
            said(self.p99() <= GOAL_P99),
            self.p99().as_secs_f64() * 1000.0,
        )
    }
}

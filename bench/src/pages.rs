//! The pages that buyers look at most, over HTTP, from the release program as a person would start it: the demo town
//! as it is, and with a store of 100,000 products in it.

use crate::{
    Outcome,
    load::{self, Report, Until},
    server::Server,
};
use db::{Db, Target, row};
use kernel::ProductId;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const AT_ONCE: [usize; 2] = [16, 64];
const WARM_UP: Until = Until::Walks(2_000);
const LENGTH: Until = Until::Elapsed(Duration::from_secs(6));
const MANY_PRODUCTS: &str = "100000";
/// As many different product pages are asked for in turn.
const PRODUCTS_SEEN: i64 = 500;
/// The program is started so often on its folder; the start in the middle is shown.
const STARTS: usize = 5;

/// What the project asks of itself.
const GOAL_PER_SECOND: f64 = 8_000.0;
const GOAL_IDLE_MIB: u64 = 60;
const GOAL_START: Duration = Duration::from_millis(300);
const GOAL_PROGRAM_MIB: f64 = 40.0;

const ABOUT: &str = "\
The visitor is a stranger without a cookie, and every page is made anew for each request: nothing of it is cached.
*Healthz* is a fixed answer of three bytes from the same server through the same layers: what HTTP itself costs here,
and so the limit of any page. Server and load generator share the machine. The pages are sent as they are; *gzip* is
the same page compressed as browsers ask for it, counted by wrk, as are the other figures of wrk where it is there.";

pub fn run(arguments: &[String]) -> Outcome {
    let many = arguments.first().map_or(MANY_PRODUCTS, String::as_str);
    println!("{ABOUT}\n");
    let mut goals = Vec::new();
    for (town, products) in [("the demo town", "0"), ("a store full of products", many)] {
        let folder = tempfile::tempdir()?;
        let data = folder.path().to_string_lossy().into_owned();
        drop(Server::start("demo", &["--quiet", "--data", &data, "--products", products])?);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let seen = runtime.block_on(busiest(&folder.path().join("ministore.db")))?;
        drop(runtime);
        println!("## {}{}: {} products in the store\n", town[..1].to_uppercase(), &town[1..], seen.products);
        goals.push(look(&data, &seen, town)?);
    }
    let program = std::env::var_os("MINISTORE_BIN").ok_or("MINISTORE_BIN is not set")?;
    let size = std::fs::metadata(program)?.len() as f64 / (1024.0 * 1024.0);
    println!("{}", goals.join("\n"));
    println!("{}", goal("the program itself", format!("{size:.1} MiB"), size <= GOAL_PROGRAM_MIB, "40 MiB"));
    Ok(())
}

/// The store with the most products, and some of them from all over it.
struct Seen {
    handle: String,
    products: i64,
    paths: Vec<String>,
}

row! {
    struct Largest {
        id: kernel::StoreId,
        handle: String,
        products: i64,
    }
}

async fn busiest(file: &Path) -> Outcome<Seen> {
    let db = Db::open(&Target::Sqlite(file.to_owned())).await?;
    let mut read = db.read().await?;
    let Largest { id, handle, products } = read
        .query_one(
            "select s.id, s.handle, count(*) as products from stores s join products p on p.store_id = s.id
             where p.state = 'on_shelf' group by s.id, s.handle order by count(*) desc limit 1",
            &[],
        )
        .await?;
    let each = (products / PRODUCTS_SEEN).max(1);
    let shown: Vec<ProductId> = read
        .column("select id from products where store_id = $1 and state = 'on_shelf' order by id", &[&id])
        .await?;
    let paths = shown.iter().step_by(each as usize).map(|product| format!("/s/{handle}/p/{product}"));
    Ok(Seen { paths: paths.collect(), handle, products })
}

fn look(data: &str, seen: &Seen, town: &str) -> Outcome<String> {
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        starts.push(Server::start("serve", &["--data", data])?.ready_after);
    }
    starts.sort();
    let start = starts[STARTS / 2];
    let server = Server::start("serve", &["--data", data])?;
    let fresh = server.memory_mib().unwrap_or_default();
    let (home, shelf) = (vec![format!("/s/{}", seen.handle)], vec![format!("/s/{}/shelf", seen.handle)]);
    let healthz = vec!["/healthz".to_string()];
    let pages = [("healthz", &healthz), ("store", &home), ("shelf", &shelf), ("product", &seen.paths)];
    println!("{}", Report::TABLE_HEAD);
    let mut best = 0.0_f64;
    for (what, paths) in pages {
        for at_once in AT_ONCE {
            ask(&server, paths, at_once, WARM_UP)?;
            let report = ask(&server, paths, at_once, LENGTH)?;
            println!("{}", report.row(what));
            if let Some(failure) = &report.first_failure {
                println!("\nThe first failure: {failure}\n");
            }
            if what == "product" {
                best = best.max(report.walks_per_second());
            }
        }
    }
    println!();
    for (what, paths) in pages {
        second_opinion(&server, what, &paths[0]);
    }
    let after = server.memory_mib().unwrap_or_default();
    let peak = server.peak_memory_mib().unwrap_or_default();
    println!(
        "\nStart of `serve` until it listens: {start:.0?}. Memory: {fresh} MiB when it listens, at most {peak} MiB \
         under this load, {after} MiB after it.\n"
    );
    Ok([
        goal(&format!("product page, {town}"), format!("{best:.0}/s"), best >= GOAL_PER_SECOND, "8,000/s"),
        goal(&format!("idle memory, {town}"), format!("{fresh} MiB"), fresh <= GOAL_IDLE_MIB, "60 MiB"),
        goal(&format!("start, {town}"), format!("{start:.0?}"), start <= GOAL_START, "300 ms"),
    ]
    .join("\n"))
}

fn goal(what: &str, is: String, met: bool, goal: &str) -> String {
    format!("- Goal for {what}, {goal}: {} ({is}).", if met { "met" } else { "missed" })
}

/// Asks for the pages in turn; each must be there in full.
fn ask(server: &Server, paths: &[String], at_once: usize, until: Until) -> Outcome<Report> {
    load::run(server.address, at_once, until, async |connection, number| {
        let path = &paths[number as usize % paths.len()];
        let answer = connection.get(path).await?.expect(200)?;
        let whole =
            path == "/healthz" || answer.body.ends_with(b"</html>") || answer.body.ends_with(b"</html>\n");
        if whole { Ok(()) } else { Err(format!("{path} ends in the middle").into()) }
    })
}

/// What wrk counts, if it is installed: as it is, and compressed.
fn second_opinion(server: &Server, what: &str, path: &str) {
    let count = |headers: &[&str]| -> Option<String> {
        let url = format!("http://{}{path}", server.address);
        let answer =
            Command::new("wrk").args(["-t1", "-c64", "-d4s"]).args(headers).arg(url).output().ok()?;
        let text = String::from_utf8(answer.stdout).ok()?;
        let line = text.lines().find(|line| line.starts_with("Requests/sec:"))?;
        Some(line.rsplit(' ').next()?.split('.').next()?.to_string())
    };
    if let Some(plain) = count(&[]) {
        let packed = count(&["-H", "Accept-Encoding: gzip"]).unwrap_or_default();
        println!("- wrk, {what}, 64 at once: {plain}/s; gzip {packed}/s");
    }
}

//! The buyer's whole way over HTTP, from the basket to the paid order, by the forms of the pages.

use crate::{
    Outcome,
    load::{self, Connection, Report, Until},
    machine,
    server::Server,
    shop::{self, Shop},
};
use db::{Db, Target};
use std::path::Path;
use std::time::Duration;

const AT_ONCE: [usize; 3] = [1, 8, 64];
/// Far more than are ever at once, so that no two walk with one basket.
const BUYERS: usize = 1_000;
const PRODUCTS: usize = 1_000;
const LENGTH: Duration = Duration::from_secs(10);
/// What the project asks of itself: buyers at once, and whole ways in a second.
const GOALS: [(usize, f64); 2] = [(8, 400.0), (64, 800.0)];

const ABOUT: &str = "\
Each buyer is signed in and has an address in their book. A walk is 7 requests: put one piece into the basket (POST),
begin the checkout (POST), look at its page and find there the address and the total (GET), place the order with
delivery to that address (POST), choose to pay on the sandbox provider's page (POST: it decides the charge, and its
signed notification is verified and settled), come back from it (GET), see the paid order (GET). The walk fails unless
its last page says that it is paid. Each of the 8 changes on the way is on the disk before it is answered, and each
buyer waits for each, so a single buyer cannot be faster than the disk allows. Server and load generator share the
machine.";

pub fn run(_arguments: &[String]) -> Outcome {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("ministore.db");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let buyers = runtime.block_on(prepare(&file))?;
    println!("{ABOUT}\n");
    let synced = machine::synced_writes_per_second(folder.path())?;
    let server = Server::start("serve", &["--data", &folder.path().to_string_lossy()])?;
    let walk = async |connection: &mut Connection, number: u64| walk(connection, &buyers, number).await;
    // Everyone walks once before anything counts.
    load::run(server.address, 8, Until::Walks(BUYERS as u64), walk)?;
    println!("{}", Report::TABLE_HEAD);
    let mut verdicts = Vec::new();
    for at_once in AT_ONCE {
        let report = load::run(server.address, at_once, Until::Elapsed(LENGTH), walk)?;
        println!("{}", report.row("basket to paid order"));
        if let Some(failure) = &report.first_failure {
            println!("\nThe first failure: {failure}\n");
        }
        verdicts.extend(verdict(&report));
    }
    println!(
        "\nThe limit under it: this disk syncs {synced:.0} appended pages a second, one after the other."
    );
    println!("The server held {} MiB at most.", server.peak_memory_mib().unwrap_or_default());
    drop(server);
    println!("{}\n", runtime.block_on(audit(&file))?);
    println!("{}", verdicts.join("\n"));
    Ok(())
}

fn verdict(report: &Report) -> Option<String> {
    let (_, goal) = GOALS.iter().find(|(at_once, _)| *at_once == report.at_once)?;
    let said = if report.walks_per_second() >= *goal { "met" } else { "missed" };
    Some(format!(
        "Goal at {} at once, at least {goal:.0} whole ways a second: {said} ({:.0}).",
        report.at_once,
        report.walks_per_second()
    ))
}

/// A signed-in browser and what it will buy.
struct Buyer {
    cookie: String,
    sku: String,
}

/// The shop, and a session for each of its buyers.
async fn prepare(file: &Path) -> Outcome<Vec<Buyer>> {
    let app = shop::open(file).await?;
    let shop = Shop::new(&app, PRODUCTS, BUYERS).await?;
    let accounts: Vec<_> = shop.buyers.iter().map(|buyer| buyer.account).collect();
    let cookies = shop::sign_in(&app, &accounts).await?.into_iter();
    Ok(cookies.zip(&shop.skus).map(|(cookie, sku)| Buyer { cookie, sku: sku.to_string() }).collect())
}

async fn walk(connection: &mut Connection, buyers: &[Buyer], number: u64) -> Outcome {
    let buyer = &buyers[number as usize % buyers.len()];
    connection.forget_cookies();
    connection.set_cookie(web::session::COOKIE, &buyer.cookie);
    let shop = format!("/s/{}", shop::HANDLE);
    let put = [("sku", buyer.sku.as_str()), ("quantity", "1")];
    let basket = connection.post_form(&format!("{shop}/basket"), &put).await?;
    let said = basket.location()?;
    if !said.ends_with("said=added") {
        return Err(format!("the basket said {said}").into());
    }
    let checkout = connection.post_form(&format!("{shop}/checkout"), &[]).await?.location()?;
    let page = connection.get(&checkout).await?.expect(200)?;
    let page = page.text();
    let address = load::value_after(&page, "name=\"address\" value=\"")?;
    let total = load::value_after(&page, "name=\"total\" value=\"")?;
    let chosen =
        [("way", "delivery"), ("address", address), ("total", total), ("method", "online"), ("note", "")];
    let pay = connection.post_form(&format!("{checkout}/place"), &chosen).await?.location()?;
    let back = connection.post_form(&pay, &[("outcome", "succeed")]).await?.location()?;
    let order = connection.get(&back).await?.location()?;
    let page = connection.get(&order).await?.expect(200)?;
    let paid = format!("<h1>{}</h1>", web::i18n::message(kernel::Locale::English, "orders-step-to-ship"));
    if page.text().contains(&paid) {
        Ok(())
    } else {
        Err("the order's page does not say that it is paid".into())
    }
}

/// What the walks must have left: every order paid, the books in balance, the stock gone once for each.
async fn audit(file: &Path) -> Outcome<String> {
    let db = Db::open(&Target::Sqlite(file.to_owned())).await?;
    let mut read = db.read().await?;
    let orders: i64 = read.one("select count(*) from orders", &[]).await?;
    let paid: i64 =
        read.one("select count(*) from orders where state = 'to_ship' and paid = total", &[]).await?;
    let taken: i64 =
        read.one("select cast(sum($1 - available) as bigint) from skus", &[&shop::STOCK]).await?;
    let unbalanced = trade::ledger::unbalanced(&mut read).await?.len();
    if paid != orders || taken != orders || unbalanced != 0 {
        return Err(format!(
            "of {orders} orders {paid} are paid, {taken} pieces are gone, {unbalanced} entries do not balance"
        )
        .into());
    }
    Ok(format!(
        "Afterwards all {orders} orders are paid, {taken} pieces are gone from the stock and the ledger balances."
    ))
}

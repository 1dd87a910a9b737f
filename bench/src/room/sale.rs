//! A flash sale: the release program with a live room in it, 5,000 sockets of viewers, and of those 2,000 who buy at its
//! opening by the requests of the room's page, down to a placed order. There are pieces for one in ten.

use super::{
    crowd::{Crowd, Watch, Way},
    process,
};
use crate::{
    Outcome,
    load::{self, Answer, Connection},
    machine,
    server::Server,
    shop::{self, Shop},
};
use db::{Db, Target, row};
use futures_util::future::join_all;
use kernel::{Clock, RoomId, SkuId, Timestamp};
use live::{
    Live,
    flash::COUNTDOWN_MIN,
    rooms::{self, Plan},
    shelf,
};
use std::{
    net::SocketAddr,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

const VIEWERS: usize = 5_000;
/// The first of the viewers.
const BUYERS: usize = 2_000;
const PIECES: i64 = 200;
/// Minor units; the usual price is [`shop::PRICE`].
const FLASH_PRICE: i64 = 990;
const LASTS_MINUTES: i64 = 3;
/// The buyers come evenly in so long a time after the opening: as is asked, and as nobody asks.
const WITHIN: [Duration; 2] = [Duration::from_secs(5), Duration::from_secs(1)];
/// Every viewer has the room as it is.
const JOINED_WITHIN: Duration = Duration::from_secs(60);
/// Every buyer has an answer by then.
const ANSWERED_WITHIN: Duration = Duration::from_secs(60);
/// Who has not heard so long after the last answer that all is sold does not hear it any more.
const TOLD_WITHIN: Duration = Duration::from_secs(10);
/// Of a message, where its type stands.
const HEAD: usize = 160;

const ABOUT: &str = "\
`ministore serve` on an empty folder with one store, its room on air without pictures, and a product of 200 pieces.
5,000 viewers hold the room's socket and have joined, each at an address of its own, as behind a proxy; 2,000 of them
are signed in, with an address in their book. The host announces a flash sale of all 200 pieces, one for each buyer.
When its countdown is over the 2,000 come evenly within the time in the first column, whether those before have their
answers or not, and each over a new connection: begin the checkout in the room (POST), look at its page (GET), place the
order with delivery (POST). An answer's time is from when the buyer was to come until the order is placed, or until one
of the three says that all is sold. A socket's time is from when the last order began to be placed until the socket
gave the message that the sale is sold out. All buyers are one thread and all sockets another, on the cores of the
server.";

const TABLE_HEAD: &str = "\
| buyers come within | who | how many | p50 ms | p99 ms | slowest ms |
|---|---|--:|--:|--:|--:|";

pub fn run() -> Outcome {
    machine::allow_files(VIEWERS + BUYERS)?;
    println!("## A flash sale\n\n{ABOUT}\n\n{TABLE_HEAD}");
    let mut told = Vec::new();
    for within in WITHIN {
        let held = hold(within)?;
        held.rows(within).iter().for_each(|row| println!("{row}"));
        told.extend(held.goals(within));
    }
    println!("\n{}", told.join("\n"));
    Ok(())
}

/// What one sale came to.
struct Held {
    ordered: Vec<Duration>,
    refused: Vec<Duration>,
    failures: Vec<String>,
    /// After the last order, for each socket that was told.
    told: Vec<Duration>,
    closed: usize,
    left: Left,
    peak_memory_mib: u64,
}

/// A room that is ready for the sale, and the cookies of who takes part.
struct Stage {
    /// The room's path.
    path: String,
    room: RoomId,
    sku: SkuId,
    host: String,
    buyers: Vec<String>,
}

fn hold(within: Duration) -> Outcome<Held> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("ministore.db");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let stage = Arc::new(runtime.block_on(prepare(&file))?);
    drop(runtime);
    let server = Server::start("serve", &["--data", &folder.path().to_string_lossy()])?;
    let address = server.address;
    let mut crowd = fill(address, &stage)?;
    let opens = alone(announce(address, &stage))?;
    let buying = std::thread::spawn(move || {
        alone(buy_all(address, &stage, opens, within)).map_err(|failure| failure.to_string())
    });
    crowd.watch_until(in_time(opens) + within + ANSWERED_WITHIN, |_| buying.is_finished())?;
    let came = buying.join().map_err(|_| "who buys has panicked")??;
    crowd.watch_until(TOLD_WITHIN, |ears| ears.told == VIEWERS)?;
    let peak_memory_mib = server.peak_memory_mib().unwrap_or_default();
    drop(server);
    let left = alone(audit(&file))?;
    Ok(Held::of(came, &crowd.watch, left, peak_memory_mib))
}

/// Runs something on this thread alone.
fn alone<T>(work: impl Future<Output = Outcome<T>>) -> Outcome<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

async fn prepare(file: &Path) -> Outcome<Stage> {
    let app = Live::start(shop::open(file).await?, live::Settings::default()).await?;
    let shop = Shop::with_stock(&app, 1, PIECES, BUYERS).await?;
    let (store, host) = (&shop.store, shop.owner);
    let room = rooms::schedule(&app, store, host, Plan::now("Flash sale")).await?.id;
    rooms::start(&app, store, host, room).await?;
    shelf::add(&app, store.id, host, room, &shop.products).await?;
    let accounts: Vec<_> = shop.buyers.iter().map(|buyer| buyer.account).collect();
    let stage = Stage {
        path: format!("/s/{}/live/{room}", shop::HANDLE),
        room,
        sku: shop.skus[0],
        host: shop::sign_in(&app, &[host]).await?.remove(0),
        buyers: shop::sign_in(&app, &accounts).await?,
    };
    Live::of(&app)?.stop(&app).await;
    Ok(stage)
}

/// What the viewers' sockets say.
struct Ears {
    clock: Clock,
    joined: usize,
    /// When each viewer was told that it is sold out, and how many were.
    heard: Vec<Option<Timestamp>>,
    told: usize,
    closed: usize,
}

impl Watch for Ears {
    fn got(&mut self, viewer: usize, message: &[u8]) {
        let head = &message[..message.len().min(HEAD)];
        if contains(head, br#""type":"snapshot""#) {
            self.joined += 1;
        } else if contains(head, br#""type":"flash_sale""#) && contains(message, br#""state":"sold_out""#) {
            let now = self.clock.now();
            self.told += usize::from(self.heard[viewer].is_none());
            self.heard[viewer].get_or_insert(now);
        }
    }

    fn closed(&mut self) {
        self.closed += 1;
    }
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

fn fill(address: SocketAddr, stage: &Stage) -> Outcome<Crowd<Ears>> {
    let headers = |number: usize| {
        let from = format!("X-Forwarded-For: {}\r\n", network_address(number));
        match stage.buyers.get(number) {
            Some(cookie) => format!("{from}Cookie: {}={cookie}\r\n", web::session::COOKIE),
            None => from,
        }
    };
    let way = Way { path: &format!("{}/ws", stage.path), join: process::JOIN, headers: &headers };
    let ears = Ears { clock: Clock::system(), joined: 0, heard: vec![None; VIEWERS], told: 0, closed: 0 };
    let mut crowd = Crowd::enter(address, &way, VIEWERS, ears)?;
    if !crowd.watch_until(JOINED_WITHIN, |ears| ears.joined == VIEWERS)? {
        return Err(format!("only {} viewers were shown the room", crowd.watch.joined).into());
    }
    Ok(crowd)
}

/// Addresses that are set aside for benches (RFC 2544).
fn network_address(viewer: usize) -> String {
    format!("198.18.{}.{}", viewer / 250, 1 + viewer % 250)
}

/// The host announces the sale; answers when it opens.
async fn announce(address: SocketAddr, stage: &Stage) -> Outcome<Timestamp> {
    let mut connection = Connection::new(address)?;
    connection.set_cookie(web::session::COOKIE, &stage.host);
    let sale = serde_json::json!({
        "sku": stage.sku, "price": FLASH_PRICE, "quota": PIECES, "per_buyer": 1,
        "countdown_seconds": COUNTDOWN_MIN, "minutes": LASTS_MINUTES,
    });
    let path = format!("/api/v1/console/{}/live/{}/flash-sales", shop::HANDLE, stage.room);
    let json = [("content-type", "application/json")];
    let answer = connection.send("POST", &path, &json, sale.to_string().as_bytes()).await?.expect(201)?;
    let announced: serde_json::Value = serde_json::from_slice(&answer.body)?;
    let opens = announced["starts_at"].as_i64().ok_or("the sale does not say when it opens")?;
    Ok(Timestamp::from_millisecond(opens)?)
}

/// How long it is until then.
fn in_time(then: Timestamp) -> Duration {
    then.duration_since(Clock::system().now()).try_into().unwrap_or_default()
}

/// How it went for one buyer, and when they knew.
struct Came {
    answer: Result<Told, String>,
    after: Duration,
}

enum Told {
    Ordered,
    SoldOut,
}

/// All buyers come, each in their turn.
async fn buy_all(
    address: SocketAddr,
    stage: &Stage,
    opens: Timestamp,
    within: Duration,
) -> Outcome<Vec<Came>> {
    let opens = Instant::now() + in_time(opens);
    let buyers = (0..BUYERS).map(|number| async move {
        let due = opens + within * u32::try_from(number).unwrap_or(0) / BUYERS as u32;
        tokio::time::sleep_until(due.into()).await;
        let answer = buy(address, stage, number).await.map_err(|failure| failure.to_string());
        Came { answer, after: due.elapsed() }
    });
    Ok(join_all(buyers).await)
}

/// What the room's page does for a buyer (live-goods.js), and the checkout in its frame.
async fn buy(address: SocketAddr, stage: &Stage, number: usize) -> Outcome<Told> {
    let from = network_address(number);
    let from = ("x-forwarded-for", from.as_str());
    let mut connection = Connection::new(address)?;
    connection.set_cookie(web::session::COOKIE, &stage.buyers[number]);
    let (sku, shown) = (stage.sku.to_string(), FLASH_PRICE.to_string());
    let wanted = [("sku", sku.as_str()), ("quantity", "1"), ("shown", &shown)];
    let by_script = [from, ("accept", "application/json")];
    let begun = connection.post_form_as(&format!("{}/buy", stage.path), &by_script, &wanted).await?;
    if is_sold_out(&begun, "live-buy-gone") {
        return Ok(Told::SoldOut);
    }
    let begun: serde_json::Value = serde_json::from_slice(&begun.expect(200)?.body)?;
    let checkout = begun["next"].as_str().ok_or("nothing comes next")?;
    let in_frame = [from, ("sec-fetch-dest", "iframe")];
    let page = connection.send("GET", checkout, &in_frame, b"").await?;
    if is_sold_out(&page, "checkout-sold-out") {
        return Ok(Told::SoldOut);
    }
    let page = page.expect(200)?;
    let page = page.text();
    let delivered_to = load::value_after(&page, "name=\"address\" value=\"")?;
    let total = load::value_after(&page, "name=\"total\" value=\"")?;
    let chosen = [
        ("way", "delivery"),
        ("address", delivered_to),
        ("total", total),
        ("method", "online"),
        ("note", ""),
    ];
    let placed = connection.post_form_as(&format!("{checkout}/place"), &in_frame, &chosen).await?;
    if is_sold_out(&placed, "checkout-sold-out") {
        return Ok(Told::SoldOut);
    }
    placed.location()?;
    Ok(Told::Ordered)
}

/// Whether it says so, to a script by its key or on a page in words.
fn is_sold_out(answer: &Answer, key: &'static str) -> bool {
    let text = answer.text();
    let in_words = web::i18n::message(kernel::Locale::English, key).to_string();
    answer.status == 409 && (text.contains(key) || text.contains(&in_words))
}

row! {
    /// What the sale left in the database.
    struct Left {
        orders: i64,
        buyers: i64,
        /// Of the room, at the flash price.
        at_flash_price: i64,
        pieces: i64,
        fewest_pieces: i64,
        taken: i64,
        last_placed_at: Timestamp,
    }
}

async fn audit(file: &Path) -> Outcome<Left> {
    let db = Db::open(&Target::Sqlite(file.to_owned())).await?;
    let left = db
        .read()
        .await?
        .query_one(
            "select (select count(*) from orders) as orders,
                (select count(distinct buyer_id) from orders) as buyers,
                (select count(*) from orders o join order_lines l on l.store_id = o.store_id and l.order_id = o.id
                    where o.source = 'live' and l.quantity = 1 and l.goods - l.discount = $1) as at_flash_price,
                (select sum(available) from skus) as pieces,
                (select min(available_after) from stock_changes) as fewest_pieces,
                (select sum(taken) from special_prices) as taken,
                (select max(placed_at) from orders) as last_placed_at",
            &[&FLASH_PRICE],
        )
        .await?;
    Ok(left)
}

impl Held {
    fn of(came: Vec<Came>, ears: &Ears, left: Left, peak_memory_mib: u64) -> Self {
        let (mut ordered, mut refused, mut failures) = (Vec::new(), Vec::new(), Vec::new());
        for Came { answer, after } in came {
            match answer {
                Ok(Told::Ordered) => ordered.push(after),
                Ok(Told::SoldOut) => refused.push(after),
                Err(failure) => failures.push(failure),
            }
        }
        let after_last = |heard: &Timestamp| heard.duration_since(left.last_placed_at).try_into();
        let told = ears.heard.iter().flatten().map(|heard| after_last(heard).unwrap_or_default()).collect();
        Self { ordered, refused, failures, told, closed: ears.closed, left, peak_memory_mib }
    }

    fn rows(&self, within: Duration) -> Vec<String> {
        let all = [&self.ordered[..], &self.refused].concat();
        let groups = [
            ("buyers with an order", &self.ordered),
            ("buyers who are told that it is sold out", &self.refused),
            ("all buyers who are answered", &all),
            ("sockets that are told so, after the last order", &self.told),
        ];
        let row = |(who, times): (&str, &Vec<Duration>)| {
            let [p50, p99, slowest] = quantiles(times, [50, 99, 100]);
            let within = within.as_secs();
            format!("| {within} s | {who} | {} | {p50:.0} | {p99:.0} | {slowest:.0} |", times.len())
        };
        groups.map(row).to_vec()
    }

    fn goals(&self, within: Duration) -> Vec<String> {
        let Left { orders, buyers, at_flash_price, pieces, fewest_pieces, taken, .. } = self.left;
        let (ordered, refused) = (self.ordered.len(), self.refused.len());
        let sold =
            [orders, buyers, at_flash_price, taken, ordered as i64].iter().all(|count| *count == PIECES);
        let failed = match self.failures.first() {
            Some(first) => format!("{} were answered otherwise, the first: {first}", self.failures.len()),
            None => "nobody was answered otherwise".to_owned(),
        };
        let told = self.told.len();
        let goal = |what: &str, met: bool, is: String| {
            let (within, verdict) = (within.as_secs(), super::verdict(met));
            format!("- Goal of {BUYERS} buyers within {within} s, {what}: {verdict} ({is}).")
        };
        vec![
            goal(
                &format!("exactly {PIECES} orders"),
                sold,
                format!("{orders} of {buyers} buyers, {at_flash_price} of them at the flash price"),
            ),
            goal(
                "the others are told that it is sold out",
                refused + PIECES as usize == BUYERS && self.failures.is_empty(),
                format!("{refused}; {failed}"),
            ),
            goal(
                "no piece is left and none is sold twice",
                (pieces, fewest_pieces) == (0, 0),
                format!("{pieces} left, {fewest_pieces} at the least"),
            ),
            goal(
                "everyone sees that it is sold out",
                told == VIEWERS && self.closed == 0,
                format!("{told} of {VIEWERS} sockets, {} closed", self.closed),
            ),
            format!(
                "- With {BUYERS} buyers within {} s the server held {} MiB at most.",
                within.as_secs(),
                self.peak_memory_mib
            ),
        ]
    }
}

/// In milliseconds.
fn quantiles<const N: usize>(times: &[Duration], shares: [usize; N]) -> [f64; N] {
    let mut times = times.to_vec();
    times.sort();
    shares.map(|share| {
        let at = (times.len() * share).div_ceil(100).saturating_sub(1);
        times.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_a_time_that_was_measured() {
        let times: Vec<_> = (1..=200).rev().map(Duration::from_millis).collect();
        assert_eq!(quantiles(&times, [50, 99, 100]), [100.0, 198.0, 200.0]);
        assert_eq!(quantiles(&times[..1], [50, 99, 100]), [200.0; 3]);
    }

    #[test]
    fn who_was_told_twice_counts_once_and_a_snapshot_is_no_telling() {
        let mut ears = Ears { clock: Clock::system(), joined: 0, heard: vec![None; 2], told: 0, closed: 0 };
        let say = |kind: &str| format!(r#"{{"v":1,"type":"{kind}","d":{{"id":"x","state":"sold_out"}}}}"#);
        for kind in ["snapshot", "flash_sale", "flash_sale", "left"] {
            ears.got(1, say(kind).as_bytes());
        }
        ears.got(0, br#"{"v":1,"type":"flash_sale","d":{"state":"open"}}"#);
        assert_eq!((ears.joined, ears.told), (1, 1));
    }
}

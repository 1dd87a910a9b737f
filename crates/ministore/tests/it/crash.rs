//! Under a load of orders, and of talk in a live room, the server is killed at random moments. What was answered with
//! success is there afterwards, and nothing that must always hold is broken.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use kernel::{CheckoutId, SkuId};
use serde_json::{Value, json};
use uuid::Uuid;

const KILLS: usize = 20;
const BUYERS: usize = 6;

struct Server {
    child: Child,
    url: String,
}

impl Server {
    /// Starts the program on the folder and waits until it listens.
    fn start(folder: &Path) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ministore"))
            .args(["demo", "--quiet", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder)
            .env("MINISTORE_LOG_FILTER", "error")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let url =
            lines.find_map(|line| line.strip_prefix("listening on ").map(str::to_owned)).expect("it listens");
        // What is printed later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Server { child, url }
    }

    /// As if the power went: no chance to tidy up.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A buyer's browser: a form is sent, and the address it leads to comes back if the server answered with success.
struct Browser {
    agent: ureq::Agent,
    url: String,
    cookie: String,
}

impl Browser {
    fn sign_in(url: &str, who: &str) -> Option<Browser> {
        let config = ureq::Agent::config_builder().max_redirects(0).http_status_as_error(false);
        let agent: ureq::Agent = config.timeout_global(Some(Duration::from_secs(20))).build().into();
        let answer = agent.post(format!("{url}/demo/sign-in")).send_form([("who", who)]).ok()?;
        let cookie = answer.headers().get("set-cookie")?.to_str().ok()?.split(';').next()?.to_owned();
        Some(Browser { agent, url: url.to_owned(), cookie })
    }

    fn post(&self, path: &str, form: &[(&str, &str)]) -> Option<String> {
        let request = self.agent.post(format!("{}{path}", self.url));
        let request = request.header("cookie", &self.cookie).header("sec-fetch-site", "same-origin");
        let answer = request.send_form(form.iter().copied()).ok()?;
        (answer.status() == 303)
            .then(|| answer.headers().get("location")?.to_str().ok().map(str::to_owned))?
    }

    /// Sends a document to the API: the answer, if it was a success.
    fn send(&self, path: &str, document: &Value) -> Option<Value> {
        let request = self.agent.post(format!("{}/api/v1{path}", self.url));
        let request = request.header("cookie", &self.cookie).header("sec-fetch-site", "same-origin");
        let request = request.header("content-type", "application/json");
        let mut answer = request.send(document.to_string()).ok()?;
        let text = answer.body_mut().read_to_string().ok()?;
        answer.status().is_success().then(|| serde_json::from_str(&text).ok())?
    }

    /// Buys one piece, and pays if asked to. The checkout of an order that was answered with success, and whether its
    /// payment was too.
    fn buy(&self, sku: &str, pay: bool) -> Option<(CheckoutId, bool)> {
        let checkout = self.post("/s/lantern/buy-now", &[("sku", sku), ("quantity", "1")])?;
        let id: CheckoutId = checkout.split(['/', '?']).find_map(|part| part.parse().ok())?;
        let form = [
            ("way", "delivery"),
            ("address", "new"),
            ("name", "Mei Lin"),
            ("phone", "+6591234567"),
            ("region", "SG"),
            ("lines", "1 Bugis Street"),
            ("postcode", "188867"),
            ("method", "online"),
        ];
        let page = self.post(&format!("/s/lantern/checkout/{id}/place"), &form)?;
        // A placed order leads to its payment or to its own page; back to the basket means that it was sold out.
        let placed = page.contains("/pay/") || page.contains("/orders/");
        if !placed {
            return None;
        }
        let paid = pay
            && self.post(page.strip_prefix(&self.url).unwrap_or(&page), &[("outcome", "succeed")]).is_some();
        Some((id, paid))
    }
}

fn skus(database: &Path) -> Vec<String> {
    let conn = rusqlite::Connection::open(database).unwrap();
    let sql = "select k.id from skus k join stores s on s.id = k.store_id
        where s.handle = 'lantern' and k.on_sale and k.available > 0 order by k.available desc limit 60";
    let mut statement = conn.prepare(sql).unwrap();
    let ids = statement.query_map([], |row| row.get::<_, Uuid>(0)).unwrap();
    ids.map(|id| SkuId::from_uuid(id.unwrap()).to_string()).collect()
}

#[test]
fn no_order_that_was_answered_is_lost_when_the_server_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("ministore.db");
    drop(Server::start(folder.path()));
    let skus = Arc::new(skus(&database));
    let answered: Arc<Mutex<BTreeSet<(CheckoutId, bool)>>> = Arc::default();
    for round in 0..KILLS {
        let server = Server::start(folder.path());
        let stop = Arc::new(AtomicBool::new(false));
        let buyers: Vec<_> = (0..BUYERS)
            .map(|n| {
                let (url, skus, answered, stop) =
                    (server.url.clone(), skus.clone(), answered.clone(), stop.clone());
                std::thread::spawn(move || {
                    let Some(browser) = Browser::sign_in(&url, "buyer") else { return };
                    let mut turn = n + round * 7;
                    while !stop.load(Ordering::Relaxed) {
                        if let Some(done) = browser.buy(&skus[turn % skus.len()], turn % 2 == 0) {
                            answered.lock().unwrap().insert(done);
                        }
                        turn += BUYERS;
                    }
                })
            })
            .collect();
        let moment = kernel::random_digits(3).parse::<u64>().unwrap();
        std::thread::sleep(Duration::from_millis(300 + moment));
        server.kill();
        stop.store(true, Ordering::Relaxed);
        buyers.into_iter().for_each(|buyer| buyer.join().unwrap());
        check(&database, &answered.lock().unwrap());
    }
    let answered = answered.lock().unwrap();
    assert!(answered.len() >= 100, "only {} orders were answered: this proved too little", answered.len());
    assert!(answered.iter().any(|(_, paid)| *paid), "no order was paid");
    let doctor =
        Command::new(env!("CARGO_BIN_EXE_ministore")).args(["doctor", "--data"]).arg(folder.path()).output();
    let doctor = doctor.unwrap();
    assert!(doctor.status.success(), "{}", String::from_utf8_lossy(&doctor.stdout));
}

#[test]
fn no_comment_that_was_answered_is_lost_when_the_server_is_killed() {
    const ROUNDS: usize = 5;
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("ministore.db");
    let server = Server::start(folder.path());
    // Who works in the store may talk as fast as they like.
    let host = Browser::sign_in(&server.url, "merchant").unwrap();
    let room = host.send("/console/lantern/live", &json!({ "title": "Tea time" })).unwrap();
    let room = room["id"].as_str().unwrap().to_owned();
    host.send(&format!("/console/lantern/live/{room}/start"), &json!({})).unwrap();
    drop(server);
    let answered: Arc<Mutex<BTreeSet<String>>> = Arc::default();
    for round in 0..ROUNDS {
        let server = Server::start(folder.path());
        let stop = Arc::new(AtomicBool::new(false));
        let people: Vec<_> = (0..BUYERS)
            .map(|n| {
                let (url, room, answered, stop) =
                    (server.url.clone(), room.clone(), answered.clone(), stop.clone());
                std::thread::spawn(move || {
                    let Some(browser) = Browser::sign_in(&url, "merchant") else { return };
                    let mut turn = 0;
                    while !stop.load(Ordering::Relaxed) {
                        turn += 1;
                        let text = json!({ "text": format!("{round} {n} {turn}") });
                        let said = browser.send(&format!("/stores/lantern/live/{room}/chat"), &text);
                        if let Some(id) = said.and_then(|said| said["id"].as_str().map(str::to_owned)) {
                            answered.lock().unwrap().insert(id);
                        }
                    }
                })
            })
            .collect();
        let moment = kernel::random_digits(3).parse::<u64>().unwrap();
        std::thread::sleep(Duration::from_millis(300 + moment));
        server.kill();
        stop.store(true, Ordering::Relaxed);
        people.into_iter().for_each(|person| person.join().unwrap());
        check_story(&database, &answered.lock().unwrap());
    }
    let answered = answered.lock().unwrap().len();
    assert!(answered >= 100, "only {answered} comments were answered: this proved too little");
}

/// Every comment that was answered is in the room's story, whose numbers have no gap.
fn check_story(database: &Path, answered: &BTreeSet<String>) {
    let conn = rusqlite::Connection::open(database).unwrap();
    let mut statement = conn
        .prepare(
            "select e.seq, e.kind, e.d from live_events e join live_rooms r on r.id = e.room_id and r.epoch = e.epoch
             where r.title = 'Tea time' order by e.seq",
        )
        .unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    let story: Vec<(i64, String, String)> = rows.map(Result::unwrap).collect();
    assert!((1..).zip(&story).all(|(wanted, (seq, ..))| wanted == *seq), "a number is missing");
    let chat = story.iter().filter(|(_, kind, _)| kind == "chat");
    let told: BTreeSet<String> = chat
        .map(|(_, _, d)| serde_json::from_str::<Value>(d).unwrap()["id"].as_str().unwrap().to_owned())
        .collect();
    let lost: Vec<&String> = answered.difference(&told).collect();
    assert!(lost.is_empty(), "{lost:?} are lost");
}

/// Every order that was answered is there, and every one whose payment was answered is paid.
fn check(database: &Path, answered: &BTreeSet<(CheckoutId, bool)>) {
    let conn = rusqlite::Connection::open(database).unwrap();
    let mut statement = conn.prepare("select paid from orders where checkout_id = ?1").unwrap();
    for (id, paid) in answered {
        let kept: i64 =
            statement.query_row([id.uuid()], |row| row.get(0)).unwrap_or_else(|_| panic!("{id} is lost"));
        assert!(!paid || kept > 0, "{id} was paid, and its money is lost");
    }
}

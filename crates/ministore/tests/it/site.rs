//! The whole server with its demo town, called without a network.

use std::collections::BTreeMap;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
    response::IntoResponse,
};
use db::{Db, Target};
use ministore::{demo, wiring};
use rusqlite::types::ValueRef;
use serde_json::Value;
use tower::ServiceExt;
use web::App;

/// A server, its town, and the cookies of the people in it.
pub struct Site {
    pub app: App,
    pub router: Router,
    cookies: BTreeMap<&'static str, String>,
    /// A second connection, which sees whether the first has written.
    watcher: std::sync::Mutex<rusqlite::Connection>,
    _folder: tempfile::TempDir,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub location: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

/// Everyone who may be at the door: nobody, a buyer, someone who applies for a store, another store's merchant, this
/// store's clerk and merchant, the operator.
pub const EVERYONE: [&str; 7] = ["visitor", "buyer", "newcomer", "stranger", "clerk", "merchant", "operator"];

const CONTACTS: [(&str, &str); 6] = [
    ("buyer", "buyer@demo.example"),
    ("newcomer", "newcomer@demo.example"),
    ("stranger", "baker@demo.example"),
    ("clerk", "clerk@demo.example"),
    ("merchant", "merchant@demo.example"),
    ("operator", "operator@demo.example"),
];

async fn sign_in(app: &App, contact: &str) -> String {
    let sql = "select account_id from contacts where contact = $1";
    let account: kernel::AccountId = app.db.read().await.unwrap().one(sql, &[&contact]).await.unwrap();
    let answer = (web::session::begin(app, Some(account)).await.unwrap(), "").into_response();
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

impl Site {
    /// The demo town on a fresh SQLite file.
    pub async fn new() -> Site {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&Target::Sqlite(folder.path().join("ministore.db"))).await.unwrap();
        db.migrate().await.unwrap();
        Self::of(db, folder).await
    }

    /// The demo town in `db`.
    pub async fn of(db: Db, folder: tempfile::TempDir) -> Site {
        let mut app = App::for_tests(db, testkit::morning_clock(), folder.path().join("files"));
        let mut platform = (*app.platform).clone();
        platform.demo = true;
        app.platform = std::sync::Arc::new(platform);
        app.on_sign_in = std::sync::Arc::new(wiring::sign_in_hooks());
        app.basket_count = wiring::basket_count();
        demo::seed(&app).await.unwrap();
        let app = live::Live::start(app, live::Settings::default()).await.unwrap();
        let router = wiring::router(app.clone());
        let Target::Sqlite(file) = app.db.target() else { panic!("contents are read from SQLite") };
        let watcher = rusqlite::Connection::open(file).unwrap().into();
        let mut site = Site { app, router, cookies: BTreeMap::new(), watcher, _folder: folder };
        site.sign_everyone_in().await;
        site
    }

    /// A new session for everyone who has an account.
    pub async fn sign_everyone_in(&mut self) {
        for (who, contact) in CONTACTS {
            let cookie = sign_in(&self.app, contact).await;
            self.cookies.insert(who, cookie);
        }
    }

    /// Sends a request as someone; also the cookie that was set.
    pub async fn send(&self, mut request: Request<Body>, who: &str) -> (Answer, String) {
        if let Some(cookie) = self.cookies.get(who) {
            request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
        }
        request.headers_mut().insert("sec-fetch-site", "same-origin".parse().unwrap());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let headers = response.headers();
        let read =
            |name| headers.get(name).and_then(|v: &header::HeaderValue| v.to_str().ok()).unwrap_or_default();
        let cookie = read("set-cookie").split(';').next().unwrap_or_default().to_owned();
        let (status, location) = (response.status(), read("location").to_owned());
        let stream = read("content-type").starts_with("text/event-stream");
        let headers = headers.clone();
        // A stream of events does not end.
        let body = if stream {
            Vec::new()
        } else {
            to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()
        };
        (Answer { status, location, headers, body }, cookie)
    }

    pub async fn get(&self, path: &str, who: &str, language: &str) -> Answer {
        let request =
            Request::get(path).header(header::ACCEPT_LANGUAGE, language).body(Body::empty()).unwrap();
        self.send(request, who).await.0
    }

    pub async fn raw(&self, method: &Method, path: &str, who: &str, kind: &str, body: Vec<u8>) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(body))
            .unwrap();
        self.send(request, who).await.0
    }

    /// A number that changes with every write, whatever it wrote.
    pub fn version(&self) -> i64 {
        self.watcher.lock().unwrap().query_row("pragma data_version", [], |row| row.get(0)).unwrap()
    }

    /// Everything in the database but what a refused request may touch (sessions and keys of requests).
    pub fn contents(&self) -> BTreeMap<String, Vec<String>> {
        let conn = self.watcher.lock().unwrap();
        // A live room counts its viewers each minute, whatever is asked.
        let names = "select name from sqlite_master where type = 'table' and name not in
            ('sessions', 'idempotent_answers', 'sandbox_keys', 'leases', 'api_tokens', 'sign_in_codes', 'live_minutes')";
        let mut names = conn.prepare(names).unwrap();
        let tables: Vec<String> =
            names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        tables.into_iter().map(|table| (table.clone(), rows(&conn, &table))).collect()
    }
}

fn rows(conn: &rusqlite::Connection, table: &str) -> Vec<String> {
    let mut statement = conn.prepare(&format!("select * from {table}")).unwrap();
    let columns = statement.column_count();
    let mut all = Vec::new();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let cells = (0..columns).map(|n| match row.get_ref(n).unwrap() {
            ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
            other => format!("{other:?}"),
        });
        all.push(cells.collect::<Vec<_>>().join("|"));
    }
    all.sort();
    all
}

/// What differs between two states of the database, for a message.
pub fn difference(before: &BTreeMap<String, Vec<String>>, after: &BTreeMap<String, Vec<String>>) -> String {
    let mut text = String::new();
    for (table, rows) in after {
        let old = before.get(table).cloned().unwrap_or_default();
        for row in rows.iter().filter(|row| !old.contains(row)).take(3) {
            text.push_str(&format!("{table}: {row}\n"));
        }
        if rows.len() < old.len() {
            text.push_str(&format!("{table}: {} rows fewer\n", old.len() - rows.len()));
        }
    }
    text
}

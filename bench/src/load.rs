//! A small closed-loop load generator: so many people at once, each of whom waits for an answer before asking
//! again, over HTTP/1.1 connections that are kept open. It runs on one thread, since it shares the machine
//! with what it measures.

use crate::{Failure, Outcome};
use futures_util::future::join_all;
use hdrhistogram::Histogram;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer that takes longer counts as a failure.
const PATIENCE: Duration = Duration::from_secs(30);
/// An answer larger than this is no page of ours.
const LARGEST_ANSWER: usize = 16 * 1024 * 1024;
/// A run with more failures than this is broken, and its numbers would mean nothing.
const MOST_FAILURES: u64 = 1000;

/// When a run ends. Walks under way are finished and counted.
#[derive(Clone, Copy)]
pub enum Until {
    Elapsed(Duration),
    Walks(u64),
}

/// What a run showed.
pub struct Report {
    pub at_once: usize,
    pub walks: u64,
    pub requests: u64,
    pub failures: u64,
    pub first_failure: Option<String>,
    pub elapsed: Duration,
    /// Whole walks and single requests, in microseconds.
    pub walk_times: Histogram<u64>,
    pub request_times: Histogram<u64>,
}

impl Report {
    pub fn walks_per_second(&self) -> f64 {
        self.walks as f64 / self.elapsed.as_secs_f64()
    }

    /// The head of a table whose rows are [`Report::row`].
    pub const TABLE_HEAD: &str = "\
| what | at once | done | per second | requests each | p50 ms | p99 ms | slowest ms | failed |
|---|--:|--:|--:|--:|--:|--:|--:|--:|";

    pub fn row(&self, what: &str) -> String {
        let milliseconds = |microseconds: u64| microseconds as f64 / 1000.0;
        format!(
            "| {what} | {} | {} | {:.0} | {:.1} | {:.2} | {:.2} | {:.2} | {} |",
            self.at_once,
            self.walks,
            self.walks_per_second(),
            self.requests as f64 / self.walks.max(1) as f64,
            milliseconds(self.walk_times.value_at_quantile(0.50)),
            milliseconds(self.walk_times.value_at_quantile(0.99)),
            milliseconds(self.walk_times.max()),
            self.failures,
        )
    }
}

/// Lets `at_once` people walk the same way again and again. A walk is given its person's connection and its own
/// number, from 0 up; what it returns as an error is counted as a failure and not as a walk.
pub fn run<Walk>(address: SocketAddr, at_once: usize, until: Until, walk: Walk) -> Outcome<Report>
where
    Walk: AsyncFn(&mut Connection, u64) -> Outcome,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let next = Cell::new(0_u64);
        let started = Instant::now();
        let people = join_all((0..at_once).map(|_| one_person(address, until, started, &next, &walk))).await;
        gather(at_once, started.elapsed(), people)
    })
}

/// What one person's walks came to.
struct Person {
    walk_times: Histogram<u64>,
    request_times: Histogram<u64>,
    failures: u64,
    first_failure: Option<String>,
}

async fn one_person<Walk>(
    address: SocketAddr,
    until: Until,
    started: Instant,
    next: &Cell<u64>,
    walk: &Walk,
) -> Outcome<Person>
where
    Walk: AsyncFn(&mut Connection, u64) -> Outcome,
{
    let mut connection = Connection::new(address)?;
    let mut walk_times = microseconds()?;
    let (mut failures, mut first_failure) = (0, None);
    loop {
        let number = next.get();
        let over = match until {
            Until::Elapsed(length) => started.elapsed() >= length,
            Until::Walks(count) => number >= count,
        };
        if over {
            break;
        }
        next.set(number + 1);
        let walk_started = Instant::now();
        match walk(&mut connection, number).await {
            Ok(()) => walk_times.saturating_record(in_microseconds(walk_started.elapsed())),
            Err(failure) => {
                failures += 1;
                first_failure.get_or_insert(failure.to_string());
                if failures > MOST_FAILURES {
                    return Err(format!("too many failures; the first: {failure}").into());
                }
                connection.stream = None;
            }
        }
    }
    Ok(Person { walk_times, request_times: connection.request_times, failures, first_failure })
}

fn gather(at_once: usize, elapsed: Duration, people: Vec<Outcome<Person>>) -> Outcome<Report> {
    let mut report = Report {
        at_once,
        walks: 0,
        requests: 0,
        failures: 0,
        first_failure: None,
        elapsed,
        walk_times: microseconds()?,
        request_times: microseconds()?,
    };
    for person in people {
        let person = person?;
        report.walk_times.add(&person.walk_times)?;
        report.request_times.add(&person.request_times)?;
        report.failures += person.failures;
        report.first_failure = report.first_failure.or(person.first_failure);
    }
    report.walks = report.walk_times.len();
    report.requests = report.request_times.len();
    Ok(report)
}

/// From one microsecond to PATIENCE and beyond, true to three digits.
fn microseconds() -> Result<Histogram<u64>, hdrhistogram::CreationError> {
    Histogram::new_with_bounds(1, 120_000_000, 3)
}

fn in_microseconds(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// One person's connection. It keeps the cookies it is given, and names its origin as a browser does.
pub struct Connection {
    address: SocketAddr,
    /// Opened by the first request, and again after a failure.
    stream: Option<TcpStream>,
    cookies: BTreeMap<String, String>,
    request_times: Histogram<u64>,
}

/// A whole answer.
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

impl Answer {
    /// An answer that came to the end of its connection.
    pub fn read(received: &[u8]) -> Outcome<Self> {
        let end = received.windows(4).position(|window| window == b"\r\n\r\n").ok_or("no whole answer")?;
        let head = String::from_utf8(received[..end].to_vec())?;
        Ok(Self { status: status_in(&head)?, head, body: received[end + 4..].to_vec() })
    }

    pub fn header(&self, name: &'static str) -> Option<&str> {
        self.headers(name).next()
    }

    fn headers(&self, name: &'static str) -> impl Iterator<Item = &str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.filter(move |(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// The answer itself if its status is the wanted one, else a failure that shows what came instead.
    pub fn expect(self, status: u16) -> Outcome<Self> {
        if self.status == status {
            return Ok(self);
        }
        let start: String = self.text().chars().take(300).collect();
        Err(format!("{} instead of {status}: {start}", self.status).into())
    }

    /// Where the answer sends on to; a failure if it does not.
    pub fn location(self) -> Outcome<String> {
        let answer = self.expect(303)?;
        Ok(answer.header("location").ok_or("303 without a location")?.to_string())
    }
}

impl Connection {
    pub fn new(address: SocketAddr) -> Outcome<Self> {
        Ok(Self { address, stream: None, cookies: BTreeMap::new(), request_times: microseconds()? })
    }

    /// Becomes a stranger: the next walk starts without a basket or an account.
    pub fn forget_cookies(&mut self) {
        self.cookies.clear();
    }

    /// Becomes whoever this cookie belongs to.
    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_string(), value.to_string());
    }

    pub async fn get(&mut self, path: &str) -> Outcome<Answer> {
        self.send("GET", path, &[], b"").await
    }

    pub async fn post_form(&mut self, path: &str, fields: &[(&str, &str)]) -> Outcome<Answer> {
        self.post_form_as(path, &[], fields).await
    }

    /// The same with more headers.
    pub async fn post_form_as(
        &mut self,
        path: &str,
        headers: &[(&str, &str)],
        fields: &[(&str, &str)],
    ) -> Outcome<Answer> {
        let body = fields
            .iter()
            .map(|(name, value)| format!("{}={}", form_encoded(name), form_encoded(value)))
            .collect::<Vec<_>>()
            .join("&");
        let form = [("content-type", "application/x-www-form-urlencoded")];
        self.send("POST", path, &[&form, headers].concat(), body.as_bytes()).await
    }

    /// Sends one request and reads the whole answer. Its time is recorded, whatever the status.
    pub async fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Outcome<Answer> {
        let request = self.written(method, path, headers, body);
        let stream = match &mut self.stream {
            Some(stream) => stream,
            closed => closed.insert(connect(self.address).await?),
        };
        let started = Instant::now();
        let answer = tokio::time::timeout(PATIENCE, exchange(stream, &request))
            .await
            .map_err(|_| format!("{method} {path}: no answer in {} s", PATIENCE.as_secs()))?
            .map_err(|failure| format!("{method} {path}: {failure}"))?;
        self.request_times.saturating_record(in_microseconds(started.elapsed()));
        self.keep_cookies(&answer);
        if answer.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close")) {
            self.stream = None;
        }
        Ok(answer)
    }

    fn written(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
        let host = self.address;
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\n");
        if method != "GET" {
            head.push_str(&format!("origin: http://{host}\r\ncontent-length: {}\r\n", body.len()));
        }
        if !self.cookies.is_empty() {
            let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            head.push_str(&format!("cookie: {}\r\n", pairs.join("; ")));
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let mut request = head.into_bytes();
        request.extend_from_slice(body);
        request
    }

    fn keep_cookies(&mut self, answer: &Answer) {
        for cookie in answer.headers("set-cookie") {
            let (pair, settings) = cookie.split_once(';').unwrap_or((cookie, ""));
            let Some((name, value)) = pair.split_once('=') else { continue };
            if settings.to_ascii_lowercase().contains("max-age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_string(), value.to_string());
            }
        }
    }
}

/// What stands between a mark and the next quote of a page.
pub fn value_after<'p>(page: &'p str, mark: &str) -> Result<&'p str, Failure> {
    let (_, after) = page.split_once(mark).ok_or_else(|| format!("the page has no {mark}"))?;
    Ok(after.split('"').next().unwrap_or_default())
}

async fn connect(address: SocketAddr) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

async fn exchange(stream: &mut TcpStream, request: &[u8]) -> Outcome<Answer> {
    stream.write_all(request).await?;
    let mut received = Vec::with_capacity(16 * 1024);
    let head_end = loop {
        read_more(stream, &mut received).await?;
        if let Some(position) = received.windows(4).position(|window| window == b"\r\n\r\n") {
            break position;
        }
    };
    let head = String::from_utf8(received[..head_end].to_vec())?;
    let mut answer = Answer { status: status_in(&head)?, head, body: received.split_off(head_end + 4) };
    let has_body = !matches!(answer.status, 204 | 304);
    let length = match answer.header("content-length") {
        Some(length) => length.parse()?,
        None if has_body => return Err("an answer without content-length is not understood".into()),
        None => 0,
    };
    if length > LARGEST_ANSWER {
        return Err(format!("an answer of {length} bytes is too large").into());
    }
    while answer.body.len() < length {
        read_more(stream, &mut answer.body).await?;
    }
    Ok(answer)
}

async fn read_more(stream: &mut TcpStream, received: &mut Vec<u8>) -> Outcome {
    match stream.read_buf(received).await? {
        0 => Err("the connection was closed in the middle".into()),
        _ if received.len() > LARGEST_ANSWER => Err("the answer is too large".into()),
        _ => Ok(()),
    }
}

fn status_in(head: &str) -> Result<u16, Failure> {
    let status = head.split(' ').nth(1).ok_or("an answer without a status")?;
    Ok(status.parse()?)
}

fn form_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => encoded.push(byte as char),
            b' ' => encoded.push('+'),
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpListener;

    /// A server that answers each request of one connection with the next of the given answers.
    fn serve(answers: &'static [&'static str]) -> (SocketAddr, std::thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let serving = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = String::new();
            for answer in answers {
                let mut bytes = [0; 4096];
                let length = stream.read(&mut bytes).unwrap();
                asked.push_str(std::str::from_utf8(&bytes[..length]).unwrap());
                // In two pieces, as a network may deliver it.
                let (first, second) = answer.split_at(answer.len() / 2);
                stream.write_all(first.as_bytes()).unwrap();
                stream.flush().unwrap();
                stream.write_all(second.as_bytes()).unwrap();
            }
            asked
        });
        (address, serving)
    }

    #[test]
    fn a_walk_keeps_its_cookie_and_is_counted_with_its_requests() {
        let (address, serving) = serve(&[
            "HTTP/1.1 303 See Other\r\nSet-Cookie: s=1; Path=/\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
        ]);
        let report = run(address, 1, Until::Walks(1), async |connection, number| {
            assert_eq!(number, 0);
            let answer = connection.post_form("/sign-in", &[("who", "a b&c")]).await?.expect(303)?;
            let next = answer.header("location").ok_or("no location")?.to_string();
            assert_eq!(connection.get(&next).await?.expect(200)?.text(), "hello");
            Ok(())
        })
        .unwrap();
        assert_eq!((report.walks, report.requests, report.failures), (1, 2, 0));
        let asked = serving.join().unwrap();
        assert!(asked.contains("\r\n\r\nwho=a+b%26c"), "{asked}");
        assert!(asked.contains("GET /there HTTP/1.1\r\n") && asked.contains("cookie: s=1\r\n"), "{asked}");
    }

    #[test]
    fn a_wrong_answer_is_a_failure_and_no_walk() {
        let (address, serving) = serve(&["HTTP/1.1 500 No\r\ncontent-length: 4\r\n\r\noops"]);
        let report = run(address, 1, Until::Walks(1), async |connection, _| {
            connection.get("/").await?.expect(200)?;
            Ok(())
        })
        .unwrap();
        serving.join().unwrap();
        assert_eq!((report.walks, report.failures), (0, 1));
        assert_eq!(report.first_failure.as_deref(), Some("500 instead of 200: oops"));
    }
}

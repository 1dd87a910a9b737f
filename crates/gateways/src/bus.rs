//! Tells waiting pages that something changed. The bus carries only the news that there is something to look at: the
//! truth stays in the database, so a lost message costs a late look and nothing else. One process hears itself; many
//! hear each other through NATS.

use async_nats::{Client, ConnectOptions, Event, Subscriber};
use bytes::Bytes;
use futures_util::StreamExt;
use kernel::{AccountId, OrderId, StoreId};
use serde::{Deserialize, Serialize};
use tokio::sync::{broadcast, mpsc};

/// Messages a slow listener may fall behind before it is told to look at everything anew.
const BACKLOG: usize = 1024;
/// Messages that wait for NATS; while it is away, more are dropped and cost a late look.
const OUTBOUND: usize = 1024;
const SUBJECT: &str = "ministore.news";

/// What changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    pub topic: Topic,
    /// Its name in the page's event stream, such as `order.placed`.
    pub kind: String,
}

/// Whom it concerns.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// The console of a store.
    Store(StoreId),
    /// One order's page.
    Order(OrderId),
    /// A person's own pages.
    Account(AccountId),
}

/// The bus as this process sees it.
#[derive(Clone, Debug)]
pub struct Bus {
    here: broadcast::Sender<News>,
    /// To the other processes, if there are any.
    outward: Option<mpsc::Sender<News>>,
    /// The way there, for lines of their own.
    client: Option<Client>,
}

/// Speaks to the other processes in bytes that the bus does not look into. What is said while NATS is away or slow may
/// be lost.
#[derive(Clone, Debug)]
pub struct Line(mpsc::Sender<Bytes>);

/// Hears what other processes say on a line.
#[derive(Debug)]
pub struct LineEnd(Subscriber);

/// Why other processes cannot be reached.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    #[error("{0}: {1}")]
    Address(String, async_nats::ConnectError),
    #[error("NATS: {0}")]
    Subscribe(#[from] async_nats::SubscribeError),
}

impl Default for Bus {
    /// The bus of a process that is alone.
    fn default() -> Self {
        Self { here: broadcast::channel(BACKLOG).0, outward: None, client: None }
    }
}

impl Bus {
    /// Joins the bus of all processes at a NATS server such as `nats://10.0.0.5:4222`. It may be away now and come
    /// later: until then this process hears only itself.
    pub async fn join(address: &str) -> Result<Self, BusError> {
        let client = ConnectOptions::new()
            .name("ministore")
            .no_echo()
            .retry_on_initial_connect()
            .event_callback(tell_the_log)
            .connect(address)
            .await
            .map_err(|error| BusError::Address(address.to_owned(), error))?;
        let inward = client.subscribe(SUBJECT).await?;
        let (here, _) = broadcast::channel(BACKLOG);
        let (outward, waiting) = mpsc::channel(OUTBOUND);
        tokio::spawn(carry_in(inward, here.clone()));
        tokio::spawn(carry_out(waiting, client.clone()));
        Ok(Self { here, outward: Some(outward), client: Some(client) })
    }

    /// Tells everyone who listens; nobody may be listening.
    pub fn tell(&self, topic: Topic, kind: impl Into<String>) {
        let news = News { topic, kind: kind.into() };
        if let Some(outward) = &self.outward
            && outward.try_send(news.clone()).is_err()
        {
            tracing::debug!(?news, "other processes will look late");
        }
        let _ = self.here.send(news);
    }

    /// Everything told from now on; the listener picks its topic.
    pub fn listen(&self) -> broadcast::Receiver<News> {
        self.here.subscribe()
    }
}

impl Bus {
    /// Opens the line of this name to the other processes; `None` for a process that is alone. Each process hears every
    /// other one and not itself.
    pub async fn line(&self, name: &str) -> Result<Option<(Line, LineEnd)>, BusError> {
        let Some(client) = &self.client else { return Ok(None) };
        let subject = format!("ministore.line.{name}");
        let heard = client.subscribe(subject.clone()).await?;
        let (line, mut waiting) = mpsc::channel::<Bytes>(OUTBOUND);
        let client = client.clone();
        tokio::spawn(async move {
            while let Some(said) = waiting.recv().await {
                if let Err(error) = client.publish(subject.clone(), said).await {
                    tracing::warn!(%error, subject, "something was not said to the other processes");
                }
            }
        });
        Ok(Some((Line(line), LineEnd(heard))))
    }
}

impl Line {
    /// Says something to everyone else, without waiting.
    pub fn say(&self, said: Bytes) {
        if self.0.try_send(said).is_err() {
            tracing::debug!("something was not said to the other processes");
        }
    }
}

impl LineEnd {
    /// What another process said next; `None` when the connection is closed for good.
    pub async fn next(&mut self) -> Option<Bytes> {
        self.0.next().await.map(|message| message.payload)
    }
}

async fn tell_the_log(event: Event) {
    match event {
        Event::Connected => tracing::info!("joined the bus of the other processes"),
        event => tracing::warn!(%event, "the bus of the other processes"),
    }
}

/// Ends when the connection is closed for good, which only dropping every client does.
async fn carry_in(mut inward: Subscriber, here: broadcast::Sender<News>) {
    while let Some(message) = inward.next().await {
        match serde_json::from_slice(&message.payload) {
            Ok(news) => {
                let _ = here.send(news);
            }
            // A newer version may tell of what this one does not know.
            Err(error) => tracing::debug!(%error, "unknown news"),
        }
    }
}

/// Ends when the last bus of this process is dropped.
async fn carry_out(mut waiting: mpsc::Receiver<News>, client: Client) {
    while let Some(news) = waiting.recv().await {
        let told = match serde_json::to_vec(&news) {
            Ok(payload) => {
                client.publish(SUBJECT, Bytes::from(payload)).await.map_err(|error| error.to_string())
            }
            Err(error) => Err(error.to_string()),
        };
        if let Err(error) = told {
            tracing::warn!(error, "other processes will look late");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        net::TcpListener,
        process::{Child, Command, Stdio},
        time::Duration,
    };

    /// Long enough for any machine; a test that waits so long has failed.
    const PATIENCE: Duration = Duration::from_secs(30);

    struct NatsServer(Child);

    impl NatsServer {
        fn start(port: u16) -> Self {
            let child = Command::new("nats-server")
                .args(["--addr", "127.0.0.1", "--port", &port.to_string()])
                .stderr(Stdio::null())
                .spawn()
                .expect("nats-server is missing: `cargo xtask test` installs it");
            Self(child)
        }
    }

    impl Drop for NatsServer {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    /// Tells on one bus until the other hears; a subscription takes a moment to be known.
    async fn carries(from: &Bus, to: &Bus, topic: &Topic) {
        let mut heard = to.listen();
        tokio::time::timeout(PATIENCE, async {
            loop {
                from.tell(topic.clone(), "order.placed");
                match tokio::time::timeout(Duration::from_millis(50), heard.recv()).await {
                    Ok(news) => {
                        break assert_eq!(
                            news.unwrap(),
                            News { topic: topic.clone(), kind: "order.placed".into() }
                        );
                    }
                    Err(_) => continue,
                }
            }
        })
        .await
        .expect("nothing was heard");
    }

    #[tokio::test]
    async fn a_process_hears_itself_once() {
        let bus = Bus::default();
        let mut heard = bus.listen();
        bus.tell(Topic::Store(StoreId::new()), "order.paid");
        assert_eq!(heard.recv().await.unwrap().kind, "order.paid");
        assert!(heard.try_recv().is_err());
    }

    #[tokio::test]
    async fn processes_hear_each_other_also_when_nats_comes_late() {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("nats://127.0.0.1:{port}");
        let (one, other) = (Bus::join(&address).await.unwrap(), Bus::join(&address).await.unwrap());
        let topic = Topic::Order(OrderId::new());
        let mut own = one.listen();
        one.tell(topic.clone(), "order.placed");
        assert_eq!(own.recv().await.unwrap().topic, topic, "alone, a process still hears itself");
        let _server = NatsServer::start(port);
        carries(&one, &other, &topic).await;
        carries(&other, &one, &topic).await;
    }

    #[tokio::test]
    async fn a_line_carries_bytes_to_every_other_process() {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let _server = NatsServer::start(port);
        let address = format!("nats://127.0.0.1:{port}");
        let mut lines = Vec::new();
        for _ in 0..2 {
            let bus = Bus::join(&address).await.unwrap();
            lines.push(bus.line("rooms").await.unwrap().unwrap());
        }
        let (mut other, mut one) = (lines.pop().unwrap(), lines.pop().unwrap());
        let said = [0, 159, 146, 150];
        let heard = async {
            loop {
                one.0.say(Bytes::copy_from_slice(&said));
                match tokio::time::timeout(Duration::from_millis(50), other.1.next()).await {
                    Ok(heard) => break heard.unwrap(),
                    Err(_) => continue,
                }
            }
        };
        assert_eq!(tokio::time::timeout(PATIENCE, heard).await.expect("nothing was heard"), said[..]);
        other.0.say(Bytes::from_static(b"from the other"));
        let heard = tokio::time::timeout(PATIENCE, one.1.next()).await.expect("nothing was heard");
        assert_eq!(heard.unwrap(), "from the other", "and nobody hears itself");
        assert!(Bus::default().line("rooms").await.unwrap().is_none());
    }

    #[tokio::test]
    async fn an_address_that_is_none_is_refused() {
        assert!(Bus::join("not an address").await.is_err());
    }
}

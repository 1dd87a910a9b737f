//! Tells waiting pages that something changed. The bus carries only the news that there is something to look at: the
//! truth stays in the database, so a lost message costs a late look and nothing else.

use std::sync::Arc;

use kernel::{AccountId, OrderId, StoreId};
use tokio::sync::broadcast;

/// Messages a slow listener may fall behind before it is told to look at everything anew.
const BACKLOG: usize = 1024;

/// What changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    pub topic: Topic,
    /// Its name in the page's event stream, such as `order.placed`.
    pub kind: String,
}

/// Whom it concerns.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// The console of a store.
    Store(StoreId),
    /// One order's page.
    Order(OrderId),
    /// A person's own pages.
    Account(AccountId),
}

/// The bus of this process.
#[derive(Clone, Debug)]
pub struct Bus {
    sender: Arc<broadcast::Sender<News>>,
}

impl Default for Bus {
    fn default() -> Self {
        Self { sender: Arc::new(broadcast::channel(BACKLOG).0) }
    }
}

impl Bus {
    /// Tells everyone who listens; nobody may be listening.
    pub fn tell(&self, topic: Topic, kind: impl Into<String>) {
        let _ = self.sender.send(News { topic, kind: kind.into() });
    }
    /// Everything told from now on; the listener picks its topic.
    pub fn listen(&self) -> broadcast::Receiver<News> {
        self.sender.subscribe()
    }
}

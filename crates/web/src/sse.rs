//! Server-sent events: a page that waits hears that there is something new, and fetches it.

use std::{convert::Infallible, time::Duration};

use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt};
use gateways::bus::{News, Topic};
use tokio_stream::wrappers::BroadcastStream;

use crate::App;

/// The news of one topic, for as long as the page is open. A page that fell behind is told to look at everything.
pub fn follow(app: &App, topic: Topic) -> Sse<impl Stream<Item = Result<Event, Infallible>> + use<>> {
    let hello = futures_util::stream::once(async { Ok(Event::default().event("hello").data("")) });
    let news = BroadcastStream::new(app.bus.listen()).filter_map(move |news| {
        let event = match news {
            Ok(News { topic: about, kind }) if about == topic => {
                Some(Event::default().event("news").data(kind))
            }
            Ok(_) => None,
            Err(_) => Some(Event::default().event("news").data("missed")),
        };
        async move { event.map(Ok) }
    });
    Sse::new(hello.chain(news)).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

//! What a host does about what is said: says something, announces, slows down, keeps order.

use std::time::Duration;

use axum::{Router, extract::State, response::Response, routing::post};
use kernel::AccountId;
use serde::Deserialize;
use stores::{Allowed, may};
use web::{App, Error, Form, Path};

use super::{Asker, Of, base, base_of, tools_panel};
use crate::{
    chat::{self, ChatId, MUTE_MAX, Measure, Part},
    crew::{Crew, Rank, does},
    rooms, watch,
};

/// How long someone is muted if nothing else is said.
const MUTE_MINUTES: u64 = 10;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/console/{handle}/live/{room}/say", post(say))
        .route("/console/{handle}/live/{room}/announce", post(announce))
        .route("/console/{handle}/live/{room}/slow", post(slow))
        .route("/console/{handle}/live/{room}/comment-orders", post(comment_orders))
        .route("/console/{handle}/live/{room}/words", post(words))
        .route("/console/{handle}/live/{room}/delete", post(delete))
        .route("/console/{handle}/live/{room}/pin-comment", post(pin_comment))
        .route("/console/{handle}/live/{room}/mute", post(mute))
        .route("/console/{handle}/live/{room}/ban", post(ban))
        .route("/console/{handle}/live/{room}/release", post(release))
        .route("/console/{handle}/live/{room}/unsilence", post(unsilence))
        .route("/console/{handle}/live/{room}/part", post(part))
}

type Host = Allowed<may::HostLive>;

/// Whoever keeps order in the room: those who host, and those to whom a host gave a part in it.
type Moderator = Crew<does::Moderate>;

/// The place on the studio's page to come back to.
fn back(console: &Host, of: &Of) -> String {
    format!("{}/studio#chat-panel", base(console, of.room))
}

/// The page to come back to from keeping order: who does not host does so in the room itself.
fn back_to_talk(crew: &Moderator) -> String {
    match crew.rank {
        Rank::Host => format!("{}/studio#chat-panel", base_of(&crew.store, crew.id)),
        Rank::Assistant | Rank::Moderator => watch::path(&crew.store.handle, crew.id),
    }
}

#[derive(Deserialize)]
struct Text {
    #[serde(default)]
    text: String,
}

async fn say(
    State(app): State<App>,
    console: Host,
    asker: Asker,
    Path(of): Path<Of>,
    Form(sent): Form<Text>,
) -> Result<Response, Error> {
    let room = of.find(&app, &console).await?;
    chat::say(&app, &room, console.actor(), &sent.text).await?;
    Ok(asker.done(&back(&console, &of)))
}

async fn announce(
    State(app): State<App>,
    console: Host,
    asker: Asker,
    Path(of): Path<Of>,
    Form(sent): Form<Text>,
) -> Result<Response, Error> {
    rooms::announce(&app, console.store.id, console.actor(), of.room, &sent.text).await?;
    Ok(asker.done(&tools_panel(&console, of.room)))
}

#[derive(Deserialize)]
struct Slow {
    seconds: i64,
}

async fn slow(
    State(app): State<App>,
    console: Host,
    asker: Asker,
    Path(of): Path<Of>,
    Form(sent): Form<Slow>,
) -> Result<Response, Error> {
    rooms::slow(&app, console.store.id, of.room, sent.seconds).await?;
    Ok(asker.done(&back(&console, &of)))
}

#[derive(Deserialize)]
struct Switch {
    #[serde(default)]
    on: bool,
}

async fn comment_orders(
    State(app): State<App>,
    console: Host,
    asker: Asker,
    Path(of): Path<Of>,
    Form(sent): Form<Switch>,
) -> Result<Response, Error> {
    rooms::take_comment_orders(&app, console.store.id, of.room, sent.on).await?;
    Ok(asker.done(&tools_panel(&console, of.room)))
}

#[derive(Deserialize)]
struct Words {
    words: String,
}

/// One word a line.
async fn words(
    State(app): State<App>,
    console: Host,
    asker: Asker,
    Path(of): Path<Of>,
    Form(sent): Form<Words>,
) -> Result<Response, Error> {
    let words: Vec<String> = sent.words.lines().map(str::to_owned).collect();
    chat::set_words(&app, console.store.id, console.actor(), &words).await?;
    Ok(asker.done(&back(&console, &of)))
}

/// A comment, if any is named.
#[derive(Deserialize)]
struct Message {
    message: Option<ChatId>,
}

/// A comment, and for how long whoever said it is muted.
#[derive(Deserialize)]
struct About {
    message: ChatId,
    minutes: Option<u64>,
}

async fn delete(
    State(app): State<App>,
    crew: Moderator,
    asker: Asker,
    Form(sent): Form<About>,
) -> Result<Response, Error> {
    chat::delete(&app, crew.store.id, crew.actor(), crew.id, sent.message).await?;
    Ok(asker.done(&back_to_talk(&crew)))
}

/// Lets a comment pass that was held back.
async fn release(
    State(app): State<App>,
    crew: Moderator,
    asker: Asker,
    Form(sent): Form<About>,
) -> Result<Response, Error> {
    chat::release(&app, crew.store.id, crew.actor(), crew.id, sent.message).await?;
    Ok(asker.done(&back_to_talk(&crew)))
}

/// Without a comment: the one on top is taken down.
async fn pin_comment(
    State(app): State<App>,
    crew: Moderator,
    asker: Asker,
    Form(sent): Form<Message>,
) -> Result<Response, Error> {
    chat::pin(&app, crew.store.id, crew.actor(), crew.id, sent.message).await?;
    Ok(asker.done(&back_to_talk(&crew)))
}

async fn mute(
    State(app): State<App>,
    crew: Moderator,
    asker: Asker,
    Form(sent): Form<About>,
) -> Result<Response, Error> {
    let minutes = sent.minutes.unwrap_or(MUTE_MINUTES).min(MUTE_MAX.as_secs() / 60);
    treat(&app, &crew, sent.message, Measure::Mute(Duration::from_secs(minutes * 60))).await?;
    Ok(asker.done(&back_to_talk(&crew)))
}

async fn ban(
    State(app): State<App>,
    crew: Moderator,
    asker: Asker,
    Form(sent): Form<About>,
) -> Result<Response, Error> {
    treat(&app, &crew, sent.message, Measure::Ban).await?;
    Ok(asker.done(&back_to_talk(&crew)))
}

/// Does it to whoever said this.
async fn treat(app: &App, crew: &Moderator, message: ChatId, measure: Measure) -> Result<(), Error> {
    let store = crew.store.id;
    let author = chat::author(&mut app.db.read().await?, store, crew.id, message).await?;
    let person = author.ok_or(Error::NotFound)?;
    Ok(chat::treat(app, store, crew.actor(), crew.id, person, measure).await?)
}

#[derive(Deserialize)]
struct Person {
    person: AccountId,
}

/// Whatever was done to this person in the room or the store's rooms is over.
async fn unsilence(
    State(app): State<App>,
    crew: Moderator,
    asker: Asker,
    Form(sent): Form<Person>,
) -> Result<Response, Error> {
    let (store, actor) = (crew.store.id, crew.actor());
    for measure in [Measure::Unmute, Measure::Unshadow, Measure::Unban] {
        chat::treat(&app, store, actor, crew.id, sent.person, measure).await?;
    }
    Ok(asker.done(&back_to_talk(&crew)))
}

/// Who said something, to make them a moderator, or a person to take that away from.
#[derive(Deserialize)]
struct Chosen {
    message: Option<ChatId>,
    person: Option<AccountId>,
}

async fn part(
    State(app): State<App>,
    console: Host,
    asker: Asker,
    Path(of): Path<Of>,
    Form(sent): Form<Chosen>,
) -> Result<Response, Error> {
    let (store, actor) = (console.store.id, console.actor());
    let (person, part) = match (sent.message, sent.person) {
        (Some(message), _) => {
            let author = chat::author(&mut app.db.read().await?, store, of.room, message).await?;
            (author.ok_or(Error::NotFound)?, Some(Part::Moderator))
        }
        (None, Some(person)) => (person, None),
        (None, None) => return Err(Error::NotFound),
    };
    chat::give_part(&app, store, actor, of.room, person, part).await?;
    Ok(asker.done(&back(&console, &of)))
}

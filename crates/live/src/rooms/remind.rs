//! Reminders: who asked is told shortly before the start.

use db::{Error, deadlines};
use kernel::{AccountId, Locale, RoomId, StoreId};
use people::accounts;
use stores::Store;
use web::App;

use super::{MoveError, NotAllowed, REMIND, REMIND_BEFORE, Room, moves, rows};

/// People who are told at one time.
pub(super) const AT_ONCE: i64 = 100;

/// Whether this person has asked to be told.
pub async fn is_reminded(
    read: &mut db::Read,
    store: StoreId,
    room: RoomId,
    account: AccountId,
) -> Result<bool, Error> {
    rows::has_reminder(read, store, room, account).await
}

/// How many have asked to be told.
pub async fn reminders(read: &mut db::Read, store: StoreId, room: RoomId) -> Result<i64, Error> {
    rows::reminders(read, store, room).await
}

/// Tells this person before the start, or no longer.
pub async fn remind(
    app: &App,
    store: StoreId,
    account: AccountId,
    id: RoomId,
    wanted: bool,
) -> Result<(), MoveError> {
    let now = app.clock.now();
    app.db
        .write(store, async |tx| {
            let room = moves::wanted(tx, store, id).await?;
            if wanted && !room.state.is_coming() {
                return Err(NotAllowed(room.state.step()).into());
            }
            if wanted {
                rows::add_reminder(tx, store, id, account, now).await?;
                // The others were told minutes before the start; who comes after that is told now. When the start has
                // passed, the call tells them.
                if room.starts_at > now {
                    let due_at = (room.starts_at - REMIND_BEFORE).max(now);
                    deadlines::set(tx, store, REMIND, id, due_at).await?;
                }
            } else {
                rows::drop_reminder(tx, store, id, account).await?;
            }
            Ok(())
        })
        .await
}

/// The deadline has come: tells some of those who asked, and the next time others, so that no store's crowd holds up
/// another's deadlines. A person is told once; if the server dies in between, those of one time may hear it twice.
pub(super) async fn tell_some(app: &App, store: StoreId, id: RoomId) -> Result<(), Error> {
    let mut read = app.db.read().await?;
    let room = rows::get(&mut read, store, id).await?.filter(|room| room.state.is_coming());
    let waiting = match &room {
        Some(_) => rows::untold(&mut read, store, id, AT_ONCE).await?,
        None => Vec::new(),
    };
    let home = stores::by_id(&mut read, store).await?;
    drop(read);
    if let (Some(room), Some(home)) = (room, home) {
        for account in &waiting {
            tell(app, &home, &room, *account, "live-reminder").await?;
        }
    }
    app.db
        .write(store, async |tx| {
            rows::told(tx, store, id, &waiting).await?;
            if waiting.len() < AT_ONCE as usize {
                deadlines::clear(tx, store, REMIND, id).await?;
            }
            Ok(())
        })
        .await
}

/// Sends the message of this key. The person's language is known only while they look at a page: it has both.
pub(super) async fn tell(
    app: &App,
    store: &Store,
    room: &Room,
    account: AccountId,
    key: &'static str,
) -> Result<(), Error> {
    let contacts = accounts::contacts(&mut app.db.read().await?, account).await?;
    let Some(first) = contacts.first() else { return Ok(()) };
    let address = format!("{}/s/{}/live/{}", app.platform.base_url, store.handle, room.id);
    let words = |locale| {
        web::i18n::message(locale, key)
            .with("store", store.name.clone())
            .with("title", room.title.clone())
            .with("address", address.clone())
            .to_string()
    };
    let text = format!("{}\n{}", words(Locale::English), words(Locale::Chinese));
    app.messages.send(first.contact.as_str(), &text).await;
    Ok(())
}

//! Who may bid and enter: buyers. What the store's own people win is no sale, and whoever was sent out has no part in it.

use db::{Error, Read};
use kernel::AccountId;
use people::{accounts, roles};

use crate::{chat, rooms::Room, shelf::bought::masked};

/// Why someone has no part in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotForYou {
    #[error("this person works in the store")]
    Staff,
    #[error("banned from this store's rooms")]
    Banned,
}

impl From<NotForYou> for web::Error {
    fn from(not: NotForYou) -> Self {
        web::Error::Conflict(match not {
            NotForYou::Staff => "live-staff-takes-no-part",
            NotForYou::Banned => "chat-banned",
        })
    }
}

/// The person's name as everyone sees it, if they may take part.
pub(crate) async fn takes_part(
    read: &mut Read,
    room: &Room,
    account: AccountId,
) -> Result<Result<String, NotForYou>, Error> {
    let store = room.store_id;
    let works = roles::role_of(read, store, account).await?.is_some()
        || chat::part_of(read, store, room.id, account).await?.is_some();
    if works {
        return Ok(Err(NotForYou::Staff));
    }
    if chat::is_banned(read, store, account).await? {
        return Ok(Err(NotForYou::Banned));
    }
    let name = accounts::by_id(read, account).await?.map(|account| account.name);
    Ok(Ok(masked(&name.unwrap_or_default())))
}

//! Someone takes a coupon of a drop. Asked twice, it is the same coupon: pages may send it again without harm.

use kernel::{AccountId, RoomId, StoreId};
use web::App;

use super::{CouponId, Coupons, DropId, NotGiven, coupons::Give, rows};
use crate::{
    Live, chat,
    hub::{EventKind, Passing, PassingKey},
    rooms,
    story::payload::{DropGone, Left},
};

/// Why someone got none.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    #[error("no such drop")]
    NotFound,
    #[error("banned from this store's rooms")]
    Banned,
    #[error("all of them were taken, or its time is up")]
    Gone,
    #[error("{0}")]
    Refused(&'static str),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<NotGiven> for ClaimError {
    fn from(not: NotGiven) -> Self {
        match not {
            NotGiven::Refused(key) => ClaimError::Refused(key),
            NotGiven::Db(error) => error.into(),
        }
    }
}

impl From<ClaimError> for web::Error {
    fn from(error: ClaimError) -> Self {
        match error {
            ClaimError::NotFound => web::Error::NotFound,
            ClaimError::Banned => web::Error::Conflict("chat-banned"),
            ClaimError::Gone => web::Error::Conflict("live-drop-over"),
            ClaimError::Refused(key) => web::Error::Conflict(key),
            ClaimError::Db(error) => error.into(),
        }
    }
}

/// Takes one, or answers that this account has it already.
pub async fn claim(
    app: &App,
    store: StoreId,
    room: RoomId,
    id: DropId,
    account: AccountId,
) -> Result<CouponId, ClaimError> {
    let coupons = Coupons::of(app).ok_or(ClaimError::NotFound)?;
    let now = app.clock.now();
    let mut read = app.db.read().await?;
    let drop = rows::get(&mut read, store, room, id).await?.ok_or(ClaimError::NotFound)?;
    if rows::has_claimed(&mut read, store, id, account).await? {
        return Ok(drop.coupon_id);
    }
    // Those who are late are many, and need not wait for the lane to be told so.
    if drop.taken >= drop.pieces || drop.ends_at <= now {
        return Err(ClaimError::Gone);
    }
    std::mem::drop(read);
    let claimed = Live::change(app, store, room, async |tx, story| {
        if rows::has_claimed(tx, store, id, account).await? {
            return Ok(None);
        }
        if chat::is_banned(tx, store, account).await? {
            return Err(ClaimError::Banned);
        }
        let live = rooms::get(tx, store, room).await?.is_some_and(|room| room.state.is_live());
        let taken = if live { rows::take(tx, store, id, now).await? } else { None };
        let taken = taken.ok_or(ClaimError::Gone)?;
        rows::insert_claim(tx, store, id, account, now).await?;
        (coupons.give)(tx, store, Give { coupon: taken.coupon_id, to: account, drop: id }, now).await?;
        if taken.left == 0 {
            story.add(EventKind::CouponGone, None, &DropGone { id })?;
        }
        Ok(Some(taken.left))
    })
    .await;
    match claimed {
        Ok(Some(left)) => show_left(app, room, id, left)?,
        Ok(None) => {}
        // Their other page was faster, at another process.
        Err(ClaimError::Db(error)) if error.is_unique(ONCE) => {}
        Err(error) => return Err(error),
    }
    Ok(drop.coupon_id)
}

const ONCE: &str = "live_drop_claims__store_id__drop_id__account_id";

fn show_left(app: &App, room: RoomId, id: DropId, left: i64) -> Result<(), db::Error> {
    let Ok(live) = Live::of(app) else { return Ok(()) };
    // The fewer are left, the later it is.
    let passing = Passing::new(PassingKey::Left(id.uuid()), -left, &Left { id, left });
    live.pass(room, passing.map_err(|error| db::Error::Other(error.to_string()))?);
    Ok(())
}

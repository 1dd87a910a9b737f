//! The host drops coupons, and may end it before its time.

use std::time::Duration;

use kernel::{AccountId, Invalid, Problem, RoomId, StoreId};
use people::audit;
use web::App;

use super::{AT_ONCE_MAX, CouponId, Coupons, Drop, DropId, MINUTES_MAX, PIECES_MAX, of_room, rows};
use crate::{
    Live, ToolError,
    hub::EventKind,
    rooms::{self, NotAllowed},
    within::within,
};

/// A drop to be opened.
#[derive(Clone, Copy, Debug)]
pub struct NewDrop {
    pub coupon: CouponId,
    pub pieces: i64,
    pub minutes: i64,
}

/// Drops so many of the store's coupons into the room, which must be live.
pub async fn open(
    app: &App,
    store: StoreId,
    actor: AccountId,
    id: RoomId,
    new: NewDrop,
) -> Result<Drop, ToolError> {
    let coupons = Coupons::of(app).ok_or(ToolError::Refused("live-drop-no-coupons"))?;
    let now = app.clock.now();
    Live::change(app, store, id, async |tx, story| {
        let room = rooms::get(tx, store, id).await?.ok_or(ToolError::NotFound)?;
        if !room.state.is_live() {
            return Err(NotAllowed(room.state.step()).into());
        }
        if of_room(tx, &room, now).await?.len() >= AT_ONCE_MAX {
            return Err(ToolError::Refused("live-drop-too-many"));
        }
        let known = (coupons.of_store)(tx, store, now).await?;
        let coupon = known.into_iter().find(|coupon| coupon.id == new.coupon);
        let mut invalid = Invalid::new();
        let title = coupon.map(|coupon| coupon.title).ok_or(Problem::NotFound);
        let title = invalid.take("coupon", title);
        invalid.take("pieces", within(new.pieces, 1, PIECES_MAX));
        invalid.take("minutes", within(new.minutes, 1, MINUTES_MAX));
        invalid.done()?;
        let drop = Drop {
            id: DropId::new(),
            coupon_id: new.coupon,
            title,
            pieces: new.pieces,
            taken: 0,
            opened_at: now,
            ends_at: now + Duration::from_secs(60 * new.minutes.unsigned_abs()),
        };
        rows::insert(tx, store, id, &drop).await?;
        audit::record(tx, actor, store, "live.dropped", drop.id, new.pieces.to_string(), now).await?;
        story.add(EventKind::CouponDrop, Some(actor), &drop.payload())?;
        Ok(drop)
    })
    .await
}

/// Ends it now. What was claimed stays claimed; one whose time is up stays as it was.
pub async fn close(
    app: &App,
    store: StoreId,
    actor: AccountId,
    room: RoomId,
    id: DropId,
) -> Result<(), ToolError> {
    let now = app.clock.now();
    Live::change(app, store, room, async |tx, story| {
        let drop = rows::get(tx, store, room, id).await?.ok_or(ToolError::NotFound)?;
        if rows::end(tx, store, id, now).await? {
            audit::record(tx, actor, store, "live.drop_ended", id, &drop.title, now).await?;
            story.add(EventKind::CouponDrop, Some(actor), &Drop { ends_at: now, ..drop }.payload())?;
        }
        Ok(())
    })
    .await
}

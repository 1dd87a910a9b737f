//! What a host says of a room that is to come, checked.

use db::{Error, Read};
use kernel::{AccountId, ImageId, Invalid, Problem, StoreId, Timestamp};
use people::roles::{self, Permission};
use stores::images::{self, Kind};

use super::{AHEAD_MAX, AHEAD_MIN, PLANNED_MAX, PLANNED_MIN, TITLE_MAX};

/// What a host says of a room.
#[derive(Clone, Debug)]
pub struct Plan {
    pub title: String,
    pub cover: Option<ImageId>,
    /// Someone of the store's staff who may host; without one, who plans it.
    pub host: Option<AccountId>,
    /// Without a time the room is for now: it can be started at once, and nobody is reminded.
    pub starts_at: Option<Timestamp>,
    pub planned_minutes: i64,
    pub portrait: bool,
    /// Recorded, and shown after its end.
    pub replay: bool,
}

impl Plan {
    /// A room for now, as most are: portrait, an hour, kept.
    pub fn now(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            cover: None,
            host: None,
            starts_at: None,
            planned_minutes: 60,
            portrait: true,
            replay: true,
        }
    }
}

/// A plan that can be kept.
pub(super) struct Checked {
    pub title: String,
    pub host: AccountId,
    pub starts_at: Timestamp,
}

/// Checks all fields at once. `kept` is the time the room has already, which may stay though it has come near.
pub(super) async fn check(
    read: &mut Read,
    store: StoreId,
    actor: AccountId,
    plan: &Plan,
    kept: Option<Timestamp>,
    now: Timestamp,
) -> Result<Result<Checked, Invalid>, Error> {
    let mut invalid = Invalid::new();
    let title = invalid.take("title", kernel::line(&plan.title, 1, TITLE_MAX));
    if let Some(cover) = plan.cover {
        let found = images::get(read, cover).await?;
        if !found.is_some_and(|image| image.store_id == Some(store) && image.kind == Kind::Picture) {
            invalid.add("cover", Problem::NotFound);
        }
    }
    let host = plan.host.unwrap_or(actor);
    if host != actor {
        let role = roles::role_of(read, store, host).await?;
        if !role.is_some_and(|role| role.may(Permission::HostLive)) {
            invalid.add("host", Problem::NotAChoice);
        }
    }
    let starts_at = plan.starts_at.or(kept).unwrap_or(now);
    if let Some(wanted) = plan.starts_at.filter(|wanted| Some(*wanted) != kept)
        && let Err(problem) = is_ahead(wanted, now)
    {
        invalid.add("starts_at", problem);
    }
    match plan.planned_minutes {
        minutes if minutes < PLANNED_MIN => invalid.add("planned_minutes", Problem::TooSmall(PLANNED_MIN)),
        minutes if minutes > PLANNED_MAX => invalid.add("planned_minutes", Problem::TooLarge(PLANNED_MAX)),
        _ => {}
    }
    Ok(invalid.done().map(|()| Checked { title, host, starts_at }))
}

/// Between ten minutes and six months from now.
fn is_ahead(wanted: Timestamp, now: Timestamp) -> Result<(), Problem> {
    if wanted < now + AHEAD_MIN {
        Err(Problem::Rule("live-starts-too-soon"))
    } else if wanted > now + AHEAD_MAX {
        Err(Problem::Rule("live-starts-too-late"))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_is_set_ten_minutes_to_six_months_ahead() {
        let now = Timestamp::from_second(1_772_503_200).unwrap();
        let after = |minutes: u64| now + std::time::Duration::from_secs(minutes * 60);
        assert!(is_ahead(after(10), now).is_ok());
        assert_eq!(is_ahead(after(9), now), Err(Problem::Rule("live-starts-too-soon")));
        assert!(is_ahead(after(183 * 24 * 60), now).is_ok());
        assert_eq!(is_ahead(after(183 * 24 * 60 + 1), now), Err(Problem::Rule("live-starts-too-late")));
    }
}

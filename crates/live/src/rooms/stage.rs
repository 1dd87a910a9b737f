//! Before the start a room has two sides: in front people wait, and know of the room only what buyers may; backstage
//! the staff rehearse with goods, pins and talk. To the hub the two are two rooms.

use db::{Error, Read};
use kernel::{AccountId, RoomId};
use people::roles::{self, Permission};
use uuid::Uuid;

use super::{Room, rows};
use crate::chat;

/// Backstage's id is the room's with these bits turned: the same for every process, and nobody's else.
const TURNED: u128 = 0x0000_0000_0000_0000_0000_ffff_ffff_ffff;

/// Which side of a room someone is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Front,
    Backstage,
}

/// The room's other side, as the hub knows it.
pub(crate) fn backstage(room: RoomId) -> RoomId {
    RoomId::from_uuid(Uuid::from_u128(room.uuid().as_u128() ^ TURNED))
}

/// The room that the hub means, and which side of it.
pub(crate) async fn of_hub(read: &mut Read, id: RoomId) -> Result<Option<(Room, Side)>, Error> {
    if let Some(room) = rows::by_id(read, id).await? {
        return Ok(Some((room, Side::Front)));
    }
    Ok(rows::by_id(read, backstage(id)).await?.map(|room| (room, Side::Backstage)))
}

/// Where this person's connection belongs: backstage for those who work in the room before its start, in front for
/// everyone else.
pub async fn side(read: &mut Read, room: &Room, person: Option<AccountId>) -> Result<RoomId, Error> {
    let Some(person) = person.filter(|_| room.state.is_coming()) else { return Ok(room.id) };
    Ok(if works_in(read, room, person).await? { backstage(room.id) } else { room.id })
}

/// Whether this person hosts the store's rooms, or has a part in this one.
pub async fn works_in(read: &mut Read, room: &Room, person: AccountId) -> Result<bool, Error> {
    let role = roles::role_of(read, room.store_id, person).await?;
    Ok(role.is_some_and(|role| role.may(Permission::HostLive))
        || chat::part_of(read, room.store_id, room.id, person).await?.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backstage_is_another_room_and_leads_back() {
        let room = RoomId::new();
        assert_ne!(backstage(room), room);
        assert_eq!(backstage(backstage(room)), room);
    }
}

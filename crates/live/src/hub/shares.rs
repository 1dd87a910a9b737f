//! How much of the hub one person and one address may take: sockets, messages, likes.

use std::{
    collections::HashMap,
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use uuid::Uuid;

use super::{Limits, Viewer, lock, time::Moment};

/// So many at once, then one every so often. Only one number is kept: when everything that was taken would have been
/// given out one after the other (the virtual scheduling algorithm of ITU-T I.371).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allowance {
    /// In microseconds: an address shares out one person's pause among many.
    even_at: u64,
}

impl Allowance {
    /// Takes one, if there is one.
    pub fn take(&mut self, now: Moment, every: Duration, burst: u32) -> bool {
        let (now, every) = (now * 1000, u64::try_from(every.as_micros()).unwrap_or(u64::MAX));
        let even_at = self.even_at.max(now).saturating_add(every);
        let is_there = even_at - now <= every.saturating_mul(burst.into());
        if is_there {
            self.even_at = even_at;
        }
        is_there
    }

    /// Whether nothing is missing from it, so that it may be forgotten.
    pub fn is_full(self, now: Moment) -> bool {
        self.even_at <= now * 1000
    }
}

/// A network address as one household or one phone holds it: IPv6 gives each a whole /64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Household(IpAddr);

impl From<IpAddr> for Household {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
            address => address,
        })
    }
}

/// What one person or one address has taken.
#[derive(Debug, Default)]
struct Share {
    sockets: usize,
    messages: Allowance,
    likes: Allowance,
}

impl Share {
    fn is_untouched(&self, now: Moment) -> bool {
        self.sockets == 0 && self.messages.is_full(now) && self.likes.is_full(now)
    }
}

/// Everyone's shares.
#[derive(Debug, Default)]
pub struct Shares {
    sockets: AtomicUsize,
    people: Mutex<HashMap<Uuid, Share>>,
    addresses: Mutex<HashMap<Household, Share>>,
}

/// Why there is no place for another socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    Server,
    Person,
    Address,
}

/// Whether something may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    Given,
    SpentByPerson,
    /// Others behind the same address have had it all.
    SpentByAddress,
}

/// A socket's place, given back when dropped.
#[derive(Debug)]
pub struct Place {
    shares: Arc<Shares>,
    person: Uuid,
    address: Household,
}

impl Shares {
    pub fn sockets(&self) -> usize {
        self.sockets.load(Ordering::Relaxed)
    }

    /// A place for one more socket of this viewer.
    pub fn place(self: &Arc<Self>, viewer: &Viewer, limits: &Limits) -> Result<Place, Full> {
        let (person, address) = (viewer.person, Household::from(viewer.address));
        if self.sockets.fetch_add(1, Ordering::Relaxed) >= limits.sockets {
            self.sockets.fetch_sub(1, Ordering::Relaxed);
            return Err(Full::Server);
        }
        // From here on dropping the place gives back what was taken.
        let by_person = add_socket(&self.people, person);
        let by_address = add_socket(&self.addresses, address);
        let place = Place { shares: self.clone(), person, address };
        if by_person > limits.sockets_per_person {
            return Err(Full::Person);
        }
        if by_address > limits.sockets_per_address {
            return Err(Full::Address);
        }
        Ok(place)
    }

    /// Forgets who is gone and owes nothing.
    pub fn forget_untouched(&self, now: Moment) {
        lock(&self.people).retain(|_, share| !share.is_untouched(now));
        lock(&self.addresses).retain(|_, share| !share.is_untouched(now));
    }
}

impl Place {
    /// Whether this viewer may say something now.
    pub fn may_say(&self, now: Moment, limits: &Limits) -> Leave {
        self.may(|share| &mut share.messages, now, limits.message_every, limits.message_burst, limits)
    }

    /// Whether likes of this viewer are counted now.
    pub fn may_like(&self, now: Moment, limits: &Limits) -> Leave {
        self.may(|share| &mut share.likes, now, limits.like_every, limits.like_burst, limits)
    }

    /// An address may take what so many people may.
    fn may(
        &self,
        of: fn(&mut Share) -> &mut Allowance,
        now: Moment,
        every: Duration,
        burst: u32,
        limits: &Limits,
    ) -> Leave {
        let people = limits.people_per_address.max(1);
        let take = |share: Option<&mut Share>, every, burst| {
            share.is_none_or(|share| of(share).take(now, every, burst))
        };
        if !take(lock(&self.shares.people).get_mut(&self.person), every, burst) {
            return Leave::SpentByPerson;
        }
        let burst = burst.saturating_mul(people);
        if take(lock(&self.shares.addresses).get_mut(&self.address), every / people, burst) {
            Leave::Given
        } else {
            Leave::SpentByAddress
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.shares.sockets.fetch_sub(1, Ordering::Relaxed);
        remove_socket(&self.shares.people, self.person);
        remove_socket(&self.shares.addresses, self.address);
    }
}

fn add_socket<Key: Eq + Hash>(shares: &Mutex<HashMap<Key, Share>>, key: Key) -> usize {
    let mut shares = lock(shares);
    let share = shares.entry(key).or_default();
    share.sockets += 1;
    share.sockets
}

fn remove_socket<Key: Eq + Hash>(shares: &Mutex<HashMap<Key, Share>>, key: Key) {
    if let Some(share) = lock(shares).get_mut(&key) {
        share.sockets = share.sockets.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY: Duration = Duration::from_secs(2);

    fn viewer(person: u128, address: &str) -> Viewer {
        Viewer { person: Uuid::from_u128(person), signed_in: true, address: address.parse().unwrap() }
    }

    #[test]
    fn an_allowance_gives_some_at_once_and_then_one_every_so_often() {
        let mut allowance = Allowance::default();
        let at_once = (0..9).filter(|_| allowance.take(5_000, EVERY, 3)).count();
        assert_eq!(at_once, 3);
        assert!(!allowance.take(6_999, EVERY, 3));
        assert!(allowance.take(7_000, EVERY, 3));
        assert!(!allowance.take(7_001, EVERY, 3));
        assert!(!allowance.is_full(12_999));
        assert!(allowance.is_full(13_000));
        let later = (0..9).filter(|_| allowance.take(1_000_000, EVERY, 3)).count();
        assert_eq!(later, 3, "what is not taken does not pile up");
    }

    #[test]
    fn places_are_counted_for_the_server_the_person_and_the_address_and_given_back() {
        let shares = Arc::<Shares>::default();
        let limits =
            Limits { sockets: 4, sockets_per_person: 2, sockets_per_address: 3, ..Limits::default() };
        let place = |person, address| shares.place(&viewer(person, address), &limits);
        let mut held = vec![place(1, "10.0.0.1").unwrap(), place(1, "10.0.0.2").unwrap()];
        assert_eq!(place(1, "10.0.0.3").unwrap_err(), Full::Person);
        held.push(place(2, "2001:db8::1").unwrap());
        held.push(place(3, "2001:db8::2").unwrap());
        assert_eq!(place(4, "10.0.0.4").unwrap_err(), Full::Server);
        held.truncate(3);
        held.remove(0);
        held.push(place(1, "2001:db8::3").unwrap());
        held.push(place(5, "2001:db8::ffff:1:2:3").unwrap());
        drop(held.remove(0));
        assert_eq!(place(6, "2001:db8::4").unwrap_err(), Full::Address, "a /64 is one household");
        assert!(place(6, "2001:db8:0:1::4").is_ok());
        held.clear();
        shares.forget_untouched(0);
        assert_eq!((shares.sockets(), lock(&shares.people).len(), lock(&shares.addresses).len()), (0, 0, 0));
    }

    #[test]
    fn a_new_socket_brings_no_new_allowance_and_many_people_behind_one_address_share_one() {
        let shares = Arc::<Shares>::default();
        let limits = Limits { message_burst: 3, people_per_address: 2, ..Limits::default() };
        let say = |person, times| {
            let place = shares.place(&viewer(person, "::ffff:10.0.0.1"), &limits).unwrap();
            (0..times).filter(|_| place.may_say(0, &limits) == Leave::Given).count()
        };
        assert_eq!(say(1, 2), 2);
        shares.forget_untouched(0);
        assert_eq!(say(1, 2), 1, "the same person on another socket");
        assert_eq!(say(2, 9), 3);
        assert_eq!(say(3, 9), 0, "the third person behind an address for two");
    }
}

//! How often a client may call: counted in this process, by address or person, and path.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::ClientAddress;
use crate::{Error, UserId};

/// What a rule counts by: a class of calls, such as a path.
pub type Class = &'static str;

/// So many calls in so long a time.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    max: u32,
    window: Duration,
}

/// For what takes a password.
pub const SENSITIVE: Rule = Rule { max: 3, window: Duration::from_secs(10) };
/// For all other calls about accounts.
pub const ACCOUNT: Rule = Rule { max: 100, window: Duration::from_secs(10) };
/// For calls about weeks, of which a page makes a few at a time.
pub const WEEK: Rule = Rule { max: 1_000, window: Duration::from_secs(10) };
/// For calls of devices, of which many may share an address.
pub const SYNC: Rule = Rule { max: 2_000, window: Duration::from_secs(10) };
/// For pushes of all devices of a person.
pub const PUSH: Rule = Rule { max: 100, window: Duration::from_secs(10) };
/// For pulls of all devices of a person.
pub const PULL: Rule = Rule { max: 200, window: Duration::from_secs(10) };

/// Who is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Client {
    /// Whoever calls from a network.
    Network(IpAddr),
    /// Somebody who is signed in.
    Person(UserId),
    /// All that are too many to be remembered one by one.
    Others,
}

impl From<ClientAddress> for Client {
    fn from(address: ClientAddress) -> Self {
        Self::Network(address.network())
    }
}

impl From<&UserId> for Client {
    fn from(user: &UserId) -> Self {
        Self::Person(user.clone())
    }
}

/// Clients that are remembered at once. Past that all further ones are counted as one.
const CLIENTS: usize = 50_000;

#[derive(Clone, Copy)]
struct Window {
    calls: u32,
    ends: Instant,
}

/// The calls of all clients.
#[derive(Clone)]
pub struct Limits(Arc<Mutex<Windows>>);

struct Windows {
    of: HashMap<(Client, Class), Window>,
    /// When those that had ended were last forgotten.
    swept: Instant,
}

/// Going through all windows takes a while, so it is not done for every call.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

impl Limits {
    /// Nobody has called yet.
    pub fn new(now: Instant) -> Self {
        Self(Arc::new(Mutex::new(Windows { of: HashMap::new(), swept: now })))
    }

    /// Counts a call.
    ///
    /// # Errors
    /// [`Error::TooMany`] where the client has made as many as the rule allows.
    pub fn count(&self, client: impl Into<Client>, class: Class, rule: Rule, now: Instant) -> Result<(), Error> {
        // Nothing that could panic happens while it is held.
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows.window((client.into(), class), now);
        if window.ends <= now {
            *window = Window { calls: 0, ends: now + rule.window };
        }
        if window.calls >= rule.max {
            let left = window.ends.duration_since(now);
            return Err(Error::TooMany { retry_after: left.as_secs() + u64::from(left.subsec_nanos() > 0) });
        }
        window.calls += 1;
        Ok(())
    }
}

impl Windows {
    fn window(&mut self, mut key: (Client, Class), now: Instant) -> &mut Window {
        if self.of.len() >= CLIENTS && !self.of.contains_key(&key) {
            if self.swept + SWEEP_EVERY <= now {
                self.of.retain(|_, window| window.ends > now);
                self.swept = now;
            }
            if self.of.len() >= CLIENTS {
                key.0 = Client::Others;
            }
        }
        self.of.entry(key).or_insert(Window { calls: 0, ends: now })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(n: u32) -> ClientAddress {
        ClientAddress(IpAddr::from(n.to_be_bytes()))
    }

    #[test]
    fn a_client_is_told_when_it_may_call_again() {
        let start = Instant::now();
        let limits = Limits::new(start);
        let at = |ms| limits.count(client(1), "sign-in", SENSITIVE, start + Duration::from_millis(ms));
        for ms in [0, 100, 200] {
            at(ms).unwrap();
        }
        assert!(matches!(at(300), Err(Error::TooMany { retry_after: 10 })));
        assert!(matches!(at(9_999), Err(Error::TooMany { retry_after: 1 })));
        at(10_000).unwrap();
    }

    #[test]
    fn clients_and_classes_are_counted_apart() {
        let start = Instant::now();
        let limits = Limits::new(start);
        for _ in 0..3 {
            limits.count(client(1), "sign-in", SENSITIVE, start).unwrap();
        }
        assert!(limits.count(client(1), "sign-in", SENSITIVE, start).is_err());
        limits.count(client(1), "sign-up", SENSITIVE, start).unwrap();
        limits.count(client(2), "sign-in", SENSITIVE, start).unwrap();
        limits.count(&UserId::from("ada".to_owned()), "sign-in", SENSITIVE, start).unwrap();
    }

    #[test]
    fn memory_has_a_bound_and_is_freed_again() {
        let start = Instant::now();
        let limits = Limits::new(start);
        for n in 0..CLIENTS as u32 + 3 {
            limits.count(client(n), "sign-in", SENSITIVE, start).unwrap();
        }
        let size = || limits.0.lock().unwrap().of.len();
        assert_eq!(size(), CLIENTS + 1, "the last three share a window");
        assert!(limits.count(client(u32::MAX), "sign-in", SENSITIVE, start).is_err());
        limits.count(client(u32::MAX), "sign-in", SENSITIVE, start + Duration::from_secs(11)).unwrap();
        assert_eq!(size(), 1);
    }
}

//! A device: its files, the engine of its process, and the effects that the process has yet to do.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use weekwise_domain::Change;
use weekwise_protocol::sync::DeviceId;
use weekwise_sync::{
    client::Sent,
    engine::{Effect, Engine, Event, Moment, RequestId},
};

use crate::{
    server::{ACCOUNTS, Tables},
    store::Store,
};

#[derive(Debug, Clone)]
pub struct Device {
    /// One file for each account.
    pub stores: [Store; ACCOUNTS],
    /// Who is signed in.
    pub account: Option<usize>,
    /// How far its clock is off, in milliseconds.
    pub clock: i64,
    pub online: bool,
    /// Counts its processes: an answer to one that was killed reaches none.
    pub process: u64,
    pub engine: Engine,
    pub effects: VecDeque<Effect>,
    /// When to wake the engine.
    pub timer: Option<u64>,
    /// Requests without an answer, with when to give them up.
    pub waiting: BTreeMap<RequestId, Waiting>,
    /// What the reply that is about to be applied belongs to.
    pub last_sent: Option<Sent>,
    /// What the page that is about to be applied was read from. For the checks.
    pub last_snapshot: Option<Arc<Tables>>,
    /// What can be undone, by account.
    pub undo: [Vec<Vec<Change>>; ACCOUNTS],
}

#[derive(Debug, Clone)]
pub struct Waiting {
    /// What was pushed; none for a pull.
    pub sent: Option<Sent>,
    pub until: u64,
}

impl Device {
    pub fn new(ids: [DeviceId; ACCOUNTS], account: usize) -> Self {
        Self {
            stores: ids.map(Store::new),
            account: Some(account),
            clock: 0,
            online: true,
            process: 0,
            engine: Engine::new(0),
            effects: VecDeque::new(),
            timer: None,
            waiting: BTreeMap::new(),
            last_sent: None,
            last_snapshot: None,
            undo: [Vec::new(), Vec::new()],
        }
    }

    /// The store of who is signed in.
    pub fn store(&mut self) -> Option<&mut Store> {
        self.account.map(|account| &mut self.stores[account])
    }

    /// Kills the process and starts another one, which knows what the files say and nothing else.
    pub fn restart(&mut self, seed: u64, now: u64) {
        self.process += 1;
        self.engine = Engine::new(seed);
        self.effects.clear();
        self.waiting.clear();
        (self.timer, self.last_sent, self.last_snapshot) = (None, None, None);
        if let Some(account) = self.account {
            let facts = self.stores[account].facts();
            self.on(Event::SignedIn(facts), now);
        }
        if !self.online {
            self.on(Event::Offline, now);
        }
    }

    /// Changes who is signed in. What was to be done for the one before is not done any more.
    pub fn change_account(&mut self, account: Option<usize>, now: u64) {
        self.effects.clear();
        self.waiting.clear();
        (self.timer, self.last_sent, self.last_snapshot) = (None, None, None);
        self.account = account;
        let event = match account {
            Some(account) => Event::SignedIn(self.stores[account].facts()),
            None => Event::SignedOut,
        };
        self.on(event, now);
    }

    pub fn on(&mut self, event: Event, now: u64) {
        let effects = self.engine.on(event, Moment(now));
        self.effects.extend(effects);
    }

    pub fn is_quiet(&self) -> bool {
        self.effects.is_empty() && self.waiting.is_empty()
    }
}

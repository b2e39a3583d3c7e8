//! The world of a run: devices, the network, server processes, the database, and time.

mod net;
mod processes;

use std::{collections::BTreeSet, sync::Arc};

use uuid::Uuid;
use weekwise_domain::{Change, Matter};
use weekwise_protocol::sync::{DeviceId, EpochId, Mark, OpId};
use weekwise_sync::{
    client::Recorder,
    engine::{Event, Failure, RequestId},
    server::Room,
};

use crate::{
    check::{self, Violation},
    device::Device,
    edit,
    ghost::{Ghost, users},
    plan::{Plan, Setup},
    plants::{Counters, Plant, Plants},
    random::Random,
    server::{ACCOUNTS, Database, Tables},
};

pub use net::{Answer, Body, Message, Request};
pub use processes::{Job, Process, Stage};

pub struct World {
    pub setup: Setup,
    pub plant: Option<Plant>,
    /// The true time, in milliseconds since 1970.
    pub now: u64,
    pub devices: Vec<Device>,
    pub processes: Vec<Process>,
    pub database: Database,
    /// What the database was after each commit.
    pub past: Vec<Database>,
    /// Whether the database was set back without a word, and not since.
    pub is_unsaid: bool,
    /// From where on in the past it is known that it was.
    pub noticed: usize,
    /// Whose transaction holds the lock of a user: the process.
    pub locks: [Option<usize>; ACCOUNTS],
    pub net: Vec<Message>,
    /// Every request that was ever sent.
    pub sent: Vec<Request>,
    pub ghost: Ghost,
    pub counters: Counters,
    pub fail_next: Option<Failure>,
    /// Whether faults are over.
    pub is_quiet: bool,
    pub violation: Option<Violation>,
    pub trace: Option<Vec<String>>,
    next: u128,
}

/// A step that can be taken.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    Effect(usize),
    Deliver(usize),
    Job(usize, usize),
    Timer(usize),
    GiveUp(usize, RequestId),
}

const START: u64 = 1_770_000_000_000;

impl World {
    pub fn new(plan: &Plan, plant: Option<Plant>) -> Self {
        let mut world = Self {
            setup: plan.setup.clone(),
            plant,
            now: START,
            devices: Vec::new(),
            processes: (0..plan.setup.processes).map(|_| Process { clock: 0, jobs: Vec::new() }).collect(),
            database: Database { users: std::array::from_fn(|_| Arc::new(Tables::new(EpochId(Uuid::nil())))) },
            past: Vec::new(),
            is_unsaid: false,
            noticed: 0,
            locks: [None; ACCOUNTS],
            net: Vec::new(),
            sent: Vec::new(),
            ghost: Ghost::default(),
            counters: Counters::default(),
            fail_next: None,
            is_quiet: false,
            violation: None,
            trace: None,
            next: 1,
        };
        for user in users() {
            let epoch = EpochId(world.fresh());
            world.database.users[user] = Arc::new(Tables::new(epoch));
        }
        world.past.push(world.database.clone());
        for number in 0..plan.setup.devices {
            let ids = [0; ACCOUNTS].map(|_| DeviceId::from(world.fresh()));
            let is_last = number + 1 == plan.setup.devices;
            let mut device = Device::new(ids, usize::from(is_last && plan.setup.second_account));
            device.restart(number as u64, world.now);
            world.devices.push(device);
        }
        world
    }

    pub fn fresh(&mut self) -> Uuid {
        self.next += 1;
        // Ids of operations and marks are spread out, as random ones are.
        Uuid::from_u128((1 << 100) + self.next * 0x9E37_79B9_7F4A_7C15)
    }

    pub fn token(&mut self) -> u64 {
        self.next += 1;
        self.next as u64
    }

    pub fn note(&mut self, what: impl FnOnce() -> String) {
        let now = self.now - START;
        if let Some(trace) = &mut self.trace {
            trace.push(format!("{now:>9} {}", what()));
        }
    }

    pub fn violate(&mut self, violation: Option<Violation>) {
        if self.violation.is_none() {
            self.violation = violation;
        }
    }

    // What people do.

    pub fn edit(&mut self, device: usize, random: &mut Random) {
        let (token, op_time) = (self.token(), self.clock_of(device));
        let mut ids: Vec<OpId> = (0..4).map(|_| OpId(self.fresh())).collect();
        let Some(user) = self.devices[device].account else { return };
        let store = &self.devices[device].stores[user];
        let before = store.view.clone();
        if random.one_in(10)
            && let Some(copy) = check::unresolved(&before, random)
        {
            let mut recorder = Recorder { id: &mut || ids.pop().unwrap(), now_ms: op_time };
            let store = &mut self.devices[device].stores[user];
            let dealt = Change::Dealt { matter: Matter::Conflict(copy.0.0), before: false, after: true };
            let keys = BTreeSet::from([copy.1]);
            let made = store.with_part(keys, BTreeSet::new(), |file| file.record(&[dealt], &mut recorder));
            return self.made(device, user, &before, made.unwrap_or_default());
        }
        let rows = before.to_domain();
        let undo = &mut self.devices[device].undo[user];
        let Some(mut done) = edit::draw(&rows, random, token, undo) else { return };
        if done.is_plain_split {
            done.changes = self.plant.split(done.changes);
            let violation = check::split(&rows, &done.changes);
            self.violate(violation);
        }
        let (keys, series) = check::touched(&done.changes, &before);
        let mut recorder = Recorder { id: &mut || ids.pop().unwrap(), now_ms: op_time };
        let store = &mut self.devices[device].stores[user];
        // What was removed for good comes back under a new id only: such an edit is refused, and never acknowledged.
        let made = store.with_part(keys, series, |file| file.record(&done.changes, &mut recorder)).unwrap_or_default();
        self.made(device, user, &before, made);
    }

    fn made(&mut self, device: usize, user: usize, before: &weekwise_sync::Rows, ops: Vec<OpId>) {
        for op in ops {
            let store = &mut self.devices[device].stores[user];
            let (seq, pending) = store.file.outbox.iter().find(|(_, it)| it.operation.op == op).unwrap();
            let operation = pending.operation.clone();
            self.counters.of_op.insert(op, seq.0);
            let knew = store.known.iter().chain(&store.made).copied().collect();
            store.made.push(op);
            self.ghost.record(user, &operation, before, knew);
            self.note(|| format!("device {device} of account {user} edits: {}", check::brief(&operation)));
        }
        let facts = self.devices[device].stores[user].facts();
        let now = self.now;
        self.devices[device].on(Event::Edited(facts), now);
        self.check_store(device, user);
    }

    pub fn edit_on_web(&mut self, user: usize, random: &mut Random) {
        if self.locks[user].is_some() {
            return;
        }
        let (token, op, mark) = (self.token(), OpId(self.fresh()), Mark(self.fresh()));
        let process = random.below(self.processes.len());
        let now = self.server_clock(process);
        let tables = Arc::clone(&self.database.users[user]);
        let rows = tables.whole();
        let Some(done) = edit::draw(&rows.to_domain(), random, token, &mut Vec::new()) else { return };
        let mut account = weekwise_sync::server::Account::new(tables.head);
        account.rows = rows.clone();
        account.graves = tables.graves.clone();
        account.room = Room::ENDLESS;
        let Ok(Some(operation)) = account.operation_of(&done.changes, op, &DeviceId::web(), now) else { return };
        let written = account.edit(&done.changes, op, DeviceId::web(), now, mark).unwrap();
        self.ghost.record(user, &operation, &rows, tables.taken());
        self.note(|| format!("web of account {user} edits: {}", check::brief(&operation)));
        self.commit(user, written, None);
    }

    /// A later server writes what devices do not know.
    pub fn write_newer(&mut self, user: usize, random: &mut Random) {
        if self.locks[user].is_some() {
            return;
        }
        let (token, op, mark) = (self.token(), OpId(self.fresh()), Mark(self.fresh()));
        let written = check::newer(&self.database.users[user], random, token, (op, mark), self.now as i64);
        self.note(|| format!("a later server writes for account {user}"));
        self.ghost.newer(written.rows.keys());
        self.commit(user, written, None);
    }

    // Clocks.

    pub fn clock_of(&self, device: usize) -> i64 {
        self.now as i64 + self.devices[device].clock
    }

    pub fn server_clock(&self, process: usize) -> i64 {
        self.now as i64 + self.processes[process].clock
    }

    // Steps.

    pub fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        for (number, device) in self.devices.iter().enumerate() {
            if !device.effects.is_empty() {
                steps.push(Step::Effect(number));
            }
            if device.timer.is_some_and(|at| at <= self.now) {
                steps.push(Step::Timer(number));
            }
            let late = device.waiting.iter().filter(|(_, it)| it.until <= self.now);
            steps.extend(late.map(|(request, _)| Step::GiveUp(number, *request)));
        }
        steps.extend((0..self.net.len()).map(Step::Deliver));
        for (number, process) in self.processes.iter().enumerate() {
            for (at, job) in process.jobs.iter().enumerate() {
                if !matches!(job.stage, Stage::Arrived) || self.locks[job.request.user].is_none() {
                    steps.push(Step::Job(number, at));
                }
            }
        }
        steps
    }

    /// When something will happen by itself.
    pub fn next_moment(&self) -> Option<u64> {
        let timers = self.devices.iter().filter_map(|device| device.timer);
        let patience = self.devices.iter().flat_map(|device| device.waiting.values().map(|it| it.until));
        timers.chain(patience).filter(|at| *at > self.now).min()
    }

    pub fn step(&mut self, step: Step, random: &mut Random) {
        match step {
            Step::Effect(device) => self.effect(device),
            Step::Deliver(at) => {
                let message = self.net.remove(at);
                self.deliver(message, random);
            }
            Step::Job(process, at) => self.job(process, at),
            Step::Timer(device) => {
                self.devices[device].timer = None;
                let now = self.now;
                self.devices[device].on(Event::Tick, now);
            }
            Step::GiveUp(device, request) => {
                self.devices[device].waiting.remove(&request);
                let (now, failure) = (self.now, Failure::Unreachable);
                self.devices[device].on(Event::Failed { request, failure }, now);
            }
        }
    }
}

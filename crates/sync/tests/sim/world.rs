//! The world of a run: devices, the network, server processes, the database, and time.

use std::{collections::BTreeSet, sync::Arc};

use uuid::Uuid;
use weekwise_domain::{Change, Matter};
use weekwise_protocol::sync::{DeviceId, EpochId, Mark, OpId, Page, Push, PushReply, Rev};
use weekwise_sync::{
    client::{PageError, Recorder},
    engine::{Apply, Effect, Event, Failure, Moment, RequestId},
    server::{Room, Standing, Written},
};

use crate::{
    check::{self, Violation},
    device::{Device, Waiting},
    edit,
    ghost::{Ghost, users},
    plan::{Plan, Setup},
    plants::{Counters, Plant, Plants},
    random::Random,
    server::{ACCOUNTS, Database, PullQuery, Tables, is_too_large},
};

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

pub struct Process {
    /// How far its clock is off, in milliseconds.
    pub clock: i64,
    pub jobs: Vec<Job>,
}

pub struct Job {
    pub request: Request,
    pub stage: Stage,
}

pub enum Stage {
    Arrived,
    /// The lock is held, and everything is written but not committed.
    Written(Box<Commit>),
    Done(Answer),
}

pub struct Commit {
    what: Committing,
    answer: Answer,
}

enum Committing {
    Push { push: Box<Push>, reply: PushReply, written: Box<Written> },
    Epoch { forked: EpochId, begun: EpochId, after: Rev, heard: Option<EpochId> },
}

#[derive(Debug, Clone)]
pub struct Request {
    pub device: usize,
    pub process: u64,
    pub user: usize,
    pub number: RequestId,
    pub body: Body,
}

#[derive(Debug, Clone)]
pub enum Body {
    Push(Arc<String>),
    Pull(PullQuery),
}

#[derive(Debug, Clone)]
pub enum Answer {
    Pushed(Arc<String>),
    /// The page, and for the checks the snapshot that it was read from.
    Page(Arc<String>, Arc<Tables>),
    Failed(Failure),
}

#[derive(Debug, Clone)]
pub enum Message {
    Request(Request),
    Answer { device: usize, process: u64, number: RequestId, answer: Answer },
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
/// How long a device waits for an answer.
const PATIENCE: u64 = 30_000;

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

    fn effect(&mut self, number: usize) {
        let now = self.now;
        let clock = self.clock_of(number);
        let device = &mut self.devices[number];
        let Some(effect) = device.effects.pop_front() else { return };
        match effect {
            Effect::Notify(_) => {}
            Effect::Schedule { at: Moment(at) } => device.timer = Some(at),
            Effect::Push { request, batch } => {
                let store = device.store().unwrap();
                match store.file.outgoing(batch, clock) {
                    Some((push, sent)) => {
                        let body = Body::Push(Arc::new(serde_json::to_string(&push).unwrap()));
                        device.waiting.insert(request, Waiting { sent: Some(sent), until: now + PATIENCE });
                        self.send(number, request, body);
                    }
                    None => {
                        let facts = store.facts();
                        device.on(Event::Applied(facts), now);
                    }
                }
            }
            Effect::Pull { request } => {
                let store = device.store().unwrap();
                let file = &store.file;
                let query = PullQuery { epoch: file.epoch, since: file.cursor, trail: file.trail.clone() };
                device.waiting.insert(request, Waiting { sent: None, until: now + PATIENCE });
                self.send(number, request, Body::Pull(query));
            }
            Effect::Apply(apply) => self.apply(number, apply),
        }
    }

    fn send(&mut self, number: usize, request: RequestId, body: Body) {
        let device = &self.devices[number];
        let user = device.account.unwrap();
        let request = Request { device: number, process: device.process, user, number: request, body };
        self.sent.push(request.clone());
        self.net.push(Message::Request(request));
    }

    fn apply(&mut self, number: usize, apply: Apply) {
        let now = self.now;
        let plant = self.plant;
        let device = &mut self.devices[number];
        let Some(user) = device.account else { return };
        let store = &mut device.stores[user];
        let mut result = Ok(());
        match apply {
            Apply::Pushed(reply) => {
                // The last push that was answered is the one whose reply this is.
                if let Some(sent) = device.last_sent.take() {
                    plant.pushed(store, &sent, &reply);
                }
            }
            Apply::Page(page) => result = store.pulled(&page),
            Apply::StartOver { epoch, common, fork } => {
                let epoch = epoch.or(store.file.epoch).unwrap();
                plant.start_over(store, epoch, (common, fork));
            }
            Apply::SetAside(reason) => {
                store.with_part(BTreeSet::new(), BTreeSet::new(), |file| file.set_aside(reason));
            }
        }
        let facts = store.facts();
        match result {
            Ok(()) => {
                let snapshot = device.last_snapshot.take();
                let is_complete = device.stores[user].file.is_complete();
                let violation = snapshot.filter(|_| is_complete).and_then(|snapshot| {
                    let store = &mut device.stores[user];
                    store.known.extend(snapshot.taken());
                    check::complete(store, &snapshot)
                });
                device.on(Event::Applied(facts), now);
                self.violate(violation);
            }
            Err(PageError::Mismatch) => {
                let violation = check::mismatch(number, &self.ghost);
                device.on(Event::Mismatched, now);
                self.violate(violation);
            }
            Err(_) => device.on(Event::NotApplied, now),
        }
        self.check_store(number, user);
    }

    fn check_store(&mut self, number: usize, user: usize) {
        let violation = check::store(&self.devices[number].stores[user], &self.ghost);
        self.violate(violation.map(|it| it.on(format!("device {number}, account {user}"))));
    }

    fn deliver(&mut self, message: Message, random: &mut Random) {
        match message {
            Message::Request(request) => {
                if self.devices[request.device].online {
                    let process = random.below(self.processes.len());
                    self.processes[process].jobs.push(Job { request, stage: Stage::Arrived });
                }
            }
            Message::Answer { device: number, process, number: request, answer } => {
                let now = self.now;
                let device = &mut self.devices[number];
                if !device.online || device.process != process {
                    return;
                }
                let waiting = device.waiting.remove(&request);
                let event = match answer {
                    Answer::Failed(failure) => Event::Failed { request, failure },
                    Answer::Pushed(text) => {
                        if let Some(sent) = waiting.and_then(|it| it.sent) {
                            device.last_sent = Some(sent);
                        }
                        Event::Pushed { request, reply: serde_json::from_str(&text).unwrap() }
                    }
                    Answer::Page(text, snapshot) => {
                        if waiting.is_some() {
                            device.last_snapshot = Some(snapshot);
                        }
                        Event::Pulled { request, page: serde_json::from_str(&text).unwrap() }
                    }
                };
                device.on(event, now);
            }
        }
    }

    // The server.

    fn job(&mut self, process: usize, at: usize) {
        let job = &mut self.processes[process].jobs[at];
        match std::mem::replace(&mut job.stage, Stage::Arrived) {
            Stage::Done(answer) => {
                let Request { device, process: of, number, .. } = self.processes[process].jobs.remove(at).request;
                self.net.push(Message::Answer { device, process: of, number, answer });
            }
            Stage::Written(commit) => {
                let user = job.request.user;
                job.stage = Stage::Done(commit.answer.clone());
                self.locks[user] = None;
                self.commit_job(user, *commit);
            }
            Stage::Arrived => {
                let request = job.request.clone();
                let stage = self.serve(process, &request);
                self.processes[process].jobs[at].stage = stage;
            }
        }
    }

    fn serve(&mut self, process: usize, request: &Request) -> Stage {
        let failed = |failure| Stage::Done(Answer::Failed(failure));
        if let Some(failure) = self.fail_next.take() {
            return failed(failure);
        }
        let user = request.user;
        let tables = Arc::clone(&self.database.users[user]);
        let resync = |of: EpochId, common: Rev, is_here: bool| {
            let fork = tables.epochs.get(&of).copied().flatten().filter(|_| is_here);
            failed(Failure::Resync { epoch: tables.head.epoch, common, fork })
        };
        match &request.body {
            Body::Pull(query) => {
                let epoch = query.epoch.unwrap_or(tables.head.epoch);
                let standing = tables.standing(epoch, &query.trail);
                match standing {
                    Standing::Earlier { common, is_here } => resync(epoch, common, is_here),
                    Standing::Forked { epoch, common } => self.begin_epoch(process, user, (epoch, common), query.epoch),
                    Standing::Here => {
                        let page: Page = self.plant.page(&tables, query.since, self.setup.page);
                        let text = Arc::new(serde_json::to_string(&page).unwrap());
                        Stage::Done(Answer::Page(text, tables))
                    }
                }
            }
            Body::Push(text) => {
                let push: Box<Push> = serde_json::from_str(text).unwrap();
                match tables.standing(push.epoch, &push.trail) {
                    Standing::Earlier { common, is_here } => return resync(push.epoch, common, is_here),
                    Standing::Forked { epoch, common } => {
                        return self.begin_epoch(process, user, (epoch, common), Some(push.epoch));
                    }
                    Standing::Here => {}
                }
                if is_too_large(&push, self.setup.max_ops) {
                    return failed(Failure::TooLarge);
                }
                if check::is_poisonous(&push, &self.counters, self.setup.poison) {
                    return failed(Failure::Broken);
                }
                let (received, rows) = (self.server_clock(process), self.setup.rows);
                let mark = Mark(self.fresh());
                let (reply, written) =
                    self.plant.push_to(&tables, &push, (received, mark), rows, user, &mut self.counters);
                let violation = check::estimates(&tables, &push, &written, received);
                self.violate(violation);
                let answer = Answer::Pushed(Arc::new(serde_json::to_string(&reply).unwrap()));
                self.locks[user] = Some(process);
                let written = Box::new(written);
                Stage::Written(Box::new(Commit { what: Committing::Push { push, reply, written }, answer }))
            }
        }
    }

    /// The revisions since were given out twice: they belong to a new epoch.
    fn begin_epoch(
        &mut self,
        process: usize,
        user: usize,
        (forked, after): (EpochId, Rev),
        heard: Option<EpochId>,
    ) -> Stage {
        let begun = EpochId(self.fresh());
        self.locks[user] = Some(process);
        let answer = Answer::Failed(Failure::Resync { epoch: begun, common: after, fork: None });
        Stage::Written(Box::new(Commit { what: Committing::Epoch { forked, begun, after, heard }, answer }))
    }

    fn commit_job(&mut self, user: usize, Commit { what, .. }: Commit) {
        match what {
            Committing::Epoch { forked, begun: epoch, after, heard } => {
                let mut tables = Tables::clone(&self.database.users[user]);
                tables.fork(forked, epoch, after, heard);
                self.note(|| format!("account {user} begins epoch {epoch}, forked after {after}"));
                self.database.users[user] = Arc::new(tables);
                self.past.push(self.database.clone());
            }
            Committing::Push { push, reply, written } => {
                self.note(|| format!("account {user} commits: {}", check::brief_reply(&reply)));
                let before = Arc::clone(&self.database.users[user]);
                self.commit(user, *written, Some(&push.device_id));
                let after = &self.database.users[user];
                let violation = check::push(&before, after, &push, &reply, &self.ghost);
                self.violate(violation.map(|it| it.on(format!("account {user}"))));
            }
        }
    }

    fn commit(&mut self, user: usize, written: Written, device: Option<&DeviceId>) {
        let before = Arc::clone(&self.database.users[user]);
        let mut tables = Tables::clone(&before);
        written.operations.iter().for_each(|new| self.ghost.judged(new));
        tables.write(written, device);
        let changed = check::brief_rows(&before, &tables);
        self.note(|| format!("account {user} writes {changed}"));
        let violation = check::tables(&before, &tables, user, &self.ghost);
        self.violate(violation.map(|it| it.on(format!("account {user}"))));
        self.database.users[user] = Arc::new(tables);
        self.past.push(self.database.clone());
    }
}

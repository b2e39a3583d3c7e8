//! The devices' side of the network: what they send, what reaches them, and what they do about it.

use std::{collections::BTreeSet, sync::Arc};

use weekwise_sync::{
    client::PageError,
    engine::{Apply, Effect, Event, Failure, Moment, RequestId},
};

use super::{Job, Stage, World};
use crate::{
    check,
    device::Waiting,
    plants::Plants,
    random::Random,
    server::{PullQuery, Tables},
};

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

/// How long a device waits for an answer.
const PATIENCE: u64 = 30_000;

impl World {
    pub(super) fn effect(&mut self, number: usize) {
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

    pub(super) fn check_store(&mut self, number: usize, user: usize) {
        let violation = check::store(&self.devices[number].stores[user], &self.ghost);
        self.violate(violation.map(|it| it.on(format!("device {number}, account {user}"))));
    }

    pub(super) fn deliver(&mut self, message: Message, random: &mut Random) {
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
}

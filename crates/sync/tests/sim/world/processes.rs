//! The processes of the server: each serves requests, in transactions on the one database.

use std::sync::Arc;

use weekwise_protocol::sync::{DeviceId, EpochId, Mark, Page, Push, PushReply, Rev};
use weekwise_sync::{
    engine::Failure,
    server::{Standing, Written},
};

use super::{Answer, Body, Message, Request, World};
use crate::{
    check,
    plants::Plants,
    server::{Tables, is_too_large},
};

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

impl World {
    pub(super) fn job(&mut self, process: usize, at: usize) {
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
                self.ghost.kept(&push.held, &reply.held);
                self.commit(user, *written, Some(&push.device_id));
                let after = &self.database.users[user];
                let violation = check::push(&before, after, &push, &reply, &self.ghost);
                self.violate(violation.map(|it| it.on(format!("account {user}"))));
            }
        }
    }

    pub(super) fn commit(&mut self, user: usize, written: Written, device: Option<&DeviceId>) {
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

//! Ten bugs, planted between the parts: what goes in or comes out of the real functions is spoilt as a server or a device
//! with that bug would spoil it. The program itself has no switch for any of them. See docs/decisions/ for why.

use std::collections::{BTreeMap, BTreeSet};

use weekwise_domain::{Change, ExceptionKey};
use weekwise_protocol::sync::{
    EpochId, Fork, Mark, OpId, OpReply, Operation, Outcome, Page, Point, Push, PushReply, Rev, Row, RowKey,
};
use weekwise_sync::{
    client::Sent,
    server::{Account, Fingerprint, Written, page},
};

use crate::{server::Tables, store::Store};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plant {
    /// The server says of some operations that they are applied, and applies them not.
    DroppedOp,
    /// A page leaves a row out, as a cursor over a sequence does while an earlier transaction is still open.
    CursorGap,
    /// The server takes the device's clock for the time of an edit.
    ClockTrust,
    /// What loses is not kept.
    LostConflictCopy,
    /// The server knows operations by the device and a counter, which a copied profile has twice.
    DedupeByCounter,
    /// The base is compared with the revision of the row, not of the register.
    BasePerRow,
    /// An operation leaves the view when the server has it, not when it was pulled.
    DroppedFromView,
    /// After a restore, a device holds out its rows, but not what was removed for good.
    TombstoneNotReasserted,
    /// A split gives the new segment a series of its own, and takes the exceptions along.
    SplitMovesExceptions,
    /// The last write of an edit of several rows is forgotten.
    HalfApplied,
}

impl Plant {
    pub const ALL: [Self; 10] = [
        Self::DroppedOp,
        Self::CursorGap,
        Self::ClockTrust,
        Self::LostConflictCopy,
        Self::DedupeByCounter,
        Self::BasePerRow,
        Self::DroppedFromView,
        Self::TombstoneNotReasserted,
        Self::SplitMovesExceptions,
        Self::HalfApplied,
    ];
}

/// The counters by which [`Plant::DedupeByCounter`] knows operations.
#[derive(Debug, Clone, Default)]
pub struct Counters {
    /// The place of each operation in its device's outbox.
    pub of_op: BTreeMap<OpId, u64>,
    pub taken: BTreeMap<(usize, String, u64), OpId>,
}

/// The parts as they are, or with a bug.
pub trait Plants {
    fn push(&self, account: Account, push: &Push, at: (i64, Mark)) -> (PushReply, Written);
    fn push_to(
        &self,
        tables: &Tables,
        push: &Push,
        at: (i64, Mark),
        rows: i64,
        user: usize,
        counters: &mut Counters,
    ) -> (PushReply, Written);
    fn page(&self, tables: &Tables, since: Rev, limit: usize) -> Page;
    fn pushed(&self, store: &mut Store, sent: &Sent, reply: &PushReply);
    fn start_over(&self, store: &mut Store, epoch: EpochId, common_and_fork: (Rev, Option<Fork>));
    fn split(&self, changes: Vec<Change>) -> Vec<Change>;
}

impl Plants for Option<Plant> {
    fn push(&self, account: Account, push: &Push, at: (i64, Mark)) -> (PushReply, Written) {
        match self {
            Some(Plant::DroppedOp) => {
                let is_dropped = |op: &OpId| op.0.as_u128().is_multiple_of(4);
                without(account, push, at, |account, op| is_dropped(&op.op) && !account.operations.contains_key(&op.op))
            }
            Some(Plant::BasePerRow) => spoilt(account, push, at, |account, op| {
                for write in &mut op.writes {
                    let Some(row) = account.rows.get(&write.register.row) else { continue };
                    let Some(base) = &write.base else { continue };
                    let base_rev = base.version.rev_in(account.head.epoch);
                    let is_own =
                        row.registers.values().any(|it| Some(it.stamp.op) == base.op && it.stamp.rev == row.rev);
                    if row.rev > base_rev && !is_own {
                        write.base = None;
                    }
                }
            }),
            Some(Plant::HalfApplied) => spoilt(account, push, at, |_, op| {
                let rows: BTreeSet<_> = op.writes.iter().map(|write| write.register.row.clone()).collect();
                if rows.len() > 1 {
                    let last = op.writes.last().unwrap().register.row.clone();
                    op.writes.retain(|write| write.register.row != last);
                }
            }),
            Some(Plant::LostConflictCopy) => without_copies(account, push, at),
            _ => account.push(push, at.0, at.1),
        }
    }

    fn push_to(
        &self,
        tables: &Tables,
        push: &Push,
        at: (i64, Mark),
        rows: i64,
        user: usize,
        counters: &mut Counters,
    ) -> (PushReply, Written) {
        match self {
            Some(Plant::ClockTrust) => trusting_the_clock(tables, push, at, rows),
            Some(Plant::DedupeByCounter) => {
                let mut is_taken = Vec::new();
                for body in &push.ops {
                    let op: Operation = serde_json::from_value(body.clone()).unwrap();
                    let counter = counters.of_op.get(&op.op).copied().unwrap_or_default();
                    let key = (user, push.device_id.to_string(), counter);
                    is_taken.push(*counters.taken.entry(key).or_insert(op.op) != op.op);
                }
                let mut is_taken = is_taken.into_iter();
                let mut rest = push.clone();
                let mut dropped = Vec::new();
                rest.ops.retain(|_| {
                    dropped.push(is_taken.next().unwrap());
                    !dropped.last().unwrap()
                });
                let (reply, written) = tables.push(&rest, at, rows, None);
                (with_replies(reply, push, &dropped), written)
            }
            plant => tables.push(push, at, rows, *plant),
        }
    }

    fn page(&self, tables: &Tables, since: Rev, limit: usize) -> Page {
        let mut rows: Vec<(Row, Mark)> = tables.after(since);
        if *self == Some(Plant::CursorGap) && rows.len() > 2 && tables.head.rev.0 % 5 == 0 {
            rows.remove(0);
        }
        tables.with_trail(page(&tables.head, since, rows, limit))
    }

    fn pushed(&self, store: &mut Store, sent: &Sent, reply: &PushReply) {
        store.with_part(BTreeSet::new(), BTreeSet::new(), |file| file.pushed(sent, reply));
        if *self == Some(Plant::DroppedFromView) {
            store.file.outbox.retain(|_, it| it.through.is_none());
            store.view = store.file.view();
        }
    }

    fn start_over(&self, store: &mut Store, epoch: EpochId, (common, fork): (Rev, Option<Fork>)) {
        store.with_whole(|file| file.start_over(epoch, common, fork));
        if *self == Some(Plant::TombstoneNotReasserted) {
            store.file.held.retain(|_, it| !matches!(it.row.key, RowKey::Tombstone(_)));
            store.view = store.file.view();
        }
    }

    fn split(&self, changes: Vec<Change>) -> Vec<Change> {
        if *self != Some(Plant::SplitMovesExceptions) {
            return changes;
        }
        let made = changes.iter().find_map(|change| match change {
            Change::Schedule { before: None, after: Some(row), .. } => Some((**row).clone()),
            _ => None,
        });
        let Some(made) = made else { return changes };
        let mut spoilt = Vec::new();
        for change in changes {
            match change {
                Change::Schedule { id, before: None, after: Some(mut row) } => {
                    row.pattern.series_id = id.into();
                    spoilt.push(Change::Schedule { id, before: None, after: Some(row) });
                }
                Change::Exception { key, before, after } if key.date >= made.pattern.validity.from => {
                    let key = ExceptionKey { series_id: made.id.into(), ..key };
                    spoilt.push(Change::Exception { key, before, after });
                }
                other => spoilt.push(other),
            }
        }
        spoilt
    }
}

/// Judges with each operation that is new spoilt; it is remembered as it came.
fn spoilt(
    account: Account,
    push: &Push,
    at: (i64, Mark),
    spoil: impl Fn(&Account, &mut Operation),
) -> (PushReply, Written) {
    let mut bad = push.clone();
    for body in &mut bad.ops {
        let mut op: Operation = serde_json::from_value(body.clone()).unwrap();
        if !account.operations.contains_key(&op.op) {
            spoil(&account, &mut op);
            *body = serde_json::to_value(&op).unwrap();
        }
    }
    let (reply, mut written) = account.push(&bad, at.0, at.1);
    for body in &push.ops {
        let op: Operation = serde_json::from_value(body.clone()).unwrap();
        for new in written.operations.iter_mut().filter(|new| new.op == op.op) {
            new.known.fingerprint = Fingerprint::of(body);
        }
    }
    (reply, written)
}

fn without(
    account: Account,
    push: &Push,
    at: (i64, Mark),
    is_dropped: impl Fn(&Account, &Operation) -> bool,
) -> (PushReply, Written) {
    let mut rest = push.clone();
    let mut dropped = Vec::new();
    rest.ops.retain(|body| {
        let op: Operation = serde_json::from_value(body.clone()).unwrap();
        dropped.push(is_dropped(&account, &op));
        !dropped.last().unwrap()
    });
    let (reply, written) = account.push(&rest, at.0, at.1);
    (with_replies(reply, push, &dropped), written)
}

/// The reply with "applied" for what was dropped.
fn with_replies(mut reply: PushReply, push: &Push, dropped: &[bool]) -> PushReply {
    let mut answers = std::mem::take(&mut reply.ops).into_iter();
    for (body, dropped) in push.ops.iter().zip(dropped) {
        let op: Operation = serde_json::from_value(body.clone()).unwrap();
        let outcome = Outcome::Applied { rev: reply.head.rev, also: Vec::new() };
        let lie = OpReply { op: Some(op.op), outcome };
        reply.ops.push(if *dropped { lie } else { answers.next().unwrap() });
    }
    reply
}

fn without_copies(account: Account, push: &Push, at: (i64, Mark)) -> (PushReply, Written) {
    let old_head = account.head;
    let (mut reply, mut written) = account.push(push, at.0, at.1);
    let copies: Vec<_> = written.new_copies().map(RowKey::ConflictCopy).collect();
    for key in copies {
        if let Some(Some(row)) = written.rows.remove(&key) {
            written.head.sum.remove(&key, row.rev);
        }
    }
    let last = written.rows.values().flatten().map(|row| row.rev).max();
    written.head.rev = last.unwrap_or(old_head.rev).max(old_head.rev);
    if written.head.rev == old_head.rev {
        written.head.mark = old_head.mark;
    }
    reply.head = Point { rev: written.head.rev, mark: written.head.mark };
    (reply, written)
}

/// One operation after the other, each as if it had been received when its device's clock says that it was made.
fn trusting_the_clock(tables: &Tables, push: &Push, at: (i64, Mark), rows: i64) -> (PushReply, Written) {
    let mut scratch = tables.clone();
    let (mut reply, mut all) = tables.push(&Push { ops: Vec::new(), ..push.clone() }, at, rows, None);
    scratch.write(all.clone(), Some(&push.device_id));
    for body in &push.ops {
        let op: Operation = serde_json::from_value(body.clone()).unwrap();
        let one = Push { held: Vec::new(), ops: vec![body.clone()], device_now_ms: op.edited_at_ms, ..push.clone() };
        scratch.clocks.remove(&push.device_id);
        let (its_reply, its) = scratch.push(&one, (op.edited_at_ms, at.1), rows, None);
        scratch.write(its.clone(), Some(&push.device_id));
        reply.ops.extend(its_reply.ops);
        reply.head = its_reply.head;
        all = Written {
            head: its.head,
            rows: all.rows.into_iter().chain(its.rows).collect(),
            graves: all.graves.into_iter().chain(its.graves).collect(),
            operations: all.operations.into_iter().chain(its.operations).collect(),
            clock: all.clock,
        };
    }
    (reply, all)
}

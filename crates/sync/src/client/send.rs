//! What to push, and what the reply comes to.

use std::collections::BTreeSet;

use weekwise_protocol::sync::{EpochId, HeldOutcome, MAX_PUSH_BYTES, OpId, Outcome, PROTO, Push, PushReply, Reason};

use super::{File, Held, HeldId, Pending, Rejected, Seq, touched::Touched};

/// How much to push at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batch {
    /// At most so many operations, or held rows.
    pub most: usize,
}

/// What was pushed: needed to understand the reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The history that the file had pulled.
    pub epoch: EpochId,
    /// The held rows.
    pub held: Vec<HeldId>,
    /// The operations.
    pub ops: Vec<Seq>,
}

/// Room for the rest of a push beside its operations and rows.
const ENVELOPE_BYTES: usize = 4 * 1024;

impl File {
    /// What to push next; none if there is nothing, or no page was pulled yet. What is left of it counts for `pending_after`. Held rows go first: what is pending may
    /// be written on top of them.
    pub fn outgoing(&self, batch: Batch, now_ms: i64) -> Option<(Push, Sent)> {
        let epoch = self.epoch?;
        let mut sent = Sent { epoch, held: Vec::new(), ops: Vec::new() };
        let (mut held, mut ops, mut bytes) = (Vec::new(), Vec::new(), ENVELOPE_BYTES);
        let mut fits = |size: usize, is_first: bool| {
            bytes += size;
            is_first || bytes <= MAX_PUSH_BYTES
        };
        for (id, row) in self.unkept() {
            let size = serde_json::to_string(&row.row).map_or(0, |text| text.len());
            if held.len() == batch.most || !fits(size, held.is_empty()) {
                break;
            }
            held.push(row.row.clone());
            sent.held.push(id);
        }
        let waits = self.unsent().count();
        if held.len() == self.unkept().count() && held.len() < batch.most {
            for (seq, pending) in self.unsent() {
                let body = serde_json::to_value(&pending.operation).ok()?;
                let is_first = held.is_empty() && ops.is_empty();
                if held.len() + ops.len() == batch.most || !fits(body.to_string().len(), is_first) {
                    break;
                }
                ops.push(body);
                sent.ops.push(seq);
            }
        }
        if held.is_empty() && ops.is_empty() {
            return None;
        }
        let pending_after = u64::try_from(waits - ops.len()).unwrap_or(u64::MAX);
        let (proto, trail, device_id) = (PROTO, self.trail.clone(), self.device.clone());
        // How it is called is known to whoever sends this.
        let (device_now_ms, device_name) = (now_ms, None);
        Some((Push { proto, epoch, trail, device_id, device_name, device_now_ms, pending_after, held, ops }, sent))
    }

    /// Takes a reply in. What the server has stays in the view until it is pulled; what it rejects moves to the rejected ones.
    pub fn pushed(&mut self, sent: &Sent, reply: &PushReply) {
        let is_ours = self.epoch == Some(reply.epoch) && sent.epoch == reply.epoch;
        if !is_ours || reply.held.len() != sent.held.len() || reply.ops.len() != sent.ops.len() {
            return;
        }
        self.reach(reply.head);
        let mut touched = Touched::default();
        for (id, answer) in sent.held.iter().zip(&reply.held) {
            let Some(held) = self.held.get(id).cloned() else { continue };
            match &answer.outcome {
                HeldOutcome::Kept => self.put_held(*id, Held { through: Some(reply.head.rev), ..held }),
                HeldOutcome::Rejected { reason } => {
                    touched.row(&held.row);
                    self.remove_held(*id);
                    self.changes.rejected.push(Rejected::Held { row: held.row, reason: reason.clone() });
                }
            }
        }
        for (seq, answer) in sent.ops.iter().zip(&reply.ops) {
            let Some(pending) = self.outbox.get(seq).cloned() else { continue };
            match &answer.outcome {
                Outcome::Applied { .. } | Outcome::Superseded { .. } => {
                    self.put_pending(*seq, Pending { through: Some(reply.head.rev), ..pending });
                }
                Outcome::Rejected { reason } => self.reject(*seq, reason.clone(), &mut touched),
            }
        }
        self.show(touched);
    }

    /// Sets the first operation that the server does not have aside, as rejected, and those that need it.
    pub fn set_aside(&mut self, reason: Reason) {
        let Some(first) = self.unsent().next().map(|(seq, _)| seq) else { return };
        let mut touched = Touched::default();
        let mut needed: BTreeSet<OpId> = self.outbox.get(&first).map(|it| it.operation.op).into_iter().collect();
        self.reject(first, reason, &mut touched);
        let later: Vec<Seq> = self.outbox.keys().copied().filter(|seq| *seq > first).collect();
        for seq in later {
            let Some(operation) = self.outbox.get(&seq).filter(|it| it.through.is_none()).map(|it| &it.operation)
            else {
                continue;
            };
            let bases = operation.writes.iter().filter_map(|write| write.base.as_ref()?.op);
            if let Some(op) = bases.into_iter().find(|base| needed.contains(base)) {
                needed.insert(operation.op);
                self.reject(seq, Reason::DependsOn { op }, &mut touched);
            }
        }
        self.show(touched);
    }

    fn reject(&mut self, seq: Seq, reason: Reason, touched: &mut Touched) {
        if let Some(Pending { operation, .. }) = self.remove_pending(seq) {
            touched.operation(&operation);
            self.changes.rejected.push(Rejected::Operation { operation, reason });
        }
    }
}

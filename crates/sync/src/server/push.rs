//! A push as a whole.

use serde_json::Value as Json;
use weekwise_domain::Change;
use weekwise_protocol::sync::{
    CopyId, DeviceId, HeldReply, Mark, OpId, OpReply, Operation, Outcome, Point, Push, PushReply, Reason, Rev, RowKey,
    Slot, Value, Version,
};

use super::{Account, Fingerprint, Known, NewOperation, Written, judge::Verdict, lost::Writer};
use crate::client::{File, RecordError};

impl Account {
    /// Judges a push that was received at `received_ms` (milliseconds since 1970, by the server's clock), and says what is to
    /// be written and answered. The account must hold what [`Needs`](super::Needs) names, and what the device has reached must
    /// have been found to be [`Here`](super::Standing::Here). `mark` is a new one, for the revisions that are given out.
    pub fn push(mut self, push: &Push, received_ms: i64, mark: Mark) -> (PushReply, Written) {
        let before = self.head.rev;
        let held = push.held.iter().flat_map(|row| row.registers.values());
        self.held_ops = held.map(|register| register.stamp.op).collect();
        let in_trash = push.held.iter().filter(|row| row.value(&Slot::Active) == Some(&Value::Active(false)));
        let ids = in_trash.filter_map(|row| match row.key {
            RowKey::Schedule(id) => Some(id),
            _ => None,
        });
        self.held_in_trash = ids.collect();
        let held = push.held.iter().map(|row| HeldReply { outcome: self.keep(row, received_ms) }).collect();
        let mut ops = Vec::new();
        for body in &push.ops {
            ops.push(self.operation(push, body, received_ms));
        }
        if push.pending_after == 0 {
            self.clock.drained_at_ms = self.clock.drained_at_ms.max(Some(received_ms));
        }
        let head = self.end(before, mark);
        let reply = PushReply { epoch: self.head.epoch, head, held, ops };
        (reply, self.into_written())
    }

    /// Does an edit that the server makes itself, for a call of the web client: an operation with current bases, which
    /// cannot lose. The account must hold what the edit changes, and where it is about a series, all of it.
    ///
    /// # Errors
    /// [`RecordError`]; nothing is to be written then.
    pub fn edit(
        mut self,
        changes: &[Change],
        op: OpId,
        by: DeviceId,
        now_ms: i64,
        mark: Mark,
    ) -> Result<Written, RecordError> {
        let before = self.head.rev;
        if let Some(operation) = self.operation_of(changes, op, &by, now_ms)? {
            let body = serde_json::to_value(&operation).unwrap_or(Json::Null);
            let writer = Writer { op: operation.op, at: now_ms, by: by.clone() };
            self.new_operation(&operation, writer, Fingerprint::of(&body));
        }
        self.end(before, mark);
        Ok(self.into_written())
    }

    /// The operation that an edit on the rows as they are comes to; none if it changes nothing that is kept here.
    ///
    /// # Errors
    /// [`RecordError`].
    pub fn operation_of(
        &self,
        changes: &[Change],
        op: OpId,
        by: &DeviceId,
        now_ms: i64,
    ) -> Result<Option<Operation>, RecordError> {
        let mut file = File::new(by.clone());
        file.epoch = Some(self.head.epoch);
        file.cursor = self.head.rev;
        file.known = Version::at(self.head.epoch, self.head.rev);
        file.base = self.rows.clone();
        file.record_whole(changes, op, now_ms)
    }

    /// Ends what began at `before`.
    fn end(&mut self, before: Rev, mark: Mark) -> Point {
        if self.head.rev > before {
            self.head.mark = Some(mark);
        }
        Point { rev: self.head.rev, mark: self.head.mark }
    }

    fn operation(&mut self, push: &Push, body: &Json, received_ms: i64) -> OpReply {
        let op = match serde_json::from_value::<Operation>(body.clone()) {
            Ok(op) => op,
            Err(error) => return self.unreadable(push, body, &error, received_ms),
        };
        let fingerprint = Fingerprint::of(body);
        if let Some(known) = self.operations.get(&op.op) {
            let is_same = known.fingerprint == fingerprint;
            let outcome = if is_same { known.outcome.clone() } else { Outcome::Rejected { reason: Reason::IdReused } };
            return OpReply { op: Some(op.op), outcome };
        }
        let at = self.clock.estimate(received_ms, push.device_now_ms, op.edited_at_ms);
        let writer = Writer { op: op.op, at, by: push.device_id.clone() };
        OpReply { op: Some(op.op), outcome: self.new_operation(&op, writer, fingerprint) }
    }

    /// One that cannot be read is remembered too, if it says who it is: others may need it.
    fn unreadable(&mut self, push: &Push, body: &Json, error: &serde_json::Error, received_ms: i64) -> OpReply {
        let outcome = Outcome::Rejected { reason: Reason::malformed(error) };
        let op = body.get("op").and_then(|op| serde_json::from_value::<OpId>(op.clone()).ok());
        if let Some(op) = op.filter(|op| !self.operations.contains_key(op)) {
            let known = Known { fingerprint: Fingerprint::of(body), outcome: outcome.clone(), saw: Vec::new() };
            self.operations.insert(op, known.clone());
            let by = push.device_id.clone();
            self.recorded.push(NewOperation { op, by, at: received_ms, revs: None, known });
        }
        OpReply { op, outcome }
    }

    fn new_operation(&mut self, op: &Operation, writer: Writer, fingerprint: Fingerprint) -> Outcome {
        let before = self.head.rev;
        let (outcome, saw) = match self.judge(op, &writer) {
            Verdict::Reject(reason) => (Outcome::Rejected { reason }, Vec::new()),
            Verdict::Supersede { by, copies, saw } => {
                self.write_copies(copies, &writer);
                (Outcome::Superseded { by, rev: self.head.rev }, saw)
            }
            Verdict::Apply { draft, saw } => match self.write(draft) {
                Ok(also) => {
                    let met_at = saw.iter().map(|(_, rev)| *rev).max().unwrap_or(Rev::ZERO);
                    let rev = if self.head.rev > before { self.head.rev } else { met_at };
                    (Outcome::Applied { rev, also }, saw)
                }
                Err(reason) => (Outcome::Rejected { reason }, Vec::new()),
            },
        };
        let known = Known { fingerprint, outcome: outcome.clone(), saw };
        self.operations.insert(op.op, known.clone());
        let revs = (self.head.rev > before).then(|| before.next().0..=self.head.rev.0);
        self.recorded.push(NewOperation { op: op.op, by: writer.by, at: writer.at, revs, known });
        outcome
    }
}

impl Written {
    /// The conflict copies that are new. Their ids follow from what lost; so after a restore one may be there already. Where
    /// one is, it is to be loaded with the rest, and the push to be judged again.
    pub fn new_copies(&self) -> impl Iterator<Item = CopyId> {
        self.rows.iter().filter_map(|(key, row)| match (key, row) {
            (RowKey::ConflictCopy(id), Some(row)) if row.registers.values().all(|it| it.stamp.rev == row.rev) => {
                Some(*id)
            }
            _ => None,
        })
    }
}

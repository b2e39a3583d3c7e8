//! Small things that the world asks.

use std::collections::BTreeSet;

use serde_json::json;
use uuid::Uuid;
use weekwise_domain::{Change, SeriesId};
use weekwise_protocol::sync::{
    CopyId, DeviceId, Mark, OpId, Operation, Outcome, Push, PushReply, Register, Rev, Row, RowKey, Slot, Stamp, Value,
    Version,
};
use weekwise_sync::{
    Rows,
    server::{Account, Written},
};

use crate::{plants::Counters, random::Random, server::Tables};

/// The rows and series that changes are about.
pub fn touched(changes: &[Change], view: &Rows) -> (BTreeSet<RowKey>, BTreeSet<SeriesId>) {
    let (mut keys, mut series) = (BTreeSet::new(), BTreeSet::new());
    for change in changes {
        match change {
            Change::Schedule { id, before, after } => {
                keys.extend([RowKey::Schedule(*id), RowKey::Tombstone(*id)]);
                series.extend([before, after].into_iter().flatten().map(|row| row.pattern.series_id));
                series.extend(view.pattern(*id).map(|it| it.pattern.series_id));
            }
            Change::Pattern { id, before, after } => {
                keys.insert((*id).into());
                series.extend([before.series_id, after.series_id]);
            }
            Change::Details { id, .. } | Change::Active { id, .. } => {
                keys.insert((*id).into());
                series.extend(view.pattern(*id).map(|it| it.pattern.series_id));
            }
            Change::Exception { key, .. } => {
                keys.insert((*key).into());
                series.insert(key.series_id);
            }
            Change::Setting { after, .. } => {
                let name = json!(after)["name"].as_str().unwrap().to_owned();
                keys.insert(RowKey::Setting(name));
            }
            Change::Dealt { .. } => unreachable!("no edit of the week deals with what was told"),
        }
    }
    (keys, series)
}

/// A conflict copy that nobody has dealt with.
pub fn unresolved(view: &Rows, random: &mut Random) -> Option<(CopyId, RowKey)> {
    let open: Vec<_> = view
        .iter()
        .filter(|row| row.value(&Slot::Resolved) == Some(&Value::Resolved(false)))
        .filter_map(|row| match row.key {
            RowKey::ConflictCopy(id) => Some((id, row.key.clone())),
            _ => None,
        })
        .collect();
    random.pick(&open).cloned()
}

pub fn is_poisonous(push: &Push, counters: &Counters, every: u64) -> bool {
    let number = |body: &serde_json::Value| {
        let op: OpId = serde_json::from_value(body["op"].clone()).unwrap();
        counters.of_op.get(&op).copied().unwrap_or(1)
    };
    every > 0 && push.ops.iter().any(|body| number(body) % every == 0)
}

/// What a later server writes: a row of a new kind, or a new field of a schedule's details.
pub fn newer(tables: &Tables, random: &mut Random, token: u64, (op, mark): (OpId, Mark), now: i64) -> Written {
    let rev = tables.head.rev.next();
    let stamp = Stamp { rev, version: Version::at(tables.head.epoch, rev), op, at: now, by: DeviceId::web() };
    let schedules: Vec<&Row> =
        tables.rows.values().map(|row| &**row).filter(|row| matches!(row.key, RowKey::Schedule(_))).collect();
    let row = match random.pick(&schedules).filter(|_| random.one_in(2)) {
        Some(row) => {
            let mut row = (*row).clone();
            row.rev = rev;
            let details = row.registers.get_mut(&Slot::Details).unwrap();
            if let Value::Details(fields) = &mut details.value {
                fields.extra.insert("icon".to_owned(), json!(format!("i{token}")));
            }
            let mut version = details.stamp.version.clone();
            version.set(tables.head.epoch, rev);
            details.stamp = Stamp { version, ..stamp };
            row
        }
        None => {
            let key = RowKey::Other { kind: "tag".to_owned(), key: Uuid::from_u128(u128::from(token) % 4).to_string() };
            let register = Register { value: Value::Other(json!({ "name": format!("n{token}") })), stamp };
            Row { key, rev, registers: [(Slot::Other("name".to_owned()), register)].into() }
        }
    };
    let mut written = Account::new(tables.head).into_written();
    if let Some(old) = tables.rows.get(&row.key) {
        written.head.sum.remove(&row.key, old.rev);
    }
    written.head.sum.add(&row.key, rev);
    (written.head.rev, written.head.mark) = (rev, Some(mark));
    written.rows.insert(row.key.clone(), Some(row));
    written
}

pub fn brief(op: &Operation) -> String {
    let writes = op.writes.iter().map(|write| {
        let base = write.base.as_ref().map(|base| {
            let revs: Vec<Rev> = base.version.iter().map(|(_, rev)| rev).collect();
            format!(" on {revs:?}/{}", base.op.map_or(String::new(), |op| short(op.0)))
        });
        let flag = if write.in_trash { " in trash" } else { "" };
        format!("{}{}{flag} := {}", write.register, base.unwrap_or_default(), write.value)
    });
    format!("{} {{{}}}", short(op.op.0), writes.collect::<Vec<_>>().join("; "))
}

pub fn brief_rows(before: &Tables, after: &Tables) -> String {
    let changed = after.rows.values().filter(|row| before.rows.get(&row.key).is_none_or(|old| old.rev != row.rev));
    let mut rows: Vec<_> = changed.collect();
    rows.sort_by_key(|row| row.rev);
    let rows = rows.into_iter().map(|row| {
        let registers = row.registers.iter().filter(|(_, it)| it.stamp.rev == row.rev);
        let registers = registers.map(|(slot, it)| {
            let version: Vec<_> =
                it.stamp.version.iter().map(|(epoch, rev)| format!("{}:{rev}", short(epoch.0))).collect();
            format!("{} by {} at {} {version:?}", slot.name(), short(it.stamp.op.0), it.stamp.at)
        });
        format!("{} {} ({})", row.rev, row.key, registers.collect::<Vec<_>>().join(", "))
    });
    rows.collect::<Vec<_>>().join("; ")
}

pub fn brief_reply(reply: &PushReply) -> String {
    let ops = reply.ops.iter().map(|it| {
        let what = match &it.outcome {
            Outcome::Applied { rev, also } => format!("applied {rev} {also:?}"),
            Outcome::Superseded { by, rev } => format!("superseded by {} {rev}", short(by.0)),
            Outcome::Rejected { reason } => format!("rejected: {reason}"),
        };
        format!("{} {what}", it.op.map_or(String::new(), |op| short(op.0)))
    });
    let held = reply.held.len();
    format!("head {}, {held} held, {}", reply.head.rev, ops.collect::<Vec<_>>().join(", "))
}

fn short(id: Uuid) -> String {
    id.to_string()[20..].to_owned()
}

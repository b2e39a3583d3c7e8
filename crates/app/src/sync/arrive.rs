//! What a page brings from elsewhere, as changes that a person is told of and can take back.

use std::collections::{BTreeMap, BTreeSet};

use weekwise_domain::{Change, Exception, SeriesId, Settings};
use weekwise_protocol::sync::{OpId, Page, Register, RegisterKey, Row, RowKey, Slot, Stamp, Value, synced_setting};
use weekwise_storage::ArrivalRow;
use weekwise_sync::{Rows, client::File};

use super::rows::series_of;

/// What came from elsewhere with a page that is not applied yet, an entry for each operation; nothing while all is pulled
/// for the first time, or anew.
pub(super) fn arrivals(file: &File, page: &Page) -> Vec<ArrivalRow> {
    if !goes_on(file, page) {
        return Vec::new();
    }
    let view = file.view();
    let arriving = Arriving { file, own: own_operations(file), pending: pending(file, &view), view: &view };
    let (mut arrivals, mut places) = (Vec::<ArrivalRow>::new(), BTreeMap::<OpId, usize>::new());
    for row in &page.rows {
        for (slot, stamp, change) in arriving.changes_of(row) {
            let place = *places.entry(stamp.op).or_insert_with(|| {
                arrivals.push(ArrivalRow {
                    op: stamp.op.0,
                    device: stamp.by.to_string(),
                    at_ms: stamp.at,
                    changes: Vec::new(),
                    is_merged: false,
                });
                arrivals.len() - 1
            });
            arrivals[place].is_merged |= arriving.is_merged(row, &slot, stamp);
            arrivals[place].changes.push(change);
        }
    }
    arrivals
}

/// Whether the file had all rows of this history before, and the page goes on from there.
fn goes_on(file: &File, page: &Page) -> bool {
    let mut known = file.known.iter();
    file.epoch == Some(page.epoch) && known.any(|(epoch, rev)| epoch == page.epoch && rev <= file.cursor)
}

fn own_operations(file: &File) -> BTreeSet<OpId> {
    file.outbox.values().map(|pending| pending.operation.op).collect()
}

/// What this device wrote that was not in the server's rows yet, and to which series.
fn pending(file: &File, view: &Rows) -> Vec<(RegisterKey, Option<SeriesId>)> {
    let writes = file.outbox.values().flat_map(|pending| &pending.operation.writes);
    let of = |key: &RowKey| match key {
        RowKey::Exception(key) => Some(key.series_id),
        RowKey::Schedule(id) => view.pattern(*id).map(|fields| fields.pattern.series_id),
        _ => None,
    };
    writes.map(|write| (write.register.clone(), of(&write.register.row))).collect()
}

struct Arriving<'a> {
    file: &'a File,
    own: BTreeSet<OpId>,
    pending: Vec<(RegisterKey, Option<SeriesId>)>,
    /// What the person sees before the page.
    view: &'a Rows,
}

impl Arriving<'_> {
    /// The registers of a row that others wrote, and what that changes for the person.
    fn changes_of<'r>(&self, row: &'r Row) -> Vec<(Slot, &'r Stamp, Change)> {
        match &row.key {
            RowKey::Schedule(_) => self.of_schedule(row),
            RowKey::Tombstone(id) => {
                let Some(gone) = self.news(row, &Slot::Gone) else { return Vec::new() };
                let before = self.view.schedule(*id).map(Box::new);
                let change = before.map(|before| Change::Schedule { id: *id, before: Some(before), after: None });
                change.map(|change| (Slot::Gone, &gone.stamp, change)).into_iter().collect()
            }
            RowKey::Exception(key) => {
                let Some(register) = self.news(row, &Slot::Exception) else { return Vec::new() };
                let (before, after) = (exception(self.view.get(&row.key)), exception(Some(row)));
                let change = Change::Exception { key: *key, before: before.clone(), after: after.clone() };
                let differs = before != after;
                differs.then_some((Slot::Exception, &register.stamp, change)).into_iter().collect()
            }
            RowKey::Setting(name) => {
                let Some(register) = self.news(row, &Slot::Setting) else { return Vec::new() };
                let Some(after) = setting(name, Some(row)) else { return Vec::new() };
                let before = setting(name, self.view.get(&row.key));
                let before = before.unwrap_or_else(|| Settings::default().value_of(&after));
                let differs = before != after;
                let change = Change::Setting { before, after };
                differs.then_some((Slot::Setting, &register.stamp, change)).into_iter().collect()
            }
            // A conflict is told as one. What this version does not know, it cannot tell.
            RowKey::ConflictCopy(_) | RowKey::Other { .. } => Vec::new(),
        }
    }

    fn of_schedule<'r>(&self, row: &'r Row) -> Vec<(Slot, &'r Stamp, Change)> {
        let RowKey::Schedule(id) = row.key else { return Vec::new() };
        let Some(after) = Rows::from_iter([row.clone()]).schedule(id) else { return Vec::new() };
        let Some(before) = self.view.schedule(id) else {
            // One that this device is about to remove is none that was added.
            let is_new = !self.file.base.contains(&row.key);
            let written = [Slot::Pattern, Slot::Details, Slot::Active].into_iter();
            let written = written.filter_map(|slot| Some((self.news(row, &slot)?, slot)));
            let last = written.max_by_key(|(register, _)| register.stamp.rev).filter(|_| is_new);
            let made = |(register, slot): (&'r Register, Slot)| {
                let after = Some(Box::new(after));
                (slot, &register.stamp, Change::Schedule { id, before: None, after })
            };
            return last.map(made).into_iter().collect();
        };
        let changes = [
            (
                Slot::Pattern,
                before.pattern != after.pattern,
                Change::Pattern { id, before: before.pattern, after: after.pattern },
            ),
            (
                Slot::Details,
                before.details != after.details,
                Change::Details { id, before: Box::new(before.details), after: Box::new(after.details) },
            ),
            (
                Slot::Active,
                before.active != after.active,
                Change::Active { id, before: before.active, after: after.active },
            ),
        ];
        let changes = changes.into_iter().filter(|(_, differs, _)| *differs);
        changes.filter_map(|(slot, _, change)| Some((slot.clone(), &self.news(row, &slot)?.stamp, change))).collect()
    }

    /// A register that was written elsewhere, and not known here.
    fn news<'r>(&self, row: &'r Row, slot: &Slot) -> Option<&'r Register> {
        let register = row.registers.get(slot)?;
        let stamp = &register.stamp;
        let is_own = stamp.by == self.file.device || self.own.contains(&stamp.op);
        let known = self.file.base.get(&row.key).and_then(|row| row.registers.get(slot));
        let is_new = known.is_none_or(|known| known.stamp.op != stamp.op);
        (is_new && !is_own).then_some(register)
    }

    /// Whether this device wrote something else to the same series without knowing of what came, or the other way round.
    fn is_merged(&self, row: &Row, slot: &Slot, stamp: &Stamp) -> bool {
        let series = series_of(&row.key, row);
        let waits = |(register, of): &(RegisterKey, Option<SeriesId>)| {
            let is_same = register.row == row.key && register.slot == *slot;
            !is_same && (register.row == row.key || series.is_some() && *of == series)
        };
        // What came later, and was made earlier, did not know of what this device had written.
        let is_own_later = |(other, it): (&Slot, &Register)| {
            other != slot && it.stamp.by == self.file.device && it.stamp.at > stamp.at
        };
        self.pending.iter().any(waits) || row.registers.iter().any(is_own_later)
    }
}

fn exception(row: Option<&Row>) -> Option<Box<Exception>> {
    match row?.value(&Slot::Exception)? {
        Value::Exception(fields) => fields.exception.clone().map(Box::new),
        _ => None,
    }
}

fn setting(name: &str, row: Option<&Row>) -> Option<weekwise_domain::Setting> {
    match row?.value(&Slot::Setting)? {
        Value::Setting(value) => synced_setting(name, value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};
    use uuid::Uuid;
    use weekwise_protocol::sync::{DeviceId, EpochId, Operation, Rev};
    use weekwise_sync::client::{Pending, Seq};

    use super::*;

    const EPOCH: u128 = 1;
    const THIS: u128 = 2;
    const OTHER: u128 = 3;
    const SLOT: u128 = 4;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    /// A register as it is pulled: written by an operation with the number of its revision.
    fn register(rev: u128, by: u128, at: i64, value: &Json) -> Json {
        json!({ "rev": rev, "op": id(1000 + rev), "at": at, "by": id(by), "value": value })
    }

    fn details(title: &str) -> Json {
        json!({ "title": title, "notes": "", "location": "", "color": "blue", "reminder_minutes": null })
    }

    fn pattern(start: &str) -> Json {
        json!({
            "series_id": id(SLOT), "day_of_week": 1, "start": start, "end": "12:00",
            "valid_from": "2026-10-05", "valid_until": null, "every_n_weeks": 1,
        })
    }

    fn slot(rev: u128, pattern: &Json, details: &Json) -> Row {
        let active = register(1, THIS, 10, &json!(true));
        let registers = json!({ "pattern": pattern, "details": details, "active": active });
        row(&json!({ "kind": "schedule", "key": id(SLOT), "rev": rev, "registers": registers }))
    }

    fn row(json: &Json) -> Row {
        serde_json::from_value(json.clone()).unwrap()
    }

    fn page(since: i64, rows: Vec<Row>) -> Page {
        let head = rows.last().map_or(since, |row| row.rev.0);
        let page = json!({ "epoch": id(EPOCH), "since": since, "rows": rows, "next": { "rev": head }, "head": head });
        serde_json::from_value(page).unwrap()
    }

    /// A file that has a slot of this device, and everything up to revision 3.
    fn file() -> File {
        let mut file = File::new(DeviceId::from(id(THIS)));
        (file.epoch, file.cursor) = (Some(EpochId(id(EPOCH))), Rev(3));
        file.known.set(EpochId(id(EPOCH)), Rev(3));
        let registers = (register(1, THIS, 10, &pattern("09:00")), register(1, THIS, 10, &details("Algebra")));
        file.base.insert(slot(1, &registers.0, &registers.1));
        file
    }

    fn pend(file: &mut File, register: &str, value: &Json) {
        let write = json!({ "kind": "schedule", "key": id(SLOT), "register": register, "value": value });
        let operation: Operation =
            serde_json::from_value(json!({ "op": id(99), "edited_at_ms": 0, "writes": [write] })).unwrap();
        file.outbox.insert(Seq(1), Pending { operation, through: None });
    }

    #[test]
    fn an_operation_is_one_arrival_however_many_registers_it_wrote() {
        let cancelled = json!({ "kind": "cancelled", "title": null, "notes": null });
        let exception = |day: &str, rev: u128, op: u128| {
            let mut register = register(rev, OTHER, 50, &cancelled);
            register["op"] = json!(id(op));
            row(&json!({ "kind": "exception", "key": format!("{} {day}", id(SLOT)), "rev": rev,
                "registers": { "exception": register } }))
        };
        let rows = vec![exception("2026-11-23", 4, 7), exception("2026-11-30", 5, 8), exception("2026-12-07", 6, 7)];
        let came = arrivals(&file(), &page(3, rows));
        let told: Vec<_> = came.iter().map(|it| (it.op, it.at_ms, it.changes.len(), it.is_merged)).collect();
        assert_eq!(told, [(id(7), 50, 2, false), (id(8), 50, 1, false)]);
        assert_eq!(came[0].device, id(OTHER).to_string());
    }

    #[test]
    fn only_what_others_wrote_and_was_not_known_is_told() {
        let known = register(1, THIS, 10, &pattern("09:00"));
        // The details are of this device, and the pattern is as it was.
        assert_eq!(arrivals(&file(), &page(3, vec![slot(4, &known, &register(4, THIS, 50, &details("Mine")))])), []);
        // Its own, which came back from the server before the reply did: whoever the server says wrote it.
        let mut own = file();
        pend(&mut own, "details", &details("Mine"));
        let mut written = register(4, OTHER, 50, &details("Mine"));
        written["op"] = json!(id(99));
        assert_eq!(arrivals(&own, &page(3, vec![slot(4, &known, &written)])), []);
        // A value that was there already is nothing new to tell.
        assert_eq!(
            arrivals(&file(), &page(3, vec![slot(4, &known, &register(4, OTHER, 50, &details("Algebra")))])),
            []
        );
    }

    #[test]
    fn a_change_leads_from_what_the_person_saw() {
        let mut file = file();
        pend(&mut file, "details", &details("Mine"));
        let theirs = slot(4, &register(1, THIS, 10, &pattern("09:00")), &register(4, OTHER, 50, &details("Theirs")));
        let [came] = &arrivals(&file, &page(3, vec![theirs]))[..] else { panic!() };
        let [Change::Details { before, after, .. }] = &came.changes[..] else { panic!("{came:?}") };
        assert_eq!((before.title.as_str(), after.title.as_str()), ("Mine", "Theirs"));
        assert!(!came.is_merged, "of one register one of both holds");
    }

    #[test]
    fn what_did_not_know_of_each_other_is_merged() {
        let time = |at| register(4, OTHER, at, &pattern("10:00"));
        let titled = |at| register(2, THIS, at, &details("Algebra"));
        // In turn: what came was made after what is here.
        assert!(!arrivals(&file(), &page(3, vec![slot(4, &time(50), &titled(40))]))[0].is_merged);
        // It came later, and was made earlier.
        assert!(arrivals(&file(), &page(3, vec![slot(4, &time(50), &titled(60))]))[0].is_merged);
        // What is here still waits.
        let mut waiting = file();
        pend(&mut waiting, "details", &details("Mine"));
        assert!(arrivals(&waiting, &page(3, vec![slot(4, &time(50), &titled(40))]))[0].is_merged);
    }

    #[test]
    fn nothing_is_told_before_all_was_there() {
        let rows = || vec![slot(9, &register(1, THIS, 10, &pattern("09:00")), &register(9, OTHER, 50, &details("X")))];
        assert_eq!(arrivals(&file(), &page(3, rows())).len(), 1);
        // The first time, in whatever page of it.
        let mut first = file();
        first.known = Default::default();
        assert_eq!(arrivals(&first, &page(3, rows())), []);
        // Pulled anew, up to where all was known before.
        let mut anew = file();
        anew.known.set(EpochId(id(EPOCH)), Rev(5));
        assert_eq!(arrivals(&anew, &page(3, rows())), []);
        anew.cursor = Rev(5);
        assert_eq!(arrivals(&anew, &page(5, rows())).len(), 1, "and what follows is told");
    }
}

//! What the server did not take, read back into changes of the week as it is now.

use chrono::DateTime;
use serde_json::Value as Json;
use weekwise_domain::{Change, Edit, ExceptionKey, Matter, Rows, Schedule, ScheduleId, Settings};
use weekwise_protocol::{
    RejectedEdit, RejectedId, Rejection,
    sync::{
        DetailsFields, ExceptionFields, Extra, Operation, PatternFields, Reason, RegisterKey, Row, RowKey, Slot, Value,
        synced_setting,
    },
};
use weekwise_storage::Rejected;

use super::{Differences, conflict::can_be_done};
use crate::clock;

/// What was not taken, as it is told; none where this version cannot read that there was anything.
pub(super) fn told(rejected: &Rejected, differences: &Differences<'_>) -> Option<RejectedEdit> {
    let reason: Reason = serde_json::from_str(&rejected.row.reason).ok()?;
    let intended = Intended::of(rejected, differences.rows);
    let (told, more) = differences.of(&intended.changes);
    let at_ms = DateTime::parse_from_rfc3339(&rejected.at).map_or(0, |at| at.timestamp_millis());
    let can_retry = again(rejected, differences.rows).is_some_and(|changes| {
        can_be_done(&Edit::Settle { matters: vec![Matter::Rejected(rejected.id)], changes }, differences.rows)
    });
    Some(RejectedEdit {
        id: RejectedId(rejected.id),
        at_ms,
        at: clock::at_ms(at_ms),
        why: rejection(reason),
        differences: told,
        more: more.saturating_add(intended.unreadable),
        can_retry,
    })
}

/// The changes that would do it again; none where that makes no sense: it would be refused as before, or a part of it
/// cannot be read.
pub(super) fn again(rejected: &Rejected, rows: &Rows) -> Option<Vec<Change>> {
    let reason: Reason = serde_json::from_str(&rejected.row.reason).ok()?;
    let could_be_taken = match reason {
        Reason::Malformed { .. } | Reason::TooLarge => false,
        Reason::IdReused | Reason::UnknownRow { .. } | Reason::DependsOn { .. } | Reason::Limit | Reason::Poison => {
            true
        }
    };
    let Intended { changes, unreadable } = Intended::of(rejected, rows);
    (could_be_taken && unreadable == 0 && !changes.is_empty()).then_some(changes)
}

fn rejection(reason: Reason) -> Rejection {
    match reason {
        Reason::Malformed { detail } => Rejection::Unreadable { detail },
        Reason::IdReused => Rejection::IdTaken,
        Reason::UnknownRow { .. } => Rejection::NotThere,
        Reason::DependsOn { .. } => Rejection::NeedsAnother,
        Reason::Limit => Rejection::AccountFull,
        Reason::TooLarge => Rejection::TooLarge,
        Reason::Poison => Rejection::ServerFails,
    }
}

/// What register writes were to change.
#[derive(Debug, Default, PartialEq, Eq)]
struct Intended {
    changes: Vec<Change>,
    /// Writes that cannot be read, or that are to what is not there.
    unreadable: u32,
}

impl Intended {
    fn of(rejected: &Rejected, rows: &Rows) -> Self {
        let body = &rejected.row.body;
        let writes = if rejected.row.is_operation {
            serde_json::from_str(body).ok().map(|operation: Operation| {
                operation.writes.into_iter().map(|write| (write.register, write.value)).collect()
            })
        } else {
            serde_json::from_str(body).ok().map(|Row { key, registers, .. }: Row| {
                let registers = registers.into_iter();
                registers.map(|(slot, it)| (RegisterKey { row: key.clone(), slot }, it.value.write())).collect()
            })
        };
        match writes {
            Some(writes) => Self::of_writes(writes, rows),
            None => Self { changes: Vec::new(), unreadable: 1 },
        }
    }

    fn of_writes(writes: Vec<(RegisterKey, Json)>, rows: &Rows) -> Self {
        let mut intended = Self::default();
        for of_row in writes.chunk_by(|(one, _), (other, _)| one.row == other.row) {
            intended.add_row(of_row, rows);
        }
        intended.take_dates_along(rows);
        intended
    }

    /// Adds what was written to one row.
    fn add_row(&mut self, writes: &[(RegisterKey, Json)], rows: &Rows) {
        let Some((RegisterKey { row, .. }, _)) = writes.first() else { return };
        let changes = match row {
            RowKey::Schedule(id) => match rows.schedules.get(id) {
                Some(row) => writes.iter().map(|(register, json)| edit(row, register, json)).collect(),
                None => made(*id, writes).map(|row| vec![row]),
            },
            // What is gone already needs not be removed.
            RowKey::Tombstone(id) => Some(rows.schedules.get(id).map(removed).into_iter().collect()),
            RowKey::Exception(key) => writes.iter().map(|(register, json)| date(*key, register, json, rows)).collect(),
            RowKey::Setting(name) => writes.iter().map(|(_, json)| setting(name, json, rows)).collect(),
            RowKey::ConflictCopy(_) | RowKey::Other { .. } => None,
        };
        match changes {
            Some(changes) => self.changes.extend::<Vec<Change>>(changes),
            None => self.unreadable += u32::try_from(writes.len()).unwrap_or(u32::MAX),
        }
    }

    /// The dates of a series go with the last of its schedules.
    fn take_dates_along(&mut self, rows: &Rows) {
        let mut after = rows.clone();
        after.apply(&self.changes);
        let removed = self.changes.iter().filter_map(|change| match change {
            Change::Schedule { before: Some(row), after: None, .. } => Some(row.pattern.series_id),
            _ => None,
        });
        let gone: std::collections::BTreeSet<_> = removed.filter(|series| after.segments(*series).is_empty()).collect();
        for series_id in gone {
            self.changes.extend(rows.exceptions_of(series_id).map(|(date, value)| Change::Exception {
                key: ExceptionKey { series_id, date },
                before: Some(Box::new(value.clone())),
                after: None,
            }));
        }
    }
}

fn edit(row: &Schedule, register: &RegisterKey, json: &Json) -> Option<Change> {
    let id = row.id;
    let current = match register.slot {
        Slot::Pattern => Value::Pattern(Box::new(PatternFields { pattern: row.pattern.clone(), extra: Extra::new() })),
        Slot::Details => Value::Details(Box::new(DetailsFields { details: row.details.clone(), extra: Extra::new() })),
        _ => Value::Active(row.active),
    };
    Some(match Value::read_over(register, json, Some(&current)).ok()? {
        Value::Pattern(fields) => Change::Pattern { id, before: row.pattern.clone(), after: fields.pattern },
        Value::Details(fields) => {
            Change::Details { id, before: Box::new(row.details.clone()), after: Box::new(fields.details) }
        }
        Value::Active(after) => Change::Active { id, before: row.active, after },
        _ => return None,
    })
}

fn made(id: ScheduleId, writes: &[(RegisterKey, Json)]) -> Option<Change> {
    let (mut pattern, mut details, mut active) = (None, None, None);
    for (register, json) in writes {
        match Value::read(register, json).ok()? {
            Value::Pattern(fields) => pattern = Some(fields.pattern),
            Value::Details(fields) => details = Some(fields.details),
            Value::Active(flag) => active = Some(flag),
            _ => return None,
        }
    }
    let row = Schedule { id, pattern: pattern?, details: details?, active: active? };
    Some(Change::Schedule { id, before: None, after: Some(Box::new(row)) })
}

fn removed(row: &Schedule) -> Change {
    Change::Schedule { id: row.id, before: Some(Box::new(row.clone())), after: None }
}

fn date(key: ExceptionKey, register: &RegisterKey, json: &Json, rows: &Rows) -> Option<Change> {
    let before = rows.exceptions.get(&key).cloned();
    let current = Value::Exception(Box::new(ExceptionFields { exception: before.clone(), extra: Extra::new() }));
    match Value::read_over(register, json, Some(&current)).ok()? {
        Value::Exception(fields) => {
            Some(Change::Exception { key, before: before.map(Box::new), after: fields.exception.map(Box::new) })
        }
        _ => None,
    }
}

fn setting(name: &str, json: &Json, rows: &Rows) -> Option<Change> {
    let after = synced_setting(name, json)?;
    let settings: &Settings = &rows.settings;
    Some(Change::Setting { before: settings.value_of(&after), after })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use weekwise_storage::RejectedRow;

    use super::*;

    const ID: &str = "019ac000-0000-7000-8000-000000000001";

    fn pattern(start: &str) -> Json {
        json!({
            "series_id": ID, "day_of_week": 1, "start": start, "end": "12:00",
            "valid_from": "2026-10-05", "valid_until": null, "every_n_weeks": 1,
        })
    }

    fn write(kind: &str, key: &str, register: &str, value: &Json) -> Json {
        json!({ "kind": kind, "key": key, "register": register, "value": value })
    }

    fn rejected(writes: &[Json], reason: &Json) -> Rejected {
        let body = json!({ "op": ID, "edited_at_ms": 0, "writes": writes }).to_string();
        let row = RejectedRow { is_operation: true, body, reason: reason.to_string() };
        Rejected { id: 1, at: "2026-11-25T10:00:00+01:00".to_owned(), row }
    }

    fn details() -> Json {
        json!({ "title": "Choir", "notes": "", "location": "", "color": "blue", "reminder_minutes": null })
    }

    fn created() -> Vec<Json> {
        let write = |register: &str, value: &Json| write("schedule", ID, register, value);
        vec![write("pattern", &pattern("09:00")), write("details", &details()), write("active", &json!(true))]
    }

    #[test]
    fn a_slot_that_was_not_taken_is_made_again_as_it_was() {
        let full = json!({ "why": "limit" });
        let changes = again(&rejected(&created(), &full), &Rows::default()).unwrap();
        let mut rows = Rows::default();
        rows.apply(&changes);
        let row = rows.schedules.values().next().unwrap();
        assert_eq!((row.details.title.as_str(), row.pattern.time.to_string().as_str()), ("Choir", "09:00–12:00"));

        // Then it is there, and what was written is what it is.
        let again = again(&rejected(&created(), &full), &rows).unwrap();
        assert!(again.iter().all(|change| change.onto(&rows).unwrap() == *change));
        let later = [write("schedule", ID, "pattern", &json!({ "start": "10:00" }))];
        let Intended { changes, unreadable } = Intended::of(&rejected(&later, &full), &rows);
        let [Change::Pattern { before, after, .. }] = &changes[..] else { panic!("{changes:?}") };
        assert_eq!((before.time.to_string(), after.time.to_string()), ("09:00–12:00".into(), "10:00–12:00".into()));
        assert_eq!(unreadable, 0, "what is left out stays");
    }

    #[test]
    fn what_cannot_be_read_or_would_be_refused_again_is_not_done_again() {
        let none = Rows::default();
        for reason in [json!({ "why": "malformed", "detail": "x" }), json!({ "why": "too_large" })] {
            assert_eq!(again(&rejected(&created(), &reason), &none), None);
        }
        // An end before a start; a part of what is not there; a kind of a later version: none of it is half done.
        let full = json!({ "why": "limit" });
        let gap = write("schedule", ID, "pattern", &pattern("13:00"));
        let part = write("schedule", ID, "details", &details());
        let later = write("mood", "x", "mood", &json!(1));
        for bad in [gap, part, later] {
            let intended = Intended::of(&rejected(std::slice::from_ref(&bad), &full), &none);
            assert_eq!(intended, Intended { changes: vec![], unreadable: 1 }, "{bad}");
            let both =
                rejected(&[vec![bad], vec![write("setting", "slot_limit", "setting", &json!(3))]].concat(), &full);
            assert_eq!(again(&both, &none), None);
            assert_eq!(Intended::of(&both, &none).changes.len(), 1, "what can be read is told");
        }
    }

    #[test]
    fn removing_the_last_of_a_series_takes_its_dates_along() {
        let full = json!({ "why": "limit" });
        let mut rows = Rows::default();
        rows.apply(&again(&rejected(&created(), &full), &rows).unwrap());
        let cancelled = json!({ "kind": "cancelled", "title": null, "notes": null });
        let date = write("exception", &format!("{ID} 2026-11-23"), "exception", &cancelled);
        rows.apply(&again(&rejected(&[date], &full), &rows).unwrap());
        assert_eq!(rows.exceptions.len(), 1);

        let gone = write("tombstone", ID, "gone", &json!({ "series_id": ID }));
        rows.apply(&again(&rejected(std::slice::from_ref(&gone), &full), &rows).unwrap());
        assert_eq!((rows.schedules.len(), rows.exceptions.len()), (0, 0));
        assert_eq!(again(&rejected(&[gone], &full), &rows), None, "there is nothing left to remove");
    }
}

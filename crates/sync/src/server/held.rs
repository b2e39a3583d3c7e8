//! Rows that a device holds out after a restore: what the server lost, it takes back.
//!
//! A held register has the version that it had in the lost history. So it can be told whether the server knows it (its
//! register covers that version), lacks it (the other way round), or has gone another way since: then the later one wins, as
//! always, and the other becomes a conflict copy. Whichever it is, the register covers both afterwards; so it does
//! not matter how many devices hold out the same, how often, and in which order.

use weekwise_domain::ScheduleId;
use weekwise_protocol::sync::{HeldOutcome, Reason, Register, RegisterKey, Row, RowKey, Seen, Slot, Value, Version};

use super::{
    Account,
    draft::{Draft, Put},
    judge::has_nul,
    lost::{Lost, Writer, copies_of, segments_of},
};

impl Account {
    /// Takes from a held row what is not known. `received_ms` is now, by the server's clock.
    pub(super) fn keep(&mut self, row: &Row, received_ms: i64) -> HeldOutcome {
        let mut row = row.clone();
        for register in row.registers.values_mut() {
            // Nothing was written later than now; it would win against all that is to come.
            register.stamp.at = register.stamp.at.min(received_ms);
        }
        match self.draft_of_held(&row).and_then(|draft| draft.map(|draft| self.write(draft)).transpose()) {
            Ok(_) => HeldOutcome::Kept,
            Err(reason) => HeldOutcome::Rejected { reason },
        }
    }

    fn draft_of_held(&self, row: &Row) -> Result<Option<Draft>, Reason> {
        let unknown = |register: &Register| matches!(register.value, Value::Other(_));
        let is_unknown = matches!(row.key, RowKey::Other { .. }) || row.registers.values().any(unknown);
        if row.registers.values().any(|register| has_nul(&register.value.write())) {
            return Err(Reason::malformed(format_args!("{}: U+0000 is no text", row.key)));
        }
        if row.registers.values().any(|register| self.is_ahead(&register.stamp.version)) {
            return Err(Reason::malformed(format_args!("{}: nobody can have seen that yet", row.key)));
        }
        let latest = row.registers.values().max_by_key(|register| (register.stamp.at, &register.stamp.by));
        let Some(latest) = latest.filter(|_| !is_unknown) else {
            return Err(Reason::malformed(format_args!("{}: not known to this server", row.key)));
        };
        let writer = Writer::from(&latest.stamp);
        let draft = match (&row.key, row.registers.get(&Slot::Gone)) {
            (RowKey::Tombstone(id), Some(gone)) => {
                let Value::Gone { series_id } = gone.value else { return Ok(None) };
                let mut draft = Draft::new(writer);
                let register = RegisterKey { row: row.key.clone(), slot: Slot::Gone };
                if let Some(current) = self.rows.register(&register) {
                    if !current.stamp.version.covers(&gone.stamp.version) {
                        draft.puts.insert(register, stay(current, &gone.stamp.version));
                    }
                    return Ok(Some(draft));
                }
                let ops = self.held_ops.iter().copied().collect();
                let seen = Seen { version: gone.stamp.version.clone(), ops };
                draft.gone.insert(*id, (series_id, seen));
                draft
            }
            _ => self.draft_of_registers(row, writer)?,
        };
        Ok(Some(draft))
    }

    fn draft_of_registers(&self, row: &Row, writer: Writer) -> Result<Draft, Reason> {
        let mut draft = Draft::new(writer);
        let is_there = self.rows.contains(&row.key);
        let whole = [Slot::Pattern, Slot::Details, Slot::Active];
        let is_whole = whole.iter().all(|slot| row.registers.contains_key(slot));
        let mut late = Vec::new();
        for (slot, held) in &row.registers {
            let register = RegisterKey { row: row.key.clone(), slot: slot.clone() };
            if let Some(purge) = self.purge_over(&register) {
                let current = self.rows.register(&register);
                let is_known = purge.version.covers(&held.stamp.version)
                    || current.is_some_and(|current| current.stamp.version.covers(&held.stamp.version));
                late.extend((!is_known).then_some((register, held)));
            } else if is_there || is_whole || !matches!(row.key, RowKey::Schedule(_)) {
                self.keep_register(&mut draft, row, register, held);
            } else {
                return Err(Reason::UnknownRow { row: row.key.to_string() });
            }
        }
        self.keep_late(&mut draft, &late);
        Ok(draft)
    }

    /// What was written without knowing of a purge is kept as conflict copies.
    fn keep_late(&self, draft: &mut Draft, late: &[(RegisterKey, &Register)]) {
        let values: Vec<_> = late.iter().map(|(register, held)| (register.clone(), held.value.clone())).collect();
        let is_nothing = |value: &Value| matches!(value, Value::Exception(fields) if fields.exception.is_none());
        for (register, held) in late.iter().filter(|(_, held)| !is_nothing(&held.value)) {
            let writer = Writer::from(&held.stamp);
            copies_of(self, &values, &writer).into_iter().for_each(|copy| draft.copy(copy));
            segments_of(self, register, &writer).into_iter().for_each(|copy| draft.copy(copy));
        }
    }

    fn keep_register(&self, draft: &mut Draft, row: &Row, register: RegisterKey, held: &Register) {
        let theirs = Writer::from(&held.stamp);
        let version = held.stamp.version.clone();
        let take = |is_new| Put {
            value: held.value.clone(),
            after: version.clone(),
            writer: Some(theirs.clone()),
            is_new,
            is_rule: false,
        };
        let Some(current) = self.rows.register(&register) else {
            self.restore_for(draft, row, held);
            draft.puts.insert(register, take(false));
            return;
        };
        if current.stamp.version.covers(&version) {
            return;
        }
        let is_newer = version.covers(&current.stamp.version);
        let stay = stay(current, &version);
        let put = match (&held.value, &current.value) {
            // Where the row has another register from the same edit, what is here came after it.
            _ if current.stamp.op != held.stamp.op && self.has_written(held.stamp.op, &row.key) => stay,
            (held, current) if held == current => {
                if is_newer {
                    take(false)
                } else {
                    stay
                }
            }
            (Value::Active(false), _) if self.knows_all(row, held, &register) => take(!is_newer),
            (Value::Active(false), _) => stay,
            (Value::Active(true), _) => take(!is_newer),
            _ if is_newer => {
                self.restore_for(draft, row, held);
                take(false)
            }
            _ if (theirs.at, &theirs.by) > (current.stamp.at, &current.stamp.by) => {
                draft.lose(&register, current, &held.value);
                self.restore_for(draft, row, held);
                take(true)
            }
            _ => {
                let change = super::lost::change(&register, Some(&current.value), &held.value);
                let copy = change.map(|it| Lost::register(&register, it, theirs.clone()));
                copy.into_iter().for_each(|copy| draft.copy(copy));
                stay
            }
        };
        draft.puts.insert(register, put);
    }

    /// Whether who put the schedule of `row` into the trash knew of every edit that it could have lost against: those of the schedule;
    /// those of its whole series, if no segment of it stays outside.
    fn knows_all(&self, row: &Row, trashed: &Register, active: &RegisterKey) -> bool {
        let Some(series) = self.series_of(active) else { return true };
        let goes = |id: ScheduleId| {
            row.key == RowKey::from(id) || self.rows.is_active(id) == Some(false) || self.held_in_trash.contains(&id)
        };
        let is_whole = self.rows.segment_ids(series).all(goes);
        let segments = self.rows.segment_ids(series).map(RowKey::from).filter(|it| is_whole || *it == row.key);
        let segments = segments.filter_map(|key| self.rows.get(&key));
        let of_segments = segments.flat_map(|other| {
            let is_same = other.key == row.key;
            other.registers.iter().map(move |(slot, register)| (is_same.then_some(slot), register))
        });
        let of_dates = self.rows.exceptions_of(series).map(|(_, register)| (None, register)).filter(|_| is_whole);
        of_segments.chain(of_dates).filter(|(_, register)| register.value != Value::Active(false)).all(
            |(slot, register)| {
                let held = slot.and_then(|slot| row.registers.get(slot));
                trashed.stamp.version.covers(&register.stamp.version)
                    || self.held_ops.contains(&register.stamp.op)
                    || held.is_some_and(|held| held.stamp.version.covers(&register.stamp.version))
            },
        )
    }

    /// An edit that comes back takes what it is about out of the trash, unless whoever put it there knew of it.
    fn restore_for(&self, draft: &mut Draft, row: &Row, held: &Register) {
        if row.value(&Slot::Active) == Some(&Value::Active(false)) {
            return;
        }
        for id in self.trashed_with(&row.key) {
            let active = RegisterKey::new(id, Slot::Active);
            let Some(current) = self.rows.register(&active) else { continue };
            let knew = current.stamp.op == held.stamp.op || current.stamp.version.covers(&held.stamp.version);
            if !knew {
                let put = Put {
                    value: Value::Active(true),
                    after: Version::default(),
                    writer: Some(Writer::from(&held.stamp)),
                    is_new: true,
                    is_rule: false,
                };
                draft.puts.entry(active).or_insert(put);
            }
        }
    }
}

/// What is there stays, and from now on comes after `version` too.
fn stay(current: &Register, version: &Version) -> Put {
    Put {
        value: current.value.clone(),
        after: version.clone(),
        writer: Some(Writer::from(&current.stamp)),
        is_new: false,
        is_rule: false,
    }
}

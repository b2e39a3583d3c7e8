//! What must hold once all faults have ended and nothing is left to do.

use std::collections::{BTreeMap, BTreeSet};

use weekwise_domain::{Change, ScheduleId};
use weekwise_protocol::sync::{
    DetailsFields, ExceptionFields, Extra, OpId, PatternFields, RegisterKey, RowKey, SYNCED_SETTINGS, Slot, Value,
};
use weekwise_sync::{Rows, client::Rejected};

use super::{Property, Violation, always::rejected_op};
use crate::{
    ghost::{Ghost, Made, is_same, users},
    server::Tables,
    store::Store,
    world::World,
};

/// All of it.
pub fn at_rest(world: &World) -> Option<Violation> {
    for user in users() {
        let tables = &world.database.users[user];
        let stores: Vec<&Store> = world.devices.iter().map(|device| &device.stores[user]).collect();
        let active =
            world.devices.iter().filter(|device| device.account == Some(user)).map(|device| &device.stores[user]);
        let violation = active
            .clone()
            .find_map(|store| unequal(store, tables))
            .or_else(|| accounts_cross(&stores, &world.ghost, user))
            .or_else(|| lost(tables, &stores, &world.ghost, user))
            .or_else(|| undeleted(tables, &world.ghost, user));
        if violation.is_some() {
            return violation.map(|it| it.on(format!("at the end, account {user}")));
        }
    }
    None
}

fn unequal(store: &Store, tables: &Tables) -> Option<Violation> {
    let theirs: Rows = tables.rows.values().map(|row| (**row).clone()).collect();
    let rows = theirs.iter().chain(store.file.base.iter());
    let differs = rows.into_iter().find(|row| theirs.get(&row.key) != store.file.base.get(&row.key));
    let shown: Rows = theirs.iter().filter(|row| !matches!(row.key, RowKey::Tombstone(_))).cloned().collect();
    let hidden = shown.iter().chain(store.view.iter()).find(|row| shown.get(&row.key) != store.view.get(&row.key));
    let what = differs.or(hidden)?;
    Some(Violation::new(Property::AllAreEqual, format!("{} is not the same everywhere", what.key)))
}

fn accounts_cross(stores: &[&Store], ghost: &Ghost, user: usize) -> Option<Violation> {
    let rows = stores.iter().flat_map(|store| store.file.base.iter());
    let stray = rows
        .flat_map(|row| row.registers.values().map(move |it| (row, it)))
        .find(|(_, register)| ghost.made.get(&register.stamp.op).is_some_and(|made| made.user != user));
    stray.map(|(row, _)| Violation::new(Property::AccountsAreApart, format!("{} is the other account's", row.key)))
}

/// An edit of which nothing is left to be seen anywhere, and that nobody overwrote who saw it.
fn lost(tables: &Tables, stores: &[&Store], ghost: &Ghost, user: usize) -> Option<Violation> {
    let mut found: BTreeSet<(OpId, RegisterKey)> = BTreeSet::new();
    let mut open: Vec<(OpId, RegisterKey)> = Vec::new();
    // What waits on a device whose account is not signed in is there.
    for store in stores {
        for op in
            store.file.outbox.values().map(|it| it.operation.op).chain(store.rejected.iter().filter_map(rejected_op))
        {
            found.extend(registers_of(ghost, op));
        }
        for rejected in &store.rejected {
            let Rejected::Held { row, .. } = rejected else { continue };
            for (slot, it) in &row.registers {
                let key = RegisterKey { row: row.key.clone(), slot: slot.clone() };
                // Of what a later server wrote, which is no edit here, the value tells whose it was.
                let writers = ghost.writers_of(user, &key, &it.value).into_iter();
                open.extend(writers.chain([it.stamp.op]).map(|op| (op, key.clone())));
            }
            if let Some(Value::Lost(change)) = row.value(&Slot::Lost) {
                for (key, value) in registers_in(change) {
                    open.extend(ghost.writers_of(user, &key, &value).into_iter().map(|op| (op, key.clone())));
                }
            }
        }
    }
    // What holds, and what was overwritten by someone who saw it.
    for row in tables.rows.values() {
        for (slot, register) in &row.registers {
            let key = RegisterKey { row: row.key.clone(), slot: slot.clone() };
            let writers = ghost.writers_of(user, &key, &register.value);
            open.extend(writers.into_iter().map(|op| (op, key.clone())));
        }
        if let Some(Value::Lost(change)) = row.value(&Slot::Lost) {
            for (key, value) in registers_in(change) {
                let writers = ghost.writers_of(user, &key, &value);
                let (applied, other): (Vec<_>, Vec<_>) =
                    writers.into_iter().map(|op| (op, key.clone())).partition(|(op, _)| ghost.applied.contains(op));
                open.extend(applied);
                found.extend(other);
            }
        }
    }
    for (op, made) in ghost.made.iter().filter(|(_, made)| made.user == user) {
        for id in &made.purges {
            if tables.rows.contains_key(&RowKey::Tombstone(*id)) && ghost.applied.contains(op) {
                open.extend(made.over.iter().flat_map(|(key, ops)| ops.iter().map(|op| (*op, key.clone()))));
                open.extend(trashed_before(ghost, made, *id));
            }
        }
        // A date that follows its pattern needs no register that says so.
        for (key, value) in &made.values {
            let is_nothing = matches!(value, Value::Exception(fields) if fields.exception.is_none());
            let current = tables.rows.get(&key.row).and_then(|row| row.value(&key.slot));
            if is_nothing && current.is_none_or(|current| is_same(value, current)) {
                open.push((*op, key.clone()));
            }
        }
    }
    let mut visited: BTreeSet<(OpId, RegisterKey)> = BTreeSet::new();
    while let Some((op, key)) = open.pop() {
        if !visited.insert((op, key.clone())) {
            continue;
        }
        let Some(made) = ghost.made.get(&op) else { continue };
        // Who wrote the same is not missed.
        let same = made.values.get(&key).map(|value| ghost.writers_of(user, &key, value)).unwrap_or_default();
        let over = made.over.get(&key).cloned().unwrap_or_default();
        open.extend(same.into_iter().chain(over).map(|op| (op, key.clone())));
    }
    found.extend(visited);
    let missing = ghost.made.iter().filter(|(_, made)| made.user == user).find_map(|(op, made)| {
        let registers = made.values.keys().filter(|key| !matches!(key.slot, Slot::Active | Slot::Resolved));
        let registers = registers.filter(|key| !is_raise(made.values.len() + made.purges.len(), key));
        let mut missing = registers.filter(|key| {
            let it = (*op, (*key).clone());
            !found.contains(&it) && !ghost.gone.contains(&it)
        });
        missing.next().map(|key| (op, key))
    });
    missing.map(|(op, key)| {
        let detail = format!("what {op} wrote to {key} is neither there, nor in a copy, nor rejected");
        Violation::new(Property::NothingIsLost, detail)
    })
}

/// What was known to whoever put a schedule into the trash from where it was removed for good: it went along, also if it was
/// lost in the meantime and so not seen when the rest was removed.
fn trashed_before<'a>(
    ghost: &'a Ghost,
    purge: &'a Made,
    id: ScheduleId,
) -> impl Iterator<Item = (OpId, RegisterKey)> + use<'a> {
    let trashes = purge.over.get(&RegisterKey::new(id, Slot::Active)).into_iter().flatten();
    let trashes = trashes.filter(|op| ghost.applied.contains(op)).filter_map(|op| ghost.made.get(op));
    let known = trashes.filter(move |it| it.trashes.contains(&id)).flat_map(|it| it.knew.iter());
    known.filter_map(|op| Some((*op, ghost.made.get(op)?))).flat_map(move |(op, made)| {
        made.values.keys().filter(move |key| ghost.is_of(key, id)).map(move |key| (op, key.clone()))
    })
}

/// A slot limit that was raised along with something else: a higher one is as good.
fn is_raise(writes: usize, key: &RegisterKey) -> bool {
    writes > 1 && matches!(&key.row, RowKey::Setting(name) if name == "slot_limit")
}

fn registers_of(ghost: &Ghost, op: OpId) -> Vec<(OpId, RegisterKey)> {
    let made = ghost.made.get(&op).into_iter();
    made.flat_map(|made| made.values.keys().map(|key| (op, key.clone()))).collect()
}

/// The registers of a conflict copy.
fn registers_in(change: &Change) -> BTreeMap<RegisterKey, Value> {
    let extra = Extra::new;
    let pattern = |pattern: &weekwise_domain::Pattern| {
        Value::Pattern(Box::new(PatternFields { pattern: pattern.clone(), extra: extra() }))
    };
    let details = |details: &weekwise_domain::Details| {
        Value::Details(Box::new(DetailsFields { details: details.clone(), extra: extra() }))
    };
    match change {
        Change::Schedule { id, after: Some(row), .. } => BTreeMap::from([
            (RegisterKey::new(*id, Slot::Pattern), pattern(&row.pattern)),
            (RegisterKey::new(*id, Slot::Details), details(&row.details)),
        ]),
        Change::Pattern { id, after, .. } => BTreeMap::from([(RegisterKey::new(*id, Slot::Pattern), pattern(after))]),
        Change::Details { id, after, .. } => BTreeMap::from([(RegisterKey::new(*id, Slot::Details), details(after))]),
        Change::Exception { key, after, .. } => {
            let fields = ExceptionFields { exception: after.as_deref().cloned(), extra: extra() };
            BTreeMap::from([(RegisterKey::new(*key, Slot::Exception), Value::Exception(Box::new(fields)))])
        }
        Change::Setting { after, .. } => {
            let whole = serde_json::json!(after);
            let name = SYNCED_SETTINGS.iter().find(|name| whole["name"] == **name).unwrap();
            let register = RegisterKey::new(RowKey::Setting((*name).to_owned()), Slot::Setting);
            BTreeMap::from([(register, Value::Setting(whole["value"].clone()))])
        }
        _ => BTreeMap::new(),
    }
}

/// Something deleted that is there, though nobody edited it who did not know of the delete.
fn undeleted(tables: &Tables, ghost: &Ghost, user: usize) -> Option<Violation> {
    for (op, made) in ghost.made.iter().filter(|(_, made)| made.user == user) {
        if !ghost.applied.contains(op) {
            continue;
        }
        for id in &made.purges {
            let gone = (*op, RegisterKey::new(RowKey::Tombstone(*id), Slot::Gone));
            if tables.rows.contains_key(&RowKey::Schedule(*id)) && !ghost.gone.contains(&gone) {
                let detail = format!("{id} was removed for good by {op}, and is there");
                return Some(Violation::new(Property::DeletedStaysDeleted, detail));
            }
        }
        for id in &made.trashes {
            let active = RegisterKey::new(*id, Slot::Active);
            let is_there =
                tables.rows.get(&active.row).and_then(|row| row.value(&Slot::Active)) == Some(&Value::Active(true));
            if !is_there || ghost.gone.contains(&(*op, active)) || ghost.is_newer(*id) {
                continue;
            }
            let mut others =
                ghost.made.iter().filter(|(other, it)| *other != op && it.user == user && ghost.is_about(it, *id));
            if others.all(|(other, _)| made.knew.contains(other) && !ghost.again.contains(other)) {
                let detail = format!("{id} was put into the trash by {op}, and nobody took it out");
                return Some(Violation::new(Property::DeletedStaysDeleted, detail));
            }
        }
    }
    None
}

/// Everything that was ever sent arrives once more: nothing changes. What speaks of a history that was lost, and that nobody
/// spoke of before, may begin a new epoch.
pub fn redelivered(before: &Tables, after: &Tables, was_restored: bool) -> Option<Violation> {
    let is_epoch = before.head.epoch == after.head.epoch || was_restored;
    let values = |tables: &Tables| -> Vec<_> {
        let rows = tables.rows.values().map(|row| {
            let registers = row.registers.iter().map(|(slot, it)| (slot.clone(), it.value.clone(), it.stamp.rev));
            (row.key.clone(), row.rev, registers.collect::<Vec<_>>())
        });
        rows.collect()
    };
    let is_same_rows = before.rows == after.rows || was_restored && values(before) == values(after);
    let is_same = is_epoch && before.head.rev == after.head.rev && is_same_rows;
    // What was forgotten in a restore without having written anything may be learnt again.
    let is_same = is_same && (was_restored || before.operations == after.operations);
    (!is_same).then(|| Violation::new(Property::RedeliveryIsIdle, "what was sent before changed the rows"))
}

//! Rows: what is pulled, and what a device holds out after a restore.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize, de::Error as _, ser::SerializeStruct as _};
use serde_json::{Value as Json, json};
use uuid::Uuid;
use weekwise_domain::{Date, ExceptionKey, ScheduleId, SeriesId};

use super::{CopyId, DeviceId, EpochId, OpId, Rev, Value, Version};

/// What a row is known by. On the wire: `kind` and `key`, the latter a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowKey {
    /// `schedule`, by id.
    Schedule(ScheduleId),
    /// `exception`, by series and original date: `<series id> 2026-11-26`.
    Exception(ExceptionKey),
    /// `setting`, by name.
    Setting(String),
    /// `tombstone`, by the id of the schedule that is no more.
    Tombstone(ScheduleId),
    /// `conflict_copy`, by id.
    ConflictCopy(CopyId),
    /// A kind of a later version.
    Other {
        /// Its kind.
        kind: String,
        /// Its key.
        key: String,
    },
}

/// The name of a register within its row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// Of a schedule: when it occurs.
    Pattern,
    /// Of a schedule: what it is.
    Details,
    /// Of a schedule: false while in the trash.
    Active,
    /// The register of an exception.
    Exception,
    /// The register of a setting.
    Setting,
    /// The register of a tombstone.
    Gone,
    /// Of a conflict copy: what lost. Written once.
    Lost,
    /// Of a conflict copy: whether it was dealt with.
    Resolved,
    /// A register of a later version.
    Other(String),
}

/// A register of a row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegisterKey {
    /// The row.
    pub row: RowKey,
    /// The register in it.
    pub slot: Slot,
}

/// When a register was written, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// The revision at which this server wrote it.
    pub rev: Rev,
    /// What its value comes after. Left out on the wire where it is that revision and nothing else.
    #[serde(default, skip_serializing_if = "Version::is_empty")]
    pub version: Version,
    /// The operation that wrote it.
    pub op: OpId,
    /// When the edit was made, as the server estimates (milliseconds since 1970, UTC).
    pub at: i64,
    /// The device on which it was made.
    pub by: DeviceId,
}

/// A register with its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    /// Its content.
    pub value: Value,
    /// When it was written.
    pub stamp: Stamp,
}

/// A row with its registers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is known by.
    pub key: RowKey,
    /// The revision at which it was last written.
    pub rev: Rev,
    /// Its registers.
    pub registers: BTreeMap<Slot, Register>,
}

impl RowKey {
    /// The kind, as on the wire.
    pub fn kind(&self) -> &str {
        match self {
            Self::Schedule(_) => "schedule",
            Self::Exception(_) => "exception",
            Self::Setting(_) => "setting",
            Self::Tombstone(_) => "tombstone",
            Self::ConflictCopy(_) => "conflict_copy",
            Self::Other { kind, .. } => kind,
        }
    }

    /// The key, as on the wire.
    pub fn key(&self) -> String {
        match self {
            Self::Schedule(id) | Self::Tombstone(id) => id.to_string(),
            Self::Exception(key) => format!("{} {}", key.series_id, key.date),
            Self::Setting(name) => name.clone(),
            Self::ConflictCopy(id) => id.to_string(),
            Self::Other { key, .. } => key.clone(),
        }
    }

    /// The row of a kind with a key. A kind that is not known, or a key that does not fit its kind, is
    /// [`Other`](Self::Other).
    pub fn new(kind: &str, key: &str) -> Self {
        let id = || Uuid::try_parse(key).ok().filter(|id| id.to_string() == key);
        let known = match kind {
            "schedule" => id().map(|id| Self::Schedule(ScheduleId(id))),
            "tombstone" => id().map(|id| Self::Tombstone(ScheduleId(id))),
            "conflict_copy" => id().map(|id| Self::ConflictCopy(CopyId(id))),
            "setting" => (!key.is_empty()).then(|| Self::Setting(key.to_owned())),
            "exception" => exception_key(key).map(Self::Exception),
            _ => None,
        };
        known.unwrap_or_else(|| Self::Other { kind: kind.to_owned(), key: key.to_owned() })
    }
}

fn exception_key(key: &str) -> Option<ExceptionKey> {
    let (series, date) = key.split_once(' ')?;
    let series_id = SeriesId(Uuid::try_parse(series).ok().filter(|id| id.to_string() == series)?);
    let date: Date = date.parse().ok()?;
    Some(ExceptionKey { series_id, date })
}

/// `<kind> <key>`.
impl fmt::Display for RowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind(), self.key())
    }
}

impl Slot {
    const KNOWN: [(Self, &'static str); 8] = [
        (Self::Pattern, "pattern"),
        (Self::Details, "details"),
        (Self::Active, "active"),
        (Self::Exception, "exception"),
        (Self::Setting, "setting"),
        (Self::Gone, "gone"),
        (Self::Lost, "lost"),
        (Self::Resolved, "resolved"),
    ];

    /// The name, as on the wire.
    pub fn name(&self) -> &str {
        match self {
            Self::Other(name) => name,
            known => Self::KNOWN.iter().find(|(slot, _)| slot == known).map_or("", |(_, name)| name),
        }
    }

    /// The register of a name.
    pub fn new(name: &str) -> Self {
        let known = Self::KNOWN.into_iter().find(|(_, known)| *known == name);
        known.map_or_else(|| Self::Other(name.to_owned()), |(slot, _)| slot)
    }
}

/// `<kind> <key> <register>`.
impl fmt::Display for RegisterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.row, self.slot.name())
    }
}

impl From<ScheduleId> for RowKey {
    fn from(id: ScheduleId) -> Self {
        Self::Schedule(id)
    }
}

impl From<ExceptionKey> for RowKey {
    fn from(key: ExceptionKey) -> Self {
        Self::Exception(key)
    }
}

impl RegisterKey {
    /// A register.
    pub fn new(row: impl Into<RowKey>, slot: Slot) -> Self {
        Self { row: row.into(), slot }
    }
}

impl Row {
    /// A register's content.
    pub fn value(&self, slot: &Slot) -> Option<&Value> {
        self.registers.get(slot).map(|register| &register.value)
    }

    /// Writes out the versions that were left out because they are revisions of `epoch`.
    pub fn spell_out(&mut self, epoch: EpochId) {
        for Register { stamp, .. } in self.registers.values_mut() {
            if stamp.version.is_empty() {
                stamp.version = Version::at(epoch, stamp.rev);
            }
        }
    }

    /// The row as a page of `epoch` has it: without the versions that are its revisions and nothing else.
    pub(super) fn in_page_of(&self, epoch: EpochId) -> Written<'_> {
        Written { row: self, epoch: Some(epoch) }
    }
}

/// Not made of [`Stamp`] and value by `flatten`, which first reads everything into a form of its own.
#[derive(Deserialize)]
struct WireRegister {
    rev: Rev,
    #[serde(default)]
    version: Version,
    op: OpId,
    at: i64,
    by: DeviceId,
    value: Json,
}

#[derive(Deserialize)]
struct WireRow {
    kind: String,
    key: String,
    rev: Rev,
    registers: BTreeMap<String, WireRegister>,
}

/// A row to be written, without a copy of it.
pub(super) struct Written<'a> {
    row: &'a Row,
    epoch: Option<EpochId>,
}

#[derive(Serialize)]
struct WrittenRegister<'a> {
    rev: Rev,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a Version>,
    op: OpId,
    at: i64,
    by: &'a str,
    value: Json,
}

impl Serialize for Row {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written { row: self, epoch: None }.serialize(serializer)
    }
}

impl Serialize for Written<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_struct("Row", 4)?;
        row.serialize_field("kind", self.row.key.kind())?;
        row.serialize_field("key", &self.row.key.key())?;
        row.serialize_field("rev", &self.row.rev)?;
        row.serialize_field("registers", &Registers(self))?;
        row.end()
    }
}

/// By name, in the order of the names.
struct Registers<'a>(&'a Written<'a>);

impl Serialize for Registers<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Written { row, epoch } = self.0;
        let mut registers: Vec<_> = row.registers.iter().map(|(slot, register)| (slot.name(), register)).collect();
        registers.sort_unstable_by_key(|(name, _)| *name);
        let written = registers.into_iter().map(|(name, Register { value, stamp })| {
            let Stamp { rev, version, op, at, by } = stamp;
            let is_left_out = version.is_empty() || epoch.is_some_and(|epoch| version.only_in(epoch) == Some(*rev));
            let version = (!is_left_out).then_some(version);
            let (rev, op, at, by) = (*rev, *op, *at, by.as_str());
            (name, WrittenRegister { rev, version, op, at, by, value: value.write() })
        });
        serializer.collect_map(written)
    }
}

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let row = WireRow::deserialize(deserializer)?;
        if row.registers.is_empty() {
            return Err(D::Error::custom("a row has registers"));
        }
        let key = RowKey::new(&row.kind, &row.key);
        let registers = row.registers.into_iter().map(|(name, register)| {
            let WireRegister { rev, version, op, at, by, value } = register;
            let stamp = Stamp { rev, version, op, at, by };
            let slot = Slot::new(&name);
            let register = RegisterKey { row: key.clone(), slot: slot.clone() };
            let value = Value::read(&register, &value).unwrap_or(Value::Other(value));
            (slot, Register { value, stamp })
        });
        let registers = registers.collect();
        Ok(Self { key, rev: row.rev, registers })
    }
}

impl Serialize for RegisterKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        json!({ "kind": self.row.kind(), "key": self.row.key(), "register": self.slot.name() }).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for RegisterKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Wire {
            kind: String,
            key: String,
            register: String,
        }
        let Wire { kind, key, register } = Wire::deserialize(deserializer)?;
        Ok(Self { row: RowKey::new(&kind, &key), slot: Slot::new(&register) })
    }
}

//! Operations: what a device pushes.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{EpochId, Fork, OpId, RegisterKey, Rev, RowKey, Slot, Version};

/// One edit of a person: register writes that are applied all or none.
///
/// It never changes once it is in the outbox: it is retried as it is, also by a later version of Weekwise and after a
/// restore, for the server knows it by its id and its body. Only in which words it says what its writer had seen may change, where
/// the device starts over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "WireOperation", into = "WireOperation")]
pub struct Operation {
    /// Its identity.
    pub op: OpId,
    /// When the edit was made by the device's clock (milliseconds since 1970, UTC), right or wrong.
    pub edited_at_ms: i64,
    /// The epoch in which it was made; none before the first pull.
    pub epoch: Option<EpochId>,
    /// 1 to 500 writes, at most one of each register.
    pub writes: Vec<Write>,
}

/// A register write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// What is written to.
    pub register: RegisterKey,
    /// What the register held when the edit was made; none where there was nothing.
    pub base: Option<Base>,
    /// What was known of the whole series. Where a schedule goes into the trash or away for good, since that is about
    /// all of it.
    pub seen: Option<Seen>,
    /// Whether the edit was made to something in the trash, and is to leave it there.
    pub in_trash: bool,
    /// The new content. Fields that are left out stay as they are.
    pub value: Json,
}

impl Operation {
    /// Counts what its writer had seen after a fork of `epoch` to another one. That makes it no other operation.
    pub fn relabel(&mut self, epoch: EpochId, fork: Fork) {
        for write in &mut self.writes {
            let versions =
                [write.base.as_mut().map(|base| &mut base.version), write.seen.as_mut().map(|seen| &mut seen.version)];
            versions.into_iter().flatten().for_each(|version| version.relabel(epoch, fork));
        }
    }
}

/// What the writer saw in a register.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Base {
    /// The version that was pulled; empty for a write of this device that was not.
    pub version: Version,
    /// The operation that wrote it.
    pub op: Option<OpId>,
}

/// What the writer knew of a series: everything up to a version, and some operations beyond.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen {
    /// The revisions up to which everything was pulled.
    pub version: Version,
    /// Operations beyond: those of this device that were not pulled yet, and those of which it pulled a part.
    pub ops: Vec<OpId>,
}

#[derive(Serialize, Deserialize, Clone)]
struct WireOperation {
    op: OpId,
    edited_at_ms: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    epoch: Option<EpochId>,
    writes: Vec<WireWrite>,
}

#[derive(Serialize, Deserialize, Clone)]
struct WireWrite {
    kind: String,
    key: String,
    register: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base: Option<WireKnown>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seen: Option<WireKnown>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    in_trash: bool,
    value: Json,
}

/// A base or what was seen: `rev` stands for a version of the operation's epoch alone.
#[derive(Serialize, Deserialize, Clone, Default)]
struct WireKnown {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rev: Option<Rev>,
    #[serde(default, skip_serializing_if = "Version::is_empty")]
    version: Version,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    op: Option<OpId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ops: Vec<OpId>,
}

impl WireKnown {
    fn of(version: Version, epoch: Option<EpochId>) -> Self {
        match epoch.and_then(|epoch| version.only_in(epoch)) {
            Some(rev) => Self { rev: Some(rev), ..Self::default() },
            None => Self { version, ..Self::default() },
        }
    }

    fn version(&self, epoch: Option<EpochId>) -> Version {
        let mut version = self.version.clone();
        if let (Some(epoch), Some(rev)) = (epoch, self.rev) {
            version.set(epoch, rev);
        }
        version
    }
}

impl From<WireOperation> for Operation {
    fn from(WireOperation { op, edited_at_ms, epoch, writes }: WireOperation) -> Self {
        let writes = writes.into_iter().map(|wire| Write {
            register: RegisterKey { row: RowKey::new(&wire.kind, &wire.key), slot: Slot::new(&wire.register) },
            base: wire.base.map(|base| Base { version: base.version(epoch), op: base.op }),
            seen: wire.seen.map(|seen| Seen { version: seen.version(epoch), ops: seen.ops }),
            in_trash: wire.in_trash,
            value: wire.value,
        });
        Self { op, edited_at_ms, epoch, writes: writes.collect() }
    }
}

impl From<Operation> for WireOperation {
    fn from(Operation { op, edited_at_ms, epoch, writes }: Operation) -> Self {
        let writes = writes.into_iter().map(|Write { register, base, seen, in_trash, value }| WireWrite {
            kind: register.row.kind().to_owned(),
            key: register.row.key(),
            register: register.slot.name().to_owned(),
            base: base.map(|Base { version, op }| WireKnown { op, ..WireKnown::of(version, epoch) }),
            seen: seen.map(|Seen { version, ops }| WireKnown { ops, ..WireKnown::of(version, epoch) }),
            in_trash,
            value,
        });
        Self { op, edited_at_ms, epoch, writes: writes.collect() }
    }
}

//! The column `stamps`: what belongs to the registers of a row beside their values.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use weekwise_protocol::sync::{DeviceId, Extra, OpId, Rev, Row, Slot, Stamp, Value, Version};

use super::Epochs;

/// By the name of the register.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Stamps(BTreeMap<String, Stored>);

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Stored {
    op: OpId,
    at: i64,
    by: DeviceId,
    version: Version,
    /// Of a register that has no revision of its own in the table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rev: Option<Rev>,
    /// Fields of later versions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    extra: Extra,
}

/// What a register's own columns say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written {
    pub(super) rev: i64,
    pub(super) epoch: i32,
    pub(super) origin_rev: i64,
    pub(super) op: Uuid,
}

impl Stamps {
    /// Of a row as it is to be stored.
    pub(super) fn of(row: &Row) -> Self {
        let stamps = row.registers.iter().map(|(slot, register)| {
            let Stamp { rev, version, op, at, by } = register.stamp.clone();
            let extra = match &register.value {
                Value::Pattern(fields) => fields.extra.clone(),
                Value::Details(fields) => fields.extra.clone(),
                Value::Exception(fields) => fields.extra.clone(),
                _ => Extra::new(),
            };
            let rev = (*slot == Slot::Lost).then_some(rev);
            (slot.name().to_owned(), Stored { op, at, by, version, rev, extra })
        });
        Self(stamps.collect())
    }

    /// The stamp of a register, and its fields of later versions. Where a program that knew nothing of this column has written
    /// the register since, at `updated_at`, its value comes after what was there.
    pub(super) fn stamp(
        &self,
        slot: &Slot,
        written: Written,
        epochs: &Epochs,
        updated_at: DateTime<Utc>,
    ) -> (Stamp, Extra) {
        let Written { rev, epoch, origin_rev, op } = written;
        let (rev, op) = (Rev(rev), OpId(op));
        let stored = self.0.get(slot.name()).cloned();
        let extra = stored.as_ref().map(|it| it.extra.clone()).unwrap_or_default();
        let stamp = match stored {
            Some(Stored { op: its, at, by, version, .. }) if its == op => Stamp { rev, version, op, at, by },
            stored => {
                let mut version = stored.map(|it| it.version).unwrap_or_default();
                version.join(&Version::at(epochs.of(epoch, origin_rev), Rev(origin_rev)));
                Stamp { rev, version, op, at: updated_at.timestamp_millis(), by: DeviceId::web() }
            }
        };
        (stamp, extra)
    }

    /// The stamp of a register that has no columns of its own; none if it is not there.
    pub(super) fn own(&self, slot: &Slot) -> Option<Stamp> {
        let Stored { op, at, by, version, rev, .. } = self.0.get(slot.name()).cloned()?;
        Some(Stamp { rev: rev?, version, op, at, by })
    }
}

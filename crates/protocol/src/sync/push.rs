//! Pushing: operations, and rows that are held out after a restore.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use thiserror::Error;
use weekwise_domain::ScheduleId;

use super::{DeviceId, DeviceName, EpochId, OpId, Point, Rev, Row};

/// What a device pushes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Push {
    /// The version of the protocol that the device speaks.
    pub proto: u32,
    /// The history that it has pulled.
    pub epoch: EpochId,
    /// Points of that history that it has heard of, be it from pages or from replies to pushes: the last ones, the newest
    /// first. After a point 0 come points of histories that it had pulled before.
    pub trail: Vec<Point>,
    /// The device.
    pub device_id: DeviceId,
    /// What people call it, where it has a name. It need not be the same each time: the last one counts.
    #[serde(default, deserialize_with = "super::name::read", skip_serializing_if = "Option::is_none")]
    pub device_name: Option<DeviceName>,
    /// The device's clock when this was sent (milliseconds since 1970, UTC).
    pub device_now_ms: i64,
    /// How many operations wait beyond those sent here. 0 tells the server that every later edit is later than now.
    pub pending_after: u64,
    /// Rows of a lost history that the server may not have any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<Row>,
    /// Operations, in the order in which they were made. Read one by one, so that a bad one fails no other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ops: Vec<Json>,
}

/// The reply to a push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushReply {
    /// The history that the revisions belong to.
    pub epoch: EpochId,
    /// How far it reaches now: who has pulled as far sees everything that came of this push.
    pub head: Point,
    /// What became of each held row, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<HeldReply>,
    /// What became of each operation, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ops: Vec<OpReply>,
}

/// What became of an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpReply {
    /// Which one; none if it could not be read.
    pub op: Option<OpId>,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What became of an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// All of its writes hold.
    Applied {
        /// The last revision that it took, or that it met with equal values.
        rev: Rev,
        /// What followed from it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        also: Vec<Fate>,
    },
    /// None of its writes hold, for later ones were there. They are kept as conflict copies.
    Superseded {
        /// An operation that it lost against.
        by: OpId,
        /// The last revision of the conflict copies.
        rev: Rev,
    },
    /// None of its writes hold, and nothing is kept of it here.
    Rejected {
        /// Why.
        reason: Reason,
    },
}

/// What else followed from an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fate", rename_all = "snake_case")]
pub enum Fate {
    /// It was in the trash, and came out of it because the edit was made to it.
    Restored {
        /// The schedule.
        schedule: ScheduleId,
    },
    /// It ends earlier than was written, before the next segment of its series.
    Shortened {
        /// The schedule.
        schedule: ScheduleId,
    },
}

/// Why an operation is rejected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Error)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Reason {
    /// It cannot be read, or holds what cannot be.
    #[error("it cannot be read: {detail}")]
    Malformed {
        /// Where and what.
        detail: String,
    },
    /// Its id is known with another body.
    #[error("its id belongs to another edit")]
    IdReused,
    /// It changes a schedule or a conflict copy that was never there.
    #[error("{row} is not there")]
    UnknownRow {
        /// Which one: kind and key.
        row: String,
    },
    /// It needs an operation that was rejected.
    #[error("it needs {op}, which was rejected")]
    DependsOn {
        /// Which one.
        op: OpId,
    },
    /// The account is full.
    #[error("the account is full")]
    Limit,
    /// It alone is larger than a push may be. Said by the device, which cannot send it.
    #[error("it is too large to be sent")]
    TooLarge,
    /// The server fails on it, again and again. Said by the device, which set it aside.
    #[error("the server fails on it")]
    Poison,
}

impl Reason {
    /// What cannot be read, or cannot be: where and what. It is cut short, since it may quote what was sent at any length.
    pub fn malformed(detail: impl fmt::Display) -> Self {
        Self::Malformed { detail: detail.to_string().chars().take(200).collect() }
    }
}

/// What became of a held row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldReply {
    /// What became of it.
    #[serde(flatten)]
    pub outcome: HeldOutcome,
}

/// What became of a held row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum HeldOutcome {
    /// What of it was not known is in the rows or in conflict copies now.
    Kept,
    /// It cannot be taken.
    Rejected {
        /// Why.
        reason: Reason,
    },
}

//! The other bodies: refusals, events, devices.

use serde::{Deserialize, Serialize};

use super::{DeviceId, DeviceName, EpochId, Rev};

/// Why a request as a whole was refused. Nothing was changed. Each has its HTTP status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum Refusal {
    /// 400: the request cannot be read.
    Malformed {
        /// Where and what.
        detail: String,
    },
    /// 401: nobody is signed in.
    Unauthorized,
    /// 409: the device has pulled another history than this server keeps.
    Resync {
        /// The history to pull from its beginning.
        epoch: EpochId,
        /// The last point of the device's trail that is in that history too; 0 if none is.
        common: Rev,
        /// Set where the device has pulled this very history, and an epoch of it turned out to have forked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fork: Option<Fork>,
    },
    /// 410: the account was deleted.
    AccountGone,
    /// 413: too much at once.
    TooLarge {
        /// The most operations.
        max_ops: u64,
        /// The most bytes.
        max_bytes: u64,
    },
    /// 426: the device speaks a version of the protocol that is no longer served.
    Update {
        /// The oldest one that is.
        min_proto: u32,
    },
    /// 400: the device speaks a later version of the protocol than the server.
    Newer {
        /// The newest one that is served.
        max_proto: u32,
    },
    /// 429: too often. The header `Retry-After` says for how many seconds.
    TooMany,
    /// 500 and above: the server failed.
    Failed,
}

/// An epoch that forked: the database was set back without anyone saying so, and gave out revisions of it a second time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fork {
    /// What belongs to both histories: the revisions up to this one.
    pub after: Rev,
    /// The epoch to which the later revisions of the history here are counted from now on.
    pub into: EpochId,
}

/// The data of an event `head`: how far a history reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The history.
    pub epoch: EpochId,
    /// Its last revision.
    pub head: Rev,
}

/// The devices that have pushed to an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Devices {
    /// By the time of their last push, the latest first.
    pub devices: Vec<Device>,
}

/// A device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Which one.
    pub device_id: DeviceId,
    /// What it last said that people call it; none if it never did.
    #[serde(default, deserialize_with = "super::name::read", skip_serializing_if = "Option::is_none")]
    pub device_name: Option<DeviceName>,
    /// When it pushed last, by the server's clock (milliseconds since 1970, UTC).
    pub pushed_at_ms: i64,
    /// When it last said that nothing waits on it, by the server's clock; none if it never did.
    pub drained_at_ms: Option<i64>,
}

//! Identities.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id! {
    /// Identifies an operation: one edit of a person. UUIDv7, made where the edit is made.
    OpId
}
id! {
    /// Identifies a history of a user's revisions. Whatever may give revisions out a second time (a restored backup, a
    /// promoted standby) begins another one.
    EpochId
}
id! {
    /// Identifies a transaction in which revisions were given out. Drawn at random by the server, so that two
    /// histories that gave out the same revision differ in its mark.
    Mark
}
id! {
    /// Identifies a conflict copy.
    CopyId
}

/// A revision: the place of a write in the history of one user, counted from 1. 0 stands before the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rev(pub i64);

impl Rev {
    /// Before the first revision.
    pub const ZERO: Self = Self(0);

    /// The revision after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Rev {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Names a device: a UUID, or one of the names that the server uses itself (`web`, `adoption`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DeviceId(String);

/// A text that names no device.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("\"{0}\" names no device: 1 to 64 lower-case letters, digits and hyphens do")]
pub struct DeviceIdError(String);

impl DeviceId {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The device that calls of the web client are recorded under.
    pub fn web() -> Self {
        Self("web".to_owned())
    }
}

impl From<Uuid> for DeviceId {
    fn from(id: Uuid) -> Self {
        Self(id.to_string())
    }
}

impl TryFrom<String> for DeviceId {
    type Error = DeviceIdError;
    fn try_from(name: String) -> Result<Self, DeviceIdError> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let shaped = (1..=64).contains(&name.len()) && name.bytes().all(allowed);
        if shaped { Ok(Self(name)) } else { Err(DeviceIdError(name.chars().take(64).collect())) }
    }
}

impl From<DeviceId> for String {
    fn from(device: DeviceId) -> Self {
        device.0
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

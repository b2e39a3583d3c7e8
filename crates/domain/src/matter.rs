//! What a person is told beside their week, and can deal with.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Something that sync tells a person. Whether they have dealt with it is a register like others, so that dealing with it
/// goes along with the edit that it comes to, and is undone with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// An edit that came from elsewhere, by its operation: dealt with once it is taken back.
    Arrival(Uuid),
    /// A conflict copy, by its id.
    Conflict(Uuid),
    /// An edit that was not taken, by its number on this device.
    Rejected(i64),
}

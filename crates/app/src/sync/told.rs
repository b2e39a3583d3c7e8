//! What sync has to tell a person: conflict copies, and what the server did not take.

use std::collections::BTreeSet;

use serde::Serialize;
use uuid::Uuid;
use weekwise_domain::Change;
use weekwise_protocol::{
    Failure,
    sync::{CopyId, OpId, Operation, Reason, Row, RowKey, Slot, Value},
};
use weekwise_sync::client;

use super::part::{About, Part, Store};
use crate::{App, clock, failure::stored};

/// A value that lost against another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// Its id.
    pub id: Uuid,
    /// The change that would put the value that lost in the place of the other.
    pub change: Change,
    /// The device on which it was made.
    pub by: String,
    /// When it was made, as the server estimates (milliseconds since 1970, UTC).
    pub at_ms: i64,
}

/// An edit that the server did not take, or a row that it did not take back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RejectedEdit {
    /// Its number.
    pub id: i64,
    /// When it was rejected (RFC 3339).
    pub at: String,
    /// Why.
    pub reason: Reason,
    /// The rows that it would have changed: kind and key.
    pub rows: Vec<String>,
}

impl App {
    /// The conflict copies that nobody has dealt with. Those of a later version are passed over.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn conflicts(&self) -> Result<Vec<Conflict>, Failure> {
        let copies = self.read().await?.conflict_copies().await.map_err(stored)?;
        let open = copies.into_iter().filter(|copy| !copy.is_resolved);
        Ok(open.filter_map(|copy| conflict(copy.id, &copy.body)).collect())
    }

    /// Notes that a person has dealt with a conflict copy, for all devices. Whether it was there and open.
    ///
    /// # Errors
    /// When the file is of no account, or cannot be written.
    pub async fn resolve(&self, conflict: Uuid) -> Result<bool, Failure> {
        let copy = CopyId(conflict);
        let about = About { keys: BTreeSet::from([RowKey::ConflictCopy(copy)]), ..About::default() };
        let now = clock::moment();
        let mut step = Part::new(about, |file| {
            let mut recorder = client::Recorder { id: &mut || OpId(Uuid::now_v7()), now_ms: now.timestamp_millis() };
            let is_resolved = file.resolve(copy, &mut recorder).is_some();
            (is_resolved, if is_resolved { Store::Changes } else { Store::Nothing })
        });
        self.store().step(&mut step, now).await.map_err(stored)?;
        Ok(step.outcome().unwrap_or_default())
    }

    /// What the server did not take, the oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn rejected(&self) -> Result<Vec<RejectedEdit>, Failure> {
        let all = self.read().await?.rejected().await.map_err(stored)?;
        let told = all.into_iter().filter_map(|it| {
            let rows = if it.row.is_operation {
                let operation: Operation = serde_json::from_str(&it.row.body).ok()?;
                let rows: BTreeSet<_> = operation.writes.iter().map(|write| write.register.row.to_string()).collect();
                rows.into_iter().collect()
            } else {
                vec![serde_json::from_str::<Row>(&it.row.body).ok()?.key.to_string()]
            };
            Some(RejectedEdit { id: it.id, at: it.at, reason: serde_json::from_str(&it.row.reason).ok()?, rows })
        });
        Ok(told.collect())
    }

    /// Takes something off the list of what was rejected. Whether it was on it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn dismiss_rejected(&self, id: i64) -> Result<bool, Failure> {
        self.store().dismiss_rejected(id).await.map_err(stored)
    }
}

fn conflict(id: Uuid, body: &str) -> Option<Conflict> {
    let row: Row = serde_json::from_str(body).ok()?;
    let register = row.registers.get(&Slot::Lost)?;
    let Value::Lost(change) = &register.value else { return None };
    let stamp = &register.stamp;
    Some(Conflict { id, change: (**change).clone(), by: stamp.by.to_string(), at_ms: stamp.at })
}

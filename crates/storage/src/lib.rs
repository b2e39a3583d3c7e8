//! Schedules in SQLite: one data folder, a file in it for each account and one without, one file of code per table.
//!
//! An edit is one transaction: it reads the rows that it needs, lets `weekwise-domain` plan it on
//! them, and writes the registers and the undo record; when it returns, all of it is on the disk.
//!
//! What it deliberately is not: it holds no rule of the week model, reads no clock (moments are passed in), and
//! knows nothing of the calls of the interface.

mod accounts;
mod column;
mod connect;
mod disk;
mod edit;
mod error;
mod event;
mod exception;
mod folder;
mod history;
mod inspect;
mod journal;
mod lock;
mod meta;
mod migrate;
mod presence;
mod private;
mod quarantine;
mod reading;
mod repair;
mod schedule;
mod setting;
mod snapshot;
mod store;
mod suspicion;
mod sync;
#[cfg(test)]
mod tests;
mod writer;

pub use accounts::{Accounts, Kept, SessionPlace};
pub use connect::Durability;
pub use edit::{EditFailure, Edited, Undone};
pub use error::{Fault, StorageError};
pub use event::StartEvent;
pub use folder::{DataFolder, FOLDER_VARIABLE, NoDataFolder};
pub use history::{History, KEPT, Step};
pub use reading::{Counts, Reading};
pub use snapshot::{Snapshot, SnapshotKind};
pub use store::{Moment, Opened, Store};
pub use sync::{
    BaseRow, Changed, Copy, HeldRow, Loaded, Needs, OutboxRow, Outline, Owner, Recording, Rejected, RejectedRow,
    RowName, Step as SyncStep, StepError, SyncCounts, SyncState, View, Waiting,
};

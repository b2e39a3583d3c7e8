//! What a file of an account keeps for sync, as plain rows.
//!
//! How rows are merged is none of this crate's business: a [`Step`] is given the rows that it asks for and says which ones
//! to store, all inside one transaction. So an edit and its operation are one commit, and so are a page and its cursor.

mod load;
mod rows;
mod store;

use futures_util::future::BoxFuture;
use sqlx::SqliteConnection;
use thiserror::Error;
use weekwise_domain::Change;

use crate::{Moment, Reading, StorageError, Store, suspicion};

pub use rows::{
    BaseRow, Changed, Copy, HeldRow, Loaded, Needs, OutboxRow, Outline, Owner, Rejected, RejectedRow, RowName,
    SyncCounts, SyncState, View, Waiting,
};

/// A step of sync inside a transaction.
pub trait Step: Send {
    /// Takes the outline of the file, and says what else is needed.
    ///
    /// # Errors
    /// When something in it cannot be read.
    fn begin(&mut self, outline: Outline) -> Result<Needs, StepError>;

    /// Takes that, and says what to store; nothing if nothing changed.
    ///
    /// # Errors
    /// When something in it cannot be read. Then nothing is stored.
    fn end(&mut self, loaded: Loaded) -> Result<Option<Changed>, StepError>;
}

/// Makes operations of edits. A file of an account has one, and so no edit is without its operation.
pub trait Recording: Send + Sync {
    /// The step that records the changes of an edit. What it stores must show them.
    fn record(&self, changes: &[Change], now: Moment) -> Box<dyn Step>;
}

/// Something in the tables of sync that no Weekwise wrote.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a row of {table} cannot be read: {reason}")]
pub struct StepError {
    /// Where.
    pub table: &'static str,
    /// Why, without content of the week.
    pub reason: String,
}

impl Store {
    /// Does a step of sync, as one transaction. When this returns, it is on the disk.
    ///
    /// # Errors
    /// When the file is of no account, or cannot be read or written.
    pub fn step<'a>(&'a self, step: &'a mut dyn Step, now: Moment) -> BoxFuture<'a, Result<(), StorageError>> {
        Box::pin(async move {
            let mut writer = self.begin().await?;
            writer.note_moment(now);
            let done = run(&mut writer.connection, step, now).await.map(drop);
            self.noted(writer.finish(done, None).await)
        })
    }

    /// Makes the file one of an account, if it is none yet.
    ///
    /// # Errors
    /// [`StorageError::OtherAccount`] when it is another one's; when it cannot be written.
    pub async fn belong_to(&self, owner: &Owner, device: &str) -> Result<(), StorageError> {
        let mut writer = self.begin().await?;
        let done = store::claim(&mut writer.connection, owner, device).await;
        self.noted(writer.finish(done, None).await)
    }

    /// Takes something off the list of what was rejected. Whether it was there.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn dismiss_rejected(&self, id: i64) -> Result<bool, StorageError> {
        let mut writer = self.begin().await?;
        let done = store::dismiss(&mut writer.connection, id).await;
        self.noted(writer.finish(done, None).await)
    }
}

impl Reading {
    /// Whose file it is; none where it is a local one.
    pub async fn owner(&mut self) -> Result<Option<Owner>, StorageError> {
        let found = load::owner(self.connection()).await;
        suspicion::raised_by(self.folder(), found)
    }

    /// What stands in single rows.
    pub async fn sync_state(&mut self) -> Result<SyncState, StorageError> {
        let found = load::state(self.connection()).await;
        suspicion::raised_by(self.folder(), found)
    }

    /// The first operations that the server does not have, so many at most.
    pub async fn unsent(&mut self, most: usize) -> Result<Vec<OutboxRow>, StorageError> {
        let found = load::unsent(self.connection(), most).await;
        suspicion::raised_by(self.folder(), found)
    }

    /// What stands in single rows, and what is held.
    pub async fn outline(&mut self) -> Result<Outline, StorageError> {
        let found = load::outline(self.connection()).await;
        suspicion::raised_by(self.folder(), found)
    }

    /// How much waits.
    pub async fn sync_counts(&mut self) -> Result<SyncCounts, StorageError> {
        let found = load::counts(self.connection()).await;
        suspicion::raised_by(self.folder(), found)
    }

    /// What is needed of the outbox and of the server's rows; all of it with [`Needs::everything`].
    pub async fn part(&mut self, needs: &Needs) -> Result<Loaded, StorageError> {
        let found = load::part(self.connection(), needs).await;
        suspicion::raised_by(self.folder(), found)
    }

    /// What was rejected, the oldest first.
    pub async fn rejected(&mut self) -> Result<Vec<Rejected>, StorageError> {
        let found = load::rejected(self.connection()).await;
        suspicion::raised_by(self.folder(), found)
    }

    /// The conflict copies, by id.
    pub async fn conflict_copies(&mut self) -> Result<Vec<Copy>, StorageError> {
        let found = load::copies(self.connection()).await;
        suspicion::raised_by(self.folder(), found)
    }
}

/// Does a step inside a transaction that is begun. Returns what it stored.
pub(crate) fn run<'a>(
    connection: &'a mut SqliteConnection,
    step: &'a mut dyn Step,
    now: Moment,
) -> BoxFuture<'a, Result<Option<Changed>, StorageError>> {
    Box::pin(async move {
        let outline = load::outline(connection).await?;
        let needs = step.begin(outline)?;
        let loaded = load::part(connection, &needs).await?;
        let changed = step.end(loaded)?;
        if let Some(changed) = &changed {
            store::all(connection, changed, now).await?;
        }
        Ok(changed)
    })
}

/// Puts operations of the journal back into the outbox, where they are not there. The week does not show them before the view is
/// made anew.
pub(crate) async fn put_back(connection: &mut SqliteConnection, operations: &[OutboxRow]) -> Result<(), StorageError> {
    store::put_back(connection, operations).await
}

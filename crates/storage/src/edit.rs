//! Edits, undo and redo: each one transaction and one commit.

use sqlx::{Connection as _, Sqlite, SqliteConnection, Transaction};
use thiserror::Error;
use weekwise_domain::{Change, EditError, Request, Summary, plan, revert};

use crate::{
    Moment, Step, StorageError, Store, exception, history,
    reading::{rows_for, rows_of},
    schedule, setting,
    store::WriterGuard,
};

/// An edit that was done and is on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The edit as recorded; none when it changed nothing.
    pub step: Option<Step>,
    /// What was done.
    pub summary: Summary,
}

/// A step that was taken back or done again; that is on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// The step.
    pub step: Step,
    /// How many of its changes were left as they are, because they were edited since.
    pub left: usize,
}

/// Why an edit was not done. Nothing was changed.
#[derive(Debug, Error)]
pub enum EditFailure {
    /// It breaks a rule of the week.
    #[error("the edit is refused")]
    Refused(#[from] EditError),
    /// The file could not be read or written.
    #[error("the edit could not be stored")]
    Storage(#[from] StorageError),
}

impl From<sqlx::Error> for EditFailure {
    fn from(error: sqlx::Error) -> Self {
        Self::Storage(error.into())
    }
}

impl Store {
    /// Does an edit: rows and undo record are written together or not at all. When this returns, they are on the disk.
    ///
    /// # Errors
    /// When the edit is refused, judged on the rows at this very moment, or the file cannot be written.
    pub async fn edit(&self, request: &Request, now: Moment) -> Result<Edited, EditFailure> {
        let mut writer = self.writer().await?;
        let mut transaction = begin(&mut writer).await?;
        let rows = rows_for(&mut transaction, &request.edit).await?;
        let plan = plan(request, &rows)?;
        if plan.changes.is_empty() {
            return Ok(Edited { step: None, summary: plan.summary });
        }
        apply(&mut transaction, &plan.changes).await?;
        let step = history::record(&mut transaction, request, &plan, now).await?;
        transaction.commit().await?;
        writer.check_presence()?;
        Ok(Edited { step: Some(step), summary: plan.summary })
    }

    /// Takes a step back: the one with the given number, or the one done last. Registers that were edited since keep
    /// their values. None when there is no such step.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub async fn undo(&self, id: Option<i64>) -> Result<Option<Undone>, StorageError> {
        let mut writer = self.writer().await?;
        let mut transaction = begin(&mut writer).await?;
        let Some(standing) = history::done(&mut transaction, id).await? else { return Ok(None) };
        let rows = rows_of(&mut transaction, &standing.changes).await?;
        let reverted = revert(&standing.changes, &rows);
        apply(&mut transaction, &reverted.changes).await?;
        history::mark_undone(&mut transaction, standing.step.id, &reverted.changes).await?;
        transaction.commit().await?;
        writer.check_presence()?;
        Ok(Some(Undone { step: standing.step, left: reverted.left.len() }))
    }

    /// Does the step again that was undone last, as far as nothing was edited since. None when there is none.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub async fn redo(&self) -> Result<Option<Undone>, StorageError> {
        let mut writer = self.writer().await?;
        let mut transaction = begin(&mut writer).await?;
        let Some(standing) = history::undone(&mut transaction).await? else { return Ok(None) };
        let rows = rows_of(&mut transaction, &standing.changes).await?;
        let reverted = revert(&standing.changes, &rows);
        apply(&mut transaction, &reverted.changes).await?;
        history::mark_redone(&mut transaction, standing.step.id, &reverted.changes).await?;
        transaction.commit().await?;
        writer.check_presence()?;
        Ok(Some(Undone { step: standing.step, left: reverted.left.len() }))
    }
}

/// Begins a transaction that writes. It takes SQLite's write lock at once, so that what it reads first
/// cannot change before it writes.
async fn begin<'a>(writer: &'a mut WriterGuard<'_>) -> Result<Transaction<'a, Sqlite>, StorageError> {
    Ok(writer.connection.begin_with("BEGIN IMMEDIATE").await?)
}

/// Sets registers.
async fn apply(connection: &mut SqliteConnection, changes: &[Change]) -> Result<(), StorageError> {
    for change in changes {
        match change {
            Change::Schedule { after: Some(row), .. } => schedule::put(connection, row).await?,
            Change::Schedule { id, after: None, .. } => schedule::remove(connection, *id).await?,
            Change::Pattern { id, after, .. } => schedule::set_pattern(connection, *id, after).await?,
            Change::Details { id, after, .. } => schedule::set_details(connection, *id, after).await?,
            Change::Active { id, after, .. } => schedule::set_active(connection, *id, *after).await?,
            Change::Exception { key, after, .. } => exception::set(connection, *key, after.as_deref()).await?,
            Change::Setting { after, .. } => setting::set(connection, after).await?,
        }
    }
    Ok(())
}

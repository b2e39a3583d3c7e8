//! Edits, undo and redo: each one transaction and one commit.

use sqlx::SqliteConnection;
use thiserror::Error;
use weekwise_domain::{Change, EditError, ExceptionTally, Request, Reverted, Rows, Summary, plan, revert};

use crate::{
    Moment, Step, StorageError, Store, exception,
    history::{self, Standing},
    journal::{Act, Position},
    reading::{exceptions_for, rows_of, with_exceptions},
    schedule, setting,
};

/// An edit that was done and is on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The edit as recorded; none when it changed nothing, or is no step of undo.
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
    /// What became of the exceptions of the series whose dates went back.
    pub exceptions: ExceptionTally,
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

impl Store {
    /// Does an edit: rows and undo record are written together or not at all. When this returns, they are on the disk.
    ///
    /// # Errors
    /// When the edit is refused, judged on the rows at this very moment, or the file cannot be written.
    pub async fn edit(&self, request: &Request, now: Moment) -> Result<Edited, EditFailure> {
        let mut writer = self.begin().await?;
        writer.note_moment(now);
        let mut known = writer.take_known();
        let done = edit(&mut writer.connection, request, now, &mut known).await;
        let done = done.map(|(edited, reached)| {
            writer.note_reached(reached);
            edited
        });
        match writer.finish(done, Some(Act::Edit(Box::new(request.clone())))).await {
            Err(EditFailure::Storage(error)) => Ok(self.noted(Err(error))?),
            Err(refused) => Err(refused),
            Ok(done) => {
                writer.keep_known(known);
                Ok(done)
            }
        }
    }

    /// Takes a step back: the one with the given number, or the one done last. Registers that were edited since keep
    /// their values. None when there is no such step.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub async fn undo(&self, id: Option<i64>) -> Result<Option<Undone>, StorageError> {
        let mut writer = self.begin().await?;
        let done = undo(&mut writer.connection, id).await;
        self.noted(writer.finish(done, Some(Act::Undo(id))).await)
    }

    /// Does the step again that was undone last, as far as nothing was edited since. None when there is none.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub async fn redo(&self) -> Result<Option<Undone>, StorageError> {
        let mut writer = self.begin().await?;
        let done = redo(&mut writer.connection).await;
        self.noted(writer.finish(done, Some(Act::Redo)).await)
    }
}

/// Does an edit inside a transaction that is begun. `known` are all schedules and settings as they are, where they need
/// not be read for it; afterwards they are those that the edit leaves. Returns also where the data file now stands, if that
/// became known.
pub(crate) async fn edit(
    connection: &mut SqliteConnection,
    request: &Request,
    now: Moment,
    known: &mut Option<Rows>,
) -> Result<(Edited, Option<Position>), EditFailure> {
    let exceptions = exceptions_for(connection, &request.edit).await?;
    let mut rows = match known.take() {
        Some(rows) => Rows { exceptions, ..rows },
        None => with_exceptions(connection, exceptions).await?,
    };
    let plan = plan(request, &rows)?;
    rows.apply(&plan.changes);
    rows.exceptions.clear();
    *known = Some(rows);
    if plan.changes.is_empty() {
        return Ok((Edited { step: None, summary: plan.summary }, None));
    }
    apply(connection, &plan.changes).await?;
    if !request.edit.is_step() {
        return Ok((Edited { step: None, summary: plan.summary }, None));
    }
    let (step, reached) = history::record(connection, request, &plan, now).await?;
    Ok((Edited { step: Some(step), summary: plan.summary }, Some(reached)))
}

/// Takes a step back inside a transaction that is begun.
pub(crate) async fn undo(connection: &mut SqliteConnection, id: Option<i64>) -> Result<Option<Undone>, StorageError> {
    let Some(Standing { step, changes }) = history::done(connection, id).await? else { return Ok(None) };
    let Reverted { changes, left, exceptions } = take_back(connection, &changes).await?;
    history::mark_undone(connection, step.id, &changes).await?;
    Ok(Some(Undone { step, left: left.len(), exceptions }))
}

/// Takes back what the undo did, inside a transaction that is begun.
pub(crate) async fn redo(connection: &mut SqliteConnection) -> Result<Option<Undone>, StorageError> {
    let Some(Standing { step, changes }) = history::undone(connection).await? else { return Ok(None) };
    let Reverted { changes, left, exceptions } = take_back(connection, &changes).await?;
    history::mark_redone(connection, step.id, &changes).await?;
    Ok(Some(Undone { step, left: left.len(), exceptions }))
}

async fn take_back(connection: &mut SqliteConnection, changes: &[Change]) -> Result<Reverted, StorageError> {
    let reverted = revert(changes, &rows_of(connection, changes).await?);
    apply(connection, &reverted.changes).await?;
    Ok(reverted)
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

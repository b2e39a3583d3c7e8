//! Edits, undo and redo: each one transaction and one commit.

use std::sync::Arc;

use sqlx::SqliteConnection;
use thiserror::Error;
use weekwise_domain::{
    Change, EditError, ExceptionTally, Matter, Request, Reverted, Rows, Setting, Summary, plan, revert,
};

use crate::{
    Moment, OutboxRow, Recording, Step, StorageError, Store, exception,
    history::{self, Standing},
    journal::{Act, Position, Recorded},
    matter,
    reading::{exceptions_for, rows_of, with_exceptions},
    schedule, setting, sync,
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
    /// Does an edit: rows and undo record, and in a file of an account its operation, are written together or not at all.
    /// When this returns, they are on the disk.
    ///
    /// # Errors
    /// When the edit is refused, judged on the rows at this very moment, or the file cannot be written.
    pub async fn edit(&self, request: &Request, now: Moment) -> Result<Edited, EditFailure> {
        let mut writer = self.begin().await?;
        writer.note_moment(now);
        let mut known = writer.take_known();
        let done = edit(&mut writer.connection, request, self.recording.clone(), now, &mut known).await;
        let act = Act::Edit(Box::new(request.clone()));
        let (done, act) = match done {
            Ok(Done { what, reached, applied }) => {
                writer.note_reached(reached);
                let act = applied.written_down(act, &what.summary);
                (Ok(what), act)
            }
            Err(failure) => (Err(failure), act),
        };
        match writer.finish(done, Some(act)).await {
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
    pub async fn undo(&self, id: Option<i64>, now: Moment) -> Result<Option<Undone>, StorageError> {
        let mut writer = self.begin().await?;
        let done = undo(&mut writer.connection, id, self.recording.clone(), now).await;
        let (done, act) = told(done, Act::Undo(id));
        self.noted(writer.finish(done, Some(act)).await)
    }

    /// Does the step again that was undone last, as far as nothing was edited since. None when there is none.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub async fn redo(&self, now: Moment) -> Result<Option<Undone>, StorageError> {
        let mut writer = self.begin().await?;
        let done = redo(&mut writer.connection, self.recording.clone(), now).await;
        let (done, act) = told(done, Act::Redo);
        self.noted(writer.finish(done, Some(act)).await)
    }
}

/// What was done inside a transaction.
pub(crate) struct Done<T> {
    what: T,
    /// Where the data file now stands, if that became known.
    reached: Option<Position>,
    applied: Applied,
}

/// Changes that were applied.
pub(crate) struct Applied {
    changes: Vec<Change>,
    /// The operations that they became; none in a local file.
    operations: Option<Vec<OutboxRow>>,
}

impl Applied {
    const NOTHING: Self = Self { changes: Vec::new(), operations: None };

    /// The act as the journal is to have it.
    fn written_down(self, act: Act, summary: &Summary) -> Act {
        let Self { changes, operations } = self;
        match operations {
            None => act,
            Some(operations) => {
                Act::Recorded(Box::new(Recorded { act, summary: summary.clone(), changes, operations }))
            }
        }
    }
}

fn told(done: Result<Option<Done<Undone>>, StorageError>, act: Act) -> (Result<Option<Undone>, StorageError>, Act) {
    match done {
        Ok(Some(Done { what, applied, .. })) => {
            let act = applied.written_down(act, &what.step.summary);
            (Ok(Some(what)), act)
        }
        Ok(None) => (Ok(None), act),
        Err(error) => (Err(error), act),
    }
}

/// Does an edit inside a transaction that is begun. `known` are all schedules and settings as they are, where they need
/// not be read for it; afterwards they are those that the edit leaves, if that is known.
pub(crate) async fn edit(
    connection: &mut SqliteConnection,
    request: &Request,
    recording: Option<Arc<dyn Recording>>,
    now: Moment,
    known: &mut Option<Rows>,
) -> Result<Done<Edited>, EditFailure> {
    let exceptions = exceptions_for(connection, &request.edit).await?;
    let mut rows = match known.take() {
        Some(rows) => Rows { exceptions, ..rows },
        None => with_exceptions(connection, exceptions).await?,
    };
    rows.dealt = matter::of_edit(connection, &request.edit).await?;
    let plan = plan(request, &rows)?;
    // With others' edits in between, what is shown may be more than what was changed.
    *known = recording.is_none().then(|| {
        rows.apply(&plan.changes);
        rows.exceptions.clear();
        rows.dealt.clear();
        rows
    });
    let nothing = |summary| Edited { step: None, summary };
    if plan.changes.is_empty() {
        return Ok(Done { what: nothing(plan.summary), reached: None, applied: Applied::NOTHING });
    }
    let applied = apply(connection, plan.changes, recording, now).await?;
    if !request.edit.is_step() {
        return Ok(Done { what: nothing(plan.summary), reached: None, applied });
    }
    let (step, reached) = history::record(connection, request, (&plan.summary, &applied.changes), now).await?;
    let what = Edited { step: Some(step), summary: plan.summary };
    Ok(Done { what, reached: Some(reached), applied })
}

/// Takes a step back inside a transaction that is begun.
pub(crate) async fn undo(
    connection: &mut SqliteConnection,
    id: Option<i64>,
    recording: Option<Arc<dyn Recording>>,
    now: Moment,
) -> Result<Option<Done<Undone>>, StorageError> {
    let Some(Standing { step, changes }) = history::done(connection, id).await? else { return Ok(None) };
    let done = take_back(connection, step, &changes, recording, now).await?;
    history::mark_undone(connection, id_of(&done), &done.applied.changes).await?;
    Ok(Some(done))
}

/// Takes back what the undo did, inside a transaction that is begun.
pub(crate) async fn redo(
    connection: &mut SqliteConnection,
    recording: Option<Arc<dyn Recording>>,
    now: Moment,
) -> Result<Option<Done<Undone>>, StorageError> {
    let Some(Standing { step, changes }) = history::undone(connection).await? else { return Ok(None) };
    let done = take_back(connection, step, &changes, recording, now).await?;
    history::mark_redone(connection, id_of(&done), &done.applied.changes).await?;
    Ok(Some(done))
}

fn id_of(done: &Done<Undone>) -> i64 {
    done.what.step.id
}

async fn take_back(
    connection: &mut SqliteConnection,
    step: Step,
    changes: &[Change],
    recording: Option<Arc<dyn Recording>>,
    now: Moment,
) -> Result<Done<Undone>, StorageError> {
    let Reverted { changes, left, exceptions } = revert(changes, &rows_of(connection, changes).await?);
    let applied = apply(connection, changes, recording, now).await?;
    Ok(Done { what: Undone { step, left: left.len(), exceptions }, reached: None, applied })
}

/// Applies changes: in a local file by setting the registers, in a file of an account by what its recording shows.
async fn apply(
    connection: &mut SqliteConnection,
    changes: Vec<Change>,
    recording: Option<Arc<dyn Recording>>,
    now: Moment,
) -> Result<Applied, StorageError> {
    let Some(recording) = recording else {
        set(connection, &changes).await?;
        return Ok(Applied { changes, operations: None });
    };
    set(connection, &of_device(&changes)).await?;
    let mut step = recording.record(&changes, now);
    let changed = sync::run(connection, &mut *step, now).await?;
    let Some(changed) = changed else { return Ok(Applied { changes, operations: Some(Vec::new()) }) };
    Ok(Applied { changes: changed.instead.unwrap_or(changes), operations: Some(changed.outbox) })
}

/// The changes that are the device's and not the person's: of some settings, and of what was told on this device alone.
pub(crate) fn of_device(changes: &[Change]) -> Vec<Change> {
    let is_of_device = |change: &&Change| match change {
        Change::Setting { after, .. } => match after {
            Setting::Theme(_) | Setting::HideWeekend(_) | Setting::View(_) => true,
            Setting::SlotLimit(_) | Setting::TimeZone(_) | Setting::FirstWeekday(_) | Setting::Clock(_) => false,
        },
        Change::Dealt { matter, .. } => matches!(matter, Matter::Arrival(_) | Matter::Rejected(_)),
        _ => false,
    };
    changes.iter().filter(is_of_device).cloned().collect()
}

/// Sets registers.
pub(crate) async fn set(connection: &mut SqliteConnection, changes: &[Change]) -> Result<(), StorageError> {
    for change in changes {
        match change {
            Change::Schedule { after: Some(row), .. } => schedule::put(connection, row).await?,
            Change::Schedule { id, after: None, .. } => schedule::remove(connection, *id).await?,
            Change::Pattern { id, after, .. } => schedule::set_pattern(connection, *id, after).await?,
            Change::Details { id, after, .. } => schedule::set_details(connection, *id, after).await?,
            Change::Active { id, after, .. } => schedule::set_active(connection, *id, *after).await?,
            Change::Exception { key, after, .. } => exception::set(connection, *key, after.as_deref()).await?,
            Change::Setting { after, .. } => setting::set(connection, after).await?,
            Change::Dealt { matter, after, .. } => matter::set(connection, *matter, *after).await?,
        }
    }
    Ok(())
}

//! Doing again what the journal holds.

use std::collections::HashMap;

use sqlx::SqliteConnection;

use super::{Act, Entry, Position, Recorded, segment};
use crate::{DataFolder, EditFailure, Moment, StorageError, edit, history, sync};

/// What came of doing acts again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Replayed {
    /// How many were done.
    pub(crate) acts: u32,
    /// Whether they lead to the end of the journal: nothing in it is left out, as far as it can tell.
    pub(crate) is_whole: bool,
}

/// Does again what a data file lacks, inside a transaction that is begun: what follows a snapshot; what was written
/// down and not committed when the process ended; what was committed and lost with a log.
pub(crate) async fn catch_up(
    folder: &DataFolder,
    file_id: &str,
    connection: &mut SqliteConnection,
) -> Result<Replayed, StorageError> {
    let entries = Entries::read(folder, file_id)?;
    let at = Position::of(connection).await?;
    let (path, reaches_end) = entries.from(at);
    let mut replayed = Replayed { acts: 0, is_whole: reaches_end };
    for entry in path {
        if !redo(connection, entry).await? {
            replayed.is_whole = false;
            break;
        }
        replayed.acts += 1;
    }
    Ok(replayed)
}

/// Whether an act led again to where it led before; if not, it is undone again.
async fn redo(connection: &mut SqliteConnection, entry: &Entry) -> Result<bool, StorageError> {
    sqlx::query("SAVEPOINT act").execute(&mut *connection).await?;
    let done = act(connection, entry).await;
    let at = Position::of(connection).await?;
    let is_same = match done {
        Ok(()) => at == entry.to,
        Err(EditFailure::Refused(_)) => false,
        Err(EditFailure::Storage(error)) => return Err(error),
    };
    if !is_same {
        log::error!("the journal leads elsewhere than before: to {at:?} and not {:?}", entry.to);
        sqlx::query("ROLLBACK TO act").execute(&mut *connection).await?;
    }
    sqlx::query("RELEASE act").execute(connection).await?;
    Ok(is_same)
}

async fn act(connection: &mut SqliteConnection, entry: &Entry) -> Result<(), EditFailure> {
    match &entry.act {
        Act::Edit(request) => edit::edit(connection, request, None, entry.at, &mut None).await.map(drop),
        Act::Undo(id) => Ok(edit::undo(connection, *id, None, entry.at).await.map(drop)?),
        Act::Redo => Ok(edit::redo(connection, None, entry.at).await.map(drop)?),
        Act::Recorded(recorded) => Ok(put_back(connection, recorded, entry.at).await?),
    }
}

/// The undo record and the operations of an act; the week shows them once its view is made anew.
async fn put_back(connection: &mut SqliteConnection, recorded: &Recorded, at: Moment) -> Result<(), StorageError> {
    let Recorded { act, summary, changes, operations } = recorded;
    match act {
        Act::Edit(request) if request.edit.is_step() => {
            history::record(connection, request, (summary, changes), at).await?;
        }
        Act::Undo(id) => {
            if let Some(it) = history::done(connection, *id).await? {
                history::mark_undone(connection, it.step.id, changes).await?;
            }
        }
        Act::Redo => {
            if let Some(it) = history::undone(connection).await? {
                history::mark_redone(connection, it.step.id, changes).await?;
            }
        }
        Act::Edit(_) | Act::Recorded(_) => {}
    }
    // These are in no operation.
    edit::set(connection, &edit::of_device(changes)).await?;
    sync::put_back(connection, operations).await
}

/// The entries of a journal in the order in which they were written.
struct Entries {
    entries: Vec<Entry>,
    /// How many entries come before each damaged place.
    damaged: Vec<usize>,
}

impl Entries {
    fn read(folder: &DataFolder, file_id: &str) -> Result<Self, StorageError> {
        let (mut entries, mut damaged) = (Vec::new(), Vec::new());
        for (_, path) in segment::list(&folder.journal())? {
            for text in segment::read_texts(&path, file_id)? {
                match text.and_then(|text| serde_json::from_str(&text).ok()) {
                    Some(entry) => entries.push(entry),
                    None => damaged.push(entries.len()),
                }
            }
        }
        Ok(Self { entries, damaged })
    }

    /// What leads on from a position, and whether that is all that was written down later. Where an older file was put
    /// back and edited, two ways lead on: the later one counts.
    fn from(&self, start: Position) -> (Vec<&Entry>, bool) {
        let moves = self.entries.iter().enumerate().filter(|(_, entry)| entry.from != entry.to);
        let last_from: HashMap<Position, usize> = moves.map(|(index, entry)| (entry.from, index)).collect();
        let (mut path, mut at, mut after) = (Vec::new(), start, 0);
        loop {
            let next = last_from.get(&at).copied().filter(|index| *index >= after);
            let settings = &self.entries[after..next.unwrap_or(self.entries.len())];
            path.extend(settings.iter().filter(|entry| entry.from == at && entry.to == at));
            let Some(next) = next else { break };
            path.push(&self.entries[next]);
            (at, after) = (self.entries[next].to, next + 1);
        }
        let is_at_end = self.entries.last().is_some_and(|last| last.to == at);
        let first = path.first().map_or(self.entries.len(), |first| {
            self.entries.iter().position(|entry| std::ptr::eq(entry, *first)).unwrap_or_default()
        });
        let is_before = |damaged: &usize| *damaged <= first && *damaged < self.entries.len();
        (path, is_at_end && self.damaged.iter().all(is_before))
    }
}

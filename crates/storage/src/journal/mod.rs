//! The journal: every edit once more, as it was asked for, in files beside the data file.
//!
//! A snapshot and the edits since make the data file anew, whatever became of it: the last edits are in no
//! snapshot. An edit is written to the journal before it is committed, so that none is acknowledged that is not in
//! it. It is not waited for until it is on the disk; that is the data file's part, and a power cut is not what the
//! journal is for (`docs/durability.md`).
//!
//! What it is not: it is read only when a file must be put right, holds no state of its own, and serves no undo.

mod replay;
mod segment;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;
use weekwise_domain::{Change, Request, Summary};

use crate::{DataFolder, Moment, OutboxRow, StorageError, private, snapshot};

pub(crate) use replay::catch_up;
use segment::{Header, Segment};

/// A segment that is longer is followed by another, so that the last one is read in no time.
const FULL: u64 = 1024 * 1024;

/// The two columns of a [`Position`].
macro_rules! position {
    () => {
        concat!("coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'history'), 0), ", crate::history::last_turn!())
    };
}
pub(crate) use position;

/// How far the edits of a data file have come: the highest number of a step, and the highest turn. Each edit, undo and
/// redo leads to a higher one; a setting that is no step of undo stays at the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
pub(crate) struct Position(i64, i64);

impl Position {
    /// That with the number of the last step and the last turn.
    pub(crate) fn new(step: i64, turn: i64) -> Self {
        Self(step, turn)
    }

    /// That of a data file.
    pub(crate) async fn of(connection: &mut SqliteConnection) -> Result<Self, StorageError> {
        let (step, turn) = sqlx::query_as(concat!("SELECT ", position!())).fetch_one(connection).await?;
        Ok(Self(step, turn))
    }
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Act {
    Edit(Box<Request>),
    Undo(Option<i64>),
    Redo,
    /// In a file of an account, where others' edits come in between: what it came to, and the operations in the outbox. These
    /// have their ids, so that the server knows those that it has.
    Recorded(Box<Recorded>),
}

/// What an act came to in a file of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Recorded {
    /// What was asked for.
    pub(crate) act: Act,
    /// What it did.
    pub(crate) summary: Summary,
    /// The changes that it came to.
    pub(crate) changes: Vec<Change>,
    /// Its operations.
    pub(crate) operations: Vec<OutboxRow>,
}

/// An act as it is written down.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Entry {
    /// Where the file stood before.
    from: Position,
    /// Where it stood afterwards.
    to: Position,
    at: Moment,
    act: Act,
}

/// Writes acts down. To be used only inside a transaction that writes to the data file, which keeps all others who
/// write out.
pub(crate) struct Journal {
    folder: DataFolder,
    /// Which data file it belongs to: a copy of a file has its id, another one has not.
    file_id: String,
    last: Option<Segment>,
    /// Whether what was written last is neither kept nor taken back.
    is_pending: bool,
    /// Whether something was written since the last [`Journal::unsynced`].
    is_dirty: bool,
}

impl Journal {
    pub(crate) fn new(folder: &DataFolder, file_id: String) -> Self {
        Self { folder: folder.clone(), file_id, last: None, is_pending: false, is_dirty: false }
    }

    /// Which data file it belongs to.
    pub(crate) fn file_id(&self) -> &str {
        &self.file_id
    }

    /// Writes down what leads from one position to the other.
    pub(crate) fn write(&mut self, from: Position, to: Position, at: Moment, act: Act) -> Result<(), StorageError> {
        let mut segment = self.segment_at(from, at)?;
        let written = segment.append(&Entry { from, to, at, act });
        (self.is_pending, self.is_dirty) = (written.is_ok(), true);
        self.last = Some(segment);
        written
    }

    /// Takes back what was written last, unless that was kept: it was not committed.
    pub(crate) fn take_back(&mut self) {
        let is_pending = std::mem::take(&mut self.is_pending);
        let Some(segment) = self.last.as_mut().filter(|_| is_pending) else { return };
        if let Err(error) = segment.take_back() {
            log::warn!("an edit that was not done stays in the journal: {}", error.detail());
            self.last = None;
        }
    }

    /// Keeps what was written last: it was committed.
    pub(crate) fn keep(&mut self, at: Moment) {
        self.is_pending = false;
        let Some(segment) = self.last.as_mut().filter(|segment| segment.len() > FULL) else { return };
        let tail = segment.tail();
        if let Err(error) = self.begin(tail, at) {
            log::warn!("the journal goes on in a long file: {}", error.detail());
        }
    }

    /// The file to write through to the disk, if anything was written since this was last asked.
    pub(crate) fn unsynced(&mut self) -> Option<PathBuf> {
        std::mem::take(&mut self.is_dirty).then(|| self.last.as_ref().map(|it| it.path().to_owned())).flatten()
    }

    /// The segment to write to, which ends at a position.
    fn segment_at(&mut self, from: Position, at: Moment) -> Result<Segment, StorageError> {
        let latest = segment::list(&self.folder.journal())?.pop();
        let known = self.last.take();
        let Some((number, path)) = latest else { return self.made(from, at) };
        let mut segment = match known {
            Some(known) if known.number() == number && known.is_unchanged() => known,
            _ => match Segment::open(number, &path)? {
                Some(segment) => segment,
                None => return self.made(from, at),
            },
        };
        // Left by a process that was killed before it could commit, while this one went on.
        if segment.tail() != from && segment.last_from() == Some(from) {
            segment.take_back()?;
        }
        let goes_on = segment.tail() == from
            && segment.header().file == self.file_id
            && segment.header().begun.date_naive() == at.date_naive();
        if goes_on { Ok(segment) } else { self.made(from, at) }
    }

    fn made(&mut self, from: Position, at: Moment) -> Result<Segment, StorageError> {
        self.begin(from, at)?;
        self.last.take().ok_or(StorageError::Closed)
    }

    fn begin(&mut self, base: Position, at: Moment) -> Result<(), StorageError> {
        let folder = self.folder.journal();
        private::create_folder(&folder)?;
        let number = segment::list(&folder)?.pop().map_or(1, |(number, _)| number + 1);
        let header = Header::new(&self.file_id, base, at, snapshot::last_number(&self.folder)?);
        self.last = Some(Segment::create(&folder, number, header)?);
        private::sync_folder(&folder)
    }
}

/// The data file that the journal of a folder belongs to, and where that stood after the last entry; none when there
/// is no journal, or its end cannot be read.
pub(crate) fn end(folder: &DataFolder) -> Result<Option<(String, Position)>, StorageError> {
    let Some((number, path)) = segment::list(&folder.journal())?.pop() else { return Ok(None) };
    let segment = Segment::open(number, &path)?;
    Ok(segment.map(|segment| (segment.header().file.clone(), segment.tail())))
}

/// Whether there is nothing in the journal of a folder.
pub(crate) fn is_empty(folder: &DataFolder) -> Result<bool, StorageError> {
    Ok(segment::list(&folder.journal())?.is_empty())
}

/// Removes what lies before the oldest snapshot that is kept, which has a number.
pub(crate) fn forget_before(folder: &DataFolder, snapshot: u32) -> Result<(), StorageError> {
    let segments = segment::list(&folder.journal())?;
    for (gone, next) in segments.iter().zip(segments.iter().skip(1)) {
        // When the next one was begun, that snapshot had not been taken: it holds all that is in this one.
        let is_before = segment::read_header(&next.1)?.is_some_and(|header| header.after_snapshot < snapshot);
        if is_before {
            private::remove(&gone.1)?;
        }
    }
    Ok(())
}

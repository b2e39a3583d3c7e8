//! The connection that writes, and the journal beside it.

use std::path::PathBuf;

use sqlx::{Connection as _, SqliteConnection};
use weekwise_domain::Rows;

use crate::{
    DataFolder, Moment, SnapshotKind, StartEvent, StorageError, connect, event,
    journal::{self, Act, Journal, Position, position},
    meta,
    presence::Presence,
    snapshot,
};

/// The one connection that writes.
pub(crate) struct Writer {
    pub(crate) connection: SqliteConnection,
    folder: DataFolder,
    journal: Journal,
    state: State,
    /// Where the last transaction began.
    beginning: Whereabouts,
    /// Where it has come to, if that is known.
    reached: Option<Position>,
    /// All schedules and settings as the last edit left them, so that the next one need not read them again, and the
    /// `others` of that edit. Whatever is committed next makes them forgotten; an edit puts them back.
    known: Option<(Rows, i64)>,
    /// SQLite's count of other connections' commits, as last asked for.
    seen: i64,
    pub(crate) presence: Presence,
    rescue: Rescue,
    /// When the file was opened or last written to.
    last: Moment,
}

/// Where the connection is in a transaction: also when whoever began it was dropped in its midst.
#[derive(Debug, Clone, Copy)]
enum State {
    Idle,
    /// A transaction was begun, or just is.
    Begun,
    /// It is in the journal, where it leads to this position, and is to be committed.
    WrittenDown(Position),
}

/// Where a connection stands.
#[derive(Debug, Clone, Copy, Default)]
struct Whereabouts {
    position: Position,
    /// How many rows the connection has changed since it was opened.
    changed: i64,
    /// SQLite's `data_version`: it is another one as soon as any other connection has committed, and stays the same
    /// when this one does.
    others: i64,
}

/// Reads a [`Whereabouts`].
macro_rules! whereabouts {
    () => {
        concat!("SELECT ", position!(), ", total_changes(), (SELECT data_version FROM pragma_data_version)")
    };
}

/// What became of the data after the file was found to be gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rescue {
    /// The file is where it was.
    NotNeeded,
    /// What it held is kept.
    Done,
    /// It could not be kept so far.
    Failed,
}

/// Transactions are begun and ended here by hand: on a full disk SQLite ends one by itself, after which sqlx's own
/// type for them would take the connection to be in one for ever.
impl Writer {
    pub(crate) async fn open(folder: &DataFolder, now: Moment) -> Result<Self, StorageError> {
        let mut connection = connect::writer(&folder.file()).await?;
        let seen = data_version(&mut connection).await?;
        let presence = Presence::of(folder)?;
        let file_id = match meta::find(&mut connection, meta::CREATED_AT).await? {
            Some(id) => id,
            None => {
                // The first start was cut short right after the tables were made.
                meta::note(&mut connection, meta::CREATED_AT, &now.to_rfc3339()).await?;
                now.to_rfc3339()
            }
        };
        Ok(Self {
            connection,
            folder: folder.clone(),
            journal: Journal::new(folder, file_id),
            state: State::Idle,
            beginning: Whereabouts::default(),
            reached: None,
            known: None,
            seen,
            presence,
            rescue: Rescue::NotNeeded,
            last: now,
        })
    }

    /// Does again what the journal holds beyond the file. Returns whether the journal now ends where the file stands.
    pub(crate) async fn catch_up(&mut self) -> Result<bool, StorageError> {
        if self.is_caught_up().await? {
            return Ok(true);
        }
        // Once no one else is in the midst of writing something down.
        self.begin().await?;
        let done = self.catch_up_alone().await;
        self.finish(done, None).await?;
        self.is_caught_up().await
    }

    async fn is_caught_up(&mut self) -> Result<bool, StorageError> {
        let position = Position::of(&mut self.connection).await?;
        let end =
            journal::end(&self.folder)?.unwrap_or_else(|| (self.journal.file_id().to_owned(), Position::default()));
        Ok(end == (self.journal.file_id().to_owned(), position))
    }

    async fn catch_up_alone(&mut self) -> Result<(), StorageError> {
        let replayed = journal::catch_up(&self.folder, self.journal.file_id(), &mut self.connection).await?;
        let edits = replayed.acts;
        if edits > 0 {
            log::warn!("{edits} edits of the journal were missing in the data file and were done again");
        }
        // A single one was most likely under way when its process ended: nobody was told that it was done.
        if edits > 1 {
            event::note(&mut self.connection, &self.folder, &StartEvent::CaughtUp { edits }).await?;
        }
        Ok(())
    }

    /// Begins a transaction. It takes SQLite's write lock at once, so that what is read first cannot change
    /// before something is written.
    pub(crate) async fn begin(&mut self) -> Result<(), StorageError> {
        self.check_presence().await?;
        (self.state, self.reached) = (State::Begun, None);
        // One trip to SQLite's thread; each costs about as much as what is done at its end.
        self.beginning = self.whereabouts(concat!("BEGIN IMMEDIATE; ", whereabouts!())).await?;
        Ok(())
    }

    /// All schedules and settings, with no exceptions, where they are known to be those of the transaction that is begun.
    pub(crate) fn take_known(&mut self) -> Option<Rows> {
        let (rows, others) = self.known.take()?;
        (others == self.beginning.others).then_some(rows)
    }

    /// Keeps them as the transaction that was just committed left them.
    pub(crate) fn keep_known(&mut self, rows: Option<Rows>) {
        self.known = rows.map(|rows| (rows, self.beginning.others));
    }

    /// Ends the transaction: what was done in it is on the disk when this returns it, or undone when it failed. An
    /// act that changed anything is written down before.
    pub(crate) async fn finish<T, E: From<StorageError>>(
        &mut self,
        done: Result<T, E>,
        act: Option<Act>,
    ) -> Result<T, E> {
        let committed = match done {
            Ok(done) => self.commit(act).await.map(|()| done).map_err(E::from),
            failed => failed,
        };
        if committed.is_err() && !matches!(self.state, State::Idle) {
            self.roll_back().await;
            self.journal.take_back();
        }
        committed
    }

    /// Ends a transaction whose owner was dropped in its midst.
    pub(crate) async fn end_abandoned(&mut self) {
        match self.state {
            State::Idle => {}
            State::Begun => self.roll_back().await,
            State::WrittenDown(position) => {
                self.roll_back().await;
                // It may have been committed although nobody waited for it.
                match Position::of(&mut self.connection).await {
                    Ok(at) if at == position => self.journal.keep(self.last),
                    _ => self.journal.take_back(),
                }
            }
        }
    }

    /// Notes when the file was last written to.
    pub(crate) fn note_moment(&mut self, now: Moment) {
        self.last = now;
    }

    /// Notes where the transaction has come to, so that it need not be asked for.
    pub(crate) fn note_reached(&mut self, reached: Option<Position>) {
        self.reached = reached;
    }

    /// Whether another connection has committed since this was last asked.
    pub(crate) async fn has_news(&mut self) -> Result<bool, StorageError> {
        self.check_presence().await?;
        let before = self.seen;
        self.seen = data_version(&mut self.connection).await?;
        Ok(self.seen != before)
    }

    /// Whether what is written still reaches the file that everyone sees: SQLite writes to a deleted file
    /// without a word, and all of it is lost when the program ends. What a deleted file held can be read as long as it
    /// is open, and is kept.
    pub(crate) async fn check_presence(&mut self) -> Result<(), StorageError> {
        if self.presence.still_holds() {
            self.rescue = Rescue::NotNeeded;
            return Ok(());
        }
        if self.rescue == Rescue::NotNeeded {
            self.rescue().await;
        }
        Err(StorageError::Gone)
    }

    /// The file of the journal that is to be written through to the disk, if anything is.
    pub(crate) fn unsynced_journal(&mut self) -> Option<PathBuf> {
        self.journal.unsynced()
    }

    /// Closes the connection, which writes the log back into the file when no one else has it open.
    pub(crate) async fn close(mut self) -> Result<(), StorageError> {
        let present = self.check_presence().await;
        if self.rescue == Rescue::Failed {
            self.rescue().await;
        }
        self.connection.close().await?;
        present
    }

    async fn commit(&mut self, act: Option<Act>) -> Result<(), StorageError> {
        if let Some(act) = act
            && let Some(position) = self.reached().await?
        {
            self.journal.write(self.beginning.position, position, self.last, act)?;
            self.state = State::WrittenDown(position);
        }
        self.known = None;
        sqlx::query("COMMIT").execute(&mut self.connection).await?;
        self.state = State::Idle;
        self.journal.keep(self.last);
        self.check_presence().await
    }

    /// Where the transaction has come to; none when it has changed nothing.
    async fn reached(&mut self) -> Result<Option<Position>, StorageError> {
        if self.reached.is_some() {
            return Ok(self.reached);
        }
        let Whereabouts { position, changed, .. } = self.whereabouts(whereabouts!()).await?;
        Ok((changed != self.beginning.changed).then_some(position))
    }

    async fn roll_back(&mut self) {
        // Refused when SQLite has done it already.
        if let Err(error) = sqlx::query("ROLLBACK").execute(&mut self.connection).await {
            log::debug!("nothing to roll back: {error}");
        }
        self.state = State::Idle;
    }

    async fn whereabouts(&mut self, query: &'static str) -> Result<Whereabouts, StorageError> {
        let (step, turn, changed, others) = sqlx::query_as(query).fetch_one(&mut self.connection).await?;
        Ok(Whereabouts { position: Position::new(step, turn), changed, others })
    }

    async fn rescue(&mut self) {
        let kept = snapshot::take_through(&mut self.connection, &self.folder, SnapshotKind::Rescued, self.last).await;
        self.rescue = match kept {
            Ok(kept) => {
                let place = kept.file.display();
                log::warn!("the data file was deleted or replaced; what it held is kept as {place}");
                Rescue::Done
            }
            Err(error) => {
                log::error!("the data file is gone, and what it held could not be kept: {}", error.detail());
                Rescue::Failed
            }
        };
    }
}

async fn data_version(connection: &mut SqliteConnection) -> Result<i64, StorageError> {
    // Looking into the file first makes sure that the write-ahead log is there.
    sqlx::query("SELECT count(*) FROM sqlite_schema").execute(&mut *connection).await?;
    Ok(sqlx::query_scalar("PRAGMA data_version").fetch_one(connection).await?)
}

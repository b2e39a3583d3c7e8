//! The open data file: one connection that writes, a few that read.

use std::{path::PathBuf, sync::Arc};

use chrono::{DateTime, FixedOffset};
use sqlx::{SqlitePool, migrate::Migrator};
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard};

use crate::{
    DataFolder, Durability, Reading, Recording, Snapshot, SnapshotKind, StartEvent, StorageError, connect, event,
    inspect::{Condition, inspect, inspect_snapshot},
    lock::FolderLock,
    meta, migrate,
    presence::Presence,
    private, quarantine, repair, snapshot, suspicion,
    writer::Writer,
};

/// A moment by the clock of the machine, with its offset from UTC. Always passed in.
pub type Moment = DateTime<FixedOffset>;

/// A person's data, open.
pub struct Store {
    folder: DataFolder,
    readers: SqlitePool,
    writer: Mutex<Option<Writer>>,
    /// Makes operations of edits; none in a local file.
    pub(crate) recording: Option<Arc<dyn Recording>>,
    presence: Presence,
    /// Held while a snapshot is taken: two at once would both find that the day has none.
    snapshotting: Mutex<Guard>,
    /// Held, together with others, for as long as the file is open.
    lock: FolderLock,
}

/// What stands behind the file.
struct Guard {
    /// Whether the snapshots and the journal do not lead to where the file stands, so that a snapshot is wanted at once.
    is_unguarded: bool,
}

/// A store that was just opened.
pub struct Opened {
    /// The store.
    pub store: Store,
    /// What the person should know about its opening, or was not told about an earlier one.
    pub event: Option<StartEvent>,
}

impl Store {
    /// Opens the data file of a folder, making both if need be. A damaged file is set aside; what can be read of it
    /// and the newest good snapshot take its place. Older tables are brought up to date after a snapshot.
    ///
    /// # Errors
    /// [`Newer`](StorageError::Newer) when a later version wrote the file, which is then left as it is to the byte;
    /// [`Held`](StorageError::Held) when the file must be replaced or its tables changed while another process
    /// has it open; else what the system refused.
    pub async fn open(folder: DataFolder, now: Moment) -> Result<Opened, StorageError> {
        Self::open_with(folder, now, &migrate::MIGRATIONS, None).await
    }

    /// Opens the data file of an account's folder: every edit is put into its outbox by `recording`.
    /// [`belong_to`](Self::belong_to) says whose it is.
    ///
    /// # Errors
    /// As for [`open`](Self::open).
    pub async fn open_account(
        folder: DataFolder,
        recording: Arc<dyn Recording>,
        now: Moment,
    ) -> Result<Opened, StorageError> {
        Self::open_with(folder, now, &migrate::MIGRATIONS, Some(recording)).await
    }

    pub(crate) async fn open_with(
        folder: DataFolder,
        now: Moment,
        migrations: &Migrator,
        recording: Option<Arc<dyn Recording>>,
    ) -> Result<Opened, StorageError> {
        let opened = Self::open_unexplained(&folder, now, migrations, recording).await;
        opened.map_err(|error| error.explained(&folder))
    }

    async fn open_unexplained(
        folder: &DataFolder,
        now: Moment,
        migrations: &Migrator,
        recording: Option<Arc<dyn Recording>>,
    ) -> Result<Opened, StorageError> {
        folder.prepare()?;
        let latest = migrate::latest(migrations);
        let lock = FolderLock::open(folder)?;
        lock.share().await?;
        match inspect(folder, latest).await? {
            Condition::Good => suspicion::clear(folder),
            Condition::Newer { found } => return Err(StorageError::Newer { found, known: latest }),
            _ => {
                lock.take_alone().await?;
                repair::put_right(folder, migrations, now).await?;
                lock.release()?;
                lock.share().await?;
            }
        }
        let mut writer = Writer::open(folder, now).await?;
        let is_caught_up = writer.catch_up().await?;
        let event = event::noted(&mut writer.connection, folder).await?;
        let store = Self {
            folder: folder.clone(),
            readers: connect::readers(&folder.file()),
            presence: writer.presence.clone(),
            writer: Mutex::new(Some(writer)),
            recording,
            snapshotting: Mutex::new(Guard { is_unguarded: !is_caught_up }),
            lock,
        };
        Ok(Opened { store, event })
    }

    /// The folder.
    pub fn folder(&self) -> &DataFolder {
        &self.folder
    }

    /// One look at the data: everything read through it is of one moment.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn read(&self) -> Result<Reading, StorageError> {
        if !self.presence.still_holds() {
            self.writer().await?.check_presence().await?;
        }
        let transaction = self.noted(self.readers.begin().await.map_err(StorageError::from))?;
        Ok(Reading::over(transaction, self.folder.clone()))
    }

    /// Forgets what happened at the start: the person was told.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn forget_event(&self) -> Result<(), StorageError> {
        let mut writer = self.begin().await?;
        let done = meta::forget(&mut writer.connection, meta::START_EVENT).await;
        writer.finish(done, None).await
    }

    /// Whether another connection (of another process, most likely) has committed since this was last asked. The
    /// store's own commits do not count.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn changed_elsewhere(&self) -> Result<bool, StorageError> {
        self.writer().await?.has_news().await
    }

    /// Takes the day's snapshot, unless there is one, or one at once when the journal did not go on where the file
    /// stood at the start.
    ///
    /// # Errors
    /// When it cannot be written; there is then no part of one left. When the file is found to be damaged: then there is
    /// no snapshot of that, and at the next start the file is put right.
    pub async fn daily_snapshot(&self, now: Moment) -> Result<Option<Snapshot>, StorageError> {
        let mut guard = self.snapshotting.lock().await;
        let taken = self.noted(snapshot::take_daily(&self.folder, now, guard.is_unguarded).await)?;
        guard.is_unguarded = false;
        Ok(taken)
    }

    /// Takes a snapshot.
    ///
    /// # Errors
    /// When it cannot be written; there is then no part of one left.
    pub async fn snapshot(&self, kind: SnapshotKind, now: Moment) -> Result<Snapshot, StorageError> {
        let _alone = self.snapshotting.lock().await;
        self.noted(snapshot::take(&self.folder, kind, now).await)
    }

    /// Takes a snapshot before what was pulled is pulled anew, and removes those of that kind beyond the last 7.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn snapshot_before_resync(&self, now: Moment) -> Result<Snapshot, StorageError> {
        let taken = self.snapshot(SnapshotKind::BeforeResync, now).await?;
        self.noted(snapshot::forget_resyncs(&self.folder))?;
        Ok(taken)
    }

    /// Writes the journal through to the disk as far as it is not there yet. To be called now and then: an edit does not
    /// wait for it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn sync_journal(&self) -> Result<(), StorageError> {
        let unsynced = self.writer().await?.unsynced_journal();
        let Some(path) = unsynced.filter(|path| path.exists()) else { return Ok(()) };
        let synced = tokio::task::spawn_blocking(move || private::sync_file(&path)).await;
        synced.unwrap_or(Err(StorageError::Closed))
    }

    /// The snapshots, newest first.
    ///
    /// # Errors
    /// When their folder cannot be read.
    pub fn snapshots(&self) -> Result<Vec<Snapshot>, StorageError> {
        snapshot::list(&self.folder)
    }

    /// Whether a snapshot is one that could take the file's place: sound by SQLite's full integrity check, and of a
    /// version that this program knows.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn is_good(&self, snapshot: &Snapshot) -> Result<bool, StorageError> {
        let condition = inspect_snapshot(&snapshot.file, migrate::latest(&migrate::MIGRATIONS)).await?;
        Ok(matches!(condition, Condition::Good | Condition::Behind))
    }

    /// The folders of damaged files that were set aside, oldest first.
    ///
    /// # Errors
    /// When the folder that holds them cannot be read.
    pub fn set_aside(&self) -> Result<Vec<PathBuf>, StorageError> {
        quarantine::list(&self.folder)
    }

    /// How commits reach the disk, as SQLite itself says.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn durability(&self) -> Result<Durability, StorageError> {
        let mut writer = self.writer().await?;
        connect::durability(&mut writer.connection).await
    }

    /// Closes the file; whatever is asked of the store afterwards fails.
    ///
    /// # Errors
    /// When the last of it cannot be written back; it is safe in the write-ahead log then.
    pub async fn close(&self) -> Result<(), StorageError> {
        if let Err(error) = self.sync_journal().await {
            log::warn!("the journal was not written through: {}", error.detail());
        }
        let writer = self.writer.lock().await.take();
        self.readers.close().await;
        if let Some(writer) = writer {
            writer.close().await?;
        }
        self.lock.release()
    }

    /// An error with the system's reason for it; damage is marked, to be put right at the next start.
    pub(crate) fn noted<T>(&self, result: Result<T, StorageError>) -> Result<T, StorageError> {
        suspicion::raised_by(&self.folder, result.map_err(|error| error.explained(&self.folder)))
    }

    /// The connection that writes, in a transaction that is begun: once no one else writes and the file is still
    /// there. To be ended by [`finish`](Writer::finish).
    pub(crate) async fn begin(&self) -> Result<MappedMutexGuard<'_, Writer>, StorageError> {
        let mut writer = self.writer().await?;
        let begun = writer.begin().await;
        self.noted(begun)?;
        Ok(writer)
    }

    /// The connection that writes, in no transaction, once no one else uses it.
    async fn writer(&self) -> Result<MappedMutexGuard<'_, Writer>, StorageError> {
        let guard = self.writer.lock().await;
        let mut writer = MutexGuard::try_map(guard, Option::as_mut).map_err(|_| StorageError::Closed)?;
        writer.end_abandoned().await;
        Ok(writer)
    }
}

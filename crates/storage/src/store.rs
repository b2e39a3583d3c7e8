//! The open data file: one connection that writes, a few that read.

use std::path::PathBuf;

use chrono::{DateTime, FixedOffset};
use sqlx::{SqlitePool, migrate::Migrator};
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard};

use crate::{
    DataFolder, Durability, Reading, Snapshot, SnapshotKind, StartEvent, StorageError, connect,
    inspect::{Condition, inspect, inspect_snapshot},
    lock::FolderLock,
    migrate, quarantine, snapshot,
    writer::Writer,
};

/// A moment by the clock of the machine, with its offset from UTC. Always passed in.
pub type Moment = DateTime<FixedOffset>;

/// A person's data, open.
pub struct Store {
    folder: DataFolder,
    readers: SqlitePool,
    writer: Mutex<Option<Writer>>,
    /// Held while a snapshot is taken: two at once would both find that the day has none.
    snapshotting: Mutex<()>,
    /// Held, together with others, for as long as the file is open.
    lock: FolderLock,
}

/// A store that was just opened.
pub struct Opened {
    /// The store.
    pub store: Store,
    /// What the person should know about its opening.
    pub event: Option<StartEvent>,
}

impl Store {
    /// Opens the data file of a folder, making both if need be. A damaged file is set aside and the newest good
    /// snapshot takes its place; older tables are brought up to date after a snapshot.
    ///
    /// # Errors
    /// [`Newer`](StorageError::Newer) when a later version wrote the file, which is then left as it is to the byte;
    /// [`Held`](StorageError::Held) when the file must be replaced or its tables changed while another process
    /// has it open; else what the system refused.
    pub async fn open(folder: DataFolder, now: Moment) -> Result<Opened, StorageError> {
        Self::open_with(folder, now, &migrate::MIGRATIONS).await
    }

    pub(crate) async fn open_with(
        folder: DataFolder,
        now: Moment,
        migrations: &Migrator,
    ) -> Result<Opened, StorageError> {
        folder.prepare()?;
        let latest = migrate::latest(migrations);
        let lock = FolderLock::open(&folder)?;
        lock.share().await?;
        let event = match inspect(&folder, latest).await? {
            Condition::Good => None,
            Condition::Newer { found } => return Err(StorageError::Newer { found, known: latest }),
            _ => {
                lock.take_alone().await?;
                let event = put_right(&folder, migrations, now).await?;
                lock.release()?;
                lock.share().await?;
                event
            }
        };
        let writer = Writer::open(&folder).await?;
        let readers = connect::readers(&folder.file());
        let store = Self { folder, readers, writer: Mutex::new(Some(writer)), snapshotting: Mutex::default(), lock };
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
        Ok(Reading::over(self.readers.begin().await?))
    }

    /// Whether another connection (of another process, most likely) has committed since this was last asked. The
    /// store's own commits do not count.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn changed_elsewhere(&self) -> Result<bool, StorageError> {
        self.writer().await?.has_news().await
    }

    /// Takes the day's snapshot, unless there is one.
    ///
    /// # Errors
    /// When it cannot be written; there is then no part of one left.
    pub async fn daily_snapshot(&self, now: Moment) -> Result<Option<Snapshot>, StorageError> {
        let _alone = self.snapshotting.lock().await;
        snapshot::take_daily(&self.folder, now).await
    }

    /// Takes a snapshot.
    ///
    /// # Errors
    /// When it cannot be written; there is then no part of one left.
    pub async fn snapshot(&self, kind: SnapshotKind, now: Moment) -> Result<Snapshot, StorageError> {
        let _alone = self.snapshotting.lock().await;
        snapshot::take(&self.folder, kind, now).await
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
        let writer = self.writer.lock().await.take();
        self.readers.close().await;
        if let Some(writer) = writer {
            writer.close().await?;
        }
        self.lock.release()
    }

    /// The connection that writes, in a transaction that is begun: once no one else writes and the file is still
    /// there. To be ended by [`finish`](Writer::finish).
    pub(crate) async fn begin(&self) -> Result<MappedMutexGuard<'_, Writer>, StorageError> {
        let mut writer = self.writer().await?;
        writer.begin().await?;
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

/// Puts a file right that is not as it should be. The caller holds the folder lock alone.
async fn put_right(
    folder: &DataFolder,
    migrations: &Migrator,
    now: Moment,
) -> Result<Option<StartEvent>, StorageError> {
    let latest = migrate::latest(migrations);
    // Whoever held the lock before may have done it already.
    let event = match inspect(folder, latest).await? {
        Condition::Good => return Ok(None),
        Condition::Newer { found } => return Err(StorageError::Newer { found, known: latest }),
        Condition::New | Condition::Behind => None,
        Condition::Missing => {
            let restored = quarantine::restore_newest(folder, latest).await?;
            restored.map(|taken| StartEvent::RestoredMissing { taken })
        }
        Condition::Damaged { how } => {
            log::error!("the data file is damaged and is set aside: {how}");
            Some(quarantine::replace_damaged(folder, latest, now).await?)
        }
    };
    match inspect(folder, latest).await? {
        Condition::Good => {}
        Condition::Behind => migrate::upgrade(folder, migrations, now).await?,
        _ => migrate::begin(folder, migrations, now).await?,
    }
    Ok(event)
}

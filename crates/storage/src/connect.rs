//! Connections, and what each of them promises.

use std::{path::Path, time::Duration};

use sqlx::{
    ConnectOptions as _, Connection as _, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::StorageError;

/// How large the log may stay after a large edit, once what is in it is in the file.
const LOG_BYTES: &str = "8388608";
/// How many pages the log holds before they are copied into the file: of a first sync, what several pages of rows come to.
const LOG_PAGES: &str = "6000";
/// How much of the file is kept at hand (negative: KiB): as much as one page of rows changes, so that none of it is written before
/// its commit and read again.
const CACHE_KIB: &str = "-8192";
/// How long a statement waits for another process's write.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How many reads can run at once.
const READERS: u32 = 3;

fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(file).create_if_missing(false).busy_timeout(BUSY_TIMEOUT).foreign_keys(true)
}

/// A connection that writes what a person edits: a commit that returns is on the disk, also after a power cut.
///
/// # Errors
/// When the file cannot be opened, or a setting that this promise rests on does not hold.
pub(crate) async fn writer(file: &Path) -> Result<SqliteConnection, StorageError> {
    let options = options(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("journal_size_limit", LOG_BYTES)
        .pragma("wal_autocheckpoint", LOG_PAGES)
        .pragma("cache_size", CACHE_KIB);
    // macOS' fsync does not reach the platter; this asks it to (elsewhere it would do nothing).
    #[cfg(target_os = "macos")]
    let options = options.pragma("fullfsync", "ON").pragma("checkpoint_fullfsync", "ON");
    let mut connection = options.connect().await?;
    assert_safe(&mut connection).await?;
    Ok(connection)
}

/// How commits reach the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Durability {
    /// The journal mode: `wal` as it should be.
    pub journal_mode: String,
    /// How much a commit waits for the disk: `full` as it should be.
    pub synchronous: &'static str,
}

/// What SQLite says about a connection.
pub(crate) async fn durability(connection: &mut SqliteConnection) -> Result<Durability, StorageError> {
    let journal_mode = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *connection).await?;
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(connection).await?;
    let name = usize::try_from(synchronous).ok().and_then(|level| ["off", "normal", "full", "extra"].get(level));
    Ok(Durability { journal_mode, synchronous: name.copied().unwrap_or("unknown") })
}

/// Reads the settings back that make commits safe: SQLite passes over a pragma that it does not understand.
pub(crate) async fn assert_safe(connection: &mut SqliteConnection) -> Result<(), StorageError> {
    let Durability { journal_mode, synchronous } = durability(connection).await?;
    assert_is("journal_mode", &journal_mode, "wal")?;
    assert_is("synchronous", synchronous, "full")?;
    let mut switches = vec![("foreign_keys", "PRAGMA foreign_keys")];
    if cfg!(target_os = "macos") {
        switches.push(("fullfsync", "PRAGMA fullfsync"));
        switches.push(("checkpoint_fullfsync", "PRAGMA checkpoint_fullfsync"));
    }
    for (pragma, query) in switches {
        let is_on: bool = sqlx::query_scalar(query).fetch_one(&mut *connection).await?;
        assert_is(pragma, if is_on { "on" } else { "off" }, "on")?;
    }
    Ok(())
}

fn assert_is(pragma: &'static str, found: &str, wanted: &'static str) -> Result<(), StorageError> {
    if found == wanted { Ok(()) } else { Err(StorageError::Pragma { pragma, found: found.to_owned(), wanted }) }
}

/// Connections for reading, opened as they are needed.
pub(crate) fn readers(file: &Path) -> SqlitePool {
    SqlitePoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(BUSY_TIMEOUT)
        .test_before_acquire(false)
        .connect_lazy_with(options(file).read_only(true))
}

/// A connection that only reads, for as long as it is needed.
pub(crate) async fn reader(file: &Path) -> Result<SqliteConnection, StorageError> {
    Ok(SqliteConnection::connect_with(&options(file).read_only(true)).await?)
}

/// A connection to a file that nobody writes: SQLite leaves nothing beside it.
pub(crate) async fn reader_of_still_file(file: &Path) -> Result<SqliteConnection, StorageError> {
    Ok(SqliteConnection::connect_with(&options(file).read_only(true).immutable(true)).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn file() -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x.sqlite");
        std::fs::write(&file, "").unwrap();
        (folder, file)
    }

    #[tokio::test]
    async fn a_writer_commits_to_the_disk() {
        let (_folder, file) = file().await;
        let mut connection = writer(&file).await.unwrap();
        let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut connection).await.unwrap();
        assert_eq!(synchronous, 2, "FULL");
        let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut connection).await.unwrap();
        assert_eq!(mode, "wal");
    }

    #[tokio::test]
    async fn a_writer_that_does_not_is_refused() {
        let (_folder, file) = file().await;
        let mut connection = writer(&file).await.unwrap();
        sqlx::query("PRAGMA synchronous = NORMAL").execute(&mut connection).await.unwrap();
        let refused = assert_safe(&mut connection).await.unwrap_err();
        assert!(matches!(refused, StorageError::Pragma { pragma: "synchronous", .. }), "{refused}");
    }

    #[tokio::test]
    async fn readers_cannot_write() {
        let (_folder, file) = file().await;
        drop(writer(&file).await.unwrap());
        let refused = sqlx::query("CREATE TABLE t (x)").execute(&readers(&file)).await.unwrap_err();
        assert_eq!(StorageError::from(refused).fault(), crate::Fault::ReadOnly);
    }
}

//! The connection that writes.

use sqlx::{Connection as _, SqliteConnection};

use crate::{DataFolder, StorageError, connect, presence::Presence};

/// The one connection that writes.
pub(crate) struct Writer {
    pub(crate) connection: SqliteConnection,
    /// Whether a transaction was begun and not ended: also when whoever began it was dropped in its midst.
    is_writing: bool,
    /// SQLite's count of other connections' commits, as last asked for.
    seen: i64,
    presence: Presence,
}

/// Transactions are begun and ended here by hand: on a full disk SQLite ends one by itself, after which sqlx's own
/// type for them would take the connection to be in one for ever.
impl Writer {
    pub(crate) async fn open(folder: &DataFolder) -> Result<Self, StorageError> {
        let mut connection = connect::writer(&folder.file()).await?;
        let seen = data_version(&mut connection).await?;
        Ok(Self { connection, is_writing: false, seen, presence: Presence::of(folder)? })
    }

    /// Begins a transaction. It takes SQLite's write lock at once, so that what is read first cannot change
    /// before something is written.
    pub(crate) async fn begin(&mut self) -> Result<(), StorageError> {
        self.check_presence()?;
        self.is_writing = true;
        sqlx::query("BEGIN IMMEDIATE").execute(&mut self.connection).await?;
        Ok(())
    }

    /// Ends the transaction: what was done in it is on the disk when this returns it, or undone when it failed.
    pub(crate) async fn finish<T, E: From<StorageError>>(&mut self, done: Result<T, E>) -> Result<T, E> {
        let committed = match done {
            Ok(done) => self.commit().await.map(|()| done).map_err(E::from),
            failed => failed,
        };
        if committed.is_err() && self.is_writing {
            self.roll_back().await;
        }
        committed
    }

    /// Ends a transaction whose owner was dropped in its midst.
    pub(crate) async fn end_abandoned(&mut self) {
        if self.is_writing {
            self.roll_back().await;
        }
    }

    /// Whether another connection has committed since this was last asked.
    pub(crate) async fn has_news(&mut self) -> Result<bool, StorageError> {
        let before = self.seen;
        self.seen = data_version(&mut self.connection).await?;
        Ok(self.seen != before)
    }

    /// Closes the connection, which writes the log back into the file when no one else has it open.
    pub(crate) async fn close(self) -> Result<(), StorageError> {
        Ok(self.connection.close().await?)
    }

    async fn commit(&mut self) -> Result<(), StorageError> {
        sqlx::query("COMMIT").execute(&mut self.connection).await?;
        self.is_writing = false;
        self.check_presence()
    }

    async fn roll_back(&mut self) {
        // Refused when SQLite has done it already.
        if let Err(error) = sqlx::query("ROLLBACK").execute(&mut self.connection).await {
            log::debug!("nothing to roll back: {error}");
        }
        self.is_writing = false;
    }

    /// Whether what is written still reaches the file that everyone sees: SQLite writes to a deleted file
    /// without a word, and all of it is lost when the program ends.
    fn check_presence(&self) -> Result<(), StorageError> {
        if self.presence.still_holds() { Ok(()) } else { Err(StorageError::Gone) }
    }
}

async fn data_version(connection: &mut SqliteConnection) -> Result<i64, StorageError> {
    // Looking into the file first makes sure that the write-ahead log is there.
    sqlx::query("SELECT count(*) FROM sqlite_schema").execute(&mut *connection).await?;
    Ok(sqlx::query_scalar("PRAGMA data_version").fetch_one(connection).await?)
}

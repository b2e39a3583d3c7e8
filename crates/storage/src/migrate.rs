//! Bringing the tables up to date.

use std::path::Path;

use sqlx::{Connection as _, migrate::Migrator};

use crate::{DataFolder, Moment, SnapshotKind, StorageError, connect, meta, private, snapshot};

/// The tables' versions, embedded. Migrations are only ever added; each sets `user_version` to its own number.
pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite");

/// The last version that `migrations` know.
pub(crate) fn latest(migrations: &Migrator) -> i64 {
    migrations.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// Makes the data file.
pub(crate) async fn begin(folder: &DataFolder, migrations: &Migrator, now: Moment) -> Result<(), StorageError> {
    let file = folder.file();
    if !file.exists() {
        private::create_file(&file)?;
        private::sync_folder(folder.path())?;
    }
    run(&file, migrations, now).await
}

/// Brings a file that nobody uses up to date, or makes its tables.
pub(crate) async fn complete(file: &Path, migrations: &Migrator, now: Moment) -> Result<(), StorageError> {
    run(file, migrations, now).await
}

/// Brings the data file from an older version up to date, after a snapshot of it.
pub(crate) async fn upgrade(folder: &DataFolder, migrations: &Migrator, now: Moment) -> Result<(), StorageError> {
    snapshot::take(folder, SnapshotKind::BeforeMigration, now).await?;
    run(&folder.file(), migrations, now).await
}

async fn run(file: &Path, migrations: &Migrator, now: Moment) -> Result<(), StorageError> {
    let mut connection = connect::writer(file).await?;
    // Not `run`: its future is not `Send` where it is borrowed from (rust-lang/rust#100013), as the shell needs it.
    migrations.run_direct(None, &mut connection, false).await?;
    meta::note(&mut connection, meta::CREATED_AT, &now.to_rfc3339()).await?;
    connection.close().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_migration_sets_its_number() {
        let folder = tempfile::tempdir().unwrap();
        let folder = DataFolder::at(folder.path());
        begin(&folder, &MIGRATIONS, crate::tests::moment()).await.unwrap();
        let mut connection = connect::reader(&folder.file()).await.unwrap();
        let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut connection).await.unwrap();
        assert_eq!(version, latest(&MIGRATIONS));
    }
}

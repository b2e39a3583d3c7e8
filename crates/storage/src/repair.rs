//! Putting the data file right when it is not as it should be: not there, damaged, of an older version.
//!
//! Nothing is deleted here. A file that takes another one's place is first made whole beside it, so that an end of
//! the process at any moment leaves either the old one or the new one. Whoever calls this holds the folder lock alone.

use std::path::{Path, PathBuf};

use sqlx::{Connection as _, SqliteConnection, migrate::Migrator};

use crate::{
    DataFolder, Moment, Snapshot, SnapshotKind, StartEvent, StorageError, connect, event,
    folder::with_companions,
    inspect::{Condition, inspect, inspect_snapshot},
    journal, meta, migrate, private, quarantine, snapshot, suspicion,
};

/// Puts a data file right.
///
/// # Errors
/// [`Newer`](StorageError::Newer) when a later version wrote it; else what the system refused. The file is then as it
/// was, or in its place is one that is as it should be.
pub(crate) async fn put_right(folder: &DataFolder, migrations: &Migrator, now: Moment) -> Result<(), StorageError> {
    let latest = migrate::latest(migrations);
    finish_replacing(folder, now)?;
    // Whoever held the lock before may have done it already.
    match inspect(folder, latest).await? {
        Condition::Good => {}
        Condition::Newer { found } => return Err(StorageError::Newer { found, known: latest }),
        Condition::New => migrate::begin(folder, migrations, now).await?,
        Condition::Behind => migrate::upgrade(folder, migrations, now).await?,
        Condition::Missing => replace(folder, migrations, now, None).await?,
        Condition::Damaged { how } => {
            log::error!("the data file is damaged and is set aside: {how}");
            replace(folder, migrations, now, Some(quarantine::place_for(folder, now))).await?;
        }
    }
    suspicion::clear(folder);
    Ok(())
}

/// Puts a file into the place of the data file that is made of the newest good snapshot (a new file if there is none)
/// and of the journal. The data file is set aside, if it is there at all.
async fn replace(
    folder: &DataFolder,
    migrations: &Migrator,
    now: Moment,
    set_aside: Option<PathBuf>,
) -> Result<(), StorageError> {
    let part = folder.part();
    // Left by a replacement that was cut short; what it was made from is still there.
    with_companions(&part).iter().chain([&folder.replacement()]).try_for_each(|left| private::remove(left))?;
    let snapshot = newest_good(folder, migrate::latest(migrations)).await?;
    match &snapshot {
        Some(snapshot) => private::copy(&snapshot.file, &part)?,
        None => drop(private::create_file(&part)?),
    }
    migrate::complete(&part, migrations, now).await?;
    rebuild(folder, &part, snapshot, set_aside.as_deref()).await?;
    private::sync_file(&part)?;
    private::rename(&part, &folder.replacement())?;
    if let Some(place) = set_aside {
        quarantine::set_aside(folder, &place)?;
    }
    private::rename(&folder.replacement(), &folder.file())
}

/// Does again on a part what the journal holds beyond it, and notes in it what happened.
async fn rebuild(
    folder: &DataFolder,
    part: &Path,
    snapshot: Option<Snapshot>,
    set_aside: Option<&Path>,
) -> Result<(), StorageError> {
    let mut connection = connect::writer(part).await?;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut connection).await?;
    let file_id = file_id(folder, &mut connection, snapshot.is_some()).await?;
    let replayed = journal::catch_up(folder, &file_id, &mut connection).await?;
    // Taken when the file was gone and nothing more could be written.
    let holds_all = snapshot.as_ref().is_some_and(|it| it.kind == SnapshotKind::Rescued) && journal::is_empty(folder)?;
    let is_whole = replayed.is_whole || holds_all;
    let set_aside = set_aside.map(Path::to_owned);
    let event = match (snapshot.map(|it| it.taken), set_aside) {
        (None, Some(set_aside)) if replayed.acts == 0 => Some(StartEvent::StartedAfresh { set_aside }),
        (None, None) if replayed.acts == 0 => None,
        (taken, set_aside) => Some(StartEvent::Rebuilt { set_aside, taken, edits: replayed.acts, is_whole }),
    };
    if let Some(event) = event {
        event::note(&mut connection, folder, &event).await?;
    }
    sqlx::query("COMMIT").execute(&mut connection).await?;
    // This writes the log back: all of it is in the one file then.
    connection.close().await?;
    Ok(())
}

/// The id of the file that is made anew: that of the snapshot, else that of the file which the journal belongs to.
async fn file_id(
    folder: &DataFolder,
    connection: &mut SqliteConnection,
    has_snapshot: bool,
) -> Result<String, StorageError> {
    if !has_snapshot && let Some((id, _)) = journal::end(folder)? {
        meta::forget(connection, meta::CREATED_AT).await?;
        meta::note(connection, meta::CREATED_AT, &id).await?;
    }
    Ok(meta::find(connection, meta::CREATED_AT).await?.unwrap_or_default())
}

/// Goes on where the end of a process cut a replacement short: between the moment when the damaged file was gone and
/// the one when the new file was in its place.
fn finish_replacing(folder: &DataFolder, now: Moment) -> Result<(), StorageError> {
    if folder.file().exists() || !folder.replacement().exists() {
        return Ok(());
    }
    if folder.file_and_companions().iter().any(|path| path.exists()) {
        quarantine::set_aside(folder, &quarantine::place_for(folder, now))?;
    }
    private::rename(&folder.replacement(), &folder.file())
}

async fn newest_good(folder: &DataFolder, latest: i64) -> Result<Option<Snapshot>, StorageError> {
    for candidate in snapshot::list(folder)? {
        match inspect_snapshot(&candidate.file, latest).await? {
            Condition::Good | Condition::Behind => return Ok(Some(candidate)),
            other => log::warn!("the snapshot {} cannot be used: {other:?}", candidate.file.display()),
        }
    }
    Ok(None)
}

//! Snapshots: whole copies of the data file, beside it, for the day on which it is damaged.
//!
//! What they are not: a backup against the loss of the disk, or an archive to browse.

use std::{
    cmp::Reverse,
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use chrono::NaiveDateTime;
use sqlx::{Connection as _, SqliteConnection};

use crate::{
    DataFolder, Moment, StorageError, connect,
    inspect::{self, Check},
    journal, private,
};

/// How many daily snapshots are kept.
const DAILY_KEPT: usize = 7;
/// How many of those before a resync are: a server that is broken may ask for one again and again.
const RESYNCS_KEPT: usize = 7;
const TIME_FORMAT: &str = "%Y-%m-%dT%H%M%S";
/// Keeps apart the unfinished snapshots of this process.
static NEXT_PART: AtomicU32 = AtomicU32::new(0);

/// Why a snapshot was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SnapshotKind {
    /// Once a day. The last 7 are kept.
    Daily,
    /// Before the tables were brought to another version. Kept.
    BeforeMigration,
    /// Before what was pulled is pulled anew, since the server keeps another history. The last 7 are kept.
    BeforeResync,
    /// When the data file was deleted or replaced while it was open: what it held. Kept.
    Rescued,
}

impl SnapshotKind {
    const ALL: [Self; 4] = [Self::Daily, Self::BeforeMigration, Self::BeforeResync, Self::Rescued];

    /// Its name in the names of files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Daily => "auto",
            Self::BeforeMigration => "before-migration",
            Self::BeforeResync => "before-resync",
            Self::Rescued => "rescued",
        }
    }
}

/// A snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Where it lies.
    pub file: PathBuf,
    /// Why it was taken.
    pub kind: SnapshotKind,
    /// When it was taken, by the wall clock.
    pub taken: NaiveDateTime,
    /// Its size.
    pub bytes: u64,
}

/// The snapshots of a data folder, newest first: in the order in which they were taken, whatever the clock said then.
/// Other files among them are passed over.
pub(crate) fn list(folder: &DataFolder) -> Result<Vec<Snapshot>, StorageError> {
    Ok(numbered(folder)?.into_iter().map(|(_, snapshot)| snapshot).collect())
}

/// The number of the last snapshot that was taken; 0 before the first.
pub(crate) fn last_number(folder: &DataFolder) -> Result<u32, StorageError> {
    Ok(numbered(folder)?.first().map_or(0, |(number, _)| *number))
}

/// The snapshots with their numbers, which count up.
fn numbered(folder: &DataFolder) -> Result<Vec<(u32, Snapshot)>, StorageError> {
    let path = folder.snapshots();
    let entries = match fs::read_dir(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(StorageError::file("reading the folder", &path))?,
    };
    let mut found: Vec<_> = entries.filter_map(|entry| read_entry(&entry.ok()?)).collect();
    found.sort_by_key(|(number, snapshot)| Reverse((*number, snapshot.taken)));
    Ok(found)
}

fn read_entry(entry: &fs::DirEntry) -> Option<(u32, Snapshot)> {
    let name = entry.file_name().into_string().ok()?;
    let (kind, taken, number) = read_name(&name)?;
    let metadata = entry.metadata().ok().filter(fs::Metadata::is_file)?;
    Some((number, Snapshot { file: entry.path(), kind, taken, bytes: metadata.len() }))
}

/// `auto-2026-11-23T101500-7.sqlite`: the seventh that was taken.
fn read_name(name: &str) -> Option<(SnapshotKind, NaiveDateTime, u32)> {
    let stem = name.strip_suffix(".sqlite")?;
    SnapshotKind::ALL.into_iter().find_map(|kind| {
        let rest = stem.strip_prefix(kind.name())?.strip_prefix('-')?;
        let (time, number) = rest.split_at_checked("2026-11-23T101500".len())?;
        let number = if number.is_empty() { 0 } else { number.strip_prefix('-')?.parse().ok()? };
        Some((kind, NaiveDateTime::parse_from_str(time, TIME_FORMAT).ok()?, number))
    })
}

/// Takes a snapshot of the data file as it is at this moment; edits go on meanwhile. When this returns, it is on
/// the disk; when it fails, there is none, not a part of one.
pub(crate) async fn take(folder: &DataFolder, kind: SnapshotKind, now: Moment) -> Result<Snapshot, StorageError> {
    let mut connection = connect::reader(&folder.file()).await?;
    let taken = take_through(&mut connection, folder, kind, now).await;
    connection.close().await?;
    taken
}

/// The same of the file that a connection has open, which need not be at its place any more.
pub(crate) async fn take_through(
    connection: &mut SqliteConnection,
    folder: &DataFolder,
    kind: SnapshotKind,
    now: Moment,
) -> Result<Snapshot, StorageError> {
    let path = folder.snapshots();
    private::create_folder(&path)?;
    remove_remains(&path);
    // SQLite writes into a file that is there only when it is empty; so it is ours alone from the start.
    let number = NEXT_PART.fetch_add(1, Ordering::Relaxed);
    let part = path.join(format!("{}-{}-{number}.part", kind.name(), std::process::id()));
    private::create_file(&part)?;
    let copied = copy_into(connection, &part).await;
    if copied.is_err() {
        remove(&part);
    }
    copied?;
    let folder = folder.clone();
    let finish = move || finish(&folder, &part, kind, now.naive_local());
    tokio::task::spawn_blocking(finish).await.map_err(|error| StorageError::File {
        doing: "taking",
        path: "the snapshot".into(),
        source: io::Error::other(error),
    })?
}

async fn copy_into(connection: &mut SqliteConnection, part: &Path) -> Result<(), StorageError> {
    let name = part.to_str().ok_or(io::Error::from(io::ErrorKind::InvalidFilename));
    let name = name.map_err(StorageError::file("naming", part))?;
    sqlx::query("VACUUM INTO ?").bind(name).execute(connection).await?;
    Ok(())
}

/// SQLite does not wait for the disk when it writes into another file; this does, and then gives the file its name.
fn finish(
    folder: &DataFolder,
    part: &Path,
    kind: SnapshotKind,
    taken: NaiveDateTime,
) -> Result<Snapshot, StorageError> {
    private::sync_file(part)?;
    let last = last_number(folder)?;
    let stem = format!("{}-{}", kind.name(), taken.format(TIME_FORMAT));
    let name = |number: u32| folder.snapshots().join(format!("{stem}-{number}.sqlite"));
    let number = (last.saturating_add(1)..).find(|number| !name(*number).exists());
    let file = name(number.unwrap_or(u32::MAX));
    private::rename(part, &file)?;
    let bytes = fs::metadata(&file).map_err(StorageError::file("reading", &file))?.len();
    Ok(Snapshot { file, kind, taken, bytes })
}

/// Takes the day's snapshot, unless there is one (and it is not wanted at once), or nothing yet to keep: a copy of the empty file of a first start
/// would stand in the way of a better one on that day.
///
/// # Errors
/// Also when a thorough look finds the file damaged: a copy of that would push a good one out.
pub(crate) async fn take_daily(
    folder: &DataFolder,
    now: Moment,
    at_once: bool,
) -> Result<Option<Snapshot>, StorageError> {
    // Not "none since yesterday": after one day with a wrong clock there would be none for years.
    let last = list(folder)?.into_iter().find(|it| it.kind == SnapshotKind::Daily);
    if !at_once && last.is_some_and(|it| it.taken.date() == now.date_naive()) {
        return Ok(None);
    }
    let mut connection = connect::reader(&folder.file()).await?;
    let taken = take_if_sound(&mut connection, folder, now).await;
    connection.close().await?;
    let taken = taken?;
    if taken.is_some() {
        forget_old(folder)?;
    }
    Ok(taken)
}

async fn take_if_sound(
    connection: &mut SqliteConnection,
    folder: &DataFolder,
    now: Moment,
) -> Result<Option<Snapshot>, StorageError> {
    if is_untouched(connection).await? {
        return Ok(None);
    }
    if let Some(how) = inspect::damage(connection, Check::Full).await? {
        return Err(StorageError::Damaged { how });
    }
    take_through(connection, folder, SnapshotKind::Daily, now).await.map(Some)
}

/// Whether nothing was ever done in the data file.
async fn is_untouched(connection: &mut SqliteConnection) -> Result<bool, StorageError> {
    // The highest number of a step stays on record when the step is gone.
    const UNTOUCHED: &str = "SELECT NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'history') \
        AND NOT EXISTS (SELECT 1 FROM schedule) AND NOT EXISTS (SELECT 1 FROM exception)";
    Ok(sqlx::query_scalar(UNTOUCHED).fetch_one(connection).await?)
}

/// Removes daily snapshots beyond the last 7, and what lies before them in the journal.
fn forget_old(folder: &DataFolder) -> Result<(), StorageError> {
    let mut kept = numbered(folder)?;
    for (_, old) in split_off_old(&mut kept) {
        private::remove(&old.file)?;
    }
    kept.last().map_or(Ok(()), |(oldest, _)| journal::forget_before(folder, *oldest))
}

/// Removes snapshots before a resync beyond the last 7.
pub(crate) fn forget_resyncs(folder: &DataFolder) -> Result<(), StorageError> {
    let of_kind = list(folder)?.into_iter().filter(|it| it.kind == SnapshotKind::BeforeResync);
    of_kind.skip(RESYNCS_KEPT).try_for_each(|old| private::remove(&old.file))
}

/// Leaves the daily ones that are kept, and returns those beyond.
fn split_off_old(newest_first: &mut Vec<(u32, Snapshot)>) -> Vec<(u32, Snapshot)> {
    newest_first.retain(|(_, it)| it.kind == SnapshotKind::Daily);
    newest_first.split_off(DAILY_KEPT.min(newest_first.len()))
}

/// Removes what a snapshot left behind that was cut short by the end of its process.
fn remove_remains(path: &Path) {
    const OLD: std::time::Duration = std::time::Duration::from_secs(60 * 60);
    let entries = fs::read_dir(path).into_iter().flatten().filter_map(Result::ok);
    for entry in entries.filter(|entry| entry.path().extension().is_some_and(|end| end == "part")) {
        let age = entry.metadata().and_then(|it| it.modified()).ok().and_then(|time| time.elapsed().ok());
        if age.is_some_and(|age| age > OLD) {
            remove(&entry.path());
        }
    }
}

fn remove(part: &Path) {
    if let Err(error) = fs::remove_file(part) {
        log::warn!("an unfinished snapshot could not be removed: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(name: &str) -> (u32, Snapshot) {
        let (kind, taken, number) = read_name(name).unwrap();
        (number, Snapshot { file: name.into(), kind, taken, bytes: 1 })
    }

    #[test]
    fn names_say_kind_time_and_number() {
        let (kind, taken, number) = read_name("before-migration-2026-11-23T101500-2.sqlite").unwrap();
        assert_eq!((kind, number), (SnapshotKind::BeforeMigration, 2));
        assert_eq!(taken.to_string(), "2026-11-23 10:15:00");
        assert_eq!(read_name("auto-2026-11-23T101500.sqlite").unwrap().2, 0, "as they were named before numbers");
        for other in
            ["auto-2026-11-23.sqlite", "auto-2026-11-23T101500x.sqlite", "x.sqlite", "auto-1.part", "auto-é.sqlite"]
        {
            assert_eq!(read_name(other), None, "{other}");
        }
    }

    #[test]
    fn seven_daily_ones_are_kept_and_all_others() {
        let mut all = vec![snapshot("before-migration-2026-11-20T000000-12.sqlite")];
        all.extend((1..=10).rev().map(|day| snapshot(&format!("auto-2026-11-{:02}T090000-{day}.sqlite", day + 9))));
        all.push(snapshot("rescued-2025-01-01T000000-0.sqlite"));
        let gone = split_off_old(&mut all);
        assert_eq!(all.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [10, 9, 8, 7, 6, 5, 4]);
        let gone: Vec<_> = gone.iter().map(|(_, it)| it.taken.date().to_string()).collect();
        assert_eq!(gone, ["2026-11-12", "2026-11-11", "2026-11-10"]);
    }
}

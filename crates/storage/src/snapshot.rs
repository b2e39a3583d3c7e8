//! Snapshots: whole copies of the data file, beside it, for the day on which it is damaged.
//!
//! What they are not: a backup against the loss of the disk, or an archive to browse.

use std::{
    cmp::Reverse,
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use chrono::{NaiveDate, NaiveDateTime};
use sqlx::Connection as _;

use crate::{DataFolder, Moment, StorageError, connect, private};

/// How many daily snapshots are kept.
const DAILY_KEPT: usize = 7;
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
}

impl SnapshotKind {
    const ALL: [Self; 2] = [Self::Daily, Self::BeforeMigration];

    /// Its name in the names of files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Daily => "auto",
            Self::BeforeMigration => "before-migration",
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

/// The snapshots of a data folder, newest first. Other files among them are passed over.
pub(crate) fn list(folder: &DataFolder) -> Result<Vec<Snapshot>, StorageError> {
    let path = folder.snapshots();
    let entries = match fs::read_dir(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(StorageError::file("reading the folder", &path))?,
    };
    let mut found: Vec<_> = entries.filter_map(|entry| read_entry(&entry.ok()?)).collect();
    found.sort_by_key(|(snapshot, number)| Reverse((snapshot.taken, *number)));
    Ok(found.into_iter().map(|(snapshot, _)| snapshot).collect())
}

/// A snapshot, and its number among those of one kind and second.
fn read_entry(entry: &fs::DirEntry) -> Option<(Snapshot, u32)> {
    let name = entry.file_name().into_string().ok()?;
    let (kind, taken, number) = read_name(&name)?;
    let metadata = entry.metadata().ok().filter(fs::Metadata::is_file)?;
    Some((Snapshot { file: entry.path(), kind, taken, bytes: metadata.len() }, number))
}

/// `auto-2026-11-23T101500.sqlite`; a second one of that second ends in `-2.sqlite`.
fn read_name(name: &str) -> Option<(SnapshotKind, NaiveDateTime, u32)> {
    let stem = name.strip_suffix(".sqlite")?;
    SnapshotKind::ALL.into_iter().find_map(|kind| {
        let rest = stem.strip_prefix(kind.name())?.strip_prefix('-')?;
        let (time, number) = rest.split_at_checked("2026-11-23T101500".len())?;
        let number = if number.is_empty() { 1 } else { number.strip_prefix('-')?.parse().ok()? };
        Some((kind, NaiveDateTime::parse_from_str(time, TIME_FORMAT).ok()?, number))
    })
}

/// Takes a snapshot of the data file as it is at this moment; edits go on meanwhile. When this returns, it is on
/// the disk; when it fails, there is none, not a part of one.
pub(crate) async fn take(folder: &DataFolder, kind: SnapshotKind, now: Moment) -> Result<Snapshot, StorageError> {
    let path = folder.snapshots();
    private::create_folder(&path)?;
    remove_remains(&path);
    // SQLite writes into a file that is there only when it is empty; so it is ours alone from the start.
    let number = NEXT_PART.fetch_add(1, Ordering::Relaxed);
    let part = path.join(format!("{}-{}-{number}.part", kind.name(), std::process::id()));
    private::create_file(&part)?;
    let copied = copy_into(folder, &part).await;
    if copied.is_err() {
        remove(&part);
    }
    copied?;
    let finish = move || finish(&path, &part, kind, now.naive_local());
    let snapshot = tokio::task::spawn_blocking(finish).await.map_err(|error| StorageError::File {
        doing: "taking",
        path: "the snapshot".into(),
        source: io::Error::other(error),
    })??;
    if kind == SnapshotKind::Daily {
        forget_old(folder, now)?;
    }
    Ok(snapshot)
}

async fn copy_into(folder: &DataFolder, part: &Path) -> Result<(), StorageError> {
    let name = part.to_str().ok_or(io::Error::from(io::ErrorKind::InvalidFilename));
    let name = name.map_err(StorageError::file("naming", part))?;
    let mut connection = connect::reader(&folder.file()).await?;
    let copied = sqlx::query("VACUUM INTO ?").bind(name).execute(&mut connection).await;
    connection.close().await?;
    copied?;
    Ok(())
}

/// SQLite does not wait for the disk when it writes into another file; this does, and then gives the file its name.
fn finish(path: &Path, part: &Path, kind: SnapshotKind, taken: NaiveDateTime) -> Result<Snapshot, StorageError> {
    private::sync_file(part)?;
    let stem = format!("{}-{}", kind.name(), taken.format(TIME_FORMAT));
    let numbered = (2..).map(|number| path.join(format!("{stem}-{number}.sqlite")));
    let mut names = std::iter::once(path.join(format!("{stem}.sqlite"))).chain(numbered);
    let file = names.find(|name| !name.exists()).unwrap_or_else(|| path.join(stem.clone()));
    private::rename(part, &file)?;
    let bytes = fs::metadata(&file).map_err(StorageError::file("reading", &file))?.len();
    Ok(Snapshot { file, kind, taken, bytes })
}

/// Takes the day's snapshot, unless there is one, or nothing yet to keep: a copy of the empty file of a first start
/// would stand in the way of a better one on that day.
pub(crate) async fn take_daily(folder: &DataFolder, now: Moment) -> Result<Option<Snapshot>, StorageError> {
    let today = now.date_naive();
    // Not "none since yesterday": after one day with a wrong clock there would be none for years.
    let is_there = list(folder)?.iter().any(|it| it.kind == SnapshotKind::Daily && it.taken.date() == today);
    if is_there || is_untouched(folder).await? {
        return Ok(None);
    }
    take(folder, SnapshotKind::Daily, now).await.map(Some)
}

/// Whether nothing was ever done in the data file.
async fn is_untouched(folder: &DataFolder) -> Result<bool, StorageError> {
    // The highest number of a step stays on record when the step is gone.
    const UNTOUCHED: &str = "SELECT NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'history') \
        AND NOT EXISTS (SELECT 1 FROM schedule) AND NOT EXISTS (SELECT 1 FROM exception)";
    let mut connection = connect::reader(&folder.file()).await?;
    let untouched = sqlx::query_scalar(UNTOUCHED).fetch_one(&mut connection).await;
    connection.close().await?;
    Ok(untouched?)
}

/// Removes daily snapshots beyond the last 7. Those of a wrong clock, dated after today, go first.
fn forget_old(folder: &DataFolder, now: Moment) -> Result<(), StorageError> {
    for old in beyond_kept(list(folder)?, now.date_naive()) {
        fs::remove_file(&old.file).map_err(StorageError::file("removing", &old.file))?;
    }
    Ok(())
}

fn beyond_kept(snapshots: Vec<Snapshot>, today: NaiveDate) -> impl Iterator<Item = Snapshot> {
    let mut daily: Vec<_> = snapshots.into_iter().filter(|it| it.kind == SnapshotKind::Daily).collect();
    daily.sort_by_key(|it| (it.taken.date() > today, Reverse(it.taken)));
    daily.into_iter().skip(DAILY_KEPT)
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

    fn snapshot(name: &str) -> Snapshot {
        let (kind, taken, _) = read_name(name).unwrap();
        Snapshot { file: name.into(), kind, taken, bytes: 1 }
    }

    #[test]
    fn names_say_kind_and_time() {
        let (kind, taken, number) = read_name("before-migration-2026-11-23T101500-2.sqlite").unwrap();
        assert_eq!((kind, number), (SnapshotKind::BeforeMigration, 2));
        assert_eq!(taken.to_string(), "2026-11-23 10:15:00");
        for other in
            ["auto-2026-11-23.sqlite", "auto-2026-11-23T101500x.sqlite", "x.sqlite", "auto-1.part", "auto-é.sqlite"]
        {
            assert_eq!(read_name(other), None, "{other}");
        }
    }

    #[test]
    fn seven_daily_ones_are_kept_and_all_others() {
        let mut all: Vec<_> = (10..20).map(|day| snapshot(&format!("auto-2026-11-{day}T090000.sqlite"))).collect();
        all.push(snapshot("before-migration-2025-01-01T000000.sqlite"));
        all.push(snapshot("before-migration-2025-01-01T000000.sqlite"));
        let today = NaiveDate::from_ymd_opt(2026, 11, 19).unwrap();
        let gone: Vec<_> = beyond_kept(all, today).map(|it| it.taken.date().to_string()).collect();
        assert_eq!(gone, ["2026-11-12", "2026-11-11", "2026-11-10"]);
    }

    #[test]
    fn a_wrong_clock_does_not_push_good_ones_out() {
        let mut all: Vec<_> = (1..=7).map(|day| snapshot(&format!("auto-2099-01-0{day}T090000.sqlite"))).collect();
        all.push(snapshot("auto-2026-11-19T090000.sqlite"));
        let today = NaiveDate::from_ymd_opt(2026, 11, 19).unwrap();
        let gone: Vec<_> = beyond_kept(all, today).map(|it| it.taken.date().to_string()).collect();
        assert_eq!(gone, ["2099-01-01"]);
    }
}

//! A folder of backups.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

/// How their names tell when they were made, in UTC.
const NAME: &str = "weekwise-%Y%m%dT%H%M%SZ.dump";
/// One that is being written.
const PART: &str = ".part";

/// A backup in the folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Made {
    pub(super) at: DateTime<Utc>,
    pub(super) path: PathBuf,
}

/// Where one that is made at `now` goes.
pub(super) fn path_of(folder: &Path, now: DateTime<Utc>) -> PathBuf {
    folder.join(now.format(NAME).to_string())
}

/// Where it is while it is being written.
pub(super) fn part_of(path: &Path) -> PathBuf {
    let mut part = path.as_os_str().to_owned();
    part.push(PART);
    part.into()
}

/// Those that are whole, the oldest first. Files with other names are none of ours.
pub(super) fn made(folder: &Path) -> io::Result<Vec<Made>> {
    named(folder, NAME)
}

/// Those that were not finished and that nobody can still be writing.
pub(super) fn abandoned(folder: &Path, now: DateTime<Utc>) -> io::Result<Vec<Made>> {
    let parts = named(folder, &format!("{NAME}{PART}"))?;
    Ok(parts.into_iter().filter(|part| now - part.at > TimeDelta::days(1)).collect())
}

fn named(folder: &Path, format: &str) -> io::Result<Vec<Made>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let at = entry.file_name().to_str().and_then(|name| NaiveDateTime::parse_from_str(name, format).ok());
        all.extend(at.map(|at| Made { at: at.and_utc(), path: entry.path() }));
    }
    all.sort_unstable();
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_with_such_a_name_are_backups() {
        let folder = tempfile::tempdir().unwrap();
        let now: DateTime<Utc> = "2026-11-25T02:00:00Z".parse().unwrap();
        let earlier = now - TimeDelta::days(2);
        for name in ["weekwise.dump", "weekwise-20261123T020000Z.dump.old", "notes.txt"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        for at in [now, earlier] {
            fs::write(path_of(folder.path(), at), "").unwrap();
            fs::write(part_of(&path_of(folder.path(), at)), "").unwrap();
        }
        let at = |all: Vec<Made>| all.into_iter().map(|made| made.at).collect::<Vec<_>>();
        assert_eq!(at(made(folder.path()).unwrap()), [earlier, now]);
        assert_eq!(at(abandoned(folder.path(), now).unwrap()), [earlier]);
    }
}

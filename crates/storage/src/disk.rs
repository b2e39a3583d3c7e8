//! Why the system refuses to write. SQLite knows "the disk is full"; every other reason it calls an error of the disk.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

use crate::{DataFolder, private};

/// As much as an edit writes, more or less.
const BYTES: usize = 64 * 1024;

/// What the system says when it is asked to write into a data folder; none if it lets that happen.
///
/// The data file itself is not opened: that would drop the locks that SQLite holds on it
/// (<https://sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_>). No
/// locks are held on the log.
pub(crate) fn refusal(folder: &DataFolder) -> Option<io::Error> {
    let [file, log, _] = folder.file_and_companions();
    if fs::metadata(&file).is_ok_and(|it| it.permissions().readonly()) {
        return Some(io::ErrorKind::PermissionDenied.into());
    }
    let log = OpenOptions::new().write(true).open(log).err().filter(|error| error.kind() != io::ErrorKind::NotFound);
    log.or_else(|| probe(folder.path()).err())
}

/// Writes a file through to the disk, and takes it away again.
fn probe(folder: &Path) -> io::Result<()> {
    let path = folder.join("probe.part");
    let written = write(&path);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => log::debug!("the probe could not be removed: {error}"),
        _ => {}
    }
    written
}

fn write(path: &Path) -> io::Result<()> {
    // One that a killed process left is used again.
    let mut file = private::options().create(true).truncate(true).open(path)?;
    file.write_all(&[0; BYTES])?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_the_system_lets_write_it_refuses_nothing_and_nothing_is_left() {
        let folder = tempfile::tempdir().unwrap();
        assert!(refusal(&DataFolder::at(folder.path())).is_none());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn its_own_reason_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("data");
        fs::write(&file, "").unwrap();
        let refused = refusal(&DataFolder::at(&file)).unwrap();
        assert_eq!(refused.kind(), io::ErrorKind::NotADirectory, "{refused}");
    }
}

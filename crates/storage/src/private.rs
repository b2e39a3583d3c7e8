//! Files and folders that only their owner may read.
//!
//! On Unix that is said here (0600, 0700). On Windows it follows from where the data folder lies: a profile's
//! folders are its user's own.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io,
    path::Path,
};

use crate::StorageError;

/// Makes a folder and those above it, unless it is there, through to the disk.
pub(crate) fn create_folder(path: &Path) -> Result<(), StorageError> {
    let missing: Vec<&Path> = path.ancestors().take_while(|folder| !folder.is_dir()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(StorageError::file("making the folder", path))?;
    missing.iter().filter_map(|made| made.parent()).try_for_each(sync_folder)
}

/// Makes an empty file.
///
/// # Errors
/// Also when there is such a file.
pub(crate) fn create_file(path: &Path) -> Result<File, StorageError> {
    options().create_new(true).open(path).map_err(StorageError::file("making", path))
}

/// For opening a file to write; if that makes it, it is its owner's only.
pub(crate) fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Closes a file to everyone but its owner, if there is such a file.
pub(crate) fn close_file(path: &Path) -> Result<(), StorageError> {
    restrict(path, 0o600)
}

/// Closes a folder to everyone but its owner.
pub(crate) fn close_folder(path: &Path) -> Result<(), StorageError> {
    restrict(path, 0o700)
}

#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> Result<(), StorageError> {
    use std::os::unix::fs::PermissionsExt;

    let failed = || StorageError::file("closing to others", path);
    let permissions = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        found => found.map_err(failed())?.permissions(),
    };
    if permissions.mode() & 0o077 == 0 {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(failed())
}

#[cfg(not(unix))]
fn restrict(_path: &Path, _mode: u32) -> Result<(), StorageError> {
    Ok(())
}

/// Writes a file's content through to the disk.
pub(crate) fn sync_file(path: &Path) -> Result<(), StorageError> {
    // Windows flushes only handles that may write.
    let file = OpenOptions::new().write(true).open(path);
    file.and_then(|file| file.sync_all()).map_err(StorageError::file("writing to the disk", path))
}

/// Writes the names in a folder through to the disk, so that a rename survives a power cut.
pub(crate) fn sync_folder(path: &Path) -> Result<(), StorageError> {
    // Windows has no such thing: NTFS journals its names.
    if cfg!(windows) {
        return Ok(());
    }
    File::open(path).and_then(|folder| folder.sync_all()).map_err(StorageError::file("writing to the disk", path))
}

/// Copies a file as one of its owner's only, through to the disk.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), StorageError> {
    let mut target = create_file(to)?;
    let copied = File::open(from).and_then(|mut source| io::copy(&mut source, &mut target));
    copied.and_then(|_| target.sync_all()).map_err(StorageError::file("copying", from))
}

/// Removes a file, if there is such a file.
pub(crate) fn remove(path: &Path) -> Result<(), StorageError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StorageError::file("removing", path)(error)),
        _ => Ok(()),
    }
}

/// Gives a file a name that nothing has, in a folder that is then written through.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), StorageError> {
    fs::rename(from, to).map_err(StorageError::file("renaming", from))?;
    to.parent().map_or(Ok(()), sync_folder)
}

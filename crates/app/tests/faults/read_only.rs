//! Folders and files that may not be written.

use std::{
    ffi::OsString,
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;
use weekwise_app::DataFolder;
use weekwise_protocol::StorageFault;

use crate::{
    child::{Ask, Process},
    desk::{fault, single},
};

/// "nobody", whom permissions bind. They do not bind root.
const NOBODY: u32 = 65534;

/// A data folder of somebody whom permissions bind, and how to start a process of theirs.
struct Bound {
    root: TempDir,
    around: Vec<OsString>,
    program: PathBuf,
}

impl Bound {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        if !is_root(root.path()) {
            return Self { root, around: Vec::new(), program: Process::program() };
        }
        // The program may lie where nobody else can read.
        let program = root.path().join("program");
        fs::copy(Process::program(), &program).unwrap();
        std::os::unix::fs::chown(root.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        let id = NOBODY.to_string();
        let words = ["setpriv", "--reuid", &id, "--regid", &id, "--clear-groups"];
        Self { root, around: words.map(OsString::from).into(), program }
    }

    fn folder(&self) -> DataFolder {
        DataFolder::at(self.root.path().join("data"))
    }

    fn desk(&self) -> Process {
        Process::start("desk", self.folder().path(), &self.around, &self.program)
    }

    /// Takes the right to write away from everyone, or gives it back to the owner.
    fn set_writable(&self, writable: bool) {
        set_writable(self.folder().path(), writable);
    }
}

fn is_root(path: &Path) -> bool {
    std::os::unix::fs::MetadataExt::uid(&fs::metadata(path).unwrap()) == 0
}

fn set_writable(path: &Path, writable: bool) {
    let is_folder = path.is_dir();
    if is_folder {
        fs::read_dir(path).unwrap().for_each(|entry| set_writable(&entry.unwrap().path(), writable));
    }
    let mode = match (is_folder, writable) {
        (true, true) => 0o700,
        (true, false) => 0o500,
        (false, true) => 0o600,
        (false, false) => 0o400,
    };
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

pub(crate) fn folder() {
    let bound = Bound::new();
    let mut desk = bound.desk();
    desk.open().unwrap();
    desk.edit(single(1, 100)).unwrap();
    let before = desk.export().unwrap();
    let () = desk.ask(&Ask::Close);

    // At the start: the folder, then only the file in it.
    bound.set_writable(false);
    let (found, detail) = desk.open().unwrap_err();
    assert_eq!(found, StorageFault::ReadOnly, "{detail}");
    bound.set_writable(true);
    fs::set_permissions(bound.folder().file(), Permissions::from_mode(0o400)).unwrap();
    let found = match desk.open() {
        Ok(()) => fault(desk.edit(single(2, 100))),
        Err((fault, _)) => fault,
    };
    assert_eq!(found, StorageFault::ReadOnly);
    bound.set_writable(true);
    drop(desk);

    let mut desk = bound.desk();
    desk.open().unwrap();
    assert_eq!(desk.export().unwrap(), before);
    desk.edit(single(2, 100)).unwrap();

    // While it is open, only what is made anew is refused.
    bound.set_writable(false);
    desk.edit(single(3, 100)).unwrap();
    let before = desk.export().unwrap();
    fs::set_permissions(bound.folder().path(), Permissions::from_mode(0o500)).unwrap();
    desk.kill();
    let mut desk = bound.desk();
    assert_eq!(desk.open().unwrap_err().0, StorageFault::ReadOnly);
    bound.set_writable(true);
    desk.open().unwrap();
    assert_eq!(desk.export().unwrap(), before);
}

/// As a file system does that the system makes read-only after an error: what is open may not be written any more.
pub(crate) fn while_open() {
    let root = tempfile::tempdir().unwrap();
    let folder = DataFolder::at(root.path().join("data"));
    let mut desk = Process::desk(&folder);
    desk.open().unwrap();
    desk.edit(single(1, 100)).unwrap();
    let before = desk.export().unwrap();
    let files = ["local.sqlite", "local.sqlite-wal"].map(|name| folder.path().join(name));
    let Some(_fixed) = Immutable::make(&files) else {
        println!("a_file_that_is_made_unwritable_while_open: not with chattr here; the journal takes its place");
        return unwritable_journal(desk, &folder, &before);
    };
    for _ in 0..2 {
        assert_eq!(fault(desk.edit(single(2, 100))), StorageFault::ReadOnly);
        assert_eq!(desk.export().unwrap(), before);
    }
    drop(_fixed);
    desk.edit(single(2, 100)).unwrap();
    desk.undo().unwrap();
    assert_eq!(desk.export().unwrap(), before);
}

/// A folder in the way of the journal's next file: also root cannot write into that.
fn unwritable_journal(mut desk: Process, folder: &DataFolder, before: &str) {
    let journal = folder.path().join("journal");
    fs::remove_dir_all(&journal).unwrap();
    fs::write(&journal, "in the way").unwrap();
    assert_eq!(fault(desk.edit(single(2, 100))), StorageFault::Other);
    assert_eq!(desk.export().unwrap(), before);
    fs::remove_file(&journal).unwrap();
    desk.edit(single(2, 100)).unwrap();
}

/// Files that not even root may change, as long as the value is there.
struct Immutable(Vec<PathBuf>);

impl Immutable {
    fn make(files: &[PathBuf]) -> Option<Self> {
        chattr("+i", files).then(|| Self(files.to_vec()))
    }
}

impl Drop for Immutable {
    fn drop(&mut self) {
        assert!(chattr("-i", &self.0));
    }
}

fn chattr(attribute: &str, files: &[PathBuf]) -> bool {
    Command::new("chattr").arg(attribute).args(files).output().is_ok_and(|ran| ran.status.success())
}

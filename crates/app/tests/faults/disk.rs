//! A disk that is full, and files that may not grow.

use std::ffi::OsString;

use tempfile::TempDir;
use weekwise_app::DataFolder;
use weekwise_domain::Edit;
use weekwise_protocol::{Notice, StorageFault};

use crate::{
    child::{Ask, OpenReply, Process},
    desk::{fault, single, slot},
};

/// A command that runs the rest of its arguments where `root` is a small disk of its own. It is gone with the process.
///
/// A file system in memory, in a namespace: an ordinary user may make one, or else root may.
fn on_a_small_disk(root: &TempDir, kilobytes: u32) -> Option<Vec<OsString>> {
    let mount = format!("mount -t tmpfs -o size={kilobytes}k,mode=700 weekwise-test \"$0\" && exec \"$@\"");
    let as_user: &[&str] = &["unshare", "--user", "--map-root-user", "--mount"];
    let as_root: &[&str] = &["unshare", "--mount", "--propagation", "private"];
    [as_user, as_root].into_iter().find_map(|unshare| {
        let shell = ["sh".into(), "-c".into(), mount.clone().into(), root.path().into()];
        let words: Vec<OsString> = unshare.iter().map(OsString::from).chain(shell).collect();
        let works = std::process::Command::new(&words[0]).args(&words[1..]).arg("true").output();
        works.is_ok_and(|tried| tried.status.success()).then_some(words)
    })
}

/// A command that runs the rest of its arguments with files that may not be larger. To write on gives an error then, as
/// the signal for it is not heeded.
fn with_small_files(kilobytes: u32) -> Vec<OsString> {
    // The shell counts in blocks of 512 bytes.
    let limit = format!("trap '' XFSZ && ulimit -f {} && exec \"$@\"", kilobytes * 2);
    ["sh".into(), "-c".into(), limit.into(), "sh".into()].into()
}

pub(crate) fn full() {
    let root = tempfile::tempdir().unwrap();
    let Some(around) = on_a_small_disk(&root, 6 * 1024) else {
        println!("a_full_disk: no disk can be made here (no namespaces, no mounts): a limit on files takes its place");
        return limited();
    };
    let folder = DataFolder::at(root.path().join("data"));
    let mut desk = Process::start("desk", folder.path(), &around, &Process::program());
    desk.open().unwrap();
    for number in 0..5 {
        desk.edit(single(number, 100)).unwrap();
    }
    let before = desk.export().unwrap();

    // While it is open. The day's snapshot may have been taken in the background.
    let _: bool = desk.ask(&Ask::Forget);
    let filled: usize = desk.ask(&Ask::Fill);
    assert!(filled > 0);
    let full = |desk: &mut Process| {
        for _ in 0..3 {
            let refused = desk.edit(single(10, 4000));
            assert_eq!(fault(refused), StorageFault::DiskFull);
            assert_eq!(desk.export().unwrap(), before, "what is there can be read");
        }
    };
    full(&mut desk);
    let () = desk.ask(&Ask::Snapshot);
    let [Notice::SnapshotFailed { detail }] = &desk.notices()[..] else { panic!("{:?}", desk.notices()) };
    assert!(detail.contains("full") || detail.contains("No space"), "{detail}");
    let schedules = (100..2000).map(|number| slot(number, 2000)).collect();
    let import = Edit::Import { schedules, exceptions: vec![], settings: vec![] };
    assert_eq!(fault(desk.edit(import.into())), StorageFault::DiskFull);
    assert_eq!(desk.export().unwrap(), before, "nothing of it is taken");

    // Once there is space, all goes on, and nothing of what was refused appears.
    let () = desk.ask(&Ask::Free);
    desk.edit(single(5, 100)).unwrap();
    desk.undo().unwrap();
    assert_eq!(desk.export().unwrap(), before);

    at_the_start(&mut desk, &before);
}

/// With a full disk at the start, the week can be read or the person is told why not; a damaged file waits.
fn at_the_start(desk: &mut Process, before: &str) {
    let is_full = |opened: OpenReply| match opened {
        Err((StorageFault::DiskFull, detail)) => assert!(detail.contains("local.sqlite"), "{detail}"),
        other => panic!("{other:?}"),
    };
    let () = desk.ask(&Ask::Close);
    let _: usize = desk.ask(&Ask::Fill);
    match desk.open() {
        Ok(()) => {
            assert_eq!(desk.export().unwrap(), before);
            assert_eq!(fault(desk.edit(single(10, 4000))), StorageFault::DiskFull);
            let () = desk.ask(&Ask::Close);
        }
        failed => is_full(failed),
    }
    let () = desk.ask(&Ask::Free);
    desk.open().unwrap();
    assert_eq!(desk.export().unwrap(), before);
    assert_eq!(desk.notices(), []);

    let () = desk.ask(&Ask::Close);
    let () = desk.ask(&Ask::Damage);
    let _: usize = desk.ask(&Ask::Fill);
    is_full(desk.open());
    is_full(desk.open());
    let () = desk.ask(&Ask::Free);
    desk.open().unwrap();
    assert_eq!(desk.export().unwrap(), before);
    let notices = desk.notices();
    assert!(matches!(notices[..], [Notice::Rebuilt { is_whole: true, .. }]), "{notices:?}");
}

pub(crate) fn limited() {
    let root = tempfile::tempdir().unwrap();
    let folder = DataFolder::at(root.path().join("data"));
    let mut desk = Process::start("desk", folder.path(), &with_small_files(256), &Process::program());
    desk.open().unwrap();
    let mut acknowledged = 0;
    let refused = loop {
        match desk.edit(single(acknowledged, 2000)) {
            Ok(_) => acknowledged += 1,
            refused => break refused,
        }
    };
    assert!((3..200).contains(&acknowledged), "{acknowledged}");
    assert_eq!(fault(refused), StorageFault::Disk);
    assert_eq!(fault(desk.edit(single(acknowledged, 2000))), StorageFault::Disk);
    let before = desk.export().unwrap();
    assert_eq!(before.matches("\"Slot ").count(), acknowledged as usize);
    desk.kill();
    // Without the limit, all is there, and goes on.
    let mut desk = Process::desk(&folder);
    desk.open().unwrap();
    assert_eq!(desk.export().unwrap(), before);
    desk.edit(single(acknowledged, 2000)).unwrap();
}

//! How often an edit waits for the disk, counted by `strace` at the calls that the system sees.

use std::{fs, path::Path, process::Command};

use crate::{
    child::Process,
    desk::{Place, cancel, mondays, shift, single},
};

/// Calls that write a file through to the disk.
const CALLS: &str = "trace=fsync,fdatasync,msync,sync,syncfs,sync_file_range";

/// Each edit writes the log through once, and nothing else.
pub(crate) fn one_for_each_edit() {
    if !can_trace() {
        println!("not counted: strace is not there, or may not look at processes");
        return;
    }
    let place = Place::new();
    let record = place.root.path().join("record");
    let words = ["strace", "-f", "-y", "-qq", "-e", CALLS, "-o"].map(Into::into);
    let around: Vec<_> = words.into_iter().chain([record.clone().into()]).collect();
    let mut desk = Process::start("desk", place.folder().path(), &around, &Process::program());
    desk.open().unwrap();
    // This one also begins the log and the journal.
    desk.edit(mondays(0)).unwrap();
    // Else the one in the background takes it while edits are counted. As long as nothing was edited there is none to take.
    let _: () = desk.ask(&crate::child::Ask::Snapshot);
    let begun = Syncs::until_now(&record);
    assert!(begun.log >= 1 && begun.journal >= 1, "they are seen: {begun:?}");

    let edits = (1..=20).map(|number| single(number, 500));
    let edits = edits.chain([cancel(0, "2026-12-07"), shift(0, "2026-12-14", "2026-12-15")]);
    let mut before = begun;
    for (number, edit) in edits.enumerate() {
        desk.edit(edit).unwrap();
        let after = Syncs::until_now(&record);
        assert_eq!(after.log, before.log + 1, "of the log, at edit {number}");
        before = after;
    }
    desk.undo().unwrap();
    let after = Syncs::until_now(&record);
    assert_eq!(after.log, before.log + 1, "of the log, at an undo");
    desk.edit(cancel(999, "2026-12-07")).unwrap_err();
    assert_eq!(Syncs::until_now(&record), after, "a refused edit has nothing to wait for");
    let calls = || fs::read_to_string(&record).unwrap();
    assert_eq!(after.others, begun.others, "of the data file or anything else, among\n{}", calls());
    // Its folder, if a day just ended: the next one has a file of its own.
    assert!(after.journal - begun.journal <= 1, "of the journal: {after:?}, before: {begun:?}");
}

fn can_trace() -> bool {
    Command::new("strace").args(["-qq", "-e", "trace=none", "true"]).status().is_ok_and(|status| status.success())
}

/// How often files were written through so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Syncs {
    log: usize,
    journal: usize,
    others: usize,
}

impl Syncs {
    /// `strace` writes a call down before it lets the process go on.
    fn until_now(record: &Path) -> Self {
        let text = fs::read_to_string(record).unwrap();
        // The end of a call that was noted in two parts names no file.
        let of = |file: fn(&str) -> bool| text.lines().filter(|call| !call.contains("resumed>") && file(call)).count();
        let (is_log, is_journal) =
            (|call: &str| call.contains("local.sqlite-wal>"), |call: &str| call.contains("/journal"));
        Self { log: of(is_log), journal: of(is_journal), others: of(|_| true) - of(is_log) - of(is_journal) }
    }
}

//! Faults, planted for real, and what the program says of them on its command line: what happened and what to do. What
//! becomes of the data is in `crates/app/tests/faults`.

use std::fs;

use crate::cli::program::{Program, Ran};

const TERM: &str = include_str!("../data/term/term.json");

/// A program that has read in a term, what it exports, and its data file.
fn lived_in() -> (Program, String, std::path::PathBuf) {
    let program = Program::new();
    assert_eq!(program.import(&program.file("term.json", TERM)).code, Some(0));
    let export = program.done(["export", "-"]);
    let file = program.folder().join("local.sqlite");
    (program, export, file)
}

/// Trouble in one line that holds all of these words.
fn assert_trouble(ran: &Ran, words: &[&str]) {
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{ran:?}");
    assert!(ran.err.starts_with("weekwise: ") && ran.err.lines().count() == 1, "{ran:?}");
    for word in words {
        assert!(ran.err.contains(word), "{word:?} is not in {ran:?}");
    }
}

/// All is there, and what was done about the fault is told in one line.
fn assert_mended(ran: &Ran, export: &str, words: &[&str]) {
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), export), "{}", ran.err);
    assert!(ran.err.starts_with("weekwise: ") && ran.err.lines().count() == 1, "{ran:?}");
    for word in words {
        assert!(ran.err.contains(word), "{word:?} is not in {ran:?}");
    }
}

#[test]
fn a_damaged_file_is_mended_and_told_until_someone_looks() {
    let damages: [fn(&std::path::Path); 3] = [
        |file| fs::write(file, "no database".repeat(1000)).expect("the file can be overwritten"),
        |file| {
            let len = fs::metadata(file).expect("the file is there").len();
            let opened = fs::File::options().write(true).open(file).expect("the file opens");
            opened.set_len(len / 2).expect("the file can be cut short");
        },
        |file| {
            let mut content = fs::read(file).expect("the file is there");
            content[3 * 4096..4 * 4096].fill(0xff);
            fs::write(file, content).expect("the file can be overwritten");
        },
    ];
    for damage in damages {
        let (program, export, file) = lived_in();
        damage(&file);
        let mended = program.run(["export", "-"]);
        assert_mended(&mended, &export, &["the data file was damaged", "damaged", "a new one was put together"]);
        assert_mended(&program.run(["export", "-"]), &export, &["a new one was put together"]);
        let report = program.done(["doctor"]);
        assert!(report.contains("set aside") && report.contains("a new one was put together"), "{report}");
        assert_eq!(program.done(["export", "-"]), export, "the doctor has told it");
    }
}

#[test]
fn a_file_that_was_removed_comes_back_and_that_is_told() {
    let (program, export, file) = lived_in();
    fs::remove_file(&file).expect("the file can be removed");
    assert_mended(&program.run(["export", "-"]), &export, &["the data file was gone", "a new one was put together"]);
}

#[test]
fn without_snapshots_all_goes_on() {
    let (program, export, _) = lived_in();
    let snapshots = program.folder().join("snapshots");
    fs::remove_dir_all(&snapshots).expect("the snapshots can be removed");
    assert_eq!(program.done(["export", "-"]), export);
    assert_eq!(fs::read_dir(&snapshots).expect("they are made again").count(), 1);
    // Something in their way is told, and keeps nobody from their week.
    fs::remove_dir_all(&snapshots).expect("the snapshots can be removed");
    fs::write(&snapshots, "in the way").expect("a file can be in the way");
    let ran = program.run(["export", "-"]);
    assert_mended(&ran, &export, &["snapshot"]);
}

#[test]
fn a_file_that_another_program_holds_is_left_and_told() {
    let (program, export, _) = lived_in();
    let lock = fs::File::options().write(true).open(program.folder().join("weekwise.lock")).expect("the lock opens");
    lock.lock().expect("the folder can be locked");
    assert_trouble(&program.run(["export", "-"]), &["another program holds the data file", "close it and try again"]);
    drop(lock);
    assert_eq!(program.done(["export", "-"]), export);
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_written_is_told() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let (program, export, file) = lived_in();
    let set = |mode: u32| {
        let paths = [program.folder().join("weekwise.lock"), file.clone(), program.folder()];
        for (path, mode) in paths.iter().zip([mode & 0o600, mode & 0o600, mode]) {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("permissions can be set");
        }
    };
    set(0o500);
    // Permissions do not bind root: then the program runs as somebody else, to whom the folder does not even open.
    let mut command = program.command();
    if fs::metadata(program.folder()).expect("the folder is there").uid() == 0 {
        std::os::unix::process::CommandExt::uid(&mut command, 65534);
        fs::set_permissions(program.path(""), fs::Permissions::from_mode(0o755)).expect("permissions can be set");
    }
    let ran = Ran::from(command.args(["export", "-"]).output().expect("the program runs"));
    assert_trouble(&ran, &["the data folder cannot be written", "check its permissions"]);
    set(0o700);
    assert_eq!(program.done(["export", "-"]), export);
}

#[cfg(unix)]
#[test]
fn a_disk_that_refuses_is_told_and_takes_nothing_half() {
    let (program, export, _) = lived_in();
    let rows: Vec<String> = (0..400)
        .map(|number| {
            format!(
                r#"{{"id": "01a0e707-2400-76d1-b9b5-{number:012x}", "day_of_week": 1, "start": "09:00", "end": "10:30",
                     "valid_from": "2026-10-12", "notes": "{}"}}"#,
                "n".repeat(2000)
            )
        })
        .collect();
    let large = format!(r#"{{"format": "weekwise", "version": 1, "schedules": [{}]}}"#, rows.join(","));
    let large = program.file("large.json", large);
    let usual = program.command();
    // The shell takes the program's place; files may not grow beyond 256 KB, and the signal for it is not heeded.
    let mut limited = std::process::Command::new("sh");
    limited.args(["-c", "trap '' XFSZ && ulimit -f 512 && exec \"$0\" import \"$1\""]);
    limited.arg(usual.get_program()).arg(&large).env("WEEKWISE_DATA_DIR", program.folder());
    let ran = Ran::from(limited.output().expect("the program runs"));
    assert_trouble(&ran, &["the disk refused to read or write", "check the disk and its quota"]);
    assert_eq!(program.done(["export", "-"]), export, "nothing of it is stored");
    assert_eq!(program.import(&large).code, Some(0), "without the limit it goes");
}

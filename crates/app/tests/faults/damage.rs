//! Files that are damaged, cut short or removed, while closed and while open.

use std::{
    fs,
    os::unix::fs::FileExt,
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
    thread,
};

use weekwise_app::DataFolder;
use weekwise_domain::Rows;
use weekwise_protocol::{Failure, Notice, StorageFault};

use crate::desk::{Desk, Place, cancel, copy, fault, mondays, rows, shift, single};

const PAGE: usize = 4096;

/// A folder with a snapshot and edits after it, all of it closed; and its rows.
fn lived_in() -> (Place, Rows) {
    let place = Place::new();
    let desk = Desk::open(&place.folder()).unwrap();
    desk.edit(mondays(0)).unwrap();
    for number in 1..30 {
        desk.edit(single(number, 300)).unwrap();
    }
    desk.snapshot();
    date_back(&place);
    for number in 30..60 {
        desk.edit(single(number, 300)).unwrap();
    }
    desk.edit(cancel(0, "2026-12-07")).unwrap();
    desk.edit(shift(0, "2026-12-14", "2026-12-15")).unwrap();
    desk.undo();
    desk.close();
    let rows = rows(&place.folder());
    assert_eq!((rows.schedules.len(), rows.exceptions.len()), (60, 1));
    (place, rows)
}

/// Gives the snapshot another date, so that one of today is wanted, and the thorough look that comes before it.
fn date_back(place: &Place) {
    for entry in fs::read_dir(place.path("snapshots")).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        let number = name.rsplit_once('-').unwrap().1;
        fs::rename(entry.path(), place.path("snapshots").join(format!("auto-2020-01-01T090000-{number}"))).unwrap();
    }
}

/// Opens a damaged folder as often as its messages ask for, and says what was told in the end; none when nothing was.
fn put_right(folder: &DataFolder) -> Option<Notice> {
    for _ in 0..2 {
        let desk = Desk::open(folder).unwrap();
        desk.snapshot();
        let told = desk.notices().and_then(|notices| desk.export().map(|_| notices));
        desk.close();
        match told {
            Ok(notices) if notices.is_empty() => return None,
            Ok(notices) if notices == [Notice::DamageFound] => {}
            Ok(notices) => return notices.into_iter().next(),
            // "Restart Weekwise".
            Err(Failure::Storage { fault: StorageFault::Damaged, .. }) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    panic!("a restart did not help");
}

/// Works on many cases, two at a time.
fn each<T: Sync>(cases: &[T], check: impl Fn(&T) + Sync) {
    let next = AtomicU32::new(0);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed) as usize) {
                    check(case);
                }
            });
        }
    });
}

pub(crate) fn in_every_page() {
    let (place, expected) = lived_in();
    let content = fs::read(place.folder().file()).unwrap();
    let pages = content.len() / PAGE;
    assert!(pages > 20, "{pages}");
    let cases: Vec<_> = (0..pages).flat_map(|page| (0..4).map(move |how| (page, how))).collect();
    let (found, unharmed) = (AtomicU32::new(0), AtomicU32::new(0));
    each(&cases, |&(page, how)| {
        let copied = Place::new();
        copy(place.folder().path(), copied.folder().path());
        let mut damaged = content.clone();
        let whole = &mut damaged[page * PAGE..(page + 1) * PAGE];
        match how {
            0 => whole.fill(0),
            1 => whole[..64].fill(0xff),
            2 => whole[PAGE / 2..PAGE / 2 + 64].fill(0xff),
            _ => whole[PAGE - 64..].fill(0),
        }
        fs::write(copied.folder().file(), &damaged).unwrap();
        let told = put_right(&copied.folder());
        let counter = match told {
            Some(Notice::Rebuilt { is_whole: true, .. }) => &found,
            // Nothing of worth is on the page, or in the place that was hit.
            None => &unharmed,
            other => panic!("page {page}, {how}: {other:?}"),
        };
        counter.fetch_add(1, Ordering::Relaxed);
        assert!(rows(&copied.folder()) == expected, "page {page}, damage {how}: something is lost");
    });
    let (found, unharmed) = (found.into_inner(), unharmed.into_inner());
    println!(
        "{} kinds of damage on {pages} pages: {found} were found and mended, {unharmed} harmed nothing",
        cases.len()
    );
    assert!(found > unharmed);
}

pub(crate) fn cut_short() {
    let (place, expected) = lived_in();
    let len = fs::metadata(place.folder().file()).unwrap().len() as usize;
    let cases: Vec<usize> = (0..len).step_by(PAGE).flat_map(|at| [at, at + 1000]).collect();
    each(&cases, |&at| {
        let copied = Place::new();
        copy(place.folder().path(), copied.folder().path());
        fs::File::options().write(true).open(copied.folder().file()).unwrap().set_len(at as u64).unwrap();
        let told = put_right(&copied.folder());
        assert!(matches!(told, Some(Notice::Rebuilt { is_whole: true, .. })), "cut at {at}: {told:?}");
        assert!(rows(&copied.folder()) == expected, "cut at {at}: something is lost");
    });
}

/// Under the hands of the application: what it can still do, it does; what it acknowledges is there after a restart.
pub(crate) fn while_open() {
    for how in ["overwritten", "cut short"] {
        let (place, mut expected) = lived_in();
        let desk = Desk::open(&place.folder()).unwrap();
        let file = fs::File::options().write(true).open(place.folder().file()).unwrap();
        match how {
            "overwritten" => file.write_all_at(&[0xff; 20 * PAGE], PAGE as u64).unwrap(),
            _ => file.set_len(2 * PAGE as u64).unwrap(),
        }
        let mut refused = 0;
        for number in 100..110 {
            match desk.edit(single(number, 300)) {
                Ok(_) => {
                    let slot = crate::desk::slot(number, 300);
                    expected.schedules.insert(slot.id, slot);
                }
                other => {
                    assert_eq!(fault(other), StorageFault::Damaged, "{how}");
                    refused += 1;
                }
            }
        }
        println!("a file that is {how} while open: {refused} of 10 edits were refused");
        desk.close();
        let told = put_right(&place.folder());
        assert!(matches!(told, Some(Notice::Rebuilt { is_whole: true, .. })), "{how}: {told:?}");
        assert!(rows(&place.folder()) == expected, "{how}: something is lost");
    }
}

pub(crate) fn removed() {
    // While it is closed; with its companions while it is open; with all that is in the folder while it is open.
    for (how, is_open) in [("file", false), ("file", true), ("log", true), ("all", true)] {
        let (place, expected) = lived_in();
        let desk = is_open.then(|| Desk::open(&place.folder()).unwrap());
        // Nothing is to be made in the background any more.
        desk.iter().for_each(Desk::snapshot);
        match how {
            "file" => fs::remove_file(place.folder().file()).unwrap(),
            "log" => fs::remove_file(place.path("local.sqlite-wal")).unwrap(),
            _ => fs::remove_dir_all(place.folder().path()).unwrap(),
        }
        if let Some(desk) = desk {
            assert_eq!(fault(desk.edit(single(100, 300))), StorageFault::Gone, "{how}");
            assert_eq!(fault(desk.export()), StorageFault::Gone, "{how}");
            assert!(desk.changed_elsewhere(), "{how}: the window is told without asking");
            if how == "all" {
                // Only an end in order can save what was in a folder that is gone.
                desk.close();
            } else {
                desk.drop();
            }
        }
        if how != "log" {
            assert!(!place.folder().file().exists());
        }
        match put_right(&place.folder()) {
            Some(Notice::Rebuilt { set_aside: None, is_whole: true, .. }) if how != "log" => {}
            None if how == "log" => {}
            other => panic!("{how}, open: {is_open}: {other:?}"),
        }
        assert!(rows(&place.folder()) == expected, "{how}, open: {is_open}: something is lost");
    }
}

pub(crate) fn without_snapshots() {
    for is_open in [false, true] {
        let (place, expected) = lived_in();
        let snapshots = place.path("snapshots");
        let count = || fs::read_dir(&snapshots).map_or(0, Iterator::count);
        assert_eq!(count(), 1);
        if !is_open {
            fs::remove_dir_all(&snapshots).unwrap();
        }
        let desk = Desk::open(&place.folder()).unwrap();
        if is_open {
            fs::remove_dir_all(&snapshots).unwrap();
        }
        desk.snapshot();
        assert_eq!((desk.notices().unwrap(), count()), (vec![], 1), "it is made again");
        desk.close();
        // And on top of that, the file is damaged.
        fs::remove_dir_all(&snapshots).unwrap();
        overwrite(&place.folder().file());
        let told = put_right(&place.folder());
        assert!(matches!(told, Some(Notice::Rebuilt { taken: None, is_whole: true, .. })), "{told:?}");
        assert!(rows(&place.folder()) == expected, "something is lost");
    }
}

fn overwrite(file: &Path) {
    fs::write(file, "garbage".repeat(1000)).unwrap();
}

//! Another program that holds the file.

use std::{path::Path, time::Instant};

use weekwise_protocol::StorageFault;

use crate::{
    child::Process,
    desk::{Desk, Place, fault, single},
};

/// How long is waited for another program, and some.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

/// Another program that holds a file in some way, until it is told to let go.
struct Holder(Process);

impl Holder {
    fn of(file: &Path, how: &str) -> Self {
        let mut process = Process::start("hold", file, &[], &Process::program());
        process.tell(how);
        assert_eq!(process.hear().as_deref(), Some("\"held\""));
        Self(process)
    }

    fn let_go(mut self) {
        self.0.tell("let go");
        assert_eq!(self.0.hear().as_deref(), Some("\"let go\""));
    }
}

fn with_a_slot() -> (Place, String) {
    let place = Place::new();
    let desk = Desk::open(&place.folder()).unwrap();
    desk.edit(single(1, 100)).unwrap();
    let before = desk.export().unwrap();
    desk.close();
    (place, before)
}

pub(crate) fn at_the_start() {
    let (place, before) = with_a_slot();
    let holder = Holder::of(&place.folder().file(), "alone");
    let asked = Instant::now();
    let Err(error) = Desk::open(&place.folder()) else { panic!("it is held") };
    assert!(asked.elapsed() < PATIENCE, "{:?}", asked.elapsed());
    assert_eq!(error.fault, StorageFault::Busy, "{error}");
    assert!(!place.path("damaged").exists(), "a file that is held is not taken for a damaged one");
    holder.let_go();
    let desk = Desk::open(&place.folder()).unwrap();
    assert_eq!(desk.export().unwrap(), before);
    desk.close();

    // One that locks the folder as a Weekwise does that replaces the file.
    let lock = std::fs::File::options().write(true).open(place.path("weekwise.lock")).unwrap();
    lock.lock().unwrap();
    let Err(error) = Desk::open(&place.folder()) else { panic!("it is held") };
    assert_eq!(error.fault, StorageFault::Busy, "{error}");
    lock.unlock().unwrap();
    assert_eq!(Desk::open(&place.folder()).unwrap().export().unwrap(), before);
}

pub(crate) fn while_open() {
    let (place, before) = with_a_slot();
    let desk = Desk::open(&place.folder()).unwrap();
    let holder = Holder::of(&place.folder().file(), "writing");
    let asked = Instant::now();
    assert_eq!(fault(desk.edit(single(2, 100))), StorageFault::Busy);
    assert!(asked.elapsed() < PATIENCE, "{:?}", asked.elapsed());
    assert_eq!(desk.export().unwrap(), before, "what is there can be read meanwhile");
    holder.let_go();
    desk.edit(single(2, 100)).unwrap();
    desk.undo();
    assert_eq!(desk.export().unwrap(), before);

    // One that is killed holds nothing any more.
    let mut holder = Holder::of(&place.folder().file(), "writing");
    holder.0.kill();
    desk.edit(single(2, 100)).unwrap();
}

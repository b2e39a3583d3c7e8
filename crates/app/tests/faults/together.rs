//! Two who use one folder at once.

use std::thread;

use crate::{
    child::Process,
    desk::{Desk, Place, rows, single},
};

/// As two windows do, or a window and a command: neither loses an edit, and one that is killed takes none of the other's
/// along.
pub(crate) fn two_processes() {
    let place = Place::new();
    let watching = Desk::open(&place.folder()).unwrap();
    let folder = place.folder();
    let (acknowledged, killed) = thread::scope(|scope| {
        let steady = scope.spawn(|| {
            let mut desk = Process::desk(&folder);
            desk.open().unwrap();
            (0..120).filter(|number| desk.edit(single(*number, 500)).is_ok()).collect::<Vec<_>>()
        });
        let killed = scope.spawn(|| {
            let mut acknowledged = Vec::new();
            for round in 0..6 {
                let mut desk = Process::desk(&folder);
                desk.open().unwrap();
                for number in 0..10 {
                    let number = 1000 + round * 100 + number;
                    desk.edit(single(number, 500)).unwrap();
                    acknowledged.push(number);
                }
                // Killed with one more under way.
                let ask = crate::child::Ask::Edit(Box::new(single(1099 + round * 100, 4000)));
                desk.tell(&serde_json::to_string(&ask).unwrap());
                desk.kill();
            }
            acknowledged
        });
        (steady.join().unwrap(), killed.join().unwrap())
    });
    assert_eq!((acknowledged.len(), killed.len()), (120, 60));
    assert!(watching.changed_elsewhere(), "who only watches notices");
    watching.edit(single(5000, 100)).unwrap();
    watching.close();

    let found = rows(&place.folder());
    let ids: Vec<_> =
        acknowledged.iter().chain(&killed).chain([&5000]).map(|it| crate::desk::slot(*it, 0).id).collect();
    let lost: Vec<_> = ids.iter().filter(|id| !found.schedules.contains_key(id)).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    assert!(found.schedules.len() <= ids.len() + 6, "no more than what was under way");

    // The journal of the three of them leads to the same.
    std::fs::remove_file(place.folder().file()).unwrap();
    assert!(rows(&place.folder()) == found);
}

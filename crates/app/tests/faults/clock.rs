//! A wall clock that is set back. The system's clock is everybody's, so the zone of a process is set instead: to the
//! application, whose only clock is the one on the wall, that is the same.

use std::fs;

use weekwise_protocol::Notice;

use crate::{
    child::{Ask, Process},
    desk::{Place, single},
};

/// 46 hours apart.
const AHEAD: &str = "AHD-23";
const BACK: &str = "BCK+23";

fn desk_in(zone: &str, place: &Place) -> Process {
    Process::start("desk", place.folder().path(), &["env".into(), format!("TZ={zone}").into()], &Process::program())
}

pub(crate) fn set_back() {
    let place = Place::new();
    let mut numbers = 0..;
    let mut edits = |desk: &mut Process| {
        for number in numbers.by_ref().take(5) {
            desk.edit(single(number, 100)).unwrap();
        }
    };
    let mut dates = Vec::new();
    for zone in [AHEAD, BACK, AHEAD, BACK] {
        let mut desk = desk_in(zone, &place);
        desk.open().unwrap();
        edits(&mut desk);
        let () = desk.ask(&Ask::Snapshot);
        edits(&mut desk);
        dates.push(newest_snapshot(&place));
        // The order of edits is that in which they were made: the last one is taken back first.
        let undone = desk.undo().unwrap();
        let title = undone.step.summary.title.unwrap();
        assert_eq!(title.as_str(), format!("Slot {}", edits_so_far(&dates) - 1));
        let before = desk.export().unwrap();
        assert_eq!(desk.notices(), []);
        let () = desk.ask(&Ask::Close);

        // Damaged now, it comes back from the snapshot that was taken last, not from the one with the latest date.
        let () = desk.ask(&Ask::Damage);
        desk.open().unwrap();
        assert_eq!(desk.export().unwrap(), before);
        let [Notice::Rebuilt { taken: Some(_), edits: since, is_whole: true, .. }] = desk.notices()[..] else {
            panic!("{:?}", desk.notices())
        };
        assert!(since <= 11, "{since} edits: from an older snapshot than there is");
        let () = desk.ask(&Ask::Close);
    }
    assert_eq!(dates[0] > dates[1], dates[2] > dates[3]);
    assert!(dates[0] > dates[1], "the clock was set back: {dates:?}");
}

/// How many edits were made once so many snapshots were looked at.
fn edits_so_far(dates: &[String]) -> usize {
    dates.len() * 10
}

/// The date of the snapshot with the highest number.
fn newest_snapshot(place: &Place) -> String {
    let names = fs::read_dir(place.path("snapshots")).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap());
    let numbered = names.filter_map(|name| {
        let (rest, number) = name.strip_suffix(".sqlite")?.rsplit_once('-')?;
        Some((number.parse::<u32>().ok()?, rest.strip_prefix("auto-")?.to_owned()))
    });
    numbered.max().unwrap().1
}

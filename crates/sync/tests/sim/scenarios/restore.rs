//! What becomes of them when the server is set back.

use uuid::Uuid;
use weekwise_domain::{Edit, SeriesPatch, Setting, SlotLimit, TimeZone};
use weekwise_protocol::sync::DeviceId;

use super::{ONE, OTHER, World, change, create, series, split, time, title};
use crate::store::Store;

#[test]
fn a_delete_holds_though_the_server_was_set_back_to_between_two_pulls() {
    let mut world = World::new();
    world.edit(ONE, create(1, "Algebra", "08:00", "09:00"));
    world.sync_both();
    world.edit(OTHER, create(2, "Biology", "10:00", "11:00"));
    world.sync(OTHER);
    let backup = world.tables.clone();
    world.edit(OTHER, change(1, title("Geometry")));
    world.sync(OTHER);
    // Both come in one page, and nobody says that the server is set back to after the first.
    world.pull(ONE);
    world.edit(ONE, Edit::Trash { series_id: series(2) });
    world.set_back(backup);
    world.sync_both();
    assert_eq!(world.titles(), ["Geometry"]);
}

#[test]
fn a_delete_holds_though_a_history_comes_back_that_was_left_before() {
    let mut world = World::new();
    world.edit(ONE, create(1, "Algebra", "08:00", "09:00"));
    world.sync_both();
    let older = world.tables.clone();
    world.edit(ONE, create(2, "Biology", "10:00", "11:00"));
    world.sync(ONE);
    world.edit(ONE, change(2, title("Botany")));
    world.sync_both();
    let newer = world.set_back(older);
    world.begin_epoch();
    world.sync_both();
    world.edit(ONE, change(2, title("Zoology")));
    world.sync_both();
    world.edit(ONE, Edit::Trash { series_id: series(2) });
    world.sync_both();
    // That was the wrong backup; the right one is put in its place, and nobody says so.
    world.set_back(newer);
    world.sync_both();
    assert_eq!(world.titles(), ["Algebra"]);
}

#[test]
fn a_server_set_back_ends_with_all_that_any_device_had_and_nothing_that_was_deleted() {
    for is_said in [true, false] {
        let mut world = World::new();
        world.edit(ONE, create(1, "Algebra", "08:00", "09:00"));
        world.edit(ONE, create(2, "Biology", "10:00", "11:00"));
        world.sync_both();
        let backup = world.tables.clone();
        // Since the backup: a change, a delete for good, and something new.
        world.edit(ONE, change(1, title("Geometry")));
        world.edit(ONE, Edit::Trash { series_id: series(2) });
        world.edit(ONE, Edit::Purge { series_id: series(2) });
        world.sync_both();
        world.edit(OTHER, create(3, "Chess", "12:00", "13:00"));
        world.sync_both();
        assert_eq!(world.titles(), ["Chess", "Geometry"]);

        let lost = world.set_back(backup);
        if is_said {
            world.begin_epoch();
        } else {
            // As after `pg_dump | psql` into the same place: the same revisions are given out again, for something else.
            let zone = TimeZone::try_from("Europe/Berlin".to_owned()).unwrap();
            for n in 0..lost.head.rev.0 {
                let limit = SlotLimit::try_from(3 + n % 20).unwrap();
                let setting = if n == 0 { Setting::TimeZone(Some(zone.clone())) } else { Setting::SlotLimit(limit) };
                let mut web = Store::new(DeviceId::web());
                std::mem::swap(&mut web, &mut world.devices[OTHER]);
                world.edit(OTHER, Edit::Set { setting });
                world.sync(OTHER);
                std::mem::swap(&mut web, &mut world.devices[OTHER]);
            }
            assert!(world.tables.head.rev >= lost.head.rev, "the revisions overlap");
        }
        world.sync_both();
        assert_eq!(world.titles(), ["Chess", "Geometry"], "a new epoch was begun: {is_said}");
        let mut missing = lost.rows.keys().filter(|key| !world.tables.rows.contains_key(key));
        assert_eq!(missing.next(), None, "everything is on the server again");
        assert_eq!(world.rejected().len(), 0);
    }
}

#[test]
fn an_edit_that_comes_again_after_a_restore_leaves_alone_what_was_made_on_top_of_it() {
    let mut world = World::new();
    world.edit(ONE, create(1, "Algebra", "08:00", "09:00"));
    world.sync_both();
    let backup = world.tables.clone();
    // The other device has it, while the reply is still on the way.
    world.edit(ONE, change(1, SeriesPatch { title: title("Geometry").title, ..time("10:00", "11:00") }));
    world.push(ONE);
    world.pull(OTHER);
    world.edit(OTHER, change(1, title("Topology")));
    world.set_back(backup);
    world.begin_epoch();
    // It comes back by way of the other device, in part; then it comes itself, with an edit of the rest.
    world.sync(OTHER);
    world.edit(ONE, change(1, time("12:00", "13:00")));
    world.sync_both();
    assert_eq!(world.titles(), ["Topology"]);
    let rows = world.devices[ONE].view.to_domain();
    assert_eq!(rows.schedules.values().next().unwrap().pattern.time.start().to_string(), "12:00");
    assert_eq!((world.copies(), world.rejected().len()), (0, 0));
}

#[test]
fn a_schedule_comes_back_whole_though_the_server_is_set_back_twice() {
    let mut world = World::new();
    let oldest = world.tables.clone();
    world.edit(ONE, create(1, "Algebra", "08:00", "09:00"));
    world.sync(ONE);
    let backup = world.tables.clone();
    world.edit(ONE, change(1, time("10:00", "11:00")));
    world.sync(ONE);
    // First the server lacks a part of it, and that is held; then it lacks the rest too.
    world.set_back(backup);
    world.begin_epoch();
    world.pull(ONE);
    world.set_back(oldest);
    world.begin_epoch();
    world.sync_both();
    assert_eq!(world.titles(), ["Algebra"]);
    let rows = world.devices[OTHER].view.to_domain();
    assert_eq!(rows.schedules.values().next().unwrap().pattern.time.start().to_string(), "10:00");
    assert_eq!((world.copies(), world.rejected().len()), (0, 0));
}

#[test]
fn an_edit_that_came_to_nothing_is_done_with_though_the_server_forgets_it() {
    let mut world = World::new();
    world.edit(ONE, create(1, "Algebra", "08:00", "09:00"));
    world.sync_both();
    world.edit(ONE, Edit::Trash { series_id: series(1) });
    world.edit(OTHER, change(1, title("Geometry")));
    world.sync(OTHER);
    world.pull(ONE);
    let backup = world.tables.clone();
    // That it lost changes no row. So nothing tells that the server was set back since.
    let answer = world.push(ONE).unwrap();
    world.hear(ONE, &answer);
    world.set_back(backup);
    world.sync_both();
    assert_eq!(world.titles(), ["Geometry"]);
    assert!(world.devices[ONE].file.outbox.is_empty());
}

#[test]
fn what_lost_is_kept_though_the_server_is_set_back_while_what_won_is_half_pulled() {
    let mut world = World::new();
    world.edit(ONE, create(1, "Algebra", "08:00", "09:00"));
    world.sync_both();
    let backup = world.tables.clone();
    let mut third = Store::new(DeviceId::from(Uuid::from_u128(9)));
    let mut with_third = |world: &mut World, act: &dyn Fn(&mut World)| {
        std::mem::swap(&mut third, &mut world.devices[OTHER]);
        act(world);
        std::mem::swap(&mut third, &mut world.devices[OTHER]);
    };
    with_third(&mut world, &|world| world.sync(OTHER));
    world.edit(ONE, change(1, title("Earlier")));
    with_third(&mut world, &|world| drop(world.edit(OTHER, change(1, title("Later")))));
    world.sync(ONE);
    with_third(&mut world, &|world| drop(world.push(OTHER)));
    // A page ends within what the edit of the third one wrote: what won, and a copy of what lost.
    world.pull_rows(OTHER, 1);
    world.set_back(backup);
    world.begin_epoch();
    world.sync(OTHER);
    world.sync_both();
    with_third(&mut world, &|world| world.sync(OTHER));
    world.sync_both();
    assert_eq!((world.titles(), world.copies()), (vec!["Later".to_owned()], 1));
}

#[test]
fn a_part_of_a_series_goes_into_the_trash_again_though_the_rest_is_of_an_earlier_epoch() {
    let mut world = World::new();
    world.edit(ONE, create(1, "Algebra", "08:00", "09:00"));
    world.sync_both();
    world.begin_epoch();
    world.sync_both();
    let done = world.edit(ONE, split(1, "2026-03-02", 2, "Geometry"));
    world.sync_both();
    let backup = world.tables.clone();
    // The division is taken back: what it made goes into the trash, and the rest stays outside.
    world.undo(ONE, &done);
    world.sync_both();
    world.set_back(backup);
    world.begin_epoch();
    world.sync_both();
    assert_eq!((world.titles(), world.copies()), (vec!["Algebra".to_owned()], 0));
}

#[test]
fn what_waits_while_a_history_forks_is_not_taken_for_what_knew_the_other_one() {
    let mut world = World::new();
    world.edit(ONE, create(1, "Algebra", "08:00", "09:00"));
    world.sync_both();
    let backup = world.tables.clone();
    world.edit(ONE, change(1, title("Lost")));
    world.sync(ONE);
    // The same revisions are given out once more, and nobody knows it yet.
    world.set_back(backup);
    world.edit(OTHER, change(1, time("10:00", "11:00")));
    world.edit(OTHER, change(1, title("Botany")));
    world.sync(OTHER);
    world.edit(OTHER, change(1, title("Zoology")));
    world.pull(ONE);
    world.sync(OTHER);
    world.sync_both();
    assert_eq!((world.titles(), world.copies()), (vec!["Zoology".to_owned()], 1));
}

#[test]
fn what_goes_into_the_trash_stays_there_though_a_history_comes_back_of_which_another_device_knew_a_part() {
    for is_pulled in [true, false] {
        let mut world = World::new();
        world.edit(ONE, create(1, "Algebra", "08:00", "09:00"));
        world.sync_both();
        let older = world.tables.clone();
        world.edit(ONE, change(1, title("Geometry")));
        world.sync(ONE);
        let newer = world.set_back(older);
        world.begin_epoch();
        world.sync_both();
        world.edit(ONE, Edit::Trash { series_id: series(1) });
        if is_pulled {
            world.sync(ONE);
        }
        // That was the wrong backup; the right one is put in its place, and nobody says so. The first to come has only heard since of the
        // new title. So to the server the revision at which it was written may be one that was given out twice.
        world.set_back(newer);
        world.sync(OTHER);
        world.sync_both();
        assert_eq!((world.titles(), world.copies()), (Vec::<String>::new(), 0), "the trash was pulled: {is_pulled}");
    }
}

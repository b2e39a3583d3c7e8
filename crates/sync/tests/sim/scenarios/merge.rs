//! What becomes of edits that did not know of each other.

use uuid::Uuid;
use weekwise_domain::{Edit, ScheduleId};
use weekwise_protocol::sync::RowKey;

use super::{ONE, OTHER, World, change, create, series, split, time, title};
use crate::check;

#[test]
fn two_devices_at_the_slot_limit_each_add_a_slot_and_both_see_all_of_them() {
    let mut world = World::new();
    world.edit(ONE, create(1, "Algebra", "08:00", "09:00"));
    world.sync_both();
    // The limit is two: each device alone stays within it.
    world.edit(ONE, create(2, "Biology", "10:00", "11:00"));
    world.edit(OTHER, create(3, "Chess", "12:00", "13:00"));
    world.sync_both();
    assert_eq!(world.titles(), ["Algebra", "Biology", "Chess"]);
    assert_eq!((world.copies(), world.rejected().len()), (0, 0));
}

#[test]
fn edits_of_different_registers_both_hold() {
    let mut world = World::new();
    world.edit(ONE, create(1, "Algebra", "08:00", "09:00"));
    world.sync_both();
    world.edit(ONE, change(1, title("Geometry")));
    world.edit(OTHER, change(1, time("10:00", "11:00")));
    world.sync_both();
    assert_eq!(world.titles(), ["Geometry"]);
    let rows = world.devices[ONE].view.to_domain();
    assert_eq!(rows.schedules.values().next().unwrap().pattern.time.start().to_string(), "10:00");
    assert_eq!(world.copies(), 0);
}

#[test]
fn of_two_edits_of_a_register_the_later_one_holds_and_the_other_is_kept() {
    for first_to_push in [ONE, OTHER] {
        let mut world = World::new();
        world.edit(ONE, create(1, "Algebra", "08:00", "09:00"));
        world.sync_both();
        world.edit(ONE, change(1, title("Earlier")));
        world.edit(OTHER, change(1, title("Later")));
        world.sync(first_to_push);
        world.sync_both();
        assert_eq!(world.titles(), ["Later"], "whoever pushes first");
        assert_eq!(world.copies(), 1);
    }
}

#[test]
fn equal_edits_are_no_conflict() {
    let mut world = World::new();
    world.edit(ONE, create(1, "Algebra", "08:00", "09:00"));
    world.sync_both();
    world.edit(ONE, change(1, title("Geometry")));
    world.edit(OTHER, change(1, title("Geometry")));
    world.sync_both();
    assert_eq!((world.titles(), world.copies()), (vec!["Geometry".to_owned()], 0));
}

#[test]
fn an_edit_takes_out_of_the_trash_what_was_put_there_without_knowing_of_it() {
    for first_to_push in [ONE, OTHER] {
        let mut world = World::new();
        world.edit(ONE, create(1, "Algebra", "08:00", "09:00"));
        world.sync_both();
        world.edit(ONE, change(1, title("Geometry")));
        world.edit(OTHER, Edit::Trash { series_id: series(1) });
        world.sync(first_to_push);
        world.sync_both();
        assert_eq!(world.titles(), ["Geometry"], "the delete did not know of the edit");
    }
}

#[test]
fn what_is_removed_for_good_stays_removed_and_what_was_written_meanwhile_is_kept_aside() {
    let mut world = World::new();
    world.edit(ONE, create(1, "Algebra", "08:00", "09:00"));
    world.sync_both();
    world.edit(ONE, Edit::Trash { series_id: series(1) });
    world.edit(ONE, Edit::Purge { series_id: series(1) });
    world.edit(OTHER, change(1, title("Geometry")));
    world.sync_both();
    assert_eq!(world.titles(), [""; 0]);
    assert!(world.tables.rows.contains_key(&RowKey::Tombstone(ScheduleId(Uuid::from_u128(1)))));
    assert_eq!(world.copies(), 1, "it can be restored, under another id");
}

#[test]
fn a_split_and_a_change_of_the_whole_series_leave_no_date_twice() {
    for first_to_push in [ONE, OTHER] {
        let mut world = World::new();
        world.edit(ONE, create(1, "Algebra", "08:00", "09:00"));
        world.sync_both();
        world.edit(ONE, split(1, "2026-03-02", 2, "Geometry"));
        world.edit(OTHER, change(1, time("10:00", "11:00")));
        world.sync(first_to_push);
        world.sync_both();
        assert_eq!(check::segments_meet(&world.devices[ONE].view), None);
        // A change that comes in later stops before the new segment. A split that comes in later and was made earlier loses
        // against it, as a whole, and is kept aside.
        let expected: &[&str] = if first_to_push == ONE { &["Algebra", "Geometry"] } else { &["Algebra"] };
        assert_eq!(world.titles(), expected);
        assert!(world.copies() > 0, "what does not hold is kept");
    }
}

#[test]
fn a_split_can_be_taken_back_though_another_one_has_shortened_what_it_made() {
    let mut world = World::new();
    world.edit(ONE, create(1, "Algebra", "08:00", "09:00"));
    world.sync_both();
    let done = world.edit(ONE, split(1, "2026-03-02", 2, "Geometry"));
    world.edit(OTHER, split(1, "2026-03-30", 3, "Topology"));
    world.sync(ONE);
    world.undo(ONE, &done);
    // Now what the first split made ends before the second one begins. That is no edit of it.
    world.sync(OTHER);
    world.sync_both();
    assert_eq!(world.titles(), ["Algebra", "Topology"]);
    assert_eq!(check::segments_meet(&world.devices[ONE].view), None);
}

#[test]
fn what_an_edit_that_waits_hides_was_not_seen() {
    let mut world = World::new();
    world.edit(ONE, create(1, "Algebra", "08:00", "09:00"));
    world.sync_both();
    // The server has it, and the reply is still on the way.
    world.edit(ONE, split(1, "2026-03-02", 2, "Geometry"));
    world.push(ONE);
    world.pull(OTHER);
    world.edit(OTHER, split(1, "2026-03-30", 3, "Topology"));
    world.sync(OTHER);
    world.pull(ONE);
    // What the first split made ends before the second one for both, here only by what is shown.
    world.edit(ONE, change(1, time("10:00", "11:00")));
    world.sync_both();
    assert_eq!(world.titles(), ["Algebra", "Geometry", "Topology"]);
    assert_eq!(check::segments_meet(&world.devices[ONE].view), None);
    assert_eq!((world.copies(), world.rejected().len()), (1, 0));
}

#[test]
fn what_an_edit_puts_into_the_trash_stays_there_though_the_rest_of_it_takes_its_series_out() {
    let mut world = World::new();
    world.edit(ONE, create(1, "Algebra", "08:00", "09:00"));
    let done = world.edit(ONE, split(1, "2026-03-02", 2, "Geometry"));
    world.sync_both();
    // The one takes the division back, the other puts both parts into the trash.
    world.undo(ONE, &done);
    world.edit(OTHER, Edit::Trash { series_id: series(1) });
    world.sync(OTHER);
    world.sync_both();
    assert_eq!((world.titles(), world.copies()), (vec!["Algebra".to_owned()], 0));
}

#[test]
fn what_is_removed_for_good_while_an_edit_of_it_is_half_pulled_is_kept_as_that_left_it() {
    let mut world = World::new();
    world.edit(ONE, create(1, "Algebra", "08:00", "09:00"));
    world.edit(ONE, split(1, "2026-03-02", 2, "Algebra"));
    world.sync_both();
    world.edit(OTHER, change(1, title("Geometry")));
    world.sync(OTHER);
    // The title of the one part comes with this page, that of the other with the next one.
    world.pull_rows(ONE, 1);
    world.edit(ONE, Edit::Trash { series_id: series(1) });
    world.edit(ONE, Edit::Purge { series_id: series(1) });
    world.sync_both();
    assert_eq!((world.titles(), world.copies()), (Vec::<String>::new(), 2));
}

#[test]
fn what_is_removed_for_good_is_kept_as_another_edit_left_it_that_was_hidden_by_one_that_waits() {
    let mut world = World::new();
    world.edit(ONE, create(1, "Algebra", "08:00", "09:00"));
    world.sync_both();
    world.edit(ONE, change(1, title("Earlier")));
    world.edit(OTHER, change(1, title("Later")));
    world.sync(OTHER);
    world.pull(ONE);
    world.edit(ONE, Edit::Trash { series_id: series(1) });
    world.edit(ONE, Edit::Purge { series_id: series(1) });
    world.sync_both();
    assert_eq!((world.titles(), world.copies()), (Vec::<String>::new(), 2));
}

//! Single cases: what the rules of merging come to, one by one. Each reads as a story of two devices and a server.

use uuid::Uuid;
use weekwise_domain::{
    Change, Details, Displaced, Edit, EveryNWeeks, Pattern, Request, Schedule, ScheduleId, SeriesId, SeriesPatch,
    Setting, SlotLimit, TimeRange, TimeZone, Title, Validity, Weekday, plan, revert,
};
use weekwise_protocol::sync::{DeviceId, EpochId, Mark, OpId, PushReply, RowKey, Slot, Value};
use weekwise_sync::{
    client::{Batch, Recorder, Rejected, Sent, Seq},
    server::Standing,
};

use crate::{
    check::{self, touched},
    ghost::Ghost,
    plants::Plants,
    server::{Tables, is_too_large},
    store::Store,
};

/// Two devices of one person, and the server.
struct World {
    tables: Tables,
    devices: [Store; 2],
    /// Milliseconds since 1970, on all clocks.
    now: i64,
    next: u128,
    /// For the checks.
    ghost: Ghost,
}

const ONE: usize = 0;
const OTHER: usize = 1;

impl World {
    fn new() -> Self {
        let devices = [1, 2].map(|n| Store::new(DeviceId::from(Uuid::from_u128(n))));
        let tables = Tables::new(EpochId(Uuid::from_u128(3)));
        Self { tables, devices, now: 1_770_000_000_000, next: 1_000, ghost: Ghost::default() }
    }

    fn fresh(&mut self) -> Uuid {
        self.next += 1;
        Uuid::from_u128(self.next)
    }

    /// A person edits on a device; a minute passes.
    fn edit(&mut self, device: usize, edit: Edit) -> Vec<Change> {
        let request = Request { edit, raise_slot_limit: None };
        let changes = plan(&request, &self.devices[device].view.to_domain()).unwrap().changes;
        self.record(device, &changes);
        changes
    }

    /// A person takes back what an edit changed.
    fn undo(&mut self, device: usize, changes: &[Change]) {
        let changes = revert(changes, &self.devices[device].view.to_domain()).changes;
        self.record(device, &changes);
    }

    fn record(&mut self, device: usize, changes: &[Change]) {
        let store = &mut self.devices[device];
        let (keys, series) = touched(changes, &store.view);
        let next = &mut self.next;
        let mut id = || {
            *next += 1;
            OpId(Uuid::from_u128(*next))
        };
        let mut recorder = Recorder { id: &mut id, now_ms: self.now };
        let (shown, first) = (store.view.clone(), Seq(store.file.next));
        store.with_part(keys, series, |file| file.record(changes, &mut recorder)).unwrap();
        for (_, pending) in store.file.outbox.range(first..) {
            let knew = store.known.iter().chain(&store.made).copied().collect();
            store.made.push(pending.operation.op);
            self.ghost.record(0, &pending.operation, &shown, knew);
        }
        self.check(device);
        self.now += 60_000;
    }

    /// A device pulls, pushes, and pulls what came of it.
    fn sync(&mut self, device: usize) {
        for _ in 0..20 {
            self.pull(device);
            let Some(answer) = self.push(device) else { return };
            self.hear(device, &answer);
        }
        panic!("device {device} does not come to rest");
    }

    /// A device that has pulled pushes what it has; its reply is on the way.
    fn push(&mut self, device: usize) -> Option<(Sent, PushReply)> {
        let (push, sent) = self.devices[device].file.outgoing(Batch { most: 500 }, self.now)?;
        assert!(!is_too_large(&push, 500));
        let at = (self.now, Mark(self.fresh()));
        let (reply, written) = self.tables.push(&push, at, i64::MAX, None);
        let before = self.tables.clone();
        written.operations.iter().for_each(|new| self.ghost.judged(new));
        self.tables.write(written, Some(&push.device_id));
        assert_eq!(check::push(&before, &self.tables, &push, &reply, &self.ghost), None);
        Some((sent, reply))
    }

    /// The reply to a push arrives.
    fn hear(&mut self, device: usize, (sent, reply): &(Sent, PushReply)) {
        None.pushed(&mut self.devices[device], sent, reply);
        self.check(device);
    }

    fn check(&self, device: usize) {
        assert_eq!(check::store(&self.devices[device], &self.ghost), None);
    }

    fn pull(&mut self, device: usize) {
        self.pull_rows(device, 2_000);
    }

    /// A device pulls a page of so many rows at most.
    fn pull_rows(&mut self, device: usize, most: usize) {
        while self.starts_over(device) {}
        let since = self.devices[device].file.cursor;
        let page = None.page(&self.tables, since, most);
        self.devices[device].pulled(&page).unwrap();
        self.devices[device].known.extend(self.tables.taken());
        self.check(device);
    }

    /// The server is set back to a backup. What it lost is returned.
    fn set_back(&mut self, backup: Tables) -> Tables {
        let lost = std::mem::replace(&mut self.tables, backup);
        self.ghost.restore(0, &lost, &self.tables, &self.devices.each_ref());
        lost
    }

    fn begin_epoch(&mut self) {
        let begun = EpochId(self.fresh());
        self.tables.begin_epoch(begun);
    }

    /// Whether the server keeps another history than the device pulled; then it starts over.
    fn starts_over(&mut self, device: usize) -> bool {
        let file = &self.devices[device].file;
        let epoch = file.epoch.unwrap_or(self.tables.head.epoch);
        let (common, is_here) = match self.tables.standing(epoch, &file.trail) {
            Standing::Here => return false,
            Standing::Earlier { common, is_here } => (common, is_here),
            Standing::Forked { epoch: forked, common } => {
                let begun = EpochId(self.fresh());
                self.tables.fork(forked, begun, common, Some(epoch));
                (common, false)
            }
        };
        let fork = self.tables.epochs.get(&epoch).copied().flatten().filter(|_| is_here);
        let epoch = self.tables.head.epoch;
        None.start_over(&mut self.devices[device], epoch, (common, fork));
        true
    }

    fn sync_both(&mut self) {
        for device in [ONE, OTHER, ONE, OTHER] {
            self.sync(device);
        }
        assert_eq!(self.devices[ONE].view, self.devices[OTHER].view, "both show the same");
    }

    /// The titles of what is out of the trash, in order.
    fn titles(&self) -> Vec<String> {
        let rows = self.devices[ONE].view.to_domain();
        let active = rows.schedules.values().filter(|row| row.active);
        let mut titles: Vec<_> = active.map(|row| row.details.title.as_str().to_owned()).collect();
        titles.sort();
        titles
    }

    /// How many conflict copies wait for someone to look at them.
    fn copies(&self) -> usize {
        let view = &self.devices[ONE].view;
        view.iter().filter(|row| row.value(&Slot::Resolved) == Some(&Value::Resolved(false))).count()
    }

    fn rejected(&self) -> Vec<&Rejected> {
        self.devices.iter().flat_map(|store| &store.rejected).collect()
    }
}

fn series(id: u128) -> SeriesId {
    SeriesId(Uuid::from_u128(id))
}

/// A slot on Mondays from 5 January 2026 on.
fn create(id: u128, title: &str, start: &str, end: &str) -> Edit {
    let id = ScheduleId(Uuid::from_u128(id));
    let pattern = Pattern {
        series_id: id.into(),
        day_of_week: Weekday::MONDAY,
        time: TimeRange::new(start.parse().unwrap(), end.parse().unwrap()).unwrap(),
        validity: Validity { from: "2026-01-05".parse().unwrap(), until: None },
        every: EveryNWeeks::ONE,
    };
    let details = Details { title: Title::new(title).unwrap(), ..Details::default() };
    Edit::Create { schedule: Box::new(Schedule { id, pattern, details, active: true }) }
}

fn change(id: u128, patch: SeriesPatch) -> Edit {
    let (displaced, first_weekday) = (Displaced::Carry, Weekday::MONDAY);
    Edit::ChangeSeries { series_id: series(id), patch: Box::new(patch), displaced, first_weekday }
}

fn split(id: u128, date: &str, new_id: u128, text: &str) -> Edit {
    Edit::ChangeFollowing {
        series_id: series(id),
        date: date.parse().unwrap(),
        new_id: ScheduleId(Uuid::from_u128(new_id)),
        patch: Box::new(title(text)),
        displaced: Displaced::Carry,
        first_weekday: Weekday::MONDAY,
    }
}

fn title(text: &str) -> SeriesPatch {
    SeriesPatch { title: Some(Title::new(text).unwrap()), ..SeriesPatch::default() }
}

fn time(start: &str, end: &str) -> SeriesPatch {
    let time = TimeRange::new(start.parse().unwrap(), end.parse().unwrap()).unwrap();
    SeriesPatch { time: Some(time), ..SeriesPatch::default() }
}

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

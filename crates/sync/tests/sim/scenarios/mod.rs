//! Single cases: what the rules of merging come to, one by one. Each reads as a story of two devices and a server.

mod merge;
mod restore;

use uuid::Uuid;
use weekwise_domain::{
    Change, Details, Displaced, Edit, EveryNWeeks, Pattern, Request, Schedule, ScheduleId, SeriesId, SeriesPatch,
    TimeRange, Title, Validity, Weekday, plan, revert,
};
use weekwise_protocol::sync::{DeviceId, EpochId, Mark, OpId, PushReply, Slot, Value};
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

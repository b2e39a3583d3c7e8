//! Processes that are killed at any moment.

use std::{
    collections::VecDeque,
    io::Write as _,
    path::Path,
    sync::{
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;
use weekwise_app::{App, DataFolder, Locale};
use weekwise_domain::{Change, Edit, Request, Rows, SeriesPatch, Title, plan, revert};
use weekwise_protocol::{DoEdit, Redo, Undo};
use weekwise_storage::{StartEvent, Store};

use crate::{
    child::Process,
    desk::{Place, cancel, copy, moment, mondays, series, shift, single, slot},
};

const KILLS: u32 = 200;
/// The kills are dealt out to as many data folders, each with a process of its own at a time.
const FOLDERS: u32 = 2;

/// What the working process says before it does something; after that it says `done`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Act {
    Edit(Box<Request>),
    Undo,
    Redo,
}

/// The part of the process that is killed: edits without end, each of which it announces, does, and acknowledges.
pub(crate) fn work(folder: DataFolder) {
    Runtime::new().unwrap().block_on(async {
        say("starts");
        let app = App::open(folder, Locale::default()).await.unwrap();
        let mut random = Random(u64::from(std::process::id()) | 1);
        // Numbers that no process before it has used: kills are few, and edits between them some hundreds.
        let mut number = std::env::args().nth(2).unwrap().parse::<u32>().unwrap() * 200;
        loop {
            let act = act(&mut random, &mut number);
            say(&serde_json::to_string(&act).unwrap());
            let outcome = match act {
                Act::Edit(request) => app.edit(DoEdit { request: *request }).await.map(drop),
                Act::Undo => app.undo(Undo { step: None }).await.map(drop),
                Act::Redo => app.redo(Redo {}).await.map(drop),
            };
            say(if outcome.is_ok() { "done" } else { "refused" });
        }
    });
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").unwrap();
    out.flush().unwrap();
}

fn act(random: &mut Random, number: &mut u32) -> Act {
    let edit = |request| Act::Edit(Box::new(request));
    *number += 1;
    let last = *number - 1;
    let on = ["2026-12-07", "2026-12-14", "2026-12-21", "2026-12-28"][random.below(4) as usize];
    match random.below(12) {
        0..=3 => edit(single(*number, random.below(2000) as usize)),
        4 => edit(cancel(0, on)),
        5 => edit(shift(0, on, "2027-01-05")),
        6 => {
            let schedules = (0..8).map(|other| slot(*number + 40_000 + other, 1500)).collect();
            *number += 8;
            edit(Edit::Import { schedules, exceptions: vec![], settings: vec![] }.into())
        }
        7 => {
            let title = Some(Title::new(format!("Changed by {number}")).unwrap());
            let patch = Box::new(SeriesPatch { title, ..SeriesPatch::default() });
            let first_weekday = weekwise_domain::Weekday::MONDAY;
            edit(
                Edit::ChangeSeries { series_id: series(0), patch, displaced: Default::default(), first_weekday }.into(),
            )
        }
        8 => edit(Edit::Trash { series_id: series(last) }.into()),
        9 => edit(Edit::Restore { series_id: series(last - 1) }.into()),
        10 => Act::Undo,
        _ => Act::Redo,
    }
}

/// xorshift64 (<https://www.jstatsoft.org/article/view/v008i14>).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// What was acknowledged, as the week model has it.
#[derive(Debug, Clone, Default, PartialEq)]
struct Model {
    rows: Rows,
    done: Vec<Vec<Change>>,
    undone: Vec<Vec<Change>>,
}

impl Model {
    /// Does it, and says whether it is possible: what the model refuses, the application refuses too.
    fn act(&mut self, act: &Act) -> bool {
        match act {
            Act::Edit(request) => {
                let Ok(plan) = plan(request, &self.rows) else { return false };
                self.rows.apply(&plan.changes);
                if !plan.changes.is_empty() {
                    self.done.push(plan.changes);
                    self.undone.clear();
                }
            }
            Act::Undo => {
                let Some(changes) = self.done.pop() else { return false };
                self.rows.apply(&revert(&changes, &self.rows).changes);
                self.undone.push(changes);
            }
            Act::Redo => {
                let Some(changes) = self.undone.pop() else { return false };
                self.rows.apply(&changes);
                self.done.push(changes);
            }
        }
        true
    }

    fn with(&self, act: &Act) -> Self {
        let mut after = self.clone();
        after.act(act);
        after
    }
}

/// When kills hit, and what was found after them.
#[derive(Debug, Default)]
struct Tally {
    in_flight: AtomicU32,
    at_the_start: AtomicU32,
    between: AtomicU32,
    /// How often the edit in flight was found done.
    done_unheard: AtomicU32,
    acknowledged: AtomicU32,
}

pub(crate) fn in_the_midst_of_edits() {
    let tally = Tally::default();
    thread::scope(|scope| {
        for lane in 0..FOLDERS {
            let tally = &tally;
            scope.spawn(move || kills_on_one_folder(lane, tally));
        }
    });
    let count = |counter: &AtomicU32| counter.load(Ordering::Relaxed);
    println!(
        "{KILLS} kills: {} hit an edit in flight ({} of these edits were found done), {} the start, {} neither; \
         {} edits were acknowledged, and all of them are there",
        count(&tally.in_flight),
        count(&tally.done_unheard),
        count(&tally.at_the_start),
        count(&tally.between),
        count(&tally.acknowledged),
    );
    assert!(count(&tally.in_flight) * 2 >= KILLS, "too few kills hit an edit: {tally:?}");
}

fn kills_on_one_folder(lane: u32, tally: &Tally) {
    let place = Place::new();
    let runtime = Runtime::new().unwrap();
    let mut random = Random(0x9e37_79b9_7f4a_7c15 ^ u64::from(lane));
    // What may be stored: all that was acknowledged, with or without what was in flight.
    let mut possible = vec![first_slot(&runtime, &place.folder())];
    for round in 1..=KILLS / FOLDERS {
        // Most after the first edit was begun, some from the start of the process on.
        let (from_start, delay) = (random.below(5) == 0, Duration::from_micros(random.below(120_000)));
        let mut heard = kill_after(&place.folder(), round, from_start, delay);
        let in_flight = take_in_flight(&mut heard);
        let counter = match (&in_flight, heard.len()) {
            (Some(_), _) => &tally.in_flight,
            (None, 0 | 1) => &tally.at_the_start,
            (None, _) => &tally.between,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        let mut lines = heard.iter().skip(1);
        while let (Some(act), Some(outcome)) = (lines.next(), lines.next()) {
            let (act, done) = (serde_json::from_str(act).unwrap(), outcome == "done");
            possible.retain_mut(|model| model.act(&act) == done);
            assert!(!possible.is_empty(), "{act:?} is {outcome} after round {round}");
            tally.acknowledged.fetch_add(u32::from(done), Ordering::Relaxed);
        }
        let without = possible.len();
        if let Some(act) = &in_flight {
            let with: Vec<_> = possible.iter().map(|model| model.with(act)).collect();
            for model in with {
                if !possible.contains(&model) {
                    possible.push(model);
                }
            }
        }
        if round % 10 == 0 {
            file_alone(&runtime, &place.folder(), &possible);
        }
        if round % 50 == 0 {
            journal_alone(&runtime, &place.folder(), &possible);
        }
        // The next process finds every other file as the kill left it.
        if round % 2 == 0 {
            let found = examine(&runtime, place.folder());
            let unheard = possible[..without].iter().all(|model| model.rows != found);
            tally.done_unheard.fetch_add(u32::from(unheard), Ordering::Relaxed);
            let expected = possible[0].rows.clone();
            possible.retain(|model| model.rows == found);
            assert!(!possible.is_empty(), "{}", difference(&found, &expected, round));
        }
    }
    undo_all(&runtime, place.folder(), possible);
}

/// The series that edits of single dates are about.
fn first_slot(runtime: &Runtime, folder: &DataFolder) -> Model {
    runtime.block_on(async {
        let store = Store::open(folder.clone(), moment()).await.unwrap().store;
        store.edit(&mondays(0), moment()).await.unwrap();
        store.close().await.unwrap();
    });
    Model::default().with(&Act::Edit(Box::new(mondays(0))))
}

/// Lets a process work, kills it, and returns all that it said.
fn kill_after(folder: &DataFolder, round: u32, from_start: bool, delay: Duration) -> VecDeque<String> {
    let mut command = std::process::Command::new(Process::program());
    command.arg(folder.path()).arg(round.to_string()).env(crate::child::VARIABLE, "work");
    command.stdout(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    let output = std::io::BufReader::new(child.stdout.take().unwrap());
    let (sender, receiver) = mpsc::channel();
    let reader = thread::spawn(move || {
        for line in std::io::BufRead::lines(output) {
            let _ = sender.send(line.unwrap());
        }
    });
    let mut heard = VecDeque::new();
    if !from_start {
        for _ in 0..2 {
            heard.push_back(receiver.recv().unwrap());
        }
    }
    // Not a wait for something: the moment of the kill is to be any.
    thread::sleep(delay);
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap();
    heard.extend(receiver.try_iter());
    heard
}

/// The act that was announced and neither acknowledged nor refused. A line that was cut short announces nothing.
fn take_in_flight(heard: &mut VecDeque<String>) -> Option<Act> {
    let announced = heard.len() > 1 && heard.len().is_multiple_of(2);
    if !announced {
        return None;
    }
    heard.pop_back().and_then(|line| serde_json::from_str(&line).ok())
}

/// The rows, after a thorough look.
fn examine(runtime: &Runtime, folder: DataFolder) -> Rows {
    runtime.block_on(async {
        let opened = Store::open(folder, moment()).await.unwrap();
        // An edit that was under way may have been done at this opening; more than that would have been acknowledged.
        assert_eq!(opened.event, None);
        let mut reading = opened.store.read().await.unwrap();
        assert_eq!(reading.problems().await.unwrap(), Vec::<String>::new());
        let rows = reading.all().await.unwrap();
        drop(reading);
        opened.store.close().await.unwrap();
        rows
    })
}

/// The data file and its log, without the journal: they hold what was acknowledged.
fn file_alone(runtime: &Runtime, folder: &DataFolder, possible: &[Model]) {
    let elsewhere = Place::new();
    std::fs::create_dir(elsewhere.folder().path()).unwrap();
    for name in ["local.sqlite", "local.sqlite-wal"] {
        if folder.path().join(name).exists() {
            std::fs::copy(folder.path().join(name), elsewhere.path(name)).unwrap();
        }
    }
    let found = examine(runtime, elsewhere.folder());
    assert!(possible.iter().any(|model| model.rows == found), "the data file alone");
}

/// The journal and the snapshots, without the data file: they do too.
fn journal_alone(runtime: &Runtime, folder: &DataFolder, possible: &[Model]) {
    let elsewhere = Place::new();
    for name in ["journal", "snapshots"] {
        if folder.path().join(name).exists() {
            copy(&folder.path().join(name), &elsewhere.path(name));
        }
    }
    let (event, found) = runtime.block_on(async {
        let opened = Store::open(elsewhere.folder(), moment()).await.unwrap();
        (opened.event, opened.store.read().await.unwrap().all().await.unwrap())
    });
    assert!(matches!(event, Some(StartEvent::Rebuilt { is_whole: true, .. })), "{event:?}");
    assert!(possible.iter().any(|model| model.rows == found), "the journal alone");
}

/// What is there and should not be, and what should be and is not.
fn difference(found: &Rows, expected: &Rows, round: u32) -> String {
    let ids = |rows: &Rows| rows.schedules.keys().copied().collect::<std::collections::BTreeSet<_>>();
    let (found_ids, expected_ids) = (ids(found), ids(expected));
    let (more, less) = (found_ids.difference(&expected_ids), expected_ids.difference(&found_ids));
    let (more, less) = (more.collect::<Vec<_>>(), less.collect::<Vec<_>>());
    format!("after kill {round} there is also {more:?}, and not {less:?}; exceptions: {:?}", found.exceptions)
}

/// The history is whole as well: undo leads back as far as it reaches.
fn undo_all(runtime: &Runtime, folder: DataFolder, mut possible: Vec<Model>) {
    runtime.block_on(async {
        let store = Store::open(folder, moment()).await.unwrap().store;
        let mut taken_back = 0;
        while let Some(undone) = store.undo(None, moment()).await.unwrap() {
            assert_eq!(undone.left, 0);
            taken_back += 1;
            let rows = store.read().await.unwrap().all().await.unwrap();
            possible.retain_mut(|model| model.act(&Act::Undo) && model.rows == rows);
            assert!(!possible.is_empty(), "after {taken_back} steps back");
        }
        assert!(taken_back > 10, "{taken_back}");
    });
}

/// A start that makes a damaged file anew is killed again and again, until one comes to its end.
pub(crate) fn while_a_damaged_file_is_made_anew() {
    let place = Place::new();
    let runtime = Runtime::new().unwrap();
    let expected = runtime.block_on(async {
        let store = Store::open(place.folder(), moment()).await.unwrap().store;
        for number in 0..60 {
            store.edit(&single(number, 1000), moment()).await.unwrap();
        }
        let rows = store.read().await.unwrap().all().await.unwrap();
        store.close().await.unwrap();
        rows
    });
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let mut cut_short = 0;
    for _ in 0..30 {
        let copied = Place::new();
        copy(place.folder().path(), copied.folder().path());
        std::fs::write(copied.folder().file(), "garbage").unwrap();
        let mut desk = Process::desk(&copied.folder());
        desk.tell("\"Open\"");
        thread::sleep(Duration::from_micros(random.below(250_000)));
        desk.kill();
        cut_short += u32::from(desk.hear().is_none());
        let (event, found) = runtime.block_on(async {
            let opened = Store::open(copied.folder(), moment()).await.unwrap();
            (opened.event, opened.store.read().await.unwrap().all().await.unwrap())
        });
        assert!(matches!(event, Some(StartEvent::Rebuilt { edits: 60, is_whole: true, .. })), "told: {event:?}");
        assert_eq!(found, expected);
        assert_eq!(kept_as_garbage(copied.folder().path()), 1, "the damaged file is kept, once");
    }
    println!("30 starts that made a damaged file anew were killed, {cut_short} of them before they were through");
    assert!(cut_short >= 10, "{cut_short}");
}

fn kept_as_garbage(folder: &Path) -> usize {
    let kept = std::fs::read_dir(folder.join("damaged")).unwrap().map(|entry| entry.unwrap().path());
    kept.filter(|path| std::fs::read(path.join("local.sqlite")).is_ok_and(|bytes| bytes == b"garbage")).count()
}

//! Sync measured on a device: a first pull, weeks read meanwhile, and what an edit and a push cost where very many edits wait. The
//! application is the real one, on a real disk; the server is in memory, and speaks HTTP. Lines of
//! `name<TAB>value<TAB>unit<TAB>target`, for `cargo xtask bench`; the target is empty where a figure is only told.
#![allow(clippy::unwrap_used)]

#[path = "../tests/it/sync/impostor.rs"]
#[allow(dead_code, reason = "tests use the rest of it")]
mod impostor;
#[path = "../tests/it/sync/memory.rs"]
#[allow(dead_code, reason = "tests use the rest of it")]
mod memory;
#[allow(dead_code, reason = "the window's benchmark holds pages back")]
mod pages;
#[path = "../../sync/tests/sim/random.rs"]
#[allow(dead_code, unreachable_pub, reason = "the simulator has the rest of it, and is no crate")]
mod random;

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use serde_json::json;
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;
use weekwise_app::{App, Credentials, DataFolder, Keep, Kept, Locale, Origin, Sessions, Sync, SyncState, sign_in};
use weekwise_domain::{Date, Edit, Override, SeriesId, TimeRange};
use weekwise_protocol::{DoEdit, WeekRequest, sync::MAX_PAGE_ROWS};

use crate::{
    memory::Memory,
    pages::{EMAIL, Pages, ROWS, SLOTS, day, id, slot},
};

/// Each into files of its own. Odd, so that the median is one of them.
const ROUNDS: usize = 5;
/// Edits that wait.
const WAITING: usize = 10_000;
/// Edits that are timed.
const EDITS: i32 = 101;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(first_sync());
    runtime.block_on(many_wait());
}

/// A device on which somebody has signed in.
struct Device {
    app: App,
    folder: TempDir,
    kept: Kept,
}

impl Device {
    async fn at(server: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = DataFolder::at(folder.path());
        let server = Origin::parse(server).unwrap();
        let credentials = Credentials { server: &server, email: EMAIL, password: "correct horse", keep: Keep::File };
        let kept = sign_in(&root, &Sessions::default(), credentials).await.unwrap().kept;
        let app = App::open(root, Locale::default()).await.unwrap();
        // The day's snapshot is out of the way.
        app.daily_snapshot().await;
        Self { app, folder, kept }
    }

    /// Milliseconds for the week that holds a date; none as long as not all slots are there.
    async fn read(&self, on: Date) -> Option<f64> {
        let began = Instant::now();
        let week = self.app.week(WeekRequest { date: Some(on), ..WeekRequest::default() }).await.unwrap();
        (week.blocks.len() >= SLOTS).then(|| began.elapsed().as_secs_f64() * 1000.0)
    }

    /// Milliseconds for an edit of a date.
    async fn edit(&self, on: Date) -> f64 {
        let time = TimeRange::new("11:00".parse().unwrap(), "12:00".parse().unwrap()).unwrap();
        let change = Box::new(Override { time: Some(time), ..Override::default() });
        let request = Edit::ChangeDate { series_id: SeriesId(id(1)), date: on, change }.into();
        let began = Instant::now();
        self.app.edit(DoEdit { request }).await.unwrap();
        began.elapsed().as_secs_f64() * 1000.0
    }

    async fn synced(&self) {
        let mut sync = Sync::of(&self.app).await.unwrap();
        let state = sync.settle().await;
        assert_eq!(state, SyncState::Synced, "{:?}", sync.report());
    }
}

async fn first_sync() {
    let pages = Pages::start().await;
    let (mut rates, mut meanwhile, mut idle) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let device = Device::at(&pages.url).await;
        let began = Instant::now();
        device.synced().await;
        let rate = ROWS as f64 / began.elapsed().as_secs_f64();
        // The first time caches are filled.
        if round > 0 {
            rates.push(rate);
        }
        // The same again, with somebody who looks at weeks.
        let device = Device::at(&pages.url).await;
        let is_over = AtomicBool::new(false);
        let syncing = async {
            device.synced().await;
            is_over.store(true, Ordering::Relaxed);
        };
        let looking = async {
            let mut times = Vec::new();
            for week in (0..150).cycle() {
                if is_over.load(Ordering::Relaxed) {
                    return times;
                }
                times.extend(device.read(day(7 * week)).await);
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            times
        };
        let ((), times) = tokio::join!(syncing, looking);
        let mut alone = Vec::new();
        for week in 0..150 {
            alone.extend(device.read(day(7 * week)).await);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        if round > 0 {
            meanwhile.extend(times);
            idle.extend(alone);
        }
    }
    let (meanwhile, idle) = (median(meanwhile), median(idle));
    tell("First sync of 50,000 rows, with the disk of a device", median(rates), "rows/s", "≥ 20,000");
    tell("A week read during a first sync", meanwhile, "ms", "");
    tell("– against the same with nothing else to do", meanwhile / idle, "×", "≤ 1.5");
}

async fn many_wait() {
    let server = Memory::start(1).await;
    server.pages_of(MAX_PAGE_ROWS);
    let device = Device::at(&server.url).await;
    let slots: Vec<_> = (1..=SLOTS).map(|number| slot(number as u128)).collect();
    let file = json!({
        "format": "weekwise", "version": 1, "schedules": slots, "exceptions": [], "settings": { "slot_limit": 24 },
    });
    device.app.import(weekwise_protocol::ImportText { text: file.to_string() }).await.unwrap();
    device.synced().await;
    let mut edits = [Vec::new(), Vec::new()];
    for (waiting, times) in [0, WAITING].into_iter().zip(&mut edits) {
        if waiting > 0 {
            fill(&device, waiting).await;
        }
        for number in 0..EDITS {
            times.push(device.edit(day(7 * (number + waiting as i32 / 20))).await);
        }
    }
    let before = server.pushes().len();
    device.synced().await;
    let pushes: Vec<Instant> = server.pushes().split_off(before);
    let turns: Vec<f64> = pushes.windows(2).map(|it| (it[1] - it[0]).as_secs_f64() * 1000.0).collect();
    let [few, many] = edits.map(median);
    tell("An edit while 10,000 others wait", many, "ms", "");
    tell("– against one while fewer than 100 wait", many / few, "×", "≤ 1.5");
    let (first, last) = (median(turns[..5].to_vec()), median(turns[turns.len() - 5..].to_vec()));
    tell("A push of 500 operations and the pull of what came of it, while 10,000 wait", first, "ms", "");
    tell("– against the same with the last 2,500", first / last, "×", "≤ 1.5");
}

/// Puts edits into the outbox that look like one that was made.
async fn fill(device: &Device, edits: usize) {
    const FILL: &str = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1), \
        model AS (SELECT seq, body FROM outbox ORDER BY seq DESC LIMIT 1) \
        INSERT INTO outbox (seq, op, body) SELECT model.seq + 1 + i, unhex(printf('0190c00000007000800%013x', i)), \
            json_set(model.body, '$.op', printf('0190c000-0000-7000-800%01x-%012x', 0, i), '$.writes[0].key', \
            printf('00000000-0000-0000-0000-%012x ', 2 + i % 48) || date('2026-01-05', printf('+%d days', i / 48 * 7))) \
        FROM n, model";
    let file = DataFolder::at(device.folder.path()).of_account(device.kept.folder).file();
    let mut connection = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(file)).await.unwrap();
    sqlx::query(FILL).bind(edits as i64).execute(&mut connection).await.unwrap();
    let next = "UPDATE account SET next = 1 + (SELECT max(seq) FROM outbox)";
    sqlx::query(next).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn tell(name: &str, value: f64, unit: &str, target: &str) {
    println!("{name}\t{value:.3}\t{unit}\t{target}");
}

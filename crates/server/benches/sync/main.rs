//! Sync measured at the server: a first pull, pushes beside what Postgres itself takes for them, and how long an edit takes to
//! another device. Lines of `name<TAB>value<TAB>unit<TAB>target`, for `cargo xtask bench`; the target is empty where a figure is only
//! told.
//!
//! Everything shares the same two cores: Postgres (a throw-away cluster), the server as it is released and with the settings of a
//! developer, and the device, which is the real client without a disk.
#![allow(clippy::unwrap_used)]

mod account;
#[path = "../../tests/it/postgres/mod.rs"]
mod postgres;
mod replay;
#[allow(dead_code)]
#[path = "../../tests/it/running.rs"]
mod running;

use std::{
    os::unix::process::CommandExt as _,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use futures_util::{Stream, StreamExt as _};

use crate::{
    account::{Account, OPERATIONS},
    postgres::{Cluster, Database},
    replay::Replay,
    running::Running,
};

/// Odd, so that the median is one of them.
const ROUNDS: usize = 7;
/// Pushes in a round, one after the other, into an empty account.
const PUSHES: usize = 10;
/// Rows of a first sync.
const ROWS: usize = 50_000;
/// Edits whose way to another device is timed.
const EDITS: usize = 51;

fn main() {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    if cores > 2 {
        // What is started from here on inherits it.
        let error = Command::new("taskset").args(["-c", "0,1"]).args(std::env::args_os()).exec();
        panic!("taskset, which keeps all of it on two cores: {error}");
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    // As much as is advised for a small machine; nothing here is about disks.
    let settings = ["shared_buffers=1GB", "fsync=off", "autovacuum=off"];
    let cluster = Cluster::make(&[&settings[..], &replay::SETTINGS].concat());
    let database = Database::ready_in(&cluster).await;
    let replay = Replay::record(&cluster, &database, PUSHES).await;
    let server = Running::start(&database);

    let (mut share, mut rates, mut alone) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let mut account = Account::new(&database, &server, &format!("pushes-{round}")).await;
        let bodies: Vec<_> = (0..PUSHES).map(|_| account.many_edits()).collect();
        let started = Instant::now();
        for body in bodies {
            account.push(&body).await;
        }
        let of_server = started.elapsed().as_secs_f64();
        let of_pgbench = replay.run(&database, &format!("replay-{round}")).await;
        // The first time connections are opened and caches filled.
        if round > 0 {
            share.push(of_pgbench / of_server);
            rates.push((PUSHES * OPERATIONS) as f64 / of_server);
            alone.push((PUSHES * OPERATIONS) as f64 / of_pgbench);
        }
    }
    tell("Push of 500 operations: throughput, to pgbench with the same statements", median(share), "×", "≥ 0.5");
    tell("– operations", median(rates), "/s", "");
    tell("– pgbench", median(alone), "/s", "");

    let mut account = Account::new(&database, &server, "first-sync").await;
    for _ in 0..ROWS / OPERATIONS {
        let body = account.new_schedules();
        account.push(&body).await;
    }
    database.run("VACUUM (ANALYZE)").await;
    let (mut read, mut taken) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let started = Instant::now();
        let pages = account.pages().await;
        let of_reading = started.elapsed().as_secs_f64();
        account::take(&pages, ROWS);
        let of_all = started.elapsed().as_secs_f64();
        if round > 0 {
            read.push(ROWS as f64 / of_reading);
            taken.push(ROWS as f64 / of_all);
        }
    }
    tell("First sync of 50,000 rows: pulled and read by a client", median(read), "rows/s", "≥ 20,000");
    tell("– and taken in by a device without a disk", median(taken), "rows/s", "");

    let other = Running::start(&database);
    let ways = ways(&database, [&server, &other]).await;
    tell("An edit, from one device to another that listens at another server", median(ways), "ms", "≤ 1,000");
}

/// How long edits take, from the start of their push until another device has pulled them, in milliseconds.
async fn ways(database: &Database, servers: [&Running; 2]) -> Vec<f64> {
    let mut writer = Account::new(database, servers[0], "writer").await;
    let reader = writer.at(servers[1]);
    let mut events = reader.events().await;
    let mut ways = Vec::new();
    let mut since = 0;
    news(&mut events).await;
    for edit in 0..EDITS {
        let body = writer.one_edit();
        // Not in step with whoever asks twice a second.
        tokio::time::sleep(Duration::from_millis(edit as u64 * 97 % 500)).await;
        let started = Instant::now();
        writer.push(&body).await;
        news(&mut events).await;
        let page = reader.page(since).await;
        ways.push(started.elapsed().as_secs_f64() * 1000.0);
        assert_eq!(page.rows.len(), 1, "the edit was pulled");
        since = page.next.rev.0;
    }
    ways
}

/// Waits for an event.
async fn news(events: &mut (impl Stream<Item = reqwest::Result<impl AsRef<[u8]>>> + Unpin)) {
    loop {
        let chunk = events.next().await.expect("the stream goes on").expect("it can be read");
        // The others are comments, which keep the connection alive.
        if chunk.as_ref().windows(11).any(|part| part == b"event: head") {
            return;
        }
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn tell(name: &str, value: f64, unit: &str, target: &str) {
    println!("{name}\t{value:.3}\t{unit}\t{target}");
}

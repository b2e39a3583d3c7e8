//! The server measured against its limits, as ratios to what Postgres itself takes, from one run in which all take turns.
//! Lines of `name<TAB>value<TAB>unit<TAB>target`, for `cargo xtask bench`; the target is empty where a figure is only told.
//!
//! Everything shares the same two cores: Postgres (a throw-away cluster), the server as it is released and with the
//! settings of a developer (so it logs every request), and whoever asks. That is `pgbench` where Postgres is asked alone.
//! The server is asked by `load`: as many connections, kept open, on one thread that writes a request which was made
//! before and reads the reply by its length. What that takes is told, since it is missing from the server's throughput.
#![allow(clippy::unwrap_used)]

mod load;
mod pgbench;
#[path = "../../tests/it/postgres/mod.rs"]
mod postgres;
mod process;
mod rows;
#[allow(dead_code)]
#[path = "../../tests/it/running.rs"]
mod running;
mod sign_in;
mod start;

use std::{os::unix::process::CommandExt as _, process::Command, thread};

use chrono::Utc;
use weekwise_domain::Date;

use crate::{
    load::Load,
    pgbench::Pgbench,
    postgres::{Cluster, Database},
    process::{Cpu, children_of, postmaster, resident_megabytes},
    running::Running,
    sign_in::SignIns,
};

/// Clients of the server, and of Postgres where it is asked alone.
const CLIENTS: usize = 8;
/// Odd, so that the median is one of them.
const ROUNDS: usize = 9;
/// Of each side in a round.
const REQUESTS: usize = 4_000;
/// After so many is looked at the memory.
const MANY_REQUESTS: usize = 100_000;

const FEW_EXCEPTIONS: usize = 10_000;
const MANY_EXCEPTIONS: usize = 1_000_000;

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

/// A database of a size, and a server over it.
struct Side {
    database: Database,
    server: Running,
    /// One for each of the users.
    requests: Vec<Vec<u8>>,
}

impl Side {
    async fn with(cluster: &Cluster, exceptions: usize, from: Date) -> Self {
        let database = Database::ready_in(cluster).await;
        let users = exceptions / rows::EXCEPTIONS;
        rows::fill(&database, users, from).await;
        let server = Running::start(&database);
        let requests = (0..users).map(|user| load::week(&server, &rows::token(user), from)).collect();
        Self { database, server, requests }
    }

    async fn load(&self, requests: &[Vec<u8>], count: usize) -> Load {
        Load::run(self.server.address(), requests, CLIENTS, count).await
    }
}

async fn measure() {
    // As much as is advised for a small machine; nothing here is about disks.
    let cluster = Cluster::make(&["shared_buffers=1GB", "fsync=off", "autovacuum=off"]);
    let from = Date::try_from(Utc::now().date_naive()).unwrap();
    let few = Side::with(&cluster, FEW_EXCEPTIONS, from).await;
    let many = Side::with(&cluster, MANY_EXCEPTIONS, from).await;
    let pgbench = Pgbench::new(&few.database, &rows::token(0), from);
    let sign_ins = SignIns::of_somebody(&few.server).await;
    let server = few.server.id();
    let postgres = postmaster(&few.database).await;

    let (mut of_server, mut of_postgres, mut of_load) = (Cpu::default(), Cpu::default(), Cpu::default());
    let (mut share, mut latencies) = (Vec::new(), Vec::new());
    let (mut times_of_few, mut times_of_many) = (Vec::new(), Vec::new());
    let (mut of_sign_in, mut of_hash) = (Cpu::default(), Cpu::default());
    let (mut starts, mut alone) = (Vec::new(), Vec::new());
    // Everything once without being looked at: connections are opened, statements planned, caches filled.
    few.load(&few.requests, REQUESTS).await;
    many.load(&many.requests, 4 * REQUESTS).await;
    pgbench.per_second();
    for _ in 0..ROUNDS {
        let before = (Cpu::of(server), children_of(postgres), Cpu::of(std::process::id()));
        // The same person as pgbench asks for.
        let load = few.load(&few.requests[..1], REQUESTS).await;
        of_server += Cpu::of(server) - before.0;
        of_postgres += children_of(postgres) - before.1;
        of_load += Cpu::of(std::process::id()) - before.2;
        let per_second = pgbench.per_second();
        share.push(load.per_second() / per_second);
        alone.push(per_second);
        latencies.extend(load.latencies);

        times_of_few.push(few.load(&few.requests, REQUESTS).await.took.as_secs_f64());
        times_of_many.push(many.load(&many.requests, REQUESTS).await.took.as_secs_f64());

        let before = Cpu::of(server);
        sign_ins.run().await;
        of_sign_in += Cpu::of(server) - before;
        of_hash += sign_ins.bare();
        starts.extend((0..3).map(|_| start::until_healthy(&few.database)));
    }
    few.load(&few.requests, MANY_REQUESTS).await;

    let requests = (ROUNDS * REQUESTS) as f64;
    let micros = |cpu: Cpu| cpu.seconds() * 1e6 / requests;
    tell("Week query: the server's CPU, to that of Postgres for it", of_server / of_postgres, "×", "≤ 1");
    tell("– the server's", micros(of_server), "µs", "");
    tell("– that of Postgres", micros(of_postgres), "µs", "");
    tell("– that of the load, which is not counted", micros(of_load), "µs", "");
    tell("– throughput with 8 clients, to pgbench with the same statement", median(share), "×", "≥ 0.35");
    tell("– pgbench", median(alone), "/s", "");
    latencies.sort_unstable();
    let at = |share: f64| latencies[(latencies.len() as f64 * share) as usize].as_secs_f64() * 1000.0;
    tell("– median with 8 clients", at(0.5), "ms", "");
    tell("– 99th percentile to median", at(0.99) / at(0.5), "×", "");
    let growth = median(times_of_many) / median(times_of_few);
    tell("– with 1,000,000 exceptions in the table, to 10,000", growth, "×", "≤ 1.3");
    tell("– memory of the server after 100,000 requests", resident_megabytes(server), "MB", "≤ 60");
    tell("Server: from start to healthy", median(starts), "ms", "≤ 100");
    tell("Sign-in: the server's CPU, to the bare hash", of_sign_in / of_hash, "×", "≤ 1.1");
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn tell(name: &str, value: f64, unit: &str, target: &str) {
    println!("{name}\t{value:.3}\t{unit}\t{target}");
}

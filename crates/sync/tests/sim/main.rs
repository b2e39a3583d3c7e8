//! The proof that nothing is lost: devices, server processes and the network between them, all in memory and all from a seed.
//!
//! A [`plan::Plan`] is drawn from a seed: a list of happenings (edits, crashes, lost messages, restores …), each of which
//! carries its own randomness. So a happening can be left out without changing the others, which is how a failing
//! run shrinks. A [`world::World`] plays a plan with the real engine, the real merge and the real judgement of the server; only
//! the tables, the wire and the clocks are made up. Then all faults end, and it must come to rest. What must hold
//! all the while and at the end is in `check`; who knew what, by which "lost" is judged, is in `ghost`.
//!
//! `WEEKWISE_SIM_SEEDS=from..to` plays other seeds than the first thousand.
#![allow(clippy::unwrap_used, unreachable_pub)]

mod check;
mod device;
mod edit;
mod ghost;
mod plan;
mod plants;
mod play;
mod random;
mod scenarios;
mod server;
mod shrink;
mod store;
mod world;

use plan::Plan;
use play::play;

/// Plays seeds on all cores, and reports the first that fails, shrunk.
fn play_seeds(seeds: std::ops::Range<u64>) {
    let next = std::sync::atomic::AtomicU64::new(seeds.start);
    let failed = std::sync::Mutex::new(None::<u64>);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    if seed >= seeds.end || failed.lock().unwrap().is_some() {
                        return;
                    }
                    if play(&Plan::of(seed), None).is_err() {
                        let mut failed = failed.lock().unwrap();
                        *failed = Some(failed.map_or(seed, |other| other.min(seed)));
                    }
                }
            });
        }
    });
    if let Some(seed) = failed.into_inner().unwrap() {
        panic!("{}", shrink::report(seed, None));
    }
}

#[test]
fn a_thousand_seeds_hold() {
    let seeds = std::env::var("WEEKWISE_SIM_SEEDS").unwrap_or_else(|_| "0..1000".to_owned());
    let (from, to) = seeds.split_once("..").expect("WEEKWISE_SIM_SEEDS is written from..to");
    play_seeds(from.parse().unwrap()..to.parse().unwrap());
}

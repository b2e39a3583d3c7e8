//! The window measured against its limits, each figure as a ratio of medians from one run in which both sides
//! take turns: a bare Tauri window, an echo of the same bytes, plain DOM in the same web view.
//!
//! `cargo xtask bench` runs it on an invisible screen and makes a table of its lines:
//! `name<TAB>value<TAB>unit<TAB>target`, the target empty where the figure is only told.

#![allow(clippy::unwrap_used)]

mod bare;
mod driver;
mod figures;
mod first_sync;
#[path = "../../crates/app/tests/it/sync/impostor.rs"]
#[allow(dead_code, reason = "tests use the rest of it")]
mod impostor;
mod memory;
#[path = "../../crates/app/benches/pages/mod.rs"]
#[allow(dead_code, reason = "the application's benchmark has slots of its own")]
mod pages;
#[path = "../it/driver/process.rs"]
mod process;
mod sample;
mod start;
mod turn;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// How long a condition may take to come true.
const DEADLINE: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    let mut next = || args.next().map(PathBuf::from).unwrap_or_default();
    match next().to_str() {
        Some("--bare") => bare::run(next(), &next()),
        Some("--stamp") => start::stamp_and_become(&next(), args.collect::<Vec<OsString>>()),
        _ => {
            tokio::runtime::Runtime::new().expect("the runtime starts").block_on(measure());
            ExitCode::SUCCESS
        }
    }
}

async fn measure() {
    let sample = sample::Sample::make();
    start::measure(&sample).await;
    turn::measure(&sample).await;
    first_sync::measure(&sample).await;
    memory::measure(&sample).await;
}

//! From the start of the process to the first painted week, against a bare window.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::driver::Window;
use crate::figures::{median, tell};
use crate::sample::Sample;

const ROUNDS: usize = 11;

/// Writes down the time and becomes the program that is named first, so that nothing of the driver's is measured.
#[cfg(unix)]
pub(crate) fn stamp_and_become(stamp: &Path, program: Vec<OsString>) -> ExitCode {
    use std::os::unix::process::CommandExt;

    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is past 1970");
    std::fs::write(stamp, now.as_micros().to_string()).expect("the time can be written down");
    panic!("it does not start: {}", Command::new(&program[0]).args(&program[1..]).exec());
}

#[cfg(not(unix))]
pub(crate) fn stamp_and_become(_stamp: &Path, _program: Vec<OsString>) -> ExitCode {
    eprintln!("the window is measured on Linux only");
    ExitCode::FAILURE
}

/// What [`stamp_and_become`] wrote, in milliseconds since the epoch.
pub(crate) fn stamped(stamp: &Path) -> f64 {
    let text = std::fs::read_to_string(stamp).expect("the process has written down its start");
    text.parse::<f64>().expect("a number of microseconds") / 1000.0
}

pub(crate) async fn measure(sample: &Sample) {
    let echo = sample.path("echo.json");
    std::fs::write(&echo, "null").expect("the answer can be written");
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let pair = (painted(Window::weekwise(sample).await).await, painted(Window::bare(sample, &echo).await).await);
        // The first one of each finds a cold disk.
        if round > 0 {
            ours.push(pair.0);
            bare.push(pair.1);
        }
    }
    tell("Start to the first painted week", median(&ours), "ms", "");
    tell("– a bare Tauri window", median(&bare), "ms", "");
    tell("– ratio", median(&ours) / median(&bare), "×", "≤ 1.5");
}

/// How long after its process began the window had painted, in milliseconds.
async fn painted(window: Window) -> f64 {
    let js = "arguments[0]([performance.timeOrigin + performance.getEntriesByName('week-painted')[0].startTime])";
    let at = window.series(js, Vec::new()).await[0];
    let took = at - window.began;
    window.close().await;
    took
}

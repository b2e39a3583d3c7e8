//! Memory of an idle window, against a bare one: the sum of the proportional set sizes of its processes.

use std::time::Duration;

use crate::driver::Window;
use crate::figures::{median, tell};
use crate::sample::Sample;

const ROUNDS: usize = 5;

pub(crate) async fn measure(sample: &Sample) {
    let echo = sample.path("echo.json");
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(idle(Window::weekwise(sample).await).await);
        bare.push(idle(Window::bare(sample, &echo).await).await);
    }
    tell("Idle memory", median(&ours), "MB", "");
    tell("– a bare Tauri window", median(&bare), "MB", "");
    tell("– ratio", median(&ours) / median(&bare), "×", "≤ 1.3");
}

/// The memory of a window that was left alone for a while, in MB.
async fn idle(window: Window) -> f64 {
    // What the start has used is given back within seconds.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let used = proportional(&window.processes());
    window.close().await;
    used
}

/// The memory of processes in MB, each shared page counted in parts.
fn proportional(processes: &[u32]) -> f64 {
    let of = |id: &u32| {
        let text = std::fs::read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).unwrap_or_default();
        line.split_whitespace().next().and_then(|kilobytes| kilobytes.parse::<f64>().ok()).unwrap_or_default()
    };
    processes.iter().map(of).sum::<f64>() / 1024.0
}

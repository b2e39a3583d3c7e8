//! Memory of an idle window, against a bare one, and of one in which years were scrolled by: the sum of the proportional
//! set sizes of its processes.

use std::time::Duration;

use serde_json::json;

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
    scrolled(sample).await;
}

/// What is in use after a year and after ten years of weeks have been scrolled by.
async fn scrolled(sample: &Sample) {
    let window = Window::weekwise(sample).await;
    window.answer(TO_WEEKS, Vec::new()).await;
    let mut used = Vec::new();
    for (from, to) in [(0, 52), (52, 520)] {
        for weeks in (from..to).step_by(13) {
            window.answer(SCROLL, vec![json!(weeks + 13)]).await;
        }
        used.push(rested(&window).await);
    }
    window.close().await;
    tell("Memory after scrolling over one year of weeks", used[0], "MB", "");
    tell("– over ten years", used[1], "MB", "");
    tell("– ratio", used[1] / used[0], "×", "≤ 1.1");
}

const TO_WEEKS: &str = "const done = arguments[0];
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'v', bubbles: true }));
    const look = () => document.querySelector('.weeks [data-week]') ? done(true) : requestAnimationFrame(look);
    look();";

/// Scrolls until so many weeks lie between the one at the top and the one that was there at first.
const SCROLL: &str = "const [weeks, done] = arguments;
    const view = document.querySelector('.weeks-scroll');
    const isSeen = week => week.getBoundingClientRect().bottom > view.getBoundingClientRect().top + 1;
    const atTop = () => Date.parse([...view.querySelectorAll('[data-week]')].find(isSeen).dataset.week);
    window.bench ??= { first: atTop() };
    const step = () => {
        if (atTop() - window.bench.first >= weeks * 7 * 86_400_000) return done(true);
        view.scrollBy(0, 500);
        requestAnimationFrame(() => requestAnimationFrame(step));
    };
    step();";

/// The memory of a window that was left alone for a while, in MB.
async fn idle(window: Window) -> f64 {
    let used = rested(&window).await;
    window.close().await;
    used
}

async fn rested(window: &Window) -> f64 {
    // What the start or a scroll has used is given back within seconds.
    tokio::time::sleep(Duration::from_secs(5)).await;
    proportional(&window.processes())
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

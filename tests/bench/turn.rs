//! Going to the next week: the call that reads it, against an echo of the same bytes, and the time from the key to the
//! second frame, against plain DOM that puts the same nodes in place in the same web view.

use serde_json::json;

use crate::driver::Window;
use crate::figures::{median, quantile, tell};
use crate::sample::Sample;

/// The page's clock ticks in milliseconds, so that one sample is the mean of this many calls.
const CALLS: usize = 40;
const ROUNDS: usize = 30;
const TURNS: usize = 60;

pub(crate) async fn measure(sample: &Sample) {
    let ours = Window::weekwise(sample).await;
    let echo = sample.path("echo.json");
    let bytes = ours.answer(WEEK_AS_TEXT, Vec::new()).await;
    std::fs::write(&echo, bytes.as_str().expect("the week as text")).expect("the answer can be written");
    let bare = Window::bare(sample, &echo).await;

    let (mut difference, mut call) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let week = ours.series(CALL, vec![json!(CALLS)]).await[0];
        let echoed = bare.series(CALL, vec![json!(CALLS)]).await[0];
        call.push(week);
        difference.push(week - echoed);
    }
    bare.close().await;
    tell("The call for a week of 100 slots", median(&call), "ms", "");
    tell("– beyond an echo of its bytes, median of pairs", median(&difference), "ms", "≤ 1");

    ours.answer(PREPARE, Vec::new()).await;
    let (mut turns, mut plain) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        turns.extend(ours.series(TURN, Vec::new()).await);
        plain.extend(ours.series(PLAIN, Vec::new()).await);
    }
    let calls = ours.series("arguments[0]([window.bench.calls])", Vec::new()).await[0];
    ours.close().await;
    tell("Next week, from the key to the second frame", median(&turns), "ms", "");
    tell("– 95th percentile", quantile(&turns, 0.95), "ms", "≤ 50");
    tell("– plain DOM with the same nodes", median(&plain), "ms", "");
    tell("– ratio", median(&turns) / median(&plain), "×", "≤ 1.5");
    tell("– calls for each view", calls / TURNS as f64, "", "≤ 1");
}

const WEEK_AS_TEXT: &str = "const done = arguments[0];
    window.__TAURI__.core.invoke('week', { request: { date: null } }).then(week => done(JSON.stringify(week)));";

/// The mean time of a call, made one after another.
const CALL: &str = "const [calls, done] = arguments;
    const invoke = window.__TAURI__.core.invoke;
    (async () => {
        const began = performance.now();
        for (let i = 0; i < calls; i++) await invoke('week', { request: { date: null } });
        done([(performance.now() - began) / calls]);
    })();";

/// Counts the calls from now on, and copies the nodes that stand for a week, for `PLAIN`.
const PREPARE: &str = "const done = arguments[0];
    const canvas = document.querySelector('.canvas');
    const copies = [canvas.cloneNode(true), canvas.cloneNode(true)];
    const observed = new PerformanceObserver(() => {});
    window.bench = { copies, next: 0, calls: 0, shown: document.createElement('div') };
    window.bench.shown.className = 'week-scroll';
    new PerformanceObserver(list => {
        window.bench.calls += list.getEntries().filter(entry => entry.name.includes('/week')).length;
    }).observe({ type: 'resource' });
    requestAnimationFrame(() => done(true));";

/// A key, until the second frame after the grid names another week.
pub(crate) const TURN: &str = "const done = arguments[0];
    document.activeElement?.blur();
    const grid = document.querySelector('[role=grid]');
    new MutationObserver((_, observer) => {
        observer.disconnect();
        requestAnimationFrame(() => requestAnimationFrame(() => done([performance.now() - began])));
    }).observe(grid, { attributes: true, attributeFilter: ['aria-label'] });
    const began = performance.now();
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true }));";

/// The same with nodes that are there already: out with the old ones, in with the copies.
const PLAIN: &str = "const done = arguments[0];
    const scroll = document.querySelector('.week-scroll');
    const canvas = document.querySelector('.canvas');
    const began = performance.now();
    scroll.replaceChild(window.bench.copies[0], canvas);
    requestAnimationFrame(() => requestAnimationFrame(() => {
        const took = performance.now() - began;
        scroll.replaceChild(canvas, window.bench.copies[0]);
        requestAnimationFrame(() => requestAnimationFrame(() => done([took])));
    }));";

//! Looks at the clock and the file twice a second and tells the window what changed: the minute, the
//! date (at midnight, after a sleep, on a zone change), rows that another process wrote. It is also when
//! what edits did not wait for goes to the disk.

use std::time::Duration;

use tauri::{AppHandle, Emitter, Manager, async_runtime};
use tokio::time::MissedTickBehavior;
use weekwise_app::App;
use weekwise_protocol::{Now, event};

use crate::shell::Shell;

const PERIOD: Duration = Duration::from_millis(500);

/// Begins to watch; goes on until the process ends.
pub(crate) fn start(handle: AppHandle) {
    async_runtime::spawn(async move {
        let mut period = tokio::time::interval(PERIOD);
        period.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut last = App::now();
        loop {
            period.tick().await;
            last = look(&handle, last).await;
        }
    });
}

/// Tells what changed since the last look, and gives the time of this one.
async fn look(handle: &AppHandle, last: Now) -> Now {
    let now = App::now();
    if now != last {
        tell(handle, event::CLOCK, now);
    }
    // The data is opened by the window's first call.
    if let Some(app) = handle.state::<Shell>().opened() {
        if now.date != last.date {
            app.daily_snapshot().await;
        }
        if app.changed_elsewhere().await {
            tell(handle, event::ROWS_CHANGED, ());
        }
        app.settle().await;
    }
    now
}

fn tell(handle: &AppHandle, event: &str, payload: impl serde::Serialize + Clone) {
    if let Err(error) = handle.emit(event, payload) {
        log::warn!("{event} did not reach the window: {error}");
    }
}

//! Looks at the clock and the file twice a second and tells the window what changed: the minute, the
//! date (at midnight, after a sleep, on a zone change), rows that another process wrote.

use std::time::Duration;

use tauri::{AppHandle, Emitter, Manager, async_runtime};
use tokio::time::MissedTickBehavior;
use weekwise_app::App;
use weekwise_protocol::event;

use crate::shell::Shell;

const PERIOD: Duration = Duration::from_millis(500);

/// Begins to watch; goes on until the process ends.
pub(crate) fn start(handle: AppHandle) {
    async_runtime::spawn(async move {
        // Without data there is nothing to watch, and the window has said so.
        if let Ok(app) = handle.state::<Shell>().app().await {
            watch(&handle, app).await;
        }
    });
}

async fn watch(handle: &AppHandle, app: &App) {
    let mut period = tokio::time::interval(PERIOD);
    period.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last = App::now();
    loop {
        period.tick().await;
        let now = App::now();
        if now != last {
            tell(handle, event::CLOCK, now);
        }
        if now.date != last.date {
            app.daily_snapshot().await;
        }
        last = now;
        if app.changed_elsewhere().await {
            tell(handle, event::ROWS_CHANGED, ());
        }
    }
}

fn tell(handle: &AppHandle, event: &str, payload: impl serde::Serialize + Clone) {
    if let Err(error) = handle.emit(event, payload) {
        log::warn!("{event} did not reach the window: {error}");
    }
}

//! Looks at the clock and the file twice a second and tells the window what changed: the minute, the
//! date (at midnight, after a sleep, on a zone change), rows that another process wrote. It is also when
//! what edits did not wait for goes to the disk.

use std::time::{Duration, SystemTime};

use tauri::{AppHandle, Manager, async_runtime};
use tokio::time::MissedTickBehavior;
use weekwise_app::App;
use weekwise_protocol::{Now, event};

use crate::shell::{Shell, tell};

const PERIOD: Duration = Duration::from_millis(500);
/// Between two looks so much time passes only while the device sleeps.
const A_SLEEP: Duration = Duration::from_secs(10);

/// Begins to watch; goes on until the process ends.
pub(crate) fn start(handle: AppHandle) {
    async_runtime::spawn(async move {
        let mut period = tokio::time::interval(PERIOD);
        period.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut last = App::now();
        // The steady clock of some systems stands still while the device sleeps.
        let mut looked = SystemTime::now();
        loop {
            period.tick().await;
            if std::mem::replace(&mut looked, SystemTime::now()).elapsed().is_ok_and(|passed| passed > A_SLEEP) {
                handle.state::<Shell>().device().wake();
            }
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
    if let Some(app) = handle.state::<Shell>().device().opened() {
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

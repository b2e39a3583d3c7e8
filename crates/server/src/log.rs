//! Logs: an event a line, to standard error, from where systemd, a container engine or a shell takes them.

use std::io::{IsTerminal as _, stderr};

use tracing_subscriber::{Layer as _, fmt::layer, layer::SubscriberExt as _, registry, util::SubscriberInitExt as _};

use crate::Logging;

/// From here on, what happens is logged.
pub fn log(logging: &Logging) {
    let events = match logging.json {
        // The request stands in each event that belongs to one; what it was called from stands nowhere twice.
        true => layer().json().flatten_event(true).with_span_list(false).with_writer(stderr).boxed(),
        false => layer().with_ansi(stderr().is_terminal()).with_writer(stderr).boxed(),
    };
    // Whoever logs already, such as a test that serves in its own process, goes on to do so.
    let is_first = registry().with(events).with(logging.filter.clone()).try_init().is_ok();
    if is_first {
        std::panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
    }
}

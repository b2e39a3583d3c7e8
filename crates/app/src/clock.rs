//! The one clock.

use chrono::{DateTime, FixedOffset, Local, Timelike};
use weekwise_domain::{Date, Minute};
use weekwise_protocol::Now;

/// This moment in the system's zone.
#[allow(dead_code)]
pub(crate) fn moment() -> DateTime<FixedOffset> {
    Local::now().fixed_offset()
}

/// The date and minute of this moment; a clock outside the kept years counts as the nearest one kept.
pub(crate) fn now() -> Now {
    let now = Local::now();
    let date = now.date_naive();
    let nearest = if date < Date::MIN.into() { Date::MIN } else { Date::MAX };
    Now {
        date: Date::try_from(date).unwrap_or(nearest),
        minute: Minute::new((now.hour() * 60 + now.minute()) as u16).unwrap_or(Minute::MIDNIGHT),
    }
}

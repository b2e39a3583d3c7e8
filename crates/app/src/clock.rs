//! The one clock.

use chrono::{DateTime, FixedOffset, Local, NaiveDateTime, Timelike};
use weekwise_domain::{Date, Minute};
use weekwise_protocol::Now;

/// This moment in the system's zone.
pub(crate) fn moment() -> DateTime<FixedOffset> {
    Local::now().fixed_offset()
}

/// The date and minute of this moment.
pub(crate) fn now() -> Now {
    to_the_minute(Local::now().naive_local())
}

/// The date and minute of a moment in milliseconds since 1970 (UTC), in the system's zone.
pub(crate) fn at_ms(ms: i64) -> Now {
    to_the_minute(DateTime::from_timestamp_millis(ms).unwrap_or_default().with_timezone(&Local).naive_local())
}

/// Its date and minute; a clock outside the kept years counts as the nearest date kept.
pub(crate) fn to_the_minute(time: NaiveDateTime) -> Now {
    let date = time.date();
    let nearest = if date < Date::MIN.into() { Date::MIN } else { Date::MAX };
    Now {
        date: Date::try_from(date).unwrap_or(nearest),
        minute: Minute::new((time.hour() * 60 + time.minute()) as u16).unwrap_or(Minute::MIDNIGHT),
    }
}

//! What the system's locale says, for a person who has set nothing.

use weekwise_domain::{Clock, Weekday};

/// The defaults of the system, as the shell finds them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locale {
    /// The day on which weeks begin.
    pub first_weekday: Weekday,
    /// How times are written.
    pub clock: Clock,
    /// The IANA name of the system's zone, such as `Europe/Berlin`.
    pub time_zone: String,
}

impl Default for Locale {
    /// ISO 8601: weeks from Monday, 24 hours; UTC.
    fn default() -> Self {
        Self { first_weekday: Weekday::MONDAY, clock: Clock::H24, time_zone: "UTC".to_owned() }
    }
}

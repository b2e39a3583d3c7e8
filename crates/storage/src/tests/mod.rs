//! Tests of the store as a whole, on real files.

use chrono::DateTime;

use crate::Moment;

/// A Monday morning.
pub(crate) fn moment() -> Moment {
    DateTime::parse_from_rfc3339("2026-11-23T10:15:00+01:00").unwrap()
}

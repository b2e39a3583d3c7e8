//! Moments as the account tables and the wire have them.

use chrono::{DateTime, NaiveDateTime, SubsecRound as _, TimeDelta, Utc};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

/// A moment in UTC, in whole milliseconds. Columns hold it as `timestamp(3)` without a zone, JSON as
/// `2026-11-22T18:30:00.000Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, sqlx::Type, ToSchema)]
#[sqlx(transparent)]
#[schema(value_type = String, format = DateTime)]
pub struct Timestamp(NaiveDateTime);

impl Timestamp {
    /// The moment so much later (earlier when negative), held at the ends of what can be told.
    pub fn plus(self, time: TimeDelta) -> Self {
        let end = if time < TimeDelta::zero() { NaiveDateTime::MIN } else { NaiveDateTime::MAX };
        Self(self.0.checked_add_signed(time).unwrap_or(end))
    }

    /// How long after an `earlier` moment it is; negative when it is before it.
    pub fn since(self, earlier: Self) -> TimeDelta {
        self.0 - earlier.0
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(moment: DateTime<Utc>) -> Self {
        Self(moment.naive_utc().trunc_subsecs(3))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.format("%Y-%m-%dT%H:%M:%S%.3fZ"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_as_browsers_write_it() {
        let moment: DateTime<Utc> = "2026-11-22T18:30:00.0009Z".parse().unwrap();
        let json = |moment| serde_json::to_string(&Timestamp::from(moment)).unwrap();
        assert_eq!(json(moment), "\"2026-11-22T18:30:00.000Z\"");
        assert_eq!(json(moment + TimeDelta::milliseconds(12)), "\"2026-11-22T18:30:00.012Z\"");
    }
}

//! Values as the web client sends them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, de::Error as _};
use utoipa::ToSchema;
use weekwise_domain::{Date, Minute, TimeRange};

use crate::Error;

/// A time of the day: `9:00` or `09:00`, up to `23:59`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, pattern = "^([0-1]?[0-9]|2[0-3]):[0-5][0-9]$")]
pub(super) struct Time(Minute);

impl TryFrom<String> for Time {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let minute: Minute = text.parse().map_err(|error: weekwise_domain::TimeError| error.to_string())?;
        // 24:00 ends a slot elsewhere, but the web client has no such time.
        if minute == Minute::END_OF_DAY { Err("24:00 is not a time here".to_owned()) } else { Ok(Self(minute)) }
    }
}

/// From when to when.
///
/// # Errors
/// When the end is not after the start.
pub(super) fn time_range(start: Time, end: Time) -> Result<TimeRange, Error> {
    TimeRange::new(start.0, end.0).map_err(|_| Error::Invalid("End time must be after start time".into()))
}

/// A date, `2026-11-22`, or a moment, `2026-11-22T00:00:00.000Z`, that stands for its date in UTC: so the server that
/// this one replaces writes dates and reads them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, example = "2026-11-22")]
pub(super) struct Day(pub(super) Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let date = match DateTime::parse_from_rfc3339(&text) {
            Ok(moment) => moment.with_timezone(&Utc).date_naive().try_into(),
            Err(_) => text.parse(),
        };
        date.map(Self).map_err(D::Error::custom)
    }
}

/// The integer id of a schedule, in decimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, pattern = "^[0-9]+$")]
pub(super) struct ScheduleNumber(pub(super) i64);

impl TryFrom<String> for ScheduleNumber {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, &'static str> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| digits).map(Self).ok_or("a schedule is named by its number")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<'a, T: Deserialize<'a>>(json: &'a str) -> Option<T> {
        serde_json::from_str(json).ok()
    }

    #[test]
    fn times_are_those_of_the_web_client() {
        assert_eq!(read(r#""9:05""#), Some(Time(Minute::new(545).unwrap())));
        assert_eq!(read(r#""23:59""#), Some(Time(Minute::new(1439).unwrap())));
        for bad in [r#""24:00""#, r#""9""#, r#""09:00 ""#, "900", "null"] {
            assert_eq!(read::<Time>(bad), None, "{bad}");
        }
    }

    #[test]
    fn dates_are_plain_or_moments_of_utc() {
        let day = |text: &str| Some(Day(text.parse().unwrap()));
        assert_eq!(read(r#""2026-11-22""#), day("2026-11-22"));
        assert_eq!(read(r#""2026-11-22T00:00:00.000Z""#), day("2026-11-22"));
        assert_eq!(read(r#""2026-11-22T23:30:00-05:00""#), day("2026-11-23"));
        for bad in [r#""2027-02-30""#, r#""2027-02-30T00:00:00Z""#, r#""yesterday""#, r#""2201-01-01""#, "20261122"] {
            assert_eq!(read::<Day>(bad), None, "{bad}");
        }
    }

    #[test]
    fn schedules_are_named_by_digits_alone() {
        assert_eq!(read(r#""12""#), Some(ScheduleNumber(12)));
        for bad in [r#""12abc""#, r#""-1""#, r#""+1""#, r#""""#, r#"" 1""#, r#""99999999999999999999""#, "12"] {
            assert_eq!(read::<ScheduleNumber>(bad), None, "{bad}");
        }
    }
}

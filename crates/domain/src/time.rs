//! Wall-clock times of a day, in whole minutes.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A minute of the day: 0 is 00:00, 1440 is 24:00. Written `HH:MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Minute(u16);

/// Why something is not a time, or two times are not a range.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TimeError {
    /// Not of the form `H:MM` or `HH:MM`, or not on a clock.
    #[error("\"{0}\" is not a time: write it as HH:MM, from 00:00 to 24:00")]
    Malformed(String),
    /// The end is not later than the start.
    #[error("the end {end} is not later than the start {start}")]
    EndNotAfterStart {
        /// The start that was given.
        start: Minute,
        /// The end that was given.
        end: Minute,
    },
}

impl Minute {
    /// 00:00.
    pub const MIDNIGHT: Self = Self(0);
    /// 24:00, which only ends a range.
    pub const END_OF_DAY: Self = Self(1440);

    /// The minute with a number of 0 to 1440.
    pub fn new(minute: u16) -> Option<Self> {
        (minute <= 1440).then_some(Self(minute))
    }

    /// Minutes since midnight, 0 to 1440.
    pub fn number(self) -> u16 {
        self.0
    }

    /// Hours (0–24) and minutes (0–59).
    pub fn hour_and_minute(self) -> (u16, u16) {
        (self.0 / 60, self.0 % 60)
    }

    /// `minutes` later, held at 24:00.
    pub fn saturating_plus(self, minutes: u16) -> Self {
        Self(self.0.saturating_add(minutes).min(1440))
    }
}

impl FromStr for Minute {
    type Err = TimeError;
    /// Parses `9:00` or `09:00`, up to `24:00`.
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let parsed = text.split_once(':').and_then(|(hour, minute)| {
            let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
            let shaped = (1..=2).contains(&hour.len()) && minute.len() == 2 && digits(hour) && digits(minute);
            let (hour, minute): (u16, u16) = shaped.then(|| Some((hour.parse().ok()?, minute.parse().ok()?)))??;
            if minute < 60 { Self::new(hour * 60 + minute) } else { None }
        });
        parsed.ok_or_else(|| TimeError::Malformed(text.chars().take(40).collect()))
    }
}

impl TryFrom<String> for Minute {
    type Error = TimeError;
    fn try_from(text: String) -> Result<Self, TimeError> {
        text.parse()
    }
}

impl From<Minute> for String {
    fn from(minute: Minute) -> Self {
        minute.to_string()
    }
}

impl fmt::Display for Minute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// A stretch of one day: its start is earlier than its end, and its end is at most 24:00.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Bounds")]
pub struct TimeRange {
    start: Minute,
    end: Minute,
}

#[derive(Deserialize)]
struct Bounds {
    start: Minute,
    end: Minute,
}

impl TryFrom<Bounds> for TimeRange {
    type Error = TimeError;
    fn try_from(Bounds { start, end }: Bounds) -> Result<Self, TimeError> {
        Self::new(start, end)
    }
}

impl TimeRange {
    /// The stretch from `start` to `end`.
    ///
    /// # Errors
    /// [`TimeError::EndNotAfterStart`] when it would be empty or run backwards.
    ///
    /// ```
    /// use weekwise_domain::TimeRange;
    /// let lecture = TimeRange::new("9:00".parse()?, "10:30".parse()?)?;
    /// assert_eq!(lecture.minutes(), 90);
    /// assert!(TimeRange::new("22:00".parse()?, "02:00".parse()?).is_err());
    /// # Ok::<(), weekwise_domain::TimeError>(())
    /// ```
    pub fn new(start: Minute, end: Minute) -> Result<Self, TimeError> {
        if start < end { Ok(Self { start, end }) } else { Err(TimeError::EndNotAfterStart { start, end }) }
    }

    /// When it begins.
    pub fn start(self) -> Minute {
        self.start
    }

    /// When it ends; at most 24:00.
    pub fn end(self) -> Minute {
        self.end
    }

    /// How long it is, in minutes.
    pub fn minutes(self) -> u16 {
        self.end.0 - self.start.0
    }

    /// Whether both share at least a minute; touching ends do not.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

impl fmt::Display for TimeRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}–{}", self.start, self.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_parse_with_one_or_two_hour_digits() {
        assert_eq!("9:00".parse::<Minute>(), "09:00".parse());
        assert_eq!("24:00".parse::<Minute>(), Ok(Minute::END_OF_DAY));
        for bad in ["", "9", "9:0", "24:01", "25:00", "09:60", "+9:00", "009:00", "9:00 ", "٩:00", "-1:00"] {
            assert!(bad.parse::<Minute>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_end_of_the_day_never_starts_a_range() {
        assert!(TimeRange::new(Minute::END_OF_DAY, Minute::END_OF_DAY).is_err());
        assert!(TimeRange::new("23:59".parse().unwrap(), Minute::END_OF_DAY).is_ok());
    }
}

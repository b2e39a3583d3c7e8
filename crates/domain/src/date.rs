//! Civil dates, weekdays and inclusive date ranges.

use std::{fmt, str::FromStr};

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A civil date in the years 1900 to 2200, without a time zone. Written `YYYY-MM-DD`.
///
/// Held as its [`day_number`](Self::day_number), since expansion is arithmetic on days.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date(i32);

/// Why something is not a [`Date`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DateError {
    /// Not of the form `YYYY-MM-DD`, or no day of the calendar (such as 30 February).
    #[error("\"{0}\" is not a date: write it as YYYY-MM-DD, for example 2026-01-31")]
    Malformed(String),
    /// A real date outside the years that Weekwise keeps.
    #[error("{0} is outside the years 1900 to 2200")]
    OutOfRange(NaiveDate),
}

impl Date {
    /// 1 January 1900, the first date that Weekwise keeps.
    pub const MIN: Self = Self(693_596);
    /// 31 December 2200, the last date that Weekwise keeps.
    pub const MAX: Self = Self(803_533);

    /// The date of a year, month (1–12) and day of the month, if there is one within 1900–2200.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).and_then(|date| Self::try_from(date).ok())
    }

    /// The number of days since 1 January of year 1 (which is day 1).
    pub fn day_number(self) -> i32 {
        self.0
    }

    /// The date with a [`day_number`](Self::day_number), or none outside 1900–2200.
    pub fn from_day_number(days: i32) -> Option<Self> {
        (Self::MIN.0..=Self::MAX.0).contains(&days).then_some(Self(days))
    }

    /// The date `days` later (earlier when negative), or none outside 1900–2200.
    pub fn plus_days(self, days: i32) -> Option<Self> {
        Self::from_day_number(self.day_number().checked_add(days)?)
    }

    /// The date `days` later, held at the ends of 1900–2200.
    pub fn saturating_plus_days(self, days: i32) -> Self {
        self.plus_days(days).unwrap_or(if days < 0 { Self::MIN } else { Self::MAX })
    }

    /// The weekday of this date.
    pub fn weekday(self) -> Weekday {
        // Day number 7 is a Sunday, so the remainder counts from Sunday.
        Weekday(self.day_number().rem_euclid(7) as u8)
    }

    /// The first date of the week that holds this date, in weeks that start on `first`;
    /// held at [`Date::MIN`], so [`DateRange::week_of`] is the surer way to a whole week.
    pub fn week_start(self, first: Weekday) -> Self {
        self.saturating_plus_days(-i32::from(self.weekday().days_after(first)))
    }

    /// The date on `weekday` in the week (starting on `first`) that holds this date; none outside 1900–2200.
    pub fn in_same_week(self, weekday: Weekday, first: Weekday) -> Option<Self> {
        let shift = i32::from(weekday.days_after(first)) - i32::from(self.weekday().days_after(first));
        self.plus_days(shift)
    }

    /// The first date on or after this one that falls on `weekday`; none after [`Date::MAX`].
    pub fn next_on(self, weekday: Weekday) -> Option<Self> {
        self.plus_days(i32::from(weekday.days_after(self.weekday())))
    }

    /// The ISO 8601 week number of the week that starts on this date: that of its Thursday,
    /// which for a week that starts on a Sunday is the Thursday after it.
    pub fn iso_week_of_week_start(self) -> u32 {
        let thursday =
            NaiveDate::from(self) + chrono::Days::new(u64::from(Weekday::THURSDAY.days_after(self.weekday())));
        thursday.iso_week().week()
    }

    /// Year, month (1–12) and day of the month.
    pub fn ymd(self) -> (i32, u32, u32) {
        let date = NaiveDate::from(self);
        (date.year(), date.month(), date.day())
    }
}

impl TryFrom<NaiveDate> for Date {
    type Error = DateError;
    fn try_from(date: NaiveDate) -> Result<Self, DateError> {
        Self::from_day_number(date.num_days_from_ce()).ok_or(DateError::OutOfRange(date))
    }
}

impl From<Date> for NaiveDate {
    fn from(date: Date) -> Self {
        NaiveDate::from_num_days_from_ce_opt(date.0).expect("chrono knows all years from 1900 to 2200")
    }
}

impl FromStr for Date {
    type Err = DateError;
    /// Parses exactly `YYYY-MM-DD`.
    fn from_str(text: &str) -> Result<Self, DateError> {
        // By hand: chrono's parser for every format would be a large part of the interface.
        let read = || {
            let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return None };
            let (year, month, day) = (number([y1, y2, y3, y4])?, number([m1, m2])?, number([d1, d2])?);
            NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
        };
        read().ok_or_else(|| DateError::Malformed(text.chars().take(40).collect()))?.try_into()
    }
}

/// What decimal digits mean, if they are digits.
fn number<const DIGITS: usize>(digits: [&u8; DIGITS]) -> Option<u32> {
    digits.into_iter().try_fold(0, |number, digit| Some(number * 10 + char::from(*digit).to_digit(10)?))
}

impl TryFrom<String> for Date {
    type Error = DateError;
    fn try_from(text: String) -> Result<Self, DateError> {
        text.parse()
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        NaiveDate::from(*self).fmt(f)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Date({self})")
    }
}

/// A day of the week; the number is 0 for Sunday to 6 for Saturday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Weekday(u8);

/// A number that is no weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{0} is not a weekday: 0 is Sunday, 6 is Saturday")]
pub struct WeekdayError(pub i64);

impl Weekday {
    /// Sunday, 0.
    pub const SUNDAY: Self = Self(0);
    /// Monday, 1.
    pub const MONDAY: Self = Self(1);
    /// Thursday, 4: the day that names an ISO week.
    pub const THURSDAY: Self = Self(4);
    /// Saturday, 6.
    pub const SATURDAY: Self = Self(6);

    /// All seven, beginning with `first`.
    pub fn all_from(first: Self) -> [Self; 7] {
        std::array::from_fn(|i| Self((first.0 + i as u8) % 7))
    }

    /// 0 for Sunday to 6 for Saturday.
    pub fn number(self) -> u8 {
        self.0
    }

    /// How many days after `first` this weekday comes in a week that starts on `first` (0–6).
    pub fn days_after(self, first: Self) -> u8 {
        (self.0 + 7 - first.0) % 7
    }

    /// Saturday or Sunday.
    pub fn is_weekend(self) -> bool {
        matches!(self, Self::SATURDAY | Self::SUNDAY)
    }
}

impl TryFrom<u8> for Weekday {
    type Error = WeekdayError;
    fn try_from(number: u8) -> Result<Self, WeekdayError> {
        if number <= 6 { Ok(Self(number)) } else { Err(WeekdayError(i64::from(number))) }
    }
}

impl From<Weekday> for u8 {
    fn from(day: Weekday) -> Self {
        day.0
    }
}

/// Dates from one to another, both included. Never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Ends")]
pub struct DateRange {
    from: Date,
    to: Date,
}

/// A range of dates that ends before it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{to} is earlier than {from}")]
pub struct DateRangeError {
    /// The first date that was given.
    pub from: Date,
    /// The last date that was given.
    pub to: Date,
}

#[derive(Deserialize)]
struct Ends {
    from: Date,
    to: Date,
}

impl TryFrom<Ends> for DateRange {
    type Error = DateRangeError;
    fn try_from(Ends { from, to }: Ends) -> Result<Self, DateRangeError> {
        Self::new(from, to).ok_or(DateRangeError { from, to })
    }
}

impl DateRange {
    /// The dates from `from` to `to`, both included; none when `to` is earlier than `from`.
    pub fn new(from: Date, to: Date) -> Option<Self> {
        (from <= to).then_some(Self { from, to })
    }

    /// The seven dates from `start`, fewer at the end of 2200.
    pub fn week_from(start: Date) -> Self {
        Self { from: start, to: start.saturating_plus_days(6) }
    }

    /// The week that holds `date`, in weeks that start on `first`; shorter at the ends of 1900–2200.
    pub fn week_of(date: Date, first: Weekday) -> Self {
        let day = i32::from(date.weekday().days_after(first));
        Self { from: date.saturating_plus_days(-day), to: date.saturating_plus_days(6 - day) }
    }

    /// All dates that Weekwise keeps.
    pub const ALL: Self = Self { from: Date::MIN, to: Date::MAX };

    /// The first date.
    pub fn from(self) -> Date {
        self.from
    }

    /// The last date, included.
    pub fn to(self) -> Date {
        self.to
    }

    /// Whether `date` is one of them.
    pub fn contains(self, date: Date) -> bool {
        self.from <= date && date <= self.to
    }

    /// Each date in turn.
    pub fn dates(self) -> impl DoubleEndedIterator<Item = Date> {
        (self.from.day_number()..=self.to.day_number()).filter_map(Date::from_day_number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn weekdays_count_from_sunday() {
        assert_eq!(date("2026-11-22").weekday(), Weekday::SUNDAY);
        assert_eq!(date("2026-11-23").weekday(), Weekday::MONDAY);
        assert_eq!(date("1900-01-01").weekday(), Weekday::MONDAY);
    }

    #[test]
    fn the_ends_are_the_first_and_the_last_day_of_the_kept_years() {
        assert_eq!((Date::MIN.ymd(), Date::MAX.ymd()), ((1900, 1, 1), (2200, 12, 31)));
    }

    #[test]
    fn a_week_starts_on_the_chosen_day() {
        assert_eq!(date("2026-11-26").week_start(Weekday::MONDAY), date("2026-11-23"));
        assert_eq!(date("2026-11-26").week_start(Weekday::SUNDAY), date("2026-11-22"));
        assert_eq!(date("2026-11-22").week_start(Weekday::MONDAY), date("2026-11-16"));
    }

    #[test]
    fn the_week_number_is_that_of_the_thursday() {
        assert_eq!(date("2026-11-23").iso_week_of_week_start(), 48);
        assert_eq!(date("2026-11-22").iso_week_of_week_start(), 48);
        assert_eq!(date("2026-12-28").iso_week_of_week_start(), 53);
        assert_eq!(date("2027-01-03").iso_week_of_week_start(), 1);
    }

    #[test]
    fn only_real_dates_of_the_kept_years_parse() {
        for bad in
            ["2027-02-30", "2026-1-5", "20260105", "2026-01-05T00:00", "+026-01-05", "", "2026-13-01", "２026-01-05"]
        {
            assert!(matches!(bad.parse::<Date>(), Err(DateError::Malformed(_))), "{bad}");
        }
        for far in ["1899-12-31", "2201-01-01"] {
            assert!(matches!(far.parse::<Date>(), Err(DateError::OutOfRange(_))), "{far}");
        }
        assert_eq!(date("2028-02-29").to_string(), "2028-02-29");
    }
}

//! Which dates a pattern occurs on: pure arithmetic on weeks.
//!
//! A rotation (every second, third … week) is anchored on the Sunday-started week that holds
//! `valid_from`. All sums are on day numbers, so that a pattern of any age costs the same.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Date, DateRange, Pattern, Validity, Weekday};

/// Every week (1) to every eighth week (8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct EveryNWeeks(u8);

/// A number of weeks that no rotation has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("every {0} weeks is not possible: a slot repeats every 1 to 8 weeks")]
pub struct EveryNWeeksError(i64);

impl EveryNWeeks {
    /// Every week.
    pub const ONE: Self = Self(1);

    /// 1 to 8.
    pub fn number(self) -> u8 {
        self.0
    }

    fn days(self) -> i32 {
        i32::from(self.0) * 7
    }
}

impl TryFrom<i64> for EveryNWeeks {
    type Error = EveryNWeeksError;
    fn try_from(weeks: i64) -> Result<Self, EveryNWeeksError> {
        match u8::try_from(weeks) {
            Ok(number @ 1..=8) => Ok(Self(number)),
            _ => Err(EveryNWeeksError(weeks)),
        }
    }
}

impl From<EveryNWeeks> for i64 {
    fn from(every: EveryNWeeks) -> Self {
        i64::from(every.0)
    }
}

/// The dates of a pattern within a window, as day numbers: `first`, `first + step` … `≤ last`.
#[derive(Debug, Clone)]
struct Course {
    first: i32,
    last: i32,
    step: i32,
}

impl Iterator for Course {
    type Item = Date;
    fn next(&mut self) -> Option<Date> {
        let day = self.first;
        self.first += self.step;
        if day <= self.last { Date::from_day_number(day) } else { None }
    }
}

impl Pattern {
    /// A day number on which the rotation would occur if its validity had no bounds.
    fn anchor_day(&self) -> i32 {
        let from = self.validity.from;
        from.day_number() - i32::from(from.weekday().number()) + i32::from(self.day_of_week.number())
    }

    fn course(&self, window: DateRange) -> Option<Course> {
        let from = self.validity.from.max(window.from());
        let until = self.validity.until.unwrap_or(Date::MAX).min(window.to()).day_number();
        let first = match self.every {
            // Most slots are of every week, and divisions by 7 take a fraction of one by a number not known beforehand.
            EveryNWeeks::ONE => self.next_on_weekday(from),
            every => next_in_step(from.day_number(), self.anchor_day(), every),
        };
        (first <= until).then_some(Course { first, last: until, step: self.every.days() })
    }

    /// The dates on which the pattern occurs within a window, in order.
    pub fn dates_in(&self, window: DateRange) -> impl Iterator<Item = Date> + use<> {
        self.course(window).into_iter().flatten()
    }

    /// How many dates it occurs on within a window.
    pub fn count_in(&self, window: DateRange) -> u32 {
        self.course(window).map_or(0, |course| ((course.last - course.first) / course.step) as u32 + 1)
    }

    /// Whether it occurs on `date`.
    pub fn occurs_on(&self, date: Date) -> bool {
        self.validity.contains(date) && self.is_in_phase(date)
    }

    /// The first date on which it occurs at all.
    pub fn first_date(&self) -> Option<Date> {
        Date::from_day_number(self.course(DateRange::ALL)?.first)
    }

    /// The last date on which it occurs; that in 2200 when it has no end.
    pub fn last_date(&self) -> Option<Date> {
        self.last_date_in(DateRange::ALL)
    }

    /// The last date on which it occurs within a window.
    pub(crate) fn last_date_in(&self, window: DateRange) -> Option<Date> {
        let course = self.course(window)?;
        Date::from_day_number(course.last - (course.last - course.first) % course.step)
    }

    /// Whether `date` falls on the weekday and in the rotation, whatever the validity says.
    fn is_in_phase(&self, date: Date) -> bool {
        (date.day_number() - self.anchor_day()).rem_euclid(self.every.days()) == 0
    }

    /// The same rotation from its first date on or after `from`; without one up to 2200, it holds no date.
    pub(crate) fn begin_in_phase(&mut self, from: Date) {
        self.begin_on(next_in_step(from.day_number(), self.anchor_day(), self.every));
    }

    /// The rotation of `other`, which has the same weekday, from its first date on or after `from`.
    pub(crate) fn begin_in_phase_of(&mut self, other: &Self, from: Date) {
        self.begin_on(next_in_step(from.day_number(), other.anchor_day(), self.every));
    }

    /// A rotation that begins anew on the first date on or after `from` that falls on the weekday.
    pub(crate) fn begin_anew(&mut self, from: Date) {
        self.begin_on(self.next_on_weekday(from));
    }

    /// The first day (its number) on or after `from` that falls on the weekday.
    fn next_on_weekday(&self, from: Date) -> i32 {
        from.day_number() + i32::from(self.day_of_week.days_after(from.weekday()))
    }

    fn begin_on(&mut self, day: i32) {
        self.validity = match Date::from_day_number(day) {
            Some(from) => Validity { from, until: self.validity.until },
            None => Validity { from: Date::MAX, until: Some(Date::MAX.saturating_plus_days(-1)) },
        };
    }

    /// The same rotation on another weekday, as weeks that start on `first_weekday` show it: in each
    /// visible week in which it occurred it occurs still, on `day`. A bound of the validity that is itself one
    /// of its dates moves along with it.
    pub(crate) fn on_weekday(&self, day: Weekday, first_weekday: Weekday) -> Self {
        // Within its visible week, each date moves by as many days.
        let shift = i32::from(day.days_after(first_weekday)) - i32::from(self.day_of_week.days_after(first_weekday));
        let along = |date: Date| if self.is_in_phase(date) { date.saturating_plus_days(shift) } else { date };
        let mut moved = self.clone();
        moved.day_of_week = day;
        moved.validity = Validity { from: along(self.validity.from), until: self.validity.until.map(along) };
        if self.every != EveryNWeeks::ONE {
            // Anchored on one of its dates, a rotation is the same in weeks that start on any day.
            let from = moved.validity.from.day_number();
            moved.begin_on(next_in_step(from, self.anchor_day() + shift, self.every));
        }
        moved
    }
}

/// The first day on or after `from` that is a whole number of rotations away from `anchor` (day numbers).
fn next_in_step(from: i32, anchor: i32, every: EveryNWeeks) -> i32 {
    from + (anchor - from).rem_euclid(every.days())
}

#[cfg(test)]
mod tests {
    use crate::{EveryNWeeks, Pattern, SeriesId, TimeRange, Validity, Weekday};

    fn pattern(day: u8, from: &str, until: Option<&str>, every: i64) -> Pattern {
        Pattern {
            series_id: SeriesId(uuid::Uuid::nil()),
            day_of_week: Weekday::try_from(day).unwrap(),
            time: TimeRange::new("09:00".parse().unwrap(), "10:00".parse().unwrap()).unwrap(),
            validity: Validity { from: from.parse().unwrap(), until: until.map(|u| u.parse().unwrap()) },
            every: EveryNWeeks::try_from(every).unwrap(),
        }
    }

    fn first_three(pattern: &Pattern) -> Vec<String> {
        pattern.dates_in(crate::DateRange::ALL).take(3).map(|d| d.to_string()).collect()
    }

    #[test]
    fn a_rotation_is_anchored_on_the_sunday_week_of_valid_from() {
        // Friday 2026-01-02 lies in the week of Sunday 2025-12-28; its Monday is before valid_from.
        assert_eq!(first_three(&pattern(1, "2026-01-02", None, 2)), ["2026-01-12", "2026-01-26", "2026-02-09"]);
    }

    #[test]
    fn a_moved_weekday_keeps_the_visible_weeks() {
        // Every second Thursday from 8 January; Monday-first weeks show it in the weeks of 5 and 19 January.
        let thursdays = pattern(4, "2026-01-08", None, 2);
        let mondays = thursdays.on_weekday(Weekday::MONDAY, Weekday::MONDAY);
        assert_eq!(first_three(&mondays), ["2026-01-05", "2026-01-19", "2026-02-02"]);
        let sundays = thursdays.on_weekday(Weekday::SUNDAY, Weekday::MONDAY);
        assert_eq!(first_three(&sundays), ["2026-01-11", "2026-01-25", "2026-02-08"]);
        let sundays = thursdays.on_weekday(Weekday::SUNDAY, Weekday::SUNDAY);
        assert_eq!(first_three(&sundays), ["2026-01-04", "2026-01-18", "2026-02-01"]);
    }

    #[test]
    fn counts_agree_with_the_dates() {
        let slot = pattern(3, "2026-01-01", Some("2026-03-01"), 3);
        assert_eq!(slot.count_in(crate::DateRange::ALL) as usize, slot.dates_in(crate::DateRange::ALL).count());
        assert_eq!(slot.last_date(), slot.dates_in(crate::DateRange::ALL).last());
    }
}

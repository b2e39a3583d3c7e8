//! The slot limit: how many slots a weekday may have.
//!
//! On no date of a weekday may more than N active schedules of that weekday be valid; rotations
//! and one-offs count whether or not they occur on that very date. N is a setting, 2 unless set:
//! the rule of the system that Weekwise replaces.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Date, Schedule, Weekday};

/// How many slots a weekday may have: 1 to 24, default 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct SlotLimit(u8);

/// A number that no slot limit has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{0} is not a slot limit: it is 1 to 24 slots a weekday")]
pub struct SlotLimitError(i64);

impl SlotLimit {
    /// The highest limit.
    pub const MAX: Self = Self(24);

    /// 1 to 24.
    pub fn number(self) -> u8 {
        self.0
    }
}

impl Default for SlotLimit {
    fn default() -> Self {
        Self(2)
    }
}

impl TryFrom<i64> for SlotLimit {
    type Error = SlotLimitError;
    fn try_from(slots: i64) -> Result<Self, SlotLimitError> {
        match u8::try_from(slots) {
            Ok(number @ 1..=24) => Ok(Self(number)),
            _ => Err(SlotLimitError(slots)),
        }
    }
}

impl From<SlotLimit> for i64 {
    fn from(limit: SlotLimit) -> Self {
        i64::from(limit.0)
    }
}

/// Dates of a weekday on which more slots are valid than the limit allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverLimit {
    /// The weekday.
    pub weekday: Weekday,
    /// The first such date.
    pub first: Date,
    /// How many slots are valid at the most.
    pub slots: u32,
}

/// A step of the count of valid schedules: from `date` on (a date of the weekday), `delta` more.
struct Step {
    date: i32,
    before: i32,
    after: i32,
}

/// The steps of one schedule, on the dates of `day` only.
fn steps(schedule: &Schedule, day: Weekday) -> Option<(i32, i32)> {
    let pattern = &schedule.pattern;
    if !schedule.active || pattern.day_of_week != day {
        return None;
    }
    let range = pattern.validity.range()?;
    let first = range.from().next_on(day)?;
    (first <= range.to()).then(|| {
        let last = range.to().day_number() - i32::from(range.to().weekday().days_after(day));
        (first.day_number(), last + 7)
    })
}

fn sweep<'a>(
    before: impl Iterator<Item = &'a Schedule>,
    after: impl Iterator<Item = &'a Schedule>,
    day: Weekday,
    limit: SlotLimit,
    is_breach: impl Fn(i32, i32) -> bool,
) -> Option<OverLimit> {
    let mut events = Vec::new();
    for (first, end) in before.filter_map(|row| steps(row, day)) {
        events.push(Step { date: first, before: 1, after: 0 });
        events.push(Step { date: end, before: -1, after: 0 });
    }
    for (first, end) in after.filter_map(|row| steps(row, day)) {
        events.push(Step { date: first, before: 0, after: 1 });
        events.push(Step { date: end, before: 0, after: -1 });
    }
    events.sort_by_key(|step| step.date);
    let (mut was, mut is) = (0, 0);
    let mut found: Option<OverLimit> = None;
    for same_date in events.chunk_by(|a, b| a.date == b.date) {
        for step in same_date {
            was += step.before;
            is += step.after;
        }
        if is > i32::from(limit.0) && is_breach(was, is) {
            let first = Date::from_day_number(same_date[0].date)?;
            let worst = found.get_or_insert(OverLimit { weekday: day, first, slots: 0 });
            worst.slots = worst.slots.max(is.unsigned_abs());
        }
    }
    found
}

/// The weekdays on which more schedules are valid at once than the limit allows. Derived, never stored.
pub fn over_limit<'a>(schedules: impl Iterator<Item = &'a Schedule> + Clone, limit: SlotLimit) -> Vec<OverLimit> {
    let days = Weekday::all_from(Weekday::SUNDAY).into_iter();
    days.filter_map(|day| sweep(std::iter::empty(), schedules.clone(), day, limit, |_, _| true)).collect()
}

/// The first weekday on which going from `before` to `after` raises a count above the limit.
pub(crate) fn raised_above<'a>(
    before: impl Iterator<Item = &'a Schedule> + Clone,
    after: impl Iterator<Item = &'a Schedule> + Clone,
    limit: SlotLimit,
) -> Option<OverLimit> {
    let days = Weekday::all_from(Weekday::SUNDAY).into_iter();
    days.filter_map(|day| sweep(before.clone(), after.clone(), day, limit, |was, is| is > was)).next()
}

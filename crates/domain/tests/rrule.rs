//! The dates of a pattern against an independent implementation of RFC 5545 recurrence rules.
#![allow(clippy::unwrap_used)]

mod common;

use chrono::{Datelike, NaiveDate, TimeZone};
use common::{any_date, any_pattern, cases, every, pattern_on};
use proptest::prelude::*;
use rrule::{Frequency, NWeekday, RRule, Tz};
use weekwise_domain::*;

fn instant(date: Date) -> chrono::DateTime<Tz> {
    let date = NaiveDate::from(date);
    Tz::UTC.with_ymd_and_hms(date.year(), date.month(), date.day(), 12, 0, 0).unwrap()
}

/// What `WEEKLY;INTERVAL=n;WKST=SU;BYDAY=…;UNTIL=…` from `valid_from` gives within the window.
fn by_rule(pattern: &Pattern, window: DateRange) -> Vec<Date> {
    let Validity { from, until } = pattern.validity;
    let until = until.unwrap_or(Date::MAX).min(window.to());
    if until < from {
        return Vec::new();
    }
    let days = [
        chrono::Weekday::Sun,
        chrono::Weekday::Mon,
        chrono::Weekday::Tue,
        chrono::Weekday::Wed,
        chrono::Weekday::Thu,
        chrono::Weekday::Fri,
        chrono::Weekday::Sat,
    ];
    let rule = RRule::new(Frequency::Weekly)
        .interval(i64::from(pattern.every) as u16)
        .week_start(chrono::Weekday::Sun)
        .by_weekday(vec![NWeekday::Every(days[usize::from(pattern.day_of_week.number())])])
        .until(instant(until));
    let set = rule.build(instant(from)).unwrap();
    let found = set.after(instant(window.from())).before(instant(window.to())).all(u16::MAX);
    assert!(!found.limited);
    found.dates.iter().map(|it| Date::from_ymd(it.year(), it.month(), it.day()).unwrap()).collect()
}

/// A window of at most 60 days, near a date so that the rule need not go far.
fn window_near(date: Date, offset: i32, days: i32) -> DateRange {
    let from = date.saturating_plus_days(offset);
    DateRange::new(from, from.saturating_plus_days(days)).unwrap()
}

proptest! {
    #![proptest_config(cases(1))]

    #[test]
    fn dates_agree_with_the_rule(
        pattern in any_pattern(1, any_date().boxed()),
        offset in prop_oneof![3 => -30i32..1500, 1 => 1500i32..110_000],
        days in 0i32..60,
    ) {
        let window = window_near(pattern.validity.from, offset, days);
        prop_assert_eq!(pattern.dates_in(window).collect::<Vec<_>>(), by_rule(&pattern, window));
    }

    #[test]
    fn counts_and_ends_agree_with_enumeration(
        pattern in any_pattern(1, any_date().boxed()),
        from in any_date(),
        days in 0i32..4000,
    ) {
        let window = window_near(from, 0, days);
        for window in [window, window_near(pattern.validity.from, -10, days)] {
            let dates: Vec<_> = pattern.dates_in(window).collect();
            prop_assert_eq!(pattern.count_in(window) as usize, dates.len());
            let occurring: Vec<_> = window.dates().filter(|&date| pattern.occurs_on(date)).collect();
            prop_assert_eq!(occurring, dates);
        }
        prop_assert_eq!(pattern.first_date(), pattern.dates_in(DateRange::ALL).next());
        prop_assert_eq!(pattern.last_date(), pattern.dates_in(DateRange::ALL).last());
    }
}

#[test]
fn a_pattern_of_three_centuries_agrees_with_the_rule() {
    for (day, weeks) in [(0, 1), (1, 2), (6, 3), (4, 8)] {
        let pattern = pattern_on(day, "1900-01-03", None, weeks);
        for window in [common::range("2199-12-01", "2200-01-29"), common::range("2200-11-02", "2200-12-31")] {
            let dates: Vec<_> = pattern.dates_in(window).collect();
            assert!(!dates.is_empty());
            assert_eq!(dates, by_rule(&pattern, window), "every {:?} weeks", every(weeks));
        }
    }
}

//! Expansion to one week, against the `rrule` crate's fastest bounded call. Both take turns, and a ratio is the median of
//! those of each two turns side by side, so that it holds on a busy machine too. Lines of `name<TAB>value<TAB>unit<TAB>target`, for `cargo xtask bench`.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

use chrono::{Datelike, NaiveDate, TimeZone};
use rrule::{Frequency, NWeekday, RRule, RRuleSet, Tz};
use weekwise_domain::*;

const SLOTS: u32 = 1000;
const ROUNDS: usize = 21;
/// Of what is quick, in each round.
const TURNS: usize = 10;
/// One expansion is too short for the clock.
const REPEATS: u32 = 50;

fn main() {
    let window = DateRange::new(date("2026-11-22"), date("2026-11-28")).unwrap();
    let old = Week::since(date("2016-11-27"), window);
    let young = Week::since(date("2026-11-15"), window);
    let begun = Week::since(date("2026-11-22"), window);
    let (mut of_old, mut of_young, mut old_to_young) = (Vec::new(), Vec::new(), Vec::new());
    let (mut rule_to_old, mut rule_to_begun) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        for _ in 0..TURNS {
            let turn = (old.expanded(), young.expanded());
            of_old.push(turn.0);
            of_young.push(turn.1);
            old_to_young.push(turn.0 / turn.1);
            rule_to_begun.push(begun.by_rules() / begun.expanded());
        }
        // These walk through ten years, and take as long as all else.
        rule_to_old.push(old.by_rules() / old.expanded());
    }

    let slots = f64::from(SLOTS);
    tell("Expansion to one week, for each of 1,000 slots ten years old", median(of_old) / slots, "ns", "≤ 100");
    tell("– slots one week old", median(of_young) / slots, "ns", "");
    tell("– ratio of old to young", median(old_to_young), "×", "≤ 1.1");
    tell("– faster than the rrule crate, ten years old", median(rule_to_old), "×", "≥ 1,000");
    tell("– faster than the rrule crate, begun in the week", median(rule_to_begun), "×", "≥ 20");
}

/// Slots of which every tenth is different in the week, and the rules that say the same without the exceptions.
struct Week {
    window: DateRange,
    schedules: Vec<Schedule>,
    exceptions: BTreeMap<ExceptionKey, Exception>,
    rules: Vec<RRuleSet>,
}

impl Week {
    fn since(from: Date, window: DateRange) -> Self {
        let schedules: Vec<_> = (0..SLOTS).map(|number| slot(number, from)).collect();
        let is_different = |(number, _): &(usize, &Schedule)| number % 10 == 0;
        let exceptions = schedules.iter().enumerate().filter(is_different).map(|(_, schedule)| {
            let date = schedule.pattern.dates_in(window).next().unwrap();
            let time = Some(time(12 * 60));
            (
                ExceptionKey { series_id: schedule.pattern.series_id, date },
                Exception::Override(Override { time, ..Override::default() }),
            )
        });
        let exceptions = exceptions.collect();
        let rules = schedules.iter().map(rule).collect();
        Self { window, schedules, exceptions, rules }
    }

    /// Nanoseconds for all slots.
    fn expanded(&self) -> f64 {
        let began = Instant::now();
        for _ in 0..REPEATS {
            let found = expand(black_box(&self.schedules), black_box(&self.exceptions), self.window);
            assert_eq!(black_box(found).len(), self.schedules.len());
        }
        began.elapsed().as_nanos() as f64 / f64::from(REPEATS)
    }

    /// Nanoseconds for all rules.
    fn by_rules(&self) -> f64 {
        let (from, to) = (instant(self.window.from()), instant(self.window.to()));
        let began = Instant::now();
        let mut found = 0;
        for rule in &self.rules {
            // The iterator stops at the first date past the week; `all` would build a list besides.
            found += black_box(rule).into_iter().skip_while(|date| *date < from).take_while(|date| *date <= to).count();
        }
        assert_eq!(found, self.rules.len());
        began.elapsed().as_nanos() as f64
    }
}

fn slot(number: u32, from: Date) -> Schedule {
    let id = ScheduleId(uuid::Uuid::from_u128(0x01a0_e707_2400_76d1_b9b5_0000_0000_0000 + u128::from(number)));
    let pattern = Pattern {
        series_id: id.into(),
        day_of_week: Weekday::try_from((number % 7) as u8).unwrap(),
        time: time(8 * 60 + (number / 7 % 12) as u16 * 30),
        validity: Validity { from, until: None },
        every: EveryNWeeks::ONE,
    };
    Schedule { id, pattern, details: Details::default(), active: true }
}

fn rule(schedule: &Schedule) -> RRuleSet {
    let days = [
        chrono::Weekday::Sun,
        chrono::Weekday::Mon,
        chrono::Weekday::Tue,
        chrono::Weekday::Wed,
        chrono::Weekday::Thu,
        chrono::Weekday::Fri,
        chrono::Weekday::Sat,
    ];
    RRule::new(Frequency::Weekly)
        .week_start(chrono::Weekday::Sun)
        .by_weekday(vec![NWeekday::Every(days[usize::from(schedule.pattern.day_of_week.number())])])
        .build(instant(schedule.pattern.validity.from))
        .unwrap()
}

fn time(start: u16) -> TimeRange {
    TimeRange::new(Minute::new(start).unwrap(), Minute::new(start + 60).unwrap()).unwrap()
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn instant(date: Date) -> chrono::DateTime<Tz> {
    let date = NaiveDate::from(date);
    Tz::UTC.with_ymd_and_hms(date.year(), date.month(), date.day(), 12, 0, 0).unwrap()
}

fn median(mut series: Vec<f64>) -> f64 {
    series.sort_by(f64::total_cmp);
    series[series.len() / 2]
}

fn tell(name: &str, value: f64, unit: &str, target: &str) {
    println!("{name}\t{value:.3}\t{unit}\t{target}");
}

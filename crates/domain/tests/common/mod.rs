//! Builders and strategies that the tests share.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

pub mod edits;
pub mod recount;

use proptest::{collection::vec, option, prelude::*, sample::Index};
use weekwise_domain::*;

/// How many days the dates of one generated case span.
pub const ERA_DAYS: u16 = 126;

/// So many times 256 cases, or `PROPTEST_CASES`. A case that fails is to become a test of its own, so it is not
/// kept in a file.
pub fn cases(times: u32) -> ProptestConfig {
    let config = ProptestConfig::default();
    ProptestConfig { cases: times * config.cases, failure_persistence: None, ..config }
}

pub fn date(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn range(from: &str, to: &str) -> DateRange {
    DateRange::new(date(from), date(to)).unwrap()
}

pub fn weekday(number: u8) -> Weekday {
    Weekday::try_from(number).unwrap()
}

pub fn every(weeks: i64) -> EveryNWeeks {
    EveryNWeeks::try_from(weeks).unwrap()
}

pub fn time(text: &str) -> TimeRange {
    let (start, end) = text.split_once('-').unwrap();
    TimeRange::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
}

pub fn limit(slots: i64) -> SlotLimit {
    SlotLimit::try_from(slots).unwrap()
}

pub fn title(text: &str) -> Title {
    Title::new(text).unwrap()
}

pub fn schedule_id(number: u128) -> ScheduleId {
    ScheduleId(uuid::Uuid::from_u128(number))
}

pub fn series_id(number: u128) -> SeriesId {
    schedule_id(number).into()
}

pub fn pattern_on(day: u8, from: &str, until: Option<&str>, weeks: i64) -> Pattern {
    slot(1, day, from, until, weeks).pattern
}

/// A slot at 09:00 that is its own series; `day` 0 is Sunday.
pub fn slot(id: u128, day: u8, from: &str, until: Option<&str>, weeks: i64) -> Schedule {
    Schedule {
        id: schedule_id(id),
        pattern: Pattern {
            series_id: series_id(id),
            day_of_week: weekday(day),
            time: time("09:00-10:30"),
            validity: Validity { from: date(from), until: until.map(date) },
            every: every(weeks),
        },
        details: Details { title: title("Algebra"), ..Details::default() },
        active: true,
    }
}

/// Rows with these schedules and a slot limit that is not in the way.
pub fn rows_of(schedules: impl IntoIterator<Item = Schedule>) -> Rows {
    let settings = Settings { slot_limit: SlotLimit::MAX, ..Settings::default() };
    Rows { schedules: schedules.into_iter().map(|row| (row.id, row)).collect(), settings, ..Rows::default() }
}

pub fn key(series: u128, day: &str) -> ExceptionKey {
    ExceptionKey { series_id: series_id(series), date: date(day) }
}

pub fn cancelled() -> Exception {
    Exception::Cancelled(Cancellation::default())
}

/// Plans an edit, applies it, and returns its changes.
pub fn apply(rows: &mut Rows, edit: Edit) -> Vec<Change> {
    let plan = plan(&edit.into(), rows).unwrap();
    rows.apply(&plan.changes);
    plan.changes
}

/// The dates of a series from `from` to `to`, as text.
pub fn dates(rows: &Rows, series: u128, from: &str, to: &str) -> Vec<String> {
    let segments = rows.segments(series_id(series)).into_iter().filter(|row| row.active);
    let mut dates: Vec<_> = segments.flat_map(|row| row.pattern.dates_in(range(from, to))).collect();
    dates.sort();
    dates.iter().map(Date::to_string).collect()
}

pub fn any_date() -> impl Strategy<Value = Date> {
    (Date::MIN.day_number()..=Date::MAX.day_number()).prop_map(|day| Date::from_day_number(day).unwrap())
}

pub fn any_weekday() -> impl Strategy<Value = Weekday> {
    (0u8..=6).prop_map(weekday)
}

pub fn any_every() -> impl Strategy<Value = EveryNWeeks> {
    prop_oneof![3 => Just(1), 2 => Just(2), 2 => 3i64..=8].prop_map(every)
}

/// Any time, half of them on the hour, so that some touch and some are the same.
pub fn any_time() -> impl Strategy<Value = TimeRange> {
    let range = |start, end| TimeRange::new(Minute::new(start).unwrap(), Minute::new(end).unwrap()).unwrap();
    let any = (0u16..1440).prop_flat_map(move |start| (start + 1..=1440).prop_map(move |end| range(start, end)));
    let hours = (0u16..4, 1u16..3).prop_map(move |(start, hours)| range(start * 60, (start + hours) * 60));
    prop_oneof![any, hours]
}

pub fn any_validity(from: impl Strategy<Value = Date>) -> impl Strategy<Value = Validity> {
    (from, option::weighted(0.7, -40i32..400))
        .prop_map(|(from, days)| Validity { from, until: days.map(|days| from.saturating_plus_days(days)) })
}

prop_compose! {
    pub fn any_pattern(series: u128, from: BoxedStrategy<Date>)(
        day_of_week in any_weekday(),
        time in any_time(),
        validity in any_validity(from),
        every in any_every(),
    ) -> Pattern {
        Pattern { series_id: series_id(series), day_of_week, time, validity, every }
    }
}

pub fn any_details() -> impl Strategy<Value = Details> {
    let reminder = option::of((0i64..=10_080).prop_map(|minutes| ReminderMinutes::try_from(minutes).unwrap()));
    (any_line(), any_notes(), any_line(), any_color(), reminder)
        .prop_map(|(title, notes, location, color, reminder)| Details { title, notes, location, color, reminder })
}

pub fn any_color() -> impl Strategy<Value = Color> {
    prop::sample::select(Color::ALL.to_vec())
}

/// A title or a place.
pub fn any_line() -> impl Strategy<Value = Title> {
    "[a-zA-ZäöüßéЖ中🎵 .,'\"\\\\-]{0,12}".prop_map(|text| Title::new(text).unwrap())
}

pub fn any_notes() -> impl Strategy<Value = Notes> {
    "[a-zäЖ中\n\t ]{0,12}".prop_map(|text| Notes::new(text).unwrap())
}

/// A stretch of [`ERA_DAYS`] days, now and then at an end of the calendar.
pub fn any_era() -> impl Strategy<Value = Era> {
    let last = Date::MAX.saturating_plus_days(1 - i32::from(ERA_DAYS));
    prop_oneof![1 => Just(Date::MIN), 4 => Just(date("2026-01-01")), 2 => Just(date("2027-11-20")), 1 => Just(last)]
        .prop_map(Era)
}

/// The dates of a generated case.
#[derive(Debug, Clone, Copy)]
pub struct Era(pub Date);

impl Era {
    pub fn day(self, offset: u16) -> Date {
        self.0.saturating_plus_days(i32::from(offset))
    }

    /// All dates of the era and some weeks on both sides.
    pub fn window(self) -> DateRange {
        let to = self.0.saturating_plus_days(i32::from(ERA_DAYS) + 90);
        DateRange::new(self.0.saturating_plus_days(-30), to).unwrap()
    }
}

/// A date of an era: one on which a series occurs, or any.
#[derive(Debug, Clone)]
pub enum DatePick {
    On(Index),
    Any(u16),
}

pub fn any_pick() -> impl Strategy<Value = DatePick> {
    prop_oneof![5 => any::<Index>().prop_map(DatePick::On), 1 => (0..ERA_DAYS).prop_map(DatePick::Any)]
}

impl DatePick {
    pub fn resolve(&self, rows: &Rows, series_id: SeriesId, era: Era) -> Date {
        let window = DateRange::new(era.0, era.day(ERA_DAYS)).unwrap();
        let segments = rows.segments(series_id);
        let dates: Vec<_> = segments.iter().flat_map(|row| row.pattern.dates_in(window)).collect();
        match self {
            Self::On(index) if !dates.is_empty() => *index.get(&dates),
            Self::On(index) => era.day(index.index(usize::from(ERA_DAYS)) as u16),
            Self::Any(offset) => era.day(*offset),
        }
    }
}

/// An exception whose dates are offsets into an era.
#[derive(Debug, Clone)]
pub enum RawException {
    Cancelled(Cancellation),
    Override { change: Override, moved_to: Option<u16> },
}

impl RawException {
    pub fn at(&self, era: Era) -> Exception {
        match self {
            Self::Cancelled(reason) => Exception::Cancelled(reason.clone()),
            Self::Override { change, moved_to } => {
                Exception::Override(Override { moved_to: moved_to.map(|offset| era.day(offset)), ..change.clone() })
            }
        }
    }
}

pub fn any_cancellation() -> impl Strategy<Value = Cancellation> {
    (option::of(any_line()), option::of(any_notes())).prop_map(|(title, notes)| Cancellation { title, notes })
}

pub fn any_exception() -> impl Strategy<Value = RawException> {
    let change = (option::of(any_time()), option::of(any_line()), option::of(any_notes()), option::of(any_line()))
        .prop_map(|(time, title, notes, location)| Override { time, title, notes, location, moved_to: None });
    let change = (change, option::of(0..ERA_DAYS));
    prop_oneof![
        2 => any_cancellation().prop_map(RawException::Cancelled),
        3 => change.prop_map(|(change, moved_to)| RawException::Override { change, moved_to }),
    ]
}

/// A segment of a series; what is none is as in the series.
#[derive(Debug, Clone)]
struct RawSegment {
    day: Option<Weekday>,
    every: Option<EveryNWeeks>,
    time: TimeRange,
    days: u16,
    gap: u16,
    is_aligned: bool,
    details: Details,
}

fn any_segment() -> impl Strategy<Value = RawSegment> {
    let gap = prop_oneof![4 => Just(0u16), 1 => 1u16..20];
    let shape = (option::weighted(0.3, any_weekday()), option::weighted(0.3, any_every()), any_time());
    (shape, 1u16..60, gap, any::<bool>(), any_details()).prop_map(
        |((day, every, time), days, gap, is_aligned, details)| RawSegment {
            day,
            every,
            time,
            days,
            gap,
            is_aligned,
            details,
        },
    )
}

#[derive(Debug, Clone)]
struct RawSeries {
    day: Weekday,
    every: EveryNWeeks,
    start: u16,
    is_open: bool,
    active: bool,
    segments: Vec<RawSegment>,
}

fn any_series() -> impl Strategy<Value = RawSeries> {
    let trashed = prop::bool::weighted(0.1);
    (any_weekday(), any_every(), 0u16..50, any::<bool>(), trashed, vec(any_segment(), 1..=3)).prop_map(
        |(day, every, start, is_open, trashed, segments)| RawSeries {
            day,
            every,
            start,
            is_open,
            active: !trashed,
            segments,
        },
    )
}

impl RawSeries {
    /// Its segments, with ids from `first_id` on.
    fn schedules(&self, first_id: u128, era: Era) -> Vec<Schedule> {
        let mut start = self.start;
        let mut schedules = Vec::new();
        for (i, raw) in self.segments.iter().enumerate() {
            let is_last = i + 1 == self.segments.len();
            let (day_of_week, every) = (raw.day.unwrap_or(self.day), raw.every.unwrap_or(self.every));
            let until = (!(is_last && self.is_open)).then(|| era.day(start + raw.days - 1));
            let aligned = era
                .day(start)
                .next_on(day_of_week)
                .filter(|&from| raw.is_aligned && Some(from) <= until.or(Some(Date::MAX)));
            schedules.push(Schedule {
                id: schedule_id(first_id + i as u128),
                pattern: Pattern {
                    series_id: series_id(first_id),
                    day_of_week,
                    time: raw.time,
                    validity: Validity { from: aligned.unwrap_or(era.day(start)), until },
                    every,
                },
                details: raw.details.clone(),
                active: self.active,
            });
            start += raw.days + raw.gap;
        }
        // Eras at the end of 2200 squeeze the last segments onto one date.
        schedules.dedup_by(|later, earlier| later.pattern.validity.meets(earlier.pattern.validity));
        schedules
    }
}

pub fn any_settings() -> impl Strategy<Value = Settings> {
    let slot_limit = prop_oneof![2 => Just(24i64), 1 => 1i64..=4].prop_map(limit);
    let clock = option::of(prop::sample::select(vec![Clock::H12, Clock::H24]));
    let theme = prop::sample::select(vec![Theme::System, Theme::Light, Theme::Dark]);
    let zone = option::of(prop::sample::select(vec!["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"]))
        .prop_map(|name| name.map(|name| TimeZone::try_from(name.to_owned()).unwrap()));
    let view = prop::sample::select(vec![View::Week, View::Weeks]);
    (slot_limit, zone, option::of(any_weekday()), clock, theme, any::<bool>(), view).prop_map(
        |(slot_limit, time_zone, first_weekday, clock, theme, hide_weekend, view)| Settings {
            slot_limit,
            time_zone,
            first_weekday,
            clock,
            theme,
            hide_weekend,
            view,
        },
    )
}

/// Rows of an era.
#[derive(Debug, Clone)]
pub struct World {
    pub era: Era,
    pub rows: Rows,
}

/// Several series of several segments, with exceptions that have an effect and others that have none.
pub fn any_world() -> impl Strategy<Value = World> {
    let exceptions = vec((any::<Index>(), any_pick(), any_exception()), 0..24);
    (any_era(), vec(any_series(), 1..=4), exceptions, any_settings()).prop_map(|(era, series, exceptions, settings)| {
        let mut rows = Rows { settings, ..Rows::default() };
        let mut ids = Vec::new();
        for (i, raw) in series.iter().enumerate() {
            let first_id = 100 * (1 + i as u128);
            ids.push(series_id(first_id));
            rows.schedules.extend(raw.schedules(first_id, era).into_iter().map(|row| (row.id, row)));
        }
        // A series whose schedules have not arrived.
        ids.push(series_id(9));
        for (index, pick, raw) in &exceptions {
            let series_id = *index.get(&ids);
            let date = pick.resolve(&rows, series_id, era);
            rows.exceptions.insert(ExceptionKey { series_id, date }, raw.at(era));
        }
        World { era, rows }
    })
}

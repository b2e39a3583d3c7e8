//! From slots and exceptions to the occurrences of a window of dates.
//!
//! The cost is the slots plus the occurrences in the window, whatever the age of a slot and
//! however many exceptions lie elsewhere.

use std::collections::BTreeMap;

use crate::{Cancellation, Date, DateRange, Exception, ExceptionKey, Override, Schedule, TimeRange};

/// A slot on a date, as it takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence<'a> {
    /// The segment of the series that it comes from.
    pub schedule: &'a Schedule,
    /// Its date in the pattern.
    pub original_date: Date,
    /// The date on which it takes place.
    pub date: Date,
    /// From when to when it takes place.
    pub time: TimeRange,
    /// What is different from the pattern, if anything was said to be.
    pub exception: Option<&'a Override>,
}

impl<'a> Occurrence<'a> {
    fn new(schedule: &'a Schedule, original_date: Date, exception: Option<&'a Override>) -> Self {
        Self {
            schedule,
            original_date,
            date: exception.and_then(|change| change.moved_to).unwrap_or(original_date),
            time: exception.and_then(|change| change.time).unwrap_or(schedule.pattern.time),
            exception,
        }
    }

    /// The title on this date.
    pub fn title(&self) -> &'a str {
        self.exception.and_then(|change| change.title.as_ref()).unwrap_or(&self.schedule.details.title).as_str()
    }

    /// The place on this date.
    pub fn location(&self) -> &'a str {
        self.exception.and_then(|change| change.location.as_ref()).unwrap_or(&self.schedule.details.location).as_str()
    }

    /// The notes on this date.
    pub fn notes(&self) -> &'a str {
        self.exception.and_then(|change| change.notes.as_ref()).unwrap_or(&self.schedule.details.notes).as_str()
    }
}

/// An exception that has an effect: a date of a series that is not as usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deviation<'a> {
    /// It does not take place.
    Cancelled {
        /// The segment of the series.
        schedule: &'a Schedule,
        /// The date on which it would.
        date: Date,
        /// Why.
        reason: &'a Cancellation,
    },
    /// It takes place differently.
    Changed(Occurrence<'a>),
}

/// The occurrences whose final date lies in `window`, by date, start, end, schedule and original date.
///
/// `exceptions` must hold at least those with an original date in the window and those that are
/// moved into it; further ones do not matter. Schedules in the trash are passed over, and an
/// exception on a date on which its series does not occur has no effect.
///
/// ```
/// use std::collections::BTreeMap;
/// use weekwise_domain::{
///     Cancellation, DateRange, Details, EveryNWeeks, Exception, ExceptionKey, Pattern, Schedule, ScheduleId,
///     TimeRange, Title, Validity, Weekday, expand,
/// };
///
/// let id = ScheduleId(uuid::Uuid::nil());
/// let algebra = Schedule {
///     id,
///     pattern: Pattern {
///         series_id: id.into(),
///         day_of_week: Weekday::MONDAY,
///         time: TimeRange::new("09:00".parse()?, "10:30".parse()?)?,
///         validity: Validity { from: "2026-10-12".parse()?, until: None },
///         every: EveryNWeeks::ONE,
///     },
///     details: Details { title: Title::new("Algebra")?, ..Details::default() },
///     active: true,
/// };
/// let holiday = ExceptionKey { series_id: id.into(), date: "2026-11-23".parse()? };
/// let exceptions = BTreeMap::from([(holiday, Exception::Cancelled(Cancellation::default()))]);
///
/// let november = DateRange::new("2026-11-01".parse()?, "2026-11-30".parse()?).expect("in order");
/// let shown = expand([&algebra], &exceptions, november);
/// let days: Vec<String> = shown.iter().map(|it| it.date.to_string()).collect();
/// assert_eq!(days, ["2026-11-02", "2026-11-09", "2026-11-16", "2026-11-30"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn expand<'a>(
    schedules: impl IntoIterator<Item = &'a Schedule>,
    exceptions: &'a BTreeMap<ExceptionKey, Exception>,
    window: DateRange,
) -> Vec<Occurrence<'a>> {
    let moved_in: Vec<_> = moved_into(exceptions, window).collect();
    let mut found = Vec::new();
    for schedule in schedules.into_iter().filter(|schedule| schedule.active) {
        for date in schedule.pattern.dates_in(window) {
            let key = ExceptionKey { series_id: schedule.pattern.series_id, date };
            match exceptions.get(&key) {
                None => found.push(Occurrence::new(schedule, date, None)),
                Some(Exception::Cancelled(_)) => {}
                Some(Exception::Override(change)) => {
                    let occurrence = Occurrence::new(schedule, date, Some(change));
                    if window.contains(occurrence.date) {
                        found.push(occurrence);
                    }
                }
            }
        }
        let from_outside = moved_in.iter().filter(|(key, _)| !window.contains(key.date) && is_of(key, schedule));
        found.extend(from_outside.map(|(key, change)| Occurrence::new(schedule, key.date, Some(change))));
    }
    found.sort_unstable_by_key(order);
    found
}

/// The dates in `window` that are not as usual: those whose original or whose final date lies in it,
/// in the order of the date that does.
pub fn deviations<'a>(
    schedules: impl IntoIterator<Item = &'a Schedule>,
    exceptions: &'a BTreeMap<ExceptionKey, Exception>,
    window: DateRange,
) -> Vec<Deviation<'a>> {
    let mut found = Vec::new();
    for schedule in schedules.into_iter().filter(|schedule| schedule.active) {
        let of_series = ExceptionKey::all_of(schedule.pattern.series_id);
        for (key, exception) in exceptions.range(of_series).filter(|(key, _)| is_of(key, schedule)) {
            match exception {
                Exception::Cancelled(reason) if window.contains(key.date) => {
                    found.push(Deviation::Cancelled { schedule, date: key.date, reason });
                }
                Exception::Override(change) => {
                    let occurrence = Occurrence::new(schedule, key.date, Some(change));
                    if window.contains(key.date) || window.contains(occurrence.date) {
                        found.push(Deviation::Changed(occurrence));
                    }
                }
                Exception::Cancelled(_) => {}
            }
        }
    }
    found.sort_by_key(|deviation| match deviation {
        Deviation::Cancelled { schedule, date, .. } => (*date, schedule.pattern.time, schedule.id, *date),
        Deviation::Changed(it) if window.contains(it.date) => (it.date, it.time, it.schedule.id, it.original_date),
        Deviation::Changed(it) => (it.original_date, it.schedule.pattern.time, it.schedule.id, it.original_date),
    });
    found
}

/// The pairs of occurrences that share time on a date. A warning, never a refusal.
/// `occurrences` are in the order in which [`expand`] returns them.
pub fn overlaps<'o, 'a>(
    occurrences: &'o [Occurrence<'a>],
) -> impl Iterator<Item = (&'o Occurrence<'a>, &'o Occurrence<'a>)> {
    occurrences.iter().enumerate().flat_map(move |(i, first)| {
        let later = occurrences[i + 1..].iter();
        later
            .take_while(move |second| second.date == first.date && second.time.start() < first.time.end())
            .map(move |second| (first, second))
    })
}

fn order(occurrence: &Occurrence<'_>) -> (Date, TimeRange, crate::ScheduleId, Date) {
    (occurrence.date, occurrence.time, occurrence.schedule.id, occurrence.original_date)
}

fn is_of(key: &ExceptionKey, schedule: &Schedule) -> bool {
    key.series_id == schedule.pattern.series_id && schedule.pattern.occurs_on(key.date)
}

fn moved_into(
    exceptions: &BTreeMap<ExceptionKey, Exception>,
    window: DateRange,
) -> impl Iterator<Item = (&ExceptionKey, &Override)> {
    exceptions.iter().filter_map(move |(key, exception)| {
        let change = exception.as_override()?;
        change.moved_to.is_some_and(|date| window.contains(date)).then_some((key, change))
    })
}

//! From slots and exceptions to the occurrences of a window of dates.
//!
//! The cost is the slots plus the occurrences in the window, whatever the age of a slot and
//! however many exceptions lie elsewhere.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::{Cancellation, Date, DateRange, Exception, ExceptionKey, Override, Schedule, SeriesId, TimeRange};

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
    let schedules = schedules.into_iter();
    let mut exceptions = Concerned::by(exceptions, window);
    let mut found = Vec::with_capacity(schedules.size_hint().0);
    for schedule in schedules.filter(|schedule| schedule.active) {
        let of_series = exceptions.of_series(schedule.pattern.series_id);
        for date in schedule.pattern.dates_in(window) {
            match of_series.binary_search_by_key(&date, |(key, _)| key.date).map(|at| of_series[at].1) {
                Err(_) => found.push(Occurrence::new(schedule, date, None)),
                Ok(Exception::Cancelled(_)) => {}
                Ok(Exception::Override(change)) => {
                    let occurrence = Occurrence::new(schedule, date, Some(change));
                    if window.contains(occurrence.date) {
                        found.push(occurrence);
                    }
                }
            }
        }
        // The others among them are moved into the window from outside.
        for (key, exception) in of_series.iter().filter(|(key, _)| !window.contains(key.date)) {
            if let Exception::Override(change) = exception
                && schedule.pattern.occurs_on(key.date)
            {
                found.push(Occurrence::new(schedule, key.date, Some(change)));
            }
        }
    }
    in_order(&found)
}

/// The exceptions that concern a window: those whose original date lies in it and those that are moved into it.
struct Concerned<'a> {
    /// In the order of their keys.
    all: Vec<(ExceptionKey, &'a Exception)>,
    /// The series that was asked for last, and where its exceptions are or would be.
    last: (SeriesId, usize),
}

impl<'a> Concerned<'a> {
    fn by(exceptions: &'a BTreeMap<ExceptionKey, Exception>, window: DateRange) -> Self {
        let concerns = |key: &ExceptionKey, exception: &Exception| {
            let moved_to = exception.as_override().and_then(|change| change.moved_to);
            window.contains(key.date) || moved_to.is_some_and(|date| window.contains(date))
        };
        let concerned = exceptions.iter().filter(|(key, exception)| concerns(key, exception));
        Self { all: concerned.map(|(key, exception)| (*key, exception)).collect(), last: (SeriesId(Uuid::nil()), 0) }
    }

    /// Those of a series. Rows mostly come in the order of their series: then there is nothing to search for.
    #[inline]
    fn of_series(&mut self, id: SeriesId) -> &[(ExceptionKey, &'a Exception)] {
        let (last, at) = self.last;
        let from = if id < last { self.all.partition_point(|(key, _)| key.series_id < id) } else { at };
        let from = from + self.all[from..].iter().take_while(|(key, _)| key.series_id < id).count();
        self.last = (id, from);
        let rest = &self.all[from..];
        &rest[..rest.iter().take_while(|(key, _)| key.series_id == id).count()]
    }
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

/// By date, start, end, schedule and original date.
fn in_order<'a>(found: &[Occurrence<'a>]) -> Vec<Occurrence<'a>> {
    /// More occurrences than fit into any memory.
    const INDEX_BITS: u32 = 36;
    // Date, start and index in one number (17, 11 and 36 bits), which is compared in one step and moved as one word.
    let key = |(index, it): (usize, &Occurrence<'_>)| {
        let day = it.date.day_number() - Date::MIN.day_number();
        u64::from(day.unsigned_abs()) << (INDEX_BITS + 11)
            | u64::from(it.time.start().number()) << INDEX_BITS
            | index as u64
    };
    let mut keys: Vec<u64> = found.iter().enumerate().map(key).collect();
    keys.sort_unstable();
    let at = |key: &u64| found[(key & ((1 << INDEX_BITS) - 1)) as usize];
    for at_once in keys.chunk_by_mut(|a, b| a >> INDEX_BITS == b >> INDEX_BITS) {
        at_once.sort_unstable_by_key(|key| {
            let it = at(key);
            (it.time.end(), it.schedule.id, it.original_date)
        });
    }
    keys.iter().map(at).collect()
}

fn is_of(key: &ExceptionKey, schedule: &Schedule) -> bool {
    key.series_id == schedule.pattern.series_id && schedule.pattern.occurs_on(key.date)
}

//! What a person has typed into the inspector, and what it means. Pure: no DOM, no calls.

use weekwise_domain::{
    Cancellation, Color, Date, Details, Displaced, Edit, EveryNWeeks, Exception, Location, Minute, Notes, Override,
    Pattern, Schedule, ScheduleId, SeriesId, SeriesPatch, Text, TextError, TimeRange, Title, Until, Validity, Weekday,
};
use weekwise_protocol::{SlotRequest, SlotView};

use crate::words::{Words, read_time};

/// Which dates of a series an edit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The open date alone.
    Date,
    /// The open date and all later ones.
    Following,
    /// All dates.
    Series,
}

/// An edit that is not saved yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Which dates it is for.
    pub scope: Scope,
    /// The fields that were touched.
    pub typed: Typed,
    /// What becomes of changed dates that the series leaves.
    pub displaced: Displaced,
    /// The id of the schedule that saving may make.
    pub new_id: ScheduleId,
}

/// The touched fields; none is as it was.
#[derive(Debug, Clone, PartialEq, Default)]
#[expect(missing_docs, reason = "named as the fields of `Values`")]
pub struct Typed {
    pub title: Option<String>,
    pub starts: Option<String>,
    pub ends: Option<String>,
    pub date: Option<String>,
    pub weekday: Option<Weekday>,
    pub every: Option<u8>,
    pub until: Option<String>,
    pub location: Option<String>,
    pub color: Option<Color>,
    pub notes: Option<String>,
    pub reason: Option<String>,
    pub restart: bool,
}

/// The contents of all fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Values {
    /// The title.
    pub title: String,
    /// The start, as written.
    pub starts: String,
    /// The end, as written.
    pub ends: String,
    /// The date (scope: this date) or the first date, as written.
    pub date: String,
    /// The weekday of a series.
    pub weekday: Weekday,
    /// Every how many weeks; 0 for once.
    pub every: u8,
    /// The last date, as written; empty for none.
    pub until: String,
    /// The place.
    pub location: String,
    /// The colour.
    pub color: Color,
    /// The notes.
    pub notes: String,
    /// Why a date is cancelled.
    pub reason: String,
}

/// What the draft is of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Origin<'a> {
    /// A slot that does not exist yet.
    New {
        /// The date that was chosen in the week.
        date: Date,
        /// The time that was chosen.
        time: TimeRange,
    },
    /// A slot on a date.
    Slot {
        /// Which.
        key: SlotRequest,
        /// Its series.
        view: &'a SlotView,
    },
}

/// A field that can hold what does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as the fields of `Values`")]
pub enum Field {
    Title,
    Starts,
    Ends,
    Date,
    Until,
    Location,
    Notes,
    Reason,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// Not a time.
    Time,
    /// 24:00 as a start.
    StartAtEnd,
    /// The end is not later than the start; the two times are given where two slots could be meant.
    EndNotLater(Option<(Minute, Minute)>),
    /// Not a date.
    Date,
    /// The last date is before the first.
    UntilBeforeFirst,
    /// A text that is too long or cannot be kept.
    Text(TextError),
}

/// The fields that do not fit.
pub type Problems = Vec<(Field, Problem)>;

impl Draft {
    /// An untouched draft.
    pub fn new(scope: Scope, new_id: ScheduleId) -> Self {
        Self { scope, typed: Typed::default(), displaced: Displaced::Carry, new_id }
    }

    /// The contents of the fields: what was typed, else what is.
    pub fn values(&self, base: &Values) -> Values {
        let (base, typed) = (base.clone(), self.typed.clone());
        Values {
            title: typed.title.unwrap_or(base.title),
            starts: typed.starts.unwrap_or(base.starts),
            ends: typed.ends.unwrap_or(base.ends),
            date: typed.date.unwrap_or(base.date),
            weekday: typed.weekday.unwrap_or(base.weekday),
            every: typed.every.unwrap_or(base.every),
            until: typed.until.unwrap_or(base.until),
            location: typed.location.unwrap_or(base.location),
            color: typed.color.unwrap_or(base.color),
            notes: typed.notes.unwrap_or(base.notes),
            reason: typed.reason.unwrap_or(base.reason),
        }
    }

    /// Whether anything differs from what is.
    pub fn is_dirty(&self, base: &Values) -> bool {
        self.typed.restart || self.values(base) != *base
    }
}

impl<'a> Origin<'a> {
    /// The segment that the open date belongs to (else the last one).
    pub fn segment(self) -> Option<&'a Schedule> {
        let Self::Slot { key, view } = self else { return None };
        view.segments.iter().find(|row| row.pattern.occurs_on(key.date)).or(view.segments.last())
    }

    /// What is different on the open date.
    pub fn exception(self) -> Option<&'a Exception> {
        let Self::Slot { key, view } = self else { return None };
        view.ledger.iter().find(|entry| entry.date == key.date).map(|entry| &entry.exception)
    }

    /// Whether the series has a single date, so that there is nothing to choose a scope from.
    pub fn is_once(self) -> bool {
        match self {
            Self::New { .. } => true,
            Self::Slot { view, .. } => matches!(view.segments.as_slice(), [only] if is_one_off(&only.pattern)),
        }
    }

    /// What the fields hold before anything is typed.
    pub fn base(self, scope: Scope, words: &Words) -> Values {
        match (self, self.segment()) {
            (Self::Slot { key, view }, Some(segment)) if scope == Scope::Date && !self.is_once() => {
                of_date(key.date, segment, self.exception(), view, words)
            }
            (Self::Slot { key, view }, Some(segment)) => of_series(scope, key.date, segment, view, words),
            (Self::New { date, time }, _) => of_new(date, time, words),
            (Self::Slot { key, .. }, None) => of_new(key.date, whole_day(), words),
        }
    }
}

fn whole_day() -> TimeRange {
    TimeRange::new(Minute::MIDNIGHT, Minute::END_OF_DAY).expect("midnight is before the end of the day")
}

/// Whether a pattern is of one date only.
pub fn is_one_off(pattern: &Pattern) -> bool {
    pattern.validity.until == Some(pattern.validity.from)
}

fn of_new(date: Date, time: TimeRange, words: &Words) -> Values {
    Values {
        title: String::new(),
        starts: words.time(time.start()),
        ends: words.time(time.end()),
        date: words.date_medium(date),
        weekday: date.weekday(),
        every: 1,
        until: String::new(),
        location: String::new(),
        color: Color::default(),
        notes: String::new(),
        reason: String::new(),
    }
}

fn of_date(date: Date, segment: &Schedule, exception: Option<&Exception>, view: &SlotView, words: &Words) -> Values {
    let mut values = of_series(Scope::Date, date, segment, view, words);
    values.date = words.date_medium(date);
    match exception {
        None => {}
        Some(Exception::Cancelled(reason)) => {
            values.reason = reason.title.as_ref().map(Title::to_string).unwrap_or_default();
            values.notes = reason.notes.as_ref().map(Notes::to_string).unwrap_or_default();
        }
        Some(Exception::Override(change)) => {
            let time = change.time.unwrap_or(segment.pattern.time);
            values.starts = words.time(time.start());
            values.ends = words.time(time.end());
            values.date = words.date_medium(change.moved_to.unwrap_or(date));
            let details = &segment.details;
            values.title = change.title.as_ref().unwrap_or(&details.title).to_string();
            values.location = change.location.as_ref().unwrap_or(&details.location).to_string();
            values.notes = change.notes.as_ref().unwrap_or(&details.notes).to_string();
        }
    }
    values
}

fn of_series(scope: Scope, date: Date, segment: &Schedule, view: &SlotView, words: &Words) -> Values {
    let Schedule { pattern, details, .. } = segment;
    let first = view.segments.iter().filter_map(|row| row.pattern.first_date()).min();
    let last = view.segments.iter().rfind(|row| row.pattern.first_date().is_some()).unwrap_or(segment);
    let first_date = match scope {
        Scope::Series => first.unwrap_or(pattern.validity.from),
        Scope::Date | Scope::Following => date,
    };
    Values {
        title: details.title.to_string(),
        starts: words.time(pattern.time.start()),
        ends: words.time(pattern.time.end()),
        date: words.date_medium(first_date),
        weekday: pattern.day_of_week,
        every: if is_one_off(pattern) && view.segments.len() == 1 { 0 } else { pattern.every.number() },
        until: last.pattern.validity.until.map(|until| words.date_medium(until)).unwrap_or_default(),
        location: details.location.to_string(),
        color: details.color,
        notes: details.notes.to_string(),
        reason: String::new(),
    }
}

/// Everything that the meaning of a draft depends on.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// What the draft is of.
    pub origin: Origin<'a>,
    /// How dates and times are written.
    pub words: &'a Words,
    /// The day on which weeks begin.
    pub first_weekday: Weekday,
    /// Today, from which a date without a year is read.
    pub today: Date,
}

impl Context<'_> {
    /// The edit that the draft stands for; none when it changes nothing.
    ///
    /// # Errors
    /// The fields that do not fit.
    pub fn edit(&self, draft: &Draft) -> Result<Option<Edit>, Problems> {
        let scope = if self.origin.is_once() { Scope::Series } else { draft.scope };
        let base = self.origin.base(scope, self.words);
        let values = draft.values(&base);
        let read = Read::of(&values, self)?;
        match (self.origin, self.origin.segment()) {
            (Origin::New { .. }, _) => create(draft.new_id, &values, read).map(Some),
            (Origin::Slot { key, .. }, Some(segment)) => {
                let series_id = segment.pattern.series_id;
                match scope {
                    Scope::Date => Ok(self.date_edit(key, segment, &base, &values, read)),
                    Scope::Series => {
                        let Some(patch) = self.patch(&base, &values, draft, read)? else { return Ok(None) };
                        let (displaced, first_weekday) = (draft.displaced, self.first_weekday);
                        Ok(Some(Edit::ChangeSeries { series_id, patch, displaced, first_weekday }))
                    }
                    Scope::Following => {
                        let Some(patch) = self.patch(&base, &values, draft, read)? else { return Ok(None) };
                        let (displaced, first_weekday, new_id) = (draft.displaced, self.first_weekday, draft.new_id);
                        let date = key.date;
                        Ok(Some(Edit::ChangeFollowing { series_id, date, new_id, patch, displaced, first_weekday }))
                    }
                }
            }
            (Origin::Slot { .. }, None) => Ok(None),
        }
    }

    /// The two slots that a new one stands for which runs past midnight: up to 24:00, and from 00:00 on the next day.
    pub fn past_midnight(&self, draft: &Draft, next_id: ScheduleId) -> Option<[Edit; 2]> {
        let values = draft.values(&self.origin.base(Scope::Series, self.words));
        let (start, end) = (read_time(&values.starts)?, read_time(&values.ends)?);
        let next_day = self.words.read_date(&values.date, self.today)?.plus_days(1)?;
        if end >= start || end == Minute::MIDNIGHT {
            return None;
        }
        let with = |id, change: &dyn Fn(&mut Typed)| {
            let mut part = Draft { new_id: id, ..draft.clone() };
            change(&mut part.typed);
            self.edit(&part).ok().flatten()
        };
        let first = with(draft.new_id, &|typed| typed.ends = Some(self.words.time(Minute::END_OF_DAY)))?;
        let second = with(next_id, &|typed| {
            typed.starts = Some(self.words.time(Minute::MIDNIGHT));
            typed.date = Some(self.words.date_medium(next_day));
        })?;
        Some([first, second])
    }

    fn date_edit(
        &self,
        key: SlotRequest,
        segment: &Schedule,
        base: &Values,
        values: &Values,
        read: Read,
    ) -> Option<Edit> {
        let SlotRequest { series_id, date } = key;
        if base == values {
            return None;
        }
        if let Some(Exception::Cancelled(_)) = self.origin.exception() {
            let title = (!read.reason.is_empty()).then_some(read.reason);
            let notes = (!read.notes.is_empty()).then_some(read.notes);
            return Some(Edit::CancelDate { series_id, date, reason: Box::new(Cancellation { title, notes }) });
        }
        let was = self.origin.exception().and_then(Exception::as_override).cloned().unwrap_or_default();
        let details = &segment.details;
        let same_times = base.starts == values.starts && base.ends == values.ends;
        let change = Override {
            time: if same_times { was.time } else { Some(read.time).filter(|&time| time != segment.pattern.time) },
            moved_to: Some(read.date).filter(|&to| to != date),
            title: kept_or(base.title == values.title, was.title, read.title, &details.title),
            notes: kept_or(base.notes == values.notes, was.notes, read.notes, &details.notes),
            location: kept_or(base.location == values.location, was.location, read.location, &details.location),
        };
        match (change == Override::default(), self.origin.exception().is_some()) {
            (true, true) => Some(Edit::PutBack { series_id, date }),
            (true, false) => None,
            (false, _) => Some(Edit::ChangeDate { series_id, date, change: Box::new(change) }),
        }
    }

    fn patch(
        &self,
        base: &Values,
        values: &Values,
        draft: &Draft,
        read: Read,
    ) -> Result<Option<Box<SeriesPatch>>, Problems> {
        let once = values.every == 0;
        let first_moved = base.date != values.date;
        if read.until.is_some_and(|until| until < read.date) && !once {
            return Err(vec![(Field::Until, Problem::UntilBeforeFirst)]);
        }
        let was_once = base.every == 0;
        let until = match read.until {
            _ if once => Until::On(read.date),
            Some(date) => Until::On(date),
            None => Until::Never,
        };
        let until_changed = if once { first_moved } else { was_once || base.until != values.until };
        let day = if was_once { read.date.weekday() } else { values.weekday };
        let patch = SeriesPatch {
            day_of_week: Some(day).filter(|&day| day != base.weekday),
            time: Some(read.time).filter(|_| base.starts != values.starts || base.ends != values.ends),
            valid_from: Some(read.date).filter(|_| first_moved),
            valid_until: Some(until).filter(|_| until_changed),
            every: Some(every(values.every)).filter(|_| values.every.max(1) != base.every.max(1)),
            restart_rotation: draft.typed.restart,
            title: Some(read.title).filter(|_| base.title != values.title),
            notes: Some(read.notes).filter(|_| base.notes != values.notes),
            location: Some(read.location).filter(|_| base.location != values.location),
            color: Some(values.color).filter(|&color| color != base.color),
        };
        Ok(Some(Box::new(patch)).filter(|patch| **patch != SeriesPatch::default()))
    }
}

fn kept_or<T: PartialEq>(untouched: bool, was: Option<T>, typed: T, pattern: &T) -> Option<T> {
    if untouched { was } else { Some(typed).filter(|typed| typed != pattern) }
}

fn every(weeks: u8) -> EveryNWeeks {
    EveryNWeeks::try_from(i64::from(weeks)).unwrap_or(EveryNWeeks::ONE)
}

fn create(id: ScheduleId, values: &Values, read: Read) -> Result<Edit, Problems> {
    let once = values.every == 0;
    if !once && read.until.is_some_and(|until| until < read.date) {
        return Err(vec![(Field::Until, Problem::UntilBeforeFirst)]);
    }
    let schedule = Schedule {
        id,
        pattern: Pattern {
            series_id: SeriesId::from(id),
            day_of_week: read.date.weekday(),
            time: read.time,
            validity: Validity { from: read.date, until: if once { Some(read.date) } else { read.until } },
            every: every(values.every),
        },
        details: Details {
            title: read.title,
            notes: read.notes,
            location: read.location,
            color: values.color,
            reminder: None,
        },
        active: true,
    };
    Ok(Edit::Create { schedule: Box::new(schedule) })
}

/// The fields as the model knows them.
struct Read {
    title: Title,
    time: TimeRange,
    date: Date,
    until: Option<Date>,
    location: Location,
    notes: Notes,
    reason: Title,
}

impl Read {
    fn of(values: &Values, context: &Context<'_>) -> Result<Self, Problems> {
        let mut problems = Problems::new();
        let title = text(&values.title, Field::Title, &mut problems);
        let location = text(&values.location, Field::Location, &mut problems);
        let notes = text(&values.notes, Field::Notes, &mut problems);
        let reason = text(&values.reason, Field::Reason, &mut problems);
        let time = read_times(&values.starts, &values.ends, &mut problems);
        let near = context.today;
        let date = context.words.read_date(&values.date, near);
        if date.is_none() {
            problems.push((Field::Date, Problem::Date));
        }
        let until = match values.until.trim() {
            "" => None,
            typed => {
                let until = context.words.read_date(typed, date.unwrap_or(near));
                if until.is_none() {
                    problems.push((Field::Until, Problem::Date));
                }
                until
            }
        };
        match (title, location, notes, reason, time, date) {
            (Some(title), Some(location), Some(notes), Some(reason), Some(time), Some(date)) if problems.is_empty() => {
                Ok(Self { title, time, date, until, location, notes, reason })
            }
            _ => Err(problems),
        }
    }
}

fn text<const MAX: usize, const LINES: bool>(
    typed: &str,
    field: Field,
    problems: &mut Problems,
) -> Option<Text<MAX, LINES>> {
    let trimmed = typed.trim();
    Text::new(trimmed).map_err(|error| problems.push((field, Problem::Text(error)))).ok()
}

fn read_times(starts: &str, ends: &str, problems: &mut Problems) -> Option<TimeRange> {
    let (start, end) = (read_time(starts), read_time(ends));
    if start.is_none() {
        problems.push((Field::Starts, Problem::Time));
    }
    if end.is_none() {
        problems.push((Field::Ends, Problem::Time));
    }
    let (start, mut end) = (start?, end?);
    if start == Minute::END_OF_DAY {
        problems.push((Field::Starts, Problem::StartAtEnd));
        return None;
    }
    // Midnight as an end is the end of the day: that is what people mean by it.
    if end == Minute::MIDNIGHT {
        end = Minute::END_OF_DAY;
    }
    match TimeRange::new(start, end) {
        Ok(time) => Some(time),
        Err(_) => {
            let past_midnight = (end < start).then_some((start, end));
            problems.push((Field::Ends, Problem::EndNotLater(past_midnight)));
            None
        }
    }
}

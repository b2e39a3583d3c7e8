//! What a draft means: the edit that it stands for, or the fields that do not fit. Pure: no DOM, no calls.

use weekwise_domain::{
    Cancellation, Date, Details, Edit, EveryNWeeks, Exception, Location, Minute, Notes, Override, Pattern, Schedule,
    ScheduleId, SeriesId, SeriesPatch, Text, TextError, TimeRange, Title, Until, Validity, Weekday,
};
use weekwise_protocol::SlotRequest;

use super::draft::{Draft, Origin, Scope, Typed, Values};
use crate::words::{Words, read_time};

/// A field that can hold what does not fit, named as those of [`Values`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

#[cfg(test)]
mod tests {
    use weekwise_domain::Clock;
    use weekwise_protocol::{LedgerEntry, SlotView};

    use super::*;
    use crate::texts::Texts;

    const MONDAY: &str = "2026-11-23";

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn time(start: &str, end: &str) -> TimeRange {
        TimeRange::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
    }

    /// Mondays 09:00–10:30 from 5 October, in "Room 1".
    fn algebra(exception: Option<Exception>) -> SlotView {
        let id = ScheduleId(uuid::Uuid::from_u128(1));
        let pattern = Pattern {
            series_id: id.into(),
            day_of_week: Weekday::MONDAY,
            time: time("09:00", "10:30"),
            validity: Validity { from: date("2026-10-05"), until: None },
            every: EveryNWeeks::ONE,
        };
        let details = Details {
            title: Title::new("Algebra").unwrap(),
            location: Location::new("Room 1").unwrap(),
            ..Details::default()
        };
        let entry = exception.map(|exception| LedgerEntry { date: date(MONDAY), exception, has_effect: true });
        SlotView {
            segments: vec![Schedule { id, pattern, details, active: true }],
            ledger: entry.into_iter().collect(),
        }
    }

    fn meaning(view: &SlotView, scope: Scope, typed: Typed) -> Result<Option<Edit>, Problems> {
        let key = SlotRequest { series_id: view.segments[0].pattern.series_id, date: date(MONDAY) };
        let words = Words { texts: Texts::english(), clock: Clock::H24 };
        let origin = Origin::Slot { key, view };
        let context = Context { origin, words: &words, first_weekday: Weekday::MONDAY, today: date(MONDAY) };
        context.edit(&Draft { typed, ..Draft::new(scope, ScheduleId(uuid::Uuid::from_u128(2))) })
    }

    fn change(typed: Typed, exception: Option<Exception>) -> Option<Edit> {
        meaning(&algebra(exception), Scope::Date, typed).unwrap()
    }

    #[test]
    fn nothing_typed_means_nothing() {
        for scope in [Scope::Date, Scope::Following, Scope::Series] {
            assert_eq!(meaning(&algebra(None), scope, Typed::default()), Ok(None));
        }
    }

    #[test]
    fn a_date_keeps_following_the_pattern_in_what_was_not_touched() {
        let Some(Edit::ChangeDate { change, .. }) =
            change(Typed { location: Some("Room 9".into()), ..Typed::default() }, None)
        else {
            panic!("a changed place is a changed date")
        };
        let expected = Override { location: Some(Location::new("Room 9").unwrap()), ..Override::default() };
        assert_eq!(*change, expected);
    }

    #[test]
    fn typing_the_pattern_again_puts_a_date_back() {
        let retimed = Override { time: Some(time("11:00", "12:00")), ..Override::default() };
        let typed = Typed { starts: Some("9".into()), ends: Some("10:30".into()), ..Typed::default() };
        let edit = change(typed, Some(Exception::Override(retimed)));
        assert!(matches!(edit, Some(Edit::PutBack { .. })), "{edit:?}");
    }

    #[test]
    fn a_series_changes_only_what_was_touched() {
        let typed = Typed { ends: Some("11:00".into()), until: Some("18 Dec 2026".into()), ..Typed::default() };
        let Ok(Some(Edit::ChangeSeries { patch, .. })) = meaning(&algebra(None), Scope::Series, typed) else {
            panic!("an edit of the series")
        };
        let expected = SeriesPatch {
            time: Some(time("09:00", "11:00")),
            valid_until: Some(Until::On(date("2026-12-18"))),
            ..SeriesPatch::default()
        };
        assert_eq!(*patch, expected);
    }

    #[test]
    fn bad_fields_are_all_named() {
        let typed = Typed { starts: Some("25".into()), date: Some("31 Feb".into()), ..Typed::default() };
        let problems = meaning(&algebra(None), Scope::Date, typed).unwrap_err();
        assert_eq!(problems, [(Field::Starts, Problem::Time), (Field::Date, Problem::Date)]);
    }

    #[test]
    fn a_last_date_before_the_first_is_refused() {
        let typed = Typed { until: Some("2026-10-01".into()), ..Typed::default() };
        let problems = meaning(&algebra(None), Scope::Series, typed);
        assert_eq!(problems, Err(vec![(Field::Until, Problem::UntilBeforeFirst)]));
    }

    #[test]
    fn past_midnight_a_new_slot_is_two() {
        let words = Words { texts: Texts::english(), clock: Clock::H24 };
        let origin = Origin::New { date: date(MONDAY), time: time("09:00", "10:00") };
        let context = Context { origin, words: &words, first_weekday: Weekday::MONDAY, today: date(MONDAY) };
        let typed = Typed { starts: Some("22:00".into()), ends: Some("02:00".into()), ..Typed::default() };
        let draft = Draft { typed, ..Draft::new(Scope::Series, ScheduleId(uuid::Uuid::from_u128(1))) };
        assert!(context.edit(&draft).is_err());
        let parts =
            context.past_midnight(&draft, ScheduleId(uuid::Uuid::from_u128(2))).unwrap().map(|edit| match edit {
                Edit::Create { schedule } => (schedule.pattern.validity.from, schedule.pattern.time),
                other => panic!("{other:?}"),
            });
        assert_eq!(parts, [(date(MONDAY), time("22:00", "24:00")), (date("2026-11-24"), time("00:00", "02:00"))]);
    }
}

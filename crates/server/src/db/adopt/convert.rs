//! From the rows of one user in the reference's tables to those of the week model.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use uuid::Uuid;
use weekwise_domain::{
    Cancellation, Change, Date, Details, EveryNWeeks, Exception, ExceptionKey, Minute, Override, Pattern, Schedule,
    ScheduleId, TimeRange, Validity, Weekday,
};

use super::reference::{OldException, OldSchedule};

/// How far from UTC a browser's midnight can be, on either side.
const FARTHEST_ZONE: TimeDelta = TimeDelta::hours(14);

/// What the rows of a user become.
#[derive(Debug, Default)]
pub(super) struct Converted {
    pub(super) schedules: Vec<NewSchedule>,
    pub(super) exceptions: Vec<NewException>,
    pub(super) copies: Vec<Copy>,
    pub(super) notes: Vec<Remark>,
    pub(super) quarantined: Vec<Remark>,
}

#[derive(Debug)]
pub(super) struct NewSchedule {
    pub(super) integer_id: i64,
    pub(super) schedule: Schedule,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
}

#[derive(Debug, Clone)]
pub(super) struct NewException {
    pub(super) integer_id: i64,
    pub(super) key: ExceptionKey,
    pub(super) value: Exception,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
}

/// An exception for a date that has a newer one.
#[derive(Debug)]
pub(super) struct Copy {
    pub(super) id: Uuid,
    /// The change that would put it in the place of the newer one.
    pub(super) lost: Change,
    pub(super) made_at: DateTime<Utc>,
}

/// Something to say of a row.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Remark {
    pub(super) table: &'static str,
    pub(super) id: i64,
    pub(super) text: String,
}

pub(super) const SCHEDULE: &str = "schedule";
pub(super) const EXCEPTION: &str = "schedule_exception";

/// Converts the rows of a user. `new_id` makes a UUIDv7 of a moment. All of `exceptions` belong to one of `schedules`.
pub(super) fn convert(
    schedules: &[OldSchedule],
    exceptions: &[OldException],
    mut new_id: impl FnMut(DateTime<Utc>) -> Uuid,
) -> Converted {
    let mut converted = Converted::default();
    let mut known: BTreeMap<i32, Known> = BTreeMap::new();
    for old in schedules {
        match slot(old) {
            Ok((day, time)) => {
                let id = ScheduleId(new_id(old.created_at.and_utc()));
                known.insert(old.id, Known { old, id, day, time });
            }
            Err(reason) => converted.quarantine(SCHEDULE, old.id, reason),
        }
    }
    converted.take_exceptions(&known, exceptions, new_id);
    let mut first: BTreeMap<ScheduleId, Date> = BTreeMap::new();
    for exception in &converted.exceptions {
        let earliest = first.entry(ScheduleId(exception.key.series_id.0)).or_insert(exception.key.date);
        *earliest = exception.key.date.min(*earliest);
    }
    converted.schedules = known.values().map(|known| known.convert(first.get(&known.id).copied())).collect();
    converted
}

/// A schedule that can be valid.
struct Known<'a> {
    old: &'a OldSchedule,
    id: ScheduleId,
    day: Weekday,
    time: TimeRange,
}

impl Known<'_> {
    /// It occurs from the day before it was made, as that is when it may have been made somewhere west of UTC; or from
    /// its first exception, if that is earlier.
    fn convert(&self, first_exception: Option<Date>) -> NewSchedule {
        let made = held(self.old.created_at.date()).saturating_plus_days(-1);
        let from = first_exception.map_or(made, |first| first.min(made));
        NewSchedule {
            integer_id: self.old.id.into(),
            schedule: Schedule {
                id: self.id,
                pattern: Pattern {
                    series_id: self.id.into(),
                    day_of_week: self.day,
                    time: self.time,
                    validity: Validity { from, until: None },
                    every: EveryNWeeks::ONE,
                },
                details: Details::default(),
                active: self.old.is_active,
            },
            created_at: self.old.created_at.and_utc(),
            updated_at: self.old.updated_at.and_utc(),
        }
    }
}

impl Converted {
    fn quarantine(&mut self, table: &'static str, id: i32, text: impl Into<String>) {
        self.quarantined.push(Remark { table, id: id.into(), text: text.into() });
    }

    fn note(&mut self, id: i64, text: String) {
        // One row has one note; it may say two things.
        match self.notes.iter_mut().find(|note| note.id == id) {
            Some(note) => note.text = format!("{}; {text}", note.text),
            None => self.notes.push(Remark { table: EXCEPTION, id, text }),
        }
    }

    fn take_exceptions(
        &mut self,
        known: &BTreeMap<i32, Known<'_>>,
        exceptions: &[OldException],
        mut new_id: impl FnMut(DateTime<Utc>) -> Uuid,
    ) {
        let mut by_date: BTreeMap<ExceptionKey, Vec<NewException>> = BTreeMap::new();
        for old in exceptions {
            let Some(schedule) = known.get(&old.schedule_id) else {
                self.quarantine(EXCEPTION, old.id, format!("schedule {} is in quarantine itself", old.schedule_id));
                continue;
            };
            match self.exception(schedule, old) {
                Ok(exception) => by_date.entry(exception.key).or_default().push(exception),
                Err(reason) => self.quarantine(EXCEPTION, old.id, reason),
            }
        }
        for mut of_date in by_date.into_values() {
            of_date.sort_by_key(|exception| (exception.updated_at, exception.integer_id));
            let Some(newest) = of_date.pop() else { continue };
            for older in of_date {
                self.keep_beside(older, &newest, &mut new_id);
            }
            self.exceptions.push(newest);
        }
        self.exceptions.sort_by_key(|exception| exception.integer_id);
    }

    fn exception(&mut self, schedule: &Known<'_>, old: &OldException) -> Result<NewException, String> {
        let moment = old.date.ok_or("its date is outside the years 1900 to 2200")?;
        let date = Date::try_from(date_of(moment, schedule.day)).map_err(|error| format!("its date {error}"))?;
        let value = value(old)?;
        if moment.time() != NaiveTime::MIN {
            self.note(old.id.into(), format!("{moment} is not midnight: it was taken for {date}"));
        }
        Ok(NewException {
            integer_id: old.id.into(),
            key: ExceptionKey { series_id: schedule.id.into(), date },
            value,
            created_at: old.created_at.and_utc(),
            updated_at: old.updated_at.and_utc(),
        })
    }

    /// An exception that is older than another one for its date: kept as a conflict copy, unless it says the same.
    fn keep_beside(
        &mut self,
        older: NewException,
        newest: &NewException,
        new_id: &mut impl FnMut(DateTime<Utc>) -> Uuid,
    ) {
        let NewException { integer_id, key, value, updated_at, .. } = older;
        let of_newest = format!("exception {} for {} is newer", newest.integer_id, key.date);
        if value == newest.value {
            return self.note(integer_id, format!("{of_newest} and says the same"));
        }
        self.note(integer_id, format!("{of_newest}: this one was kept as a conflict copy"));
        let (before, after) = (Some(Box::new(newest.value.clone())), Some(Box::new(value)));
        let lost = Change::Exception { key, before, after };
        self.copies.push(Copy { id: new_id(updated_at), lost, made_at: updated_at });
    }
}

/// The day and the time of a schedule.
fn slot(old: &OldSchedule) -> Result<(Weekday, TimeRange), String> {
    let day = u8::try_from(old.day_of_week).ok().and_then(|day| Weekday::try_from(day).ok());
    let day = day.ok_or_else(|| format!("{} is not a weekday: 0 is Sunday, 6 is Saturday", old.day_of_week))?;
    Ok((day, time(&old.start_time, &old.end_time)?))
}

fn time(start: &str, end: &str) -> Result<TimeRange, String> {
    let minute = |text: &str| text.trim().parse::<Minute>();
    let range = minute(start).and_then(|start| TimeRange::new(start, minute(end)?));
    range.map_err(|error| error.to_string())
}

fn value(old: &OldException) -> Result<Exception, String> {
    if old.is_deleted {
        return Ok(Exception::Cancelled(Cancellation::default()));
    }
    let time = match (&old.start_time, &old.end_time) {
        (Some(start), Some(end)) => Some(time(start, end)?),
        (None, None) => None,
        _ => return Err("it has one of its two times alone".to_owned()),
    };
    Ok(Exception::Override(Override { time, ..Override::default() }))
}

/// The date that a moment stands for. At midnight in UTC it is that of UTC. Else it may be the midnight of a browser
/// somewhere: then it is the nearest date that falls on the schedule's weekday; and that of UTC where there is none.
fn date_of(moment: NaiveDateTime, day: Weekday) -> NaiveDate {
    if moment.time() == NaiveTime::MIN {
        return moment.date();
    }
    let dates: BTreeSet<NaiveDate> =
        [-FARTHEST_ZONE, TimeDelta::zero(), FARTHEST_ZONE].map(|shift| (moment + shift).date()).into();
    let is_on_day = |date: &&NaiveDate| date.weekday().num_days_from_sunday() == u32::from(day.number());
    dates.iter().find(is_on_day).copied().unwrap_or(moment.date())
}

/// The date, held within the years that a date may have.
fn held(date: NaiveDate) -> Date {
    Date::try_from(date).unwrap_or(if date < Date::MIN.into() { Date::MIN } else { Date::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> NaiveDateTime {
        let text = if text.len() == 10 { format!("{text}T00:00:00") } else { text.to_owned() };
        text.parse().unwrap()
    }

    /// A slot on Mondays, made on Wednesday 7 October 2026.
    fn monday(id: i32) -> OldSchedule {
        OldSchedule {
            id,
            user_id: "ada".to_owned(),
            day_of_week: 1,
            start_time: "9:00".to_owned(),
            end_time: "10:30".to_owned(),
            is_active: true,
            created_at: moment("2026-10-07T08:00:00"),
            updated_at: moment("2026-10-07T08:00:00"),
        }
    }

    fn later(id: i32, date: &str) -> OldException {
        OldException {
            id,
            schedule_id: 1,
            date: Some(moment(date)),
            start_time: Some("13:00".to_owned()),
            end_time: Some("14:00".to_owned()),
            is_deleted: false,
            created_at: moment("2026-10-08T08:00:00"),
            updated_at: moment("2026-10-08T08:00:00"),
        }
    }

    fn converted(schedules: &[OldSchedule], exceptions: &[OldException]) -> Converted {
        let mut next = 0;
        convert(schedules, exceptions, |_| {
            next += 1;
            Uuid::from_u128(next)
        })
    }

    fn dates(converted: &Converted) -> Vec<String> {
        converted.exceptions.iter().map(|it| it.key.date.to_string()).collect()
    }

    fn reasons(converted: &Converted) -> Vec<(i64, &str)> {
        converted.quarantined.iter().map(|it| (it.id, it.text.as_str())).collect()
    }

    #[test]
    fn a_time_is_padded_and_a_slot_begins_the_day_before_it_was_made() {
        let converted = converted(&[monday(1)], &[]);
        let row = &converted.schedules[0];
        assert_eq!((row.integer_id, row.schedule.active), (1, true));
        assert_eq!(row.schedule.pattern.time.to_string(), "09:00–10:30");
        assert_eq!(row.schedule.pattern.validity.from.to_string(), "2026-10-06");
        assert_eq!(row.schedule.pattern.series_id, row.schedule.id.into());
    }

    #[test]
    fn a_slot_begins_with_an_exception_that_is_earlier() {
        let converted = converted(&[monday(1)], &[later(5, "2026-10-12"), later(6, "2026-09-28")]);
        assert_eq!(converted.schedules[0].schedule.pattern.validity.from.to_string(), "2026-09-28");
        assert!(converted.notes.is_empty() && converted.quarantined.is_empty());
    }

    #[test]
    fn midnight_in_utc_is_that_date_whatever_its_weekday() {
        assert_eq!(dates(&converted(&[monday(1)], &[later(5, "2026-10-13")])), ["2026-10-13"]);
    }

    #[test]
    fn a_midnight_elsewhere_is_the_date_on_the_slots_weekday() {
        // Of New York, of Kolkata, of Kiritimati (UTC+14), of Pago Pago (UTC-11): all of Monday the 12th.
        for there in ["2026-10-12T04:00:00", "2026-10-11T18:30:00", "2026-10-11T10:00:00", "2026-10-12T11:00:00"] {
            let converted = converted(&[monday(1)], &[later(5, there)]);
            assert_eq!(dates(&converted), ["2026-10-12"], "{there}");
            assert!(converted.notes[0].text.ends_with("was taken for 2026-10-12"), "{:?}", converted.notes);
        }
        // No Monday is near.
        let far = converted(&[monday(1)], &[later(5, "2026-10-14T18:30:00")]);
        assert_eq!((dates(&far), far.notes.len()), (vec!["2026-10-14".to_owned()], 1));
    }

    #[test]
    fn of_two_for_a_date_the_newest_stands_and_the_other_is_kept() {
        let mut first = later(5, "2026-10-12");
        first.is_deleted = true;
        let mut newest = later(4, "2026-10-12T04:00:00");
        newest.updated_at = moment("2026-10-09T08:00:00");
        let same = later(3, "2026-10-12T05:00:00");
        let converted = converted(&[monday(1)], &[same, newest, first]);
        assert_eq!(converted.exceptions.iter().map(|it| it.integer_id).collect::<Vec<_>>(), [4]);
        let [copy] = &converted.copies[..] else { panic!("one says something else: {:?}", converted.copies) };
        let Change::Exception { key, before, after } = &copy.lost else { panic!("{:?}", copy.lost) };
        assert_eq!(key.date.to_string(), "2026-10-12");
        assert_eq!(before.as_deref(), Some(&converted.exceptions[0].value));
        assert_eq!(after.as_deref(), Some(&Exception::Cancelled(Cancellation::default())));
        assert_eq!(converted.notes.iter().map(|note| note.id).collect::<BTreeSet<_>>(), BTreeSet::from([3, 4, 5]));
    }

    #[test]
    fn at_one_moment_the_higher_id_is_newer() {
        let mut other = later(6, "2026-10-12T04:00:00");
        other.start_time = Some("12:00".to_owned());
        let converted = converted(&[monday(1)], &[other, later(5, "2026-10-12")]);
        assert_eq!((converted.exceptions[0].integer_id, converted.copies.len()), (6, 1));
    }

    #[test]
    fn a_slot_that_cannot_be_valid_is_quarantined_with_its_exceptions() {
        let mut reversed = monday(1);
        (reversed.start_time, reversed.end_time) = ("10:00".to_owned(), "9:00".to_owned());
        let mut eighth = monday(2);
        eighth.day_of_week = 7;
        let mut noon = monday(3);
        noon.start_time = "noon".to_owned();
        let converted = converted(&[reversed, eighth, noon], &[later(5, "2026-10-12")]);
        assert!(converted.schedules.is_empty() && converted.exceptions.is_empty());
        assert_eq!(
            reasons(&converted),
            [
                (1, "the end 09:00 is not later than the start 10:00"),
                (2, "7 is not a weekday: 0 is Sunday, 6 is Saturday"),
                (3, "\"noon\" is not a time: write it as HH:MM, from 00:00 to 24:00"),
                (5, "schedule 1 is in quarantine itself"),
            ]
        );
    }

    #[test]
    fn an_exception_that_cannot_be_valid_is_quarantined_alone() {
        let mut reversed = later(5, "2026-10-12");
        reversed.end_time = Some("8:00".to_owned());
        let mut half = later(6, "2026-10-19");
        half.end_time = None;
        let mut never = later(7, "2026-10-12");
        never.date = None;
        let ancient = later(8, "1899-12-31");
        let converted = converted(&[monday(1)], &[reversed, half, never, ancient]);
        assert_eq!((converted.schedules.len(), converted.exceptions.len()), (1, 0));
        assert_eq!(converted.quarantined.iter().map(|it| it.id).collect::<Vec<_>>(), [5, 6, 7, 8]);
    }

    #[test]
    fn a_cancelled_date_has_no_times_whatever_stands_in_them() {
        let mut cancelled = later(5, "2026-10-12");
        cancelled.is_deleted = true;
        cancelled.start_time = Some("nonsense".to_owned());
        let mut as_usual = later(6, "2026-10-19");
        (as_usual.start_time, as_usual.end_time) = (None, None);
        let converted = converted(&[monday(1)], &[cancelled, as_usual]);
        assert_eq!(converted.exceptions[0].value, Exception::Cancelled(Cancellation::default()));
        assert_eq!(converted.exceptions[1].value, Exception::Override(Override::default()));
    }
}

//! One row of `schedules`.

use serde::Serialize;
use uuid::Uuid;
use weekwise_domain::{
    Color, Date, Details, EveryNWeeks, Location, Minute, Notes, Pattern, ReminderMinutes, Schedule, ScheduleId,
    SeriesId, TimeRange, Title, Validity, Weekday,
};

use crate::{
    fields::Fields,
    kind::{COLOR, DATE, EVERY, FLAG, ID, LOCATION, NOTES, REMINDER, TIME, TITLE, WEEKDAY},
};

/// The schedule, with all problems of the row noted; none if there were any. `id` is its id, read before.
pub(crate) fn read(row: &mut Fields<'_>, id: Option<Uuid>) -> Option<Schedule> {
    let series_id = row.optional("series_id", ID);
    let day_of_week = row.required("day_of_week", WEEKDAY);
    let (start, end) = (row.required("start", TIME), row.required("end", TIME));
    let time = range(row, start, end);
    let from = row.required("valid_from", DATE);
    let until = row.optional("valid_until", DATE);
    let every = row.or("every_n_weeks", EVERY, EveryNWeeks::ONE);
    let title = row.or("title", TITLE, Title::default());
    let notes = row.or("notes", NOTES, Notes::default());
    let location = row.or("location", LOCATION, Location::default());
    let color = row.or("color", COLOR, Color::default());
    let reminder = row.optional("reminder_minutes", REMINDER);
    let active = row.or("active", FLAG, true);
    let id = ScheduleId(id?);
    Some(Schedule {
        id,
        pattern: Pattern {
            series_id: series_id?.map_or_else(|| id.into(), SeriesId),
            day_of_week: day_of_week?,
            time: time?,
            validity: Validity { from: from?, until: until? },
            every: every?,
        },
        details: Details { title: title?, notes: notes?, location: location?, color: color?, reminder: reminder? },
        active: active?,
    })
}

/// The stretch between two times that were read; a problem if it is none.
pub(crate) fn range(row: &mut Fields<'_>, start: Option<Minute>, end: Option<Minute>) -> Option<TimeRange> {
    if start == Some(Minute::END_OF_DAY) {
        row.problem("start", "24:00 can only be an end: a start is 00:00 to 23:59");
        return None;
    }
    match TimeRange::new(start?, end?) {
        Ok(range) => Some(range),
        Err(error) => {
            row.problem("end", error.to_string());
            None
        }
    }
}

/// The row as it is written.
#[derive(Serialize)]
pub(crate) struct Row<'a> {
    id: ScheduleId,
    series_id: SeriesId,
    day_of_week: Weekday,
    start: Minute,
    end: Minute,
    valid_from: Date,
    valid_until: Option<Date>,
    every_n_weeks: EveryNWeeks,
    title: &'a Title,
    notes: &'a Notes,
    location: &'a Location,
    color: Color,
    reminder_minutes: Option<ReminderMinutes>,
    active: bool,
}

impl<'a> From<&'a Schedule> for Row<'a> {
    fn from(Schedule { id, pattern, details, active }: &'a Schedule) -> Self {
        Self {
            id: *id,
            series_id: pattern.series_id,
            day_of_week: pattern.day_of_week,
            start: pattern.time.start(),
            end: pattern.time.end(),
            valid_from: pattern.validity.from,
            valid_until: pattern.validity.until,
            every_n_weeks: pattern.every,
            title: &details.title,
            notes: &details.notes,
            location: &details.location,
            color: details.color,
            reminder_minutes: details.reminder,
            active: *active,
        }
    }
}

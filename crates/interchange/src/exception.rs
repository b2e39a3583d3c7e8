//! One row of `exceptions`.

use serde::Serialize;
use weekwise_domain::{
    Cancellation, Date, Exception, ExceptionKey, Location, Minute, Notes, Override, SeriesId, TimeRange, Title,
};

use crate::{
    fields::Fields,
    kind::{DATE, ID, IS_CANCELLED, LOCATION, NOTES, TIME, TITLE},
    schedule::range,
};

/// What the row belongs to; none if a problem was noted.
pub(crate) fn read_key(row: &mut Fields<'_>) -> Option<ExceptionKey> {
    let series_id = row.required("series_id", ID);
    let date = row.required("date", DATE);
    Some(ExceptionKey { series_id: SeriesId(series_id?), date: date? })
}

/// What is different, with all problems noted; none if there were any.
pub(crate) fn read(row: &mut Fields<'_>) -> Option<Exception> {
    let is_cancelled = row.required("kind", IS_CANCELLED);
    let title = row.optional("title", TITLE);
    let notes = row.optional("notes", NOTES);
    if is_cancelled? {
        return Some(Exception::Cancelled(Cancellation { title: title?, notes: notes? }));
    }
    let time = read_time(row);
    let moved_to = row.optional("moved_to", DATE);
    let location = row.optional("location", LOCATION);
    Some(Exception::Override(Override {
        time: time?,
        moved_to: moved_to?,
        title: title?,
        notes: notes?,
        location: location?,
    }))
}

fn read_time(row: &mut Fields<'_>) -> Option<Option<TimeRange>> {
    let (start, end) = (row.optional("start", TIME), row.optional("end", TIME));
    match (start?, end?) {
        (None, None) => Some(None),
        (Some(start), Some(end)) => range(row, Some(start), Some(end)).map(Some),
        (Some(_), None) => {
            row.problem("end", ONE_TIME);
            None
        }
        (None, Some(_)) => {
            row.problem("start", ONE_TIME);
            None
        }
    }
}

const ONE_TIME: &str = "missing: give both start and end, or neither to keep the usual time";

/// The row as it is written.
#[derive(Serialize)]
pub(crate) struct Row<'a> {
    series_id: SeriesId,
    date: Date,
    #[serde(flatten)]
    what: What<'a>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum What<'a> {
    Cancelled {
        title: Option<&'a Title>,
        notes: Option<&'a Notes>,
    },
    Override {
        start: Option<Minute>,
        end: Option<Minute>,
        moved_to: Option<Date>,
        title: Option<&'a Title>,
        notes: Option<&'a Notes>,
        location: Option<&'a Location>,
    },
}

impl<'a> From<&'a (ExceptionKey, Exception)> for Row<'a> {
    fn from((key, exception): &'a (ExceptionKey, Exception)) -> Self {
        let what = match exception {
            Exception::Cancelled(reason) => {
                What::Cancelled { title: reason.title.as_ref(), notes: reason.notes.as_ref() }
            }
            Exception::Override(change) => What::Override {
                start: change.time.map(TimeRange::start),
                end: change.time.map(TimeRange::end),
                moved_to: change.moved_to,
                title: change.title.as_ref(),
                notes: change.notes.as_ref(),
                location: change.location.as_ref(),
            },
        };
        Self { series_id: key.series_id, date: key.date, what }
    }
}

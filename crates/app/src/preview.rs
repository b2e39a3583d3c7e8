//! What an edit would come to.

use weekwise_domain::{Date, DateRange, Edit, Occurrence, Rows, SeriesId, expand, overlaps, plan};
use weekwise_protocol::{Failure, OverlapWarning, PreviewEdit, Previewed};

use crate::{
    App, clock,
    failure::{refused, stored},
    zone,
};

/// How many overlaps a person is told of.
const WARNINGS: usize = 3;

impl App {
    /// What an edit would come to, in numbers, and where its dates would overlap with other slots; changes nothing.
    ///
    /// # Errors
    /// As for [`edit`](Self::edit).
    pub async fn preview(&self, PreviewEdit { request }: PreviewEdit) -> Result<Previewed, Failure> {
        zone::check(&request.edit)?;
        let mut reading = self.read().await?;
        let mut rows = reading.rows_for(&request.edit).await.map_err(stored)?;
        let planned = plan(&request, &rows).map_err(refused)?;
        let mut after = rows.clone();
        after.apply(&planned.changes);
        let Some(scope) = Scope::of(&request.edit, &after, clock::now().date) else {
            return Ok(Previewed { preview: planned.preview, overlaps: Vec::new() });
        };
        rows.exceptions.extend(reading.exceptions_in(scope.window).await.map_err(stored)?);
        rows.apply(&planned.changes);
        Ok(Previewed { preview: planned.preview, overlaps: scope.warnings(&rows) })
    }
}

/// The dates of which overlaps are told.
struct Scope {
    series_id: SeriesId,
    /// The one date, when the edit is about one.
    original_date: Option<Date>,
    window: DateRange,
}

impl Scope {
    /// None for edits that put no slot anywhere. `after` are the rows with the edit done.
    fn of(edit: &Edit, after: &Rows, today: Date) -> Option<Self> {
        let year_from = |series_id: SeriesId, from: Date| {
            let window = DateRange::new(from, from.saturating_plus_days(365))?;
            Some(Self { series_id, original_date: None, window })
        };
        match edit {
            Edit::Create { schedule } => {
                let series_id = schedule.pattern.series_id;
                year_from(series_id, first_of_interest(after, series_id, today)?)
            }
            Edit::ChangeSeries { series_id, .. } => year_from(*series_id, first_of_interest(after, *series_id, today)?),
            Edit::ChangeFollowing { series_id, date, new_id, .. } => {
                let first = after.schedules.get(new_id).and_then(|row| row.pattern.first_date());
                year_from(*series_id, first.map_or(*date, |first| first.min(*date)))
            }
            Edit::ChangeDate { series_id, date, change } => {
                let to = change.moved_to.unwrap_or(*date);
                let window = DateRange::new(to, to)?;
                Some(Self { series_id: *series_id, original_date: Some(*date), window })
            }
            _ => None,
        }
    }

    fn concerns(&self, occurrence: &Occurrence<'_>) -> bool {
        occurrence.schedule.pattern.series_id == self.series_id
            && self.original_date.is_none_or(|date| occurrence.original_date == date)
    }

    fn warnings(&self, after: &Rows) -> Vec<OverlapWarning> {
        let occurrences = expand(after.schedules.values(), &after.exceptions, self.window);
        let others = overlaps(&occurrences).filter_map(|(a, b)| match (self.concerns(a), self.concerns(b)) {
            (true, false) => Some(b),
            (false, true) => Some(a),
            _ => None,
        });
        let warnings = others.map(|other| OverlapWarning {
            date: other.date,
            title: other
                .exception
                .and_then(|it| it.title.clone())
                .unwrap_or_else(|| other.schedule.details.title.clone()),
            time: other.time,
        });
        warnings.take(WARNINGS).collect()
    }
}

/// The first date of a series; today, when the series has begun and still goes on, for no one
/// wants to be warned of what is past.
fn first_of_interest(after: &Rows, series_id: SeriesId, today: Date) -> Option<Date> {
    let segments = after.segments(series_id);
    let live = || segments.iter().filter(|row| row.active);
    let first = live().filter_map(|row| row.pattern.first_date()).min()?;
    let last = live().filter_map(|row| row.pattern.last_date()).max()?;
    Some(if first < today && today <= last { today } else { first })
}

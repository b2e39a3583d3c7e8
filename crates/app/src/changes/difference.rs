//! Changes as values that can be put into words.

use weekwise_domain::{Change, Date, DateRange, Details, Pattern, Rows, Schedule, ScheduleId, SeriesId, TimeRange};
use weekwise_protocol::{Both, Difference, Field, SlotName, What};

/// How many differences of one edit are told.
const MOST: usize = 20;

/// Puts changes into values, with the names that slots have now.
pub(super) struct Differences<'a> {
    pub(super) rows: &'a Rows,
    pub(super) today: Date,
}

impl Differences<'_> {
    /// What changes come to, in their order, and how many more there are than are told.
    pub(super) fn of(&self, changes: &[Change]) -> (Vec<Difference>, u32) {
        let mut told: Vec<Difference> = Vec::new();
        let (mut last, mut more) = (None, 0);
        for change in changes {
            let Some(difference) = self.among(change, changes) else { continue };
            let id = schedule_of(change);
            // Of one schedule the registers that were edited together are told as one.
            if let (What::Fields(new), Some(Difference { what: What::Fields(fields), .. }), true) =
                (&difference.what, told.last_mut(), id.is_some() && id == last)
            {
                fields.extend(new.iter().cloned());
            } else if told.len() < MOST {
                told.push(difference);
            } else {
                more += 1;
            }
            last = id;
        }
        (told, more)
    }

    /// What a change comes to by itself; none where it changes nothing that is told.
    pub(super) fn one(&self, change: &Change) -> Option<Difference> {
        self.among(change, std::slice::from_ref(change))
    }

    /// The slot that a change is about.
    pub(super) fn slot_of(&self, change: &Change) -> Option<SlotName> {
        let series_id = self.series_of(change)?;
        let segments = self.rows.segments(series_id);
        let named = segments.iter().rfind(|row| row.pattern.validity.range().is_some()).or(segments.last()).copied();
        let gone = || match change {
            Change::Schedule { before, after, .. } => after.as_deref().or(before.as_deref()),
            _ => None,
        };
        let title = named.or_else(gone)?.details.title.clone();
        let date = match change {
            Change::Exception { key, after, .. } => {
                let moved = after.as_ref().and_then(|it| it.as_override()).and_then(|it| it.moved_to);
                segments.iter().any(|row| row.active).then_some(moved.unwrap_or(key.date))
            }
            _ => self.date_of(&segments),
        };
        Some(SlotName { series_id, title, date })
    }

    fn among(&self, change: &Change, all: &[Change]) -> Option<Difference> {
        Some(Difference { slot: self.slot_of(change), what: self.what(change, all)? })
    }

    fn what(&self, change: &Change, all: &[Change]) -> Option<What> {
        Some(match change {
            Change::Schedule { before: None, after: Some(row), .. } if self.is_part(row, all) => {
                What::Divided(row.clone())
            }
            Change::Schedule { before: None, after: Some(row), .. } => What::Added(row.clone()),
            Change::Schedule { before: Some(row), after: None, .. } => What::Removed(row.clone()),
            Change::Schedule { before: Some(before), after: Some(after), .. } => {
                let mut both = pattern_fields(&before.pattern, &after.pattern);
                both.extend(details_fields(&before.details, &after.details));
                fields(both)?
            }
            Change::Pattern { before, after, .. } => fields(pattern_fields(before, after))?,
            Change::Details { before, after, .. } => fields(details_fields(before, after))?,
            Change::Active { before, after, .. } if before == after => return None,
            Change::Active { after: true, .. } => What::Restored,
            Change::Active { after: false, .. } => What::Trashed,
            Change::Exception { before, after, .. } if before == after => return None,
            Change::Exception { key, before, after } => What::Date {
                date: key.date,
                usual: self.usual_time(key.series_id, key.date),
                exception: Both { before: before.as_deref().cloned(), after: after.as_deref().cloned() },
            },
            Change::Setting { before, after } if before == after => return None,
            Change::Setting { before, after } => What::Setting(Both { before: before.clone(), after: after.clone() }),
            Change::Schedule { before: None, after: None, .. } | Change::Dealt { .. } => return None,
        })
    }

    /// Whether a schedule is another part of a series that there was.
    fn is_part(&self, row: &Schedule, all: &[Change]) -> bool {
        let series = row.pattern.series_id;
        let is_new = |id: ScheduleId| {
            let mut made = all.iter();
            made.any(|it| matches!(it, Change::Schedule { id: made, before: None, .. } if *made == id))
        };
        self.rows.segments(series).iter().any(|other| other.id != row.id && !is_new(other.id))
    }

    fn series_of(&self, change: &Change) -> Option<SeriesId> {
        match change {
            Change::Schedule { before, after, .. } => {
                after.as_ref().or(before.as_ref()).map(|row| row.pattern.series_id)
            }
            Change::Pattern { after, .. } => Some(after.series_id),
            Change::Details { id, .. } | Change::Active { id, .. } => {
                self.rows.schedules.get(id).map(|row| row.pattern.series_id)
            }
            Change::Exception { key, .. } => Some(key.series_id),
            Change::Setting { .. } | Change::Dealt { .. } => None,
        }
    }

    /// The next date of a series from today on, else its last one.
    fn date_of(&self, segments: &[&Schedule]) -> Option<Date> {
        let active = || segments.iter().filter(|row| row.active).map(|row| &row.pattern);
        let ahead = DateRange::new(self.today, Date::MAX)?;
        let next = active().filter_map(|pattern| pattern.dates_in(ahead).next()).min();
        next.or_else(|| active().filter_map(Pattern::last_date).max())
    }

    fn usual_time(&self, series: SeriesId, date: Date) -> Option<TimeRange> {
        let segments = self.rows.segments(series);
        segments.iter().find(|row| row.pattern.occurs_on(date)).map(|row| row.pattern.time)
    }
}

/// No fields are no difference.
fn fields(fields: Vec<Field>) -> Option<What> {
    (!fields.is_empty()).then_some(What::Fields(fields))
}

fn schedule_of(change: &Change) -> Option<ScheduleId> {
    match change {
        Change::Schedule { id, .. }
        | Change::Pattern { id, .. }
        | Change::Details { id, .. }
        | Change::Active { id, .. } => Some(*id),
        Change::Exception { .. } | Change::Setting { .. } | Change::Dealt { .. } => None,
    }
}

/// Both values of a field, if they differ.
fn field<T: PartialEq + Clone>(before: &T, after: &T, name: fn(Both<T>) -> Field) -> Option<Field> {
    (before != after).then(|| name(Both { before: before.clone(), after: after.clone() }))
}

fn pattern_fields(before: &Pattern, after: &Pattern) -> Vec<Field> {
    let Pattern { series_id, day_of_week, time, validity, every } = before;
    let fields = [
        field(day_of_week, &after.day_of_week, Field::Weekday),
        field(time, &after.time, Field::Time),
        field(&validity.from, &after.validity.from, Field::From),
        field(&validity.until, &after.validity.until, Field::Until),
        field(every, &after.every, Field::Every),
        field(series_id, &after.series_id, Field::Series),
    ];
    fields.into_iter().flatten().collect()
}

fn details_fields(before: &Details, after: &Details) -> Vec<Field> {
    let Details { title, notes, location, color, reminder } = before;
    let fields = [
        field(title, &after.title, Field::Title),
        field(location, &after.location, Field::Location),
        field(notes, &after.notes, Field::Notes),
        field(color, &after.color, Field::Color),
        field(reminder, &after.reminder, Field::Reminder),
    ];
    fields.into_iter().flatten().collect()
}

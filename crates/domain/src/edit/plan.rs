//! From an edit to a plan.

use serde::{Deserialize, Serialize};

use super::{Count, Edit, EditError, ImportTally, Preview, Request, following, import, preview, series, settle};
use crate::{
    Cancellation, Change, Date, Exception, ExceptionKey, Override, Rows, Schedule, SeriesId, Setting, SlotLimit, Title,
    limit::raised_above,
};

/// What an edit comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The registers to set, all or none.
    pub changes: Vec<Change>,
    /// What the person is told before.
    pub preview: Preview,
    /// What the person is told after.
    pub summary: Summary,
}

/// What was done, for the toast and the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Which kind of edit.
    pub subject: Subject,
    /// The title of the slot, if the edit was about one.
    pub title: Option<Title>,
    /// The date, if the edit was about one.
    pub date: Option<Date>,
}

/// The kinds of edit, as a person would name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A slot was made.
    Created,
    /// A date was changed.
    DateChanged,
    /// A date was moved to another one.
    DateMoved,
    /// A date was cancelled.
    DateCancelled,
    /// A date follows the pattern again.
    PutBack,
    /// A series was changed.
    SeriesChanged,
    /// A date and those after it were changed.
    FollowingChanged,
    /// A series was ended before a date.
    Ended,
    /// A series was put into the trash.
    Trashed,
    /// A series was taken out of the trash.
    Restored,
    /// A series was removed for good.
    Purged,
    /// A setting was changed.
    SettingChanged,
    /// A file was read in.
    Imported(ImportTally),
    /// What came from another device was taken back.
    TakenBack {
        /// How many of its changes are left, since they were edited.
        left: u32,
    },
    /// Of two versions in conflict, the one that holds was kept.
    ConflictKept,
    /// Of two versions in conflict, the other one was used.
    OtherUsed,
    /// An edit that had not been taken was done again.
    DoneAgain,
    /// An edit that had not been taken was given up.
    RejectionDismissed,
}

/// What `request` would do to `rows`.
///
/// # Errors
/// When the edit names what is not there, would leave a series without dates or with two
/// segments on one date, or would raise a weekday's slots above the limit.
///
/// ```
/// use weekwise_domain::{Edit, Rows, Schedule, plan};
///
/// let choir: Schedule = serde_json::from_str(
///     r#"{
///         "id": "019ac000-0000-7000-8000-000000000000",
///         "pattern": {
///             "series_id": "019ac000-0000-7000-8000-000000000000",
///             "day_of_week": 4,
///             "time": { "start": "18:00", "end": "20:00" },
///             "validity": { "from": "2026-09-03", "until": "2027-06-24" },
///             "every": 2
///         },
///         "details": { "title": "Choir", "notes": "", "location": "Hall", "color": "teal", "reminder": null },
///         "active": true
///     }"#,
/// )?;
/// let series_id = choir.pattern.series_id;
/// let mut rows = Rows::default();
/// let created = plan(&Edit::Create { schedule: Box::new(choir) }.into(), &rows)?;
/// assert_eq!(created.preview.dates_after.dates, 22);
/// rows.apply(&created.changes);
///
/// let cancelled = Edit::CancelDate { series_id, date: "2026-12-24".parse()?, reason: Box::default() };
/// rows.apply(&plan(&cancelled.into(), &rows)?.changes);
/// assert_eq!(rows.exceptions.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn plan(request: &Request, rows: &Rows) -> Result<Plan, EditError> {
    let mut plan = plan_edit(&request.edit, rows)?;
    plan.changes.extend(raise(request, rows.settings.slot_limit));
    plan.changes.retain(|change| !change.is_idle());
    let mut after = rows.clone();
    after.apply(&plan.changes);
    check_segments(&after, &plan.changes)?;
    if !request.edit.keeps_every_row() {
        check_limit(rows, &after, after.settings.slot_limit)?;
    }
    Ok(plan)
}

/// The raise of the slot limit that was allowed along with an edit of slots: it never lowers the limit.
fn raise(request: &Request, current: SlotLimit) -> Option<Change> {
    let edits_settings = matches!(request.edit, Edit::Set { .. } | Edit::Import { .. });
    let raised = request.raise_slot_limit.filter(|&limit| limit > current && !edits_settings)?;
    Some(Change::Setting { before: Setting::SlotLimit(current), after: Setting::SlotLimit(raised) })
}

fn plan_edit(edit: &Edit, rows: &Rows) -> Result<Plan, EditError> {
    match edit {
        Edit::Create { schedule } => create(rows, schedule),
        Edit::ChangeDate { series_id, date, change } => change_date(rows, *series_id, *date, change),
        Edit::CancelDate { series_id, date, reason } => cancel_date(rows, *series_id, *date, reason),
        Edit::PutBack { series_id, date } => put_back(rows, *series_id, *date),
        Edit::ChangeSeries { series_id, patch, displaced, first_weekday } => {
            series::change(rows, *series_id, patch, *displaced, *first_weekday)
        }
        Edit::ChangeFollowing { series_id, date, new_id, patch, displaced, first_weekday } => {
            let split = following::Split { series_id: *series_id, date: *date, new_id: *new_id };
            following::change(rows, split, patch, *displaced, *first_weekday)
        }
        Edit::EndBefore { series_id, date } => following::end_before(rows, *series_id, *date),
        Edit::Trash { series_id } => set_active(rows, *series_id, false),
        Edit::Restore { series_id } => set_active(rows, *series_id, true),
        Edit::Purge { series_id } => purge(rows, *series_id),
        Edit::Set { setting } => Ok(set(rows, setting)),
        Edit::Import { schedules, exceptions, settings } => Ok(import::import(rows, schedules, exceptions, settings)),
        Edit::TakeBack { matter, changes } => settle::take_back(rows, *matter, changes),
        Edit::Settle { matters, changes } => settle::settle(rows, matters, changes),
    }
}

/// The segments of a series that is there and not in the trash.
pub(super) fn live_segments(rows: &Rows, series_id: SeriesId) -> Result<Vec<&Schedule>, EditError> {
    let segments = rows.segments(series_id);
    match segments.first() {
        None => Err(EditError::UnknownSeries { series_id }),
        Some(_) if segments.iter().all(|row| !row.active) => Err(EditError::InTrash { series_id }),
        Some(_) => Ok(segments.into_iter().filter(|row| row.active).collect()),
    }
}

/// The segment of a series that occurs on `date`.
pub(super) fn segment_on(rows: &Rows, series_id: SeriesId, date: Date) -> Result<&Schedule, EditError> {
    let segments = live_segments(rows, series_id)?;
    segments.into_iter().find(|row| row.pattern.occurs_on(date)).ok_or(EditError::NotADate { date })
}

/// The summary of an edit of a whole series. Its title is that of the last segment that was not ended before it began.
pub(super) fn about_series(subject: Subject, segments: &[&Schedule]) -> Summary {
    let last = segments.iter().rfind(|row| row.pattern.validity.range().is_some()).or(segments.last());
    Summary { subject, title: last.map(|row| row.details.title.clone()), date: None }
}

fn create(rows: &Rows, schedule: &Schedule) -> Result<Plan, EditError> {
    let id = schedule.id;
    if rows.schedules.contains_key(&id) || !rows.segments(schedule.pattern.series_id).is_empty() {
        return Err(EditError::IdTaken { id });
    }
    schedule.pattern.first_date().ok_or(EditError::NoDates)?;
    let after = Some(Box::new(schedule.clone()));
    Ok(Plan {
        changes: vec![Change::Schedule { id, before: None, after }],
        preview: Preview { dates_after: Count::of([schedule].into_iter()), ..Preview::default() },
        summary: about_series(Subject::Created, &[schedule]),
    })
}

fn change_date(rows: &Rows, series_id: SeriesId, date: Date, change: &Override) -> Result<Plan, EditError> {
    let segment = segment_on(rows, series_id, date)?;
    let mut change = change.clone();
    change.moved_to = change.moved_to.filter(|&to| to != date);
    let subject = if change.moved_to.is_some() { Subject::DateMoved } else { Subject::DateChanged };
    let after = (change != Override::default()).then_some(Exception::Override(change));
    Ok(one_date(rows, segment, date, after, subject))
}

fn cancel_date(rows: &Rows, series_id: SeriesId, date: Date, reason: &Cancellation) -> Result<Plan, EditError> {
    let segment = segment_on(rows, series_id, date)?;
    Ok(one_date(rows, segment, date, Some(Exception::Cancelled(reason.clone())), Subject::DateCancelled))
}

/// Puts a date back, also one on which the series no longer occurs: that clears the ledger.
fn put_back(rows: &Rows, series_id: SeriesId, date: Date) -> Result<Plan, EditError> {
    if !rows.exceptions.contains_key(&ExceptionKey { series_id, date }) {
        return Err(EditError::NothingToPutBack { date });
    }
    let segments = live_segments(rows, series_id)?;
    let segment = segments.iter().find(|row| row.pattern.occurs_on(date)).unwrap_or(&segments[0]);
    Ok(one_date(rows, segment, date, None, Subject::PutBack))
}

fn one_date(rows: &Rows, segment: &Schedule, date: Date, after: Option<Exception>, subject: Subject) -> Plan {
    let key = ExceptionKey { series_id: segment.pattern.series_id, date };
    let before = rows.exceptions.get(&key).cloned().map(Box::new);
    let dates = u32::from(segment.pattern.occurs_on(date));
    let count = Count { dates, open_ended: false };
    Plan {
        changes: vec![Change::Exception { key, before, after: after.map(Box::new) }],
        preview: Preview { dates_before: count, dates_after: count, ..Preview::default() },
        summary: Summary { subject, title: Some(segment.details.title.clone()), date: Some(date) },
    }
}

fn set_active(rows: &Rows, series_id: SeriesId, active: bool) -> Result<Plan, EditError> {
    let segments = rows.segments(series_id);
    if segments.is_empty() {
        return Err(EditError::UnknownSeries { series_id });
    }
    if !active && segments.iter().all(|row| !row.active) {
        return Err(EditError::InTrash { series_id });
    }
    if active && segments.iter().all(|row| row.active) {
        return Err(EditError::NotInTrash { series_id });
    }
    // A part that another one took the dates of, such as that of a division that was undone, stays where it is.
    let mut there: Vec<&Schedule> = segments.iter().copied().filter(|row| row.active == active).collect();
    let mut changes = Vec::new();
    for row in segments.iter().copied().filter(|row| row.active != active) {
        if !active || there.iter().all(|other| !other.pattern.validity.meets(row.pattern.validity)) {
            there.push(row);
            changes.push(Change::Active { id: row.id, before: row.active, after: active });
        }
    }
    let subject = if active { Subject::Restored } else { Subject::Trashed };
    let summary = about_series(subject, &segments);
    Ok(Plan { preview: preview::of_series(rows, series_id, &changes), changes, summary })
}

fn purge(rows: &Rows, series_id: SeriesId) -> Result<Plan, EditError> {
    let segments = rows.segments(series_id);
    if segments.is_empty() {
        return Err(EditError::UnknownSeries { series_id });
    }
    if segments.iter().any(|row| row.active) {
        return Err(EditError::NotInTrash { series_id });
    }
    let exceptions = rows.exceptions_of(series_id).map(|(date, value)| Change::Exception {
        key: ExceptionKey { series_id, date },
        before: Some(Box::new(value.clone())),
        after: None,
    });
    let schedules =
        segments.iter().map(|&row| Change::Schedule { id: row.id, before: Some(Box::new(row.clone())), after: None });
    let changes: Vec<_> = exceptions.chain(schedules).collect();
    let summary = about_series(Subject::Purged, &segments);
    Ok(Plan { preview: preview::of_series(rows, series_id, &changes), changes, summary })
}

fn set(rows: &Rows, setting: &Setting) -> Plan {
    let change = Change::Setting { before: rows.settings.value_of(setting), after: setting.clone() };
    let summary = Summary { subject: Subject::SettingChanged, title: None, date: None };
    Plan { changes: vec![change], preview: Preview::default(), summary }
}

/// The series whose patterns `changes` touch must keep their segments apart.
fn check_segments(after: &Rows, changes: &[Change]) -> Result<(), EditError> {
    let mut touched: Vec<SeriesId> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Schedule { after: Some(row), .. } => Some(row.pattern.series_id),
            Change::Pattern { after, .. } => Some(after.series_id),
            _ => None,
        })
        .collect();
    touched.sort_unstable();
    touched.dedup();
    touched.into_iter().try_for_each(|series_id| match meeting_segments(after, series_id) {
        Some((first, second)) => {
            let date = first.pattern.validity.from.max(second.pattern.validity.from);
            Err(EditError::SegmentsMeet { first: first.id, second: second.id, date })
        }
        None => Ok(()),
    })
}

/// Two segments of a series that are valid on one date, if there are such. One that alone is in the trash meets none of the
/// others: with an account, what the undo of a division takes away is put there.
pub(super) fn meeting_segments(rows: &Rows, series_id: SeriesId) -> Option<(&Schedule, &Schedule)> {
    let segments = rows.segments(series_id);
    segments.iter().enumerate().find_map(|(i, &first)| {
        let mut others = segments[i + 1..].iter();
        let meets =
            |other: &&&Schedule| first.active == other.active && first.pattern.validity.meets(other.pattern.validity);
        others.find(meets).map(|&second| (first, second))
    })
}

fn check_limit(before: &Rows, after: &Rows, limit: SlotLimit) -> Result<(), EditError> {
    match raised_above(before.schedules.values(), after.schedules.values(), limit) {
        Some(over) => Err(EditError::SlotLimit { over, limit }),
        None => Ok(()),
    }
}

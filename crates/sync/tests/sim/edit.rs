//! What people do: edits drawn at random, each with values that no other edit has.

use uuid::Uuid;
use weekwise_domain::{
    Cancellation, Change, Date, Details, Displaced, Edit, EveryNWeeks, Exception, ExceptionKey, Minute, Override,
    Pattern, Request, Rows, Schedule, ScheduleId, SeriesId, SeriesPatch, Setting, SlotLimit, TimeRange, TimeZone,
    Title, Until, Validity, Weekday, plan, revert,
};

use crate::random::Random;

/// An edit, as the week model sees it.
#[derive(Debug, Clone)]
pub struct Done {
    pub changes: Vec<Change>,
    /// A split that changes no date must touch no exception.
    pub is_plain_split: bool,
}

/// Draws an edit of `rows`; none if the week model refuses it. `token` is a number that no other edit has. `undo` holds what was
/// done here before.
pub fn draw(rows: &Rows, random: &mut Random, token: u64, undo: &mut Vec<Vec<Change>>) -> Option<Done> {
    if random.one_in(12) && !undo.is_empty() {
        let at = random.below(undo.len());
        let changes = revert(&undo.remove(at), rows).changes;
        return (!changes.is_empty()).then_some(Done { changes, is_plain_split: false });
    }
    let request = request(rows, random, token)?;
    let is_plain_split = matches!(&request.edit, Edit::ChangeFollowing { patch, .. } if !patch.moves_dates());
    let changes = plan(&request, rows).ok()?.changes;
    if changes.is_empty() {
        return None;
    }
    undo.push(changes.clone());
    Some(Done { changes, is_plain_split })
}

/// Draws what a person asks for. The week model may refuse it.
pub fn request(rows: &Rows, random: &mut Random, token: u64) -> Option<Request> {
    let edit = edit(rows, random, token)?;
    Some(Request { edit, raise_slot_limit: SlotLimit::try_from(random.between(8, 12)).ok() })
}

fn edit(rows: &Rows, random: &mut Random, token: u64) -> Option<Edit> {
    let mut series: Vec<SeriesId> = rows.schedules.values().map(|row| row.pattern.series_id).collect();
    series.sort();
    series.dedup();
    let wanted = 4;
    if series.len() < wanted && random.one_in(3) || series.is_empty() || random.one_in(20) {
        return Some(if random.one_in(6) { import(random, token) } else { create(random, token) });
    }
    let series_id = *random.pick(&series)?;
    let date = date_of(rows, series_id, random)?;
    let first_weekday = Weekday::MONDAY;
    let displaced = if random.one_in(3) { Displaced::Leave } else { Displaced::Carry };
    Some(match random.below(100) {
        0..16 => {
            let moved_to = random.one_in(4).then(|| day(random));
            let change =
                Override { time: Some(time(token)), moved_to, title: Some(title(token)), ..Override::default() };
            Edit::ChangeDate { series_id, date, change: Box::new(change) }
        }
        16..26 => {
            let reason = Cancellation { title: Some(title(token)), notes: None };
            Edit::CancelDate { series_id, date, reason: Box::new(reason) }
        }
        26..33 => {
            let dates: Vec<Date> = rows.exceptions_of(series_id).map(|(date, _)| date).collect();
            Edit::PutBack { series_id, date: *random.pick(&dates)? }
        }
        33..54 => {
            let patch = Box::new(patch(random, token));
            Edit::ChangeSeries { series_id, patch, displaced, first_weekday }
        }
        54..66 => {
            let new_id = ScheduleId(Uuid::from_u128(1_000 + u128::from(token)));
            let patch = Box::new(patch(random, token));
            Edit::ChangeFollowing { series_id, date, new_id, patch, displaced, first_weekday }
        }
        66..70 => Edit::EndBefore { series_id, date },
        70..80 => Edit::Trash { series_id },
        80..87 => Edit::Restore { series_id },
        87..91 => Edit::Purge { series_id },
        _ => Edit::Set { setting: setting(random, token) },
    })
}

fn create(random: &mut Random, token: u64) -> Edit {
    let id = ScheduleId(Uuid::from_u128(1_000 + u128::from(token)));
    Edit::Create { schedule: Box::new(schedule(id, random, token)) }
}

/// A file that several devices, and several accounts, may read in: the same ids, other contents.
fn import(random: &mut Random, token: u64) -> Edit {
    let id = ScheduleId(Uuid::from_u128(1 + random.below(3) as u128));
    let schedule = schedule(id, random, token);
    let key = ExceptionKey { series_id: id.into(), date: day(random) };
    let exception = Exception::Cancelled(Cancellation { title: Some(title(token)), notes: None });
    let settings = if random.one_in(3) { vec![setting(random, token)] } else { Vec::new() };
    Edit::Import { schedules: vec![schedule], exceptions: vec![(key, exception)], settings }
}

fn schedule(id: ScheduleId, random: &mut Random, token: u64) -> Schedule {
    let from = day(random);
    let until = random.one_in(3).then(|| from.saturating_plus_days(random.between(0, 80) as i32));
    let pattern = Pattern {
        series_id: id.into(),
        day_of_week: from.weekday(),
        time: time(token),
        validity: Validity { from, until },
        every: EveryNWeeks::try_from(random.between(1, 2)).unwrap(),
    };
    Schedule { id, pattern, details: Details { title: title(token), ..Details::default() }, active: true }
}

fn patch(random: &mut Random, token: u64) -> SeriesPatch {
    let mut patch = SeriesPatch::default();
    if random.one_in(2) {
        patch.title = Some(title(token));
    }
    if random.one_in(2) || patch.title.is_none() {
        patch.time = Some(time(token));
    }
    if random.one_in(5) {
        patch.day_of_week = Weekday::try_from(random.below(7) as u8).ok();
    }
    if random.one_in(8) {
        patch.valid_until = Some(if random.one_in(2) { Until::Never } else { Until::On(day(random)) });
    }
    if random.one_in(12) {
        patch.valid_from = Some(day(random));
    }
    patch
}

pub fn setting(random: &mut Random, token: u64) -> Setting {
    match random.below(4) {
        0 => Setting::SlotLimit(SlotLimit::try_from(random.between(8, 20)).unwrap()),
        1 => Setting::FirstWeekday(Weekday::try_from(random.below(7) as u8).ok()),
        _ => Setting::TimeZone(TimeZone::try_from(format!("Zone/N{token}")).ok()),
    }
}

/// A date on which the series occurs, as a rule.
fn date_of(rows: &Rows, series_id: SeriesId, random: &mut Random) -> Option<Date> {
    let window = weekwise_domain::DateRange::new(first_day(), first_day().saturating_plus_days(120))?;
    let segments = rows.segments(series_id);
    let dates: Vec<Date> = segments.iter().flat_map(|row| row.pattern.dates_in(window).take(6)).collect();
    Some(random.pick(&dates).copied().unwrap_or_else(|| day(random)))
}

fn first_day() -> Date {
    Date::from_ymd(2026, 1, 1).unwrap()
}

fn day(random: &mut Random) -> Date {
    first_day().saturating_plus_days(random.between(0, 60) as i32)
}

/// A time that belongs to the token alone.
fn time(token: u64) -> TimeRange {
    let start = (token % 700) as u16;
    let end = start + 1 + (token / 700) as u16;
    TimeRange::new(Minute::new(start).unwrap(), Minute::new(end).unwrap()).unwrap()
}

fn title(token: u64) -> Title {
    Title::new(format!("t{token}")).unwrap()
}

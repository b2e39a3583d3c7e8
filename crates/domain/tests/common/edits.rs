//! Random edits. What they name is picked when the rows are known.

use proptest::{collection::vec, option, prelude::*, sample::Index};
use weekwise_domain::*;

use super::*;

/// A request whose series and dates are picks.
#[derive(Debug, Clone)]
pub struct Step {
    act: Act,
    series: Index,
    pick: DatePick,
    first_weekday: Weekday,
    displaced: Displaced,
    raise: Option<SlotLimit>,
}

#[derive(Debug, Clone)]
enum Act {
    Create(Box<Schedule>, u16),
    ChangeDate(RawException),
    CancelDate(Cancellation),
    PutBack(Option<Index>),
    ChangeSeries(RawPatch),
    ChangeFollowing(RawPatch),
    EndBefore,
    Trash,
    Restore,
    Purge,
    Set(Setting),
    Import {
        updated: Vec<(Index, Schedule)>,
        added: Option<Box<Schedule>>,
        exceptions: Vec<(DatePick, RawException)>,
        settings: Vec<Setting>,
    },
}

/// A patch whose dates are offsets into an era.
#[derive(Debug, Clone)]
pub struct RawPatch {
    patch: SeriesPatch,
    valid_from: Option<u16>,
    valid_until: Option<Option<u16>>,
}

impl RawPatch {
    pub fn at(&self, era: Era) -> Box<SeriesPatch> {
        let until = |days: Option<u16>| days.map_or(Until::Never, |days| Until::On(era.day(days)));
        let valid_from = self.valid_from.map(|days| era.day(days));
        Box::new(SeriesPatch { valid_from, valid_until: self.valid_until.map(until), ..self.patch.clone() })
    }
}

pub fn any_patch() -> impl Strategy<Value = RawPatch> {
    let dates = (
        option::weighted(0.4, any_weekday()),
        option::weighted(0.2, 0..ERA_DAYS),
        option::weighted(0.2, option::weighted(0.8, 0..ERA_DAYS)),
        option::weighted(0.25, any_every()),
        prop::bool::weighted(0.1),
    );
    let what = (
        option::weighted(0.3, any_time()),
        option::weighted(0.3, any_line()),
        option::weighted(0.1, any_notes()),
        option::weighted(0.1, any_line()),
        option::weighted(0.1, any_color()),
    );
    (any::<[bool; 2]>(), dates, what).prop_map(|([moves, details], dates, (time, title, notes, location, color))| {
        let mut raw = RawPatch { patch: SeriesPatch::default(), valid_from: None, valid_until: None };
        if moves || !details {
            let (day_of_week, valid_from, valid_until, every, restart_rotation) = dates;
            raw.patch = SeriesPatch { day_of_week, every, restart_rotation, ..raw.patch };
            (raw.valid_from, raw.valid_until) = (valid_from, valid_until);
        }
        if details {
            raw.patch = SeriesPatch { time, title, notes, location, color, ..raw.patch };
        }
        raw
    })
}

fn any_schedule() -> impl Strategy<Value = Schedule> {
    (any_pattern(1, Just(date("2026-01-01")).boxed()), any_details(), prop::bool::weighted(0.9))
        .prop_map(|(pattern, details, active)| Schedule { id: schedule_id(1), pattern, details, active })
}

pub fn any_setting() -> impl Strategy<Value = Setting> {
    (any_settings(), 0..7).prop_map(|(settings, which)| match which {
        0 => Setting::SlotLimit(settings.slot_limit),
        1 => Setting::TimeZone(settings.time_zone),
        2 => Setting::FirstWeekday(settings.first_weekday),
        3 => Setting::Clock(settings.clock),
        4 => Setting::Theme(settings.theme),
        5 => Setting::HideWeekend(settings.hide_weekend),
        _ => Setting::View(settings.view),
    })
}

fn any_import() -> impl Strategy<Value = Act> {
    let updated = vec((any::<Index>(), any_schedule()), 0..3);
    let exceptions = vec((any_pick(), any_exception()), 0..4);
    (updated, option::of(any_schedule()), exceptions, vec(any_setting(), 0..3)).prop_map(
        |(updated, added, exceptions, settings)| Act::Import {
            updated,
            added: added.map(Box::new),
            exceptions,
            settings,
        },
    )
}

pub fn any_step() -> impl Strategy<Value = Step> {
    let override_only = any_exception().prop_filter("an override", |raw| matches!(raw, RawException::Override { .. }));
    let act = prop_oneof![
        2 => (any_schedule(), 0..ERA_DAYS).prop_map(|(row, day)| Act::Create(Box::new(row), day)),
        3 => override_only.prop_map(Act::ChangeDate),
        2 => any_cancellation().prop_map(Act::CancelDate),
        2 => option::weighted(0.8, any::<Index>()).prop_map(Act::PutBack),
        6 => any_patch().prop_map(Act::ChangeSeries),
        6 => any_patch().prop_map(Act::ChangeFollowing),
        2 => Just(Act::EndBefore),
        1 => Just(Act::Trash),
        2 => Just(Act::Restore),
        1 => Just(Act::Purge),
        1 => any_setting().prop_map(Act::Set),
        1 => any_import(),
    ];
    let displaced = prop_oneof![3 => Just(Displaced::Carry), 1 => Just(Displaced::Leave)];
    let raise = option::weighted(0.4, (1i64..=24).prop_map(limit));
    (act, any::<Index>(), any_pick(), any_weekday(), displaced, raise).prop_map(
        |(act, series, pick, first_weekday, displaced, raise)| Step {
            act,
            series,
            pick,
            first_weekday,
            displaced,
            raise,
        },
    )
}

/// The series that have a schedule, in order.
pub fn series_of(rows: &Rows) -> Vec<SeriesId> {
    let mut series: Vec<_> = rows.schedules.values().map(|row| row.pattern.series_id).collect();
    series.sort();
    series.dedup();
    series
}

impl Step {
    /// The request, about what the rows hold; `fresh` is an id that is not taken.
    pub fn request(&self, rows: &Rows, era: Era, fresh: u128) -> Request {
        let mut series = series_of(rows);
        series.push(series_id(9));
        let known = self.series.get(&series[..series.len().max(2) - 1]);
        // Now and then a series that has no schedule.
        let series_id = if self.series.index(40) == 0 { super::series_id(9) } else { *known };
        let date = self.pick.resolve(rows, series_id, era);
        let (displaced, first_weekday) = (self.displaced, self.first_weekday);
        let edit = match &self.act {
            Act::Create(row, offset) => Edit::Create { schedule: Box::new(moved_into_era(row, fresh, era, *offset)) },
            Act::ChangeDate(raw) => {
                let change = Box::new(raw.at(era).as_override().unwrap().clone());
                Edit::ChangeDate { series_id, date, change }
            }
            Act::CancelDate(reason) => Edit::CancelDate { series_id, date, reason: Box::new(reason.clone()) },
            Act::PutBack(index) => {
                let dates: Vec<_> = rows.exceptions_of(series_id).map(|(date, _)| date).collect();
                let date = index.filter(|_| !dates.is_empty()).map_or(date, |index| *index.get(&dates));
                Edit::PutBack { series_id, date }
            }
            Act::ChangeSeries(raw) => Edit::ChangeSeries { series_id, patch: raw.at(era), displaced, first_weekday },
            Act::ChangeFollowing(raw) => {
                let new_id = schedule_id(fresh);
                Edit::ChangeFollowing { series_id, date, new_id, patch: raw.at(era), displaced, first_weekday }
            }
            Act::EndBefore => Edit::EndBefore { series_id, date },
            Act::Trash => Edit::Trash { series_id },
            Act::Restore => Edit::Restore { series_id },
            Act::Purge => Edit::Purge { series_id },
            Act::Set(setting) => Edit::Set { setting: setting.clone() },
            Act::Import { updated, added, exceptions, settings } => {
                let ids: Vec<_> = rows.schedules.keys().copied().collect();
                let updated = updated.iter().filter(|_| !ids.is_empty()).map(|(index, row)| {
                    let known = &rows.schedules[index.get(&ids)];
                    let pattern = Pattern {
                        time: row.pattern.time,
                        day_of_week: row.pattern.day_of_week,
                        ..known.pattern.clone()
                    };
                    Schedule { pattern, details: row.details.clone(), ..known.clone() }
                });
                let added = added.iter().map(|row| moved_into_era(row, fresh, era, 7));
                let exceptions = exceptions.iter().map(|(pick, raw)| {
                    let date = pick.resolve(rows, series_id, era);
                    (ExceptionKey { series_id, date }, raw.at(era))
                });
                Edit::Import {
                    schedules: updated.chain(added).collect(),
                    exceptions: exceptions.collect(),
                    settings: settings.clone(),
                }
            }
        };
        Request { edit, raise_slot_limit: self.raise }
    }
}

fn moved_into_era(row: &Schedule, id: u128, era: Era, offset: u16) -> Schedule {
    let mut row = row.clone();
    let (from, old) = (era.day(offset), row.pattern.validity);
    let days = old.until.map(|until| until.day_number() - old.from.day_number());
    row.id = schedule_id(id);
    row.pattern.series_id = series_id(id);
    row.pattern.validity = Validity { from, until: days.map(|days| from.saturating_plus_days(days)) };
    row
}

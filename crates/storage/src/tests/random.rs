//! Whatever a person does, in whichever of two processes, the tables hold what the model says, and undo leads all the way
//! back.

use proptest::prelude::*;
use weekwise_domain::{
    Change, Displaced, EveryNWeeks, Exception, ExceptionKey, Location, Minute, SeriesPatch, Setting, SlotLimit, Until,
    plan, revert,
};

use super::*;
use crate::StartEvent;

/// Something a person does, in numbers that are made to fit the rows of the moment.
#[derive(Debug, Clone)]
enum Act {
    Create { day: u8, start: u16, length: u16, from: i32, weeks: Option<i32>, every: i64 },
    OneDate { series: usize, nth: usize, what: u8, to: i32 },
    Whole { series: usize, patch: SeriesPatch, carry: bool },
    Following { series: usize, nth: usize, patch: SeriesPatch, carry: bool },
    End { series: usize, nth: usize },
    Trash { series: usize, what: u8 },
    Limit(i64),
    Import { series: usize, day: i32 },
    Undo,
    Redo,
}

fn patch() -> impl Strategy<Value = SeriesPatch> {
    let day = prop::option::weighted(0.4, 0_u8..7);
    let time = prop::option::weighted(0.4, (0_u16..1300, 10_u16..120));
    let until = prop::option::weighted(0.3, prop::option::of(0_i32..400));
    (day, time, until, prop::option::weighted(0.3, 1_i64..4), prop::option::weighted(0.4, "[a-z]{0,8}")).prop_map(
        |(day, time, until, every, name)| SeriesPatch {
            day_of_week: day.map(|day| Weekday::try_from(day).unwrap()),
            time: time.map(|(start, length)| span(start, length)),
            valid_until: until.map(|days| days.map_or(Until::Never, |days| Until::On(day_after(days)))),
            every: every.map(|weeks| EveryNWeeks::try_from(weeks).unwrap()),
            title: name.map(|name| title(&name)),
            ..SeriesPatch::default()
        },
    )
}

fn act() -> impl Strategy<Value = Act> {
    let (series, nth) = (0_usize..4, 0_usize..30);
    prop_oneof![
        3 => (0_u8..7, 0_u16..1300, 10_u16..120, 0_i32..60, prop::option::of(0_i32..60), 1_i64..4)
            .prop_map(|(day, start, length, from, weeks, every)| Act::Create { day, start, length, from, weeks, every }),
        6 => (series.clone(), nth.clone(), 0_u8..4, -20_i32..20)
            .prop_map(|(series, nth, what, to)| Act::OneDate { series, nth, what, to }),
        2 => (series.clone(), patch(), any::<bool>())
            .prop_map(|(series, patch, carry)| Act::Whole { series, patch, carry }),
        3 => (series.clone(), nth.clone(), patch(), any::<bool>())
            .prop_map(|(series, nth, patch, carry)| Act::Following { series, nth, patch, carry }),
        1 => (series.clone(), nth).prop_map(|(series, nth)| Act::End { series, nth }),
        2 => (series.clone(), 0_u8..3).prop_map(|(series, what)| Act::Trash { series, what }),
        1 => (1_i64..24).prop_map(Act::Limit),
        1 => (series, 0_i32..100).prop_map(|(series, day)| Act::Import { series, day }),
        4 => Just(Act::Undo),
        2 => Just(Act::Redo),
    ]
}

fn day_after(days: i32) -> Date {
    date("2026-09-01").saturating_plus_days(days)
}

fn span(start: u16, length: u16) -> TimeRange {
    let start = Minute::new(start).unwrap();
    TimeRange::new(start, start.saturating_plus(length)).unwrap()
}

/// The edit that an act is, on these rows; none when it has nothing to act on.
fn edit(act: &Act, rows: &Rows, fresh: u128) -> Option<Edit> {
    let series: Vec<SeriesId> = rows.schedules.values().map(|row| row.pattern.series_id).collect();
    let pick = |number: usize| series.get(number % series.len().max(1)).copied();
    let nth_date = |series_id: SeriesId, nth: usize| {
        let segments = rows.segments(series_id);
        let mut dates = segments.iter().flat_map(|row| row.pattern.dates_in(weekwise_domain::DateRange::ALL));
        dates.nth(nth)
    };
    let displaced = |carry: bool| if carry { Displaced::Carry } else { Displaced::Leave };
    let first_weekday = Weekday::MONDAY;
    Some(match act.clone() {
        Act::Create { day, start, length, from, weeks, every } => {
            let mut row = mondays(fresh);
            row.pattern.day_of_week = Weekday::try_from(day).unwrap();
            row.pattern.time = span(start, length);
            let until = weeks.map(|weeks| day_after(from + weeks * 7));
            row.pattern.validity = Validity { from: day_after(from), until };
            row.pattern.every = EveryNWeeks::try_from(every).unwrap();
            Edit::Create { schedule: Box::new(row) }
        }
        Act::OneDate { series, nth, what, to } => {
            let series_id = pick(series)?;
            let date = nth_date(series_id, nth)?;
            let change = |change| Edit::ChangeDate { series_id, date, change: Box::new(change) };
            match what {
                0 => Edit::CancelDate { series_id, date, reason: Box::default() },
                1 => change(Override { moved_to: date.plus_days(to), ..Override::default() }),
                2 => change(Override {
                    time: Some(span(600, 60)),
                    location: Some(Location::new(to.to_string()).unwrap()),
                    ..Override::default()
                }),
                _ => Edit::PutBack { series_id, date },
            }
        }
        Act::Whole { series, patch, carry } => Edit::ChangeSeries {
            series_id: pick(series)?,
            patch: Box::new(patch),
            displaced: displaced(carry),
            first_weekday,
        },
        Act::Following { series, nth, patch, carry } => {
            let series_id = pick(series)?;
            Edit::ChangeFollowing {
                series_id,
                date: nth_date(series_id, nth)?,
                new_id: ScheduleId(Uuid::from_u128(fresh)),
                patch: Box::new(patch),
                displaced: displaced(carry),
                first_weekday,
            }
        }
        Act::End { series, nth } => {
            let series_id = pick(series)?;
            Edit::EndBefore { series_id, date: nth_date(series_id, nth)? }
        }
        Act::Trash { series, what } => {
            let series_id = pick(series)?;
            match what {
                0 => Edit::Trash { series_id },
                1 => Edit::Restore { series_id },
                _ => Edit::Purge { series_id },
            }
        }
        Act::Limit(limit) => Edit::Set { setting: Setting::SlotLimit(SlotLimit::try_from(limit).unwrap()) },
        Act::Import { series, day } => {
            let key = ExceptionKey { series_id: pick(series)?, date: day_after(day) };
            Edit::Import {
                schedules: vec![mondays(fresh)],
                exceptions: vec![(key, Exception::Cancelled(Cancellation::default()))],
                settings: vec![],
            }
        }
        Act::Undo | Act::Redo => return None,
    })
}

/// The rows as the model alone would have them, with what can be undone and done again.
#[derive(Default)]
struct Model {
    rows: Rows,
    done: Vec<Vec<Change>>,
    undone: Vec<Vec<Change>>,
}

/// Does each act in one of two stores on a folder, as the window and the command line do.
async fn run(acts: &[(Act, bool)]) {
    let place = Place::new();
    let stores = (place.store().await, place.store().await);
    let mut model = Model::default();
    for (fresh, (act, is_other)) in (1..).zip(acts) {
        let store = if *is_other { &stores.1 } else { &stores.0 };
        match act {
            Act::Undo => {
                let undone = store.undo(None, moment()).await.unwrap();
                assert_eq!(undone.is_some(), !model.done.is_empty());
                if let Some(changes) = model.done.pop() {
                    model.rows.apply(&revert(&changes, &model.rows).changes);
                    model.undone.push(changes);
                }
            }
            Act::Redo => {
                let redone = store.redo(moment()).await.unwrap();
                assert_eq!(redone.is_some(), !model.undone.is_empty());
                if let Some(changes) = model.undone.pop() {
                    model.rows.apply(&changes);
                    model.done.push(changes);
                }
            }
            _ => {
                let Some(edit) = edit(act, &model.rows, fresh) else { continue };
                let request = Request::from(edit);
                let planned = plan(&request, &model.rows);
                let loaded = store.read().await.unwrap().rows_for(&request.edit).await.unwrap();
                assert_eq!(plan(&request, &loaded), planned, "the rows that are read for an edit are enough");
                match (store.try_do(request).await, planned) {
                    (Ok(edited), Ok(planned)) => {
                        assert_eq!(edited.summary, planned.summary);
                        assert_eq!(edited.step.is_some(), !planned.changes.is_empty());
                        model.rows.apply(&planned.changes);
                        if edited.step.is_some() {
                            model.done.push(planned.changes);
                            model.undone.clear();
                        }
                    }
                    (Err(EditFailure::Refused(refused)), Err(planned)) => assert_eq!(refused, planned),
                    (stored, planned) => panic!("{stored:?} where the model says {planned:?}"),
                }
            }
        }
        assert_eq!(store.rows().await, model.rows, "after {act:?}");
    }
    drop(stores);
    let store = place.store().await;
    assert_eq!(store.rows().await, model.rows);
    store.close().await.unwrap();
    // Made anew from the journal, it is the same in all.
    std::fs::write(place.folder().file(), "garbage").unwrap();
    let Opened { store, event } = place.open().await;
    if model.done.len() + model.undone.len() > 0 {
        assert!(matches!(event, Some(StartEvent::Rebuilt { is_whole: true, .. })), "{event:?}");
    }
    assert_eq!(store.rows().await, model.rows);
    while let Some(undone) = store.undo(None, moment()).await.unwrap() {
        assert_eq!(undone.left, 0);
    }
    assert_eq!(store.rows().await, Rows::default(), "undo leads all the way back");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_tables_hold_what_the_model_says(acts in prop::collection::vec((act(), prop::bool::weighted(0.3)), 1..30)) {
        tokio::runtime::Runtime::new().unwrap().block_on(run(&acts));
    }
}

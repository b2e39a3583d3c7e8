//! The week that a view shows, and the same as lines to print.

use std::iter;

use serde::Serialize;
use weekwise_domain::{
    Date, DateRange, Deviation, EveryNWeeks, Location, Minute, Occurrence, Schedule, ScheduleId, SeriesId, Settings,
    Title, View, Weekday, deviations, expand, over_limit,
};
use weekwise_protocol::{
    Block, Failure, History, Preferences, Standing, SystemDefaults, Week, WeekRequest, WeekView, WeeksRequest,
};
use weekwise_storage::Reading;

use crate::{App, Locale, clock, edit::step, failure::stored};

/// An occurrence as `weekwise week` prints it. Serialises with its keys in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WeekLine {
    /// The segment of the series.
    pub schedule_id: ScheduleId,
    /// The series.
    pub series_id: SeriesId,
    /// Its date in the pattern.
    pub original_date: Date,
    /// The date on which it takes place.
    pub date: Date,
    /// When it begins.
    pub start: Minute,
    /// When it ends.
    pub end: Minute,
    /// Its title on this date.
    pub title: Title,
    /// Its place on this date.
    pub location: Location,
    /// Whether it was said to be different on this date.
    pub is_exception: bool,
}

impl App {
    /// The week that holds a date, with everything that its view shows, read at one moment.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn week(&self, WeekRequest { date, view, before, after }: WeekRequest) -> Result<WeekView, Failure> {
        let now = clock::now();
        let mut reading = self.read().await?;
        let settings = reading.settings().await.map_err(stored)?;
        let preferences = preferences(&settings, &self.inner.locale);
        let view = view.unwrap_or(settings.view);
        let (before, after) = if view == View::Weeks { (before, after) } else { (0, 0) };
        let in_view = DateRange::week_of(date.unwrap_or(now.date), preferences.first_weekday);
        let windows = run(in_view, before, after, preferences.first_weekday);
        let schedules = reading.active_schedules().await.map_err(stored)?;
        let history = reading.history().await.map_err(stored)?;

        let mut weeks = fill(&mut reading, &schedules, &windows).await?;
        let place = windows.iter().position(|window| *window == in_view).unwrap_or_default();
        let after = weeks.split_off(place + 1);
        let blocks = weeks.pop().map(|week| week.blocks).unwrap_or_default();
        Ok(WeekView {
            window: in_view,
            now,
            over_limit: over_limit(schedules.iter(), settings.slot_limit),
            settings,
            preferences,
            system: system_defaults(&self.inner.locale),
            blocks,
            view,
            before: weeks,
            after,
            is_empty: schedules.is_empty(),
            in_trash: reading.count_trashed_series().await.map_err(stored)?,
            history: History { undo: history.undo.map(step), redo: history.redo.map(step) },
            notices: self.told_notices(),
        })
    }

    /// The weeks from the one that holds a date on, in order, read at one moment; fewer at the end of the kept years.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn weeks(&self, WeeksRequest { date, weeks }: WeeksRequest) -> Result<Vec<Week>, Failure> {
        let Some(after) = weeks.checked_sub(1) else { return Ok(Vec::new()) };
        let mut reading = self.read().await?;
        let settings = reading.settings().await.map_err(stored)?;
        let first_weekday = preferences(&settings, &self.inner.locale).first_weekday;
        let schedules = reading.active_schedules().await.map_err(stored)?;
        let windows = run(DateRange::week_of(date, first_weekday), 0, after, first_weekday);
        fill(&mut reading, &schedules, &windows).await
    }

    /// What takes place between two dates, in the order of a calendar.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn occurrences(&self, window: DateRange) -> Result<Vec<WeekLine>, Failure> {
        let mut reading = self.read().await?;
        let schedules = reading.active_schedules().await.map_err(stored)?;
        let exceptions = reading.exceptions_in(window).await.map_err(stored)?;
        Ok(expand(&schedules, &exceptions, window).iter().map(line).collect())
    }
}

/// A week with those before and after it, as far as the kept years reach.
fn run(week: DateRange, before: u8, after: u8, first_weekday: Weekday) -> Vec<DateRange> {
    let holding = |date: Date| DateRange::week_of(date, first_weekday);
    let earlier = iter::successors(Some(week), |later| later.from().plus_days(-1).map(holding));
    let later = iter::successors(Some(week), |earlier| earlier.to().plus_days(1).map(holding));
    let mut windows: Vec<_> = earlier.skip(1).take(before.into()).collect();
    windows.reverse();
    windows.extend(later.take(1 + usize::from(after)));
    windows
}

/// Weeks that follow one another with what stands on them.
async fn fill(reading: &mut Reading, schedules: &[Schedule], windows: &[DateRange]) -> Result<Vec<Week>, Failure> {
    let ends = windows.first().zip(windows.last());
    let Some(span) = ends.and_then(|(first, last)| DateRange::new(first.from(), last.to())) else {
        return Ok(Vec::new());
    };
    let exceptions = reading.exceptions_in(span).await.map_err(stored)?;
    let mut weeks: Vec<Week> = windows.iter().map(|&window| Week { window, blocks: Vec::new() }).collect();
    let mut put = |on: Date, block: Block| {
        if let Some(week) = weeks.iter_mut().find(|week| week.window.contains(on)) {
            week.blocks.push(block);
        }
    };
    for occurrence in expand(schedules, &exceptions, span) {
        put(occurrence.date, taking_place(&occurrence));
    }
    for deviation in deviations(schedules, &exceptions, span) {
        match deviation {
            Deviation::Cancelled { schedule, date, reason } => {
                let standing = Standing::Cancelled { reason: reason.title.clone() };
                put(date, Block { standing, ..usual(schedule, date) });
            }
            // In the week that it has moved out of, it says where it went.
            Deviation::Changed(occurrence) => {
                let leaves = |window: &&DateRange| window.contains(occurrence.original_date);
                let left = windows.iter().find(leaves).is_some_and(|window| !window.contains(occurrence.date));
                if left {
                    put(occurrence.original_date, taking_place(&occurrence));
                }
            }
        }
    }
    for week in &mut weeks {
        week.blocks.sort_by_key(|it| (it.date, it.time, it.schedule_id, it.original_date));
    }
    Ok(weeks)
}

fn preferences(settings: &Settings, locale: &Locale) -> Preferences {
    Preferences {
        first_weekday: settings.first_weekday.unwrap_or(locale.first_weekday),
        clock: settings.clock.unwrap_or(locale.clock),
    }
}

fn system_defaults(locale: &Locale) -> SystemDefaults {
    SystemDefaults { first_weekday: locale.first_weekday, clock: locale.clock, time_zone: locale.time_zone.clone() }
}

fn line(occurrence: &Occurrence<'_>) -> WeekLine {
    let block = taking_place(occurrence);
    WeekLine {
        schedule_id: block.schedule_id,
        series_id: block.series_id,
        original_date: block.original_date,
        date: block.date,
        start: block.time.start(),
        end: block.time.end(),
        title: block.title,
        location: block.location,
        is_exception: block.standing == Standing::Changed,
    }
}

/// A slot as the pattern has it on a date.
fn usual(schedule: &Schedule, date: Date) -> Block {
    let Schedule { id, pattern, details, .. } = schedule;
    let is_single = pattern.validity.until == Some(pattern.validity.from);
    Block {
        schedule_id: *id,
        series_id: pattern.series_id,
        original_date: date,
        usual_time: pattern.time,
        date,
        time: pattern.time,
        title: details.title.clone(),
        location: details.location.clone(),
        color: details.color,
        every_n_weeks: if is_single { 0 } else { EveryNWeeks::number(pattern.every) },
        standing: Standing::Usual,
    }
}

fn taking_place(occurrence: &Occurrence<'_>) -> Block {
    let usual = usual(occurrence.schedule, occurrence.original_date);
    let Some(change) = occurrence.exception else { return usual };
    Block {
        date: occurrence.date,
        time: occurrence.time,
        title: change.title.clone().unwrap_or(usual.title),
        location: change.location.clone().unwrap_or(usual.location),
        standing: Standing::Changed,
        ..usual
    }
}

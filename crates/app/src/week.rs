//! The week that a view shows, and the same as lines to print.

use serde::Serialize;
use weekwise_domain::{
    Date, DateRange, Deviation, EveryNWeeks, Location, Minute, Occurrence, Schedule, ScheduleId, SeriesId, Settings,
    Title, deviations, expand, over_limit,
};
use weekwise_protocol::{
    Block, Failure, History, Notice, Preferences, Standing, SystemDefaults, WeekRequest, WeekView,
};

use crate::{App, Locale, clock, edit::step, failure::stored, unpoisoned};

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
    pub async fn week(&self, request: WeekRequest) -> Result<WeekView, Failure> {
        let now = clock::now();
        let mut reading = self.read().await?;
        let settings = reading.settings().await.map_err(stored)?;
        let preferences = preferences(&settings, &self.inner.locale);
        let date = request.date.unwrap_or(now.date);
        let window = DateRange::week_from(date.week_start(preferences.first_weekday));
        let schedules = reading.active_schedules().await.map_err(stored)?;
        let exceptions = reading.exceptions_in(window).await.map_err(stored)?;
        let history = reading.history().await.map_err(stored)?;

        let occurrences = expand(&schedules, &exceptions, window);
        let mut blocks: Vec<Block> = occurrences.iter().map(taking_place).collect();
        blocks.extend(deviations(&schedules, &exceptions, window).iter().filter_map(|it| not_taking_place(it, window)));
        blocks.sort_by_key(|it| (it.date, it.time, it.schedule_id, it.original_date));
        Ok(WeekView {
            window,
            now,
            over_limit: over_limit(schedules.iter(), settings.slot_limit),
            settings,
            preferences,
            system: system_defaults(&self.inner.locale),
            blocks,
            is_empty: schedules.is_empty(),
            in_trash: reading.count_trashed_series().await.map_err(stored)?,
            history: History { undo: history.undo.map(step), redo: history.redo.map(step) },
            notices: self.notices(),
        })
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

    pub(crate) fn notices(&self) -> Vec<Notice> {
        let snapshot = unpoisoned(&self.inner.snapshot_failure).clone();
        self.inner.opening.iter().cloned().chain(snapshot).collect()
    }
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

/// A date of the window on which a slot would take place and does not: it is cancelled, or has moved out of the window.
fn not_taking_place(deviation: &Deviation<'_>, window: DateRange) -> Option<Block> {
    match deviation {
        Deviation::Cancelled { schedule, date, reason } => {
            let standing = Standing::Cancelled { reason: reason.title.clone() };
            Some(Block { standing, ..usual(schedule, *date) })
        }
        Deviation::Changed(occurrence) => (!window.contains(occurrence.date)).then(|| taking_place(occurrence)),
    }
}

//! Everything a person can do to a week, as one type, and what it comes to.
//!
//! [`plan`] never touches the rows that it is given: it returns the register changes, a preview
//! in numbers, and a summary for the toast and the history. Undo is [`revert`].

mod carry;
mod following;
mod import;
mod patch;
mod plan;
mod preview;
mod revert;
mod series;
mod settle;

pub use import::ImportTally;
pub use plan::{Plan, Subject, Summary, plan};
pub use preview::{Count, ExceptionTally, Preview};
pub use revert::{Left, LeftReason, Reverted, revert};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    Cancellation, Change, Color, Date, EveryNWeeks, Exception, ExceptionKey, Location, Matter, Notes, OverLimit,
    Override, Schedule, ScheduleId, SeriesId, Setting, SlotLimit, TimeRange, Title, Weekday,
};

/// An edit, and how far the slot limit may be raised for it in the same step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// What is done.
    pub edit: Edit,
    /// The slot limit to set along with it, when the person allowed that. It only ever raises the limit, and says
    /// nothing where the edit itself sets settings.
    #[serde(default)]
    pub raise_slot_limit: Option<SlotLimit>,
}

impl From<Edit> for Request {
    fn from(edit: Edit) -> Self {
        Self { edit, raise_slot_limit: None }
    }
}

/// One thing that a person does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Edit {
    /// Makes a new slot, a series of its own.
    Create {
        /// The slot, with a fresh id.
        schedule: Box<Schedule>,
    },
    /// Lets one date take place differently.
    ChangeDate {
        /// The series.
        series_id: SeriesId,
        /// The original date.
        date: Date,
        /// What is different; replaces what was different before.
        change: Box<Override>,
    },
    /// Cancels one date.
    CancelDate {
        /// The series.
        series_id: SeriesId,
        /// The original date.
        date: Date,
        /// Why.
        reason: Box<Cancellation>,
    },
    /// Lets one date follow the pattern again.
    PutBack {
        /// The series.
        series_id: SeriesId,
        /// The original date.
        date: Date,
    },
    /// Changes every date of a series.
    ChangeSeries {
        /// The series.
        series_id: SeriesId,
        /// What changes.
        patch: Box<SeriesPatch>,
        /// What becomes of exceptions whose dates the series leaves.
        displaced: Displaced,
        /// The day on which the person's weeks begin.
        first_weekday: Weekday,
    },
    /// Changes a date of a series and all that follow it.
    ChangeFollowing {
        /// The series.
        series_id: SeriesId,
        /// The first original date to change.
        date: Date,
        /// The id of the segment that begins there, if one must be made.
        new_id: ScheduleId,
        /// What changes.
        patch: Box<SeriesPatch>,
        /// What becomes of exceptions whose dates the series leaves.
        displaced: Displaced,
        /// The day on which the person's weeks begin.
        first_weekday: Weekday,
    },
    /// Ends a series before a date: that date and all that follow it are gone.
    EndBefore {
        /// The series.
        series_id: SeriesId,
        /// The first original date that no longer takes place.
        date: Date,
    },
    /// Puts a series into the trash.
    Trash {
        /// The series.
        series_id: SeriesId,
    },
    /// Takes a series out of the trash.
    Restore {
        /// The series.
        series_id: SeriesId,
    },
    /// Removes a series in the trash and its exceptions for good.
    Purge {
        /// The series.
        series_id: SeriesId,
    },
    /// Changes a setting.
    Set {
        /// The setting with its new value.
        setting: Setting,
    },
    /// Adds and updates rows from a file; removes none.
    Import {
        /// Schedules, by id.
        schedules: Vec<Schedule>,
        /// Exceptions, by series and date.
        exceptions: Vec<(ExceptionKey, Exception)>,
        /// Settings.
        settings: Vec<Setting>,
    },
    /// Takes back what came from another device, as far as it still stands.
    TakeBack {
        /// What came.
        matter: Matter,
        /// What it changed.
        changes: Vec<Change>,
    },
    /// Deals with what sync told: sets registers to what they are after the changes, whatever they are now. Without changes,
    /// all stays as it is.
    Settle {
        /// What is dealt with.
        matters: Vec<Matter>,
        /// The registers to set.
        changes: Vec<Change>,
    },
}

impl Edit {
    /// Whether it is a step of undo. Which view is open is not: to look at the weeks otherwise changes nothing in
    /// them, and must neither be what undo takes back next nor end what can be done again.
    pub fn is_step(&self) -> bool {
        !matches!(self, Self::Set { setting: Setting::View(_) })
    }

    /// Whether it keeps every row, also above the slot limit: what is read in, and what other devices have.
    pub(crate) fn keeps_every_row(&self) -> bool {
        matches!(self, Self::Import { .. } | Self::TakeBack { .. } | Self::Settle { .. })
    }
}

/// The fields of a series that an edit changes; what is none stays as it is in each segment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SeriesPatch {
    /// Another weekday. A rotation keeps its visible weeks.
    pub day_of_week: Option<Weekday>,
    /// Other times.
    pub time: Option<TimeRange>,
    /// Another first date. A rotation keeps its weeks: the first date is the first one in phase.
    pub valid_from: Option<Date>,
    /// Another last date.
    pub valid_until: Option<Until>,
    /// Another rhythm.
    pub every: Option<EveryNWeeks>,
    /// Start the rotation anew: its first week is that of the first date.
    pub restart_rotation: bool,
    /// Another title.
    pub title: Option<Title>,
    /// Other notes.
    pub notes: Option<Notes>,
    /// Another place.
    pub location: Option<Location>,
    /// Another colour.
    pub color: Option<Color>,
}

impl SeriesPatch {
    /// Whether it may change the dates on which the series occurs.
    pub fn moves_dates(&self) -> bool {
        self.day_of_week.is_some()
            || self.valid_from.is_some()
            || self.valid_until.is_some()
            || self.every.is_some()
            || self.restart_rotation
    }
}

/// The last date of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ends", content = "date", rename_all = "lowercase")]
pub enum Until {
    /// It has no end.
    Never,
    /// It may still occur on this date.
    On(Date),
}

/// What becomes of exceptions on dates on which the series no longer occurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Displaced {
    /// They go along to the date on which the series occurs in the same week, where there is one.
    #[default]
    Carry,
    /// They stay where they are, without effect.
    Leave,
}

/// Why an edit is refused. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Error)]
#[serde(rename_all = "snake_case")]
pub enum EditError {
    /// There is no such series (any more).
    #[error("there is no series {series_id}")]
    UnknownSeries {
        /// The series that was named.
        series_id: SeriesId,
    },
    /// The id is taken.
    #[error("there is already a schedule {id}")]
    IdTaken {
        /// The id that was given.
        id: ScheduleId,
    },
    /// The series is in the trash.
    #[error("series {series_id} is in the trash: restore it first")]
    InTrash {
        /// The series.
        series_id: SeriesId,
    },
    /// The series is not in the trash, as it must be to be removed for good.
    #[error("series {series_id} is not in the trash")]
    NotInTrash {
        /// The series.
        series_id: SeriesId,
    },
    /// The series does not occur on the date.
    #[error("the series does not take place on {date}")]
    NotADate {
        /// The date that was named.
        date: Date,
    },
    /// Nothing is different on the date.
    #[error("{date} already follows the pattern")]
    NothingToPutBack {
        /// The date that was named.
        date: Date,
    },
    /// The series would occur on no date at all.
    #[error("with these dates it would never take place")]
    NoDates,
    /// A weekday would have more slots than the limit allows.
    #[error("on {} there would be {} slots, and {limit} are allowed", over.first, over.slots, limit = limit.number())]
    SlotLimit {
        /// Where and how many.
        over: OverLimit,
        /// How many are allowed.
        limit: SlotLimit,
    },
    /// Two segments of a series would both be valid on a date.
    #[error("schedules {first} and {second} of one series are both valid on {date}")]
    SegmentsMeet {
        /// One of them.
        first: ScheduleId,
        /// The other.
        second: ScheduleId,
        /// The first date that both claim.
        date: Date,
    },
    /// What sync told is not there any more, or was dealt with.
    #[error("that is not open any more")]
    NotOpen,
}

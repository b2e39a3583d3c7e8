//! A recurring slot: its pattern, its details, and whether it is in the trash.
//!
//! The three parts are the three *registers* of a schedule: the units in which edits are
//! recorded, undone and later merged, so that a merge can never produce an end before a start.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::{Date, DateRange, EveryNWeeks, Location, Notes, TimeRange, Title, Weekday};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id! {
    /// Identifies a schedule: one segment of a series. UUIDv7, made where the schedule is made.
    ScheduleId
}
id! {
    /// Identifies a series: the schedules that one recurring slot has been split into.
    /// That of the first one's [`ScheduleId`], unless a file says otherwise.
    SeriesId
}

impl From<ScheduleId> for SeriesId {
    fn from(id: ScheduleId) -> Self {
        Self(id.0)
    }
}

/// A recurring slot, or one segment of it after "this and following" split it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// Its identity.
    pub id: ScheduleId,
    /// When it occurs (a register).
    pub pattern: Pattern,
    /// What it is (a register).
    pub details: Details,
    /// False while it is in the trash (a register).
    pub active: bool,
}

/// When a schedule occurs. One register: it changes as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    /// The series that it is a segment of.
    pub series_id: SeriesId,
    /// The weekday on which it occurs.
    pub day_of_week: Weekday,
    /// From when to when on that day.
    pub time: TimeRange,
    /// The dates between which it occurs.
    pub validity: Validity,
    /// In every week or in every second, third … eighth.
    pub every: EveryNWeeks,
}

/// The dates between which a pattern occurs, both included. `from` need not fall on the
/// pattern's weekday, and the range may hold no occurrence at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validity {
    /// The first date; it also anchors a rotation.
    pub from: Date,
    /// The last date, or none for no end.
    pub until: Option<Date>,
}

impl Validity {
    /// The range of dates; none when it ends before it begins.
    pub fn range(self) -> Option<DateRange> {
        DateRange::new(self.from, self.until.unwrap_or(Date::MAX))
    }

    /// Whether `date` lies in it.
    pub fn contains(self, date: Date) -> bool {
        self.range().is_some_and(|range| range.contains(date))
    }

    /// Whether both share a date.
    pub fn meets(self, other: Self) -> bool {
        match (self.range(), other.range()) {
            (Some(a), Some(b)) => a.from() <= b.to() && b.from() <= a.to(),
            _ => false,
        }
    }
}

/// What a schedule is. One register.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Details {
    /// Its name; may be empty.
    pub title: Title,
    /// Free text.
    pub notes: Notes,
    /// Where it is.
    pub location: Location,
    /// Its colour in the week.
    pub color: Color,
    /// How long before its start to remind, if at all.
    pub reminder: Option<ReminderMinutes>,
}

/// How long before the start a reminder fires: 0 to 10,080 minutes (one week).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct ReminderMinutes(u16);

/// A number of minutes that no reminder has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{0} minutes is no reminder: it is 0 to 10080 minutes (a week) before the start")]
pub struct ReminderError(i64);

impl TryFrom<i64> for ReminderMinutes {
    type Error = ReminderError;
    fn try_from(minutes: i64) -> Result<Self, ReminderError> {
        match u16::try_from(minutes) {
            Ok(number @ 0..=10_080) => Ok(Self(number)),
            _ => Err(ReminderError(minutes)),
        }
    }
}

impl From<ReminderMinutes> for i64 {
    fn from(reminder: ReminderMinutes) -> Self {
        i64::from(reminder.0)
    }
}

/// The palette. Named, so that each theme can show its own shade of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Color {
    /// Blue, the colour of a slot that was given none.
    #[default]
    Blue,
    /// Green.
    Green,
    /// Amber.
    Amber,
    /// Red.
    Red,
    /// Violet.
    Violet,
    /// Teal.
    Teal,
    /// Pink.
    Pink,
    /// Slate, a grey.
    Slate,
}

/// A name that is no colour of the palette.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("\"{0}\" is not a colour: use blue, green, amber, red, violet, teal, pink or slate")]
pub struct ColorError(String);

impl Color {
    /// The palette in its order.
    pub const ALL: [Self; 8] =
        [Self::Blue, Self::Green, Self::Amber, Self::Red, Self::Violet, Self::Teal, Self::Pink, Self::Slate];

    /// Its name in files, tables and style sheets.
    pub fn name(self) -> &'static str {
        match self {
            Self::Blue => "blue",
            Self::Green => "green",
            Self::Amber => "amber",
            Self::Red => "red",
            Self::Violet => "violet",
            Self::Teal => "teal",
            Self::Pink => "pink",
            Self::Slate => "slate",
        }
    }
}

impl FromStr for Color {
    type Err = ColorError;
    fn from_str(name: &str) -> Result<Self, ColorError> {
        let found = Self::ALL.into_iter().find(|color| color.name() == name);
        found.ok_or_else(|| ColorError(name.chars().take(40).collect()))
    }
}

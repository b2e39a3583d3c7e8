//! An exception: what is different on one date of a series.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::{Date, Location, Notes, SeriesId, TimeRange, Title};

/// What an exception belongs to: the series and the date on which the pattern would have it.
/// Keyed by the series and not by the schedule, a split moves no exception.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ExceptionKey {
    /// The series.
    pub series_id: SeriesId,
    /// The original date: the date in the pattern, not the one it may be moved to.
    pub date: Date,
}

impl ExceptionKey {
    /// The keys of all dates of a series.
    pub(crate) fn all_of(series_id: SeriesId) -> RangeInclusive<Self> {
        Self { series_id, date: Date::MIN }..=Self { series_id, date: Date::MAX }
    }
}

/// What is different on a date. One register; its absence means that the date follows the pattern.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Exception {
    /// It does not take place.
    Cancelled(Cancellation),
    /// It takes place differently.
    Override(Override),
}

/// A date that does not take place, and why.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cancellation {
    /// Why, in short ("Public holiday").
    #[serde(default)]
    pub title: Option<Title>,
    /// Why, at length.
    #[serde(default)]
    pub notes: Option<Notes>,
}

/// A date that takes place differently; what is none follows the pattern.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Override {
    /// Another time.
    #[serde(default)]
    pub time: Option<TimeRange>,
    /// Another date; not limited by the validity of the series.
    #[serde(default)]
    pub moved_to: Option<Date>,
    /// Another title.
    #[serde(default)]
    pub title: Option<Title>,
    /// Other notes.
    #[serde(default)]
    pub notes: Option<Notes>,
    /// Another place.
    #[serde(default)]
    pub location: Option<Location>,
}

impl Exception {
    /// The override, unless the date is cancelled.
    pub fn as_override(&self) -> Option<&Override> {
        match self {
            Self::Override(change) => Some(change),
            Self::Cancelled(_) => None,
        }
    }
}
